//! `--output table`: sections in boxes, nested ones set in by a bar on either side.
//!
//! `build` turns a value into sections, `render` draws them. A section holds references into the value, so a big
//! table costs little more than the value itself.

mod build;
mod render;
mod section;

use crate::OutputError;
use oxaws_value::Value;
use oxaws_value::visible::{visible, visible_value};
use std::borrow::Cow;
use std::io::Write;

/// What a table depends on besides the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableOptions {
    /// Columns of the terminal. A table that is wider turns its one-row sections on their side.
    pub width: usize,
    /// Whether to colour cells and bars.
    pub colour: bool,
    /// Whether to spell out control characters in titles, keys and texts, as a terminal is about to show them. Done
    /// here, since the escape sequences of `colour` must stay, and since widths depend on it.
    pub visible: bool,
}

impl Default for TableOptions {
    /// What applies when standard output is no terminal: 80 columns (whatever `COLUMNS` says), no colour.
    fn default() -> Self {
        TableOptions { width: 80, colour: false, visible: false }
    }
}

/// Writes `value` as a table under `title`. Falsy values (null, false, 0 and anything empty) print nothing; any other
/// scalar prints the title alone.
///
/// # Errors
/// Those of `out`; before anything is written, what the AWS CLI raises for values that don't fit a table.
pub fn write_table(out: &mut dyn Write, title: &str, value: &Value, options: &TableOptions) -> Result<(), OutputError> {
    if !value.is_truthy() {
        return Ok(());
    }
    let (title, value) = match options.visible {
        true => (visible(title), visible_value(value)),
        false => (Cow::Borrowed(title), Cow::Borrowed(value)),
    };
    let (title, value) = (&*title, &*value);
    // Sections are made twice, to measure and to draw, and held one at a time: there may be more of them than values.
    let mut measure = render::Measure::default();
    build::sections(title, value, &mut |section| measure.section(section))?;
    let mut pen = render::Pen::new(out, options, &measure)?;
    build::sections(title, value, &mut |section| pen.draw(section))
}

#[cfg(test)]
mod tests;
