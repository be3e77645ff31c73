//! The little that handlers read of XML whose shape no model describes.

use oxaws_model::Operation;
use oxaws_protocol::{ParseFailure, ParseOptions, Reply, Timestamps, XmlFault};
use oxaws_python::LocalClock;

/// What is wrong with a body as XML. `operation` is one of S3 with members in its body, so that the body is read.
pub(super) fn fault(operation: Operation, reply: &Reply, clock: LocalClock) -> Option<XmlFault> {
    match oxaws_protocol::parse(operation, reply, &ParseOptions { timestamps: Timestamps::Wire, clock }) {
        Err(ParseFailure::Xml { fault, .. }) => Some(fault),
        _ => None,
    }
}

/// The name of the root element without its prefix, and the text before its first child. The body is well-formed.
pub(super) fn root(body: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(body).ok()?;
    let mut rest = text;
    loop {
        rest = &rest[rest.find('<')?..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = &comment[comment.find("-->")? + 3..];
        } else if rest.starts_with("<?") || rest.starts_with("<!") {
            rest = &rest[rest.find('>')? + 1..];
        } else {
            break;
        }
    }
    let end = tag_end(rest)?;
    let tag = &rest[1..end];
    let name = tag.split(|c: char| c.is_ascii_whitespace() || c == '/').next()?;
    let name = name.rsplit(':').next()?.to_owned();
    if tag.ends_with('/') {
        return Some((name, String::new()));
    }
    Some((name, leading_text(&rest[end + 1..])))
}

/// Where the `>` of the tag stands that a text begins with.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            _ => {}
        }
        None
    })
}

fn leading_text(mut rest: &str) -> String {
    let mut out = String::new();
    while let Some(at) = rest.find('<') {
        push_unescaped(&mut out, &rest[..at]);
        rest = &rest[at..];
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let end = data.find("]]>").unwrap_or(data.len());
            out.push_str(&data[..end]);
            rest = data.get(end + 3..).unwrap_or_default();
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").and_then(|end| comment.get(end + 3..)).unwrap_or_default();
        } else {
            break;
        }
    }
    out
}

fn push_unescaped(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find(';') else { break };
        let name = &rest[at + 1..at + end];
        let number = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        });
        let c = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => number.and_then(char::from_u32).filter(|c| oxaws_protocol::is_xml_char(*c)),
        };
        out.extend(c);
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn roots() {
        let of = |text: &str| root(text.as_bytes());
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(of("<?xml version='1.0'?>\n<!-- <x> --><n:Error a='>'><Code/></n:Error>"), pair("Error", ""));
        assert_eq!(of("<L xmlns=\"u\">eu&amp;&#x41;<![CDATA[<]]><!-- c -->!</L>"), pair("L", "eu&A<!"));
        assert_eq!(of("<L/>"), pair("L", ""));
        assert_eq!(of(""), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[<>!\\-\\[\\]CDAT&;#x1/a '\"?]{0,40}") {
            root(text.as_bytes());
        }
    }
}
