//! The first sentence of a documentation text, without its tags.
//!
//! The AWS CLI reads the text as XML: what an XML parser refuses (a missing end tag, `&nbsp;`) is shown as it stands,
//! tags included.

/// The first sentence of `html`, on one line: up to its first full stop or colon, which becomes a full stop.
pub(super) fn overview(html: &str) -> String {
    let text = text_of_xml(html);
    let text = text.as_deref().unwrap_or(html);
    let sentence = text.split(['.', ':']).next().unwrap_or_default();
    let mut sentence = sentence.replace(['\n', '\u{2028}'], " ");
    if !sentence.is_empty() {
        sentence.push('.');
    }
    sentence
}

/// The character data of a well-formed piece of XML content; `None` where it isn't well-formed.
fn text_of_xml(xml: &str) -> Option<String> {
    let mut text = String::with_capacity(xml.len());
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml;
    while let Some(at) = rest.find(['<', '&', '\r']) {
        push_data(&mut text, &rest[..at])?;
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('\r') {
            text.push('\n');
            rest = after.strip_prefix('\n').unwrap_or(after);
        } else if let Some(after) = rest.strip_prefix('&') {
            let end = after.find(';')?;
            text.push(entity(&after[..end])?);
            rest = &after[end + 1..];
        } else if let Some(after) = rest.strip_prefix("<!--") {
            let end = after.find("--")?;
            rest = after[end + 2..].strip_prefix('>')?;
        } else if let Some(after) = rest.strip_prefix("<![CDATA[") {
            // No text node, so the AWS CLI leaves it out.
            rest = &after[after.find("]]>")? + 3..];
        } else if let Some(after) = rest.strip_prefix("<?") {
            rest = &after[after.find("?>")? + 2..];
        } else if let Some(after) = rest.strip_prefix("</") {
            let (name, after) = name(after)?;
            if open.pop()? != name {
                return None;
            }
            rest = after.trim_start().strip_prefix('>')?;
        } else {
            let (name, after) = name(&rest[1..])?;
            let (after, empty) = attributes(after)?;
            if !empty {
                open.push(name);
            }
            rest = after;
        }
    }
    push_data(&mut text, rest)?;
    open.is_empty().then_some(text)
}

fn push_data(text: &mut String, data: &str) -> Option<()> {
    if data.contains("]]>") || !data.chars().all(is_xml_char) {
        return None;
    }
    text.push_str(data);
    Some(())
}

fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == ':'
}

fn name(text: &str) -> Option<(&str, &str)> {
    if !text.starts_with(is_name_start) {
        return None;
    }
    let end = text
        .find(|c: char| !(is_name_start(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}')))
        .unwrap_or(text.len());
    Some(text.split_at(end))
}

/// Goes over the attributes of a tag; what follows it, and whether it is an empty element.
fn attributes(mut rest: &str) -> Option<(&str, bool)> {
    let mut seen: Vec<&str> = Vec::new();
    loop {
        let trimmed = rest.trim_start();
        if let Some(after) = trimmed.strip_prefix("/>") {
            return Some((after, true));
        }
        if let Some(after) = trimmed.strip_prefix('>') {
            return Some((after, false));
        }
        if trimmed.len() == rest.len() {
            return None;
        }
        let (key, after) = name(trimmed)?;
        let after = after.trim_start().strip_prefix('=')?.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let end = after[1..].find(quote)? + 1;
        let value = &after[1..end];
        if seen.contains(&key) || value.contains('<') || !references_are_known(value) {
            return None;
        }
        seen.push(key);
        rest = &after[end + 1..];
    }
}

fn references_are_known(value: &str) -> bool {
    value.split('&').skip(1).all(|r| r.split_once(';').is_some_and(|(name, _)| entity(name).is_some()))
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| is_xml_char(*c))?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn first_sentences() {
        for (html, want) in [
            ("<p>The name of a <code>queue</code>. More.</p>", "The name of a queue."),
            ("<p>One of:</p> <ul><li>a</li></ul>", "One of."),
            ("", ""),
            ("<p></p>", ""),
            ("<p>a\nb</p>", "a b."),
            ("<p>x &lt; y &#65;</p>", "x < y A."),
            // No XML: shown as it stands.
            ("<p>broken<br></p>", "<p>broken<br></p>."),
            ("<p>a&nbsp;b</p>", "<p>a&nbsp;b</p>."),
            ("<a href=x>y</a>", "<a href=x>y</a>."),
        ] {
            assert_eq!(overview(html), want, "{html}");
        }
    }

    proptest! {
        #[test]
        fn anything_has_an_overview(text in r#"[<>/!&;#a-c \-="'\[\]?.:]{0,40}"#) {
            overview(&text);
        }
    }
}
