//! XML request bodies, in the layout of Python's `ElementTree`, since checksums are made over these bytes.

use crate::request::{Entries, SerializeError, members_of};
use crate::scalar::{base64_text, boolean_text, float_text, python_str};
use crate::{MAX_DEPTH, timestamp};
use oxaws_model::{Member, Operation, Shape, ShapeKind, TimestampFormat, XmlNamespace};
use oxaws_python::LocalClock;
use oxaws_value::Value;

/// An element being built: attributes may come from members that stand after children.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn new(name: &str) -> Element {
        Element { name: name.to_owned(), ..Element::default() }
    }

    fn namespace(&mut self, namespace: Option<XmlNamespace>) {
        let Some(XmlNamespace { uri, prefix }) = namespace else { return };
        let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        self.attribute(name, uri.to_owned());
    }

    fn attribute(&mut self, name: String, value: String) {
        match self.attributes.iter_mut().find(|(n, _)| *n == name) {
            Some(attribute) => attribute.1 = value,
            None => self.attributes.push((name, value)),
        }
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape_attribute(value, out);
            out.push('"');
        }
        if self.text.is_empty() && self.children.is_empty() {
            out.push_str(" />");
            return;
        }
        out.push('>');
        escape_text(&self.text, out);
        for child in &self.children {
            child.write(out);
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

fn escape_text(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

fn escape_attribute(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#09;"),
            c => out.push(c),
        }
    }
}

/// The body whose root is the operation's input structure.
pub(crate) fn input(
    op: Operation,
    shape: Shape,
    entries: &Entries,
    clock: LocalClock<'_>,
) -> Result<Vec<u8>, SerializeError> {
    let name = op.input_location_name().or(shape.location_name()).unwrap_or_else(|| shape.name());
    let mut root = Element::new(name);
    root.namespace(op.input_xml_namespace().or(shape.xml_namespace()));
    Tree { clock }.members(&mut root, entries, 0)?;
    Ok(text(&root))
}

/// The body whose root is a payload member.
pub(crate) fn payload(member: Member, value: &Value, clock: LocalClock<'_>) -> Result<Vec<u8>, SerializeError> {
    let mut outer = Element::default();
    Tree { clock }.value(&mut outer, member, value, member.wire_name(), 0)?;
    Ok(outer.children.first().map(text).unwrap_or_default())
}

fn text(root: &Element) -> Vec<u8> {
    let mut out = String::new();
    root.write(&mut out);
    out.into_bytes()
}

struct Tree<'a> {
    clock: LocalClock<'a>,
}

impl Tree<'_> {
    fn members(&self, node: &mut Element, entries: &Entries, depth: usize) -> Result<(), SerializeError> {
        for (member, value) in entries {
            if value.is_null() {
                continue;
            }
            if member.xml_attribute() {
                node.attribute(member.wire_name().to_owned(), python_str(value).into_owned());
            } else {
                self.value(node, *member, value, member.wire_name(), depth + 1)?;
            }
        }
        Ok(())
    }

    /// Adds a value to `parent` under `name`.
    fn value(
        &self,
        parent: &mut Element,
        member: Member,
        value: &Value,
        name: &str,
        depth: usize,
    ) -> Result<(), SerializeError> {
        if depth > MAX_DEPTH {
            return Err(SerializeError::TooDeep);
        }
        let shape = member.shape();
        let mut node = Element::new(name);
        match (shape.kind(), value) {
            (ShapeKind::Structure, Value::Map(given)) => {
                node.namespace(member.xml_namespace());
                self.members(&mut node, &members_of(shape, given), depth)?;
            }
            (ShapeKind::List, Value::List(items)) => {
                let element = shape.element();
                if member.flattened() {
                    parent.namespace(member.xml_namespace());
                    for item in items {
                        self.value(parent, element, item, name, depth + 1)?;
                    }
                    return Ok(());
                }
                node.namespace(member.xml_namespace());
                let item_name = element.location_name().unwrap_or("member");
                for item in items {
                    self.value(&mut node, element, item, item_name, depth + 1)?;
                }
            }
            (ShapeKind::Map, Value::Map(map)) => {
                let (key_member, value_member) = (shape.key(), shape.value());
                let key_name = key_member.location_name().unwrap_or("key");
                let value_name = value_member.location_name().unwrap_or("value");
                let entry_name = if member.flattened() { name } else { "entry" };
                node.namespace(member.xml_namespace());
                for (key, item) in map.iter() {
                    let mut entry = Element::new(entry_name);
                    let mut key_node = Element::new(key_name);
                    key_node.text = key.to_string();
                    key_node.namespace(key_member.xml_namespace());
                    entry.children.push(key_node);
                    self.value(&mut entry, value_member, item, value_name, depth + 1)?;
                    node.children.push(entry);
                }
                if member.flattened() {
                    parent.children.append(&mut node.children);
                    return Ok(());
                }
            }
            (ShapeKind::Structure | ShapeKind::List | ShapeKind::Map, Value::Null) => return Ok(()),
            (kind @ (ShapeKind::Structure | ShapeKind::List | ShapeKind::Map), _) => {
                return Err(SerializeError::WrongType { place: name.to_owned(), wanted: kind.name() });
            }
            (kind, _) => {
                node.text = match kind {
                    ShapeKind::Boolean => boolean_text(value).to_owned(),
                    ShapeKind::Blob => base64_text(value),
                    ShapeKind::Timestamp => {
                        let format = timestamp::format_of(member).unwrap_or(TimestampFormat::Iso8601);
                        timestamp::wire_text(value, format, self.clock)?
                    }
                    ShapeKind::Float | ShapeKind::Double => float_text(value).into_owned(),
                    _ => python_str(value).into_owned(),
                };
                node.namespace(member.xml_namespace());
            }
        }
        parent.children.push(node);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_written_as_elementtree_writes_them() {
        let mut root = Element::new("A");
        root.attribute("x".into(), "1\n\"<".into());
        root.children.push(Element::new("B"));
        let mut child = Element::new("C");
        child.text = "a<b>&\r\"".into();
        root.children.push(child);
        assert_eq!(
            String::from_utf8(text(&root)).unwrap(),
            "<A x=\"1&#10;&quot;&lt;\"><B /><C>a&lt;b&gt;&amp;\r\"</C></A>"
        );
    }
}
