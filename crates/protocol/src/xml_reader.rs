//! A pull reader of XML that knows elements, their text and their children, and reports faults in expat's words.

use crate::failure::{XmlFault, XmlFaultKind};
use quick_xml::Error;
use quick_xml::errors::IllFormedError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;

/// The start tag of an element.
pub(crate) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// The name without its prefix.
    pub(crate) fn name(&self) -> &str {
        let name = self.0.name().into_inner();
        // Names are so short that a search made for long texts costs more than it finds.
        name.bytes().position(|b| b == b':').map_or(name, |colon| &name[colon + 1..])
    }

    /// The value of an attribute. A name with a prefix is looked for by what follows the prefix, as long as the
    /// attribute has one too.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let local = |n: &str| n.split_once(':').map(|(_, local)| local.to_owned());
        let wanted = local(name);
        self.0.attributes().filter_map(Result::ok).find_map(|a| {
            let key = a.key.into_inner();
            let same = key == name || (wanted.is_some() && local(key) == wanted);
            let text = same.then(|| quick_xml::escape::unescape(&a.value).map(Cow::into_owned));
            text.and_then(Result::ok)
        })
    }
}

/// A position in an XML text, always inside the element that was entered last.
pub(crate) struct XmlReader<'a> {
    inner: Reader<&'a [u8]>,
    text: &'a str,
    depth: usize,
}

impl<'a> XmlReader<'a> {
    pub(crate) fn new(text: &'a str) -> XmlReader<'a> {
        // Blanks may stand before the declaration: S3 keeps a connection alive with them.
        let mut inner = Reader::from_str(text);
        let config = inner.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        XmlReader { inner, text, depth: 0 }
    }

    fn fault_at(&self, kind: XmlFaultKind, at: usize) -> XmlFault {
        let before = self.text.get(..at.min(self.text.len())).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        XmlFault {
            kind,
            line: 1 + before.bytes().filter(|b| *b == b'\n').count(),
            column: before[line_start..].chars().count(),
        }
    }

    fn event(&mut self) -> Result<Event<'a>, XmlFault> {
        let event = self.inner.read_event();
        event.map_err(|e| {
            let at = self.inner.error_position() as usize;
            match e {
                Error::IllFormed(IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_)) => {
                    self.fault_at(XmlFaultKind::MismatchedTag, at + 2)
                }
                Error::Syntax(_) => self.fault_at(XmlFaultKind::UnclosedToken, at),
                _ => self.fault_at(XmlFaultKind::InvalidToken, at),
            }
        })
    }

    fn ended(&self) -> XmlFault {
        self.fault_at(XmlFaultKind::NoElement, self.text.len())
    }

    /// Enters the root element.
    pub(crate) fn root(&mut self) -> Result<Tag<'a>, XmlFault> {
        loop {
            let before = self.inner.buffer_position() as usize;
            match self.event()? {
                Event::Start(tag) => {
                    self.depth = 1;
                    return Ok(Tag(tag));
                }
                Event::Eof => return Err(self.ended()),
                Event::Text(text) if text.bytes().all(|b| b.is_ascii_whitespace()) => {}
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
                _ => {
                    // After a byte order mark the position can stand inside a character.
                    let rest = self.text.get(before..).unwrap_or_default();
                    let blank = rest.len() - rest.trim_start().len();
                    return Err(self.fault_at(XmlFaultKind::Syntax, before + blank));
                }
            }
        }
    }

    /// Enters the next child of the current element; `None` at its end, which is left.
    pub(crate) fn child(&mut self) -> Result<Option<Tag<'a>>, XmlFault> {
        loop {
            match self.event()? {
                Event::Start(tag) => {
                    self.depth += 1;
                    return Ok(Some(Tag(tag)));
                }
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok(None);
                }
                Event::GeneralRef(reference) => {
                    self.character(&reference)?;
                }
                Event::Eof => return Err(self.ended()),
                _ => {}
            }
        }
    }

    /// The text of the current element before its first child; the element is left.
    pub(crate) fn text(&mut self) -> Result<String, XmlFault> {
        let outside = self.depth.saturating_sub(1);
        let (text, _) = self.text_or_child()?;
        self.leave(outside)?;
        Ok(text)
    }

    /// The text of the current element before its first child, and the name of that child, which is entered; where there
    /// is none, the element is left.
    pub(crate) fn text_or_child(&mut self) -> Result<(String, Option<String>), XmlFault> {
        let mut out = String::new();
        // Most text is one piece; of more pieces the length is seen ahead.
        let ahead = |reader: &Self| {
            let rest = reader.text.as_bytes().get(reader.inner.buffer_position() as usize..).unwrap_or_default();
            rest.iter().position(|b| *b == b'<').unwrap_or(rest.len()).min(MOST_AHEAD)
        };
        loop {
            match self.event()? {
                Event::Text(text) => push_lines(&mut out, &text),
                Event::CData(text) => push_lines(&mut out, &text),
                Event::GeneralRef(reference) => {
                    out.reserve(1 + ahead(self));
                    out.push(self.character(&reference)?);
                }
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok((out, None));
                }
                Event::Start(tag) => {
                    self.depth += 1;
                    return Ok((out, Some(Tag(tag).name().to_owned())));
                }
                Event::Eof => return Err(self.ended()),
                _ => {}
            }
        }
    }

    /// Leaves the current element, whatever is left in it.
    pub(crate) fn skip(&mut self) -> Result<(), XmlFault> {
        self.leave(self.depth.saturating_sub(1))
    }

    fn leave(&mut self, depth: usize) -> Result<(), XmlFault> {
        while self.depth > depth {
            match self.event()? {
                Event::Start(_) => self.depth += 1,
                Event::End(_) => self.depth -= 1,
                Event::GeneralRef(reference) => {
                    self.character(&reference)?;
                }
                Event::Eof => return Err(self.ended()),
                _ => {}
            }
        }
        Ok(())
    }

    /// After the root element: nothing may follow it.
    pub(crate) fn finish(&mut self) -> Result<(), XmlFault> {
        self.leave(0)?;
        loop {
            let before = self.inner.buffer_position() as usize;
            match self.event()? {
                Event::Eof => return Ok(()),
                Event::Text(text) if text.bytes().all(|b| b.is_ascii_whitespace()) => {}
                Event::PI(_) | Event::Comment(_) => {}
                _ => {
                    // After a byte order mark the position can stand inside a character.
                    let rest = self.text.get(before..).unwrap_or_default();
                    let blank = rest.len() - rest.trim_start().len();
                    return Err(self.fault_at(XmlFaultKind::Junk, before + blank));
                }
            }
        }
    }

    /// The character of a reference; XML has five by name.
    fn character(&self, reference: &BytesRef) -> Result<char, XmlFault> {
        let named = match &**reference {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        named.ok_or_else(|| {
            let at = (self.inner.buffer_position() as usize).saturating_sub(reference.len() + 2);
            self.fault_at(XmlFaultKind::UndefinedEntity, at)
        })
    }
}

/// Bytes of text that room is made for before they are read.
const MOST_AHEAD: usize = 256;

/// Adds text with its line ends as XML reads them: `\r\n` and `\r` are `\n`.
fn push_lines(out: &mut String, text: &str) {
    if text.as_bytes().contains(&b'\r') {
        out.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
    } else {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        let mut reader = XmlReader::new(text);
        let result = reader.root().and_then(|_| reader.skip()).and_then(|()| reader.finish());
        result.map_or_else(|e| e.to_string(), |()| "none".into())
    }

    #[test]
    fn faults_in_expats_words() {
        for (text, message) in [
            ("", "no element found: line 1, column 0"),
            ("<A>\n<B>é", "no element found: line 2, column 4"),
            ("<Foo><Bar></Foo>", "mismatched tag: line 1, column 12"),
            ("<Error><Code>X</Err", "unclosed token: line 1, column 14"),
            ("{\"a\": 1}", "syntax error: line 1, column 0"),
            ("<A/>\n<B/>", "junk after document element: line 2, column 0"),
            ("<A/>x", "junk after document element: line 1, column 4"),
            ("<A>&nope;</A>", "undefined entity: line 1, column 3"),
            (" \n<?xml version=\"1.0\"?><!-- c --><A>&lt;<![CDATA[x]]></A>\n", "none"),
        ] {
            assert_eq!(fault(text), message, "{text:?}");
        }
    }

    #[test]
    fn after_a_byte_order_mark() {
        let mut reader = XmlReader::new("\u{feff}<?xml version=\"1.0\"?>\n<r>a<x>b</x></r>\n");
        assert_eq!(reader.root().expect("XML").name(), "r");
        assert_eq!(reader.child().expect("XML").expect("a child").name(), "x");
        assert_eq!(reader.text().expect("XML"), "b");
        assert!(reader.child().expect("XML").is_none() && reader.finish().is_ok());
        // The mark doesn't make XML of what is none.
        for text in ["\u{feff}", "\u{feff}{}", "\u{feff}\u{feff}<r/>", "\u{feff}é<r/>", "x\u{feff}<r/>", "\u{feff}<r>é"]
        {
            assert_ne!(fault(text), "none", "{text:?}");
        }
    }

    #[test]
    fn text_and_children() {
        let mut reader = XmlReader::new("<r>a&amp;b\r\n<!-- c -->c<![CDATA[<d>]]>&#65;<x>no</x>no</r>");
        reader.root().unwrap();
        assert_eq!(reader.text().unwrap(), "a&b\nc<d>A");
        assert!(reader.finish().is_ok());
        let mut reader = XmlReader::new("<n:r xmlns:n='u' xmlns:xsi='v' xsi:type='a&lt;b' type='c'>x<n:y/>z</n:r>");
        let root = reader.root().unwrap();
        assert_eq!(
            (root.name(), root.attribute("xsi:type"), root.attribute("type")),
            ("r", Some("a<b".into()), Some("c".into()))
        );
        assert_eq!(reader.child().unwrap().unwrap().name(), "y");
        assert!(reader.child().unwrap().is_none());
        assert!(reader.child().unwrap().is_none());
    }
}
