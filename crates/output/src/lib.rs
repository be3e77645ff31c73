//! What a command's result looks like on standard output: the formats of `--output`, each a pure function from a
//! [`Value`] to text.
//!
//! The formats follow the AWS CLI v2 byte for byte, its crashes included: where its Python code raises, the function
//! returns an [`OutputError`] with Python's words, after writing what the AWS CLI had written by then.
//!
//! | format | file | by page |
//! | --- | --- | --- |
//! | json | [`json`] | no |
//! | yaml | [`yaml`] | no |
//! | yaml-stream | [`yaml::write_stream_page`] | yes |
//! | text | [`text`] | yes |
//! | table | [`table`] | no |
//! | off | nothing is written | |

mod chunks;
pub mod json;
mod listing;
pub mod table;
pub mod text;
mod width;
pub mod yaml;

pub use listing::Listing;
pub use table::TableOptions;
pub use yaml::yaml_text;

use oxaws_value::Value;
use std::io::{self, Write};

/// How deep a value may nest where a format must recurse.
pub const MAX_DEPTH: usize = 950;

/// The choices of `--output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `json`, the default.
    Json,
    /// `text`: tab-separated lines.
    Text,
    /// `table`: boxes.
    Table,
    /// `yaml`.
    Yaml,
    /// `yaml-stream`: a list of one for each page.
    YamlStream,
    /// `off`: nothing.
    Off,
}

impl Format {
    /// The names, in the order in which the AWS CLI lists the choices.
    pub const NAMES: [&'static str; 6] = ["json", "text", "table", "yaml", "yaml-stream", "off"];

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Format> {
        Some(match name {
            "json" => Format::Json,
            "text" => Format::Text,
            "table" => Format::Table,
            "yaml" => Format::Yaml,
            "yaml-stream" => Format::YamlStream,
            "off" => Format::Off,
            _ => return None,
        })
    }

    /// Whether pages are printed one by one as they come, so that the caller gives each to [`text::write_text`] or
    /// [`yaml::write_stream_page`] in place of the merged result to [`write()`].
    pub fn is_paged(self) -> bool {
        matches!(self, Format::Text | Format::YamlStream)
    }
}

/// Why a value could not be written.
#[derive(Debug)]
pub enum OutputError {
    /// Writing failed.
    Io(io::Error),
    /// A scalar or list stands where a map was expected.
    NoAttribute {
        /// The Python name of the value's type.
        kind: &'static str,
        /// The method that a map would have.
        attribute: &'static str,
    },
    /// A scalar stands where a map was expected (table).
    NotIterable {
        /// The Python name of the scalar's type.
        kind: &'static str,
    },
    /// A string stands where a map was expected (table).
    StringIndices,
    /// A list stands where a map was expected (table).
    ListIndices {
        /// The Python name of the type of its first item that isn't a number.
        kind: &'static str,
    },
    /// A table section got a header with more columns than it had, or a list of numbers stands where a map was expected.
    IndexRange,
    /// A list of numbers stands where a map was expected, one beyond 64 bits among them (table).
    HugeIndex,
    /// A table section got a row with another number of cells than its first.
    RaggedRow {
        /// Cells of the section's first row.
        expected: usize,
        /// Cells of this row.
        found: usize,
    },
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
}

impl std::fmt::Display for OutputError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OutputError::Io(e) => e.fmt(f),
            OutputError::NoAttribute { kind, attribute } => write!(f, "'{kind}' object has no attribute '{attribute}'"),
            OutputError::NotIterable { kind } => write!(f, "'{kind}' object is not iterable"),
            OutputError::StringIndices => f.write_str("string indices must be integers, not 'str'"),
            OutputError::ListIndices { kind } => write!(f, "list indices must be integers or slices, not {kind}"),
            OutputError::IndexRange => f.write_str("list index out of range"),
            OutputError::HugeIndex => f.write_str("cannot fit 'int' into an index-sized integer"),
            OutputError::RaggedRow { expected, found } => {
                write!(f, "Row should have {expected} elements, instead it has {found}")
            }
            OutputError::TooDeep => f.write_str("maximum recursion depth exceeded"),
        }
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            OutputError::Io(e) => Some(e),
            _ => None,
        }
    }
}

impl From<oxaws_value::repr::TooDeep> for OutputError {
    fn from(_: oxaws_value::repr::TooDeep) -> Self {
        OutputError::TooDeep
    }
}

impl From<io::Error> for OutputError {
    fn from(e: io::Error) -> Self {
        OutputError::Io(e)
    }
}

/// Writes a whole result. `title` heads a table: the operation's name as the API spells it. Give a buffered `out`: the
/// formats write in small pieces.
///
/// # Errors
/// Those of `out`, and what the AWS CLI raises for values its text and table formats can't take.
pub fn write(
    out: &mut dyn Write,
    format: Format,
    title: &str,
    value: &Value,
    options: &TableOptions,
) -> Result<(), OutputError> {
    match format {
        Format::Json => json::write_json(out, value),
        Format::Text => text::write_text(out, value),
        Format::Table => table::write_table(out, title, value, options),
        Format::Yaml => yaml::write_yaml(out, value),
        Format::YamlStream => match value {
            Value::Map(map) if map.is_empty() => Ok(()),
            _ => yaml::write_stream_page(out, value),
        },
        Format::Off => Ok(()),
    }
}

#[cfg(test)]
mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_format() {
        for name in Format::NAMES {
            assert!(Format::from_name(name).is_some(), "{name}");
        }
        assert_eq!(Format::from_name("xml"), None);
    }

    #[test]
    fn an_empty_map_prints_nothing() {
        for name in Format::NAMES {
            let mut out = Vec::new();
            let format = Format::from_name(name).unwrap();
            write(&mut out, format, "T", &Value::Map(Default::default()), &TableOptions::default()).unwrap();
            assert!(out.is_empty(), "{name}");
        }
    }

    #[test]
    fn a_failing_writer_is_reported() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let value = Value::List(vec![Value::from("a")]);
        for name in Format::NAMES {
            let format = Format::from_name(name).unwrap();
            let result = write(&mut Full, format, "T", &value, &TableOptions::default());
            assert_eq!(matches!(result, Err(OutputError::Io(_))), format != Format::Off, "{name}");
        }
    }
}
