//! A pull reader of JSON text: no tree is built for what a shape doesn't name.

use oxaws_value::{JsonErrorKind, Value, json_plain, parse_json};
use std::borrow::Cow;

/// Why reading ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonFault {
    /// Not JSON, from this byte on.
    Syntax(usize),
    /// Nested too deeply.
    TooDeep,
    /// Half a surrogate pair, after so many characters of its text.
    Surrogate { code: u32, position: usize },
}

/// What stands at the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonKind {
    Map,
    List,
    String,
    Number,
    Bool,
    Null,
}

impl JsonKind {
    /// Python's name of the type.
    pub(crate) fn name(self) -> &'static str {
        match self {
            JsonKind::Map => "dict",
            JsonKind::List => "list",
            JsonKind::String => "str",
            JsonKind::Number => "number",
            JsonKind::Bool => "bool",
            JsonKind::Null => "NoneType",
        }
    }
}

/// A position in a JSON text.
pub(crate) struct JsonReader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

/// How deep a value that is skipped may nest.
const MAX_SKIPPED_DEPTH: usize = 4096;

impl<'a> JsonReader<'a> {
    pub(crate) fn new(text: &'a str) -> JsonReader<'a> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        JsonReader { text, bytes: text.as_bytes(), at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn fault<T>(&self) -> Result<T, JsonFault> {
        Err(JsonFault::Syntax(self.at))
    }

    /// What kind of value comes next.
    pub(crate) fn kind(&mut self) -> Result<JsonKind, JsonFault> {
        self.blanks();
        Ok(match self.peek() {
            Some(b'{') => JsonKind::Map,
            Some(b'[') => JsonKind::List,
            Some(b'"') => JsonKind::String,
            Some(b't' | b'f') => JsonKind::Bool,
            Some(b'n') => JsonKind::Null,
            Some(b'-' | b'0'..=b'9' | b'N' | b'I') => JsonKind::Number,
            _ => return self.fault(),
        })
    }

    /// Whether nothing follows but blanks.
    pub(crate) fn at_end(&mut self) -> bool {
        self.blanks();
        self.at == self.bytes.len()
    }

    /// Takes `{` or `[`; false where it closes at once (then that is taken too).
    pub(crate) fn open(&mut self, close: u8) -> bool {
        self.at += 1;
        self.blanks();
        if self.peek() == Some(close) {
            self.at += 1;
            return false;
        }
        true
    }

    /// After a value: whether another follows (`,`) or the container ends.
    pub(crate) fn more(&mut self, close: u8) -> Result<bool, JsonFault> {
        self.blanks();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.blanks();
                Ok(true)
            }
            Some(b) if b == close => {
                self.at += 1;
                Ok(false)
            }
            _ => self.fault(),
        }
    }

    /// A key and its colon.
    pub(crate) fn key(&mut self) -> Result<Cow<'a, str>, JsonFault> {
        self.blanks();
        if self.peek() != Some(b'"') {
            return self.fault();
        }
        let key = self.string()?;
        self.blanks();
        if self.peek() != Some(b':') {
            return self.fault();
        }
        self.at += 1;
        Ok(key)
    }

    /// Takes the key that is expected and its colon, where they stand here as services write them.
    pub(crate) fn take_key(&mut self, expected: &str) -> bool {
        self.blanks();
        let end = self.at + 1 + expected.len();
        let found = self.peek() == Some(b'"')
            && self.bytes.get(end..end + 2) == Some(b"\":")
            && self.bytes[self.at + 1..end] == *expected.as_bytes();
        if found {
            self.at = end + 2;
        }
        found
    }

    /// The string at the reader.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, JsonFault> {
        let begin = self.at;
        let mut at = begin + 1 + json_plain(&self.bytes[begin + 1..]);
        match self.bytes.get(at) {
            Some(b'"') => {
                self.at = at + 1;
                return Ok(Cow::Borrowed(&self.text[begin + 1..at]));
            }
            Some(b'\\') => {}
            _ => return Err(JsonFault::Syntax(at)),
        }
        let mut out = String::with_capacity(at - begin + 32);
        let mut from = begin + 1;
        loop {
            at += json_plain(&self.bytes[at..]);
            match self.bytes.get(at) {
                Some(b'"') => {
                    out.push_str(&self.text[from..at]);
                    out.shrink_to_fit();
                    self.at = at + 1;
                    return Ok(Cow::Owned(out));
                }
                Some(b'\\') => {
                    out.push_str(&self.text[from..at]);
                    at = self.escape(at, &mut out)?;
                    from = at;
                }
                _ => return Err(JsonFault::Syntax(at)),
            }
        }
    }

    /// The character of the escape at `at`; returns where it ends.
    fn escape(&self, at: usize, out: &mut String) -> Result<usize, JsonFault> {
        let fault = Err(JsonFault::Syntax(at));
        let Some(letter) = self.bytes.get(at + 1) else { return fault };
        out.push(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let Some(first) = self.hex4(at + 2) else { return fault };
                let low = || {
                    let pair = self.bytes.get(at + 6..at + 8) == Some(b"\\u");
                    self.hex4(at + 8).filter(|low| pair && (0xdc00..0xe000).contains(low))
                };
                if (0xd800..0xdc00).contains(&first)
                    && let Some(low) = low()
                {
                    let code = 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00);
                    out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    return Ok(at + 12);
                }
                let half = || JsonFault::Surrogate { code: first, position: out.chars().count() };
                let c = char::from_u32(first).ok_or_else(half)?;
                out.push(c);
                return Ok(at + 6);
            }
            _ => return fault,
        });
        Ok(at + 2)
    }

    fn hex4(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + 4)?;
        digits.iter().try_fold(0, |code, b| Some(code * 16 + char::from(*b).to_digit(16)?))
    }

    fn skip_string(&mut self) -> Result<(), JsonFault> {
        let mut at = self.at + 1;
        loop {
            at += json_plain(&self.bytes[at..]);
            match self.bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(());
                }
                Some(b'\\') if self.bytes.get(at + 1).is_some_and(|b| *b >= 0x20) => at += 2,
                _ => return Err(JsonFault::Syntax(at)),
            }
        }
    }

    /// The number at the reader, `NaN` and the infinities included.
    pub(crate) fn number(&mut self) -> Result<Value, JsonFault> {
        let begin = self.at;
        let (mut plain, mut digits) = (0i64, 0);
        for digit in self.bytes[begin..].iter().map(|b| b.wrapping_sub(b'0')).take_while(|digit| *digit < 10) {
            plain = plain.wrapping_mul(10).wrapping_add(i64::from(digit));
            digits += 1;
        }
        self.at = begin + digits;
        // Nearly all numbers are these.
        let goes_on = matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'A'..=b'Z' | b'a'..=b'z'));
        if (1..19).contains(&digits) && !goes_on && (digits == 1 || self.bytes[begin] != b'0') {
            return Ok(Value::Int(plain));
        }
        while matches!(self.peek(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'A'..=b'Z' | b'a'..=b'z')) {
            self.at += 1;
        }
        let text = &self.text[begin..self.at];
        parse_json(text).map_err(|_| JsonFault::Syntax(begin))
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self) -> Result<bool, JsonFault> {
        if self.word("true") {
            Ok(true)
        } else if self.word("false") {
            Ok(false)
        } else {
            self.fault()
        }
    }

    /// Takes `null` if it stands here.
    pub(crate) fn null(&mut self) -> bool {
        self.word("null")
    }

    fn word(&mut self, word: &str) -> bool {
        let there = self.bytes[self.at..].starts_with(word.as_bytes());
        if there {
            self.at += word.len();
        }
        there
    }

    /// Any value, as a tree.
    pub(crate) fn any(&mut self) -> Result<Value, JsonFault> {
        self.blanks();
        let begin = self.at;
        self.skip()?;
        parse_json(&self.text[begin..self.at]).map_err(|e| match e.kind {
            JsonErrorKind::TooDeep => JsonFault::TooDeep,
            _ => JsonFault::Syntax(begin + e.char_index),
        })
    }

    /// Passes over a value, checking its form.
    pub(crate) fn skip(&mut self) -> Result<(), JsonFault> {
        // What is open: the byte that closes it.
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.kind()? {
                JsonKind::Map => {
                    if self.open(b'}') {
                        open.push(b'}');
                        self.key_skipped()?;
                        continue;
                    }
                }
                JsonKind::List => {
                    if self.open(b']') {
                        open.push(b']');
                        continue;
                    }
                }
                JsonKind::String => self.skip_string()?,
                JsonKind::Number => {
                    self.number()?;
                }
                JsonKind::Bool => {
                    self.boolean()?;
                }
                JsonKind::Null => {
                    if !self.null() {
                        return self.fault();
                    }
                }
            }
            if open.len() > MAX_SKIPPED_DEPTH {
                return Err(JsonFault::TooDeep);
            }
            loop {
                let Some(&close) = open.last() else { return Ok(()) };
                if self.more(close)? {
                    if close == b'}' {
                        self.key_skipped()?;
                    }
                    break;
                }
                open.pop();
            }
        }
    }

    fn key_skipped(&mut self) -> Result<(), JsonFault> {
        if self.peek() != Some(b'"') {
            return self.fault();
        }
        self.skip_string()?;
        self.blanks();
        if self.peek() != Some(b':') {
            return self.fault();
        }
        self.at += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn skipping_checks_the_form() {
        for text in [
            "{\"a\": [1, {\"b\\\"\": null}, \"x\"], \"c\": -1.5e3}",
            "[]",
            "{}",
            "true",
            "\"\\u00e9\"",
            " [ [ ] , { } ] ",
        ] {
            let mut reader = JsonReader::new(text);
            assert_eq!(reader.skip(), Ok(()), "{text}");
            assert!(reader.at_end(), "{text}");
        }
        for text in
            ["{\"a\" 1}", "[1,]", "{,}", "[1 2]", "tru", "\"a", "\"\\", "{\"a\":", "nul", "", "{\"a\":1,}", "01x"]
        {
            assert!(JsonReader::new(text).skip().is_err(), "{text}");
        }
        assert_eq!(JsonReader::new(&"[".repeat(100_000)).skip(), Err(JsonFault::Syntax(100_000)));
    }

    proptest! {
        #[test]
        fn strings_are_read_as_the_general_reader_reads_them(text in "\"([a-c\u{e9}]|\\\\[\"\\\\/bfnrtux]|\\\\u(d83d|dc00|00e9|0)){0,8}\"?") {
            let mut reader = JsonReader::new(&text);
            let read = reader.kind().and_then(|_| reader.string());
            match parse_json(&text) {
                // Half a surrogate pair.
                Ok(Value::String(want)) if want.contains('\u{fffd}') => {
                    prop_assert!(matches!(read, Err(JsonFault::Surrogate { .. })), "{:?}", read);
                }
                Ok(Value::String(want)) => prop_assert_eq!(read, Ok(Cow::Owned(want))),
                _ => prop_assert!(read.is_err() || !reader.at_end()),
            }
        }

        #[test]
        fn it_agrees_with_the_general_reader(text in "[\\[\\]{}\",:a1\\-. \\\\n]{0,24}") {
            let mut reader = JsonReader::new(&text);
            let read = reader.any();
            if read.is_ok() && reader.at_end() {
                prop_assert_eq!(read.ok(), parse_json(&text).ok());
            } else {
                prop_assert!(parse_json(&text).is_err());
            }
        }
    }
}
