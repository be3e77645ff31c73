//! CBOR request bodies (RFC 8949), every length definite and as short as it can be.

use crate::request::{Entries, SerializeError, members_of};
use crate::scalar::{blob_bytes, python_str, special_float};
use crate::{MAX_DEPTH, timestamp};
use oxaws_model::{Member, ShapeKind};
use oxaws_python::LocalClock;
use oxaws_value::Value;

/// The major types.
mod major {
    pub(super) const UNSIGNED: u8 = 0;
    pub(super) const NEGATIVE: u8 = 1;
    pub(super) const BYTES: u8 = 2;
    pub(super) const TEXT: u8 = 3;
    pub(super) const LIST: u8 = 4;
    pub(super) const MAP: u8 = 5;
    pub(super) const TAG: u8 = 6;
}

const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;
const HALF: u8 = 0xf9;
const SINGLE: u8 = 0xfa;
const DOUBLE: u8 = 0xfb;
/// The tag of a time in seconds since 1970.
const EPOCH_TAG: u64 = 1;

/// A body being written.
pub(crate) struct CborBody<'a> {
    out: Vec<u8>,
    clock: LocalClock<'a>,
}

impl<'a> CborBody<'a> {
    pub(crate) fn new(clock: LocalClock<'a>) -> CborBody<'a> {
        CborBody { out: Vec::new(), clock }
    }

    /// The body that holds these members.
    pub(crate) fn structure(mut self, entries: &Entries) -> Result<Vec<u8>, SerializeError> {
        self.members(entries, 0)?;
        Ok(self.out)
    }

    fn head(&mut self, major: u8, n: u64) {
        let major = major << 5;
        match n {
            0..24 => self.out.push(major | n as u8),
            24..0x100 => self.out.extend_from_slice(&[major | 24, n as u8]),
            0x100..0x1_0000 => {
                self.out.push(major | 25);
                self.out.extend_from_slice(&(n as u16).to_be_bytes());
            }
            0x1_0000..0x1_0000_0000 => {
                self.out.push(major | 26);
                self.out.extend_from_slice(&(n as u32).to_be_bytes());
            }
            _ => {
                self.out.push(major | 27);
                self.out.extend_from_slice(&n.to_be_bytes());
            }
        }
    }

    fn double(&mut self, f: f64) {
        self.out.push(DOUBLE);
        self.out.extend_from_slice(&f.to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.head(major::TEXT, text.len() as u64);
        self.out.extend_from_slice(text.as_bytes());
    }

    fn integer(&mut self, n: i128) -> Result<(), SerializeError> {
        let (major, magnitude) = if n < 0 { (major::NEGATIVE, -1 - n) } else { (major::UNSIGNED, n) };
        let magnitude = u64::try_from(magnitude)
            .map_err(|_| SerializeError::WrongType { place: n.to_string(), wanted: "64-bit integer" })?;
        self.head(major, magnitude);
        Ok(())
    }

    fn members(&mut self, entries: &Entries, depth: usize) -> Result<(), SerializeError> {
        let given = || entries.iter().filter(|(_, v)| !v.is_null());
        self.head(major::MAP, given().count() as u64);
        for (member, value) in given() {
            self.text(member.wire_name());
            self.value(*member, value, depth + 1)?;
        }
        Ok(())
    }

    fn value(&mut self, member: Member, value: &Value, depth: usize) -> Result<(), SerializeError> {
        if depth > MAX_DEPTH {
            return Err(SerializeError::TooDeep);
        }
        let shape = member.shape();
        let kind = shape.kind();
        let wrong = || SerializeError::WrongType {
            place: if member.name().is_empty() { shape.name() } else { member.name() }.to_owned(),
            wanted: kind.name(),
        };
        match (kind, value) {
            (_, Value::Null) => self.out.push(NULL),
            (ShapeKind::Structure, Value::Map(given)) => self.members(&members_of(shape, given), depth)?,
            (ShapeKind::List, Value::List(items)) => {
                self.head(major::LIST, items.len() as u64);
                for item in items {
                    self.value(shape.element(), item, depth + 1)?;
                }
            }
            (ShapeKind::Map, Value::Map(map)) => {
                self.head(major::MAP, map.len() as u64);
                for (key, item) in map.iter() {
                    self.text(key);
                    self.value(shape.value(), item, depth + 1)?;
                }
            }
            (ShapeKind::Structure | ShapeKind::List | ShapeKind::Map, _) => return Err(wrong()),
            (ShapeKind::Blob, _) => {
                let bytes = blob_bytes(value);
                self.head(major::BYTES, bytes.len() as u64);
                self.out.extend_from_slice(&bytes);
            }
            (ShapeKind::String, _) => self.text(&python_str(value)),
            (ShapeKind::Integer | ShapeKind::Long, _) => {
                let n = python_str(value).parse::<i128>().map_err(|_| wrong())?;
                self.integer(n)?;
            }
            (ShapeKind::Boolean, _) => self.out.push(if value.is_truthy() { TRUE } else { FALSE }),
            (ShapeKind::Timestamp, _) => {
                let seconds = timestamp::wire_unix(value, self.clock)?;
                self.head(major::TAG, EPOCH_TAG);
                match seconds {
                    Value::Int(seconds) => self.integer(seconds.into())?,
                    seconds => self.double(seconds.as_f64().ok_or_else(wrong)?),
                }
            }
            (ShapeKind::Float | ShapeKind::Double, _) => {
                let f = value.as_f64().ok_or_else(wrong)?;
                match special_float(f) {
                    Some(_) => {
                        let half: u16 = if f.is_nan() {
                            0x7e00
                        } else if f > 0.0 {
                            0x7c00
                        } else {
                            0xfc00
                        };
                        self.out.push(HALF);
                        self.out.extend_from_slice(&half.to_be_bytes());
                    }
                    None if kind == ShapeKind::Float => {
                        self.out.push(SINGLE);
                        self.out.extend_from_slice(&(f as f32).to_be_bytes());
                    }
                    None => self.double(f),
                }
            }
        }
        Ok(())
    }
}
