//! Block YAML as the AWS CLI prints it: keys sorted, sequences at the column of their key, lines folded after column 80,
//! YAML 1.2 types. Which quotes a scalar takes and where its lines break is in [`scalar`] and [`fold`].

mod fold;
mod scalar;

use crate::OutputError;
use crate::listing::{Inside, inside};
use fold::Sink;
use oxaws_python::python_float;
use oxaws_value::{JsonStyle, Value, write_json};
use scalar::Style;
use std::io::{self, Write};

/// Blanks per level.
const INDENT: usize = 2;

/// A key of more bytes, or of several lines, stands behind a `? `.
const MAX_SIMPLE_KEY: usize = 128;

/// How [`Value::Bytes`] are written; base64 with the tag `!!binary` either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BinaryStyle {
    /// A literal block with lines of 76 characters.
    #[default]
    Literal,
    /// Between double quotes on one line, as the `ddb` commands print it.
    Quoted,
}

/// Writes `value` as `--output yaml` does: an empty map prints nothing, and a bare scalar prints as JSON, since YAML
/// would mark its end with `...`.
///
/// # Errors
/// Those of `out`.
pub fn write_yaml(out: &mut dyn Write, value: &Value) -> Result<(), OutputError> {
    match value {
        Value::Map(map) if map.is_empty() => Ok(()),
        _ => write_document(out, value, BinaryStyle::Literal),
    }
}

/// Writes `value` as one YAML document without markers; a bare scalar prints as JSON, an empty map as `{}`.
///
/// # Errors
/// Those of `out`.
pub fn write_document(out: &mut dyn Write, value: &Value, binary: BinaryStyle) -> Result<(), OutputError> {
    let mut out = out;
    match value {
        Value::List(_) | Value::Map(_) | Value::Bytes(_) => Emitter::new(out, binary).document(value)?,
        scalar => {
            write_json(&mut out, scalar, JsonStyle { indent: None, ascii: false, spaced: true })?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// Writes one page of `--output yaml-stream`: a list that holds `page` alone. Unlike the other formats it prints an
/// empty page too, as `- {}`; whether a reply that has no pages is empty is for the caller (or [`crate::write`]) to see.
///
/// # Errors
/// Those of `out`.
pub fn write_stream_page(out: &mut dyn Write, page: &Value) -> Result<(), OutputError> {
    let list = Open::List { items: std::slice::from_ref(page).iter(), indent: 0 };
    Emitter::new(out, BinaryStyle::Literal).run(list)?;
    out.flush()?;
    Ok(())
}

/// Writes an element of a sequence whose dashes stand `depth` levels deep, its lines whole.
pub(crate) fn write_element(out: &mut Vec<u8>, element: &Value, depth: usize) -> io::Result<()> {
    let list = Open::List { items: std::slice::from_ref(element).iter(), indent: depth * INDENT };
    Emitter::new(out, BinaryStyle::Literal).run(list)
}

/// As [`write_yaml`], with the elements in the lists, which are empty lists in `result`.
pub(crate) fn write_listing(out: &mut dyn Write, result: &Value, lists: &[Inside]) -> Result<(), OutputError> {
    match result {
        Value::List(_) | Value::Map(_) if lists.iter().any(|(_, text)| !text.is_empty()) => {
            Ok(Emitter::new(out, BinaryStyle::Literal).with_lists(result, Place::Root, 0, lists)?)
        }
        _ => write_yaml(out, result),
    }
}

/// As [`write_stream_page`], with the elements in the lists, which are empty lists in `page`.
pub(crate) fn write_stream_listing(out: &mut dyn Write, page: &Value, lists: &[Inside]) -> io::Result<()> {
    let mut emitter = Emitter::new(out, BinaryStyle::Literal);
    emitter.sink.put("-")?;
    emitter.with_lists(page, Place::AfterDash, 0, lists)
}

/// The text of [`write_document`].
pub fn yaml_text(value: &Value) -> String {
    let mut out = Vec::new();
    // Writing to a vector can't fail.
    let _ = write_document(&mut out, value, BinaryStyle::Literal);
    String::from_utf8(out).unwrap_or_default()
}

/// Where a node begins, which decides its indentation and whether its first line is the present one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    /// After `-`, `?` or the `:` of a complex key: a collection begins on the same line.
    AfterDash,
    /// After `key:`: a collection begins on the next line, a sequence at the key's column.
    AfterKey,
}

/// A collection whose entries are being written.
enum Open<'a> {
    List { items: std::slice::Iter<'a, Value>, indent: usize },
    Map { entries: std::vec::IntoIter<(&'a str, &'a Value)>, indent: usize },
}

struct Emitter<'w> {
    sink: Sink<'w>,
    binary: BinaryStyle,
}

impl<'w> Emitter<'w> {
    fn new(out: &'w mut dyn Write, binary: BinaryStyle) -> Self {
        Emitter { sink: Sink::new(out), binary }
    }

    fn document(&mut self, value: &Value) -> io::Result<()> {
        self.with_lists(value, Place::Root, 0, &[])
    }

    /// Writes collections with a stack of its own, so that any depth can be written.
    fn run<'a>(&mut self, root: Open<'a>) -> io::Result<()> {
        let mut stack: Vec<Open<'a>> = vec![root];
        while let Some(top) = stack.last_mut() {
            let inner = match top {
                Open::List { items, indent } => match items.next() {
                    None => {
                        stack.pop();
                        continue;
                    }
                    Some(item) => {
                        let indent = *indent;
                        self.sink.start_line(indent)?;
                        self.sink.put("-")?;
                        self.node(item, Place::AfterDash, indent)?
                    }
                },
                Open::Map { entries, indent } => match entries.next() {
                    None => {
                        stack.pop();
                        continue;
                    }
                    Some((key, value)) => {
                        let indent = *indent;
                        let place = self.key(key, indent)?;
                        self.node(value, place, indent)?
                    }
                },
            };
            stack.extend(inner);
        }
        self.sink.end_document()
    }

    /// Writes a node and ends its last line. Recursion ends with the longest path to a list.
    fn with_lists(&mut self, value: &Value, place: Place, indent: usize, lists: &[Inside]) -> io::Result<()> {
        match (value, lists) {
            (Value::List(items), [([], text)]) if items.is_empty() && !text.is_empty() => {
                self.opening(place);
                return self.sink.lines(text);
            }
            (Value::Map(_), [_, ..]) => {}
            _ => {
                return match self.node(value, place, indent)? {
                    Some(open) => self.run(open),
                    None => self.sink.end_document(),
                };
            }
        }
        match self.node(value, place, indent)? {
            Some(Open::Map { entries, indent }) => {
                for (key, value) in entries {
                    let place = self.key(key, indent)?;
                    self.with_lists(value, place, indent, &inside(lists, key))?;
                }
                Ok(())
            }
            _ => self.sink.end_document(),
        }
    }

    fn key(&mut self, key: &str, indent: usize) -> io::Result<Place> {
        self.sink.start_line(indent)?;
        if key.len() <= MAX_SIMPLE_KEY && !key.contains(scalar::is_break) {
            self.string(key, None)?;
            self.sink.put(":")?;
            return Ok(Place::AfterKey);
        }
        self.sink.put("? ")?;
        self.string(key, Some(indent + INDENT))?;
        self.sink.start_line(indent)?;
        self.sink.put(":")?;
        self.sink.still_indenting();
        Ok(Place::AfterDash)
    }

    /// Writes a scalar or an empty collection; hands back any other collection for [`Self::run`] to write.
    fn node<'a>(&mut self, value: &'a Value, place: Place, indent: usize) -> io::Result<Option<Open<'a>>> {
        match value {
            Value::List(items) if !items.is_empty() => {
                let indent = if place == Place::AfterDash { indent + INDENT } else { indent };
                self.opening(place);
                return Ok(Some(Open::List { items: items.iter(), indent }));
            }
            Value::Map(map) if !map.is_empty() => {
                let indent = if place == Place::Root { indent } else { indent + INDENT };
                let mut entries: Vec<(&str, &Value)> = map.iter().map(|(k, v)| (&**k, v)).collect();
                entries.sort_unstable_by_key(|(k, _)| *k);
                self.opening(place);
                return Ok(Some(Open::Map { entries: entries.into_iter(), indent }));
            }
            _ => {}
        }
        if place != Place::Root {
            self.sink.put(" ")?;
        }
        match value {
            Value::Null => self.sink.put("null")?,
            Value::Bool(b) => self.sink.put(if *b { "true" } else { "false" })?,
            Value::Int(n) => self.sink.put_display(n)?,
            Value::BigInt(digits) => self.sink.put(digits)?,
            Value::Float(f) if f.is_nan() => self.sink.put(".nan")?,
            Value::Float(f) if f.is_infinite() => self.sink.put(if *f > 0.0 { ".inf" } else { "-.inf" })?,
            Value::Float(f) => self.sink.put(&python_float(*f))?,
            Value::String(s) => self.string(s, Some(indent + INDENT))?,
            Value::Bytes(bytes) => self.bytes(bytes, indent + INDENT)?,
            Value::List(_) => self.sink.put("[]")?,
            Value::Map(_) => self.sink.put("{}")?,
        }
        Ok(None)
    }

    fn opening(&mut self, place: Place) {
        if place == Place::AfterDash {
            self.sink.still_indenting();
        }
    }

    /// A string; `fold` is the indentation of its further lines, `None` where it must stay on its line.
    fn string(&mut self, text: &str, fold: Option<usize>) -> io::Result<()> {
        match scalar::style(text) {
            Style::Plain => self.sink.flowing(text, false, fold),
            Style::Single => {
                self.sink.put("'")?;
                self.sink.flowing(text, true, fold)?;
                self.sink.put("'")
            }
            Style::Double => self.sink.double_quoted(text, fold),
        }
    }

    fn bytes(&mut self, bytes: &[u8], indent: usize) -> io::Result<()> {
        use base64::Engine;
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        self.sink.put("!!binary ")?;
        if text.is_empty() || self.binary == BinaryStyle::Quoted {
            return self.sink.double_quoted(&text, Some(indent));
        }
        self.sink.put("|")?;
        let mut rest = &text[..];
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(76));
            self.sink.start_line(indent)?;
            self.sink.put(line)?;
            rest = more;
        }
        // The block's last line ends with it.
        self.sink.new_line()
    }
}

#[cfg(test)]
mod tests;
