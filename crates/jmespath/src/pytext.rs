//! Items as Python's `str` and `repr` print them: error texts show them so.

use crate::item::{Item, View};
use crate::number::Num;
use oxaws_python::python_float;
use oxaws_python::{write_repr_bytes, write_repr_str};
use oxaws_value::Value;
use std::fmt::Write;

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
        View::Str(s) => write_repr_str(out, s),
        View::Bytes(b) => write_repr_bytes(out, b),
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
                write_repr_str(out, &k);
                out.push_str(": ");
                repr(out, &v);
            }
            out.push('}');
        }
        // Python shows where the object lies; no two runs agree.
        View::Expref => out.push_str("<jmespath.visitor._Expression object at 0x7f0000000000>"),
    }
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
