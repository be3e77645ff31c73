//! From nodes to block YAML, as the AWS CLI's writer (ruamel, safe) makes it; the keys keep their order.

use super::Node;
use super::read::old_truth;
use oxaws_value::Value;
use std::fmt::Write as _;

/// Blanks per level.
const INDENT: usize = 2;
/// A key of more bytes, or of several lines, stands behind a `? `.
const MAX_SIMPLE_KEY: usize = 128;

/// How a document is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// A blank further right than this is where a line breaks; `None` for endless lines.
    pub width: Option<usize>,
    /// Text that YAML 1.1 reads as a truth is quoted.
    pub quote_yes_no: bool,
}

/// Writes a document.
pub fn write(node: &Node, layout: Layout) -> String {
    let mut writer = Writer { layout, out: String::new(), column: 0, fresh: true };
    writer.node(node, Place::Root, 0);
    if writer.column > 0 {
        writer.line();
    }
    // A scalar alone needs the document's end to be marked.
    if !matches!(node, Node::List(_) | Node::Map(_) | Node::Set(_)) {
        writer.out.push_str("...\n");
    }
    writer.out
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    AfterDash,
    AfterKey,
}

#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    None,
    Single,
    Double,
}

/// Which quotes text needs to stay that text.
fn quotes(text: &str) -> Quotes {
    let sample = oxaws_output::yaml::yaml_text(&Value::List(vec![Value::from(text)]));
    match sample.as_bytes().get(2) {
        Some(b'\'') => Quotes::Single,
        Some(b'"') => Quotes::Double,
        _ => Quotes::None,
    }
}

/// Whether plain text of letters and digits would be something other than text.
pub(super) fn is_typed(text: &str) -> bool {
    quotes(text) == Quotes::Single
}

struct Writer {
    layout: Layout,
    out: String,
    /// Characters on the present line.
    column: usize,
    /// The present line holds nothing but blanks and dashes.
    fresh: bool,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
        self.fresh = false;
    }

    fn line(&mut self) {
        self.out.push('\n');
        (self.column, self.fresh) = (0, true);
    }

    fn start(&mut self, indent: usize) {
        if !self.fresh {
            self.line();
        }
        self.pad(indent);
    }

    fn pad(&mut self, indent: usize) {
        while self.column < indent {
            self.out.push(' ');
            self.column += 1;
        }
    }

    fn node(&mut self, node: &Node, place: Place, indent: usize) {
        match node {
            Node::List(items) if !items.is_empty() => {
                let indent = if place == Place::AfterDash { indent + INDENT } else { indent };
                self.open(place);
                for item in items {
                    self.start(indent);
                    self.put("-");
                    self.node(item, Place::AfterDash, indent);
                }
            }
            Node::Map(entries) if !entries.is_empty() => {
                let indent = if place == Place::Root { indent } else { indent + INDENT };
                self.open(place);
                for (key, value) in entries {
                    self.start(indent);
                    let place = self.key(key, indent);
                    self.node(value, place, indent);
                }
            }
            Node::Set(items) if !items.is_empty() => {
                let indent = if place == Place::Root { indent } else { indent + INDENT };
                if place != Place::Root {
                    self.put(" ");
                }
                self.put("!!set");
                let last = items.len();
                debug_assert!(last > 0);
                for item in items {
                    self.start(indent);
                    let place = self.key(item, indent);
                    self.node(&Node::Null, place, indent);
                }
            }
            _ => {
                if place != Place::Root {
                    self.put(" ");
                }
                self.scalar(node, Some(indent + INDENT));
            }
        }
    }

    fn open(&mut self, place: Place) {
        if place == Place::AfterDash {
            // A collection begins on the dash's line, after a blank that its indentation brings.
            self.fresh = true;
        }
    }

    fn key(&mut self, key: &Node, indent: usize) -> Place {
        let simple = key.as_text().is_none_or(|t| t.len() <= MAX_SIMPLE_KEY && !t.contains(is_break));
        if simple {
            self.scalar(key, None);
            self.put(":");
            return Place::AfterKey;
        }
        self.put("? ");
        self.scalar(key, Some(indent + INDENT));
        self.start(indent);
        self.put(":");
        self.fresh = true;
        Place::AfterDash
    }

    fn scalar(&mut self, node: &Node, fold: Option<usize>) {
        match node {
            Node::Null => self.put("null"),
            Node::Bool(b) => self.put(if *b { "true" } else { "false" }),
            Node::Int(text) | Node::Date(text) => self.put(text),
            Node::Float(f, _) if f.is_nan() => self.put(".nan"),
            Node::Float(f, _) if f.is_infinite() => self.put(if *f > 0.0 { ".inf" } else { "-.inf" }),
            Node::Float(f, _) => self.put(&oxaws_value::python_float(*f)),
            Node::Text(text) => self.text(text, fold),
            Node::Binary(bytes) => {
                self.put("!!binary ");
                let text = crate::base64_text::encode(bytes);
                self.double_quoted(&text, fold);
            }
            Node::List(_) => self.put("[]"),
            Node::Map(_) => self.put("{}"),
            Node::Set(_) => self.put("!!set {}"),
        }
    }

    fn text(&mut self, text: &str, fold: Option<usize>) {
        match quotes(text) {
            Quotes::None if self.layout.quote_yes_no && old_truth(text).is_some() => self.single_quoted(text, fold),
            Quotes::None => self.flowing(text, false, fold),
            Quotes::Single => self.single_quoted(text, fold),
            Quotes::Double => self.double_quoted(text, fold),
        }
    }

    fn single_quoted(&mut self, text: &str, fold: Option<usize>) {
        self.put("'");
        self.flowing(text, true, fold);
        self.put("'");
    }

    fn is_beyond(&self, column: usize) -> bool {
        self.layout.width.is_some_and(|width| column > width)
    }

    /// Words and the blanks or line breaks between them. A lone blank beyond the width becomes the end of a line; a line
    /// feed of the text an empty one.
    fn flowing(&mut self, text: &str, quoted: bool, fold: Option<usize>) {
        let class = |c: char| if c == ' ' { 1 } else if is_break(c) { 2 } else { 0 };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let kind = class(first);
            let end = rest.find(|c| class(c) != kind).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            let at_edge = rest.len() == text.len() || after.is_empty();
            match kind {
                1 => match fold {
                    Some(indent) if run.len() == 1 && !at_edge && self.is_beyond(self.column) => {
                        self.line();
                        self.pad(indent);
                    }
                    _ => self.put(run),
                },
                2 => {
                    if run.starts_with('\n') {
                        self.line();
                    }
                    run.chars().for_each(|_| self.line());
                    self.pad(fold.unwrap_or(0));
                }
                _ if quoted => self.put(&run.replace('\'', "''")),
                _ => self.put(run),
            }
            rest = after;
        }
    }

    /// A double-quoted scalar. What isn't printable is escaped; a line that breaks ends with a backslash.
    fn double_quoted(&mut self, text: &str, fold: Option<usize>) {
        self.put("\"");
        let characters: Vec<char> = text.chars().collect();
        // What is not put yet.
        let mut held = String::new();
        for (at, c) in characters.iter().copied().enumerate() {
            let escaped = escape(c);
            if let Some(escaped) = &escaped {
                let before = std::mem::take(&mut held);
                self.put(&before);
                self.put(escaped);
            }
            if let Some(indent) = fold
                && at > 0
                && at + 1 < characters.len()
                && (c == ' ' || escaped.is_some())
                && self.is_beyond(self.column + held.chars().count())
            {
                let before = std::mem::take(&mut held);
                self.put(&before);
                self.put("\\");
                self.line();
                self.pad(indent);
                let next = if escaped.is_some() { characters.get(at + 1).copied() } else { Some(c) };
                if next == Some(' ') {
                    self.put("\\");
                }
            }
            if escaped.is_none() {
                held.push(c);
            }
        }
        self.put(&held);
        self.put("\"");
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// How a character stands between double quotes, where it can't stand for itself.
fn escape(c: char) -> Option<String> {
    let short = match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        ' '..='~' => return None,
        '\0' => "\\0",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{b}' => "\\v",
        '\u{c}' => "\\f",
        '\r' => "\\r",
        '\u{1b}' => "\\e",
        '\u{85}' => "\\N",
        '\u{a0}' => return None,
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        '\u{a1}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' => return None,
        _ => {
            let code = u32::from(c);
            let mut text = String::new();
            // Writing to a string can't fail.
            let _ = match code {
                0..0x100 => write!(text, "\\x{code:02X}"),
                0x100..0x10000 => write!(text, "\\u{code:04X}"),
                _ => write!(text, "\\U{code:08X}"),
            };
            return Some(text);
        }
    };
    Some(short.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{Dialect, read};
    use super::*;

    const WIDE: Layout = Layout { width: None, quote_yes_no: false };
    const TEMPLATE: Layout = Layout { width: Some(80), quote_yes_no: true };
    const INTRINSICS: Dialect = Dialect { intrinsics: true, yes_no: true };

    #[test]
    fn templates_come_back() {
        let text = "A: 2010-09-09\nB: !Ref x\nC: !GetAtt a.b.c\nD: !Sub\n- q\n- {z: 1, 'yes': no}\n5: 1.50\nE: \"on\"\nF: !If [c, [1], {}]\nG: []\n";
        let node = read(text, INTRINSICS).unwrap();
        let out = "A: 2010-09-09\nB:\n  Ref: x\nC:\n  Fn::GetAtt:\n  - a\n  - b.c\nD:\n  Fn::Sub:\n  - q\n  - z: 1\n    'yes': false\n\
                   5: 1.5\nE: 'on'\nF:\n  Fn::If:\n  - c\n  - - 1\n  - {}\nG: []\n";
        assert_eq!(write(&node, TEMPLATE), out);
        assert_eq!(read(out, INTRINSICS).unwrap(), read(&write(&node, TEMPLATE), INTRINSICS).unwrap());
    }

    #[test]
    fn tags_merges_and_errors() {
        assert!(read("a: !Nope x", Dialect::default()).is_err());
        assert!(read("a: [b", Dialect::default()).is_err());
        assert!(read("a: 1\na: 2", Dialect::default()).is_err());
        let merged = read("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n", Dialect::default()).unwrap();
        assert_eq!(write(merged.get("y").unwrap(), WIDE), "a: 1\nb: 3\n");
        assert_eq!(read("", Dialect::default()), Ok(Node::Null));
        assert_eq!(read("!!binary aGk=", Dialect::default()), Ok(Node::Binary(b"hi".to_vec())));
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(&deep, Dialect::default()).is_err());
    }

    #[test]
    fn long_and_broken_text() {
        let long = "word ".repeat(30);
        let node = Node::map([("k", Node::text(long.trim_end()))]);
        assert!(!write(&node, WIDE).trim_end().contains('\n'));
        let folded = write(&node, TEMPLATE);
        assert!(folded.lines().count() > 1 && folded.lines().all(|l| l.len() <= 86), "{folded}");
        assert_eq!(read(&folded, INTRINSICS).unwrap(), node);
        for text in ["a\nb\n\nc'd", "tab\there", "é\u{1}\"\\", "x  y ", "", "😀 z"] {
            let node = Node::map([("k", Node::List(vec![Node::text(text)]))]);
            for layout in [WIDE, TEMPLATE] {
                assert_eq!(read(&write(&node, layout), INTRINSICS).unwrap(), node, "{text:?}");
            }
        }
    }

    #[test]
    fn sets_are_tagged() {
        let node = Node::map([("s", Node::Set(vec![Node::text("a"), Node::Int("1".into())]))]);
        assert_eq!(write(&node, WIDE), "s: !!set\n  a: null\n  1: null\n");
    }
}
