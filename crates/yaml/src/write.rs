//! Block YAML as the AWS CLI writes it: sequences at the column of their key, YAML 1.2 types. Which quotes a scalar takes
//! and where its lines break is in [`quotes`] and [`lines`]; the two emitters that the AWS CLI has differ there.

mod lines;
mod quotes;

use base64::Engine;
use lines::{Fold, Sink};
use oxaws_python::python_float;
use quotes::Style;
use std::io::{self, Write};

/// Blanks per level.
const INDENT: usize = 2;

/// Whose rules decide about quotes and line breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Emitter {
    /// The C library's, which writes what commands print.
    #[default]
    LibYaml,
    /// ruamel's own, which writes files.
    Python,
}

/// How bytes are written; base64 with the tag `!!binary` either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BinaryStyle {
    /// A literal block with lines of 76 characters.
    #[default]
    Literal,
    /// Between double quotes on one line.
    Quoted,
}

/// How a document is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whose rules count.
    pub emitter: Emitter,
    /// A blank further right than this, in characters, is where a line breaks; `None` for endless lines.
    pub width: Option<usize>,
    /// Text that YAML 1.1 reads as a truth is quoted.
    pub quote_yes_no: bool,
    /// How bytes are written.
    pub binary: BinaryStyle,
}

impl Options {
    /// Files, as ruamel's own emitter writes them.
    pub const FILE: Options =
        Options { emitter: Emitter::Python, width: Some(80), quote_yes_no: false, binary: BinaryStyle::Quoted };
}

impl Default for Options {
    fn default() -> Self {
        Options { emitter: Emitter::LibYaml, width: Some(80), quote_yes_no: false, binary: BinaryStyle::Literal }
    }
}

/// Something that YAML can be written of.
pub trait Tree: Sized {
    /// What it is. Maps are in the order in which they are written.
    fn view(&self) -> View<'_, Self>;
}

/// What a part of a [`Tree`] is.
#[derive(Debug)]
pub enum View<'a, T> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text that stands as it is: digits, dates.
    Plain(&'a str),
    /// Text, quoted where it needs quotes.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A list.
    List(&'a [T]),
    /// A map.
    Map(Vec<(Key<'a, T>, &'a T)>),
    /// A set.
    Set(&'a [T]),
}

/// A map's key.
#[derive(Debug)]
pub enum Key<'a, T> {
    /// Text.
    Text(&'a str),
    /// Any scalar.
    Scalar(&'a T),
}

/// Writes a document. A collection's last line is ended; that of a scalar too, and the end of the document is marked then.
///
/// # Errors
/// Those of `out`.
pub fn write<T: Tree>(out: &mut dyn Write, tree: &T, options: Options) -> io::Result<()> {
    let mut writer = Writer::new(out, options);
    match writer.node(tree, Place::Root, 0)? {
        Some(open) => writer.run(open),
        None => {
            writer.end()?;
            match tree.view() {
                View::List(_) | View::Map(_) | View::Set(_) => Ok(()),
                View::Bytes(_) if options.emitter == Emitter::LibYaml => Ok(()),
                _ => writer.sink.put("...\n"),
            }
        }
    }
}

/// The text of `write`.
pub fn to_text<T: Tree>(tree: &T, options: Options) -> String {
    let mut out = Vec::new();
    // Writing to a vector can't fail.
    let _ = write(&mut out, tree, options);
    String::from_utf8(out).unwrap_or_default()
}

/// Where a node begins, which decides its indentation and whether its first line is the present one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At the start of the document.
    Root,
    /// After `-`, `?` or the `:` of a complex key: a collection begins on the same line.
    AfterDash,
    /// After `key:`: a collection begins on the next line, a sequence at the key's column.
    AfterKey,
}

/// A collection whose entries are being written, and their indentation.
#[derive(Debug)]
pub enum Open<'a, T> {
    /// A list.
    List(std::slice::Iter<'a, T>, usize),
    /// A map.
    Map(std::vec::IntoIter<(Key<'a, T>, &'a T)>, usize),
    /// A set, whose entries have no values.
    Set(std::slice::Iter<'a, T>, usize),
}

/// Writes nodes one after the other, for whoever holds only parts of a document.
pub struct Writer<'w> {
    sink: Sink<'w>,
    options: Options,
}

impl<'w> Writer<'w> {
    /// A writer at the start of a line.
    pub fn new(out: &'w mut dyn Write, options: Options) -> Self {
        Writer { sink: Sink::new(out, options), options }
    }

    /// Writes the entries of a collection with a stack of its own, so that any depth can be written, and ends the line.
    ///
    /// # Errors
    /// Those of the output.
    pub fn run<'a, T: Tree>(&mut self, root: Open<'a, T>) -> io::Result<()> {
        let mut stack: Vec<Open<'a, T>> = vec![root];
        while let Some(top) = stack.last_mut() {
            let inner = match top {
                Open::List(items, indent) => match items.next() {
                    None => {
                        stack.pop();
                        continue;
                    }
                    Some(item) => {
                        let indent = *indent;
                        self.sink.start_line(indent)?;
                        self.dash()?;
                        self.node(item, Place::AfterDash, indent)?
                    }
                },
                Open::Map(entries, indent) => match entries.next() {
                    None => {
                        stack.pop();
                        continue;
                    }
                    Some((key, value)) => {
                        let indent = *indent;
                        let place = self.key(&key, indent)?;
                        self.node(value, place, indent)?
                    }
                },
                Open::Set(items, indent) => match items.next() {
                    None => {
                        stack.pop();
                        continue;
                    }
                    Some(item) => {
                        let indent = *indent;
                        self.key(&Key::Scalar(item), indent)?;
                        self.sink.put(" ")?;
                        self.scalar::<T>(&View::Null, Fold { indent: indent + INDENT, split: true })?;
                        None
                    }
                },
            };
            stack.extend(inner);
        }
        self.end()
    }

    /// Writes a dash, after which an element comes.
    ///
    /// # Errors
    /// Those of the output.
    pub fn dash(&mut self) -> io::Result<()> {
        self.sink.put("-")
    }

    /// Ends the present line, where anything is on it.
    ///
    /// # Errors
    /// Those of the output.
    pub fn end(&mut self) -> io::Result<()> {
        self.sink.end_document()
    }

    /// Writes whole lines that are there already in place of a collection.
    ///
    /// # Errors
    /// Those of the output.
    pub fn lines<'t>(&mut self, place: Place, pieces: impl Iterator<Item = &'t [u8]>) -> io::Result<()> {
        self.opening(place);
        self.sink.lines(pieces)
    }

    /// Writes a key and its colon; returns where its value begins.
    ///
    /// # Errors
    /// Those of the output.
    pub fn key<T: Tree>(&mut self, key: &Key<'_, T>, indent: usize) -> io::Result<Place> {
        self.sink.start_line(indent)?;
        let view = match key {
            Key::Text(text) => View::Text(text),
            Key::Scalar(key) => key.view(),
        };
        // A key that is longer, or of several lines, stands behind a `? `.
        let simple = match (&view, self.options.emitter) {
            (View::Text(text), Emitter::LibYaml) => text.len() <= 128 && !text.contains(quotes::is_break),
            // A carriage return, which is escaped, doesn't count as a line's end here.
            (View::Text(text), Emitter::Python) => {
                text.chars().count() <= 122 && !text.contains(|c| c != '\r' && quotes::is_break(c))
            }
            _ => true,
        };
        if simple {
            self.scalar(&view, Fold { indent: indent + INDENT, split: false })?;
            self.sink.put(":")?;
            return Ok(Place::AfterKey);
        }
        self.sink.put("? ")?;
        self.scalar(&view, Fold { indent: indent + INDENT, split: true })?;
        self.sink.start_line(indent)?;
        self.sink.put(":")?;
        self.sink.still_indenting();
        Ok(Place::AfterDash)
    }

    /// Writes a scalar or an empty collection; hands back any other collection for [`Self::run`] to write.
    ///
    /// # Errors
    /// Those of the output.
    pub fn node<'a, T: Tree>(&mut self, tree: &'a T, place: Place, indent: usize) -> io::Result<Option<Open<'a, T>>> {
        let inner = if place == Place::Root { indent } else { indent + INDENT };
        match tree.view() {
            View::List(items) if !items.is_empty() => {
                self.opening(place);
                return Ok(Some(Open::List(items.iter(), if place == Place::AfterDash { inner } else { indent })));
            }
            View::Map(entries) if !entries.is_empty() => {
                self.opening(place);
                return Ok(Some(Open::Map(entries.into_iter(), inner)));
            }
            View::Set(items) if !items.is_empty() => {
                self.sink.put(if place == Place::Root { "!!set" } else { " !!set" })?;
                return Ok(Some(Open::Set(items.iter(), inner)));
            }
            scalar => {
                if place != Place::Root {
                    self.sink.put(" ")?;
                }
                self.scalar(&scalar, Fold { indent: indent + INDENT, split: true })?;
            }
        }
        Ok(None)
    }

    fn opening(&mut self, place: Place) {
        if place == Place::AfterDash {
            self.sink.still_indenting();
        }
    }

    /// A scalar or an empty collection.
    fn scalar<T>(&mut self, view: &View<'_, T>, fold: Fold) -> io::Result<()> {
        match view {
            View::Null => self.sink.flowing("null", false, fold),
            View::Bool(b) => self.sink.flowing(if *b { "true" } else { "false" }, false, fold),
            View::Int(n) => self.sink.put_display(n),
            View::Plain(text) => self.sink.flowing(text, false, fold),
            View::Float(f) if f.is_nan() => self.sink.flowing(".nan", false, fold),
            View::Float(f) if f.is_infinite() => {
                self.sink.flowing(if *f > 0.0 { ".inf" } else { "-.inf" }, false, fold)
            }
            View::Float(f) => self.sink.flowing(&python_float(*f), false, fold),
            View::Text(text) => match quotes::style(text, !fold.split, self.options) {
                Style::Plain => self.sink.flowing(text, false, fold),
                Style::Single => {
                    self.sink.put("'")?;
                    self.sink.flowing(text, true, fold)?;
                    self.sink.put("'")
                }
                Style::Double => self.sink.double_quoted(text, fold),
            },
            View::Bytes(bytes) => self.bytes(bytes, fold),
            View::List(_) => self.sink.put("[]"),
            View::Map(_) => self.sink.put("{}"),
            View::Set(_) => self.sink.put("!!set {}"),
        }
    }

    fn bytes(&mut self, bytes: &[u8], fold: Fold) -> io::Result<()> {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        self.sink.put("!!binary ")?;
        if text.is_empty() || self.options.binary == BinaryStyle::Quoted {
            return self.sink.double_quoted(&text, fold);
        }
        self.sink.put("|")?;
        let mut rest = &text[..];
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(76));
            self.sink.start_line(fold.indent)?;
            self.sink.put(line)?;
            rest = more;
        }
        // The block's last line ends with it.
        self.sink.new_line()
    }
}
