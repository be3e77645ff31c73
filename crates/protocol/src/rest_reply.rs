//! Replies of `rest-json` and `rest-xml`: members come from headers, the status and the body.

use crate::failure::{Mismatch, ParseFailure};
use crate::headers::{in_head, is_json_header};
use crate::nodes::Nodes;
use crate::reply::{Lists, ParseOptions, Reply};
use crate::{json_read, scalar, timestamp, xml_read};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_model::{Location, Member, Protocol, Shape, ShapeKind};
use oxaws_value::{Key, Map, Value, parse_json_bytes};

/// The output structure: members from headers first, then those of the body. A streaming payload is left out.
pub(crate) fn output(
    protocol: Protocol,
    shape: Shape,
    reply: &Reply,
    o: &ParseOptions,
    nodes: &Nodes,
    lists: Option<Lists>,
) -> Result<Map, ParseFailure> {
    let mut map = located(protocol, shape, reply, o)?;
    let strict = protocol == Protocol::RestJson;
    if let Some(payload) = shape.payload() {
        let body_shape = payload.shape();
        let value = match body_shape.kind() {
            _ if body_shape.event_stream() => return Ok(map),
            ShapeKind::Blob => return Ok(map),
            ShapeKind::String => Value::String(
                std::str::from_utf8(reply.body).map_err(|e| ParseFailure::not_utf8(reply.body, e))?.to_owned(),
            ),
            _ if strict => json_read::payload(body_shape, true, reply, o, nodes)?,
            _ => xml_read::payload(body_shape, reply, o, nodes)?,
        };
        map.insert(Key::Borrowed(payload.name()), value);
        return Ok(map);
    }
    if shape.members().all(in_head) {
        return if reply.is_html() { Err(reply.mismatch(Mismatch::Html)) } else { Ok(map) };
    }
    let body = if strict {
        json_read::body(shape, true, reply, o, nodes, lists)?
    } else {
        match xml_read::payload(shape, reply, o, nodes)? {
            Value::Map(body) => body,
            _ => Map::new(),
        }
    };
    if map.is_empty() {
        return Ok(body);
    }
    for (name, value) in body {
        map.insert(name, value);
    }
    Ok(map)
}

/// The members that aren't in the body, in the model's order.
pub(crate) fn located(protocol: Protocol, shape: Shape, reply: &Reply, o: &ParseOptions) -> Result<Map, ParseFailure> {
    let mut map = Map::new();
    for member in shape.members() {
        let value = match member.location() {
            Some(Location::StatusCode) => Value::Int(reply.status.into()),
            Some(Location::Headers) => Value::Map(header_map(member, reply)),
            Some(Location::Header) => match reply.header(member.wire_name()) {
                Some(text) => header_value(protocol, member, &text, o)?,
                None => continue,
            },
            Some(Location::Uri | Location::QueryString) | None => continue,
        };
        map.insert(Key::Borrowed(member.name()), value);
    }
    Ok(map)
}

/// The headers that begin with a prefix, under what follows it.
fn header_map(member: Member, reply: &Reply) -> Map {
    let prefix = member.location_name().unwrap_or("");
    let mut map = Map::new();
    for (name, _) in reply.headers {
        let matches = name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        let key = &name[if matches { prefix.len() } else { continue }..];
        // A header that repeats is one entry.
        if !map.contains_key(key)
            && let Some(value) = reply.header(name)
        {
            map.insert(key.to_owned(), value.as_ref());
        }
    }
    map
}

fn header_value(protocol: Protocol, member: Member, text: &str, o: &ParseOptions) -> Result<Value, ParseFailure> {
    if member.shape().kind() == ShapeKind::List {
        let element = member.shape().element();
        let items = text.split(',').map(|item| header_value(protocol, element, item.trim(), o));
        return Ok(Value::List(items.collect::<Result<_, _>>()?));
    }
    Ok(match member.shape().kind() {
        ShapeKind::Boolean if protocol == Protocol::RestJson => Value::Bool(text.eq_ignore_ascii_case("true")),
        ShapeKind::Boolean => Value::Bool(text == "true"),
        ShapeKind::Integer | ShapeKind::Long => scalar::integer(text)?,
        ShapeKind::Float | ShapeKind::Double => scalar::float(text)?,
        ShapeKind::Timestamp => timestamp::shown(Value::String(text.to_owned()), o)?,
        ShapeKind::String if is_json_header(member) => {
            let decoded = STANDARD.decode(text).ok().and_then(|bytes| parse_json_bytes(&bytes).ok());
            decoded.unwrap_or_else(|| Value::String(text.to_owned()))
        }
        _ => Value::String(text.to_owned()),
    })
}
