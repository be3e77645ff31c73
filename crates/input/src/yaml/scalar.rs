//! Scalars: what they are by their form or tag.

use super::marks::Foreign;
use super::{Role, YamlError, full_name, invalid, moment, unknown_tag};
use crate::blob;
use oxaws_python::repr_str;
use oxaws_python::{python_float_value, python_int_text};
use oxaws_value::Value;
use saphyr_parser::{ScalarStyle, Tag};

/// What a scalar is.
#[derive(Default)]
pub(super) struct Scalar {
    pub(super) value: Value,
    pub(super) role: Role,
    pub(super) foreign: Option<Foreign>,
}

impl From<Value> for Scalar {
    fn from(value: Value) -> Self {
        Scalar { value, role: Role::Usual, foreign: None }
    }
}

/// Reads a scalar. With `moments`, timestamps are foreign; otherwise they stay text.
///
/// # Errors
/// When it isn't what its tag says.
pub(super) fn read(text: &str, style: ScalarStyle, tag: Option<&Tag>, moments: bool) -> Result<Scalar, YamlError> {
    let Some(tag) = tag else {
        return if style == ScalarStyle::Plain { implicit(text, moments) } else { Ok(Value::from(text).into()) };
    };
    let name = full_name(tag);
    let value = match name.strip_prefix("tag:yaml.org,2002:").unwrap_or(&name) {
        "!" | "str" => text.into(),
        "null" => Value::Null,
        "bool" => match text.to_lowercase().as_str() {
            "yes" | "y" | "true" | "on" => Value::Bool(true),
            "no" | "n" | "false" | "off" => Value::Bool(false),
            other => return Err(YamlError::Python(repr_str(other))),
        },
        "int" => integer(text)?,
        "float" => float(text)?,
        "binary" => {
            let bytes = blob::decode_bytes(text.as_bytes()).filter(|_| text.is_ascii());
            Value::Bytes(bytes.ok_or_else(|| invalid(format!("{text:?} is no {name}")))?)
        }
        "timestamp" if moments => return timestamp(text),
        "timestamp" => text.into(),
        _ => return Err(unknown_tag(&name)),
    };
    Ok(value.into())
}

/// A plain scalar by its form.
fn implicit(text: &str, moments: bool) -> Result<Scalar, YamlError> {
    let value = match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        "<<" => return Ok(Scalar { role: Role::Merge, ..Value::from(text).into() }),
        "=" => return Ok(Scalar { role: Role::Default, ..Value::from(text).into() }),
        _ if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => text.into(),
        _ if is_float(text) => float(text)?,
        _ if is_integer(text) => integer(text)?,
        _ if moments && moment::is_implicit(text) => return timestamp(text),
        _ => text.into(),
    };
    Ok(value.into())
}

/// A moment, for which the bytes of its text stand: no parameter that isn't one takes bytes for text.
fn timestamp(text: &str) -> Result<Scalar, YamlError> {
    let foreign = moment::read(text)
        .ok_or_else(|| invalid(format!("failed to construct timestamp from {text:?}")))?
        .map_err(YamlError::Python)?;
    Ok(Scalar { value: Value::Bytes(foreign.shown().into()), role: Role::Usual, foreign: Some(foreign) })
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn is_integer(text: &str) -> bool {
    let body = unsigned(text);
    let all = |digits: &str, base| !digits.is_empty() && digits.chars().all(|c| c == '_' || c.is_digit(base));
    all(body, 10)
        || [("0b", 2), ("0o", 8), ("0x", 16)]
            .into_iter()
            .any(|(prefix, base)| body.strip_prefix(prefix).is_some_and(|digits| all(digits, base)))
}

/// The number of an integer's text; leading zeros don't make it octal.
fn integer(text: &str) -> Result<Value, YamlError> {
    let text = without_underscores(text)?;
    let body = unsigned(&text);
    let (digits, radix) = match body.get(..2) {
        Some("0b") => (&body[2..], 2),
        Some("0o") => (&body[2..], 8),
        Some("0x") => (&body[2..], 16),
        _ => (body, 10),
    };
    let wrong = || YamlError::Python(format!("invalid literal for int() with base {radix}: {}", repr_str(digits)));
    let digits = if radix == 10 {
        python_int_text(digits).ok_or_else(wrong)?
    } else {
        let number = u128::from_str_radix(digits, radix).map_err(|e| match e.kind() {
            // There is no need for more.
            std::num::IntErrorKind::PosOverflow => invalid("a number beyond 128 bits"),
            _ => wrong(),
        })?;
        number.to_string()
    };
    // `int()` takes a second sign.
    let digits = match digits.strip_prefix('-') {
        _ if !text.starts_with('-') || digits == "0" => digits,
        Some(positive) => positive.to_owned(),
        None => format!("-{digits}"),
    };
    Ok(digits.parse().map_or_else(|_| Value::BigInt(digits.into()), Value::Int))
}

/// A number's text as the AWS CLI's reader begins with it.
fn without_underscores(text: &str) -> Result<String, YamlError> {
    let text = text.replace('_', "");
    if text.is_empty() { Err(YamlError::Python("string index out of range".into())) } else { Ok(text) }
}

fn is_float(text: &str) -> bool {
    let body = unsigned(text);
    if matches!(body, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    if !digits(whole) || !digits(fraction.unwrap_or("")) || whole.starts_with('_') {
        return false;
    }
    let exponent_ok = |signed: bool| match exponent {
        None => true,
        Some(e) => {
            let power = e.strip_prefix(['-', '+']).unwrap_or(e);
            !power.is_empty() && power.bytes().all(|b| b.is_ascii_digit()) && (!signed || power.len() < e.len())
        }
    };
    match (whole.is_empty(), fraction) {
        (false, Some(_)) => exponent_ok(false),
        (false, None) => exponent.is_some() && exponent_ok(false),
        // `.5e1` without a sign of the exponent is text.
        (true, Some(fraction)) => !fraction.is_empty() && exponent_ok(true),
        (true, None) => false,
    }
}

fn float(text: &str) -> Result<Value, YamlError> {
    let text = without_underscores(text)?.to_lowercase();
    let body = unsigned(&text);
    let size = match body {
        ".inf" => f64::INFINITY,
        ".nan" => return Ok(Value::Float(f64::NAN)),
        _ => python_float_value(body)
            .ok_or_else(|| YamlError::Python(format!("could not convert string to float: {}", repr_str(body))))?,
    };
    Ok(Value::Float(if text.starts_with('-') { -size } else { size }))
}
