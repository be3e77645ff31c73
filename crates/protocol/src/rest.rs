//! Requests of `rest-json` and `rest-xml`: members go to the URI, the query string, headers and the body.

use crate::headers::header_text;
use crate::json_write::JsonBody;
use crate::request::{Body, Entries, Request, SerializeError, SerializeOptions, method};
use crate::scalar::{blob_bytes, boolean_text, float_text, python_str};
use crate::{timestamp, uri, xml_write};
use oxaws_model::{Location, Member, Operation, Shape, ShapeKind, TimestampFormat};
use oxaws_python::LocalClock;
use oxaws_value::Value;

/// The format of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
}

/// The request of a `rest-json` or `rest-xml` operation.
pub(crate) fn request(
    op: Operation,
    entries: &Entries,
    format: Format,
    o: &SerializeOptions,
) -> Result<Request, SerializeError> {
    let mut request = Request::post(Vec::new(), Body::Empty);
    request.method = method(op);
    let Some(shape) = op.input() else {
        (request.path, request.query) = uri::render(op.uri(), |_| None)?;
        return Ok(request);
    };
    let mut labels: Vec<(&str, String)> = Vec::new();
    let mut query = QueryString::default();
    let mut in_body: Entries = Vec::new();
    for (member, value) in entries {
        if value.is_null() {
            continue;
        }
        match member.location() {
            Some(Location::Uri) => labels.push((member.wire_name(), uri_text(*member, value, o.clock)?)),
            Some(Location::QueryString) => query.add(*member, value, o.clock)?,
            Some(Location::Header) => {
                if let Some(text) = header_text(*member, value, o.clock)? {
                    set_header(&mut request.headers, member.wire_name(), text);
                }
            }
            Some(Location::Headers) => {
                for (key, text) in value.as_map().into_iter().flat_map(|m| m.iter()) {
                    let name = format!("{}{key}", member.wire_name());
                    set_header(&mut request.headers, &name, python_str(text).into_owned());
                }
            }
            Some(Location::StatusCode) | None => in_body.push((*member, value)),
        }
    }
    let label = |name: &str| labels.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
    (request.path, request.query) = uri::render(op.uri(), label)?;
    request.query.extend(query.into_pairs());

    let streams = shape.payload().is_some_and(|m| is_stream(m.shape()));
    request.body = body(op, shape, entries, &in_body, format, o)?;
    let has_content_type = request.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("content-type"));
    if format == Format::Json && !streams && request.body != Body::Empty && !has_content_type {
        request.headers.push(("Content-Type".into(), "application/json".into()));
    }
    Ok(request)
}

/// Sets a header; a name that is there (in the same case) keeps its place.
fn set_header(headers: &mut Vec<(String, String)>, name: &str, value: String) {
    match headers.iter_mut().find(|(n, _)| n == name) {
        Some(header) => header.1 = value,
        None => headers.push((name.to_owned(), value)),
    }
}

/// A payload that goes out as it is.
fn is_stream(shape: Shape) -> bool {
    matches!(shape.kind(), ShapeKind::Blob | ShapeKind::String)
}

fn body(
    op: Operation,
    shape: Shape,
    entries: &Entries,
    in_body: &Entries,
    format: Format,
    o: &SerializeOptions,
) -> Result<Body, SerializeError> {
    let empty = || match format {
        Format::Json => Body::Bytes(b"{}".to_vec()),
        Format::Xml => Body::Empty,
    };
    if let Some(payload) = shape.payload() {
        let given = entries.iter().find(|(m, v)| m.name() == payload.name() && !v.is_null()).map(|(_, v)| *v);
        if is_stream(payload.shape()) {
            return Ok(match given {
                _ if o.stream_given => Body::Stream,
                Some(value) => bytes_or_empty(blob_bytes(value).into_owned()),
                None => Body::Empty,
            });
        }
        if payload.shape().event_stream() {
            return Ok(Body::Stream);
        }
        return Ok(match (given, format) {
            (None, _) => empty(),
            (Some(value), Format::Json) => bytes_or_empty(JsonBody::new(o.clock).payload(payload, value)?),
            (Some(value), Format::Xml) => bytes_or_empty(xml_write::payload(payload, value, o.clock)?),
        });
    }
    if !in_body.is_empty() {
        return Ok(bytes_or_empty(match format {
            Format::Json => JsonBody::new(o.clock).structure(in_body)?,
            Format::Xml => xml_write::input(op, shape, in_body, o.clock)?,
        }));
    }
    // JSON sends an empty object where some member would have its place in the body.
    if shape.members().any(|m| m.location().is_none()) { Ok(empty()) } else { Ok(Body::Empty) }
}

fn bytes_or_empty(bytes: Vec<u8>) -> Body {
    if bytes.is_empty() { Body::Empty } else { Body::Bytes(bytes) }
}

/// The text of a scalar in the URI or the query string.
fn uri_text(member: Member, value: &Value, clock: LocalClock<'_>) -> Result<String, SerializeError> {
    Ok(match member.shape().kind() {
        ShapeKind::Boolean => boolean_text(value).to_owned(),
        ShapeKind::Timestamp => {
            let format = timestamp::format_of(member).unwrap_or(TimestampFormat::Iso8601);
            timestamp::wire_text(value, format, clock)?
        }
        ShapeKind::Float | ShapeKind::Double => float_text(value).into_owned(),
        _ => python_str(value).into_owned(),
    })
}

/// Query parameters of members: a name given again replaces the values it had, in place.
#[derive(Default)]
struct QueryString {
    entries: Vec<(String, Vec<String>)>,
}

impl QueryString {
    fn set(&mut self, name: &str, values: Vec<String>) {
        match self.entries.iter_mut().find(|(n, _)| n == name) {
            Some(entry) => entry.1 = values,
            None => self.entries.push((name.to_owned(), values)),
        }
    }

    fn add(&mut self, member: Member, value: &Value, clock: LocalClock<'_>) -> Result<(), SerializeError> {
        match value {
            Value::Map(map) => {
                for (name, value) in map.iter() {
                    let values = match value {
                        Value::List(items) => items.iter().map(|v| python_str(v).into_owned()).collect(),
                        single => vec![python_str(single).into_owned()],
                    };
                    self.set(name, values);
                }
            }
            Value::List(items) if member.shape().kind() == ShapeKind::List => {
                let element = member.shape().element();
                let values = items.iter().map(|item| uri_text(element, item, clock)).collect::<Result<_, _>>()?;
                self.set(member.wire_name(), values);
            }
            single => self.set(member.wire_name(), vec![uri_text(member, single, clock)?]),
        }
        Ok(())
    }

    fn into_pairs(self) -> impl Iterator<Item = (String, String)> {
        self.entries.into_iter().flat_map(|(name, values)| values.into_iter().map(move |v| (name.clone(), v)))
    }
}
