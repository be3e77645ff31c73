//! Values as Python's `str` and `repr` print them: error texts show them so.

use crate::item::{Item, View};
use crate::number::Num;
use oxaws_value::{Value, python_float};
use std::fmt::Write;

/// What Python's `str.strip` takes for a blank.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// `str(value)`.
pub(crate) fn text_of(value: &Value) -> String {
    item_text(&Item::Ref(value))
}

/// `str(item)`.
pub(crate) fn item_text(item: &Item) -> String {
    let mut out = String::new();
    match item.view() {
        View::Str(s) => out.push_str(s),
        _ => repr(&mut out, item),
    }
    out
}

fn repr(out: &mut String, item: &Item) {
    match item.view() {
        View::Null => out.push_str("None"),
        View::Bool(b) => out.push_str(if b { "True" } else { "False" }),
        View::Number(Num::Int(n)) => {
            let _ = write!(out, "{n}");
        }
        View::Number(Num::Big(t)) => out.push_str(t),
        View::Number(Num::Float(f)) => out.push_str(&python_float(f)),
        View::Str(s) => repr_str(out, s),
        View::Bytes(b) => repr_bytes(out, b),
        View::List(l) => {
            out.push('[');
            for (i, element) in l.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                repr(out, &element);
            }
            out.push(']');
        }
        View::Map(m) => {
            out.push('{');
            for (i, (k, v)) in m.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                repr_str(out, &k);
                out.push_str(": ");
                repr(out, &v);
            }
            out.push('}');
        }
        // Python shows where the object lies; no two runs agree.
        View::Expref => out.push_str("<jmespath.visitor._Expression object at 0x7f0000000000>"),
    }
}

fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn repr_str(out: &mut String, text: &str) {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    out.push(quote);
    for c in text.chars() {
        let code = c as u32;
        let _ = match c {
            '\\' => out.write_str("\\\\"),
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\t' => out.write_str("\\t"),
            _ if c == quote => write!(out, "\\{c}"),
            ' '..='~' => out.write_char(c),
            _ if code > 0x7f && is_printable(c) => out.write_char(c),
            _ if code < 0x100 => write!(out, "\\x{code:02x}"),
            _ if code < 0x1_0000 => write!(out, "\\u{code:04x}"),
            _ => write!(out, "\\U{code:08x}"),
        };
    }
    out.push(quote);
}

/// Whether a character isn't of Unicode's categories of control, format, unassigned, private and separators. Rust's
/// debug text of a string follows the same rule for every character but the first.
fn is_printable(c: char) -> bool {
    let text: String = ['a', c].iter().collect();
    text.escape_debug().nth(1) == Some(c)
}

fn repr_bytes(out: &mut String, bytes: &[u8]) {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    out.push('b');
    out.push(quote);
    for &b in bytes {
        let c = char::from(b);
        let _ = match b {
            b'\\' => out.write_str("\\\\"),
            b'\n' => out.write_str("\\n"),
            b'\r' => out.write_str("\\r"),
            b'\t' => out.write_str("\\t"),
            _ if c == quote => write!(out, "\\{c}"),
            b' '..=b'~' => out.write_char(c),
            _ => write!(out, "\\x{b:02x}"),
        };
    }
    out.push(quote);
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::parse_json;

    #[test]
    fn python_texts() {
        let value = parse_json(
            r#"[null, true, 1.0, 123456789012345678901, {"it's": "q\"'"}, "a\n\u00e9\u200b\u3000\u00a0😀\\\u007f\ue000\u0301"]"#,
        )
        .unwrap();
        assert_eq!(
            text_of(&value),
            "[None, True, 1.0, 123456789012345678901, {\"it's\": 'q\"\\''}, \
             'a\\né\\u200b\\u3000\\xa0😀\\\\\\x7f\\ue000\u{301}']"
        );
        assert_eq!(text_of(&Value::Bytes(b"a'\x00\xff\"".to_vec())), "b'a\\'\\x00\\xff\"'");
        assert_eq!(text_of(&Value::from("it's")), "it's");
    }
}
