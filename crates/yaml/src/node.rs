//! YAML documents that are read, changed and written again: unlike a `Value`, a [`Node`] keeps
//! keys that aren't text, dates, sets, and how a float was written.

use crate::moment::{self, Moment};
use crate::write::{Key, Tree, View};
use oxaws_python::{python_float, repr_bytes, repr_str};
use oxaws_value::{Map, Value};

/// A node of a document.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Node {
    /// `null`
    #[default]
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
                    Moment::DATETIME
                } else {
                    Moment::DATE
                }
            }
            Node::Text(_) => "str",
            Node::Binary(_) => "bytes",
            Node::List(_) => "list",
            Node::Map(_) => map_type,
            Node::Set(_) => "set",
        }
    }

    /// Python's `str()`: of scalars, and of a list as the tuple that it is as a map's key.
    pub fn shown(&self) -> String {
        match self {
            Node::Text(text) | Node::Int(text) => text.clone(),
            Node::Date(text) => moment::read(text).and_then(Result::ok).map_or_else(|| text.clone(), |m| m.shown),
            other => other.repr(),
        }
    }

    /// Python's `repr()`; of a list, that of the tuple.
    fn repr(&self) -> String {
        match self {
            Node::Null => "None".into(),
            Node::Bool(truth) => if *truth { "True" } else { "False" }.into(),
            Node::Int(digits) => digits.clone(),
            Node::Float(f, _) => python_float(*f),
            Node::Date(text) => moment::read(text).and_then(Result::ok).map_or_else(|| text.clone(), |m| m.repr),
            Node::Text(text) => repr_str(text),
            Node::Binary(bytes) => repr_bytes(bytes),
            Node::List(items) | Node::Set(items) => {
                let comma = if items.len() == 1 { "," } else { "" };
                format!("({}{comma})", items.iter().map(Node::repr).collect::<Vec<_>>().join(", "))
            }
            Node::Map(_) => String::new(),
        }
    }

    /// From a value.
    pub fn of_value(value: &Value) -> Node {
        match value {
            Value::Null => Node::Null,
            Value::Bool(b) => Node::Bool(*b),
            Value::Int(n) => Node::Int(n.to_string()),
            Value::BigInt(digits) => Node::Int(digits.to_string()),
            Value::Float(f) => Node::Float(*f, python_float(*f)),
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
        Node::Float(f, _) => python_float(*f),
        other => return Err(other.python_type("dict")),
    })
}

impl Tree for Node {
    fn view(&self) -> View<'_, Self> {
        match self {
            Node::Null => View::Null,
            Node::Bool(b) => View::Bool(*b),
            Node::Int(text) | Node::Date(text) => View::Plain(text),
            Node::Float(f, _) => View::Float(*f),
            Node::Text(text) => View::Text(text),
            Node::Binary(bytes) => View::Bytes(bytes),
            Node::List(items) => View::List(items),
            Node::Map(entries) => View::Map(entries.iter().map(|(k, v)| (Key::Scalar(k), v)).collect()),
            Node::Set(items) => View::Set(items),
        }
    }
}

impl Tree for Value {
    /// The keys of maps are sorted, as the AWS CLI prints them.
    fn view(&self) -> View<'_, Self> {
        match self {
            Value::Null => View::Null,
            Value::Bool(b) => View::Bool(*b),
            Value::Int(n) => View::Int(*n),
            Value::BigInt(digits) => View::Plain(digits),
            Value::Float(f) => View::Float(*f),
            Value::String(text) => View::Text(text),
            Value::Bytes(bytes) => View::Bytes(bytes),
            Value::List(items) => View::List(items),
            Value::Map(map) => {
                let mut entries: Vec<(Key<'_, Value>, &Value)> = map.iter().map(|(k, v)| (Key::Text(k), v)).collect();
                entries.sort_unstable_by_key(|(key, _)| match key {
                    Key::Text(text) => *text,
                    Key::Scalar(_) => "",
                });
                View::Map(entries)
            }
        }
    }
}
