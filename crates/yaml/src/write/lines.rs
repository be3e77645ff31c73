//! The lines of the YAML text: columns, indentation, and where long scalars break.

use super::quotes::{is_break, is_printable};
use super::{Emitter, Options};
use std::fmt::Write as _;
use std::io::{self, Write};

/// The indentation of a scalar's further lines, and whether it may have any but those that its text has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fold {
    pub(super) indent: usize,
    pub(super) split: bool,
}

pub(super) struct Sink<'w> {
    out: &'w mut dyn Write,
    options: Options,
    /// Characters on the present line.
    column: usize,
    /// Whether the present line holds nothing but blanks and dashes, so that a node may begin on it.
    indenting: bool,
    number: String,
}

impl<'w> Sink<'w> {
    pub(super) fn new(out: &'w mut dyn Write, options: Options) -> Self {
        Sink { out, options, column: 0, indenting: true, number: String::new() }
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
    pub(super) fn lines<'t>(&mut self, pieces: impl Iterator<Item = &'t [u8]>) -> io::Result<()> {
        if !self.indenting {
            self.new_line()?;
        }
        let mut skipped = std::mem::take(&mut self.column);
        for piece in pieces {
            self.out.write_all(&piece[skipped.min(piece.len())..])?;
            skipped = 0;
        }
        self.indenting = true;
        Ok(())
    }

    fn is_beyond(&self, column: usize) -> bool {
        self.options.width.is_some_and(|width| column > width)
    }

    pub(super) fn end_document(&mut self) -> io::Result<()> {
        if self.column > 0 { self.new_line() } else { Ok(()) }
    }

    /// The inside of a plain or (with `quoted`) single-quoted scalar. Lines break in place of a lone blank; a line feed
    /// in the text becomes an empty line; a quote is doubled.
    pub(super) fn flowing(&mut self, text: &str, quoted: bool, fold: Fold) -> io::Result<()> {
        let special = quoted && text.contains(|c| c == '\'' || is_break(c));
        // Python's writer breaks the line of plain text one character earlier, and before a word that doesn't fit, also
        // in a key.
        let early = !quoted && self.options.emitter == Emitter::Python;
        if !special && (!(fold.split || early) || !self.is_beyond(self.column + text.len())) {
            return self.put(text);
        }
        let indent = fold.indent;
        let bytes = text.as_bytes();
        let mut from = 0;
        let mut column = self.column;
        let mut after_break = false;
        for (at, c) in text.char_indices() {
            if c == ' ' {
                let inside = at > 0 && at + 1 < bytes.len();
                let lone = inside && bytes[at - 1] != b' ' && bytes[at + 1] != b' ';
                if fold.split && lone && self.is_beyond(column + usize::from(early)) {
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
                if early && (at == 0 || bytes.get(at - 1) == Some(&b' ')) && column > indent {
                    let word = text[at..].split(' ').next().unwrap_or_default();
                    if self.is_beyond(column + word.chars().count()) {
                        self.put(&text[from..at])?;
                        self.new_line()?;
                        self.pad(indent)?;
                        (from, column) = (at, indent);
                    }
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

    /// A double-quoted scalar with its quotes. What isn't printable is escaped.
    pub(super) fn double_quoted(&mut self, text: &str, fold: Fold) -> io::Result<()> {
        self.put("\"")?;
        match self.options.emitter {
            Emitter::LibYaml => self.between_quotes(text, fold)?,
            Emitter::Python => self.between_quotes_of_python(text, fold)?,
        }
        self.put("\"")
    }

    /// Lines break in place of a blank.
    fn between_quotes(&mut self, text: &str, fold: Fold) -> io::Result<()> {
        let bytes = text.as_bytes();
        let mut from = 0;
        let mut after_blank = false;
        let mut column = self.column;
        for (at, c) in text.char_indices() {
            if c == ' ' {
                if fold.split && !after_blank && self.is_beyond(column) && at > 0 && at + 1 < bytes.len() {
                    self.put(&text[from..at])?;
                    self.new_line()?;
                    self.pad(fold.indent)?;
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
            if c == '"' || c == '\\' || is_break(c) || !is_printable(c, Emitter::LibYaml) {
                self.put(&text[from..at])?;
                self.escape(c)?;
                (from, column) = (at + c.len_utf8(), self.column);
            } else {
                column += 1;
            }
        }
        self.put(&text[from..])
    }

    /// Lines end with a backslash: at a blank, or where an escape ended (`ruamel.yaml.emitter: write_double_quoted`).
    fn between_quotes_of_python(&mut self, text: &str, fold: Fold) -> io::Result<()> {
        let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
        // Where what is not put yet begins, and the column behind it.
        let (mut from, mut column) = (0, self.column);
        for (at, c) in text.char_indices() {
            let escaped = matches!(c, '"' | '\\') || is_break(c) || !is_printable(c, Emitter::Python);
            if escaped {
                self.put(&text[from..at])?;
                self.escape(c)?;
                (from, column) = (at + c.len_utf8(), self.column);
            }
            if fold.split
                && (1..last).contains(&at)
                && (c == ' ' || from >= at)
                // The character of an escape is counted off again.
                && self.is_beyond(column - usize::from(escaped))
            {
                self.put(text.get(from..at).unwrap_or_default())?;
                from = from.max(at);
                self.put("\\")?;
                self.new_line()?;
                self.pad(fold.indent)?;
                if text[from..].starts_with(' ') {
                    self.put("\\")?;
                }
                column = self.column;
            }
            column += usize::from(!escaped);
        }
        self.put(&text[from..])
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
