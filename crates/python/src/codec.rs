//! Text encodings as Python names them: what `AWS_CLI_FILE_ENCODING` and `AWS_CLI_OUTPUT_ENCODING` choose.
//!
//! Made here: those of Unicode but UTF-7, ASCII, ISO 8859, the code pages of Windows for alphabets and some of its
//! consoles', KOI8, and that of the first Macintosh. The rest (those of East Asia above all) is known by name and holds
//! ASCII only.

mod tables;

use std::fmt;
use tables::{NAMES, UPPER_HALVES};

/// A text encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// UTF-8; a byte order mark is a character.
    Utf8,
    /// UTF-8 with a byte order mark, which is dropped in reading.
    Utf8Sig,
    /// UTF-16 with a byte order mark; without one, little-endian.
    Utf16,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// UTF-32 with a byte order mark; without one, little-endian.
    Utf32,
    /// UTF-32, little-endian.
    Utf32Le,
    /// UTF-32, big-endian.
    Utf32Be,
    /// ASCII.
    Ascii,
    /// ISO 8859-1.
    Latin1,
    /// ASCII, and the 128 characters that stand here.
    Bytes(&'static str),
    /// Known by this name only: nothing but ASCII can be read or written.
    Named(&'static str),
}

/// Characters that an encoding doesn't have. `Display` is Python's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError {
    codec: &'static str,
    /// Where they begin, in characters of the text.
    pub start: usize,
    /// How many stand there in a row.
    pub count: usize,
    first: char,
    reason: &'static str,
}

impl EncodeError {
    /// The same in a text that has `characters` less in front.
    pub fn after(self, characters: usize) -> Self {
        EncodeError { start: self.start.saturating_sub(characters), ..self }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' codec can't encode ", self.codec)?;
        let code = u32::from(self.first);
        match (self.count, code) {
            (0 | 1, 0..=0xff) => write!(f, "character '\\x{code:02x}' in position {}", self.start)?,
            (0 | 1, 0..=0xffff) => write!(f, "character '\\u{code:04x}' in position {}", self.start)?,
            (0 | 1, _) => write!(f, "character '\\U{code:08x}' in position {}", self.start)?,
            (count, _) => write!(f, "characters in position {}-{}", self.start, self.start + count - 1)?,
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for EncodeError {}

impl Codec {
    /// The encoding that Python knows by this name: case doesn't count, nor which characters part its words.
    pub fn of(name: &str) -> Option<Codec> {
        let name = normal(name);
        let (name, _) = NAMES.iter().find(|(_, names)| names.split_ascii_whitespace().any(|n| n == name))?;
        Some(match *name {
            "utf-8" => Codec::Utf8,
            "utf-8-sig" => Codec::Utf8Sig,
            "utf-16" => Codec::Utf16,
            "utf-16-le" => Codec::Utf16Le,
            "utf-16-be" => Codec::Utf16Be,
            "utf-32" => Codec::Utf32,
            "utf-32-le" => Codec::Utf32Le,
            "utf-32-be" => Codec::Utf32Be,
            "ascii" => Codec::Ascii,
            "iso8859-1" | "charmap" => Codec::Latin1,
            name => match UPPER_HALVES.iter().find(|(known, _)| *known == name) {
                Some((_, characters)) => Codec::Bytes(characters),
                None => Codec::Named(name),
            },
        })
    }

    /// The text of bytes; `None` when they aren't of this encoding.
    pub fn decode(self, bytes: Vec<u8>) -> Option<String> {
        match self {
            Codec::Utf8 => String::from_utf8(bytes).ok(),
            Codec::Utf8Sig => {
                let text = String::from_utf8(bytes).ok()?;
                Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
            }
            Codec::Ascii | Codec::Named(_) => String::from_utf8(bytes).ok().filter(|text| text.is_ascii()),
            Codec::Latin1 => Some(bytes.into_iter().map(char::from).collect()),
            Codec::Bytes(upper) => {
                let upper: Vec<char> = upper.chars().collect();
                let char = |byte: u8| match byte {
                    0..0x80 => Some(char::from(byte)),
                    _ => upper.get(usize::from(byte - 0x80)).copied().filter(|c| *c != char::REPLACEMENT_CHARACTER),
                };
                bytes.into_iter().map(char).collect()
            }
            Codec::Utf16 => match bytes.as_slice() {
                [0xfe, 0xff, rest @ ..] => utf16(rest, true),
                [0xff, 0xfe, rest @ ..] => utf16(rest, false),
                rest => utf16(rest, false),
            },
            Codec::Utf16Le => utf16(&bytes, false),
            Codec::Utf16Be => utf16(&bytes, true),
            Codec::Utf32 => match bytes.as_slice() {
                [0, 0, 0xfe, 0xff, rest @ ..] => utf32(rest, true),
                [0xff, 0xfe, 0, 0, rest @ ..] => utf32(rest, false),
                rest => utf32(rest, false),
            },
            Codec::Utf32Le => utf32(&bytes, false),
            Codec::Utf32Be => utf32(&bytes, true),
        }
    }

    /// What stands at the beginning of what is written.
    pub fn mark(self) -> &'static [u8] {
        match self {
            Codec::Utf8Sig => &[0xef, 0xbb, 0xbf],
            Codec::Utf16 => &[0xff, 0xfe],
            Codec::Utf32 => &[0xff, 0xfe, 0, 0],
            _ => &[],
        }
    }

    /// Appends the bytes of `text`, without a mark.
    ///
    /// # Errors
    /// When it has characters that the encoding hasn't: then nothing is appended.
    pub fn encode(self, text: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let before = out.len();
        let upper: Vec<char> = if let Codec::Bytes(upper) = self { upper.chars().collect() } else { Vec::new() };
        for (at, c) in text.chars().enumerate() {
            let code = u32::from(c);
            match self {
                Codec::Utf8 | Codec::Utf8Sig => {
                    out.extend_from_slice(text.as_bytes());
                    break;
                }
                Codec::Utf16 | Codec::Utf16Le => {
                    c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.extend(unit.to_le_bytes()));
                }
                Codec::Utf16Be => {
                    c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.extend(unit.to_be_bytes()));
                }
                Codec::Utf32 | Codec::Utf32Le => out.extend(code.to_le_bytes()),
                Codec::Utf32Be => out.extend(code.to_be_bytes()),
                Codec::Ascii | Codec::Latin1 | Codec::Bytes(_) | Codec::Named(_) => match self.byte(c, &upper) {
                    Some(byte) => out.push(byte),
                    None => {
                        out.truncate(before);
                        let run = text.chars().skip(at).take_while(|c| self.byte(*c, &upper).is_none());
                        return Err(self.cannot(at, c, run.count()));
                    }
                },
            }
        }
        Ok(())
    }

    /// The byte of a character, in an encoding with one byte each.
    fn byte(self, c: char, upper: &[char]) -> Option<u8> {
        let code = u32::from(c);
        if code < 0x80 {
            // What these characters begin isn't plain text.
            let special = matches!(self, Codec::Named("utf-7")) && matches!(c, '+' | '~' | '\\');
            return u8::try_from(code).ok().filter(|_| !special);
        }
        match self {
            Codec::Latin1 => u8::try_from(code).ok(),
            Codec::Bytes(_) if c != char::REPLACEMENT_CHARACTER => {
                let at = upper.iter().position(|known| *known == c)?;
                u8::try_from(at + 0x80).ok()
            }
            _ => None,
        }
    }

    fn cannot(self, start: usize, first: char, count: usize) -> EncodeError {
        let (codec, reason) = match self {
            Codec::Latin1 => ("latin-1", "ordinal not in range(256)"),
            Codec::Bytes(_) => ("charmap", "character maps to <undefined>"),
            Codec::Named(name) => (name, "oxaws writes only ASCII in this encoding"),
            _ => ("ascii", "ordinal not in range(128)"),
        };
        EncodeError { codec, start, count, first, reason }
    }
}

/// A name as names are compared.
fn normal(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !normal.is_empty() {
                normal.push('_');
            }
            gap = false;
            normal.push(if c == '.' { '_' } else { c.to_ascii_lowercase() });
        } else {
            gap = true;
        }
    }
    normal
}

fn utf16(bytes: &[u8], big: bool) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| if big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.ok().filter(|_| rest.is_empty())
}

fn utf32(bytes: &[u8], big: bool) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<4>();
    let units = units.iter().map(|unit| if big { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) });
    let text: Option<String> = units.map(char::from_u32).collect();
    text.filter(|_| rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(name: &str, text: &str) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        Codec::of(name).expect("a known name").encode(text, &mut out).map_err(|e| e.to_string())?;
        Ok(out)
    }

    #[test]
    fn names_are_compared_as_python_does() {
        for (name, codec) in [
            ("utf-8", Codec::Utf8),
            ("UTF8", Codec::Utf8),
            ("utf 16 le", Codec::Utf16Le),
            ("latin-1", Codec::Latin1),
            ("ISO-8859-1", Codec::Latin1),
            ("us-ascii", Codec::Ascii),
            ("ANSI_X3.4-1968", Codec::Ascii),
            ("utf_8_sig", Codec::Utf8Sig),
            ("shift_jis", Codec::Named("shift_jis")),
            ("Big5", Codec::Named("big5")),
        ] {
            assert_eq!(Codec::of(name), Some(codec), "{name}");
        }
        assert!(matches!(Codec::of("Windows-1252"), Some(Codec::Bytes(_))));
        for name in ["nosuch", "", "utf-9", "rot13", "hex"] {
            assert_eq!(Codec::of(name), None, "{name}");
        }
    }

    #[test]
    fn tables_are_whole() {
        for (name, upper) in UPPER_HALVES {
            assert_eq!(upper.chars().count(), 128, "{name}");
            assert!(matches!(Codec::of(name), Some(Codec::Bytes(_))), "{name}");
        }
    }

    #[test]
    fn characters_are_written() {
        assert_eq!(encoded("latin-1", "caf\u{e9}").expect("characters that it has"), b"caf\xe9");
        assert_eq!(encoded("cp1252", "\u{e9} \u{20ac}").expect("characters that it has"), b"\xe9 \x80");
        assert_eq!(encoded("iso8859-15", "\u{20ac}").expect("characters that it has"), b"\xa4");
        assert_eq!(encoded("koi8-r", "\u{416}").expect("characters that it has"), b"\xf6");
        assert_eq!(encoded("utf-16", "a\u{1f600}").expect("characters that it has"), b"a\0\x3d\xd8\0\xde");
        assert_eq!(encoded("utf-32-be", "a").expect("characters that it has"), b"\0\0\0a");
        assert_eq!(Codec::of("utf-16").expect("a known name").mark(), b"\xff\xfe");
    }

    #[test]
    fn python_says_what_is_missing() {
        for (name, text, want) in [
            (
                "ascii",
                "caf\u{e9}",
                "'ascii' codec can't encode character '\\xe9' in position 3: ordinal not in range(128)",
            ),
            (
                "latin-1",
                "\u{e9}\u{20ac}",
                "'latin-1' codec can't encode character '\\u20ac' in position 1: ordinal not in range(256)",
            ),
            (
                "cp1252",
                "\u{1f600}",
                "'charmap' codec can't encode character '\\U0001f600' in position 0: character maps to <undefined>",
            ),
            (
                "cp1252",
                "\u{81}",
                "'charmap' codec can't encode character '\\x81' in position 0: character maps to <undefined>",
            ),
            (
                "ascii",
                "\u{e9}\u{e8}a",
                "'ascii' codec can't encode characters in position 0-1: ordinal not in range(128)",
            ),
            (
                "gbk",
                "\u{e9}",
                "'gbk' codec can't encode character '\\xe9' in position 0: oxaws writes only ASCII in this encoding",
            ),
        ] {
            assert_eq!(encoded(name, text).unwrap_err(), want);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "\\PC{0,20}", at in 0..NAMES.len()) {
            let codec = Codec::of(NAMES[at].0).expect("a known name");
            let mut bytes = codec.mark().to_vec();
            if codec.encode(&text, &mut bytes).is_ok() && !text.starts_with('\u{feff}') {
                prop_assert_eq!(codec.decode(bytes), Some(text));
            }
        }

        #[test]
        fn any_bytes_can_be_tried(bytes in proptest::collection::vec(any::<u8>(), 0..40), at in 0..NAMES.len()) {
            let _ = Codec::of(NAMES[at].0).expect("a known name").decode(bytes);
        }
    }
}
