//! From nodes to block YAML, as the AWS CLI's writer (ruamel, safe) makes it; the keys keep their order.

use super::Node;
use super::read::old_truth;
use base64::Engine;
use oxaws_value::Value;
use std::fmt::Write as _;

/// Blanks per level.
const INDENT: usize = 2;
/// A key of more characters, or of several lines, stands behind a `? `.
const MAX_SIMPLE_KEY: usize = 122;

/// How a document is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// A blank further right than this is where a line breaks; `None` for endless lines.
    pub width: Option<usize>,
    /// Text that YAML 1.1 reads as a truth is quoted.
    pub quote_yes_no: bool,
    /// Quotes and line breaks as in the usual `--output yaml`.
    pub usual: bool,
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

/// Which quotes text needs to stay that text. As a key that stands before its colon, it has to stay on its line.
fn quotes(text: &str, is_key: bool, layout: Layout) -> Quotes {
    if layout.usual {
        return match usual_sample(text).as_bytes().get(2) {
            Some(b'\'') => Quotes::Single,
            Some(b'"') => Quotes::Double,
            _ => Quotes::None,
        };
    }
    let allowed = Allowed::of(text);
    if allowed.plain && !is_typed(text) && !(layout.quote_yes_no && old_truth(text).is_some()) {
        return Quotes::None;
    }
    let breaks = text.contains(is_break);
    if text.contains(['\'', '\n']) || !allowed.single || is_key && breaks { Quotes::Double } else { Quotes::Single }
}

/// Whether plain text would be something other than text: a number, a date, a truth, `null`.
pub(super) fn is_typed(text: &str) -> bool {
    // That is what the usual output quotes although its characters don't need it.
    text.is_empty() || text.is_ascii() && usual_sample(text).as_bytes().get(2) == Some(&b'\'')
}

/// A list of nothing but the text, as `--output yaml` prints it.
fn usual_sample(text: &str) -> String {
    oxaws_output::yaml::yaml_text(&Value::List(vec![Value::from(text)]))
}

/// The ways that text may be written by its characters alone.
struct Allowed {
    plain: bool,
    single: bool,
}

impl Allowed {
    fn of(text: &str) -> Allowed {
        let is_blank = |c: Option<char>| c.is_none_or(|c| matches!(c, '\0' | ' ' | '\t' | '\r') || is_break(c));
        let mut plain = !text.starts_with("---") && !text.starts_with("...");
        let mut single = true;
        let mut before: Option<char> = None;
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            let next = characters.peek().copied();
            let edge = before.is_none() || next.is_none();
            match c {
                '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`'
                    if before.is_none() =>
                {
                    plain = false;
                }
                '?' | '-' if before.is_none() => plain &= !is_blank(next),
                ':' => plain &= !is_blank(next),
                '#' => plain &= !is_blank(before),
                ' ' => {
                    plain &= !edge;
                    // A blank at the start of a line would be lost.
                    single &= !before.is_some_and(is_break);
                }
                c if is_break(c) => {
                    plain = false;
                    single &= before != Some(' ');
                }
                _ => {}
            }
            single &= c == '\n'
                || c == '\u{85}'
                || c == '\u{2028}'
                || c == '\u{2029}'
                || escape(c).is_none()
                || matches!(c, '"' | '\\');
            before = Some(c);
        }
        Allowed { plain: plain && single, single }
    }
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
                self.scalar(node, indent + INDENT, true);
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
        let simple = key.as_text().is_none_or(|t| t.chars().count() <= MAX_SIMPLE_KEY && !t.contains(is_break));
        if simple {
            self.scalar(key, indent + INDENT, false);
            self.put(":");
            return Place::AfterKey;
        }
        self.put("? ");
        self.scalar(key, indent + INDENT, true);
        self.start(indent);
        self.put(":");
        self.fresh = true;
        Place::AfterDash
    }

    /// A scalar, whose further lines begin at `indent`. `split` says whether its lines may break at blanks.
    fn scalar(&mut self, node: &Node, indent: usize, split: bool) {
        match node {
            Node::Null => self.plain("null", indent, split),
            Node::Bool(b) => self.plain(if *b { "true" } else { "false" }, indent, split),
            Node::Int(text) | Node::Date(text) => self.plain(text, indent, split),
            Node::Float(f, _) if f.is_nan() => self.plain(".nan", indent, split),
            Node::Float(f, _) if f.is_infinite() => self.plain(if *f > 0.0 { ".inf" } else { "-.inf" }, indent, split),
            Node::Float(f, _) => self.plain(&oxaws_python::python_float(*f), indent, split),
            Node::Text(text) => match quotes(text, !split, self.layout) {
                Quotes::None => self.plain(text, indent, split),
                Quotes::Single => self.single_quoted(text, indent, split),
                Quotes::Double => self.double_quoted(text, indent, split),
            },
            Node::Binary(bytes) => {
                self.put("!!binary ");
                let text = base64::engine::general_purpose::STANDARD.encode(bytes);
                self.double_quoted(&text, indent, split);
            }
            Node::List(_) => self.put("[]"),
            Node::Map(_) => self.put("{}"),
            Node::Set(_) => self.put("!!set {}"),
        }
    }

    fn is_beyond(&self, column: usize) -> bool {
        self.layout.width.is_some_and(|width| column > width)
    }

    fn break_line(&mut self, indent: usize) {
        self.line();
        self.pad(indent);
    }

    /// Words and the blanks between them. A lone blank at the width becomes the end of a line; a word that doesn't fit
    /// begins one, after the blank.
    fn plain(&mut self, text: &str, indent: usize, split: bool) {
        let mut rest = text;
        while !rest.is_empty() {
            let blanks = rest.starts_with(' ');
            let end = rest.find(|c| (c == ' ') != blanks).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            let length = run.chars().count();
            let usual = self.layout.usual;
            if blanks && length == 1 && split && self.is_beyond(self.column + usize::from(!usual)) {
                self.break_line(indent);
            } else {
                if !usual && !blanks && self.column > indent && self.is_beyond(self.column + length) {
                    self.break_line(indent);
                }
                self.put(run);
            }
            rest = after;
        }
    }

    /// The same between single quotes: a lone blank beyond the width becomes the end of a line; a line feed of the text an
    /// empty one.
    fn single_quoted(&mut self, text: &str, indent: usize, split: bool) {
        self.put("'");
        let class = |c: char| {
            if c == ' ' {
                1
            } else if is_break(c) {
                2
            } else {
                0
            }
        };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let kind = class(first);
            let end = rest.find(|c| class(c) != kind).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            let at_edge = rest.len() == text.len() || after.is_empty();
            match kind {
                1 if run.len() == 1 && !at_edge && split && self.is_beyond(self.column) => self.break_line(indent),
                2 => {
                    if run.starts_with('\n') {
                        self.line();
                    }
                    for c in run.chars() {
                        self.out.push(c);
                    }
                    (self.column, self.fresh) = (0, true);
                    self.pad(indent);
                }
                0 => self.put(&run.replace('\'', "''")),
                _ => self.put(run),
            }
            rest = after;
        }
        self.put("'");
    }

    /// A double-quoted scalar. What isn't printable is escaped; a line that breaks ends with a backslash.
    fn double_quoted(&mut self, text: &str, indent: usize, split: bool) {
        self.put("\"");
        let characters: Vec<char> = text.chars().collect();
        let last = characters.len().saturating_sub(1);
        // Where what is not put yet begins.
        let mut start = 0;
        for (at, c) in characters.iter().copied().enumerate() {
            let beyond = self.layout.usual && c > '\u{ffff}';
            let escaped = if beyond { Some(format!("\\U{:08X}", u32::from(c))) } else { escape(c) };
            if let Some(escaped) = escaped {
                let held: String = characters.get(start..at).unwrap_or_default().iter().collect();
                self.put(&held);
                self.put(&escaped);
                start = at + 1;
            }
            let held = at.saturating_sub(start);
            let column = (self.column + held).saturating_sub(start.saturating_sub(at));
            if split && at > 0 && at < last && (c == ' ' || start >= at) && self.is_beyond(column) {
                let held: String = characters.get(start..at).unwrap_or_default().iter().collect();
                start = start.max(at);
                self.put(&held);
                self.put("\\");
                self.break_line(indent);
                if characters.get(start) == Some(&' ') {
                    self.put("\\");
                }
            }
        }
        let held: String = characters.get(start..).unwrap_or_default().iter().collect();
        self.put(&held);
        self.put("\"");
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
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
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        '\u{a0}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'.. => return None,
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

    const WIDE: Layout = Layout { width: None, quote_yes_no: false, usual: false };
    const TEMPLATE: Layout = Layout { width: Some(80), quote_yes_no: true, usual: false };
    const INTRINSICS: Dialect = Dialect { intrinsics: true, yes_no: true, repeated_keys: false };

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
        let last = read("a: 1\nb: 3\na: {c: 1, c: 2}", Dialect { repeated_keys: true, ..Dialect::default() }).unwrap();
        assert_eq!(write(&last, WIDE), "a:\n  c: 2\nb: 3\n");
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
    fn lines_break_as_in_ruamel() {
        let words = |n: usize| Node::text("word ".repeat(n).trim_end());
        let node = Node::map([("k", words(20)), ("u", Node::text("u".repeat(90))), ("m", Node::text("a\nb"))]);
        let long = "word ".repeat(15);
        assert_eq!(
            write(&node, TEMPLATE),
            format!("k: {long}\n  {}\nu: \n  {}\nm: \"a\\nb\"\n", "word ".repeat(5).trim_end(), "u".repeat(90))
        );
        let usual = Layout { usual: true, ..TEMPLATE };
        assert_eq!(write(&Node::map([("m", Node::text("a\nb"))]), usual), "m: 'a\n\n  b'\n");
    }

    #[test]
    fn sets_are_tagged() {
        let node = Node::map([("s", Node::Set(vec![Node::text("a"), Node::Int("1".into())]))]);
        assert_eq!(write(&node, WIDE), "s: !!set\n  a: null\n  1: null\n");
    }
}
