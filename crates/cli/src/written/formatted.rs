//! The output of commands that print a value in the format of the command line, without a pager.

use crate::{failure::Failure, plug::context::Context};
use oxaws_failure::Cause;
use oxaws_output::Format;
use oxaws_value::Value;

/// Prints a value as `title` after `--query`.
///
/// # Errors
/// When the query fails or the output can't be written.
pub fn print(cx: &Context, title: &str, value: Value) -> Result<(), Failure> {
    let format = cx.output_format()?;
    print_as(cx, format, title, value)
}

/// The same in a format of the command's own.
///
/// # Errors
/// When the query fails or the output can't be written.
pub fn print_as(cx: &Context, format: Format, title: &str, value: Value) -> Result<(), Failure> {
    let value = match &cx.globals.query {
        Some(query) if format != Format::Off => query.search(&value).map_err(|e| Failure::invalid(Cause::of(e)))?,
        _ => value,
    };
    let table = cx.table_options();
    cx.ui.output_in(format, None, |out| Ok(oxaws_output::write(out, format, title, &value, &table)?))
}
