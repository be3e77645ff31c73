//! Output in the encoding that `AWS_CLI_OUTPUT_ENCODING` names. As in the AWS CLI it holds for what formatters write and
//! for error messages; a character that the encoding doesn't have ends the command with an error, which names the
//! character's place in what Python writes at once. What was written before stays written.

use oxaws_env::{World, var};
use oxaws_output::Format;
use oxaws_python::codec::{Codec, EncodeError};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// The encoding that is asked for, where it isn't the plain one. An unknown name is complained about at the start.
pub(crate) fn asked_for(world: &dyn World) -> Option<Codec> {
    world.var(var::AWS_CLI_OUTPUT_ENCODING).and_then(|name| Codec::of(&name)).filter(|codec| *codec != Codec::Utf8)
}

/// What Python writes at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pieces {
    /// A JSON text: strings one by one, those in a list with what stands in front of them.
    Json,
    /// Lines.
    Lines,
    /// Lines whose outer borders are apart.
    Table,
    /// All of it.
    Whole,
}

impl Pieces {
    pub(crate) fn of(format: Format) -> Pieces {
        match format {
            Format::Json => Pieces::Json,
            Format::Table => Pieces::Table,
            Format::Yaml | Format::YamlStream => Pieces::Whole,
            Format::Text | Format::Off => Pieces::Lines,
        }
    }

    /// Where the piece begins that has the character at `at`.
    fn start(self, text: &str, at: usize) -> usize {
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        match self {
            Pieces::Whole => 0,
            Pieces::Lines => line,
            Pieces::Table => line + text[line..at].bytes().take_while(|b| *b == b'|').count().saturating_sub(1),
            Pieces::Json => json_start(text, line, at),
        }
    }
}

fn json_start(text: &str, line: usize, at: usize) -> usize {
    let indent = text[line..at].bytes().take_while(|b| *b == b' ').count();
    let first = line + indent;
    let Some(end) = string_end(text, first) else { return line };
    match text[end..].strip_prefix(": ") {
        Some(_) if at < end => first,
        Some(_) => end + 2,
        // The bracket or the comma before a list's item comes with it.
        None => line.checked_sub(2).unwrap_or(first),
    }
}

/// The end of the JSON string that begins at `from`.
fn string_end(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.get(from) != Some(&b'"') {
        return None;
    }
    let mut at = from + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// Encodes what is written, whenever it is flushed.
pub(crate) struct Encoder<'a> {
    out: &'a mut dyn Write,
    codec: Codec,
    pieces: Pieces,
    /// Whether something was written to the stream, by this encoder or another one.
    begun: &'a AtomicBool,
    text: Vec<u8>,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, codec: Codec, pieces: Pieces, begun: &'a AtomicBool) -> Self {
        Encoder { out, codec, pieces, begun, text: Vec::new() }
    }

    /// The bytes of a text, with the mark in front where they are the stream's first.
    fn encoded(&self, text: &str) -> Result<Vec<u8>, EncodeError> {
        let mark = if self.begun.load(Ordering::Relaxed) { &[] } else { self.codec.mark() };
        let mut bytes = mark.to_vec();
        self.codec.encode(text, &mut bytes)?;
        Ok(if text.is_empty() { Vec::new() } else { bytes })
    }
}

impl Write for Encoder<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let text = String::from_utf8_lossy(&std::mem::take(&mut self.text)).into_owned();
        let (bytes, failed) = match self.encoded(&text) {
            Ok(bytes) => (bytes, None),
            Err(error) => {
                let at = text.char_indices().nth(error.start).map_or(text.len(), |(at, _)| at);
                let start = self.pieces.start(&text, at);
                let before = text[..start].chars().count();
                // What stands before the first bad character is good.
                (self.encoded(&text[..start]).unwrap_or_default(), Some(error.after(before)))
            }
        };
        self.begun.fetch_or(!bytes.is_empty(), Ordering::Relaxed);
        self.out.write_all(&bytes)?;
        self.out.flush()?;
        failed.map_or(Ok(()), |error| Err(io::Error::other(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(codec: &str, pieces: Pieces, text: &str) -> (String, String) {
        let (mut out, begun) = (Vec::new(), AtomicBool::new(false));
        let mut encoder = Encoder::new(&mut out, Codec::of(codec).expect("a known name"), pieces, &begun);
        encoder.write_all(text.as_bytes()).expect("memory takes it");
        let error = encoder.flush().err().map(|e| e.to_string()).unwrap_or_default();
        let place = error.split(" in position ").nth(1).unwrap_or_default();
        (String::from_utf8(out).expect("text"), place.split(':').next().unwrap_or_default().to_owned())
    }

    #[test]
    fn errors_are_where_python_has_them() {
        let cases = [
            (Pieces::Json, "{\n    \"Name\": \"caf\u{e9}\"\n}\n", "{\n    \"Name\": ", "4"),
            (Pieces::Json, "{\n    \"N\u{e9}\": 1\n}\n", "{\n    ", "2"),
            (Pieces::Json, "[\n    \"a\",\n    \"\u{e9}\"\n]\n", "[\n    \"a\"", "7"),
            (Pieces::Json, "[\n    \"\u{e9}\"\n]\n", "", "7"),
            (Pieces::Json, "\"\u{e9}\"\n", "", "1"),
            (Pieces::Lines, "a\tb\nc\t\u{e9}\n", "a\tb\n", "2"),
            (Pieces::Table, "---\n|  caf\u{e9}  |\n", "---\n", "6"),
            (Pieces::Table, "---\n||  caf\u{e9}  ||\n", "---\n|", "6"),
            (Pieces::Whole, "A: b\nName: \u{e9}\u{e8}\n", "", "11-12"),
        ];
        for (pieces, text, written, place) in cases {
            assert_eq!(write("ascii", pieces, text), (written.to_owned(), place.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_mark_stands_once_at_the_beginning() {
        let (mut out, begun) = (Vec::new(), AtomicBool::new(false));
        let mut encoder = Encoder::new(&mut out, Codec::Utf16, Pieces::Lines, &begun);
        for _ in 0..2 {
            encoder.write_all(b"a").expect("memory takes it");
            encoder.flush().expect("memory takes it");
        }
        assert_eq!(out, b"\xff\xfea\0a\0");
    }
}
