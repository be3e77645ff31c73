use super::*;
use crate::samples;
use oxaws_value::{Map, parse_json};
use oxaws_yaml::Node;
use proptest::prelude::*;

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

/// Whether a node that was read is what was written.
fn is_same(node: &Node, value: &Value) -> bool {
    match (node, value) {
        (Node::Text(read), Value::String(text)) => read == text,
        (Node::Float(read, _), Value::Float(f)) => read == f || read.is_nan() && f.is_nan(),
        (Node::Binary(read), Value::Bytes(bytes)) => read == bytes,
        (Node::List(read), Value::List(items)) => {
            read.len() == items.len() && read.iter().zip(items).all(|(node, item)| is_same(node, item))
        }
        (Node::Map(read), Value::Map(map)) => {
            read.len() == map.len() && map.iter().all(|(k, v)| node.get(k).is_some_and(|node| is_same(node, v)))
        }
        (Node::Null | Node::Bool(_) | Node::Int(_), scalar) => node.to_value().as_ref() == Ok(scalar),
        _ => false,
    }
}

proptest! {
    #[test]
    fn reads_back(value in samples::values()) {
        let value = Value::List(vec![value]);
        let text = yaml_text(&value);
        let node = oxaws_yaml::read(&text, Default::default()).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        prop_assert!(is_same(&node, &value), "{}", text);
    }
}
