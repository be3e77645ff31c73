//! XML bodies with one element a line, as Python's `toprettyxml` writes them.

/// How deep elements may stand within each other.
const MAX_DEPTH: usize = 500;
const INDENT: usize = 4;

enum Node<'a> {
    Text(String),
    Element { head: &'a str, nodes: Vec<Node<'a>> },
}

/// The pretty form; `None` for what isn't a well-formed document.
pub(super) fn pretty(text: &str) -> Option<String> {
    let root = parse(text)?;
    let mut out = String::from("<?xml version=\"1.0\" ?>\n");
    write(&root, 0, &mut out);
    Some(out)
}

fn parse(text: &str) -> Option<Node<'_>> {
    let mut open: Vec<(&str, Vec<Node>)> = Vec::new();
    let mut rest = text.trim();
    if !rest.starts_with('<') {
        return None;
    }
    loop {
        let at = rest.find('<')?;
        let characters = &rest[..at];
        match open.last_mut() {
            Some((_, nodes)) => {
                // Line by line without its blanks, as the AWS CLI joins it.
                let joined: String = characters.lines().map(str::trim).collect();
                let bare = if characters.contains('\n') { joined } else { characters.to_owned() };
                if !bare.is_empty() {
                    nodes.push(Node::Text(unescape(&bare)?));
                }
            }
            None if characters.trim().is_empty() => {}
            None => return None,
        }
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("<?") {
            rest = &after[after.find("?>")? + 2..];
            continue;
        }
        if let Some(after) = rest.strip_prefix("<!--") {
            rest = &after[after.find("-->")? + 3..];
            continue;
        }
        if rest.starts_with("<!") {
            return None;
        }
        let end = rest.find('>')?;
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        let done = if let Some(name) = tag.strip_prefix('/') {
            let (head, nodes) = open.pop()?;
            if head.split_whitespace().next()? != name.trim_end() {
                return None;
            }
            Node::Element { head, nodes }
        } else if let Some(head) = tag.strip_suffix('/') {
            Node::Element { head: checked(head)?, nodes: Vec::new() }
        } else {
            if open.len() >= MAX_DEPTH {
                return None;
            }
            open.push((checked(tag)?, Vec::new()));
            continue;
        };
        match open.last_mut() {
            Some((_, nodes)) => nodes.push(done),
            None => return rest.trim().is_empty().then_some(done),
        }
    }
}

/// A tag's name and attributes, where they look like ones.
fn checked(head: &str) -> Option<&str> {
    let head = head.trim_end();
    let begins = head.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (begins && head.matches('"').count().is_multiple_of(2)).then_some(head)
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('&');
    out.extend(parts.next());
    for part in parts {
        let (name, after) = part.split_once(';')?;
        out.push(match name {
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
                char::from_u32(code).filter(|c| *c >= ' ' || matches!(c, '\t' | '\n' | '\r'))?
            }
        });
        out.push_str(after);
    }
    Some(out)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('>', "&gt;")
}

fn write(node: &Node, depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', depth * INDENT));
    match node {
        Node::Text(text) => out.push_str(&escape(text)),
        Node::Element { head, nodes } => {
            let name = head.split_whitespace().next().unwrap_or_default();
            match nodes.as_slice() {
                [] => out.push_str(&format!("<{head}/>")),
                [Node::Text(text)] => out.push_str(&format!("<{head}>{}</{name}>", escape(text))),
                nodes => {
                    out.push_str(&format!("<{head}>\n"));
                    nodes.iter().for_each(|n| write(n, depth + 1, out));
                    out.extend(std::iter::repeat_n(' ', depth * INDENT));
                    out.push_str(&format!("</{name}>"));
                }
            }
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_on_lines_of_their_own() {
        assert_eq!(
            pretty("<?xml version=\"1.0\"?>\n<A x=\"1\"><B>t &amp; u</B>\n  <C/>\n</A>\n").unwrap(),
            "<?xml version=\"1.0\" ?>\n<A x=\"1\">\n    <B>t &amp; u</B>\n    <C/>\n</A>\n"
        );
        for bad in ["", "x", "{}", "<A>", "<A></B>", "<A/><B/>", "<A>&nosuch;</A>", "< A/>"] {
            assert!(pretty(bad).is_none(), "{bad}");
        }
        assert!(pretty(&"<a>".repeat(5000)).is_none());
    }
}
