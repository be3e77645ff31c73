//! The ordered [`Value`] that every layer passes on, and its JSON text.
//!
//! A `Value` is what a command line, a file or a service reply means once its text is parsed: insertion-ordered maps,
//! exact integers, and floats printed the way Python prints them, because that is what the AWS CLI prints.

mod json_read;
mod json_write;
mod map;
pub mod repr;
pub mod secret;
mod timestamp;
pub mod visible;

pub use json_read::{JsonError, JsonErrorKind, MAX_DEPTH, parse_json, parse_json_bytes};
pub use json_write::{JsonStyle, plain as json_plain, to_json, write_json, write_json_at, write_json_string};
pub use map::{Key, Map};
pub use timestamp::timestamp;

/// A value of the service models' world.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// JSON `null`; an absent value.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer that fits in 64 bits.
    Int(i64),
    /// An integer that doesn't: its decimal digits, with an optional leading `-`, no leading zeros.
    BigInt(Box<str>),
    /// A binary float; printed as Python's `repr` does, `NaN` and `Infinity` included.
    Float(f64),
    /// Text.
    String(String),
    /// Bytes (a blob that isn't text yet: printed as base64).
    Bytes(Vec<u8>),
    /// An ordered list.
    List(Vec<Value>),
    /// An insertion-ordered map.
    Map(Map),
}

impl Value {
    /// The text of a [`Value::String`].
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    /// The number of a [`Value::Int`].
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// The number of an [`Value::Int`], [`Value::BigInt`] or [`Value::Float`], as a float.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Int(n) => Some(*n as f64),
            Value::BigInt(t) => t.parse().ok(),
            Value::Float(f) => Some(*f),
            _ => None,
        }
    }

    /// The truth of a [`Value::Bool`].
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The items of a [`Value::List`].
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(l) => Some(l),
            _ => None,
        }
    }

    /// The entries of a [`Value::Map`].
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(m) => Some(m),
            _ => None,
        }
    }

    /// The entries of a [`Value::Map`], to change.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match self {
            Value::Map(m) => Some(m),
            _ => None,
        }
    }

    /// The member `key` of a map; `None` for a missing member and for anything that isn't a map.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// Whether this is [`Value::Null`].
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Python's truth: false for null, `false`, zero, and empty text, bytes, lists and maps.
    pub fn is_truthy(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::BigInt(_) => true,
            Value::Float(f) => *f != 0.0,
            Value::String(s) => !s.is_empty(),
            Value::Bytes(b) => !b.is_empty(),
            Value::List(l) => !l.is_empty(),
            Value::Map(m) => !m.is_empty(),
        }
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Value::String(s.to_owned())
    }
}
impl From<String> for Value {
    fn from(s: String) -> Self {
        Value::String(s)
    }
}
impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}
impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Value::Int(n)
    }
}
impl From<Vec<Value>> for Value {
    fn from(l: Vec<Value>) -> Self {
        Value::List(l)
    }
}
impl From<Map> for Value {
    fn from(m: Map) -> Self {
        Value::Map(m)
    }
}
