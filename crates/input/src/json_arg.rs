//! Arguments in JSON: how they are told from shorthand, and what is said when they are wrong.

use oxaws_python::is_blank;
use oxaws_value::{JsonError, Value, parse_json};
use std::fmt;

/// Whether an argument is JSON rather than shorthand: it starts with `[` or `{`, blanks aside. Of a list of words the
/// first one decides.
pub fn looks_like_json(text: &str) -> bool {
    matches!(first_char(text), Some('[' | '{'))
}

fn first_char(text: &str) -> Option<char> {
    text.trim_start_matches(is_blank).chars().next()
}

/// Why an argument isn't the JSON it should be. Displays with what follows `Error parsing parameter '--x': `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonArgError {
    /// It starts as JSON, but isn't.
    Invalid {
        /// The fault, in Python's words.
        error: JsonError,
        /// The argument.
        text: String,
    },
    /// It doesn't start with `{` (or `[` for a list).
    WrongStart(String),
    /// It is blank. The AWS CLI fails over this with exit code 255 and these words alone.
    Blank,
}

impl JsonArgError {
    /// Whether this is reported as `Error parsing parameter …` (exit code 252); else the text stands alone (255).
    pub fn is_parameter_error(&self) -> bool {
        !matches!(self, JsonArgError::Blank)
    }
}

impl fmt::Display for JsonArgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonArgError::Invalid { error, text } => write!(f, "Invalid JSON: {error}\nJSON received: {text}"),
            JsonArgError::WrongStart(text) => write!(f, "Invalid JSON:\n{text}"),
            JsonArgError::Blank => f.write_str("string index out of range"),
        }
    }
}

impl std::error::Error for JsonArgError {}

/// Any JSON: document types and JSON headers.
///
/// # Errors
/// When it isn't JSON.
pub fn parse(text: &str) -> Result<Value, JsonArgError> {
    parse_json(text).map_err(|error| JsonArgError::Invalid { error, text: text.into() })
}

/// The JSON of a structure or map, which must start with `{`.
///
/// # Errors
/// When it starts otherwise, or isn't JSON.
pub fn parse_map(text: &str) -> Result<Value, JsonArgError> {
    match first_char(text) {
        None => Err(JsonArgError::Blank),
        Some('{') => parse(text),
        Some(_) => Err(JsonArgError::WrongStart(text.into())),
    }
}

/// The JSON of a list, where the words of the argument are one that starts with `[`; else `None`, and each word is an
/// item of its own.
///
/// # Errors
/// When it isn't JSON.
pub fn parse_list(words: &[impl AsRef<str>]) -> Option<Result<Value, JsonArgError>> {
    match words {
        [word] if first_char(word.as_ref()) == Some('[') => Some(parse(word.as_ref())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_json() {
        for (text, want) in
            [(" \n[", true), ("{", true), ("a=b", false), ("", false), ("\"x\"", false), ("\u{a0}{", true)]
        {
            assert_eq!(looks_like_json(text), want, "{text:?}");
        }
        assert!(parse_list(&["[1]"]).unwrap().is_ok());
        assert!(parse_list(&["[1]", "[2]"]).is_none());
        assert!(parse_list(&["a"]).is_none());
    }

    #[test]
    fn messages() {
        let text = |r: Result<Value, JsonArgError>| r.unwrap_err().to_string();
        assert_eq!(
            text(parse_map("{bad")),
            "Invalid JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\nJSON received: {bad"
        );
        assert_eq!(text(parse_map("[]")), "Invalid JSON:\n[]");
        assert_eq!(text(parse_map("  ")), "string index out of range");
        assert_eq!(
            text(parse("\u{feff}{}")),
            "Invalid JSON: Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)\nJSON received: \u{feff}{}"
        );
        assert!(parse("5").is_ok());
    }
}
