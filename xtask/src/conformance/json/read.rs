//! Text → [`Json`], accepting and refusing what Python's `json.loads` does.

use super::Json;

/// Deeper nesting is refused, as Python's reader ends with an error near there too.
const MAX_DEPTH: usize = 900;

/// Reads one JSON text.
///
/// # Errors
/// When it isn't one; the message says where.
pub fn parse(text: &str) -> Result<Json, String> {
    let mut reader = Reader { text, at: 0 };
    reader.skip_blanks();
    let value = reader.value(0)?;
    reader.skip_blanks();
    if reader.at == text.len() { Ok(value) } else { Err(reader.problem("something follows the value")) }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn problem(&self, what: &str) -> String {
        format!("{what} at byte {}", self.at)
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Takes `word`, where it comes next.
    fn take(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > MAX_DEPTH {
            return Err(self.problem("nested too deeply"));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::Text),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, String> {
        self.at += 1;
        let mut entries = Vec::new();
        self.skip_blanks();
        if self.take("}") {
            return Ok(Json::Map(entries));
        }
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'"') {
                return Err(self.problem("a key was expected"));
            }
            let key = self.string()?;
            self.skip_blanks();
            if !self.take(":") {
                return Err(self.problem("`:` was expected"));
            }
            self.skip_blanks();
            entries.push((key, self.value(depth + 1)?));
            self.skip_blanks();
            if self.take("}") {
                return Ok(Json::unique(entries));
            }
            if !self.take(",") {
                return Err(self.problem("`,` or `}` was expected"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, String> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_blanks();
        if self.take("]") {
            return Ok(Json::List(items));
        }
        loop {
            self.skip_blanks();
            items.push(self.value(depth + 1)?);
            self.skip_blanks();
            if self.take("]") {
                return Ok(Json::List(items));
            }
            if !self.take(",") {
                return Err(self.problem("`,` or `]` was expected"));
            }
        }
    }

    fn word(&mut self) -> Result<Json, String> {
        let words = [
            ("null", Json::Null),
            ("true", Json::Bool(true)),
            ("false", Json::Bool(false)),
            ("NaN", Json::Float(f64::NAN)),
            ("Infinity", Json::Float(f64::INFINITY)),
            ("-Infinity", Json::Float(f64::NEG_INFINITY)),
        ];
        match words.into_iter().find(|(word, _)| self.rest().starts_with(word)) {
            Some((word, value)) => {
                self.at += word.len();
                Ok(value)
            }
            None => self.number(),
        }
    }

    fn number(&mut self) -> Result<Json, String> {
        let start = self.at;
        self.take("-");
        let first = self.at;
        let whole = self.digits();
        if whole == 0 {
            return Err(self.problem("a value was expected"));
        }
        // A leading zero ends the number, so `01` is a 0 with something behind it.
        if self.text.as_bytes()[first] == b'0' {
            self.at = first + 1;
        }
        let integer = self.at;
        if self.take(".") && self.digits() == 0 {
            self.at = integer;
        }
        let fraction = self.at;
        if self.take("e") || self.take("E") {
            let _signed = self.take("+") || self.take("-");
            if self.digits() == 0 {
                self.at = fraction;
            }
        }
        let text = &self.text[start..self.at];
        if self.at == integer {
            return Ok(Json::Int(if text == "-0" { "0" } else { text }.to_owned()));
        }
        text.parse().map(Json::Float).map_err(|_| self.problem("not a number"))
    }

    /// Skips digits and says how many there were.
    fn digits(&mut self) -> usize {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += count;
        count
    }

    fn string(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let plain = self.rest().bytes().take_while(|b| !matches!(b, b'"' | b'\\' | 0..0x20)).count();
            out.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.problem("a control character in a string")),
                None => return Err(self.problem("a string without an end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let letter = self.text.as_bytes().get(self.at + 1).copied();
        let plain = match letter {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.problem("an unknown escape")),
        };
        self.at += 2;
        Ok(plain)
    }

    fn unicode_escape(&mut self) -> Result<char, String> {
        let first = self.code_unit().ok_or_else(|| self.problem("four hexadecimal digits were expected"))?;
        if (0xd800..0xdc00).contains(&first) {
            let before = self.at;
            if let Some(second @ 0xdc00..0xe000) = self.code_unit() {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Takes `\uXXXX`, where it comes next.
    fn code_unit(&mut self) -> Option<u32> {
        let digits = self.rest().strip_prefix("\\u")?.get(..4)?;
        let all_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        let unit = u32::from_str_radix(digits, 16).ok().filter(|_| all_hex)?;
        self.at += 6;
        Some(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_python_reads() {
        let value = parse(
            " {\"a\" : [1, -2.5e3, 12345678901234567890123, NaN, -Infinity, null, true], \"b\": \"\\u00e9\\ud83d\\ude00\\n/\"} ",
        );
        let value = value.unwrap();
        let items = value.get("a").unwrap().items();
        assert!(matches!(&items[2], Json::Int(digits) if digits == "12345678901234567890123"));
        assert!(matches!(items[3], Json::Float(n) if n.is_nan()) && items[1] == Json::Float(-2500.0));
        assert_eq!(value.get("b").unwrap().as_text(), Some("é😀\n/"));
        assert_eq!(parse(r#""\ud83d-\ude00x""#).unwrap().as_text(), Some("\u{fffd}-\u{fffd}x"));
    }

    #[test]
    fn refuses_what_python_refuses() {
        let nested = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "01",
            "1.",
            "1.e3",
            "+1",
            ".5",
            "\"a",
            "\"\t\"",
            "\"\\x\"",
            "\"\\u00g0\"",
            "1 2",
            "nul",
            &nested,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
