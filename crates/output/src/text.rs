//! `--output text`: lines of tab-separated values, each after the upper-case name of the list or map it comes from.

mod lines;

pub use lines::Lines;

use crate::{MAX_DEPTH, OutputError};
use oxaws_value::repr::{MapClass, str_of, type_name};
use oxaws_value::{Map, Value};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Writes one result, or one page of it (the AWS CLI prints each page by itself).
///
/// # Errors
/// Those of `out`; [`OutputError::NoAttribute`] where a list mixes maps with anything else, after writing what comes
/// before that list.
pub fn write_text(out: &mut dyn Write, value: &Value) -> Result<(), OutputError> {
    let mut writer = TextWriter::new(out);
    let written = writer.item(value, None, 0);
    let flushed = writer.flush();
    // What stands before a fault is shown.
    written.and(Ok(flushed?))
}

struct TextWriter<'w> {
    out: &'w mut dyn Write,
    /// Lines on their way out: they are made of many small pieces.
    line: Vec<u8>,
    /// Bytes of lines that are gathered.
    gathered: usize,
    scratch: String,
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Map(_))
}

/// Entries of a map by their keys.
fn by_key(map: &Map, wanted: impl Fn(&str, &Value) -> bool) -> Vec<(&str, &Value)> {
    let entries = map.iter().map(|(k, v)| (&**k, v));
    let mut entries: Vec<(&str, &Value)> = entries.filter(|(k, v)| wanted(k, v)).collect();
    entries.sort_unstable_by_key(|(k, _)| *k);
    entries
}

impl<'w> TextWriter<'w> {
    fn new(out: &'w mut dyn Write) -> TextWriter<'w> {
        TextWriter { out, line: Vec::new(), gathered: 16 << 10, scratch: String::new() }
    }

    /// What is written is the key of what `value` is in, in upper case: `name` is that key.
    fn item(&mut self, value: &Value, name: Option<&str>, depth: usize) -> Result<(), OutputError> {
        if depth > MAX_DEPTH {
            return Err(OutputError::TooDeep);
        }
        match value {
            Value::Map(map) => self.map(map, name, |w, key, value| w.item(value, Some(key), depth + 1)),
            Value::List(items) => self.list(items, name, depth),
            scalar => {
                self.scalar(scalar)?;
                self.end_line()
            }
        }
    }

    fn scalar(&mut self, value: &Value) -> Result<(), OutputError> {
        self.line.extend_from_slice(str_of(value, &mut self.scratch)?.as_bytes());
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        self.line.push(b'\n');
        if self.line.len() < self.gathered { Ok(()) } else { Ok(self.flush()?) }
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = self.out.write_all(&self.line);
        self.line.clear();
        written
    }

    fn list(&mut self, items: &[Value], name: Option<&str>, depth: usize) -> Result<(), OutputError> {
        if items.iter().any(|item| matches!(item, Value::Map(_))) {
            let columns = columns(items)?;
            for map in items.iter().filter_map(Value::as_map) {
                self.row(map, &columns, name, depth + 1)?;
            }
            return Ok(());
        }
        self.scalars(items.iter().filter(|item| is_scalar(item)), name)?;
        for nested in items.iter().filter(|item| !is_scalar(item)) {
            self.item(nested, name, depth + 1)?;
        }
        Ok(())
    }

    /// Scalars of a list: a line each after its name, or one line where there is none.
    fn scalars<'v>(&mut self, items: impl Iterator<Item = &'v Value>, name: Option<&str>) -> Result<(), OutputError> {
        let mut line = Line::default();
        for item in items {
            self.begin(&mut line, name);
            self.scalar(item)?;
            if name.is_some() {
                self.end_line()?;
                line = Line::default();
            }
        }
        if line.begun { self.end_line() } else { Ok(()) }
    }

    /// A map outside a list: its scalars by key, then the rest by key, which `nested` writes.
    fn map(
        &mut self,
        map: &Map,
        name: Option<&str>,
        mut nested: impl FnMut(&mut Self, &str, &Value) -> Result<(), OutputError>,
    ) -> Result<(), OutputError> {
        let mut line = Line::default();
        for (_, value) in by_key(map, |_, value| is_scalar(value)) {
            self.begin(&mut line, name);
            self.scalar(value)?;
        }
        if line.begun {
            self.end_line()?;
        }
        by_key(map, |_, value| !is_scalar(value)).into_iter().try_for_each(|(key, value)| nested(self, key, value))
    }

    /// A map in a list of maps: the columns that the list's maps share, then the rest by key.
    fn row(&mut self, map: &Map, columns: &[&str], name: Option<&str>, depth: usize) -> Result<(), OutputError> {
        if depth > MAX_DEPTH {
            return Err(OutputError::TooDeep);
        }
        let mut line = Line::default();
        for column in columns {
            self.begin(&mut line, name);
            if let Some(value) = map.get(column) {
                self.scalar(value)?;
            }
        }
        if line.begun {
            self.end_line()?;
        }
        for (key, value) in by_key(map, |key, value| !is_scalar(value) && columns.binary_search(&key).is_err()) {
            self.item(value, Some(key), depth + 1)?;
        }
        Ok(())
    }

    /// Begins a cell, the line's first after its name.
    fn begin(&mut self, line: &mut Line, name: Option<&str>) {
        if let (false, Some(name)) = (line.begun, name) {
            line.begun = true;
            self.name(name);
        }
        if std::mem::replace(&mut line.begun, true) {
            self.line.push(b'\t');
        }
    }

    fn name(&mut self, key: &str) {
        if key.is_ascii() {
            let begin = self.line.len();
            self.line.extend_from_slice(key.as_bytes());
            self.line[begin..].make_ascii_uppercase();
        } else {
            self.line.extend_from_slice(key.to_uppercase().as_bytes());
        }
    }
}

/// A line of cells with tabs between.
#[derive(Default)]
struct Line {
    begun: bool,
}

/// The keys that hold a scalar in any of the maps, sorted.
fn columns(items: &[Value]) -> Result<Vec<&str>, OutputError> {
    let mut columns = BTreeSet::new();
    let mut before: Vec<&str> = Vec::new();
    for item in items {
        let Value::Map(map) = item else {
            return Err(OutputError::NoAttribute { kind: type_name(item, MapClass::Dict), attribute: "items" });
        };
        let scalars = || map.iter().filter(|(_, v)| is_scalar(v)).map(|(k, _)| &**k);
        // Most maps have the keys of the one before.
        if !scalars().eq(before.iter().copied()) {
            before.clear();
            before.extend(scalars());
            columns.extend(scalars());
        }
    }
    Ok(columns.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::parse_json;

    fn text(json: &str) -> (String, Option<String>) {
        let mut out = Vec::new();
        let error = write_text(&mut out, &parse_json(json).unwrap()).err().map(|e| e.to_string());
        (String::from_utf8(out).unwrap(), error)
    }

    #[test]
    fn layouts() {
        for (json, want) in [
            ("null", "None\n"),
            ("true", "True\n"),
            ("1.5", "1.5\n"),
            ("\"\"", "\n"),
            ("[]", ""),
            ("{}", ""),
            ("[1,\"a\",null]", "1\ta\tNone\n"),
            (r#"{"Names":["a","b"]}"#, "NAMES\ta\nNAMES\tb\n"),
            (r#"{"b":1,"a":"x","m":{"k":"v"},"e":{},"l":[]}"#, "x\t1\nM\tv\n"),
            (r#"{"i":[{"b":1},{"a":2,"c":[3]},{}]}"#, "I\t\t1\nI\t2\t\nC\t3\nI\t\t\n"),
            (r#"{"i":[{"a":1},{"a":[2]}]}"#, "I\t1\nI\t[2]\n"),
            (r#"{"i":[{"a":[1]},{"b":{}}]}"#, "A\t1\n"),
            (r#"[[1,2],[3]]"#, "1\t2\n3\n"),
            (r#"[5,[1,2],6,[]]"#, "5\t6\n1\t2\n"),
            (r#"{"straße":["x"]}"#, "STRASSE\tx\n"),
            (r#"{"NextToken":{"NextToken":"t"}}"#, "NEXTTOKEN\tt\n"),
        ] {
            assert_eq!(text(json), (want.to_owned(), None), "{json}");
        }
    }

    #[test]
    fn a_list_that_mixes_maps_with_others_ends_the_output() {
        for (json, want, error) in [
            (r#"{"a":"x","b":[1,{"k":2}]}"#, "x\n", "'int' object has no attribute 'items'"),
            (r#"[{"k":2},true]"#, "", "'bool' object has no attribute 'items'"),
            (r#"[{"k":2},["x"]]"#, "", "'list' object has no attribute 'items'"),
            (r#"[null,{}]"#, "", "'NoneType' object has no attribute 'items'"),
        ] {
            assert_eq!(text(json), (want.to_owned(), Some(error.to_owned())), "{json}");
        }
    }

    #[test]
    fn too_deep_is_an_error() {
        let mut value = Value::Null;
        for _ in 0..MAX_DEPTH + 10 {
            value = Value::List(vec![value]);
        }
        assert!(matches!(write_text(&mut Vec::new(), &value), Err(OutputError::TooDeep)));
    }
}
