use super::*;
use crate::samples;
use oxaws_value::{Map, parse_json};
use proptest::prelude::*;
use saphyr_parser::{Event, Parser, ScalarStyle};

fn of(json: &str) -> String {
    yaml_text(&parse_json(json).unwrap())
}

fn key(text: &str) -> String {
    yaml_text(&Value::Map([("k", Value::from(text))].into_iter().collect::<Map>()))
}

#[test]
fn structure() {
    assert_eq!(
        of(r#"{"b":{"y":[1,{"z":null,"a":[]}],"x":{}},"a":[[1,[2]],[{"c":[{"d":1.5}],"e":true}]]}"#),
        "a:\n- - 1\n  - - 2\n- - c:\n    - d: 1.5\n    e: true\nb:\n  x: {}\n  y:\n  - 1\n  - a: []\n    z: null\n"
    );
    assert_eq!(of("[[],{},[[]]]"), "- []\n- {}\n- - []\n");
    assert_eq!(of("[]"), "[]\n");
}

#[test]
fn a_bare_scalar_is_json() {
    for (json, want) in [("null", "null\n"), ("\"a: é\"", "\"a: é\"\n"), ("3", "3\n"), ("NaN", "NaN\n")] {
        assert_eq!(of(json), want);
    }
}

#[test]
fn numbers() {
    assert_eq!(
        of("[1e16,1e-5,NaN,Infinity,-Infinity,123456789012345678901234567890,-0.0]"),
        "- 1e+16\n- 1e-05\n- .nan\n- .inf\n- -.inf\n- 123456789012345678901234567890\n- -0.0\n"
    );
}

#[test]
fn keys_that_are_long_or_have_lines() {
    let long = "k".repeat(129);
    assert_eq!(
        of(&format!(r#"{{"{long}":{{"a":1}},"m\nn":[1,2],"1":"x"}}"#)),
        format!("'1': x\n? {long}\n: a: 1\n? 'm\n\n  n'\n: - 1\n  - 2\n")
    );
}

#[test]
fn line_breaks_in_text() {
    for (text, want) in [
        ("a\n", "k: 'a\n\n  '\n"),
        ("\na", "k: '\n\n  a'\n"),
        ("a\n\nb", "k: 'a\n\n\n  b'\n"),
        ("a\n b", "k: \"a\\n b\"\n"),
        ("it's\nx", "k: 'it''s\n\n  x'\n"),
    ] {
        assert_eq!(key(text), want);
    }
}

#[test]
fn long_text_is_folded_after_column_80() {
    let words = "word ".repeat(20);
    let line = "word ".repeat(16);
    assert_eq!(key(words.trim_end()), format!("k: {}\n  word word word word\n", line.trim_end()));
    assert_eq!(key(&words), format!("k: '{}\n  word word word word '\n", line.trim_end()));
    assert_eq!(key(&format!("\t{words}")), format!("k: \"\\t{}\n  word word word word \"\n", line.trim_end()));
    // Two blanks are no place to break, but for double quotes, where the second is then escaped.
    let wide = "x".repeat(90);
    assert_eq!(key(&format!("{wide}  y z")), format!("k: {wide}  y\n  z\n"));
    assert_eq!(key(&format!("\t{wide}  y")), format!("k: \"\\t{wide}\n  \\ y\"\n"));
    // The column counts characters, not bytes.
    let accents = "é".repeat(70);
    assert_eq!(key(&format!("{accents} a b c d e f")), format!("k: {accents} a b c d\n  e f\n"));
}

#[test]
fn bytes_are_tagged_base64() {
    let map = |bytes: &[u8]| Value::Map([("k", Value::Bytes(bytes.to_vec()))].into_iter().collect::<Map>());
    assert_eq!(yaml_text(&map(b"hello")), "k: !!binary |\n  aGVsbG8=\n");
    assert_eq!(yaml_text(&map(b"")), "k: !!binary \"\"\n");
    let line = "eHh4".repeat(19);
    assert_eq!(
        yaml_text(&Value::List(vec![map(&[b'x'; 60]), Value::Null])),
        format!("- k: !!binary |\n    {line}\n    eHh4\n- null\n")
    );
    let mut out = Vec::new();
    write_document(&mut out, &map(b"hello"), BinaryStyle::Quoted).unwrap();
    assert_eq!(out, b"k: !!binary \"aGVsbG8=\"\n");
}

#[test]
fn stream_pages() {
    let mut out = Vec::new();
    write_stream_page(&mut out, &parse_json(r#"{"A":{"B":[1]}}"#).unwrap()).unwrap();
    write_stream_page(&mut out, &Value::Map(Map::new())).unwrap();
    write_stream_page(&mut out, &parse_json(r#"["a"]"#).unwrap()).unwrap();
    write_stream_page(&mut out, &Value::from("a")).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "- A:\n    B:\n    - 1\n- {}\n- - a\n- a\n");
}

#[test]
fn any_depth_is_written() {
    let mut value = Value::Null;
    for _ in 0..900 {
        value = Value::List(vec![value]);
    }
    assert_eq!(yaml_text(&value), format!("{}null\n", "- ".repeat(900)));
}

/// The node at the front of `events`, all scalars as text, with a mark on those in quotes.
fn read<'t>(events: &mut impl Iterator<Item = Event<'t>>) -> Value {
    match events.next() {
        Some(Event::Scalar(text, ScalarStyle::Plain, _, _)) => Value::String(text.into_owned()),
        Some(Event::Scalar(text, ..)) => Value::String(format!("'{text}")),
        Some(Event::SequenceStart(..)) => {
            let mut items = Vec::new();
            loop {
                match read(events) {
                    Value::Null => return Value::List(items),
                    item => items.push(item),
                }
            }
        }
        Some(Event::MappingStart(..)) => {
            let mut map = Map::new();
            loop {
                match read(events) {
                    Value::String(key) => map.insert(key, read(events)),
                    _ => return Value::Map(map),
                };
            }
        }
        // An end.
        _ => Value::Null,
    }
}

/// What [`read`] should give for `value`.
fn expected(value: &Value) -> Value {
    let string = |text: &str| match scalar::style(text) {
        Style::Plain => text.to_owned(),
        _ => format!("'{text}"),
    };
    match value {
        Value::List(items) => Value::List(items.iter().map(expected).collect()),
        Value::Map(map) => Value::Map(map.iter().map(|(k, v)| (string(k), expected(v))).collect()),
        Value::String(text) => Value::String(string(text)),
        Value::Float(f) if f.is_infinite() => Value::from(if *f > 0.0 { ".inf" } else { "-.inf" }),
        other => Value::String(oxaws_value::to_json(other, JsonStyle::COMPACT)),
    }
}

proptest! {
    #[test]
    fn reads_back(value in samples::values()) {
        let value = Value::List(vec![value]);
        let text = yaml_text(&value);
        let mut events = Vec::new();
        for event in Parser::new_from_str(&text) {
            match event {
                Ok((Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd, _)) => {}
                Ok((event, _)) => events.push(event),
                Err(e) => return Err(TestCaseError::fail(format!("{e}\n{text}"))),
            }
        }
        prop_assert_eq!(read(&mut events.into_iter()), expected(&value), "{}", text);
    }
}
