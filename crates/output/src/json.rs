//! `--output json`: four blanks a level, entries in their order, characters as they are.

use crate::OutputError;
use oxaws_value::{JsonStyle, Value};
use std::io::Write;

/// Writes `value` and a line feed; nothing at all for an empty map, which is what operations without a reply give.
///
/// # Errors
/// Those of `out`.
pub fn write_json(out: &mut dyn Write, value: &Value) -> Result<(), OutputError> {
    if matches!(value, Value::Map(map) if map.is_empty()) {
        return Ok(());
    }
    let mut out = out;
    oxaws_value::write_json(&mut out, value, JsonStyle::OUTPUT)?;
    out.write_all(b"\n")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{Map, parse_json};
    use proptest::prelude::*;

    fn text(value: &Value) -> String {
        let mut out = Vec::new();
        write_json(&mut out, value).unwrap();
        String::from_utf8(out).unwrap()
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
