//! The `query` and `ec2` protocols: members become form parameters with dotted names.

use crate::request::{Body, Entries, Request, SerializeError, members_of, method};
use crate::scalar::{base64_text, boolean_text, float_text, python_str};
use crate::{MAX_DEPTH, timestamp};
use oxaws_model::{Member, Operation, ShapeKind, TimestampFormat};
use oxaws_python::LocalClock;
use oxaws_value::{Map, Value};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Query,
    Ec2,
}

/// The request of a `query` or `ec2` operation.
pub(crate) fn request(
    op: Operation,
    entries: &Entries,
    dialect: Dialect,
    clock: LocalClock<'_>,
) -> Result<Request, SerializeError> {
    let mut form = Form { dialect, clock, pairs: Vec::new() };
    form.pairs.push(("Action".into(), op.wire_name().into()));
    form.pairs.push(("Version".into(), op.service().api_version().into()));
    form.structure(entries, "", 0)?;
    let headers = vec![("Content-Type".into(), "application/x-www-form-urlencoded; charset=utf-8".into())];
    let mut request = Request::post(headers, Body::Bytes(oxaws_python::form_encode(&form.pairs).into_bytes()));
    request.method = method(op);
    Ok(request)
}

struct Form<'a> {
    dialect: Dialect,
    clock: LocalClock<'a>,
    pairs: Vec<(String, String)>,
}

fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

impl Form<'_> {
    /// The wire name of a member, or `default`. `ec2` has names of its own and capitalises the rest.
    fn name(&self, member: Member, default: &str) -> String {
        match self.dialect {
            Dialect::Query => member.location_name().unwrap_or(default).to_owned(),
            Dialect::Ec2 => {
                if let Some(name) = member.query_name() {
                    return name.to_owned();
                }
                let Some(name) = member.location_name() else { return default.to_owned() };
                let mut chars = name.chars();
                chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
            }
        }
    }

    fn structure(&mut self, entries: &Entries, prefix: &str, depth: usize) -> Result<(), SerializeError> {
        for (member, value) in entries {
            let name = self.name(*member, member.name());
            self.value(*member, value, joined(prefix, &name), depth + 1)?;
        }
        Ok(())
    }

    fn value(&mut self, member: Member, value: &Value, prefix: String, depth: usize) -> Result<(), SerializeError> {
        if depth > MAX_DEPTH {
            return Err(SerializeError::TooDeep);
        }
        let shape = member.shape();
        let kind = shape.kind();
        let text = match (kind, value) {
            (ShapeKind::Structure, Value::Map(given)) => {
                return self.structure(&members_of(shape, given), &prefix, depth);
            }
            (ShapeKind::List, Value::List(items)) => return self.list(member, items, prefix, depth),
            (ShapeKind::Map, Value::Map(map)) => return self.map(member, map, &prefix, depth),
            (
                ShapeKind::Structure | ShapeKind::List | ShapeKind::Map | ShapeKind::Timestamp | ShapeKind::Blob,
                Value::Null,
            ) => {
                return Ok(());
            }
            (ShapeKind::Structure | ShapeKind::List | ShapeKind::Map, _) => {
                return Err(SerializeError::WrongType { place: prefix, wanted: kind.name() });
            }
            (ShapeKind::Blob, _) => base64_text(value),
            (ShapeKind::Timestamp, _) => {
                let format = timestamp::format_of(member).unwrap_or(TimestampFormat::Iso8601);
                timestamp::wire_text(value, format, self.clock)?
            }
            (ShapeKind::Boolean, _) => boolean_text(value).to_owned(),
            (ShapeKind::Float | ShapeKind::Double, _) => float_text(value).into_owned(),
            _ => python_str(value).into_owned(),
        };
        self.pairs.push((prefix, text));
        Ok(())
    }

    fn list(&mut self, member: Member, items: &[Value], prefix: String, depth: usize) -> Result<(), SerializeError> {
        let element = member.shape().element();
        if self.dialect == Dialect::Ec2 {
            return self.items(element, items, &prefix, depth);
        }
        if items.is_empty() {
            self.pairs.push((prefix, String::new()));
            return Ok(());
        }
        let prefix = if !member.flattened() {
            format!("{prefix}.{}", element.location_name().unwrap_or("member"))
        } else if let Some(name) = element.location_name().filter(|n| !n.is_empty()) {
            // The element's name takes the place of the list's own.
            joined(prefix.rsplit_once('.').map_or("", |(outer, _)| outer), name)
        } else {
            prefix
        };
        self.items(element, items, &prefix, depth)
    }

    fn items(&mut self, element: Member, items: &[Value], prefix: &str, depth: usize) -> Result<(), SerializeError> {
        for (i, item) in items.iter().enumerate() {
            self.value(element, item, format!("{prefix}.{}", i + 1), depth + 1)?;
        }
        Ok(())
    }

    fn map(&mut self, member: Member, map: &Map, prefix: &str, depth: usize) -> Result<(), SerializeError> {
        let (key, value) = (member.shape().key(), member.shape().value());
        let entry = if member.flattened() { "" } else { ".entry" };
        let (key_name, value_name) = (self.name(key, "key"), self.name(value, "value"));
        for (i, (k, v)) in map.iter().enumerate() {
            let place = format!("{prefix}{entry}.{}", i + 1);
            self.pairs.push((format!("{place}.{key_name}"), k.to_string()));
            self.value(value, v, format!("{place}.{value_name}"), depth + 1)?;
        }
        Ok(())
    }
}
