//! JSON as Python's `json.dumps` writes it.

use crate::{Value, python_float};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::{self, Write};

/// How JSON text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonStyle {
    /// Blanks per level; `None` puts everything on one line.
    pub indent: Option<usize>,
    /// Write non-ASCII characters as `\uXXXX` (surrogate pairs above U+FFFF).
    pub ascii: bool,
    /// On one line: `, ` and `: ` (Python's default) in place of `,` and `:`.
    pub spaced: bool,
}

impl JsonStyle {
    /// What the AWS CLI prints: four blanks, characters as they are.
    pub const OUTPUT: JsonStyle = JsonStyle { indent: Some(4), ascii: false, spaced: true };
    /// Four blanks, ASCII only (skeletons).
    pub const OUTPUT_ASCII: JsonStyle = JsonStyle { indent: Some(4), ascii: true, spaced: true };
    /// `json.dumps(x)`: one line, `, ` and `: `, ASCII only (page tokens, request bodies).
    pub const PYTHON: JsonStyle = JsonStyle { indent: None, ascii: true, spaced: true };
    /// No blanks, characters as they are.
    pub const COMPACT: JsonStyle = JsonStyle { indent: None, ascii: false, spaced: false };
}

/// The JSON text of `value`.
pub fn to_json(value: &Value, style: JsonStyle) -> String {
    let mut out = Vec::new();
    // Writing to a vector can't fail.
    let _ = write_json(&mut out, value, style);
    String::from_utf8(out).unwrap_or_default()
}

/// Writes the JSON text of `value`, without recursion, so that any depth can be written.
///
/// # Errors
/// Those of `out`.
pub fn write_json(out: &mut impl Write, value: &Value, style: JsonStyle) -> io::Result<()> {
    enum Frame<'a> {
        List(std::slice::Iter<'a, Value>),
        Map(Box<dyn Iterator<Item = (&'a crate::Key, &'a Value)> + 'a>),
    }
    let mut stack: Vec<Frame> = Vec::new();
    let mut next = Some(value);
    loop {
        if let Some(v) = next.take() {
            match v {
                Value::List(l) if l.is_empty() => out.write_all(b"[]")?,
                Value::Map(m) if m.is_empty() => out.write_all(b"{}")?,
                Value::List(l) => {
                    out.write_all(b"[")?;
                    let mut items = l.iter();
                    next = items.next();
                    stack.push(Frame::List(items));
                    new_line(out, style, stack.len())?;
                    continue;
                }
                Value::Map(m) => {
                    out.write_all(b"{")?;
                    let mut entries: Box<dyn Iterator<Item = _>> = Box::new(m.iter());
                    let first = entries.next();
                    stack.push(Frame::Map(entries));
                    new_line(out, style, stack.len())?;
                    if let Some((k, v)) = first {
                        write_key(out, k, style)?;
                        next = Some(v);
                    }
                    continue;
                }
                scalar => write_scalar(out, scalar, style)?,
            }
        }
        // A value is complete: go on with its container.
        let depth = stack.len();
        match stack.last_mut() {
            None => return Ok(()),
            Some(Frame::List(items)) => match items.next() {
                Some(v) => {
                    separator(out, style, depth)?;
                    next = Some(v);
                }
                None => {
                    stack.pop();
                    new_line(out, style, depth - 1)?;
                    out.write_all(b"]")?;
                }
            },
            Some(Frame::Map(entries)) => match entries.next() {
                Some((k, v)) => {
                    separator(out, style, depth)?;
                    write_key(out, k, style)?;
                    next = Some(v);
                }
                None => {
                    stack.pop();
                    new_line(out, style, depth - 1)?;
                    out.write_all(b"}")?;
                }
            },
        }
    }
}

fn new_line(out: &mut impl Write, style: JsonStyle, depth: usize) -> io::Result<()> {
    const BLANKS: [u8; 64] = [b' '; 64];
    let Some(indent) = style.indent else { return Ok(()) };
    out.write_all(b"\n")?;
    let mut left = indent * depth;
    while left > 0 {
        let n = left.min(BLANKS.len());
        out.write_all(&BLANKS[..n])?;
        left -= n;
    }
    Ok(())
}

fn separator(out: &mut impl Write, style: JsonStyle, depth: usize) -> io::Result<()> {
    out.write_all(if style.indent.is_none() && style.spaced { b", " } else { b"," })?;
    new_line(out, style, depth)
}

fn write_key(out: &mut impl Write, key: &str, style: JsonStyle) -> io::Result<()> {
    write_json_string(out, key, style.ascii)?;
    out.write_all(if style.spaced { b": " } else { b":" })
}

fn write_scalar(out: &mut impl Write, value: &Value, style: JsonStyle) -> io::Result<()> {
    match value {
        Value::Null => out.write_all(b"null"),
        Value::Bool(true) => out.write_all(b"true"),
        Value::Bool(false) => out.write_all(b"false"),
        Value::Int(n) => write!(out, "{n}"),
        Value::BigInt(t) => out.write_all(t.as_bytes()),
        Value::Float(f) if f.is_nan() => out.write_all(b"NaN"),
        Value::Float(f) if f.is_infinite() => out.write_all(if *f > 0.0 { b"Infinity" } else { b"-Infinity" }),
        Value::Float(f) => out.write_all(python_float(*f).as_bytes()),
        Value::String(s) => write_json_string(out, s, style.ascii),
        Value::Bytes(b) => {
            out.write_all(b"\"")?;
            out.write_all(STANDARD.encode(b).as_bytes())?;
            out.write_all(b"\"")
        }
        // Containers are the caller's.
        Value::List(_) | Value::Map(_) => Ok(()),
    }
}

/// Writes `text` as a JSON string with its quotes.
///
/// # Errors
/// Those of `out`.
pub fn write_json_string(out: &mut impl Write, text: &str, ascii: bool) -> io::Result<()> {
    out.write_all(b"\"")?;
    let bytes = text.as_bytes();
    let plain = |b: u8| b >= 0x20 && b != b'"' && b != b'\\' && (b < 0x7f || !ascii);
    let mut from = 0;
    let mut at = 0;
    while at < bytes.len() {
        let b = bytes[at];
        if plain(b) {
            at += 1;
            continue;
        }
        out.write_all(&bytes[from..at])?;
        match b {
            b'"' => out.write_all(b"\\\"")?,
            b'\\' => out.write_all(b"\\\\")?,
            b'\n' => out.write_all(b"\\n")?,
            b'\r' => out.write_all(b"\\r")?,
            b'\t' => out.write_all(b"\\t")?,
            0x08 => out.write_all(b"\\b")?,
            0x0c => out.write_all(b"\\f")?,
            0..0x20 | 0x7f => write!(out, "\\u{b:04x}")?,
            _ => {
                // Here only with `ascii`, at the first byte of a character: `text` is UTF-8.
                let c = text[at..].chars().next().unwrap_or('\u{fffd}');
                let mut units = [0u16; 2];
                for unit in c.encode_utf16(&mut units) {
                    write!(out, "\\u{unit:04x}")?;
                }
                at += c.len_utf8() - 1;
            }
        }
        at += 1;
        from = at;
    }
    out.write_all(&bytes[from..])?;
    out.write_all(b"\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_json;

    #[test]
    fn layouts() {
        let v = parse_json(r#"{"a":[1,{"b":"é\u0001\"\\/"},[],{}],"c":1.50,"d":1e400}"#).unwrap();
        assert_eq!(
            to_json(&v, JsonStyle::OUTPUT),
            "{\n    \"a\": [\n        1,\n        {\n            \"b\": \"é\\u0001\\\"\\\\/\"\n        },\n        [],\n        {}\n    ],\n    \"c\": 1.5,\n    \"d\": Infinity\n}"
        );
        assert_eq!(
            to_json(&v, JsonStyle::PYTHON),
            "{\"a\": [1, {\"b\": \"\\u00e9\\u0001\\\"\\\\/\"}, [], {}], \"c\": 1.5, \"d\": Infinity}"
        );
        assert_eq!(to_json(&Value::from("😀"), JsonStyle::PYTHON), "\"\\ud83d\\ude00\"");
        assert_eq!(to_json(&Value::Bytes(b"hi".to_vec()), JsonStyle::COMPACT), "\"aGk=\"");
    }
}
