//! A pull reader of XML that knows elements, their text and their children, and reports faults in expat's words.

use crate::failure::{XmlFault, XmlFaultKind};
use crate::xml_chars::is_legal;
use crate::{xml_declaration, xml_fault};
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
    /// Whether the whole text was looked at for faults.
    judged: bool,
}

impl<'a> XmlReader<'a> {
    pub(crate) fn new(text: &'a str) -> XmlReader<'a> {
        let mut inner = Reader::from_str(text);
        let config = inner.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        XmlReader { inner, text, depth: 0, judged: false }
    }

    /// What is wrong with the text as a whole; where nothing is found, `kind` at `at`.
    #[cold]
    fn fault(&self, kind: XmlFaultKind, at: usize) -> XmlFault {
        xml_fault::find(self.text).unwrap_or_else(|| xml_fault::fault_at(self.text, kind, at))
    }

    /// Looks at the whole text, once: the inner reader takes more than XML allows.
    #[cold]
    fn doubt(&mut self) -> Result<(), XmlFault> {
        match std::mem::replace(&mut self.judged, true) {
            false => xml_fault::find(self.text).map_or(Ok(()), Err),
            true => Ok(()),
        }
    }

    fn event(&mut self) -> Result<Event<'a>, XmlFault> {
        let before = self.inner.buffer_position() as usize;
        let event = match self.inner.read_event() {
            Ok(event) => event,
            Err(_) => return Err(self.fault(XmlFaultKind::InvalidToken, self.inner.error_position() as usize)),
        };
        let usual = match &event {
            Event::Start(tag) => is_plain(tag) || xml_fault::is_start_tag(self.text, before),
            Event::Text(text) => is_usual(text),
            Event::Decl(_) => xml_declaration::is_declaration(self.text, before),
            Event::Comment(_) | Event::PI(_) | Event::CData(_) | Event::DocType(_) => false,
            Event::End(_) | Event::Empty(_) | Event::GeneralRef(_) | Event::Eof => true,
        };
        if !usual {
            self.doubt()?;
        }
        Ok(event)
    }

    fn ended(&self) -> XmlFault {
        self.fault(XmlFaultKind::NoElement, self.text.len())
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
                _ => return Err(self.fault(XmlFaultKind::Syntax, before)),
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
                _ => return Err(self.fault(XmlFaultKind::Junk, before)),
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
            // quick-xml resolves references to characters that XML has no place for, such as escape.
            _ => reference.resolve_char_ref().ok().flatten().filter(|c| is_legal(*c)),
        };
        named.ok_or_else(|| {
            let at = (self.inner.buffer_position() as usize).saturating_sub(reference.len() + 2);
            self.fault(XmlFaultKind::UndefinedEntity, at)
        })
    }
}

/// Whether a start tag is nothing but letters and digits, as most are.
fn is_plain(tag: &str) -> bool {
    let bytes = tag.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.iter().all(u8::is_ascii_alphanumeric)
}

/// Whether no character of a text is forbidden, or part of `]]>`. (It has no early end, so that it is quick.)
fn is_usual(text: &str) -> bool {
    let odd = |b: u8| (b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r')) || b == b'>';
    !text.bytes().fold(false, |found, b| found | odd(b))
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
            ("<A>\r\n\r", "no element found: line 2, column 0"),
            ("<Foo><Bar></Foo>", "mismatched tag: line 1, column 12"),
            ("<Error><Code>X</Err", "unclosed token: line 1, column 14"),
            ("<A/>\n<B/>", "junk after document element: line 2, column 0"),
            ("<A/>x", "junk after document element: line 1, column 4"),
            ("<A/>{", "not well-formed (invalid token): line 1, column 4"),
            ("<A>&nope;</A>", "undefined entity: line 1, column 3"),
            ("<A>a & b</A>", "not well-formed (invalid token): line 1, column 6"),
            ("<A>&#0;</A>", "reference to invalid character number: line 1, column 3"),
            ("<A>&#27;</A>", "reference to invalid character number: line 1, column 3"),
            ("<A>a\n&#x1b;</A>", "reference to invalid character number: line 2, column 0"),
            ("<A><B>x</B>&#xffff;</A>", "reference to invalid character number: line 1, column 11"),
            ("<A b='&#7;'/>", "reference to invalid character number: line 1, column 6"),
            ("<A>\u{1}</A>", "not well-formed (invalid token): line 1, column 3"),
            ("<A>]]></A>", "not well-formed (invalid token): line 1, column 5"),
            ("<A><![CDATA[x</A>", "unclosed CDATA section: line 1, column 17"),
            ("<A><!-- a -- b --></A>", "not well-formed (invalid token): line 1, column 12"),
            ("<A b=c/>", "not well-formed (invalid token): line 1, column 5"),
            ("<A b='c' b='d'/>", "duplicate attribute: line 1, column 9"),
            ("<A><n:B/></A>", "unbound prefix: line 1, column 3"),
            ("<A b='&nope;'/>", "undefined entity: line 1, column 0"),
            (" <?xml version='1.0'?><A/>", "XML or text declaration not at start of entity: line 1, column 1"),
            ("<?xml encoding='UTF-8'?><A/>", "XML declaration not well-formed: line 1, column 6"),
            ("<!DOCTYPE html><p>a<br></p>", "mismatched tag: line 1, column 25"),
            ("<?xml version=\"1.0\"?> \n<!-- c --><?p?><!DOCTYPE A><A>&lt;<![CDATA[x]]>&#65;</A>\n", "none"),
            ("<n:A xmlns:n='u' b-c = \"d>&amp;\" ><n:B/ ></n:A>", "not well-formed (invalid token): line 1, column 39"),
            ("<n:A xmlns:n='u' b-c = \"d>&amp;\" ><n:B/></n:A >", "none"),
            ("<A xml:b=''><B xmlns:n='u'><n:C n:d=''/></B></A>", "none"),
        ] {
            assert_eq!(fault(text), message, "{text:?}");
        }
    }

    #[test]
    fn what_stands_before_the_root() {
        let invalid = |column| format!("not well-formed (invalid token): line 1, column {column}");
        let syntax = |column| format!("syntax error: line 1, column {column}");
        let unclosed = |column| format!("unclosed token: line 1, column {column}");
        for start in ["{", "}", "&", "=", "/", "!", ";", "?", "@", "~", "\u{1}", "\\", "+", "*", "$", "\u{1f600}"] {
            assert_eq!(fault(start), invalid(0), "{start:?}");
            assert_eq!(fault(&format!("  {start}a")), invalid(2), "{start:?}");
        }
        for text in ["a", "0", "-", ".", ":", "_", "(", "[", ",", ")", "|", ">", "é", "a b", "a+"] {
            assert_eq!(fault(text), syntax(0), "{text:?}");
        }
        for text in ["#", "%", "\"x", "'", "%a", "]]", "a:", "<", "<!", "<!x", "<!--", "<?p"] {
            assert_eq!(fault(text), unclosed(0), "{text:?}");
        }
        for (text, column) in
            [("{\"a\": 1}", 0), ("a{", 1), ("12{", 2), ("1+", 1), ("ab&", 2), ("\"x\"y", 3), ("</a>", 1)]
        {
            assert_eq!(fault(text), invalid(column), "{text:?}");
        }
        assert_eq!(fault("%a;"), "illegal parameter entity reference: line 1, column 0");
        assert_eq!(fault("<!ELEMENT a>"), syntax(0));
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
