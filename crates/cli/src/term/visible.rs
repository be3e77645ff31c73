//! What a terminal is sent: characters that it would obey are spelled out. The counterpart for whole texts is
//! [`oxaws_value::visible`].

use oxaws_output::Format;
use oxaws_value::visible::{is_controlling, push_escaped};
use std::io::{self, Write};

/// Who takes care of the control characters in what is written to a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escaping {
    /// Nobody yet: they are spelled `\x1b`, `\u202e`.
    Text,
    /// Nobody yet, and the text is JSON: they are spelled `\u001b`, which leaves it JSON.
    Json,
    /// The writer did, and added colours of its own.
    Done,
}

impl Escaping {
    /// What a format leaves to do. Tables do it themselves, for the sake of widths and colours.
    pub(crate) fn of(format: Option<Format>) -> Escaping {
        match format {
            Some(Format::Json) => Escaping::Json,
            Some(Format::Table) => Escaping::Done,
            Some(Format::Text | Format::Yaml | Format::YamlStream | Format::Off) | None => Escaping::Text,
        }
    }
}

/// Spells out controlling characters on the way to `out`. Line ends and tabs pass.
pub(crate) struct Visible<W: Write> {
    out: W,
    json: bool,
    /// The beginning of a character whose end is still to come.
    cut: Vec<u8>,
}

impl<W: Write> Visible<W> {
    pub(crate) fn new(out: W, escaping: Escaping) -> Self {
        Visible { out, json: escaping == Escaping::Json, cut: Vec::new() }
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (text, bad) = match std::str::from_utf8(rest) {
                Ok(text) => (text, 0),
                Err(error) => {
                    let (good, after) = rest.split_at(error.valid_up_to());
                    match error.error_len() {
                        Some(bad) => (std::str::from_utf8(good).unwrap_or_default(), bad),
                        None => {
                            self.cut = after.to_vec();
                            rest = good;
                            (std::str::from_utf8(good).unwrap_or_default(), 0)
                        }
                    }
                }
            };
            self.put_text(text)?;
            // A stray byte of C1 drives terminals that don't read UTF-8; others stay what they are.
            for byte in &rest[text.len()..text.len() + bad] {
                match byte {
                    0x80..=0x9f => write!(self.out, "\\x{byte:02x}")?,
                    other => self.out.write_all(&[*other])?,
                }
            }
            rest = &rest[text.len() + bad..];
        }
        Ok(())
    }

    fn put_text(&mut self, text: &str) -> io::Result<()> {
        let mut from = 0;
        for (at, c) in text.char_indices().filter(|(_, c)| is_controlling(*c)) {
            self.out.write_all(&text.as_bytes()[from..at])?;
            if self.json {
                write!(self.out, "\\u{:04x}", u32::from(c))?;
            } else {
                let mut spelled = String::new();
                push_escaped(&mut spelled, c);
                self.out.write_all(spelled.as_bytes())?;
            }
            from = at + c.len_utf8();
        }
        self.out.write_all(&text.as_bytes()[from..])
    }
}

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let plain = |b: &u8| matches!(b, b'\n' | b'\t' | b' '..=b'~');
        if self.cut.is_empty() && bytes.iter().all(plain) {
            self.out.write_all(bytes)?;
        } else {
            let mut whole = std::mem::take(&mut self.cut);
            whole.extend_from_slice(bytes);
            self.put(&whole)?;
        }
        Ok(bytes.len())
    }

    /// A character that isn't whole yet stays here: its end comes with the next write.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(escaping: Escaping, pieces: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut visible = Visible::new(&mut out, escaping);
        pieces.iter().for_each(|piece| visible.write_all(piece).expect("memory takes it"));
        out
    }

    #[test]
    fn characters_are_spelled_out_wherever_they_are_cut() {
        let text = "a\x1b[1m\u{202e}\u{9b}\r\n\tcaf\u{e9}";
        let expected = "a\\x1b[1m\\u202e\\x9b\\r\n\tcaf\u{e9}";
        for at in 0..=text.len() {
            let (a, b) = text.as_bytes().split_at(at);
            assert_eq!(shown(Escaping::Text, &[a, b]), expected.as_bytes(), "{at}");
        }
        assert_eq!(shown(Escaping::Json, &["\u{9b}\x7f\u{202e}".as_bytes()]), b"\\u009b\\u007f\\u202e");
        assert_eq!(shown(Escaping::Text, &[b"a\x9bb\xffc"]), b"a\\x9bb\xffc");
    }

    proptest! {
        #[test]
        fn as_the_whole_text_whatever_the_pieces(pieces in proptest::collection::vec(any::<String>(), 0..5)) {
            let parts: Vec<&[u8]> = pieces.iter().map(|p| p.as_bytes()).collect();
            let whole = pieces.concat();
            let text = String::from_utf8(shown(Escaping::Text, &parts)).expect("text");
            prop_assert_eq!(text, oxaws_value::visible::visible(&whole).into_owned());
        }

        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let out = shown(Escaping::Text, &[&bytes]);
            prop_assert!(!out.contains(&0x1b) && !out.contains(&b'\r'));
        }
    }
}
