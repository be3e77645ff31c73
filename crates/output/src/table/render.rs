//! Drawing sections.

use super::TableOptions;
use super::section::Section;
use crate::OutputError;
use crate::width::text_width;
use std::io::{self, Write};

const RESET: &str = "\x1b[0m";
/// Bright blue.
const CELL: &str = "\x1b[1m\x1b[34m";
/// A dim yellow bar.
const BAR: &str = "\x1b[2m\x1b[33m|\x1b[0m";

/// How wide the sections are.
#[derive(Default)]
pub(super) struct Measure {
    widest: usize,
    /// With sections of one row on their side.
    widest_turned: usize,
    scratch: String,
}

impl Measure {
    pub(super) fn section(&mut self, section: &Section) -> Result<(), OutputError> {
        let width = section.total_width();
        let turned = section.turned(&mut self.scratch)?;
        self.widest = self.widest.max(width);
        self.widest_turned = self.widest_turned.max(turned.map_or(width, |turned| turned.total_width()));
        Ok(())
    }
}

pub(super) struct Pen<'w> {
    out: &'w mut dyn Write,
    colour: bool,
    /// Columns of the table.
    width: usize,
    /// Whether sections of one row are on their side, as they wouldn't fit the terminal otherwise.
    turn: bool,
    /// The line being drawn, without the bars of its indentation.
    line: String,
    /// The line between the rows of the present section.
    rule: String,
    widths: Vec<usize>,
    scratch: String,
}

/// How many blanks; none for a negative number.
fn blanks(count: i64) -> usize {
    usize::try_from(count).unwrap_or(0)
}

impl<'w> Pen<'w> {
    /// Draws the first line.
    pub(super) fn new(out: &'w mut dyn Write, options: &TableOptions, measure: &Measure) -> io::Result<Pen<'w>> {
        let turn = measure.widest > options.width;
        let width = if turn { measure.widest_turned } else { measure.widest };
        let (line, rule, widths, scratch) = Default::default();
        let mut pen = Pen { out, colour: options.colour, width, turn, line, rule, widths, scratch };
        pen.fill('-', width);
        pen.top()?;
        Ok(pen)
    }

    pub(super) fn draw(&mut self, section: &Section) -> Result<(), OutputError> {
        let turned = if self.turn { section.turned(&mut self.scratch)? } else { None };
        let section = turned.as_ref().unwrap_or(section);
        self.section(section, self.width - 2 * section.indent)
    }

    fn fill(&mut self, c: char, count: usize) {
        const BLANKS: &str = "                                                                ";
        if c != ' ' {
            return self.line.extend(std::iter::repeat_n(c, count));
        }
        let mut left = count;
        while left > 0 {
            let n = left.min(BLANKS.len());
            self.line.push_str(&BLANKS[..n]);
            left -= n;
        }
    }

    /// The first line, which belongs to no section.
    fn top(&mut self) -> io::Result<()> {
        self.line.push('\n');
        if self.colour {
            self.line.push_str(RESET);
        }
        self.out.write_all(self.line.as_bytes())?;
        self.line.clear();
        Ok(())
    }

    /// Ends the line. With colour on, each of the four pieces that the AWS CLI writes for a line is followed by a reset,
    /// empty pieces too.
    fn end_line(&mut self, indent: usize) -> io::Result<()> {
        let (bar, reset) = if self.colour { (BAR, RESET) } else { ("|", "") };
        let bars = |out: &mut dyn Write| (0..indent).try_for_each(|_| out.write_all(bar.as_bytes()));
        bars(self.out)?;
        self.out.write_all(reset.as_bytes())?;
        self.out.write_all(self.line.as_bytes())?;
        self.out.write_all(reset.as_bytes())?;
        bars(self.out)?;
        self.out.write_all(reset.as_bytes())?;
        self.out.write_all(b"\n")?;
        self.out.write_all(reset.as_bytes())?;
        self.line.clear();
        Ok(())
    }

    fn section(&mut self, section: &Section, width: usize) -> Result<(), OutputError> {
        if let Some(title) = section.title.filter(|title| !title.is_empty()) {
            self.centred(title, width, true);
            self.end_line(section.indent)?;
            if section.heads.is_empty() && section.rows == 0 {
                self.line.push('+');
                self.fill('-', width.saturating_sub(2));
                self.line.push('+');
                self.end_line(section.indent)?;
            }
        }
        if section.heads.is_empty() && section.rows == 0 {
            return Ok(());
        }
        let mut widths = std::mem::take(&mut self.widths);
        section.column_widths(width, &mut widths);
        let result = self.columns(section, &widths);
        self.widths = widths;
        result
    }

    fn columns(&mut self, section: &Section, widths: &[usize]) -> Result<(), OutputError> {
        self.set_rule(widths);
        if !section.heads.is_empty() {
            self.draw_rule(section.indent)?;
            for (column, (width, head)) in widths.iter().zip(section.heads.iter()).enumerate() {
                self.centred(head, *width, column == 0);
            }
            self.end_line(section.indent)?;
        }
        if section.rows == 0 || widths.is_empty() {
            return Ok(());
        }
        self.draw_rule(section.indent)?;
        for row in 0..section.rows {
            for (column, (width, cell)) in widths.iter().zip(section.row(row)).enumerate() {
                let mut scratch = std::mem::take(&mut self.scratch);
                self.left_aligned(cell.text(&mut scratch)?, *width, column == 0);
                self.scratch = scratch;
            }
            self.end_line(section.indent)?;
        }
        self.draw_rule(section.indent)?;
        Ok(())
    }

    /// `+------+-----+`
    fn set_rule(&mut self, widths: &[usize]) {
        self.rule.clear();
        for (column, width) in widths.iter().enumerate() {
            let edges = if column == 0 { 2 } else { 1 };
            if column == 0 {
                self.rule.push('+');
            }
            self.rule.extend(std::iter::repeat_n('-', width.saturating_sub(edges)));
            self.rule.push('+');
        }
    }

    fn draw_rule(&mut self, indent: usize) -> io::Result<()> {
        self.line.push_str(&self.rule);
        self.end_line(indent)
    }

    /// A head or title in the middle of `width` columns, edges included; the left edge is the neighbour's unless `first`.
    fn centred(&mut self, text: &str, width: usize, first: bool) {
        let (width, text_width, left_edge) = (width as i64, text_width(text) as i64, i64::from(first));
        // Where the text doesn't fit this is negative; the AWS CLI counts on with it.
        let left = width / 2 - text_width / 2 - 1;
        let right = width - 1 - (left_edge + left + text_width);
        if first {
            self.line.push('|');
        }
        self.fill(' ', blanks(left));
        self.line.push_str(text);
        self.fill(' ', blanks(right));
        self.line.push('|');
    }

    /// A cell: two blanks and its text, or the text alone where they don't fit.
    fn left_aligned(&mut self, text: &str, width: usize, first: bool) {
        let (width, text_width, left_edge) = (width as i64, text_width(text) as i64, i64::from(first));
        let left = if width > text_width + 2 + left_edge { 2 } else { 0 };
        if first {
            self.line.push('|');
        }
        self.fill(' ', blanks(left));
        if self.colour {
            self.line.push_str(CELL);
        }
        self.line.push_str(text);
        if self.colour {
            self.line.push_str(RESET);
        }
        self.fill(' ', blanks(width - (left_edge + left + text_width) - 1));
        self.line.push('|');
    }
}
