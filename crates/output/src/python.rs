//! Values as Python's `str` and `repr` write them, which is what the text and table formats print.

use crate::{MAX_DEPTH, OutputError};
use oxaws_value::{Value, python_float};
use std::fmt::Write;

/// The name of the Python type that `value` is in the AWS CLI, for its crash messages.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::BigInt(_) => "int",
        Value::Float(_) => "float",
        Value::String(_) => "str",
        Value::Bytes(_) => "bytes",
        Value::List(_) => "list",
        Value::Map(_) => "dict",
    }
}

/// `str(value)`. Borrowed where that is text that already exists, otherwise written to `scratch`.
///
/// # Errors
/// [`OutputError::TooDeep`].
pub fn str_of<'a>(value: &'a Value, scratch: &'a mut String) -> Result<&'a str, OutputError> {
    match value {
        Value::String(s) => Ok(s),
        Value::Null => Ok("None"),
        Value::Bool(true) => Ok("True"),
        Value::Bool(false) => Ok("False"),
        Value::BigInt(digits) => Ok(digits),
        other => {
            scratch.clear();
            push_repr(scratch, other, 0)?;
            Ok(scratch)
        }
    }
}

/// Appends `repr(value)` to `out`.
///
/// # Errors
/// [`OutputError::TooDeep`].
pub fn write_repr(out: &mut String, value: &Value) -> Result<(), OutputError> {
    push_repr(out, value, 0)
}

fn push_repr(out: &mut String, value: &Value, depth: usize) -> Result<(), OutputError> {
    if depth > MAX_DEPTH {
        return Err(OutputError::TooDeep);
    }
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(b) => out.push_str(if *b { "True" } else { "False" }),
        Value::Int(n) => {
            // Writing to a string can't fail.
            let _ = write!(out, "{n}");
        }
        Value::BigInt(digits) => out.push_str(digits),
        Value::Float(f) => out.push_str(&python_float(*f)),
        Value::String(s) => push_str_repr(out, s),
        Value::Bytes(bytes) => push_bytes_repr(out, bytes),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                push_repr(out, item, depth + 1)?;
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (i, (key, item)) in map.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                push_str_repr(out, key);
                out.push_str(": ");
                push_repr(out, item, depth + 1)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// Single quotes, unless the text holds those and no double ones.
fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn push_str_repr(out: &mut String, text: &str) {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    out.push(quote);
    for c in text.chars() {
        push_char_repr(out, c, quote);
    }
    out.push(quote);
}

fn push_char_repr(out: &mut String, c: char, quote: char) {
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

fn push_bytes_repr(out: &mut String, bytes: &[u8]) {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    out.push('b');
    out.push(quote);
    for b in bytes {
        if b.is_ascii() {
            push_char_repr(out, char::from(*b), quote);
        } else {
            let _ = write!(out, "\\x{b:02x}");
        }
    }
    out.push(quote);
}

fn is_printable(c: char) -> bool {
    let code = u32::from(c);
    // Ranges begin at even places and end (exclusively) at odd ones.
    UNPRINTABLE_EDGES.partition_point(|edge| *edge <= code) % 2 == 0
}

/// Where ranges of control, format, private-use and separator characters (but for the blank) begin and end by turns, by
/// Unicode 14. Code points that have no meaning yet count as printable.
const UNPRINTABLE_EDGES: [u32; 56] = [
    0x0, 0x20, 0x7f, 0xa1, 0xad, 0xae, 0x600, 0x606, 0x61c, 0x61d, 0x6dd, 0x6de, 0x70f, 0x710, 0x890, 0x892, 0x8e2,
    0x8e3, 0x1680, 0x1681, 0x180e, 0x180f, 0x2000, 0x2010, 0x2028, 0x2030, 0x205f, 0x2065, 0x2066, 0x2070, 0x3000,
    0x3001, 0xd800, 0xf900, 0xfeff, 0xff00, 0xfff9, 0xfffc, 0x110bd, 0x110be, 0x110cd, 0x110ce, 0x13430, 0x13439,
    0x1bca0, 0x1bca4, 0x1d173, 0x1d17b, 0xe0001, 0xe0002, 0xe0020, 0xe0080, 0xf0000, 0xffffe, 0x100000, 0x10fffe,
];

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::parse_json;

    #[test]
    fn values_as_python_writes_them() {
        let value =
            parse_json(r#"[1,-2.5,null,true,"a","it's","\"q\" 'q'","\n\u0001\u00e9\u00a0\u200b😀\\",{"k":[],"l":{}}]"#)
                .unwrap();
        let mut text = String::new();
        write_repr(&mut text, &value).unwrap();
        assert_eq!(
            text,
            r#"[1, -2.5, None, True, 'a', "it's", '"q" \'q\'', '\n\x01é\xa0\u200b😀\\', {'k': [], 'l': {}}]"#
        );
        let mut scratch = String::new();
        assert_eq!(str_of(&Value::from("it's"), &mut scratch).unwrap(), "it's");
        assert_eq!(str_of(&Value::Bytes(b"a'\xff\n".to_vec()), &mut scratch).unwrap(), "b\"a'\\xff\\n\"");
        assert_eq!(str_of(&Value::Float(f64::NAN), &mut scratch).unwrap(), "nan");
    }

    #[test]
    fn too_deep_is_an_error() {
        let mut value = Value::Null;
        for _ in 0..MAX_DEPTH + 10 {
            value = Value::List(vec![value]);
        }
        assert!(matches!(write_repr(&mut String::new(), &value), Err(OutputError::TooDeep)));
    }
}
