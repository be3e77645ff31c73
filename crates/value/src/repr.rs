//! A value as Python's `repr` and `str` show it, and the names of its types: the AWS CLI's output and messages have them
//! (`value: {'a': 1}, type: <class 'dict'>`).

use crate::Value;
use oxaws_python::{python_float, write_repr_bytes, write_repr_str};
use std::fmt;

/// How deep lists and maps may be nested to be shown.
pub const MAX_SHOWN_DEPTH: usize = 950;

/// Which Python class the maps of a value were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapClass {
    /// `dict`: maps of replies, from shorthand, `--cli-input-json` and `--cli-input-yaml`.
    #[default]
    Dict,
    /// `collections.OrderedDict`: maps from an argument's JSON.
    OrderedDict,
}

/// A value is nested deeper than [`MAX_SHOWN_DEPTH`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooDeep;

impl fmt::Display for TooDeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("maximum recursion depth exceeded")
    }
}

impl std::error::Error for TooDeep {}

/// `repr(value)`: texts in quotes. What lies too deep is shown as `...`.
pub fn repr(value: &Value, maps: MapClass) -> String {
    let mut out = String::new();
    // What is too deep shows as dots, which is all that can be done about it here.
    let _ = write_repr(&mut out, value, maps);
    out
}

/// Adds `repr(value)` to a text.
///
/// # Errors
/// [`TooDeep`]; the rest is written all the same.
pub fn write_repr(out: &mut String, value: &Value, maps: MapClass) -> Result<(), TooDeep> {
    if write(out, value, maps, 0) { Ok(()) } else { Err(TooDeep) }
}

/// `str(value)`: as [`repr`], but a text stands as it is.
pub fn str(value: &Value, maps: MapClass) -> String {
    match value {
        Value::String(text) => text.clone(),
        _ => repr(value, maps),
    }
}

/// `str(value)` of a value with maps of the class `dict`: borrowed where that is text that exists already, otherwise
/// written to `scratch`.
///
/// # Errors
/// [`TooDeep`].
pub fn str_of<'a>(value: &'a Value, scratch: &'a mut String) -> Result<&'a str, TooDeep> {
    match value {
        Value::String(s) => Ok(s),
        Value::Null => Ok("None"),
        Value::Bool(true) => Ok("True"),
        Value::Bool(false) => Ok("False"),
        Value::BigInt(digits) => Ok(digits),
        other => {
            scratch.clear();
            write_repr(scratch, other, MapClass::Dict)?;
            Ok(scratch)
        }
    }
}

/// The name of the value's type, such as `dict` or `collections.OrderedDict`.
pub fn type_name(value: &Value, maps: MapClass) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::BigInt(_) => "int",
        Value::Float(_) => "float",
        Value::String(_) => "str",
        Value::Bytes(_) => "bytes",
        Value::List(_) => "list",
        Value::Map(_) => match maps {
            MapClass::Dict => "dict",
            MapClass::OrderedDict => "collections.OrderedDict",
        },
    }
}

/// `str(type(value))`: `<class 'str'>`.
pub fn class(value: &Value, maps: MapClass) -> String {
    format!("<class '{}'>", type_name(value, maps))
}

/// False where something was too deep.
fn write(out: &mut String, value: &Value, maps: MapClass, depth: usize) -> bool {
    if depth > MAX_SHOWN_DEPTH {
        out.push_str("...");
        return false;
    }
    let mut complete = true;
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Int(n) => out.push_str(itoa::Buffer::new().format(*n)),
        Value::BigInt(digits) => out.push_str(digits),
        Value::Float(f) => out.push_str(&python_float(*f)),
        Value::String(text) => write_repr_str(out, text),
        Value::Bytes(bytes) => write_repr_bytes(out, bytes),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                complete &= write(out, item, maps, depth + 1);
            }
            out.push(']');
        }
        Value::Map(map) => {
            let (open, before, between, after, close) = match maps {
                MapClass::Dict => ("{", "", ": ", "", "}"),
                MapClass::OrderedDict if map.is_empty() => ("OrderedDict(", "", "", "", ")"),
                MapClass::OrderedDict => ("OrderedDict([", "(", ", ", ")", "])"),
            };
            out.push_str(open);
            for (i, (key, value)) in map.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                out.push_str(before);
                write_repr_str(out, key);
                out.push_str(between);
                complete &= write(out, value, maps, depth + 1);
                out.push_str(after);
            }
            out.push_str(close);
        }
    }
    complete
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_json;

    #[test]
    fn maps_and_lists() {
        let value = parse_json(r#"{"a":1,"b":[true,null,"x"],"c":{"d":1.5},"e":{}}"#).expect("JSON");
        assert_eq!(repr(&value, MapClass::Dict), "{'a': 1, 'b': [True, None, 'x'], 'c': {'d': 1.5}, 'e': {}}");
        assert_eq!(
            repr(&value, MapClass::OrderedDict),
            "OrderedDict([('a', 1), ('b', [True, None, 'x']), ('c', OrderedDict([('d', 1.5)])), ('e', OrderedDict())])"
        );
        assert_eq!(class(&value, MapClass::OrderedDict), "<class 'collections.OrderedDict'>");
        assert_eq!(class(&Value::Null, MapClass::Dict), "<class 'NoneType'>");
        assert_eq!(str(&Value::from("a'b"), MapClass::Dict), "a'b");
        assert_eq!(str(&Value::Float(f64::NAN), MapClass::Dict), "nan");
        let value = parse_json(r#"[123456789012345678901,-2.5,{"it's":"q\"'"}]"#).expect("JSON");
        assert_eq!(repr(&value, MapClass::Dict), r#"[123456789012345678901, -2.5, {"it's": 'q"\''}]"#);
    }

    #[test]
    fn texts_that_exist_are_borrowed() {
        let mut scratch = String::new();
        assert_eq!(str_of(&Value::from("it's"), &mut scratch), Ok("it's"));
        assert_eq!(str_of(&Value::Bool(true), &mut scratch), Ok("True"));
        assert!(scratch.is_empty());
        assert_eq!(str_of(&Value::Bytes(b"a'\xff\n".to_vec()), &mut scratch), Ok("b\"a'\\xff\\n\""));
        assert_eq!(str_of(&Value::Float(f64::NAN), &mut scratch), Ok("nan"));
    }

    #[test]
    fn too_deep_is_an_error_or_dots() {
        let mut value = Value::Null;
        for _ in 0..MAX_SHOWN_DEPTH + 10 {
            value = Value::List(vec![value]);
        }
        assert_eq!(write_repr(&mut String::new(), &value, MapClass::Dict), Err(TooDeep));
        assert!(repr(&value, MapClass::Dict).contains("[...]"));
    }
}
