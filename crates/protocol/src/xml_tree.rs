//! Small XML bodies as a tree, for errors: their form is met before their shape is known.

use crate::failure::{ParseFailure, XmlFault};
use crate::xml_reader::XmlReader;
use crate::{MAX_DEPTH, xml_read};
use oxaws_value::{Map, Value};

/// An element without its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// The name without its prefix.
    pub(crate) name: String,
    /// The text before the first child; `None` where there is none.
    pub(crate) text: Option<String>,
    pub(crate) children: Vec<Element>,
}

/// The root element of a text.
pub(crate) fn root(text: &str) -> Result<Element, xml_read::Fault> {
    let mut reader = XmlReader::new(text);
    let name = reader.root()?.name().to_owned();
    let root = element(&mut reader, name, 0)?;
    reader.finish()?;
    Ok(root)
}

fn element(reader: &mut XmlReader, name: String, depth: usize) -> Result<Element, xml_read::Fault> {
    if depth > MAX_DEPTH {
        return Err(ParseFailure::TooDeep.into());
    }
    let mut element = Element { name, text: None, children: Vec::new() };
    let (text, mut child) = reader.text_or_child()?;
    element.text = (!text.is_empty()).then_some(text);
    while let Some(name) = child {
        element.children.push(self::element(reader, name, depth + 1)?);
        child = next(reader)?;
    }
    Ok(element)
}

fn next(reader: &mut XmlReader) -> Result<Option<String>, XmlFault> {
    Ok(reader.child()?.map(|tag| tag.name().to_owned()))
}

impl Element {
    /// The children as a map: text, or null where an element is empty, or a map. Of several with one name, botocore's
    /// reading keeps the children of the first.
    pub(crate) fn to_map(&self) -> Map {
        let mut map = Map::new();
        for child in &self.children {
            if map.contains_key(&child.name) {
                // The name repeats: the first one counts, as a map of its children even where it has none.
                if !matches!(map.get(&child.name), Some(Value::Map(_))) {
                    map.insert(child.name.clone(), Value::Map(Map::new()));
                }
                continue;
            }
            let value = if child.children.is_empty() {
                child.text.clone().map_or(Value::Null, Value::String)
            } else {
                Value::Map(child.to_map())
            };
            map.insert(child.name.clone(), value);
        }
        map
    }
}
