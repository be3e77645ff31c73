//! `--output json`: four blanks a level, entries in their order, characters as they are.

use crate::OutputError;
use crate::listing::{Inside, inside};
use oxaws_value::{JsonStyle, Map, Value, write_json_at};
use std::io::{self, Write};

const STYLE: JsonStyle = JsonStyle::OUTPUT;

/// Writes `value` and a line feed; nothing at all for an empty map, which is what operations without a reply give.
///
/// # Errors
/// Those of `out`.
pub fn write_json(out: &mut dyn Write, value: &Value) -> Result<(), OutputError> {
    if matches!(value, Value::Map(map) if map.is_empty()) {
        return Ok(());
    }
    let mut out = out;
    oxaws_value::write_json(&mut out, value, STYLE)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Writes an element of a list that stands `depth` levels deep, up to where the next one or the list's end goes on.
pub(crate) fn write_element(out: &mut Vec<u8>, element: &Value, first: bool, depth: usize) -> io::Result<()> {
    STYLE.write_break(out, !first, depth + 1)?;
    write_json_at(out, element, STYLE, depth + 1)
}

/// Writes `result` with the elements in the lists, which are empty lists in it, and a line feed; nothing at all for an
/// empty map.
pub(crate) fn write_listing(out: &mut dyn Write, result: &Value, lists: &[Inside]) -> io::Result<()> {
    if matches!(result, Value::Map(map) if map.is_empty()) {
        return Ok(());
    }
    let mut out = out;
    write_value(&mut out, result, 0, lists)?;
    out.write_all(b"\n")
}

/// Recursion ends with the longest path.
fn write_value(out: &mut impl Write, value: &Value, depth: usize, lists: &[Inside]) -> io::Result<()> {
    match (value, lists) {
        (Value::List(items), [([], text)]) if items.is_empty() && !text.is_empty() => {
            out.write_all(b"[")?;
            text.write(out)?;
            STYLE.write_break(out, false, depth)?;
            out.write_all(b"]")
        }
        (Value::Map(map), [_, ..]) if !map.is_empty() => write_map(out, map, depth, lists),
        _ => write_json_at(out, value, STYLE, depth),
    }
}

fn write_map(out: &mut impl Write, map: &Map, depth: usize, lists: &[Inside]) -> io::Result<()> {
    out.write_all(b"{")?;
    for (i, (key, value)) in map.iter().enumerate() {
        STYLE.write_break(out, i > 0, depth + 1)?;
        oxaws_value::write_json_string(out, key, STYLE.ascii)?;
        out.write_all(b": ")?;
        write_value(out, value, depth + 1, &inside(lists, key))?;
    }
    STYLE.write_break(out, false, depth)?;
    out.write_all(b"}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{Map, parse_json};
    use proptest::prelude::*;

    fn text(value: &Value) -> String {
        let mut out = Vec::new();
        write_json(&mut out, value).unwrap();
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn falsy_values_other_than_an_empty_map_are_printed() {
        for (value, want) in [
            (Value::Null, "null\n"),
            (Value::List(vec![]), "[]\n"),
            (Value::from(""), "\"\"\n"),
            (Value::Int(0), "0\n"),
            (Value::Map(Map::new()), ""),
        ] {
            assert_eq!(text(&value), want);
        }
        let nested = Value::Map([("a", Value::Map(Map::new()))].into_iter().collect());
        assert_eq!(text(&nested), "{\n    \"a\": {}\n}\n");
    }

    proptest! {
        #[test]
        fn reads_back(value in crate::samples::values()) {
            prop_assert_eq!(parse_json(&text(&Value::List(vec![value.clone()]))).unwrap(), Value::List(vec![value]));
        }
    }
}
