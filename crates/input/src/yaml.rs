//! YAML for `--cli-input-yaml`, as the AWS CLI's reader (ruamel, safe, YAML 1.2) understands it: its implicit types,
//! anchors and merge keys.
//!
//! What Python has and [`Value`] doesn't is narrowed: keys that aren't text become their Python text, and dates stay the
//! text they are written as.

use crate::blob;
use oxaws_value::{MAX_DEPTH, Map, Value, python_float, python_int_text};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

/// How many values a document may have once its aliases are written out.
const MAX_NODES: usize = 1_000_000;
/// How many bytes of text.
const MAX_TEXT: usize = 256 << 20;

/// Why a text isn't usable YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum YamlError {
    /// It isn't YAML, or breaks a rule of the AWS CLI's reader (a repeated key, a second document, an unknown tag). Holds
    /// why, for the log: the AWS CLI only says `Invalid YAML received.`.
    Invalid(String),
    /// It is nested too deeply.
    TooDeep,
    /// Its aliases make it too large.
    TooLarge,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            YamlError::Invalid(why) => f.write_str(why),
            YamlError::TooDeep => f.write_str("nested too deeply"),
            YamlError::TooLarge => f.write_str("too large once its aliases are expanded"),
        }
    }
}

impl std::error::Error for YamlError {}

fn invalid(why: impl Into<String>) -> YamlError {
    YamlError::Invalid(why.into())
}

/// Reads a text of at most one document; without one the value is [`Value::Null`].
///
/// # Errors
/// When it isn't YAML, holds more than one document, or is too deep or too large.
pub fn parse(text: &str) -> Result<Value, YamlError> {
    if let Some(c) = text.chars().find(|c| !is_allowed(*c)) {
        return Err(invalid(format!("special characters are not allowed: {c:?}")));
    }
    let mut builder = Builder::default();
    let mut documents = 0;
    let mut texts = Vec::new();
    for event in Parser::new_from_str(text) {
        let (mut event, span) = event.map_err(|e| invalid(e.to_string()))?;
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                return Err(invalid("expected a single document in the stream"));
            }
        }
        if let Event::Scalar(scalar, style, ..) = &mut event {
            let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
            // The parser ends a last line that has no end; the AWS CLI's reader doesn't.
            if block && span.end.col() >= span.start.col().max(1) && span.end.index() >= text.chars().count() {
                let shorter = scalar.strip_suffix('\n').map(str::to_owned);
                *scalar = shorter.map_or(std::mem::take(scalar), Cow::Owned);
            }
            if *style != ScalarStyle::Plain {
                texts.push(span.start.index()..span.end.index());
            }
        }
        builder.event(event)?;
    }
    if has_stray_tab(text, &texts) {
        return Err(invalid("found character '\\t' that cannot start any token"));
    }
    Ok(builder.root.unwrap_or_default())
}

/// Whether a tab stands outside the given ranges (quoted texts and blocks, in characters) and outside comments: YAML lets
/// it separate words, but the AWS CLI's reader doesn't.
fn has_stray_tab(text: &str, texts: &[Range<usize>]) -> bool {
    if !text.contains('\t') {
        return false;
    }
    let (mut in_comment, mut before) = (false, '\n');
    let mut texts = texts.iter().peekable();
    for (at, c) in text.chars().enumerate() {
        while texts.next_if(|range| range.end <= at).is_some() {}
        if texts.peek().is_some_and(|range| range.contains(&at)) {
            (in_comment, before) = (false, c);
            continue;
        }
        match c {
            '\n' | '\r' => in_comment = false,
            '#' if matches!(before, ' ' | '\n' | '\r') => in_comment = true,
            '\t' if !in_comment => return true,
            _ => {}
        }
        before = c;
    }
    false
}

/// The characters that a YAML stream may hold.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

/// A finished node, with how much there is of it.
#[derive(Clone)]
struct Node {
    value: Value,
    role: Role,
    size: Size,
}

/// What a plain scalar is as the key of a map, or can't be elsewhere.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Usual,
    /// `<<`: the value's entries are put into the map.
    Merge,
    /// `=`: text, but only as a key.
    Default,
}

#[derive(Clone, Copy, Default)]
struct Size {
    nodes: usize,
    text: usize,
}

impl Size {
    fn add(&mut self, other: Size) {
        self.nodes += other.nodes;
        self.text += other.text;
    }
}

/// The collection that a tag asks for.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    List,
    Map,
    /// `!!omap`: a list of maps with one entry each, which together make a map.
    OrderedMap,
}

struct Open {
    shape: Shape,
    anchor: usize,
    items: Vec<Value>,
    own: Vec<(String, Value)>,
    merged: Option<Vec<(String, Value)>>,
    /// A map's key whose value comes next.
    key: Option<(String, Role)>,
    size: Size,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    /// Everything built so far, aliases written out.
    total: Size,
    root: Option<Value>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let (value, role) = scalar(&text, style, tag.as_deref())?;
                let node = Node { value, role, size: Size { nodes: 1, text: text.len() } };
                self.grow(node.size)?;
                self.finished(node, anchor)
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).ok_or_else(|| invalid("found undefined alias"))?;
                let size = node.size;
                // Before it is copied.
                self.grow(size)?;
                let node = self.anchors.get(&anchor).cloned().ok_or_else(|| invalid("found undefined alias"))?;
                self.finished(node, 0)
            }
            Event::SequenceStart(anchor, tag) => {
                let shape = match tag.as_deref().map(full_name).as_deref() {
                    None | Some("!" | "tag:yaml.org,2002:seq") => Shape::List,
                    Some("tag:yaml.org,2002:omap") => Shape::OrderedMap,
                    Some(tag) => return Err(unknown_tag(tag)),
                };
                self.start(shape, anchor)
            }
            Event::MappingStart(anchor, tag) => match tag.as_deref().map(full_name).as_deref() {
                None | Some("!" | "tag:yaml.org,2002:map") => self.start(Shape::Map, anchor),
                Some(tag) => Err(unknown_tag(tag)),
            },
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.open.pop().ok_or_else(|| invalid("unexpected end of a collection"))?;
                let anchor = open.anchor;
                let node = open.close()?;
                self.finished(node, anchor)
            }
            _ => Ok(()),
        }
    }

    fn grow(&mut self, size: Size) -> Result<(), YamlError> {
        self.total.add(size);
        if self.total.nodes > MAX_NODES || self.total.text > MAX_TEXT { Err(YamlError::TooLarge) } else { Ok(()) }
    }

    fn start(&mut self, shape: Shape, anchor: usize) -> Result<(), YamlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(YamlError::TooDeep);
        }
        if self.open.last().is_some_and(|open| open.shape == Shape::Map && open.key.is_none()) {
            return Err(invalid("found unacceptable key (a collection)"));
        }
        let size = Size { nodes: 1, text: 0 };
        self.grow(size)?;
        self.open.push(Open { shape, anchor, items: Vec::new(), own: Vec::new(), merged: None, key: None, size });
        Ok(())
    }

    /// Puts a finished node in its place.
    fn finished(&mut self, node: Node, anchor: usize) -> Result<(), YamlError> {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(usual(node)?);
            return Ok(());
        };
        open.size.add(node.size);
        if open.shape != Shape::Map {
            open.items.push(usual(node)?);
            return Ok(());
        }
        match open.key.take() {
            None => {
                if node.role == Role::Merge && open.merged.is_some() {
                    return Err(invalid("found duplicate key \"<<\""));
                }
                open.key = Some((key_text(&node.value)?, node.role));
            }
            Some((_, Role::Merge)) => open.merged = Some(merge_entries(usual(node)?)?),
            Some((key, _)) => open.own.push((key, usual(node)?)),
        }
        Ok(())
    }
}

impl Open {
    fn close(self) -> Result<Node, YamlError> {
        let value = match self.shape {
            Shape::List => Value::List(self.items),
            Shape::OrderedMap => Value::Map(single_entries(self.items)?),
            Shape::Map => {
                // Merged entries come first, and are replaced in place; with them, repeated keys are let pass.
                let unique = self.merged.is_none();
                let mut map = Map::with_capacity(self.own.len());
                for (key, value) in self.merged.unwrap_or_default() {
                    map.insert(key, value);
                }
                for (key, value) in self.own {
                    if unique && map.contains_key(&key) {
                        return Err(invalid(format!("found duplicate key \"{key}\"")));
                    }
                    map.insert(key, value);
                }
                Value::Map(map)
            }
        };
        Ok(Node { value, role: Role::Usual, size: self.size })
    }
}

fn usual(node: Node) -> Result<Value, YamlError> {
    if node.role == Role::Usual { Ok(node.value) } else { Err(invalid("`<<` and `=` are no values")) }
}

/// The text under which a key is kept: Python's `str()` of what isn't text.
fn key_text(key: &Value) -> Result<String, YamlError> {
    Ok(match key {
        Value::String(text) => text.clone(),
        Value::Null => "None".into(),
        Value::Bool(b) => if *b { "True" } else { "False" }.into(),
        Value::Int(n) => n.to_string(),
        Value::BigInt(digits) => digits.to_string(),
        Value::Float(f) => python_float(*f),
        Value::Bytes(_) | Value::List(_) | Value::Map(_) => return Err(invalid("found unacceptable key")),
    })
}

/// The entries that `<<` brings: those of a map, or of the maps of a list, where the earlier ones win.
fn merge_entries(value: Value) -> Result<Vec<(String, Value)>, YamlError> {
    let maps = match value {
        Value::Map(map) => vec![map],
        Value::List(items) => {
            let map = |item| match item {
                Value::Map(map) => Ok(map),
                _ => Err(invalid("expected a mapping for merging")),
            };
            items.into_iter().rev().map(map).collect::<Result<_, _>>()?
        }
        _ => return Err(invalid("expected a mapping or list of mappings for merging")),
    };
    Ok(maps.into_iter().flatten().map(|(key, value)| (key.into_owned(), value)).collect())
}

fn single_entries(items: Vec<Value>) -> Result<Map, YamlError> {
    let mut out = Map::new();
    for item in items {
        match item {
            Value::Map(map) if map.len() == 1 => map.into_iter().for_each(|(key, value)| {
                out.insert(key, value);
            }),
            _ => return Err(invalid("expected a mapping of length 1")),
        }
    }
    Ok(out)
}

fn full_name(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn unknown_tag(tag: &str) -> YamlError {
    invalid(format!("could not determine a constructor for the tag {tag}"))
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<(Value, Role), YamlError> {
    let Some(tag) = tag else {
        return if style == ScalarStyle::Plain { implicit(text) } else { Ok((text.into(), Role::Usual)) };
    };
    let name = full_name(tag);
    let wrong = || invalid(format!("{text:?} is no {name}"));
    let value = match name.strip_prefix("tag:yaml.org,2002:").unwrap_or(&name) {
        "!" | "str" => text.into(),
        "null" => Value::Null,
        "bool" => match text.to_ascii_lowercase().as_str() {
            "yes" | "y" | "true" | "on" => Value::Bool(true),
            "no" | "n" | "false" | "off" => Value::Bool(false),
            _ => return Err(wrong()),
        },
        "int" => integer(text).ok_or_else(wrong)?,
        "float" => float(text).ok_or_else(wrong)?,
        "binary" => Value::Bytes(blob::decode_bytes(text.as_bytes()).filter(|_| text.is_ascii()).ok_or_else(wrong)?),
        "timestamp" => text.into(),
        _ => return Err(unknown_tag(&name)),
    };
    Ok((value, Role::Usual))
}

/// A plain scalar by its form.
fn implicit(text: &str) -> Result<(Value, Role), YamlError> {
    let value = match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        "<<" => return Ok((text.into(), Role::Merge)),
        "=" => return Ok((text.into(), Role::Default)),
        _ if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => text.into(),
        _ if is_float(text) => float(text).ok_or_else(|| invalid(format!("could not convert {text} to float")))?,
        _ if is_integer(text) => integer(text).ok_or_else(|| invalid(format!("invalid literal for int(): {text}")))?,
        _ => text.into(),
    };
    Ok((value, Role::Usual))
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn is_integer(text: &str) -> bool {
    let body = unsigned(text);
    let all = |digits: &str, base| !digits.is_empty() && digits.chars().all(|c| c == '_' || c.is_digit(base));
    all(body, 10)
        || [("0b", 2), ("0o", 8), ("0x", 16)]
            .into_iter()
            .any(|(prefix, base)| body.strip_prefix(prefix).is_some_and(|digits| all(digits, base)))
}

/// The number of an integer's text; leading zeros don't make it octal.
fn integer(text: &str) -> Option<Value> {
    let text = text.replace('_', "");
    let body = unsigned(&text);
    let radix = match body.get(..2) {
        Some("0b") => 2,
        Some("0o") => 8,
        Some("0x") => 16,
        _ => 10,
    };
    let digits = if radix == 10 {
        python_int_text(body)?
    } else {
        // Beyond 128 bits there is no need.
        u128::from_str_radix(body.get(2..)?, radix).ok()?.to_string()
    };
    let digits = if text.starts_with('-') && digits != "0" { format!("-{digits}") } else { digits };
    Some(digits.parse().map_or_else(|_| Value::BigInt(digits.into()), Value::Int))
}

fn is_float(text: &str) -> bool {
    let body = unsigned(text);
    if matches!(body, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if !digits(whole) || !digits(fraction.unwrap_or("")) || whole.starts_with('_') {
        return false;
    }
    let exponent_ok = |signed: bool| match exponent {
        None => true,
        Some(e) => {
            let power = e.strip_prefix(['-', '+']).unwrap_or(e);
            !power.is_empty() && power.bytes().all(|b| b.is_ascii_digit()) && (!signed || power.len() < e.len())
        }
    };
    match (whole.is_empty(), fraction) {
        (false, Some(_)) => exponent_ok(false),
        (false, None) => exponent.is_some() && exponent_ok(false),
        // `.5e1` without a sign of the exponent is text.
        (true, Some(fraction)) => !fraction.is_empty() && exponent_ok(true),
        (true, None) => false,
    }
}

fn float(text: &str) -> Option<Value> {
    let text = text.replace('_', "").to_ascii_lowercase();
    Some(Value::Float(match unsigned(&text) {
        ".inf" if text.starts_with('-') => f64::NEG_INFINITY,
        ".inf" => f64::INFINITY,
        ".nan" => f64::NAN,
        _ => text.parse().ok()?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
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
            ("1: a\ntrue: b\n=: c", r#"{"1":"a","True":"b","=":"c"}"#),
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
            "? [a]\n: b",
            "a: <<",
            "- =",
            "<<: 5",
            "a: \u{1}",
            "!!int x",
            "a:\tb",
            "a: b\t",
            "a b\tc",
        ] {
            assert!(matches!(parse(text), Err(YamlError::Invalid(_))), "{text:?}: {}", json(text));
        }
    }

    #[test]
    fn limits() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for i in 1..30 {
            let alias = format!("*a{}", i - 1);
            bomb.push_str(&format!("a{i}: &a{i} [{}]\n", vec![alias; 9].join(", ")));
        }
        assert_eq!(parse(&bomb), Err(YamlError::TooLarge));
        let deep = (0..2_000).map(|i| format!("{}- \n", " ".repeat(i))).collect::<String>();
        assert_eq!(parse(&deep), Err(YamlError::TooDeep));
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&"- ".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in "[a-c1:,\\[\\]{}&*!|>'\"\\-?#%@ \n<=.~]{0,40}|\\PC*") {
            let _ = parse(&text);
        }
    }
}
