//! Single values as text, on both sides.

use crate::failure::ParseFailure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_python::{python_float, python_float_value, python_int_text};
use oxaws_value::{JsonStyle, Value, to_json};
use std::borrow::Cow;

/// A value as Python's `str()` gives it, which is what goes into URIs, headers and XML.
pub(crate) fn python_str(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(s) => Cow::Borrowed(s),
        Value::Int(n) => Cow::Owned(n.to_string()),
        Value::BigInt(t) => Cow::Borrowed(t),
        Value::Float(f) => Cow::Owned(python_float(*f)),
        Value::Bool(true) => Cow::Borrowed("True"),
        Value::Bool(false) => Cow::Borrowed("False"),
        Value::Null => Cow::Borrowed("None"),
        Value::Bytes(b) => String::from_utf8_lossy(b),
        Value::List(_) | Value::Map(_) => Cow::Owned(to_json(value, JsonStyle::PYTHON)),
    }
}

/// `true` or `false` by Python's truth.
pub(crate) fn boolean_text(value: &Value) -> &'static str {
    if value.is_truthy() { "true" } else { "false" }
}

/// The text of a number of a `float` or `double` shape; infinities and NaN have names of their own.
pub(crate) fn float_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Float(f) => special_float(*f).map_or_else(|| Cow::Owned(python_float(*f)), Cow::Borrowed),
        other => python_str(other),
    }
}

/// The wire's name of an infinity or NaN.
pub(crate) fn special_float(f: f64) -> Option<&'static str> {
    if f.is_nan() {
        Some("NaN")
    } else if f.is_infinite() {
        Some(if f > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        None
    }
}

/// The bytes of a blob: bytes as they are, text as UTF-8.
pub(crate) fn blob_bytes(value: &Value) -> Cow<'_, [u8]> {
    match value {
        Value::Bytes(b) => Cow::Borrowed(b),
        other => match python_str(other) {
            Cow::Borrowed(s) => Cow::Borrowed(s.as_bytes()),
            Cow::Owned(s) => Cow::Owned(s.into_bytes()),
        },
    }
}

/// A blob as base64 text.
pub(crate) fn base64_text(value: &Value) -> String {
    STANDARD.encode(blob_bytes(value))
}

/// An integer from text, as Python's `int()` reads it.
pub(crate) fn integer(text: &str) -> Result<Value, ParseFailure> {
    if let Ok(n) = text.parse::<i64>() {
        return Ok(Value::Int(n));
    }
    let digits = python_int_text(text).ok_or_else(|| ParseFailure::Integer(text.to_owned()))?;
    Ok(digits.parse::<i64>().map_or_else(|_| Value::BigInt(digits.into()), Value::Int))
}

/// A float from text, as Python's `float()` reads it: names of infinities and NaN in any case, `_` between digits.
pub(crate) fn float(text: &str) -> Result<Value, ParseFailure> {
    python_float_value(text).map(Value::Float).ok_or_else(|| ParseFailure::Float(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_read_as_python_reads_them() {
        for (text, want) in [
            ("1", 1.0),
            (" 1.5 ", 1.5),
            ("1e3", 1000.0),
            ("1_0.5", 10.5),
            (".5", 0.5),
            ("-Infinity", f64::NEG_INFINITY),
        ] {
            assert_eq!(float(text), Ok(Value::Float(want)), "{text:?}");
        }
        assert!(matches!(float("NaN"), Ok(Value::Float(f)) if f.is_nan()));
        for text in ["", "abc", "1__0", "_1", "1_", "e5", "infin"] {
            assert_eq!(float(text), Err(ParseFailure::Float(text.into())), "{text:?}");
        }
        assert_eq!(float("abc").unwrap_err().to_string(), "could not convert string to float: 'abc'");
    }

    #[test]
    fn integers_are_read_as_python_reads_them() {
        assert_eq!(integer(" 5 "), Ok(Value::Int(5)));
        assert_eq!(integer("99999999999999999999"), Ok(Value::BigInt("99999999999999999999".into())));
        assert_eq!(integer("abc").unwrap_err().to_string(), "invalid literal for int() with base 10: 'abc'");
    }
}
