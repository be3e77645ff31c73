//! Header values of requests, and headers of replies by name.

use crate::request::SerializeError;
use crate::scalar::{base64_text, boolean_text, float_text, python_str};
use crate::timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_model::{Location, Member, ShapeKind, TimestampFormat};
use oxaws_python::LocalClock;
use oxaws_value::{JsonStyle, Value, to_json};
use std::borrow::Cow;

/// JSON without blanks, ASCII only: the layout inside a `jsonvalue` header.
const COMPACT_ASCII: JsonStyle = JsonStyle { indent: None, ascii: true, spaced: false };

/// Whether this is text that carries JSON in a header.
pub(crate) fn is_json_header(member: Member) -> bool {
    member.json_value() && member.shape().kind() == ShapeKind::String && member.location() == Some(Location::Header)
}

/// Whether a reply has this member in its head: a header or the status code.
pub(crate) fn in_head(member: Member) -> bool {
    matches!(member.location(), Some(Location::Header | Location::Headers | Location::StatusCode))
}

/// The header's text for a value; `None` for an empty list, which sends no header.
pub(crate) fn header_text(
    member: Member,
    value: &Value,
    clock: LocalClock<'_>,
) -> Result<Option<String>, SerializeError> {
    if let (ShapeKind::List, Value::List(items)) = (member.shape().kind(), value) {
        if items.is_empty() {
            return Ok(None);
        }
        let element = member.shape().element();
        let texts = items.iter().filter(|v| !v.is_null()).map(|item| {
            if element.shape().kind() == ShapeKind::String {
                Ok(quoted_item(&python_str(item)))
            } else {
                scalar_text(element, item, clock)
            }
        });
        return Ok(Some(texts.collect::<Result<Vec<_>, _>>()?.join(",")));
    }
    scalar_text(member, value, clock).map(Some)
}

fn scalar_text(member: Member, value: &Value, clock: LocalClock<'_>) -> Result<String, SerializeError> {
    Ok(match member.shape().kind() {
        ShapeKind::Timestamp => {
            let format = timestamp::format_of(member).unwrap_or(TimestampFormat::Rfc822);
            timestamp::whole_second_text(value, format, clock)?
        }
        ShapeKind::Boolean => boolean_text(value).to_owned(),
        ShapeKind::Float | ShapeKind::Double => float_text(value).into_owned(),
        ShapeKind::Blob => base64_text(value),
        _ if is_json_header(member) => STANDARD.encode(to_json(value, COMPACT_ASCII)),
        _ => python_str(value).into_owned(),
    })
}

/// An item of a header list: quoted where it holds what would end it.
fn quoted_item(text: &str) -> String {
    if text.contains(['"', ',']) { format!("\"{}\"", text.replace('"', "\\\"")) } else { text.to_owned() }
}

/// The value of a header, by name in any case; several of one name are joined.
pub(crate) fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<Cow<'a, str>> {
    let mut found = headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str());
    let first = found.next()?;
    Some(found.fold(Cow::Borrowed(first), |joined, value| Cow::Owned(format!("{joined}, {value}"))))
}
