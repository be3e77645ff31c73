//! JSON as Python's `json.loads` reads it: `NaN` and `Infinity` are numbers, a repeated key keeps the last value, and
//! errors carry Python's words and positions, which users of the AWS CLI know and scripts search for.

use crate::{Key, Map, Value};
use std::borrow::Cow;

/// How deep lists and maps may nest.
pub const MAX_DEPTH: usize = 900;

/// Why a text isn't JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// What was wrong.
    pub kind: JsonErrorKind,
    /// Where: characters (not bytes) from the start of the text.
    pub char_index: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// The kinds of fault, in Python's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonErrorKind {
    /// A byte order mark stands before the text (`json.loads` looks for it before anything else).
    ByteOrderMark,
    /// No value where one must stand.
    ExpectingValue,
    /// A map's key must follow.
    ExpectingName,
    /// A `:` must follow.
    ExpectingColon,
    /// A `,` must follow.
    ExpectingComma,
    /// Something follows the value.
    ExtraData,
    /// The text ends inside a string.
    UnterminatedString,
    /// A raw control character inside a string.
    ControlCharacter,
    /// `\x` with an unknown `x`.
    InvalidEscape,
    /// `\u` without four hexadecimal digits.
    InvalidUnicodeEscape,
    /// Deeper than [`MAX_DEPTH`].
    TooDeep,
}

impl JsonErrorKind {
    /// Python's words.
    pub fn text(self) -> &'static str {
        match self {
            JsonErrorKind::ByteOrderMark => "Unexpected UTF-8 BOM (decode using utf-8-sig)",
            JsonErrorKind::ExpectingValue => "Expecting value",
            JsonErrorKind::ExpectingName => "Expecting property name enclosed in double quotes",
            JsonErrorKind::ExpectingColon => "Expecting ':' delimiter",
            JsonErrorKind::ExpectingComma => "Expecting ',' delimiter",
            JsonErrorKind::ExtraData => "Extra data",
            JsonErrorKind::UnterminatedString => "Unterminated string starting at",
            JsonErrorKind::ControlCharacter => "Invalid control character at",
            JsonErrorKind::InvalidEscape => "Invalid \\escape",
            JsonErrorKind::InvalidUnicodeEscape => "Invalid \\uXXXX escape",
            JsonErrorKind::TooDeep => "nested too deeply",
        }
    }
}

impl std::fmt::Display for JsonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: line {} column {} (char {})", self.kind.text(), self.line, self.column, self.char_index)
    }
}

impl std::error::Error for JsonError {}

/// Reads a whole text.
///
/// # Errors
/// With Python's words when `text` is not one JSON value.
pub fn parse_json(text: &str) -> Result<Value, JsonError> {
    if text.starts_with('\u{feff}') {
        return Err(locate(text, JsonErrorKind::ByteOrderMark, 0));
    }
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0 };
    reader.document().map_err(|(kind, at)| locate(text, kind, at))
}

/// Reads bytes that should be UTF-8 JSON (a reply): bytes that aren't UTF-8 become U+FFFD.
///
/// # Errors
/// As [`parse_json`].
pub fn parse_json_bytes(bytes: &[u8]) -> Result<Value, JsonError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse_json(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(_) => parse_json(&String::from_utf8_lossy(bytes)),
    }
}

fn locate(text: &str, kind: JsonErrorKind, at: usize) -> JsonError {
    let before = &text.as_bytes()[..at.min(text.len())];
    // Characters: bytes that don't continue one.
    let count = |b: &[u8]| b.iter().filter(|b| (**b & 0xc0) != 0x80).count();
    let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    JsonError {
        kind,
        char_index: count(before),
        line: 1 + before.iter().filter(|b| **b == b'\n').count(),
        column: 1 + count(&before[line_start..]),
    }
}

type Fault = (JsonErrorKind, usize);

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

enum Open {
    List(Vec<Value>),
    Map(Map, Key),
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn document(&mut self) -> Result<Value, Fault> {
        self.blanks();
        let value = self.value()?;
        self.blanks();
        if self.at < self.bytes.len() {
            return Err((JsonErrorKind::ExtraData, self.at));
        }
        Ok(value)
    }

    /// One value, with an explicit stack in place of recursion.
    fn value(&mut self) -> Result<Value, Fault> {
        let mut stack: Vec<Open> = Vec::new();
        loop {
            // A value starts here.
            let mut done = match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    self.blanks();
                    if self.peek() == Some(b'}') {
                        self.at += 1;
                        Value::Map(Map::new())
                    } else {
                        let key = self.key()?;
                        stack.push(Open::Map(Map::new(), key));
                        self.depth(&stack)?;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    self.blanks();
                    if self.peek() == Some(b']') {
                        self.at += 1;
                        Value::List(Vec::new())
                    } else {
                        stack.push(Open::List(Vec::new()));
                        self.depth(&stack)?;
                        continue;
                    }
                }
                _ => self.scalar()?,
            };
            // A value ended: put it in its container, and close as many as end here.
            loop {
                match stack.pop() {
                    None => return Ok(done),
                    Some(Open::List(mut list)) => {
                        list.push(done);
                        self.blanks();
                        match self.peek() {
                            Some(b']') => {
                                self.at += 1;
                                done = Value::List(list);
                            }
                            Some(b',') => {
                                self.at += 1;
                                self.blanks();
                                stack.push(Open::List(list));
                                break;
                            }
                            _ => return Err((JsonErrorKind::ExpectingComma, self.at)),
                        }
                    }
                    Some(Open::Map(mut map, key)) => {
                        map.insert(key, done);
                        self.blanks();
                        match self.peek() {
                            Some(b'}') => {
                                self.at += 1;
                                done = Value::Map(map);
                            }
                            Some(b',') => {
                                self.at += 1;
                                self.blanks();
                                let key = self.key()?;
                                stack.push(Open::Map(map, key));
                                break;
                            }
                            _ => return Err((JsonErrorKind::ExpectingComma, self.at)),
                        }
                    }
                }
            }
        }
    }

    fn depth(&self, stack: &[Open]) -> Result<(), Fault> {
        if stack.len() > MAX_DEPTH { Err((JsonErrorKind::TooDeep, self.at)) } else { Ok(()) }
    }

    fn key(&mut self) -> Result<Key, Fault> {
        if self.peek() != Some(b'"') {
            return Err((JsonErrorKind::ExpectingName, self.at));
        }
        let key = self.string()?;
        self.blanks();
        if self.peek() != Some(b':') {
            return Err((JsonErrorKind::ExpectingColon, self.at));
        }
        self.at += 1;
        self.blanks();
        Ok(Cow::Owned(key))
    }

    fn scalar(&mut self) -> Result<Value, Fault> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => return self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => {
                if let Some(number) = self.number() {
                    return Ok(number);
                }
            }
            _ => {}
        }
        for (word, value) in [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Float(f64::NAN)),
            ("Infinity", Value::Float(f64::INFINITY)),
            ("-Infinity", Value::Float(f64::NEG_INFINITY)),
        ] {
            if self.text[start..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err((JsonErrorKind::ExpectingValue, start))
    }

    fn digits(&self, mut at: usize) -> usize {
        while self.bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        let mut at = start + usize::from(self.bytes[start] == b'-');
        match self.bytes.get(at)? {
            b'0' => at += 1,
            b'1'..=b'9' => at = self.digits(at),
            _ => return None,
        }
        let mut float = false;
        if self.bytes.get(at) == Some(&b'.') {
            let end = self.digits(at + 1);
            if end > at + 1 {
                (float, at) = (true, end);
            }
        }
        if matches!(self.bytes.get(at), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.bytes.get(at + 1), Some(b'+' | b'-')));
            let end = self.digits(at + 1 + sign);
            if end > at + 1 + sign {
                (float, at) = (true, end);
            }
        }
        let text = &self.text[start..at];
        self.at = at;
        Some(match (float, text.parse::<i64>()) {
            (true, _) => Value::Float(text.parse().unwrap_or(f64::NAN)),
            (false, Ok(n)) => Value::Int(n),
            (false, Err(_)) => Value::BigInt(text.into()),
        })
    }

    /// A string, from its opening quote.
    fn string(&mut self) -> Result<String, Fault> {
        let begin = self.at;
        let mut at = begin + 1;
        let mut out = String::new();
        let mut from = at;
        loop {
            at += crate::json_plain(&self.bytes[at..]);
            let Some(&b) = self.bytes.get(at) else { return Err((JsonErrorKind::UnterminatedString, begin)) };
            match b {
                b'"' => {
                    self.at = at + 1;
                    if from == begin + 1 {
                        return Ok(self.text[from..at].to_owned());
                    }
                    out.push_str(&self.text[from..at]);
                    return Ok(out);
                }
                b'\\' => {
                    out.push_str(&self.text[from..at]);
                    at = self.escape(at, begin, &mut out)?;
                    from = at;
                }
                0..0x20 => return Err((JsonErrorKind::ControlCharacter, at)),
                _ => at += 1,
            }
        }
    }

    /// The escape at `at`; returns where it ends.
    fn escape(&self, at: usize, begin: usize, out: &mut String) -> Result<usize, Fault> {
        let Some(&b) = self.bytes.get(at + 1) else { return Err((JsonErrorKind::UnterminatedString, begin)) };
        out.push(match b {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex4(at + 2).ok_or((JsonErrorKind::InvalidUnicodeEscape, at + 1))?;
                if (0xd800..0xdc00).contains(&high)
                    && self.bytes.get(at + 6) == Some(&b'\\')
                    && self.bytes.get(at + 7) == Some(&b'u')
                    && let Some(low) = self.hex4(at + 8)
                    && (0xdc00..0xe000).contains(&low)
                {
                    let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    return Ok(at + 12);
                }
                // Half a pair has no place in UTF-8.
                out.push(char::from_u32(high).unwrap_or('\u{fffd}'));
                return Ok(at + 6);
            }
            _ => return Err((JsonErrorKind::InvalidEscape, at)),
        });
        Ok(at + 2)
    }

    fn hex4(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + 4)?;
        digits.iter().try_fold(0, |code, b| Some(code * 16 + char::from(*b).to_digit(16)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_messages() {
        for (text, message) in [
            ("{bad", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
            ("", "Expecting value: line 1 column 1 (char 0)"),
            ("[1,2", "Expecting ',' delimiter: line 1 column 5 (char 4)"),
            ("{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"),
            ("[1] x", "Extra data: line 1 column 5 (char 4)"),
            ("{\n \"é\": \"x", "Unterminated string starting at: line 2 column 7 (char 8)"),
            ("[\"a\nb\"]", "Invalid control character at: line 1 column 4 (char 3)"),
            ("[\"\\x\"]", "Invalid \\escape: line 1 column 3 (char 2)"),
            ("[\"\\u12\"]", "Invalid \\uXXXX escape: line 1 column 4 (char 3)"),
            ("[1,]", "Expecting value: line 1 column 4 (char 3)"),
            ("[01]", "Expecting ',' delimiter: line 1 column 3 (char 2)"),
        ] {
            assert_eq!(parse_json(text).unwrap_err().to_string(), message, "{text:?}");
        }
    }

    #[test]
    fn values() {
        let v = parse_json(
            "{\"a\":[1,-2.5,1e3,null,true,NaN,123456789012345678901],\"a\":{\"\\ud83d\\ude00\":\"\\ud800\"}}",
        )
        .unwrap();
        assert_eq!(v.get("a").unwrap().get("😀"), Some(&Value::from("\u{fffd}")));
        let deep = "[".repeat(100_000);
        assert_eq!(parse_json(&deep).unwrap_err().kind, JsonErrorKind::TooDeep);
    }
}
