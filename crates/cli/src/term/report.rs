//! How a failure is written: in the plain form, or in one of the structured error formats.

use crate::argv::globals::ERROR_FORMATS;
use crate::argv::usage::USAGE;
use crate::failure::{Failure, Shown};
use oxaws_output::{Format, OutputError, TableOptions};
use oxaws_value::{Map, Value};
use std::io::Write;

/// How many simple items a list or map may have to be shown on one line.
const MAX_INLINE_ITEMS: usize = 5;

impl Failure {
    /// Writes the message for the user. `format` is the error format, already resolved; `visible` is how a table treats
    /// control characters.
    pub fn report(
        &self,
        format: &str,
        colour: bool,
        visible: bool,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> std::io::Result<()> {
        let table = TableOptions { width: 80, colour, visible };
        match self.shown() {
            Shown::Nothing => Ok(()),
            // The CLI writes the line end to standard output.
            Shown::LineEnd => out.write_all(b"\n"),
            Shown::BehindUsage => {
                write!(err, "\nusage: {USAGE}\n")?;
                write_error(err, &self.message())
            }
            Shown::Plain => write_error(err, &self.message()),
            // An answer without an error in it has nothing to structure.
            Shown::Service(failure) if failure.details().is_empty() => write_error(err, &failure.to_string()),
            Shown::Service(failure) => {
                report_structured(&failure.details(), &failure.to_string(), &failure.to_string(), format, &table, err)
            }
            Shown::Coded(code) => {
                let message = self.message();
                let details: Map =
                    [("Code", Value::from(code)), ("Message", Value::from(message.as_str()))].into_iter().collect();
                let full = format!("An error occurred ({code}): {message}");
                report_structured(&details, &full, &message, format, &table, err)
            }
        }
    }
}

/// One error message as every one is written.
pub fn write_error(err: &mut dyn Write, message: &str) -> std::io::Result<()> {
    let message = message.trim_matches(|c: char| c.is_whitespace());
    if message.is_empty() {
        return writeln!(err, "\naws: [ERROR]:");
    }
    writeln!(err, "\naws: [ERROR]: {message}")
}

fn report_structured(
    details: &Map,
    full: &str,
    bare: &str,
    format: &str,
    table: &TableOptions,
    err: &mut dyn Write,
) -> std::io::Result<()> {
    let format = format.to_ascii_lowercase();
    match format.as_str() {
        "legacy" => write_error(err, bare),
        "json" | "yaml" | "text" | "table" if ERROR_FORMATS.contains(&format.as_str()) => {
            let known = Format::from_name(&format).unwrap_or(Format::Json);
            match oxaws_output::write(err, known, "error", &Value::Map(details.clone()), table) {
                Ok(()) => Ok(()),
                Err(OutputError::Io(e)) => Err(e),
                Err(_) => write_error(err, bare),
            }
        }
        _ => {
            write_error(err, full)?;
            report_details(details, err)
        }
    }
}

/// The modelled members of an error, one a line.
fn report_details(details: &Map, err: &mut dyn Write) -> std::io::Result<()> {
    let more: Vec<_> =
        details.iter().filter(|(k, _)| !k.eq_ignore_ascii_case("code") && !k.eq_ignore_ascii_case("message")).collect();
    if more.is_empty() {
        return Ok(());
    }
    writeln!(err, "\nAdditional error details:")?;
    let simple = |v: &Value| !matches!(v, Value::List(_) | Value::Map(_) | Value::Bytes(_));
    let text = |v: &Value| oxaws_value::repr::str(v, Default::default());
    let mut complex = false;
    for (key, value) in more {
        match value {
            Value::List(items) if items.len() < MAX_INLINE_ITEMS && items.iter().all(simple) => {
                let items: Vec<String> = items.iter().map(text).collect();
                writeln!(err, "{key}: [{}]", items.join(", "))?;
            }
            Value::Map(map) if map.len() < MAX_INLINE_ITEMS && map.values().all(simple) => {
                let items: Vec<String> = map.iter().map(|(k, v)| format!("{k}: {}", text(v))).collect();
                writeln!(err, "{key}: {{{}}}", items.join(", "))?;
            }
            v if simple(v) => writeln!(err, "{key}: {}", text(v))?,
            _ => {
                complex = true;
                writeln!(err, "{key}: <complex value>")?;
            }
        }
    }
    if complex {
        writeln!(err, "Use \"--cli-error-format json\" or another error format to see the full details.")?;
    }
    Ok(())
}
