//! [`Json`] → text.

use super::{Json, sorted};

impl Json {
    /// The text Python's `json.dumps` writes: ASCII only, with a blank behind `,` and `:`. Folding works on this text,
    /// so that it sees the same word boundaries as when the cases were recorded.
    pub fn dump(&self) -> String {
        let mut out = String::new();
        Writer { out: &mut out, ascii: true, sort: false }.inline(self);
        out
    }

    /// One line with sorted keys: equal values have equal texts, except for the two forms of a number.
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        Writer { out: &mut out, ascii: true, sort: true }.inline(self);
        out
    }

    /// Lines for people: a key or an element each, sorted keys, letters as they are.
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        Writer { out: &mut out, ascii: false, sort: true }.indented(self, 0);
        out
    }
}

struct Writer<'o> {
    out: &'o mut String,
    ascii: bool,
    sort: bool,
}

impl Writer<'_> {
    fn inline(&mut self, value: &Json) {
        match value {
            Json::List(items) => {
                self.out.push('[');
                for (number, item) in items.iter().enumerate() {
                    self.out.push_str(if number > 0 { ", " } else { "" });
                    self.inline(item);
                }
                self.out.push(']');
            }
            Json::Map(entries) => {
                self.out.push('{');
                for (number, (key, value)) in self.ordered(entries).into_iter().enumerate() {
                    self.out.push_str(if number > 0 { ", " } else { "" });
                    self.string(key);
                    self.out.push_str(": ");
                    self.inline(value);
                }
                self.out.push('}');
            }
            scalar => self.scalar(scalar),
        }
    }

    fn indented(&mut self, value: &Json, depth: usize) {
        let line = |depth: usize| format!("\n{}", " ".repeat(depth));
        match value {
            Json::List(items) if !items.is_empty() => {
                self.out.push('[');
                for (number, item) in items.iter().enumerate() {
                    self.out.push_str(if number > 0 { "," } else { "" });
                    self.out.push_str(&line(depth + 1));
                    self.indented(item, depth + 1);
                }
                self.out.push_str(&line(depth));
                self.out.push(']');
            }
            Json::Map(entries) if !entries.is_empty() => {
                self.out.push('{');
                for (number, (key, value)) in self.ordered(entries).into_iter().enumerate() {
                    self.out.push_str(if number > 0 { "," } else { "" });
                    self.out.push_str(&line(depth + 1));
                    self.string(key);
                    self.out.push_str(": ");
                    self.indented(value, depth + 1);
                }
                self.out.push_str(&line(depth));
                self.out.push('}');
            }
            other => self.inline(other),
        }
    }

    fn ordered<'e>(&self, entries: &'e [(String, Json)]) -> Vec<&'e (String, Json)> {
        if self.sort { sorted(entries) } else { entries.iter().collect() }
    }

    fn scalar(&mut self, value: &Json) {
        match value {
            Json::Null => self.out.push_str("null"),
            Json::Bool(yes) => self.out.push_str(if *yes { "true" } else { "false" }),
            Json::Int(digits) => self.out.push_str(digits),
            Json::Float(number) if number.is_nan() => self.out.push_str("NaN"),
            Json::Float(number) if number.is_infinite() => {
                self.out.push_str(if *number > 0.0 { "Infinity" } else { "-Infinity" });
            }
            // Rust's `Debug` always writes a `.` or an exponent, so the text is read back as this kind of number.
            Json::Float(number) => self.out.push_str(&format!("{number:?}")),
            Json::Text(text) => self.string(text),
            Json::List(_) | Json::Map(_) => self.inline(value),
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for letter in text.chars() {
            match letter {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                letter if letter < ' ' || (self.ascii && !letter.is_ascii()) || letter == '\u{7f}' && !self.ascii => {
                    let mut units = [0; 2];
                    for unit in letter.encode_utf16(&mut units) {
                        self.out.push_str(&format!("\\u{unit:04x}"));
                    }
                }
                letter => self.out.push(letter),
            }
        }
        self.out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn dumps_as_python_does() {
        let text = r#"{"b": [1, 2.5, NaN, -Infinity, null, false], "a": "\u00e9\ud83d\ude00\"\\\n\u0001"}"#;
        let value = parse(text).unwrap();
        assert_eq!(value.dump(), text);
        assert!(value.canonical().starts_with("{\"a\": "));
        assert_eq!(parse("1e300").unwrap().dump(), "1e300");
    }

    #[test]
    fn pretty_text_has_a_line_for_each_element() {
        let value = parse(r#"{"b": [], "a": [1, {"é": {}}]}"#).unwrap();
        assert_eq!(value.pretty(), "{\n \"a\": [\n  1,\n  {\n   \"é\": {}\n  }\n ],\n \"b\": []\n}");
    }
}
