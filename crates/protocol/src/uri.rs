//! Percent-encoding, and the templates of request URIs.

use crate::request::SerializeError;

/// Python's `quote`: unreserved characters and those in `safe` stay.
pub fn percent_encode(text: &str, safe: &[u8]) -> String {
    encode(text, safe, false)
}

/// Python's `urlencode`: pairs for a form body, blanks as `+`.
pub fn form_encode(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (i, (name, value)) in pairs.iter().enumerate() {
        if i > 0 {
            out.push('&');
        }
        out.push_str(&encode(name, b"", true));
        out.push('=');
        out.push_str(&encode(value, b"", true));
    }
    out
}

fn encode(text: &str, safe: &[u8], plus: bool) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(b.into()),
            b' ' if plus => out.push('+'),
            _ if safe.contains(&b) => out.push(b.into()),
            _ => {
                out.push('%');
                out.push(HEX[usize::from(b >> 4)].into());
                out.push(HEX[usize::from(b & 15)].into());
            }
        }
    }
    out
}

/// `%XX` resolved; what isn't UTF-8 then becomes U+FFFD.
fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        match (b, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(b);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

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
            (percent_decode(name), percent_decode(value))
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
        out.push_str(&encode(&value, safe, false));
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

    #[test]
    fn decoding_leaves_what_is_no_escape() {
        for (text, want) in [("%41%zz%4", "A%zz%4"), ("%", "%"), ("%E9", "\u{fffd}")] {
            assert_eq!(percent_decode(text), want);
        }
    }

    #[test]
    fn forms() {
        assert_eq!(form_encode(&[("a b".into(), "~é&".into()), ("c".into(), String::new())]), "a+b=~%C3%A9%26&c=");
    }
}
