//! The templates of request URIs.

use crate::request::SerializeError;
use oxaws_python::{push_encoded, unquote};

/// The path (encoded) and the query (decoded pairs) of a URI template. `label` gives the text of a label.
pub(crate) fn render(
    template: &str,
    label: impl Fn(&str) -> Option<String>,
) -> Result<(String, Vec<(String, String)>), SerializeError> {
    let (path, query) = template.split_once('?').unwrap_or((template, ""));
    let path = fill(path, &label)?;
    let query = fill(query, &label)?;
    let pairs = query
        .split('&')
        .filter(|p| !p.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (unquote(name).into_owned(), unquote(value).into_owned())
        })
        .collect();
    Ok((path, pairs))
}

/// Replaces `{Label}` and `{Label+}`; the greedy form keeps slashes.
fn fill(template: &str, label: &impl Fn(&str) -> Option<String>) -> Result<String, SerializeError> {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        let (name, safe): (&str, &[u8]) = name.strip_suffix('+').map_or((name, b""), |n| (n, b"/"));
        let value = label(name).ok_or_else(|| SerializeError::MissingMember(name.to_owned()))?;
        out.push_str(before);
        push_encoded(&mut out, value.as_bytes(), safe);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates() {
        let label = |name: &str| match name {
            "Bucket" => Some("a b".to_owned()),
            "Key" => Some("x/y~é".to_owned()),
            _ => None,
        };
        assert_eq!(
            render("/{Bucket}/{Key+}?acl&x=a%20b&k={Key}", label),
            Ok((
                "/a%20b/x/y~%C3%A9".into(),
                vec![("acl".into(), String::new()), ("x".into(), "a b".into()), ("k".into(), "x/y~é".into())]
            ))
        );
        assert_eq!(render("/{Key}", label), Ok(("/x%2Fy~%C3%A9".into(), vec![])));
        assert_eq!(render("/{Nope}", label), Err(SerializeError::MissingMember("Nope".into())));
    }
}
