//! Scalars: what they are by their form or tag.

use super::{Dialect, Role, YamlError, full_name, invalid, unknown_tag};
use crate::implicit::{Kind, kind, old_truth, unsigned};
use crate::{Node, moment};
use oxaws_python::{b64decode, python_float_value, python_int_text, repr_str};
use saphyr_parser::{ScalarStyle, Tag};

/// Reads a scalar.
///
/// # Errors
/// When it isn't what its tag or form says.
pub(super) fn read(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    dialect: Dialect,
) -> Result<(Node, Role), YamlError> {
    let Some(tag) = tag else {
        return if style == ScalarStyle::Plain { plain(text, dialect) } else { Ok((Node::text(text), Role::Usual)) };
    };
    let name = full_name(tag);
    let node = match name.strip_prefix("tag:yaml.org,2002:").unwrap_or(&name) {
        "!" | "str" => Node::text(text),
        "null" => Node::Null,
        "bool" => match text.to_lowercase().as_str() {
            "yes" | "y" | "true" | "on" => Node::Bool(true),
            "no" | "n" | "false" | "off" => Node::Bool(false),
            other => return Err(YamlError::Python(repr_str(other))),
        },
        "int" => integer(text)?,
        "float" => float(text)?,
        "binary" => {
            let bytes = b64decode(text).filter(|_| text.is_ascii());
            Node::Binary(bytes.ok_or_else(|| invalid(format!("failed to decode base64 data: {text:?}")))?)
        }
        "timestamp" => date(text)?,
        _ => {
            let function = dialect.function(&name).ok_or_else(|| unknown_tag(&name))?;
            let argument = match (function.as_str(), text.split_once('.')) {
                ("Fn::GetAtt", Some((resource, attribute))) => {
                    Node::List(vec![Node::text(resource), Node::text(attribute)])
                }
                ("Fn::GetAtt", None) => Node::List(vec![Node::text(text)]),
                // A tagged scalar is text, whatever it looks like.
                _ => Node::text(text),
            };
            Node::Map(vec![(Node::Text(function), argument)])
        }
    };
    Ok((node, Role::Usual))
}

/// A plain scalar by its form.
fn plain(text: &str, dialect: Dialect) -> Result<(Node, Role), YamlError> {
    if let Some(truth) = old_truth(text).filter(|_| dialect.yes_no) {
        return Ok((Node::Bool(truth), Role::Usual));
    }
    let node = match kind(text) {
        Kind::Null => Node::Null,
        Kind::Bool(truth) => Node::Bool(truth),
        Kind::Int => integer(text)?,
        Kind::Float => float(text)?,
        Kind::Timestamp => date(text)?,
        Kind::Merge => return Ok((Node::text(text), Role::Merge)),
        Kind::Default => return Ok((Node::text(text), Role::Default)),
        Kind::Text => Node::text(text),
    };
    Ok((node, Role::Usual))
}

fn date(text: &str) -> Result<Node, YamlError> {
    let read = moment::read(text).ok_or_else(|| invalid(format!("failed to construct timestamp from {text:?}")))?;
    read.map_err(YamlError::Python).map(|_| Node::Date(text.to_owned()))
}

/// The number of an integer's text; leading zeros don't make it octal.
fn integer(text: &str) -> Result<Node, YamlError> {
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
    Ok(Node::Int(digits))
}

/// A number's text as the AWS CLI's reader begins with it.
fn without_underscores(text: &str) -> Result<String, YamlError> {
    let text = text.replace('_', "");
    if text.is_empty() { Err(YamlError::Python("string index out of range".into())) } else { Ok(text) }
}

fn float(written: &str) -> Result<Node, YamlError> {
    let text = without_underscores(written)?.to_lowercase();
    let body = unsigned(&text);
    let size = match body {
        ".inf" => f64::INFINITY,
        ".nan" => return Ok(Node::Float(f64::NAN, written.to_owned())),
        _ => python_float_value(body)
            .ok_or_else(|| YamlError::Python(format!("could not convert string to float: {}", repr_str(body))))?,
    };
    Ok(Node::Float(if text.starts_with('-') { -size } else { size }, written.to_owned()))
}
