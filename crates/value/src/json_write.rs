//! JSON as Python's `json.dumps` writes it.

use crate::Value;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_python::python_float;
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

impl JsonStyle {
    /// What stands before an element or key: a comma where others came before it, and the line break with the blanks of
    /// its depth. Before a closing bracket: the same, without a comma.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_break(self, out: &mut impl Write, comma: bool, depth: usize) -> io::Result<()> {
        // A comma, a line feed and the blanks of most depths in one go.
        const BLANKS: usize = 96;
        const START: [u8; BLANKS + 2] = {
            let mut start = [b' '; BLANKS + 2];
            (start[0], start[1]) = (b',', b'\n');
            start
        };
        let Some(indent) = self.indent else {
            return if comma { out.write_all(if self.spaced { b", " } else { b"," }) } else { Ok(()) };
        };
        let blanks = indent * depth;
        out.write_all(&START[usize::from(!comma)..2 + blanks.min(BLANKS)])?;
        let mut left = blanks.saturating_sub(BLANKS);
        while left > 0 {
            let n = left.min(BLANKS);
            out.write_all(&START[2..2 + n])?;
            left -= n;
        }
        Ok(())
    }
}

/// Writes the JSON text of `value`, without recursion, so that any depth can be written.
///
/// # Errors
/// Those of `out`.
pub fn write_json(out: &mut impl Write, value: &Value, style: JsonStyle) -> io::Result<()> {
    write_json_at(out, value, style, 0)
}

/// As [`write_json`], for a value that stands `depth` levels deep in a text.
///
/// # Errors
/// Those of `out`.
pub fn write_json_at(out: &mut impl Write, value: &Value, style: JsonStyle, depth: usize) -> io::Result<()> {
    enum Frame<'a> {
        List(std::slice::Iter<'a, Value>),
        Map(crate::map::Iter<'a>),
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
                    style.write_break(out, false, depth + stack.len())?;
                    continue;
                }
                Value::Map(m) => {
                    out.write_all(b"{")?;
                    let mut entries = m.iter();
                    let first = entries.next();
                    stack.push(Frame::Map(entries));
                    style.write_break(out, false, depth + stack.len())?;
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
        let depth = depth + stack.len();
        match stack.last_mut() {
            None => return Ok(()),
            Some(Frame::List(items)) => match items.next() {
                Some(v) => {
                    style.write_break(out, true, depth)?;
                    next = Some(v);
                }
                None => {
                    stack.pop();
                    style.write_break(out, false, depth - 1)?;
                    out.write_all(b"]")?;
                }
            },
            Some(Frame::Map(entries)) => match entries.next() {
                Some((k, v)) => {
                    style.write_break(out, true, depth)?;
                    write_key(out, k, style)?;
                    next = Some(v);
                }
                None => {
                    stack.pop();
                    style.write_break(out, false, depth - 1)?;
                    out.write_all(b"}")?;
                }
            },
        }
    }
}

fn write_key(out: &mut impl Write, key: &str, style: JsonStyle) -> io::Result<()> {
    let bytes = key.as_bytes();
    if style.ascii || plain(bytes) < bytes.len() {
        write_json_string(out, key, style.ascii)?;
        return out.write_all(if style.spaced { b": " } else { b":" });
    }
    // Most text is written in many small pieces: fewer are faster.
    out.write_all(b"\"")?;
    out.write_all(bytes)?;
    out.write_all(if style.spaced { b"\": " } else { b"\":" })
}

fn write_scalar(out: &mut impl Write, value: &Value, style: JsonStyle) -> io::Result<()> {
    match value {
        Value::Null => out.write_all(b"null"),
        Value::Bool(true) => out.write_all(b"true"),
        Value::Bool(false) => out.write_all(b"false"),
        Value::Int(n) => out.write_all(itoa::Buffer::new().format(*n).as_bytes()),
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
    let mut from = 0;
    let mut at = 0;
    while at < bytes.len() {
        at += if ascii { plain_ascii(&bytes[at..]) } else { plain(&bytes[at..]) };
        let Some(&b) = bytes.get(at) else { break };
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

/// How many bytes at the front of `bytes` stand in a JSON string as they are: no control character, `"` or `\`.
pub fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    // Eight bytes at a time. In what marks bytes of each kind the lowest mark is right; a borrow may add wrong ones
    // above it.
    let (eights, _) = bytes.as_chunks::<8>();
    for (i, eight) in eights.iter().enumerate() {
        let eight = u64::from_le_bytes(*eight);
        let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
        let low = eight.wrapping_sub(ONES * 0x20) & !eight;
        let marks = (low | zeros(eight ^ (ONES * b'"' as u64)) | zeros(eight ^ (ONES * b'\\' as u64))) & (ONES * 0x80);
        if marks != 0 {
            return i * 8 + (marks.trailing_zeros() / 8) as usize;
        }
    }
    let rest = eights.len() * 8;
    rest + bytes[rest..].iter().take_while(|b| **b >= 0x20 && **b != b'"' && **b != b'\\').count()
}

/// As [`plain`], where characters beyond ASCII and DEL are escaped too.
fn plain_ascii(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| (0x20..0x7f).contains(*b) && !matches!(b, b'"' | b'\\')).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_json;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plain_bytes_end_at_the_first_that_is_not(bytes in proptest::collection::vec(
            prop_oneof![8 => any::<u8>(), 1 => Just(b'"'), 1 => Just(b'\\'), 1 => Just(0x1f), 9 => 0x20u8..0x30, 9 => 0x80u8..], 0..40,
        )) {
            let special = |b: &u8| *b < 0x20 || matches!(b, b'"' | b'\\');
            prop_assert_eq!(plain(&bytes), bytes.iter().position(special).unwrap_or(bytes.len()));
        }
    }

    #[test]
    fn breaks_at_every_depth() {
        for depth in [0, 1, 23, 24, 25, 50, 100] {
            for comma in [false, true] {
                let mut out = Vec::new();
                JsonStyle::OUTPUT.write_break(&mut out, comma, depth).expect("memory takes it");
                let want = format!("{}\n{}", if comma { "," } else { "" }, "    ".repeat(depth));
                assert_eq!(String::from_utf8(out).expect("text"), want);
            }
        }
    }

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
