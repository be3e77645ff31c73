//! Lists whose elements become lines as they come, before all of them are there.

use super::{TextWriter, is_scalar};
use crate::OutputError;
use crate::chunks::Chunks;
use crate::listing::inside;
use oxaws_value::{Key, Map, Value};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// A result, or a page of one, some of whose lists become lines element by element: lines take far less memory than
/// values. What the elements of a list have in common shows only at its end: rows that were made before are completed
/// when they are written. Some lists need all of their elements at once: see [`Lines::need_all`].
#[derive(Debug, Default)]
pub struct Lines {
    lists: Vec<ListLines>,
}

#[derive(Debug)]
struct ListLines {
    /// The names that lead to it from the result; none for a result that is a list.
    path: Vec<String>,
    /// Whether anything is in the list, even if that is no element.
    begun: bool,
    content: Content,
}

#[derive(Debug, Default)]
enum Content {
    #[default]
    Empty,
    Rows(Rows),
    Others(Others),
    /// Of no use without all elements.
    Broken,
}

impl Lines {
    /// Lines of a list at each of these paths, of which none lies at or in another.
    pub fn new(paths: impl IntoIterator<Item = Vec<String>>) -> Lines {
        let list = |path| ListLines { path, begun: false, content: Content::Empty };
        Lines { lists: paths.into_iter().map(list).collect() }
    }

    /// Adds an element to the list of this number.
    pub fn push(&mut self, list: usize, element: &Value) {
        if let Some(list) = self.lists.get_mut(list) {
            list.push(element);
        }
    }

    /// Ends the list of this number: what was added stays, or goes.
    pub fn settle(&mut self, list: usize, keep: bool) {
        let Some(list) = self.lists.get_mut(list) else { return };
        list.begun |= keep;
        if !keep {
            list.content = Content::Empty;
        }
    }

    /// Makes room for the next page.
    pub fn clear(&mut self) {
        for list in &mut self.lists {
            (list.begun, list.content) = (false, Content::Empty);
        }
    }

    /// Whether there is a list of this number, be it an empty one.
    pub fn has(&self, list: usize) -> bool {
        self.lists.get(list).is_some_and(|list| list.begun)
    }

    /// Whether a list can't be written without all of its elements: it mixes maps with anything else, or what nests in
    /// some is a column of others.
    pub fn need_all(&self) -> bool {
        self.lists.iter().any(|list| matches!(list.content, Content::Broken))
    }

    /// Writes `result` with the elements in the lists, which are empty lists in it.
    ///
    /// # Errors
    /// As [`super::write_text`].
    pub fn write(&self, out: &mut dyn Write, result: &Value) -> Result<(), OutputError> {
        let lists: Vec<Inside> = self.lists.iter().map(|list| (&*list.path, &list.content)).collect();
        let mut writer = TextWriter::new(out);
        let written = write_value(&mut writer, result, None, 0, &lists);
        let flushed = writer.flush();
        written.and(Ok(flushed?))
    }
}

/// A list and what is left of the path to it.
type Inside<'a> = (&'a [String], &'a Content);

/// Recursion ends with the longest path.
fn write_value(
    writer: &mut TextWriter,
    value: &Value,
    name: Option<&str>,
    depth: usize,
    lists: &[Inside],
) -> Result<(), OutputError> {
    match (value, lists) {
        (Value::List(items), [([], content)]) if items.is_empty() => {
            writer.flush()?;
            match content {
                Content::Rows(rows) => rows.write(writer.out)?,
                Content::Others(others) => others.write(writer.out)?,
                Content::Empty | Content::Broken => {}
            }
            Ok(())
        }
        (Value::Map(map), [_, ..]) => writer
            .map(map, name, |writer, key, value| write_value(writer, value, Some(key), depth + 1, &inside(lists, key))),
        _ => writer.item(value, name, depth),
    }
}

impl ListLines {
    fn push(&mut self, element: &Value) {
        let name = self.path.last().map(String::as_str);
        let depth = self.path.len() + 1;
        if matches!(self.content, Content::Empty) {
            self.content = match element {
                Value::Map(_) => Content::Rows(Rows { name: name.map(str::to_uppercase), ..Rows::default() }),
                _ => Content::Others(Others::default()),
            };
        }
        let fits = match (&mut self.content, element) {
            (Content::Rows(rows), Value::Map(map)) => rows.push(map, depth),
            (Content::Others(others), Value::List(_)) => others.nested(element, name, depth),
            (Content::Others(others), scalar) if is_scalar(scalar) => others.scalar(scalar, name),
            _ => None,
        };
        if fits.is_none() {
            self.content = Content::Broken;
        }
    }
}

/// Writes to memory. `None` where a value can't be written.
fn in_memory(text: &mut Vec<u8>, write: impl FnOnce(&mut TextWriter) -> Result<(), OutputError>) -> Option<()> {
    let mut nowhere = io::sink();
    let mut writer = TextWriter::new(&mut nowhere);
    (writer.line, writer.gathered) = (std::mem::take(text), usize::MAX);
    let written = write(&mut writer);
    *text = writer.line;
    written.ok()
}

/// A list without maps: its scalars come first.
#[derive(Debug, Default)]
struct Others {
    scalars: Chunks,
    /// Whether the scalars are one line, which has no end yet.
    open: bool,
    nested: Chunks,
}

impl Others {
    fn scalar(&mut self, value: &Value, name: Option<&str>) -> Option<()> {
        let follows = std::mem::replace(&mut self.open, name.is_none());
        in_memory(self.scalars.room(), |writer| {
            if let Some(name) = name {
                writer.name(name);
            }
            if name.is_some() || follows {
                writer.line.push(b'\t');
            }
            writer.scalar(value)?;
            if name.is_some() { writer.end_line() } else { Ok(()) }
        })
    }

    fn nested(&mut self, value: &Value, name: Option<&str>, depth: usize) -> Option<()> {
        in_memory(self.nested.room(), |writer| writer.item(value, name, depth))
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut out = out;
        self.scalars.write(&mut out)?;
        if self.open {
            out.write_all(b"\n")?;
        }
        self.nested.write(&mut out)
    }
}

/// A list of maps.
#[derive(Debug, Default)]
struct Rows {
    /// What each row begins with, where it has a name.
    name: Option<String>,
    text: Chunks,
    /// Keys that held a scalar, sorted.
    columns: Vec<Key>,
    /// Keys whose values were written after their rows: no column may have their names.
    nested: BTreeSet<Key>,
    layout: Layout,
    /// Columns and number of the rows that were made before another column came.
    earlier: Vec<(Vec<Key>, usize)>,
    /// Rows with all columns.
    rows: usize,
    /// For each row the bytes of its cells, and of the lines that follow it.
    lengths: Vec<u32>,
}

/// How the entries of a map become a row. Most maps of a list have the same keys.
#[derive(Debug, Default)]
struct Layout {
    /// The keys of the map it was made for, and whether each had a scalar.
    keys: Vec<(Key, bool)>,
    /// For each column its entry.
    cells: Vec<Option<usize>>,
    /// Entries that follow the row.
    nested: Vec<usize>,
}

impl Layout {
    fn fits(&self, map: &Map) -> bool {
        // Names of members are all one text.
        let same = |a: &str, b: &str| std::ptr::eq(a, b) || a == b;
        let entries = map.iter().zip(&self.keys);
        map.len() == self.keys.len() && entries.into_iter().all(|((k, v), (key, s))| same(k, key) && is_scalar(v) == *s)
    }
}

impl Rows {
    /// `None` where the rows can't be made one by one.
    fn push(&mut self, map: &Map, depth: usize) -> Option<()> {
        if self.layout.keys.is_empty() || !self.layout.fits(map) {
            self.lay_out(map)?;
        }
        let Rows { name, text, layout, lengths, .. } = self;
        in_memory(text.room(), |writer| {
            let mut cells = layout.cells.iter();
            if let (Some(name), false) = (name, layout.cells.is_empty()) {
                writer.line.extend_from_slice(name.as_bytes());
            } else if let Some(cell) = cells.next() {
                write_cell(writer, map, *cell, lengths)?;
            }
            for cell in cells {
                writer.line.push(b'\t');
                write_cell(writer, map, *cell, lengths)?;
            }
            if !layout.cells.is_empty() {
                writer.end_line()?;
            }
            let begin = writer.line.len();
            for entry in &layout.nested {
                if let Some((key, value)) = map.iter().nth(*entry) {
                    writer.item(value, Some(key), depth + 1)?;
                }
            }
            lengths.push(length(writer.line.len() - begin)?);
            Ok(())
        })?;
        self.rows += 1;
        Some(())
    }

    /// Makes the layout for maps like this one, and the columns that it brings.
    fn lay_out(&mut self, map: &Map) -> Option<()> {
        let is_column = |columns: &[Key], key: &Key| columns.binary_search(key).is_ok();
        let scalars = map.iter().filter(|(_, value)| is_scalar(value));
        let fresh: Vec<Key> = scalars.map(|(k, _)| k).filter(|k| !is_column(&self.columns, k)).cloned().collect();
        if fresh.iter().any(|key| self.nested.contains(key)) {
            return None;
        }
        if !fresh.is_empty() {
            let rows = std::mem::take(&mut self.rows);
            if rows > 0 {
                self.earlier.push((self.columns.clone(), rows));
            }
            self.columns.extend(fresh);
            self.columns.sort_unstable();
        }
        let layout = &mut self.layout;
        layout.keys = map.iter().map(|(key, value)| (key.clone(), is_scalar(value))).collect();
        layout.cells = self.columns.iter().map(|column| map.keys().position(|key| key == column)).collect();
        let mut nested: Vec<(usize, &Key)> =
            map.keys().enumerate().filter(|(_, k)| !is_column(&self.columns, k)).collect();
        nested.sort_unstable_by_key(|(_, key)| *key);
        layout.nested = nested.iter().map(|(entry, _)| *entry).collect();
        for (_, key) in nested {
            if !self.nested.contains(key) {
                self.nested.insert(key.clone());
            }
        }
        Some(())
    }

    /// Writes the rows, the earlier ones with the columns that came later.
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let name = self.name.as_deref();
        let mut lengths = self.lengths.iter().map(|n| *n as usize);
        let mut pieces = self.text.pieces();
        let mut text: &[u8] = &[];
        let mut cells: Vec<&[u8]> = Vec::new();
        for (columns, rows) in &self.earlier {
            let here: Vec<bool> = self.columns.iter().map(|column| columns.contains(column)).collect();
            for _ in 0..*rows {
                // A row lies in one piece.
                while text.is_empty()
                    && let Some(piece) = pieces.next()
                {
                    text = piece;
                }
                cells.clear();
                if let (Some(name), false) = (name, columns.is_empty()) {
                    take(&mut text, name.len());
                }
                for _ in columns {
                    if name.is_some() || !cells.is_empty() {
                        take(&mut text, 1);
                    }
                    cells.push(take(&mut text, lengths.next().unwrap_or_default()));
                }
                if !columns.is_empty() {
                    take(&mut text, 1);
                }
                out.write_all(name.unwrap_or_default().as_bytes())?;
                let mut cells = cells.iter();
                for (column, here) in here.iter().enumerate() {
                    if name.is_some() || column > 0 {
                        out.write_all(b"\t")?;
                    }
                    if *here {
                        out.write_all(cells.next().copied().unwrap_or_default())?;
                    }
                }
                out.write_all(b"\n")?;
                out.write_all(take(&mut text, lengths.next().unwrap_or_default()))?;
            }
        }
        out.write_all(text)?;
        pieces.try_for_each(|piece| out.write_all(piece))
    }
}

/// Takes bytes off the front: they are there, as the lengths of what was written say so.
fn take<'t>(text: &mut &'t [u8], bytes: usize) -> &'t [u8] {
    let (front, rest) = text.split_at_checked(bytes).unwrap_or_default();
    *text = rest;
    front
}

fn write_cell(
    writer: &mut TextWriter,
    map: &Map,
    entry: Option<usize>,
    lengths: &mut Vec<u32>,
) -> Result<(), OutputError> {
    let begin = writer.line.len();
    if let Some((_, value)) = entry.and_then(|entry| map.iter().nth(entry)) {
        writer.scalar(value)?;
    }
    lengths.push(length(writer.line.len() - begin)?);
    Ok(())
}

/// A length that can be kept; what is longer is left to those who have all elements.
fn length(bytes: usize) -> Result<u32, OutputError> {
    u32::try_from(bytes).map_err(|_| OutputError::TooDeep)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::write_text;
    use oxaws_value::parse_json;
    use proptest::prelude::*;

    fn whole(value: &Value) -> String {
        let mut out = Vec::new();
        write_text(&mut out, value).expect("text");
        String::from_utf8(out).expect("text")
    }

    /// The elements of the list at `path` one by one; `None` where they can't be.
    fn one_by_one(path: &[&str], list: &[Value], rest: &Value) -> Option<String> {
        let mut lines = Lines::new([path.iter().map(|name| (*name).to_owned()).collect()]);
        list.iter().for_each(|element| lines.push(0, element));
        if lines.need_all() {
            return None;
        }
        lines.settle(0, true);
        assert!(lines.has(0));
        let mut out = Vec::new();
        lines.write(&mut out, rest).expect("text");
        Some(String::from_utf8(out).expect("text"))
    }

    fn listed(json: &str) -> Option<String> {
        let list = parse_json(json).expect("JSON");
        let got = one_by_one(&[], list.as_list().expect("a list"), &Value::List(Vec::new()));
        assert!(got.as_ref().is_none_or(|got| *got == whole(&list)), "{got:?}");
        let named = one_by_one(&["straße"], list.as_list().expect("a list"), &within(&["straße"], Value::List(vec![])));
        assert!(named.is_none_or(|named| named == whole(&within(&["straße"], list.clone()))));
        got
    }

    fn within(path: &[&str], list: Value) -> Value {
        path.iter().rev().fold(list, |inner, name| {
            let mut map = Map::new();
            map.insert("Z", 1i64);
            map.insert((*name).to_owned(), inner);
            map.insert("A", Value::List(vec![Value::from("other")]));
            Value::Map(map)
        })
    }

    #[test]
    fn columns_that_come_late_are_in_all_rows() {
        for (json, want) in [
            (r#"[{"b":1},{"a":2,"c":[3]},{},{"b":null,"d":true}]"#, "\t1\t\n2\t\t\nC\t3\n\t\t\n\tNone\tTrue\n"),
            (r#"[{},{"c":[1]},{"a":2}]"#, "\n\nC\t1\n2\n"),
            (r#"[{"c":[]},{"c":[1,[2]]}]"#, "C\t1\nC\t2\n"),
            (r#"[{"a":1},{"a":[2]}]"#, "1\n[2]\n"),
            ("[1,[2],3,[]]", "1\t3\n2\n"),
            ("[]", ""),
        ] {
            assert_eq!(listed(json).as_deref(), Some(want), "{json}");
        }
    }

    #[test]
    fn some_lists_need_all_elements() {
        for json in [r#"[{"a":[2]},{"a":1}]"#, r#"[1,{}]"#, r#"[{},[]]"#] {
            let list = parse_json(json).expect("JSON");
            assert_eq!(one_by_one(&[], list.as_list().expect("a list"), &Value::List(Vec::new())), None, "{json}");
        }
        let mut lines = Lines::new([vec![]]);
        [1, 2].iter().for_each(|n| lines.push(0, &Value::Int(*n)));
        lines.push(0, &Value::Map(Map::new()));
        assert!(lines.need_all() && !lines.has(0));
        lines.settle(0, false);
        assert!(!lines.need_all());
        lines.push(0, &Value::Int(3));
        lines.settle(0, true);
        let mut out = Vec::new();
        lines.write(&mut out, &Value::List(Vec::new())).expect("text");
        assert_eq!(out, b"3\n");
        lines.clear();
        assert!(!lines.has(0));
    }

    fn elements() -> impl Strategy<Value = Vec<Value>> {
        let value = prop_oneof![6 => "[a-c\t\n]{0,3}".prop_map(Value::String), 1 => crate::samples::values()];
        let map = proptest::collection::vec(("[a-f]", value), 0..5);
        let map = map.prop_map(|entries| Value::Map(entries.into_iter().collect()));
        prop_oneof![
            4 => proptest::collection::vec(map, 0..12),
            1 => proptest::collection::vec(crate::samples::values(), 0..6),
        ]
    }

    proptest! {
        #[test]
        fn lines_are_those_of_the_whole(list in elements()) {
            for path in [&[][..], &["list"], &["outer", "list"]] {
                let empty = if path.is_empty() { Value::List(vec![]) } else { within(path, Value::List(vec![])) };
                let Some(got) = one_by_one(path, &list, &empty) else { continue };
                let full = Value::List(list.clone());
                prop_assert_eq!(got, whole(&if path.is_empty() { full } else { within(path, full) }));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn rows_of_many_pieces(late in 0usize..4000) {
            let row = |i: usize| {
                let mut map = Map::new();
                map.insert("name", format!("{i:0>100}"));
                if i == late {
                    map.insert("extra", "x".repeat(5000));
                }
                Value::Map(map)
            };
            let list: Vec<Value> = (0..4000).map(row).collect();
            let got = one_by_one(&["l"], &list, &within(&["l"], Value::List(vec![])));
            prop_assert_eq!(got, Some(whole(&within(&["l"], Value::List(list)))));
        }
    }
}
