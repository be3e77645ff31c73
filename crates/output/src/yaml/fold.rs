//! The lines of the YAML text: columns, indentation, and where long scalars break.

use super::scalar::{is_break, is_printable};
use crate::chunks::Chunks;
use std::fmt::Write as _;
use std::io::{self, Write};

/// A blank further right than this is where a scalar's line breaks, in characters.
const WIDTH: usize = 80;

pub(super) struct Sink<'w> {
    out: &'w mut dyn Write,
    /// Characters on the present line.
    column: usize,
    /// Whether the present line holds nothing but blanks and dashes, so that a node may begin on it.
    indenting: bool,
    number: String,
}

impl<'w> Sink<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Sink { out, column: 0, indenting: true, number: String::new() }
    }

    pub(super) fn put(&mut self, text: &str) -> io::Result<()> {
        self.column += if text.is_ascii() { text.len() } else { text.chars().count() };
        self.indenting = false;
        self.out.write_all(text.as_bytes())
    }

    pub(super) fn put_display(&mut self, value: impl std::fmt::Display) -> io::Result<()> {
        self.number.clear();
        // Writing to a string can't fail.
        let _ = write!(self.number, "{value}");
        self.column += self.number.len();
        self.indenting = false;
        self.out.write_all(self.number.as_bytes())
    }

    pub(super) fn new_line(&mut self) -> io::Result<()> {
        self.column = 0;
        self.indenting = true;
        self.out.write_all(b"\n")
    }

    /// Says that what was put last (a dash) leaves room for a node on the same line.
    pub(super) fn still_indenting(&mut self) {
        self.indenting = true;
    }

    /// Goes to column `indent`, on the present line where that is still free.
    pub(super) fn start_line(&mut self, indent: usize) -> io::Result<()> {
        if !self.indenting {
            self.new_line()?;
        }
        self.pad(indent)
    }

    fn pad(&mut self, indent: usize) -> io::Result<()> {
        const BLANKS: [u8; 64] = [b' '; 64];
        while self.column < indent {
            let n = (indent - self.column).min(BLANKS.len());
            self.out.write_all(&BLANKS[..n])?;
            self.column += n;
        }
        Ok(())
    }

    /// Writes whole lines that are there already. Where the present line is still free, it is the first of them, up to
    /// what stands on it (a dash in place of a blank).
    pub(super) fn lines(&mut self, text: &Chunks) -> io::Result<()> {
        if !self.indenting {
            self.new_line()?;
        }
        let mut skipped = std::mem::take(&mut self.column);
        for piece in text.pieces() {
            self.out.write_all(&piece[skipped.min(piece.len())..])?;
            skipped = 0;
        }
        self.indenting = true;
        Ok(())
    }

    pub(super) fn end_document(&mut self) -> io::Result<()> {
        if self.column > 0 { self.new_line() } else { Ok(()) }
    }

    /// The inside of a plain or (with `quoted`) single-quoted scalar. Lines break in place of a lone blank; a line feed
    /// in the text becomes an empty line; a quote is doubled.
    pub(super) fn flowing(&mut self, text: &str, quoted: bool, fold: Option<usize>) -> io::Result<()> {
        let special = quoted && text.contains(|c| c == '\'' || is_break(c));
        if !special && (fold.is_none() || self.column + text.len() <= WIDTH) {
            return self.put(text);
        }
        let indent = fold.unwrap_or(0);
        let bytes = text.as_bytes();
        let mut from = 0;
        let mut column = self.column;
        let mut after_break = false;
        for (at, c) in text.char_indices() {
            if c == ' ' {
                let inside = at > 0 && at + 1 < bytes.len();
                let lone = inside && bytes[at - 1] != b' ' && bytes[at + 1] != b' ';
                if fold.is_some() && lone && column > WIDTH {
                    self.put(&text[from..at])?;
                    self.new_line()?;
                    self.pad(indent)?;
                    (from, column) = (at + 1, indent);
                } else {
                    column += 1;
                }
            } else if is_break(c) {
                self.put(&text[from..at])?;
                from = at + c.len_utf8();
                if c == '\n' {
                    if !after_break {
                        self.new_line()?;
                    }
                    self.new_line()?;
                } else {
                    self.put(&text[at..from])?;
                    (self.column, self.indenting) = (0, true);
                }
                (column, after_break) = (0, true);
            } else {
                if after_break {
                    self.pad(indent)?;
                    (column, after_break) = (indent, false);
                }
                if c == '\'' && quoted {
                    self.put(&text[from..=at])?;
                    from = at;
                    column += 1;
                }
                column += 1;
            }
        }
        if after_break {
            return self.pad(indent);
        }
        self.put(&text[from..])
    }

    /// A double-quoted scalar with its quotes. Lines break in place of a blank; what isn't printable is escaped.
    pub(super) fn double_quoted(&mut self, text: &str, fold: Option<usize>) -> io::Result<()> {
        self.put("\"")?;
        let bytes = text.as_bytes();
        let mut from = 0;
        let mut after_blank = false;
        let mut column = self.column;
        for (at, c) in text.char_indices() {
            if c == ' ' {
                if let Some(indent) = fold
                    && !after_blank
                    && column > WIDTH
                    && at > 0
                    && at + 1 < bytes.len()
                {
                    self.put(&text[from..at])?;
                    self.new_line()?;
                    self.pad(indent)?;
                    if bytes[at + 1] == b' ' {
                        // A blank that begins a line would be lost.
                        self.put("\\")?;
                    }
                    (from, column) = (at + 1, self.column);
                } else {
                    column += 1;
                }
                after_blank = true;
                continue;
            }
            after_blank = false;
            if c == '"' || c == '\\' || is_break(c) || !is_printable(c) {
                self.put(&text[from..at])?;
                self.escape(c)?;
                (from, column) = (at + c.len_utf8(), self.column);
            } else {
                column += 1;
            }
        }
        self.put(&text[from..])?;
        self.put("\"")
    }

    fn escape(&mut self, c: char) -> io::Result<()> {
        let short = match c {
            '\0' => "\\0",
            '\u{7}' => "\\a",
            '\u{8}' => "\\b",
            '\t' => "\\t",
            '\n' => "\\n",
            '\u{b}' => "\\v",
            '\u{c}' => "\\f",
            '\r' => "\\r",
            '\u{1b}' => "\\e",
            '"' => "\\\"",
            '\\' => "\\\\",
            '\u{85}' => "\\N",
            '\u{a0}' => "\\_",
            '\u{2028}' => "\\L",
            '\u{2029}' => "\\P",
            _ => {
                let code = u32::from(c);
                return match code {
                    0..0x100 => self.put_display(format_args!("\\x{code:02X}")),
                    0x100..0x10000 => self.put_display(format_args!("\\u{code:04X}")),
                    _ => self.put_display(format_args!("\\U{code:08X}")),
                };
            }
        };
        self.put(short)
    }
}
