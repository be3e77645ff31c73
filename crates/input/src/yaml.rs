//! YAML for `--cli-input-yaml`, as the AWS CLI's reader (ruamel, safe, YAML 1.2) understands it: its implicit types,
//! anchors and merge keys.
//!
//! What Python has and [`Value`] doesn't is narrowed, and told beside the value by [`Marks`]: keys that aren't text become
//! their Python text, and moments become bytes.

mod entries;
mod marks;
mod moment;
mod scalar;

pub use marks::{Foreign, Marks, Step};

use entries::{Key, Pair, map_of, merge_entries, single_entries};
use oxaws_value::{MAX_DEPTH, Value};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use scalar::Scalar;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
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
    /// Python refuses a value, with these words, which the AWS CLI lets through (exit code 255).
    Python(String),
    /// It is nested too deeply.
    TooDeep,
    /// Its aliases make it too large.
    TooLarge,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            YamlError::Invalid(why) | YamlError::Python(why) => f.write_str(why),
            YamlError::TooDeep => f.write_str("nested too deeply"),
            YamlError::TooLarge => f.write_str("too large once its aliases are expanded"),
        }
    }
}

impl std::error::Error for YamlError {}

fn invalid(why: impl Into<String>) -> YamlError {
    YamlError::Invalid(why.into())
}

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
/// Python text.
///
/// # Errors
/// Those of [`parse`].
pub fn parse_marked(text: &str) -> Result<Document, YamlError> {
    read(text, true)
}

fn read(text: &str, moments: bool) -> Result<Document, YamlError> {
    if let Some(c) = text.chars().find(|c| !is_allowed(*c)) {
        return Err(invalid(format!("special characters are not allowed: {c:?}")));
    }
    let mut builder = Builder { moments, ..Builder::default() };
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
    match builder.fault {
        Some((_, error)) => Err(error),
        None => Ok(builder.root),
    }
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
    marks: Marks,
    role: Role,
    size: Size,
}

/// What a plain scalar is as the key of a map, or can't be elsewhere.
#[derive(Clone, Copy, PartialEq, Default)]
enum Role {
    #[default]
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
    /// Those of the items.
    marks: Marks,
    own: Vec<Pair>,
    merged: Option<Vec<Pair>>,
    /// A map's key whose value comes next.
    key: Option<Key>,
    size: Size,
}

#[derive(Default)]
struct Builder {
    moments: bool,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    /// Everything built so far, aliases written out.
    total: Size,
    root: Document,
    /// The first fault that the AWS CLI's reader finds once all of the text is known to be YAML, and how deep it is. That
    /// reader makes values level by level.
    fault: Option<(usize, YamlError)>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let Scalar { value, role, foreign } = scalar::read(&text, style, tag.as_deref(), self.moments)
                    .unwrap_or_else(|e| self.fault(e, Scalar::default()));
                let marks = Marks { own: foreign, ..Marks::default() };
                let node = Node { value, marks, role, size: Size { nodes: 1, text: text.len() } };
                self.grow(node.size)?;
                self.finished(node, anchor);
                Ok(())
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).ok_or_else(|| invalid("found undefined alias"))?;
                let size = node.size;
                // Before it is copied.
                self.grow(size)?;
                let node = self.anchors.get(&anchor).cloned().ok_or_else(|| invalid("found undefined alias"))?;
                self.finished(node, 0);
                Ok(())
            }
            Event::SequenceStart(anchor, tag) => {
                let shape = match tag.as_deref().map(full_name).as_deref() {
                    None | Some("!" | "tag:yaml.org,2002:seq") => Shape::List,
                    Some("tag:yaml.org,2002:omap") => Shape::OrderedMap,
                    Some(tag) => self.fault(unknown_tag(tag), Shape::List),
                };
                self.start(shape, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                match tag.as_deref().map(full_name).as_deref() {
                    None | Some("!" | "tag:yaml.org,2002:map") => {}
                    Some(tag) => self.fault(unknown_tag(tag), ()),
                }
                self.start(Shape::Map, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.open.pop().ok_or_else(|| invalid("unexpected end of a collection"))?;
                let (anchor, size) = (open.anchor, open.size);
                let (value, marks) = match open.close() {
                    Ok(made) => made,
                    // It was found among the entries.
                    Err(e) => self.fault_at(self.open.len() + 1, e, Default::default()),
                };
                self.finished(Node { value, marks, role: Role::Usual, size }, anchor);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Notes what is wrong, and goes on with something else.
    fn fault<T>(&mut self, error: YamlError, instead: T) -> T {
        self.fault_at(self.open.len(), error, instead)
    }

    fn fault_at<T>(&mut self, depth: usize, error: YamlError, instead: T) -> T {
        if self.fault.as_ref().is_none_or(|(first, _)| depth < *first) {
            self.fault = Some((depth, error));
        }
        instead
    }

    fn grow(&mut self, size: Size) -> Result<(), YamlError> {
        self.total.add(size);
        if self.total.nodes > MAX_NODES || self.total.text > MAX_TEXT { Err(YamlError::TooLarge) } else { Ok(()) }
    }

    fn start(&mut self, shape: Shape, anchor: usize) -> Result<(), YamlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(YamlError::TooDeep);
        }
        let size = Size { nodes: 1, text: 0 };
        self.grow(size)?;
        self.open.push(Open {
            shape,
            anchor,
            items: Vec::new(),
            marks: Marks::default(),
            own: Vec::new(),
            merged: None,
            key: None,
            size,
        });
        Ok(())
    }

    /// Puts a finished node in its place.
    fn finished(&mut self, node: Node, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            let (value, marks) = self.usual(node);
            self.root = Document { value, marks };
            return;
        };
        open.size.add(node.size);
        if open.shape == Shape::Map && open.key.is_none() {
            let twice = node.role == Role::Merge && open.merged.is_some();
            let key = Key::of(node).unwrap_or_else(|e| self.fault(e, Key::default()));
            if twice {
                self.fault(invalid("found duplicate key \"<<\""), ());
            }
            self.opened(|open| open.key = Some(key));
            return;
        }
        let key = open.key.take();
        let (value, marks) = self.usual(node);
        match key {
            None => self.opened(|open| {
                if !marks.is_empty() {
                    open.marks.items.insert(open.items.len(), marks);
                }
                open.items.push(value);
            }),
            Some(Key { role: Role::Merge, .. }) => {
                let pairs = merge_entries(value, marks).unwrap_or_else(|e| self.fault(e, Vec::new()));
                self.opened(|open| open.merged = Some(pairs));
            }
            Some(key) => self.opened(|open| open.own.push((key, value, marks))),
        }
    }

    fn opened(&mut self, change: impl FnOnce(&mut Open)) {
        if let Some(open) = self.open.last_mut() {
            change(open);
        }
    }

    /// A node that is a value.
    fn usual(&mut self, node: Node) -> (Value, Marks) {
        if node.role != Role::Usual {
            self.fault(invalid("`<<` and `=` are no values"), ());
        }
        (node.value, node.marks)
    }
}

impl Open {
    fn close(self) -> Result<(Value, Marks), YamlError> {
        match self.shape {
            Shape::List => Ok((Value::List(self.items), self.marks)),
            Shape::OrderedMap => single_entries(self.items, self.marks),
            Shape::Map => {
                // Merged entries come first, and are replaced in place; with them, repeated keys are let pass.
                if self.merged.is_none() {
                    let mut seen = HashSet::with_capacity(self.own.len());
                    if let Some((key, ..)) = self.own.iter().find(|(key, ..)| !seen.insert(key.identity())) {
                        return Err(invalid(format!("found duplicate key \"{}\"", key.text)));
                    }
                }
                Ok(map_of(self.merged.into_iter().flatten().chain(self.own)))
            }
        }
    }
}

fn full_name(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn unknown_tag(tag: &str) -> YamlError {
    invalid(format!("could not determine a constructor for the tag {tag}"))
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
            ("{a: !foo x, b: 2020-13-01}", "error: could not determine a constructor for the tag !foo"),
            ("{a: [2020-13-01], b: !foo x}", "error: could not determine a constructor for the tag !foo"),
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
            let _ = (parse(&text), parse_marked(&text));
        }
    }
}
