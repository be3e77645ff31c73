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
//! One pass; names and values are spans of the file's text unless they had to be changed. Every command reads its files
//! whole, for a fault anywhere ends it: so the plain lines, which nearly all are, are told by their bytes.

use crate::python::{is_blank, strip};
use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};

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

/// A piece of the file's text, or, with a start past its end, of the text that was made from it.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    len: u32,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    key: Span,
    value: Span,
}

#[derive(Debug, Clone, Copy)]
struct SectionSpan {
    name: Span,
    /// Where its entries begin; they end where the next section's begin.
    first: u32,
}

/// A parsed file.
#[derive(Debug, Clone, Default)]
pub struct Ini {
    text: String,
    /// Keys in lower case and values of several lines.
    made: String,
    sections: Vec<SectionSpan>,
    entries: Vec<Entry>,
    defaults: Vec<Entry>,
    has_blocks: bool,
}

/// A section of a file.
#[derive(Debug, Clone, Copy)]
pub struct Section<'a> {
    ini: &'a Ini,
    at: usize,
}

impl Ini {
    /// Parses a file's contents.
    ///
    /// # Errors
    /// When the contents break the grammar.
    pub fn parse(contents: Vec<u8>) -> Result<Ini, Malformed> {
        let text = String::from_utf8(contents).map_err(|_| Malformed { line: 0 })?;
        // Spans are 32 bits; what is made from the text is never longer than twice the text.
        if u32::try_from(text.len().saturating_mul(4)).is_err() {
            return Err(Malformed { line: 0 });
        }
        let parsed = Parser::new(&text).run()?;
        let Parser { made, sections, entries, defaults, has_blocks, .. } = parsed;
        Ok(Ini { made, sections, entries, defaults, has_blocks, text })
    }

    /// The sections in the order of the file, without `[DEFAULT]`.
    pub fn sections(&self) -> impl DoubleEndedIterator<Item = Section<'_>> {
        (0..self.sections.len()).map(|at| Section { ini: self, at })
    }

    /// The section of exactly this name.
    pub fn section(&self, name: &str) -> Option<Section<'_>> {
        self.sections().find(|s| s.name() == name)
    }

    /// Whether any value begins on the line below its key.
    pub fn has_blocks(&self) -> bool {
        self.has_blocks
    }

    fn text(&self, span: Span) -> &str {
        resolve(&self.text, &self.made, span)
    }
}

fn resolve<'a>(text: &'a str, made: &'a str, span: Span) -> &'a str {
    let (start, len) = (span.start as usize, span.len as usize);
    match start.checked_sub(text.len()) {
        // An empty piece at the text's very end is the same in both.
        Some(start) => &made[start..start + len],
        None => &text[start..start + len],
    }
}

impl<'a> Section<'a> {
    /// The name between the brackets, as it stands there.
    pub fn name(&self) -> &'a str {
        self.ini.text(self.ini.sections[self.at].name)
    }

    fn own(&self) -> &'a [Entry] {
        let first = |section: &SectionSpan| section.first as usize;
        let end = self.ini.sections.get(self.at + 1).map_or(self.ini.entries.len(), first);
        &self.ini.entries[first(&self.ini.sections[self.at])..end]
    }

    /// The value of `key`, the section's own or inherited from `[DEFAULT]`.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        let ini = self.ini;
        let find = |entries: &'a [Entry]| entries.iter().find(|e| ini.text(e.key) == key).map(|e| ini.text(e.value));
        find(self.own()).or_else(|| find(&ini.defaults))
    }

    /// Keys and values: the section's own in the order of the file, then those it inherits.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let (ini, own) = (self.ini, self.own());
        let inherited = ini.defaults.iter().filter(move |d| {
            let key = ini.text(d.key);
            !own.iter().any(|e| ini.text(e.key) == key)
        });
        own.iter().chain(inherited).map(|e| (ini.text(e.key), ini.text(e.value)))
    }
}

/// Hashes names: fast, for a file that its user wrote.
#[derive(Default)]
struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut mix = |word: u64| self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        let mut rest = bytes;
        while let Some((word, after)) = rest.split_first_chunk() {
            mix(u64::from_le_bytes(*word));
            rest = after;
        }
        mix(rest.iter().fold(rest.len() as u64, |word, b| word << 8 | u64::from(*b)));
    }

    fn finish(&self) -> u64 {
        // The table takes the upper bits for its tags and the lower ones for its places.
        self.0 ^ (self.0 >> 32)
    }
}

struct Parser<'a> {
    text: &'a str,
    made: String,
    sections: Vec<SectionSpan>,
    entries: Vec<Entry>,
    defaults: Vec<Entry>,
    names: HashSet<&'a [u8], BuildHasherDefault<NameHasher>>,
    /// Keys of the current section, once it has many.
    keys: HashSet<Box<str>>,
    place: Place,
    /// A key may be continued; `None` right after a section's header.
    open_key: bool,
    /// Blank lines seen since the open key's last line.
    blank_lines: usize,
    indent: usize,
    has_blocks: bool,
    /// While the keys of the current section are those of the section before, in the same order: the entry of that section
    /// which comes next, and where they end. Files of many profiles are mostly like that, and a key that goes on so can't
    /// be there twice.
    alike: (u32, u32),
}

/// Bytes that a key may be made of without asking for a closer look.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        plain[byte as usize] = byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
        byte += 1;
    }
    plain
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    BeforeSections,
    Defaults,
    Section,
}

/// The length of a typical line, and of a typical section, in bytes: to guess from how many there are.
const TYPICAL_LINE: usize = 24;
const TYPICAL_SECTION: usize = 128;

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Parser {
            text,
            made: String::new(),
            sections: Vec::new(),
            entries: Vec::with_capacity(text.len() / TYPICAL_LINE),
            defaults: Vec::new(),
            names: HashSet::with_capacity_and_hasher(text.len() / TYPICAL_SECTION, BuildHasherDefault::default()),
            keys: HashSet::new(),
            place: Place::BeforeSections,
            open_key: false,
            blank_lines: 0,
            indent: 0,
            has_blocks: false,
            alike: (0, 0),
        }
    }

    fn run(mut self) -> Result<Self, Malformed> {
        let bytes = self.text.as_bytes();
        let has_returns = memchr::memchr(b'\r', bytes).is_some();
        let (mut at, mut number) = (0, 0);
        while at < bytes.len() {
            number += 1;
            let rest = &bytes[at..];
            let end = at
                + if has_returns {
                    memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
                } else {
                    line_length(rest)
                };
            let done = match self.plain_line(at, end) {
                Some(done) => done,
                None => self.line(&self.text[at..end]),
            };
            done.ok_or(Malformed { line: number })?;
            at = end + if has_returns && bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
        }
        Ok(self)
    }

    /// The lines that nearly all are, by their bytes: nothing, a section's header, `key = value` without anything that
    /// asks for a closer look. `None` does; `Some(None)` is a fault.
    fn plain_line(&mut self, start: usize, end: usize) -> Option<Option<()>> {
        let line = &self.text.as_bytes()[start..end];
        let (Some(first), Some(last)) = (line.first(), line.last()) else {
            self.blank_lines += usize::from(self.open_key);
            return Some(Some(()));
        };
        if *first == b'[' && *last == b']' && line.len() > 2 {
            self.indent = 0;
            return Some(self.open_section(&self.text[start + 1..end - 1]));
        }
        if !PLAIN[usize::from(*first)] {
            return None;
        }
        let expected = self.expected_key(line);
        let key = match expected {
            Some(expected) => expected,
            None => line.iter().position(|b| !PLAIN[usize::from(*b)])?,
        };
        let (from, to) = value_place(line, key)?;
        self.indent = 0;
        if self.place == Place::BeforeSections {
            return Some(None);
        }
        let span = |from: usize, to: usize| Span { start: (start + from) as u32, len: (to - from) as u32 };
        let entry = Entry { key: span(0, key), value: span(from, to) };
        if expected.is_some() {
            self.alike.0 += 1;
            self.entries.push(entry);
            self.open_key = true;
            self.blank_lines = 0;
            return Some(Some(()));
        }
        self.alike = (0, 0);
        Some(self.add(&line[..key], entry))
    }

    /// The length of the line's key where it is the one that the section before has at this place.
    fn expected_key(&self, line: &[u8]) -> Option<usize> {
        let (next, end) = self.alike;
        if next >= end {
            return None;
        }
        let Span { start, len } = self.entries[next as usize].key;
        let (start, len) = (start as usize, len as usize);
        // A key that was made from the text isn't in it.
        let key = self.text.as_bytes().get(start..start + len)?;
        (len < line.len() && line.starts_with(key)).then_some(len)
    }

    /// Any line; `None` is a fault.
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

    fn span(&self, part: &str) -> Span {
        // Parts are slices of the text, so the difference of the addresses is their offset.
        let start = part.as_ptr() as usize - self.text.as_ptr() as usize;
        Span { start: start as u32, len: part.len() as u32 }
    }

    /// Adds to the made text.
    fn make(&mut self, part: &str) -> Span {
        let start = self.text.len() + self.made.len();
        self.made.push_str(part);
        Span { start: start as u32, len: part.len() as u32 }
    }

    fn open_section(&mut self, name: &'a str) -> Option<()> {
        self.keys.clear();
        self.open_key = false;
        self.blank_lines = 0;
        if name == DEFAULT_SECTION {
            self.place = Place::Defaults;
            self.alike = (0, 0);
            return Some(());
        }
        if !self.names.insert(name.as_bytes()) {
            return None;
        }
        let before = self.sections.last().map_or(0, |s| s.first);
        let section = SectionSpan { name: self.span(name), first: self.entries.len() as u32 };
        self.sections.push(section);
        self.place = Place::Section;
        self.alike = (before, section.first);
        Some(())
    }

    fn current(&mut self) -> &mut Vec<Entry> {
        if self.place == Place::Defaults { &mut self.defaults } else { &mut self.entries }
    }

    fn entry(&mut self, body: &'a str) -> Option<()> {
        let separator = body.find(['=', ':'])?;
        let key = body[..separator].trim_end_matches(is_blank);
        let value = self.span(strip(&body[separator + 1..]));
        if key.is_empty() {
            return None;
        }
        self.alike = (0, 0);
        if key.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) {
            let lower = key.to_lowercase();
            let key = self.make(&lower);
            return self.add(lower.as_bytes(), Entry { key, value });
        }
        let span = self.span(key);
        self.add(key.as_bytes(), Entry { key: span, value })
    }

    /// Adds an entry; `None` where the section has its key already.
    fn add(&mut self, key: &[u8], entry: Entry) -> Option<()> {
        if self.has_key(key) {
            return None;
        }
        self.current().push(entry);
        self.open_key = true;
        self.blank_lines = 0;
        Some(())
    }

    /// Whether the current section has `key` already; notes it where the section has many keys.
    fn has_key(&mut self, key: &[u8]) -> bool {
        let known = match self.place {
            Place::Defaults => &self.defaults[..],
            _ => &self.entries[self.sections.last().map_or(0, |s| s.first as usize)..],
        };
        let (text, made) = (self.text, &self.made);
        if known.len() < FEW_KEYS {
            return known
                .iter()
                .any(|e| e.key.len as usize == key.len() && resolve(text, made, e.key).as_bytes() == key);
        }
        if self.keys.is_empty() {
            self.keys = known.iter().map(|e| resolve(text, made, e.key).into()).collect();
        }
        !self.keys.insert(String::from_utf8_lossy(key).into())
    }

    /// Adds a continuation line to the last value.
    fn go_on(&mut self, body: &str) {
        let blank_lines = std::mem::take(&mut self.blank_lines);
        let text = self.text;
        let Some(mut entry) = self.current().last().copied() else { return };
        let value = entry.value;
        let made_end = text.len() + self.made.len();
        if value.len == 0 {
            self.has_blocks = true;
        }
        // A value that ends where the made text ends just grows.
        if value.len == 0 || (value.start as usize) < text.len() || (value.start + value.len) as usize != made_end {
            let before = resolve(text, &self.made, value).to_owned();
            entry.value = self.make(&before);
        }
        self.made.extend(std::iter::repeat_n('\n', blank_lines + 1));
        self.made.push_str(body);
        entry.value.len += (blank_lines + 1 + body.len()) as u32;
        if let Some(last) = self.current().last_mut() {
            *last = entry;
        }
    }
}

/// How many bytes come before the first line end. Lines are short: this is faster than a search made for long texts.
fn line_length(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let mut rest = bytes;
    let mut length = 0;
    while let Some((word, after)) = rest.split_first_chunk() {
        // A byte that is a line end becomes zero; the lowest zero byte is the lowest one with its high bit set here.
        let zeros = u64::from_le_bytes(*word) ^ (ONES * b'\n' as u64);
        let found = zeros.wrapping_sub(ONES) & !zeros & HIGHS;
        if found != 0 {
            return length + (found.trailing_zeros() / 8) as usize;
        }
        length += 8;
        rest = after;
    }
    length + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
}

/// Where the value of `key = value` stands in its line, behind the separator and without blanks. `None` is for a closer
/// look: no separator, or other blanks than the common one.
fn value_place(line: &[u8], key: usize) -> Option<(usize, usize)> {
    let last = line.last()?;
    // Nearly every line is like this.
    if let [b' ', b'=', b' ', first, ..] = &line[key..]
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return Some((key + 3, line.len()));
    }
    let separator = key + line[key..].iter().position(|b| *b != b' ')?;
    if !matches!(line[separator], b'=' | b':') {
        return None;
    }
    let after = &line[separator + 1..];
    let Some(blanks) = after.iter().position(|b| *b != b' ') else { return Some((line.len(), line.len())) };
    let from = separator + 1 + blanks;
    let to = 1 + line.iter().rposition(|b| *b != b' ')?;
    (line[from].is_ascii_graphic() && line[to - 1].is_ascii_graphic()).then_some((from, to))
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

    /// Sections by name, with keys and values.
    type Meaning = Vec<(String, Vec<(String, String)>)>;

    /// What a text means, with every line looked at closely.
    fn closely(text: &str) -> Option<Meaning> {
        let mut parser = Parser::new(text);
        for line in text.split('\n') {
            parser.line(line)?;
        }
        let Parser { made, sections, entries, defaults, has_blocks, .. } = parser;
        let ini = Ini { made, sections, entries, defaults, has_blocks, text: text.to_owned() };
        Some(meaning(&ini))
    }

    fn meaning(ini: &Ini) -> Meaning {
        let owned = |(k, v): (&str, &str)| (k.to_owned(), v.to_owned());
        ini.sections().map(|s| (s.name().to_owned(), s.entries().map(owned).collect())).collect()
    }

    #[test]
    fn lengths_of_lines() {
        for length in 0..40 {
            let text = format!("{}\n\u{8a}x", "a".repeat(length));
            assert_eq!(line_length(text.as_bytes()), length);
            assert_eq!(line_length(&text.as_bytes()[..length]), length);
        }
    }

    #[test]
    fn sections_that_are_alike_and_not() {
        let text = "[a]\nx = 1\ny = 2\n[b]\nx = 3\ny = 4\nz = 5\n[c]\nx = 6\nz = 7\ny = 8\n[d]\nx=9\nx y = 1\n";
        let all: Vec<_> =
            ini(text).sections().map(|s| s.entries().map(|(k, v)| format!("{k}{v}")).collect::<String>()).collect();
        assert_eq!(all, ["x1y2", "x3y4z5", "x6z7y8", "x9x y1"]);
        assert_eq!(fails("[a]\nx = 1\n[b]\nx = 1\nx = 2\n"), 5);
        assert_eq!(fails("[a]\nx = 1\ny = 1\n[b]\nx = 1\ny = 2\nx = 3\n"), 7);
        assert_eq!(fails("[a]\nx = 1\ny = 1\n[b]\ny = 1\nx = 2\ny = 3\n"), 7);
    }

    #[test]
    fn long_values_grow_in_place() {
        let lines: String = (0..5000).map(|i| format!("  k{i} = v\n")).collect();
        let ini = ini(&format!("[d]\ns3 =\n{lines}[e]\na = 1\n"));
        assert!(ini.has_blocks() && ini.made.len() < lines.len() + 10);
        assert_eq!(ini.section("e").and_then(|s| s.get("a")), Some("1"));
    }

    proptest! {
        #[test]
        fn plain_lines_mean_what_a_closer_look_says(text in "(\\[(d|e| f|DEFAULT)\\]\n)?([ \t]{0,2}[abC.é]{0,2}[ \t]{0,2}[=:]?[ \t\u{3000}]{0,2}[a#=é\u{1c}]{0,3}[ \t]?\n|\\[g\\] ?\n|\n){0,9}") {
            let quick = Ini::parse(text.clone().into_bytes()).ok().map(|i| meaning(&i));
            prop_assert_eq!(quick, closely(&text), "{:?}", text);
        }

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
