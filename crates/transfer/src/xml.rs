//! A small reader of the XML that S3 answers with: tags and text, checked for balance, nothing copied.

use std::borrow::Cow;

/// A piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// `<name …>`
    Open(&'a [u8]),
    /// `</name>`, or the end of `<name/>`.
    Close(&'a [u8]),
    /// Text as it stands, references and all.
    Text(&'a [u8]),
}

/// Not XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotXml;

/// Reads tokens one after the other.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    open: Vec<&'a [u8]>,
    /// The name of an empty element whose end is still to be told.
    empty: Option<&'a [u8]>,
    rooted: bool,
}

/// Elements open at once, at most.
const MAX_DEPTH: usize = 64;

impl<'a> Reader<'a> {
    pub(crate) fn new(document: &'a [u8]) -> Self {
        Reader { rest: document, open: Vec::with_capacity(8), empty: None, rooted: false }
    }

    /// The next token; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'a>>, NotXml> {
        if let Some(name) = self.empty.take() {
            return Ok(Some(Token::Close(name)));
        }
        loop {
            if self.rest.is_empty() {
                return if self.open.is_empty() && self.rooted { Ok(None) } else { Err(NotXml) };
            }
            if self.rest[0] != b'<' {
                let end = self.rest.iter().position(|b| *b == b'<').unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                if self.open.is_empty() {
                    if text.iter().any(|b| !b.is_ascii_whitespace() && !matches!(b, 0xef | 0xbb | 0xbf)) {
                        return Err(NotXml);
                    }
                    continue;
                }
                return Ok(Some(Token::Text(text)));
            }
            if let Some(rest) = self.rest.strip_prefix(b"<![CDATA[") {
                let end = find(rest, b"]]>").ok_or(NotXml)?;
                self.rest = &rest[end + 3..];
                return Ok(Some(Token::Text(&rest[..end])));
            }
            let skipped = [(&b"<?"[..], &b"?>"[..]), (b"<!--", b"-->"), (b"<!", b">")];
            if let Some((start, end)) = skipped.iter().find(|(start, _)| self.rest.starts_with(start)) {
                let at = find(&self.rest[start.len()..], end).ok_or(NotXml)?;
                self.rest = &self.rest[start.len() + at + end.len()..];
                continue;
            }
            return self.tag().map(Some);
        }
    }

    fn tag(&mut self) -> Result<Token<'a>, NotXml> {
        if let Some(rest) = self.rest.strip_prefix(b"</") {
            let end = rest.iter().position(|b| *b == b'>').ok_or(NotXml)?;
            let name = rest[..end].trim_ascii_end();
            self.rest = &rest[end + 1..];
            return match self.open.pop() {
                Some(open) if open == name => Ok(Token::Close(local(name))),
                _ => Err(NotXml),
            };
        }
        if self.open.is_empty() && self.rooted || self.open.len() >= MAX_DEPTH {
            return Err(NotXml);
        }
        let rest = &self.rest[1..];
        // A `>` may stand in an attribute's value.
        let (mut at, mut quote) = (0, None);
        loop {
            match (rest.get(at).ok_or(NotXml)?, quote) {
                (b'>', None) => break,
                (b'<', _) => return Err(NotXml),
                (b, Some(q)) if *b == q => quote = None,
                (b @ (b'"' | b'\''), None) => quote = Some(*b),
                _ => {}
            }
            at += 1;
        }
        let inside = &rest[..at];
        self.rest = &rest[at + 1..];
        self.rooted = true;
        let (inside, empty) = match inside.strip_suffix(b"/") {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        let end = inside.iter().position(u8::is_ascii_whitespace).unwrap_or(inside.len());
        let name = &inside[..end];
        if name.is_empty() {
            return Err(NotXml);
        }
        if empty {
            self.empty = Some(local(name));
        } else {
            self.open.push(name);
        }
        Ok(Token::Open(local(name)))
    }

    /// The text of the element that was just opened, up to its end. Elements within are passed over.
    pub(crate) fn text(&mut self) -> Result<Cow<'a, str>, NotXml> {
        let mut found: Option<Cow<'a, str>> = None;
        let mut depth = 0;
        loop {
            match self.next()?.ok_or(NotXml)? {
                Token::Text(raw) if depth == 0 => {
                    let text = decode(raw)?;
                    found = Some(match found {
                        None => text,
                        Some(before) => Cow::Owned(before.into_owned() + &text),
                    });
                }
                Token::Text(_) => {}
                Token::Open(_) => depth += 1,
                Token::Close(_) if depth == 0 => return Ok(found.unwrap_or_default()),
                Token::Close(_) => depth -= 1,
            }
        }
    }

    /// Passes over the element that was just opened.
    pub(crate) fn skip(&mut self) -> Result<(), NotXml> {
        let mut depth = 0;
        loop {
            match self.next()?.ok_or(NotXml)? {
                Token::Text(_) => {}
                Token::Open(_) => depth += 1,
                Token::Close(_) if depth == 0 => return Ok(()),
                Token::Close(_) => depth -= 1,
            }
        }
    }

    /// The name of the root element, which is opened.
    pub(crate) fn root(&mut self) -> Result<&'a [u8], NotXml> {
        match self.next()? {
            Some(Token::Open(name)) => Ok(name),
            _ => Err(NotXml),
        }
    }
}

/// A name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    match name.iter().position(|b| *b == b':') {
        Some(at) => &name[at + 1..],
        None => name,
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

/// Whether a character may stand in a document, itself or as a reference (XML 1.0, 2.2): expat refuses the others.
fn is_legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Text with its references replaced.
fn decode(raw: &[u8]) -> Result<Cow<'_, str>, NotXml> {
    let text = std::str::from_utf8(raw).map_err(|_| NotXml)?;
    if !text.bytes().fold(true, |good, b| good & (b >= b' ' || matches!(b, b'\t' | b'\n' | b'\r'))) {
        return Err(NotXml);
    }
    let Some(first) = text.find('&') else { return Ok(Cow::Borrowed(text)) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(after) = rest.strip_prefix('&') {
        let end = after.find(';').ok_or(NotXml)?;
        out.push(match &after[..end] {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            number => {
                let number = number.strip_prefix('#').ok_or(NotXml)?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                code.ok().and_then(char::from_u32).filter(|c| is_legal(*c)).ok_or(NotXml)?
            }
        });
        rest = &after[end + 1..];
        let next = rest.find('&').unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Ok(Cow::Owned(out))
}

/// Whether a document can be read to its end, and the name of its root.
pub(crate) fn root_of(document: &[u8]) -> Result<&[u8], NotXml> {
    let mut reader = Reader::new(document);
    let root = reader.root()?;
    while reader.next()?.is_some() {}
    Ok(root)
}

/// The texts of the named children of the root; `None` where there is no such child.
pub(crate) fn children<const N: usize>(document: &[u8], names: [&[u8]; N]) -> Result<[Option<String>; N], NotXml> {
    let mut found = [const { None }; N];
    let mut reader = Reader::new(document);
    reader.root()?;
    while let Some(token) = reader.next()? {
        if let Token::Open(name) = token {
            match names.iter().position(|n| *n == name) {
                Some(at) => found[at] = Some(reader.text()?.into_owned()),
                None => reader.skip()?,
            }
        }
    }
    Ok(found)
}

/// Text for a document.
pub(crate) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            '\n' => out.push_str("&#xA;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn children_by_name() {
        let document =
            b"<?xml version='1.0'?>\n<!-- x --><R xmlns=\"u>v\"><A>1 &amp; &#x32;</A><B/><C><A>no</A></C></R>\n";
        let [a, b, c] = children(document, [b"A", b"B", b"D"]).unwrap();
        assert_eq!((a.as_deref(), b.as_deref(), c.as_deref()), (Some("1 & 2"), Some(""), None));
    }

    #[test]
    fn what_is_no_xml() {
        for text in ["junk", "", "<a>", "<a></b>", "<a/><b/>", "<a>&x;</a>x", "<", "<a", "</a>", "<a b='>"] {
            assert_eq!(root_of(text.as_bytes()), Err(NotXml), "{text}");
        }
        assert_eq!(root_of(b"<x:Error a=\"/\"/>"), Ok(&b"Error"[..]));
    }

    #[test]
    fn characters_that_xml_has_no_place_for() {
        for text in ["&#27;", "&#x1B;", "&#0;", "&#7;", "&#xFFFF;", "&#xD800;", "\u{1b}", "a\u{1}b"] {
            let document = format!("<r><a>{text}</a></r>");
            assert_eq!(children(document.as_bytes(), [b"a"]), Err(NotXml), "{text:?}");
        }
        let [a] = children(b"<r><a>&#9;&#10;&#13;&#x20;&#x1F600;</a></r>", [b"a"]).unwrap();
        assert_eq!(a.as_deref(), Some("\t\n\r \u{1f600}"));
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[<>/a&;!\\-\\[\\]\"'?= #x0-9]{0,60}") {
            let _ = root_of(text.as_bytes());
            let _ = children(text.as_bytes(), [b"a"]);
        }

        #[test]
        fn escaping_and_reading_give_the_same(text in "[^\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{fffe}\u{ffff}]{0,40}") {
            let mut document = String::from("<r><a>");
            escape(&text, &mut document);
            document.push_str("</a></r>");
            let [a] = children(document.as_bytes(), [b"a"]).unwrap();
            prop_assert_eq!(a.unwrap_or_default(), text);
        }
    }
}
