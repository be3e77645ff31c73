//! One box of a table.

use crate::OutputError;
use crate::width::text_width;
use oxaws_value::Value;
use oxaws_value::repr::str_of;
use std::rc::Rc;

/// Blanks that a column is wider than its widest cell.
const PADDING: usize = 4;

/// What stands in a cell.
#[derive(Clone, Copy)]
pub(super) enum Cell<'a> {
    Text(&'a str),
    Value(&'a Value),
}

impl<'a> Cell<'a> {
    /// The text; `scratch` holds it where it has to be made first.
    pub(super) fn text<'b>(&'b self, scratch: &'b mut String) -> Result<&'b str, OutputError> {
        match self {
            Cell::Text(text) => Ok(text),
            Cell::Value(value) => Ok(str_of(value, scratch)?),
        }
    }
}

/// A box: a title, column heads and rows, each of which may be missing.
#[derive(Default)]
pub(super) struct Section<'a> {
    pub(super) title: Option<&'a str>,
    /// How many bars stand on either side.
    pub(super) indent: usize,
    pub(super) heads: Rc<[&'a str]>,
    /// The rows' cells one after another.
    cells: Vec<Cell<'a>>,
    pub(super) rows: usize,
    /// Cells in a row, once the heads or the first row have said so.
    columns: Option<usize>,
    /// The widest text of each column.
    widths: Vec<usize>,
}

impl<'a> Section<'a> {
    pub(super) fn new(title: Option<&'a str>, indent: usize) -> Self {
        Section { title, indent, ..Section::default() }
    }

    /// Sets the heads; they need not have as many columns as the rows that are there.
    pub(super) fn set_heads(&mut self, heads: Rc<[&'a str]>) -> Result<(), OutputError> {
        self.widen(heads.iter().map(|head| text_width(head)))?;
        self.columns.get_or_insert(heads.len());
        self.heads = heads;
        Ok(())
    }

    /// Adds a row of `count` cells.
    pub(super) fn add_row(
        &mut self,
        count: usize,
        cells: impl Iterator<Item = Cell<'a>>,
        scratch: &mut String,
    ) -> Result<(), OutputError> {
        let expected = *self.columns.get_or_insert(count);
        if count != expected {
            return Err(OutputError::RaggedRow { expected, found: count });
        }
        let from = self.cells.len();
        self.cells.extend(cells);
        self.rows += 1;
        let first = self.widths.is_empty();
        for (column, cell) in self.cells[from..].iter().enumerate() {
            let width = text_width(cell.text(scratch)?);
            if first {
                self.widths.push(width);
            } else {
                let widest = self.widths.get_mut(column).ok_or(OutputError::IndexRange)?;
                *widest = width.max(*widest);
            }
        }
        Ok(())
    }

    fn widen(&mut self, widths: impl Iterator<Item = usize>) -> Result<(), OutputError> {
        if self.widths.is_empty() {
            self.widths.extend(widths);
            return Ok(());
        }
        for (column, width) in widths.enumerate() {
            let widest = self.widths.get_mut(column).ok_or(OutputError::IndexRange)?;
            *widest = width.max(*widest);
        }
        Ok(())
    }

    /// The cells of row `index`.
    pub(super) fn row(&self, index: usize) -> &[Cell<'a>] {
        let columns = self.columns.unwrap_or(0);
        &self.cells[index * columns..(index + 1) * columns]
    }

    /// The columns of the terminal that the section takes, its bars included.
    pub(super) fn total_width(&self) -> usize {
        let edges = 2 + 2 * self.indent;
        let columns: usize = self.widths.iter().map(|width| width + PADDING).sum();
        // A section without a title measures as one called `None`.
        text_width(self.title.unwrap_or("None")).max(columns) + edges
    }

    /// The columns' widths, stretched or squeezed so that they add up to `total`. Fractions are rounded to even, and
    /// what is then left over is taken from the left columns or given to the right ones, one by one.
    pub(super) fn column_widths(&self, total: usize, into: &mut Vec<usize>) {
        into.clear();
        let natural: usize = self.widths.iter().map(|width| width + PADDING).sum();
        if natural == 0 {
            return;
        }
        let scale = total as f64 / natural as f64;
        into.extend(self.widths.iter().map(|width| (scale * (width + PADDING) as f64).round_ties_even() as usize));
        let mut sum: usize = into.iter().sum();
        while sum != total {
            let columns = into.len();
            let off = sum.abs_diff(total).min(columns);
            if sum > total {
                into.iter_mut().take(off).for_each(|width| *width = width.saturating_sub(1));
                sum -= off;
            } else {
                into.iter_mut().rev().take(off).for_each(|width| *width += 1);
                sum += off;
            }
        }
    }

    /// A section of one row with heads, as a section with a row `head | cell` for each.
    pub(super) fn turned(&self, scratch: &mut String) -> Result<Option<Section<'a>>, OutputError> {
        if self.rows != 1 || self.heads.is_empty() {
            return Ok(None);
        }
        let mut turned = Section::new(self.title, self.indent);
        for (head, cell) in self.heads.iter().zip(self.row(0)) {
            turned.add_row(2, [Cell::Text(head), *cell].into_iter(), scratch)?;
        }
        Ok(Some(turned))
    }
}
