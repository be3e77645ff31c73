//! Values in Python's words: `repr`, `str` and type names, as they stand in the AWS CLI's validation messages
//! (`value: {'a': 1}, type: <class 'dict'>`).

use oxaws_value::{Value, python_float};

/// Below this depth a value is shown as `...`.
const MAX_DEPTH: usize = 1_000;

/// Which Python class the maps of a value were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapClass {
    /// `dict`: maps from shorthand, `--cli-input-json` and `--cli-input-yaml`.
    #[default]
    Dict,
    /// `collections.OrderedDict`: maps from an argument's JSON.
    OrderedDict,
}

/// Python's `repr(value)`: texts in quotes.
pub fn repr(value: &Value, maps: MapClass) -> String {
    let mut out = String::new();
    write(&mut out, value, maps, 0);
    out
}

/// Python's `str(value)`: as [`repr`], but a text stands as it is.
pub fn str(value: &Value, maps: MapClass) -> String {
    match value {
        Value::String(text) => text.clone(),
        _ => repr(value, maps),
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

/// Python's `str(type(value))`: `<class 'str'>`.
pub fn class(value: &Value, maps: MapClass) -> String {
    format!("<class '{}'>", type_name(value, maps))
}

fn write(out: &mut String, value: &Value, maps: MapClass, depth: usize) {
    if depth > MAX_DEPTH {
        out.push_str("...");
        return;
    }
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Int(n) => out.push_str(&n.to_string()),
        Value::BigInt(digits) => out.push_str(digits),
        Value::Float(f) => out.push_str(&python_float(*f)),
        Value::String(text) => out.push_str(&repr_str(text)),
        Value::Bytes(bytes) => write_bytes(out, bytes),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write(out, item, maps, depth + 1);
            }
            out.push(']');
        }
        Value::Map(map) => {
            let (open, between, after, close) = match maps {
                MapClass::Dict => ("{", ": ", "", "}"),
                MapClass::OrderedDict if map.is_empty() => ("OrderedDict(", "", "", ")"),
                MapClass::OrderedDict => ("OrderedDict([", ", ", ")", "])"),
            };
            out.push_str(open);
            for (i, (key, value)) in map.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                out.push_str(if maps == MapClass::OrderedDict { "(" } else { "" });
                out.push_str(&repr_str(key));
                out.push_str(between);
                write(out, value, maps, depth + 1);
                out.push_str(after);
            }
            out.push_str(close);
        }
    }
}

/// Python's `repr` of a text: single quotes unless only double ones spare escapes, and escapes for what isn't printable.
pub fn repr_str(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c if is_printable(c) => out.push(c),
            c if c <= '\u{ff}' => out.push_str(&format!("\\x{:02x}", c as u32)),
            c if c <= '\u{ffff}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push_str(&format!("\\U{:08x}", c as u32)),
        }
    }
    out.push(quote);
    out
}

/// Whether Python prints the character as it is. The standard library's `escape_debug` asks the same of Unicode
/// (no controls, formats, unassigned code points, or separators but the blank), except for marks at the start of a text.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    let mut buffer = [b'a'; 5];
    let length = 1 + c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..length]).is_ok_and(|text| text.escape_debug().nth(1) == Some(c))
}

fn write_bytes(out: &mut String, bytes: &[u8]) {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    out.push('b');
    out.push(char::from(quote));
    for &b in bytes {
        match b {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            b if b == quote => out.extend(['\\', char::from(b)]),
            b' '..=b'~' => out.push(char::from(b)),
            b => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out.push(char::from(quote));
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::parse_json;

    #[test]
    fn maps_and_lists() {
        let value = parse_json(r#"{"a":1,"b":[true,null,"x"],"c":{"d":1.5},"e":{}}"#).unwrap();
        assert_eq!(repr(&value, MapClass::Dict), "{'a': 1, 'b': [True, None, 'x'], 'c': {'d': 1.5}, 'e': {}}");
        assert_eq!(
            repr(&value, MapClass::OrderedDict),
            "OrderedDict([('a', 1), ('b', [True, None, 'x']), ('c', OrderedDict([('d', 1.5)])), ('e', OrderedDict())])"
        );
        assert_eq!(class(&value, MapClass::OrderedDict), "<class 'collections.OrderedDict'>");
        assert_eq!(class(&Value::Null, MapClass::Dict), "<class 'NoneType'>");
        assert_eq!(str(&Value::from("a'b"), MapClass::Dict), "a'b");
        assert_eq!(str(&Value::Float(f64::NAN), MapClass::Dict), "nan");
    }

    #[test]
    fn texts() {
        for (text, want) in [
            ("it's", r#""it's""#),
            ("a\"b", r#"'a"b'"#),
            ("'\"", r#"'\'"'"#),
            ("a\n\t\\\u{7f}\u{0}", r"'a\n\t\\\x7f\x00'"),
            ("é☃😀", "'é☃😀'"),
            ("\u{a0}\u{ad}\u{200b}\u{feff}\u{e0001}", r"'\xa0\xad\u200b\ufeff\U000e0001'"),
            ("\u{301}e\u{301}", "'\u{301}e\u{301}'"),
            ("\u{3000}\u{2028}", r"'\u3000\u2028'"),
        ] {
            assert_eq!(repr_str(text), want);
        }
        assert_eq!(repr(&Value::Bytes(b"A: b\n'\xff".to_vec()), MapClass::Dict), r#"b"A: b\n'\xff""#);
    }
}
