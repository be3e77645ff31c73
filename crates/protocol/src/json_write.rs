//! JSON request bodies, in the layout of Python's `json.dumps`.

use crate::request::{Entries, SerializeError, members_of};
use crate::scalar::{base64_text, python_str, special_float};
use crate::{MAX_DEPTH, timestamp};
use oxaws_model::{Member, Shape, ShapeKind, TimestampFormat};
use oxaws_python::LocalClock;
use oxaws_value::{JsonStyle, Value, write_json, write_json_string};

/// A body being written.
pub(crate) struct JsonBody<'a> {
    out: Vec<u8>,
    clock: LocalClock<'a>,
}

impl<'a> JsonBody<'a> {
    pub(crate) fn new(clock: LocalClock<'a>) -> JsonBody<'a> {
        JsonBody { out: Vec::new(), clock }
    }

    /// The body that holds these members.
    pub(crate) fn structure(mut self, entries: &Entries) -> Result<Vec<u8>, SerializeError> {
        self.members(entries, 0)?;
        Ok(self.out)
    }

    /// The body that is this payload member.
    pub(crate) fn payload(mut self, member: Member, value: &Value) -> Result<Vec<u8>, SerializeError> {
        self.value(member.shape(), timestamp::format_of(member), value, 0)?;
        Ok(self.out)
    }

    fn string(&mut self, text: &str) {
        // Writing to a vector can't fail.
        let _ = write_json_string(&mut self.out, text, JsonStyle::PYTHON.ascii);
    }

    fn plain(&mut self, value: &Value) {
        let _ = write_json(&mut self.out, value, JsonStyle::PYTHON);
    }

    fn members(&mut self, entries: &Entries, depth: usize) -> Result<(), SerializeError> {
        self.out.push(b'{');
        let mut first = true;
        for (member, value) in entries {
            let shape = member.shape();
            // A null scalar goes out as null; a null where the service reads a container is an absent member.
            let absent = value.is_null()
                && !matches!(
                    shape.kind(),
                    ShapeKind::String | ShapeKind::Integer | ShapeKind::Long | ShapeKind::Boolean
                );
            if absent {
                continue;
            }
            self.separator(&mut first);
            self.string(member.wire_name());
            self.out.extend_from_slice(b": ");
            self.value(shape, timestamp::format_of(*member), value, depth + 1)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn separator(&mut self, first: &mut bool) {
        if !std::mem::take(first) {
            self.out.extend_from_slice(b", ");
        }
    }

    fn value(
        &mut self,
        shape: Shape,
        format: Option<TimestampFormat>,
        value: &Value,
        depth: usize,
    ) -> Result<(), SerializeError> {
        if depth > MAX_DEPTH {
            return Err(SerializeError::TooDeep);
        }
        match (shape.kind(), value) {
            (_, Value::Null) => self.plain(value),
            (ShapeKind::Structure, Value::Map(given)) if !shape.document() => {
                self.members(&members_of(shape, given), depth)?;
            }
            (ShapeKind::List, Value::List(items)) => {
                let element = shape.element();
                let (shape, format) = (element.shape(), timestamp::format_of(element));
                self.out.push(b'[');
                let mut first = true;
                for item in items {
                    self.separator(&mut first);
                    self.value(shape, format, item, depth + 1)?;
                }
                self.out.push(b']');
            }
            (ShapeKind::Map, Value::Map(map)) => {
                let member = shape.value();
                let (shape, format) = (member.shape(), timestamp::format_of(member));
                self.out.push(b'{');
                let mut first = true;
                for (key, item) in map.iter() {
                    self.separator(&mut first);
                    self.string(key);
                    self.out.extend_from_slice(b": ");
                    self.value(shape, format, item, depth + 1)?;
                }
                self.out.push(b'}');
            }
            (ShapeKind::Blob, Value::Bytes(_) | Value::String(_)) => {
                let text = base64_text(value);
                self.string(&text);
            }
            (ShapeKind::Timestamp, _) => match format.unwrap_or(TimestampFormat::Unix) {
                TimestampFormat::Unix => {
                    self.plain(&timestamp::wire_unix(value, self.clock)?);
                }
                format => {
                    let text = timestamp::wire_text(value, format, self.clock)?;
                    self.string(&text);
                }
            },
            (ShapeKind::Float | ShapeKind::Double, Value::Float(f)) if special_float(*f).is_some() => {
                self.string(special_float(*f).unwrap_or_default());
            }
            (_, Value::Bytes(_)) => self.string(&python_str(value)),
            _ => self.plain(value),
        }
        Ok(())
    }
}
