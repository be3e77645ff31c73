//! XML → `[name, attributes, text, children]`, names with their namespace in braces.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use crate::conformance::json::Json;
use crate::conformance::text::strip;

/// Deeper nesting isn't read.
const MAX_DEPTH: usize = 500;

/// An element whose end hasn't come yet.
struct Open {
    name: String,
    attributes: Vec<(String, Json)>,
    /// The text before the first child.
    text: String,
    children: Vec<Json>,
}

/// The document's element; `None` where the text isn't well-formed.
pub fn parse(text: &str) -> Option<Json> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let (mut open, mut root, mut is_first): (Vec<Open>, Option<Json>, bool) = (Vec::new(), None, true);
    loop {
        let event = reader.read_event().ok()?;
        match &event {
            Event::Eof => return root.filter(|_| open.is_empty()),
            Event::Start(start) if root.is_none() && open.len() < MAX_DEPTH => open.push(Open::new(&reader, start)?),
            Event::Start(_) | Event::Empty(_) => return None,
            Event::End(_) => {
                let element = open.pop()?.close();
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => root = Some(element),
                }
            }
            Event::Text(text) => append(&mut open, text.xml10_content())?,
            Event::CData(text) => append(&mut open, text.xml10_content())?,
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(letter) => append(&mut open, letter.to_string().into())?,
                None => append(&mut open, predefined(&reference.xml10_content())?.into())?,
            },
            Event::Decl(_) if !is_first => return None,
            Event::DocType(_) if root.is_some() || !open.is_empty() => return None,
            Event::Decl(_) | Event::DocType(_) | Event::Comment(_) | Event::PI(_) => {}
        }
        is_first = false;
    }
}

/// Adds text to the element it is in. Outside of the document's element only blanks may be.
fn append(open: &mut [Open], text: Cow<'_, str>) -> Option<()> {
    match open.last_mut() {
        Some(element) if element.children.is_empty() => element.text.push_str(&text),
        Some(_) => {}
        None if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() => {}
        None => return None,
    }
    Some(())
}

fn predefined(name: &str) -> Option<&'static str> {
    let entities = [("lt", "<"), ("gt", ">"), ("amp", "&"), ("quot", "\""), ("apos", "'")];
    entities.into_iter().find(|(entity, _)| *entity == name).map(|(_, text)| text)
}

impl Open {
    fn new(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Option<Open> {
        let (namespace, local) = reader.resolver().resolve_element(start.name());
        let name = full_name(&namespace, local.as_ref())?;
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let (namespace, local) = reader.resolver().resolve_attribute(attribute.key);
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            attributes.push((full_name(&namespace, local.as_ref())?, Json::text(value)));
        }
        attributes.sort_by(|a, b| a.0.cmp(&b.0));
        Some(Open { name, attributes, text: String::new(), children: Vec::new() })
    }

    fn close(self) -> Json {
        let text = if self.children.is_empty() { strip(&self.text).to_owned() } else { String::new() };
        Json::List(vec![Json::Text(self.name), Json::Map(self.attributes), Json::Text(text), Json::List(self.children)])
    }
}

/// `{namespace}name`; `None` where the prefix isn't bound.
fn full_name(namespace: &ResolveResult<'_>, local: &str) -> Option<String> {
    match namespace {
        ResolveResult::Bound(namespace) => Some(format!("{{{}}}{local}", namespace.as_ref())),
        ResolveResult::Unbound => Some(local.to_owned()),
        ResolveResult::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Option<String> {
        parse(text).map(|tree| tree.dump())
    }

    #[test]
    fn reads_elements() {
        let text = "<?xml version=\"1.0\"?>\n<A xmlns=\"urn:x\" xmlns:p=\"urn:p\" z=\"1\" p:b=\"&lt;2&#10;\n\">\n <B> a&amp;<!-- c -->b<![CDATA[<c>]]> </B>t<p:C/><D xmlns=\"\"/></A>\n";
        let expected = r#"["{urn:x}A", {"z": "1", "{urn:p}b": "<2\n "}, "", [["{urn:x}B", {}, "a&b<c>", []], ["{urn:p}C", {}, "", []], ["D", {}, "", []]]]"#;
        assert_eq!(tree(text).as_deref(), Some(expected));
    }

    #[test]
    fn refuses_what_is_not_well_formed() {
        for text in [
            "",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>x",
            "x<a/>",
            "<a>&nbsp;</a>",
            "<a b=1/>",
            "<a b='1' b='2'/>",
            "<p:a/>",
            "<a p:b='1'/>",
            "<a",
            " <?xml version='1.0'?><a/>",
            "<a></a></a>",
        ] {
            assert_eq!(tree(text), None, "{text}");
        }
        assert!(tree("<!DOCTYPE html><html/>").is_some());
    }
}
