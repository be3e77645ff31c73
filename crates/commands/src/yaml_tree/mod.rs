//! YAML documents that are read, changed and written again: unlike a [`Value`](oxaws_value::Value), a [`Node`] keeps
//! keys that aren't text, dates, sets, and how a float was written.

mod read;
mod write;

pub use read::{Dialect, read};
pub use write::{Layout, write};

use oxaws_value::{Map, Value};

/// A node of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number: its decimal digits, with an optional `-`.
    Int(String),
    /// A float, with the text it was written as.
    Float(f64, String),
    /// A date, with or without a time, as it was written.
    Date(String),
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
    /// A list.
    List(Vec<Node>),
    /// A map, in its order.
    Map(Vec<(Node, Node)>),
    /// A set, in its order.
    Set(Vec<Node>),
}

impl Node {
    /// Text.
    pub fn text(text: impl Into<String>) -> Node {
        Node::Text(text.into())
    }

    /// A map with text keys.
    pub fn map<const N: usize>(entries: [(&str, Node); N]) -> Node {
        Node::Map(entries.into_iter().map(|(k, v)| (Node::text(k), v)).collect())
    }

    /// A text's contents.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a map's key; `None` also for anything that is no map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Node::Map(entries) => entries.iter().find(|(k, _)| k.as_text() == Some(key)).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The same, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        match self {
            Node::Map(entries) => entries.iter_mut().find(|(k, _)| k.as_text() == Some(key)).map(|(_, v)| v),
            _ => None,
        }
    }

    /// Sets the value of a map's key; does nothing to anything that is no map.
    pub fn set(&mut self, key: &str, value: Node) {
        if let Some(there) = self.get_mut(key) {
            *there = value;
        } else if let Node::Map(entries) = self {
            entries.push((Node::text(key), value));
        }
    }

    /// Python's truth.
    pub fn is_truthy(&self) -> bool {
        match self {
            Node::Null => false,
            Node::Bool(b) => *b,
            Node::Int(digits) => digits != "0",
            Node::Float(f, _) => *f != 0.0,
            Node::Date(_) => true,
            Node::Text(text) => !text.is_empty(),
            Node::Binary(bytes) => !bytes.is_empty(),
            Node::List(items) | Node::Set(items) => !items.is_empty(),
            Node::Map(entries) => !entries.is_empty(),
        }
    }

    /// The name of the type that Python gives it; maps are `map_type`.
    pub fn python_type(&self, map_type: &'static str) -> &'static str {
        match self {
            Node::Null => "NoneType",
            Node::Bool(_) => "bool",
            Node::Int(_) => "int",
            Node::Float(..) => "float",
            Node::Date(text) => {
                if text.len() > 10 {
                    "datetime.datetime"
                } else {
                    "datetime.date"
                }
            }
            Node::Text(_) => "str",
            Node::Binary(_) => "bytes",
            Node::List(_) => "list",
            Node::Map(_) => map_type,
            Node::Set(_) => "set",
        }
    }

    /// From a value.
    pub fn of_value(value: &Value) -> Node {
        match value {
            Value::Null => Node::Null,
            Value::Bool(b) => Node::Bool(*b),
            Value::Int(n) => Node::Int(n.to_string()),
            Value::BigInt(digits) => Node::Int(digits.to_string()),
            Value::Float(f) => Node::Float(*f, oxaws_python::python_float(*f)),
            Value::String(text) => Node::Text(text.clone()),
            Value::Bytes(bytes) => Node::Binary(bytes.clone()),
            Value::List(items) => Node::List(items.iter().map(Node::of_value).collect()),
            Value::Map(map) => Node::Map(map.iter().map(|(k, v)| (Node::text(&**k), Node::of_value(v))).collect()),
        }
    }

    /// As JSON has it: keys become text as Python's `json` writes them.
    ///
    /// # Errors
    /// The Python type of a node or key that JSON has no form for.
    pub fn to_value(&self) -> Result<Value, &'static str> {
        Ok(match self {
            Node::Null => Value::Null,
            Node::Bool(b) => Value::Bool(*b),
            Node::Int(digits) => digits.parse().map_or_else(|_| Value::BigInt(digits.as_str().into()), Value::Int),
            Node::Float(f, _) => Value::Float(*f),
            Node::Text(text) => Value::from(text.as_str()),
            Node::Date(text) => return Err(if text.len() > 10 { "datetime" } else { "date" }),
            Node::Binary(_) => return Err("bytes"),
            Node::Set(_) => return Err("set"),
            Node::List(items) => Value::List(items.iter().map(Node::to_value).collect::<Result<_, _>>()?),
            Node::Map(entries) => {
                let mut map = Map::with_capacity(entries.len());
                for (key, value) in entries {
                    map.insert(json_key(key)?, value.to_value()?);
                }
                Value::Map(map)
            }
        })
    }
}

fn json_key(key: &Node) -> Result<String, &'static str> {
    Ok(match key {
        Node::Text(text) => text.clone(),
        Node::Null => "null".into(),
        Node::Bool(b) => if *b { "true" } else { "false" }.into(),
        Node::Int(digits) => digits.clone(),
        Node::Float(f, _) => oxaws_python::python_float(*f),
        other => return Err(other.python_type("dict")),
    })
}
