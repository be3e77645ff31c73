//! YAML as the AWS CLI prints it: keys sorted, lines folded after column 80.

use crate::OutputError;
use crate::listing::{Inside, inside};
use oxaws_value::{JsonStyle, Value, write_json};
use oxaws_yaml::{BinaryStyle, Open, Options, Place, Writer};
use std::io::{self, Write};

/// Blanks per level.
const INDENT: usize = 2;

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
        Value::List(_) | Value::Map(_) | Value::Bytes(_) => {
            oxaws_yaml::write(out, value, Options { binary, ..Options::default() })?;
        }
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
    element(out, page, 0)?;
    out.flush()?;
    Ok(())
}

/// Writes an element of a sequence whose dashes stand `depth` levels deep, its lines whole.
pub(crate) fn write_element(out: &mut Vec<u8>, value: &Value, depth: usize) -> io::Result<()> {
    element(out, value, depth)
}

fn element(out: &mut dyn Write, value: &Value, depth: usize) -> io::Result<()> {
    let list = Open::List(std::slice::from_ref(value).iter(), depth * INDENT);
    Writer::new(out, Options::default()).run(list)
}

/// As [`write_yaml`], with the elements in the lists, which are empty lists in `result`.
pub(crate) fn write_listing(out: &mut dyn Write, result: &Value, lists: &[Inside]) -> Result<(), OutputError> {
    match result {
        Value::List(_) | Value::Map(_) if lists.iter().any(|(_, text)| !text.is_empty()) => {
            Ok(with_lists(&mut Writer::new(out, Options::default()), result, Place::Root, 0, lists)?)
        }
        _ => write_yaml(out, result),
    }
}

/// As [`write_stream_page`], with the elements in the lists, which are empty lists in `page`.
pub(crate) fn write_stream_listing(out: &mut dyn Write, page: &Value, lists: &[Inside]) -> io::Result<()> {
    let mut writer = Writer::new(out, Options::default());
    writer.dash()?;
    with_lists(&mut writer, page, Place::AfterDash, 0, lists)
}

/// The text of [`write_document`].
pub fn yaml_text(value: &Value) -> String {
    let mut out = Vec::new();
    // Writing to a vector can't fail.
    let _ = write_document(&mut out, value, BinaryStyle::Literal);
    String::from_utf8(out).unwrap_or_default()
}

/// Writes a node and ends its last line. Recursion ends with the longest path to a list.
fn with_lists(writer: &mut Writer<'_>, value: &Value, place: Place, indent: usize, lists: &[Inside]) -> io::Result<()> {
    if let (Value::List(items), [([], text)]) = (value, lists)
        && items.is_empty()
        && !text.is_empty()
    {
        return writer.lines(place, text.pieces());
    }
    match (writer.node(value, place, indent)?, lists) {
        (Some(Open::Map(entries, indent)), [_, ..]) => {
            for (key, value) in entries {
                let place = writer.key(&key, indent)?;
                let inside = match key {
                    oxaws_yaml::Key::Text(key) => inside(lists, key),
                    oxaws_yaml::Key::Scalar(_) => Vec::new(),
                };
                with_lists(writer, value, place, indent, &inside)?;
            }
            Ok(())
        }
        (Some(open), _) => writer.run(open),
        (None, _) => writer.end(),
    }
}

#[cfg(test)]
mod tests;
