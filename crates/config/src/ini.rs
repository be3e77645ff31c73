//! The grammar of one file: that of Python's `RawConfigParser`, which the AWS CLI reads its files with.
//!
//! - `[name]` opens a section; whatever follows the last `]` of the line is ignored.
//! - `key = value` or `key: value`, whichever separator comes first. Keys are lower-cased, values are text as it stands:
//!   no interpolation, no quotes, no comments after a value.
//! - A line that starts with `#` or `;` (after blanks) is a comment.
//! - A line indented deeper than its key goes on with that key's value, joined by a line end; so do blank lines, except
//!   at the value's end.
//! - `[DEFAULT]` holds values that all sections inherit.
//! - Faults: text before the first section, a line without separator, an empty key, a key or section twice, bytes that
//!   aren't UTF-8 (and so a byte order mark, which is text before the first section).
//!
//! One pass; names and values are spans of the file's text unless they had to be changed.

use crate::python::{is_blank, strip};
use std::collections::HashSet;
use std::fmt;

/// The name of the section that all others inherit from.
const DEFAULT_SECTION: &str = "DEFAULT";

/// Sections with fewer keys than this are searched for a repeated key one by one; that is faster than hashing.
const FEW_KEYS: usize = 24;

/// A file that breaks the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// The line at fault, from 1; 0 for the file as a whole.
    pub line: usize,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} breaks the grammar", self.line)
    }
}

impl std::error::Error for Malformed {}

/// A piece of the file's text, or text made from it.
#[derive(Debug, Clone)]
enum Text {
    Span(usize, usize),
    Own(Box<str>),
}

#[derive(Debug, Clone)]
struct Entry {
    key: Text,
    value: Text,
}

#[derive(Debug, Clone)]
struct SectionSpan {
    name: (usize, usize),
    entries: (usize, usize),
}

/// A parsed file.
#[derive(Debug, Clone, Default)]
pub struct Ini {
    text: Box<str>,
    sections: Vec<SectionSpan>,
    entries: Vec<Entry>,
    defaults: Vec<Entry>,
}

/// A section of a file.
#[derive(Debug, Clone, Copy)]
pub struct Section<'a> {
    ini: &'a Ini,
    span: &'a SectionSpan,
}

impl Ini {
    /// Parses a file's contents.
    ///
    /// # Errors
    /// When the contents break the grammar.
    pub fn parse(contents: Vec<u8>) -> Result<Ini, Malformed> {
        let text = String::from_utf8(contents).map_err(|_| Malformed { line: 0 })?.into_boxed_str();
        let parsed = Parser::new(&text).run()?;
        Ok(Ini { sections: parsed.sections, entries: parsed.entries, defaults: parsed.defaults, text })
    }

    /// The sections in the order of the file, without `[DEFAULT]`.
    pub fn sections(&self) -> impl DoubleEndedIterator<Item = Section<'_>> {
        self.sections.iter().map(|span| Section { ini: self, span })
    }

    /// The section of exactly this name.
    pub fn section(&self, name: &str) -> Option<Section<'_>> {
        self.sections().find(|s| s.name() == name)
    }

    fn text<'a>(&'a self, text: &'a Text) -> &'a str {
        resolve(&self.text, text)
    }
}

fn resolve<'a>(file: &'a str, text: &'a Text) -> &'a str {
    match text {
        Text::Span(start, end) => &file[*start..*end],
        Text::Own(own) => own,
    }
}

impl<'a> Section<'a> {
    /// The name between the brackets, as it stands there.
    pub fn name(&self) -> &'a str {
        &self.ini.text[self.span.name.0..self.span.name.1]
    }

    fn own(&self) -> &'a [Entry] {
        &self.ini.entries[self.span.entries.0..self.span.entries.1]
    }

    /// The value of `key`, the section's own or inherited from `[DEFAULT]`.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        let ini = self.ini;
        let find = |entries: &'a [Entry]| entries.iter().find(|e| ini.text(&e.key) == key).map(|e| ini.text(&e.value));
        find(self.own()).or_else(|| find(&ini.defaults))
    }

    /// Keys and values: the section's own in the order of the file, then those it inherits.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let (ini, own) = (self.ini, self.own());
        let inherited = ini.defaults.iter().filter(move |d| {
            let key = ini.text(&d.key);
            !own.iter().any(|e| ini.text(&e.key) == key)
        });
        own.iter().chain(inherited).map(|e| (ini.text(&e.key), ini.text(&e.value)))
    }
}

struct Parser<'a> {
    text: &'a str,
    sections: Vec<SectionSpan>,
    entries: Vec<Entry>,
    defaults: Vec<Entry>,
    names: HashSet<&'a str>,
    /// Keys of the current section, once it has many.
    keys: HashSet<Box<str>>,
    place: Place,
    /// A key may be continued; `None` right after a section's header.
    open_key: bool,
    /// Blank lines seen since the open key's last line.
    blank_lines: usize,
    indent: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    BeforeSections,
    Defaults,
    Section,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Parser {
            text,
            sections: Vec::new(),
            entries: Vec::new(),
            defaults: Vec::new(),
            names: HashSet::new(),
            keys: HashSet::new(),
            place: Place::BeforeSections,
            open_key: false,
            blank_lines: 0,
            indent: 0,
        }
    }

    fn run(mut self) -> Result<Self, Malformed> {
        let bytes = self.text.as_bytes();
        let (mut at, mut number) = (0, 0);
        while at < bytes.len() {
            number += 1;
            let end = bytes[at..].iter().position(|b| matches!(b, b'\n' | b'\r')).map_or(bytes.len(), |i| at + i);
            self.line(&self.text[at..end]).ok_or(Malformed { line: number })?;
            at = end + if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
        }
        self.close_section();
        Ok(self)
    }

    /// One line; `None` is a fault.
    fn line(&mut self, line: &'a str) -> Option<()> {
        let body = strip(line);
        if body.is_empty() {
            self.blank_lines += usize::from(self.open_key);
            return Some(());
        }
        if body.starts_with(['#', ';']) {
            return Some(());
        }
        let indent = line.chars().take_while(|c| is_blank(*c)).count();
        if self.open_key && indent > self.indent {
            self.go_on(body);
            return Some(());
        }
        self.indent = indent;
        if let Some(name) = header(body) {
            return self.open_section(name);
        }
        if self.place == Place::BeforeSections {
            return None;
        }
        self.entry(body)
    }

    fn span(&self, part: &str) -> (usize, usize) {
        // Parts are slices of the text, so the difference of the addresses is their offset.
        let start = part.as_ptr() as usize - self.text.as_ptr() as usize;
        (start, start + part.len())
    }

    fn close_section(&mut self) {
        let end = self.entries.len();
        if self.place == Place::Section
            && let Some(section) = self.sections.last_mut()
        {
            section.entries.1 = end;
        }
        self.keys.clear();
        self.open_key = false;
        self.blank_lines = 0;
    }

    fn open_section(&mut self, name: &'a str) -> Option<()> {
        self.close_section();
        if name == DEFAULT_SECTION {
            self.place = Place::Defaults;
            return Some(());
        }
        if !self.names.insert(name) {
            return None;
        }
        let start = self.entries.len();
        self.sections.push(SectionSpan { name: self.span(name), entries: (start, start) });
        self.place = Place::Section;
        Some(())
    }

    fn current(&mut self) -> &mut Vec<Entry> {
        if self.place == Place::Defaults { &mut self.defaults } else { &mut self.entries }
    }

    fn entry(&mut self, body: &'a str) -> Option<()> {
        let separator = body.find(['=', ':'])?;
        let key = body[..separator].trim_end_matches(is_blank);
        let value = strip(&body[separator + 1..]);
        if key.is_empty() {
            return None;
        }
        let lower = key.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()).then(|| key.to_lowercase());
        if self.has_key(lower.as_deref().unwrap_or(key)) {
            return None;
        }
        let (key, value) = (self.span(key), self.span(value));
        let entry = Entry {
            key: lower.map_or(Text::Span(key.0, key.1), |l| Text::Own(l.into_boxed_str())),
            value: Text::Span(value.0, value.1),
        };
        self.current().push(entry);
        self.open_key = true;
        self.blank_lines = 0;
        Some(())
    }

    /// Whether the current section has `key` already; notes it where the section has many keys.
    fn has_key(&mut self, key: &str) -> bool {
        let text = self.text;
        let known = match self.place {
            Place::Defaults => &self.defaults[..],
            _ => &self.entries[self.sections.last().map_or(0, |s| s.entries.0)..],
        };
        if known.len() < FEW_KEYS {
            return known.iter().any(|e| resolve(text, &e.key) == key);
        }
        if self.keys.is_empty() {
            self.keys = known.iter().map(|e| resolve(text, &e.key).into()).collect();
        }
        !self.keys.insert(key.into())
    }

    /// Adds a continuation line to the last value.
    fn go_on(&mut self, body: &str) {
        let text = self.text;
        let blank_lines = std::mem::take(&mut self.blank_lines);
        if let Some(entry) = self.current().last_mut() {
            let before = resolve(text, &entry.value);
            let mut value = String::with_capacity(before.len() + blank_lines + 1 + body.len());
            value.push_str(before);
            value.extend(std::iter::repeat_n('\n', blank_lines + 1));
            value.push_str(body);
            entry.value = Text::Own(value.into_boxed_str());
        }
    }
}

/// The name in a section's header line.
fn header(body: &str) -> Option<&str> {
    let inner = body.strip_prefix('[')?;
    let end = inner.rfind(']')?;
    (end > 0).then(|| &inner[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ini(text: &str) -> Ini {
        Ini::parse(text.into()).unwrap()
    }
    fn get(text: &str, section: &str, key: &str) -> Option<String> {
        ini(text).section(section).and_then(|s| s.get(key).map(str::to_owned))
    }
    fn fails(text: &str) -> usize {
        Ini::parse(text.into()).unwrap_err().line
    }

    #[test]
    fn keys_and_values() {
        for (text, want) in [
            ("[d]\nk = v\n", "v"),
            ("[d]\nk=v", "v"),
            ("[d]\nk: v\n", "v"),
            ("[d]\nk = a:b=c\n", "a:b=c"),
            ("[d]\nk: a=b\n", "a=b"),
            ("[d]\n  K    =    a b   \n", "a b"),
            ("[d]\nk = a # not a comment\n", "a # not a comment"),
            ("[d]\nk = \"a\"\n", "\"a\""),
            ("[d]\nk = %(nope)s\n", "%(nope)s"),
            ("[d]\nk =\n", ""),
            ("[d]\nk = a\n  b\n", "a\nb"),
            ("[d]\nk = a\n\n  b\n\n\n[e]\n", "a\n\nb"),
            ("[d]\nk = a\n  # c\n  b\n", "a\nb"),
            ("[d]\nk =\n  b = c\n", "\nb = c"),
            ("[d] trailing\r\nk = v\r\n", "v"),
            ("[d]\rk = v\r", "v"),
            ("; c\n# c\n[d]\n; c\nk = v\n", "v"),
            ("[d]\n\tk = v\n", "v"),
            ("[DEFAULT]\nk = v\n[d]\n", "v"),
            ("[DEFAULT]\nk = w\n[d]\nk = v\n[DEFAULT]\nj = x\n", "v"),
        ] {
            assert_eq!(get(text, "d", "k").as_deref(), Some(want), "{text:?}");
        }
    }

    #[test]
    fn section_names_are_kept_as_they_stand() {
        let text = "[ d ]\n[a]]\n[profile \"x y\"] ; c\n[é]\n";
        let ini = ini(text);
        let names: Vec<&str> = ini.sections().map(|s| s.name()).collect();
        assert_eq!(names, [" d ", "a]", "profile \"x y\"", "é"]);
    }

    #[test]
    fn entries_come_before_what_is_inherited() {
        let ini = ini("[d]\nb = 1\na = 2\n[DEFAULT]\nz = 3\na = 4\n");
        let all: Vec<_> = ini.section("d").unwrap().entries().collect();
        assert_eq!(all, [("b", "1"), ("a", "2"), ("z", "3")]);
    }

    #[test]
    fn faults() {
        for (text, line) in [
            ("k = v\n", 1),
            ("\n[default\nk = v\n", 2),
            ("[]\n", 1),
            ("\u{feff}[d]\n", 1),
            ("[d]\n[d]\n", 2),
            ("[d]\nk = 1\nK = 2\n", 3),
            ("[d]\nword\n", 2),
            ("[d]\n= v\n", 2),
            ("[DEFAULT]\na = 1\n[DEFAULT]\na = 2\n", 4),
        ] {
            assert_eq!(fails(text), line, "{text:?}");
        }
        assert_eq!(Ini::parse(vec![b'[', 0xff, b']']).unwrap_err(), Malformed { line: 0 });
        let many: String = (0..100).map(|i| format!("k{i} = v\n")).collect();
        assert_eq!(fails(&format!("[d]\n{many}k7 = v\n")), 102);
        assert_eq!(get(&format!("[d]\n{many}"), "d", "k99").as_deref(), Some("v"));
    }

    #[test]
    fn two_thousand_profiles() {
        let text: String = (0..2000).map(|i| format!("[profile p{i}]\nregion = r{i}\noutput = json\n\n")).collect();
        assert_eq!(get(&text, "profile p1999", "region").as_deref(), Some("r1999"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Ini::parse(bytes);
        }

        #[test]
        fn no_lines_panic(lines in proptest::collection::vec("[ \t]{0,3}(\\[[a-z\\] ]{0,4}\\]?|[a-zA-Zé]{0,2}|#|;)[ \u{3000}]?[=:]?.{0,3}", 0..20)) {
            if let Ok(ini) = Ini::parse(lines.join("\n").into_bytes()) {
                for section in ini.sections() {
                    prop_assert!(section.entries().all(|(k, v)| section.get(k) == Some(v)));
                }
            }
        }
    }
}
