//! YAML for `--cli-input-yaml`.
//!
//! What Python has and [`Value`] doesn't is narrowed, and told beside the value by [`Marks`]: keys that aren't text become
//! their Python text, and moments become bytes.

mod marks;

pub use marks::{Foreign, Marks, Step};
pub use oxaws_yaml::YamlError;

use marks::Entry;
use oxaws_value::{Map, Value};
use oxaws_yaml::{Dialect, Node, moment};

/// A document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// The value.
    pub value: Value,
    /// What it can't tell.
    pub marks: Marks,
}

/// Reads a text of at most one document; without one the value is [`Value::Null`]. Moments stay the text they are
/// written as.
///
/// # Errors
/// When it isn't YAML, holds more than one document, or is too deep or too large.
pub fn parse(text: &str) -> Result<Value, YamlError> {
    read(text, false).map(|document| document.value)
}

/// Reads a text as [`parse`] does, with its moments and its keys that aren't text. For a moment stand the bytes of its
/// Python text: no parameter that isn't a moment takes bytes for text.
///
/// # Errors
/// Those of [`parse`].
pub fn parse_marked(text: &str) -> Result<Document, YamlError> {
    read(text, true)
}

fn read(text: &str, moments: bool) -> Result<Document, YamlError> {
    let node = oxaws_yaml::read(text, Dialect { tuple_keys: true, ..Dialect::default() })?;
    let (value, marks) = narrowed(node, moments)?;
    Ok(Document { value, marks })
}

fn narrowed(node: Node, moments: bool) -> Result<(Value, Marks), YamlError> {
    let mut marks = Marks::default();
    let value = match node {
        Node::Date(text) if moments => match moment::read(&text).and_then(Result::ok).map(Foreign::from) {
            Some(foreign) => {
                let bytes = Value::Bytes(foreign.shown().into());
                marks.own = Some(foreign);
                bytes
            }
            None => Value::String(text),
        },
        Node::Date(text) => Value::String(text),
        Node::Set(_) => return Err(YamlError::Invalid("a set is not a parameter".into())),
        Node::Binary(bytes) => Value::Bytes(bytes),
        Node::Text(text) => Value::String(text),
        Node::List(items) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                let (value, inside) = narrowed(item, moments)?;
                if !inside.is_empty() {
                    marks.items.insert(values.len(), inside);
                }
                values.push(value);
            }
            Value::List(values)
        }
        Node::Map(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let (value, inside) = narrowed(value, moments)?;
                let (text, foreign) = narrowed_key(key);
                marks.set(&text, Entry { key: foreign, value: inside });
                map.insert(text, value);
            }
            Value::Map(map)
        }
        scalar => scalar.to_value().unwrap_or_default(),
    };
    Ok((value, marks))
}

/// The text of a map's key, and what it is where it isn't text.
fn narrowed_key(key: Node) -> (String, Option<Foreign>) {
    let text = key.shown();
    let foreign = match &key {
        Node::Text(_) => None,
        Node::Date(written) => moment::read(written).and_then(Result::ok).map(Foreign::from),
        Node::List(_) => Some(Foreign::of_key("tuple", &text)),
        other => Some(Foreign::of_key(other.python_type("dict"), &text)),
    };
    (text, foreign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::repr::MapClass;
    use oxaws_value::{JsonStyle, to_json};
    use proptest::prelude::*;

    fn json(text: &str) -> String {
        parse(text).map_or_else(|e| format!("error: {e}"), |v| to_json(&v, JsonStyle::COMPACT))
    }

    #[test]
    fn implicit_types() {
        for (text, want) in [
            ("yes", "\"yes\""),
            ("True", "true"),
            ("010", "10"),
            ("0o10", "8"),
            ("0x1F", "31"),
            ("0b11", "3"),
            ("-1_000", "-1000"),
            ("123456789012345678901", "123456789012345678901"),
            ("1.5", "1.5"),
            ("1e3", "1000.0"),
            (".5", "0.5"),
            (".5e1", "\".5e1\""),
            ("1.", "1.0"),
            ("-.inf", "-Infinity"),
            (".nan", "NaN"),
            ("-.nan", "\"-.nan\""),
            ("1:30", "\"1:30\""),
            ("2020-01-02", "\"2020-01-02\""),
            ("~", "null"),
            ("", "null"),
            ("'12'", "\"12\""),
            ("\"\\u00e9\\n\"", "\"é\\n\""),
            ("!!str 5", "\"5\""),
            ("!!int '5'", "5"),
            ("!!float 5", "5.0"),
            ("!!binary aGVs\n", "\"aGVs\""),
            ("! 5", "\"5\""),
        ] {
            assert_eq!(json(text), want, "{text:?}");
        }
        assert_eq!(parse("!!binary |\n  aGVs\n  bG8=\n"), Ok(Value::Bytes(b"hello".to_vec())));
    }

    #[test]
    fn collections() {
        for (text, want) in [
            (
                "Filters:\n- &f {Name: a, Values: [b]}\n- *f\n",
                r#"{"Filters":[{"Name":"a","Values":["b"]},{"Name":"a","Values":["b"]}]}"#,
            ),
            ("A: |\n  one\n  two\nB: >-\n  folded\n  line\n", r#"{"A":"one\ntwo\n","B":"folded line"}"#),
            ("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3, z: 4}", r#"{"a":{"x":1,"y":2},"b":{"x":1,"y":3,"z":4}}"#),
            ("<<: [{a: 1}, {a: 2, b: 3}]\nc: 4", r#"{"a":1,"b":3,"c":4}"#),
            ("2: a\ntrue: b\n=: c", r#"{"2":"a","True":"b","=":"c"}"#),
            ("!!omap [a: 1, b: 2]", r#"{"a":1,"b":2}"#),
            ("Limit:\nT: t", r#"{"Limit":null,"T":"t"}"#),
            ("{\"a\":1,\"b\":[true,null]}", r#"{"a":1,"b":[true,null]}"#),
            ("# only a comment\n", "null"),
            ("--- a\n...\n", "\"a\""),
            // A block's last line has no end where the text has none.
            ("a: |\n  b\n  c", r#"{"a":"b\nc"}"#),
            ("a: >+\n  b", r#"{"a":"b"}"#),
            ("a: |\n  b\n  ", r#"{"a":"b\n"}"#),
            ("a: \"b\tc\" # d\te\nb: |\n  f\tg\n", r#"{"a":"b\tc","b":"f\tg\n"}"#),
        ] {
            assert_eq!(json(text), want, "{text:?}");
        }
    }

    #[test]
    fn what_is_refused() {
        for text in [
            "a: b: c",
            "a:\n\t- b",
            "a: 1\n---\nb: 2",
            "a: 1\na: 2",
            "[a",
            "*x",
            "&a [*a]",
            "!foo bar",
            "!!set {a, b}",
            "? {a: b}\n: c",
            "a: <<",
            "- =",
            "<<: 5",
            "a: \u{1}",
            "a:\tb",
            "a: b\t",
            "a b\tc",
        ] {
            assert!(matches!(parse(text), Err(YamlError::Invalid(_))), "{text:?}: {}", json(text));
        }
    }

    /// A value as Python shows it, and the first mark at its top.
    fn shown(text: &str) -> String {
        parse_marked(text).map_or_else(
            |e| format!("{}{e}", if matches!(e, YamlError::Python(_)) { "Python: " } else { "error: " }),
            |Document { value, marks }| marks.str(&value, MapClass::Dict),
        )
    }

    #[test]
    fn what_json_has_not() {
        for (text, want) in [
            ("2020-01-01", "2020-01-01"),
            ("[2020-01-01, '2020-01-01']", "[datetime.date(2020, 1, 1), '2020-01-01']"),
            ("- !!timestamp '2020-1-1'", "[datetime.date(2020, 1, 1)]"),
            (
                "a: {b: 2020-01-01 10:00:05.5-05:30}",
                "{'a': {'b': datetime.datetime(2020, 1, 1, 10, 0, 5, 500000, \
                 tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=66600), '-05:30'))}}",
            ),
            ("{5: a, null: b, 2020-01-01: 1, '6': c}", "{5: 'a', None: 'b', datetime.date(2020, 1, 1): 1, '6': 'c'}"),
            ("{[a]: x, [a, 2020-01-01]: y}", "{('a',): 'x', ('a', datetime.date(2020, 1, 1)): 'y'}"),
            ("{<<: {5: 2020-01-01}, 6: b}", "{5: datetime.date(2020, 1, 1), 6: 'b'}"),
            ("{<<: [{a: 1}, {a: 2020-01-01}]}", "{'a': 1}"),
            ("!!omap [5: 2020-01-01]", "{5: datetime.date(2020, 1, 1)}"),
            ("{a: &x 2020-01-01 00:00:00Z, b: *x}", "{'a': T, 'b': T}"),
            ("{1: a, true: b}", "error: found duplicate key \"True\""),
            ("{? [[a]] : x}", "Python: unhashable type: 'list'"),
            ("{? [{a: 1}] : x}", "Python: unhashable type: 'dict'"),
            ("{? {a: 1} : x}", "error: found unhashable key"),
            ("!!int x", "Python: invalid literal for int() with base 10: 'x'"),
            ("!!int ''", "Python: string index out of range"),
            ("0x_", "Python: invalid literal for int() with base 16: ''"),
            ("+_", "Python: invalid literal for int() with base 10: ''"),
            ("!!float x", "Python: could not convert string to float: 'x'"),
            ("!!bool Maybe", "Python: 'maybe'"),
            ("2020-13-01", "Python: month must be in 1..12"),
            // Values are made level by level.
            ("{a: 2020-13-01, b: !foo x}", "Python: month must be in 1..12"),
            ("{a: !foo x, b: 2020-13-01}", "error: could not determine a constructor for the tag '!foo'"),
            ("{a: [2020-13-01], b: !foo x}", "error: could not determine a constructor for the tag '!foo'"),
        ] {
            let moment = "datetime.datetime(2020, 1, 1, 0, 0, tzinfo=datetime.timezone(datetime.timedelta(0), 'Z'))";
            assert_eq!(shown(text).replace(moment, "T"), want, "{text:?}");
        }
        assert!(matches!(parse_marked("{2020-13-01: 1, b: [}"), Err(YamlError::Invalid(_))));
        let Document { value, mut marks } = parse_marked("{5: a, b: 2020-01-01}").expect("YAML");
        let moment = value.get("b").expect("an entry");
        assert_eq!(marks.entry("b").own(moment).map(Foreign::class), Some(Foreign::DATE));
        assert_eq!(marks.entry("b").own(&Value::from("2020-01-01")), None);
        assert_eq!(marks.key("5").map(Foreign::class), Some("int"));
        assert!(marks.has_foreign_key());
        marks.retain(|key| key == "b");
        assert!(!marks.has_foreign_key() && !marks.is_empty());
    }

    proptest! {
        #[test]
        fn never_panics(text in "[a-c1:,\\[\\]{}&*!|>'\"\\-?#%@ \n<=.~]{0,40}|\\PC*") {
            let _ = (parse(&text), parse_marked(&text));
        }
    }
}
