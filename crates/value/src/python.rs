//! Python's texts: `repr`, `str` and type names as they stand in the AWS CLI's output and messages (`value: {'a': 1},
//! type: <class 'dict'>`), and its ideas of blanks and lines.

use crate::{Value, python_float};
use std::fmt::{self, Write};

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

/// `repr` of a text.
pub fn repr_str(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_repr_str(&mut out, text);
    out
}

/// `repr` of bytes.
pub fn repr_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 3);
    write_repr_bytes(&mut out, bytes);
    out
}

/// `repr` of a list of texts.
pub fn repr_list<T: AsRef<str>>(items: &[T]) -> String {
    let mut out = String::from("[");
    for (i, item) in items.iter().enumerate() {
        out.push_str(if i > 0 { ", " } else { "" });
        write_repr_str(&mut out, item.as_ref());
    }
    out.push(']');
    out
}

/// Adds `repr` of a text: single quotes unless only double ones spare escapes, and escapes for what isn't printable.
pub fn write_repr_str(out: &mut String, text: &str) {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    out.push(quote);
    for c in text.chars() {
        write_char(out, c, quote);
    }
    out.push(quote);
}

/// Adds `repr` of bytes: `b'…'`.
pub fn write_repr_bytes(out: &mut String, bytes: &[u8]) {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    out.push('b');
    out.push(quote);
    for byte in bytes {
        if byte.is_ascii() {
            write_char(out, char::from(*byte), quote);
        } else {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push(quote);
}

fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn write_char(out: &mut String, c: char, quote: char) {
    // Writing to a string can't fail.
    let _ = match c {
        '\\' => out.write_str("\\\\"),
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        _ if c == quote => write!(out, "\\{c}"),
        _ if is_printable(c) => out.write_char(c),
        '\0'..='\u{ff}' => write!(out, "\\x{:02x}", u32::from(c)),
        '\u{100}'..='\u{ffff}' => write!(out, "\\u{:04x}", u32::from(c)),
        _ => write!(out, "\\U{:08x}", u32::from(c)),
    };
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

/// Bytes as text.
///
/// # Errors
/// What Python says of bytes that aren't UTF-8.
pub fn decode_utf8(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or_default();
        let reason = match error.error_len() {
            None => "unexpected end of data",
            Some(_) if (0xc2..=0xf4).contains(&byte) => "invalid continuation byte",
            Some(_) => "invalid start byte",
        };
        let place = match error.error_len().unwrap_or(bytes.len() - at) {
            1 => format!("byte 0x{byte:02x} in position {at}"),
            length => format!("bytes in position {at}-{}", at + length - 1),
        };
        format!("'utf-8' codec can't decode {place}: {reason}")
    })
}

/// Whether Python's `str.strip` and `\s` count a character as blank.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// `text.strip()`.
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// The pieces of `text.splitlines()`, without their ends.
pub fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(is_line_end).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        rest = match after.strip_prefix("\r\n") {
            Some(next) => next,
            None => {
                let mut chars = after.chars();
                chars.next();
                chars.as_str()
            }
        };
        Some(line)
    })
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
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
    fn texts() {
        for (text, want) in [
            ("many", "'many'"),
            ("it's", r#""it's""#),
            ("a\"b", r#"'a"b'"#),
            ("'\"", r#"'\'"'"#),
            ("it's \"x\"", r#"'it\'s "x"'"#),
            ("a\n\t\\\u{7f}\u{0}\u{1}", r"'a\n\t\\\x7f\x00\x01'"),
            ("é☃😀", "'é☃😀'"),
            ("\u{a0}\u{ad}\u{200b}\u{feff}\u{e0001}\u{e000}", r"'\xa0\xad\u200b\ufeff\U000e0001\ue000'"),
            ("\u{301}e\u{301}", "'\u{301}e\u{301}'"),
            ("\u{3000}\u{2028}", r"'\u3000\u2028'"),
        ] {
            assert_eq!(repr_str(text), want);
        }
        assert_eq!(repr_list(&["p", "x"]), "['p', 'x']");
        assert_eq!(repr(&Value::Bytes(b"A: b\n'\xff".to_vec()), MapClass::Dict), r#"b"A: b\n'\xff""#);
        assert_eq!(repr(&Value::Bytes(b"a'\x00\xff\"".to_vec()), MapClass::Dict), "b'a\\'\\x00\\xff\"'");
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

    #[test]
    fn bytes_that_are_no_text() {
        for (bytes, want) in [
            (&b"a\xff"[..], "byte 0xff in position 1: invalid start byte"),
            (b"\xc3(", "byte 0xc3 in position 0: invalid continuation byte"),
            (b"\xe2\x82(", "bytes in position 0-1: invalid continuation byte"),
            (b"\xe2\x82", "bytes in position 0-1: unexpected end of data"),
            (b"ab\xe2", "byte 0xe2 in position 2: unexpected end of data"),
        ] {
            assert_eq!(decode_utf8(bytes), Err(format!("'utf-8' codec can't decode {want}")));
        }
        assert_eq!(decode_utf8("é".as_bytes()), Ok("é"));
    }

    #[test]
    fn lines_end_where_python_ends_them() {
        let lines: Vec<&str> = split_lines("a\r\nb\rc\u{2028}\n\nd\n").collect();
        assert_eq!(lines, ["a", "b", "c", "", "", "d"]);
        assert_eq!(split_lines("").count(), 0);
    }
}
