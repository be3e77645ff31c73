//! CBOR bodies: items as values, then values by their shape.

use crate::failure::{Mismatch, ParseFailure};
use crate::keys::Keys;
use crate::reply::{ParseOptions, Reply};
use crate::{MAX_DEPTH, timestamp};
use oxaws_model::{Shape, ShapeKind};
use oxaws_value::repr::{MapClass, type_name};
use oxaws_value::{Key, Map, Value};

/// Why bytes aren't one of the items that services send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CborFault {
    /// Cut short, or of a form that isn't CBOR's.
    Malformed,
    TooDeep,
    Timestamp(ParseFailure),
}

/// The tag of a time in seconds since 1970.
const EPOCH_TAG: u64 = 1;
const BREAK: u8 = 0xff;
const INDEFINITE: u8 = 31;

/// The structure that a CBOR body holds.
pub(crate) fn body(shape: Shape, reply: &Reply, o: &ParseOptions) -> Result<Map, ParseFailure> {
    if reply.body.is_empty() {
        // botocore fails here too, unless there is nothing to look for.
        return if shape.members().len() == 0 { Ok(Map::new()) } else { Err(reply.mismatch(Mismatch::Empty)) };
    }
    let item = item(reply, o)?;
    structure(shape, item, 0).map_err(|fault| match fault {
        ShapeFault::Mismatch(mismatch) => reply.mismatch(mismatch),
        ShapeFault::Value(failure) => failure,
    })
}

/// The item that a body begins with.
pub(crate) fn item(reply: &Reply, o: &ParseOptions) -> Result<Value, ParseFailure> {
    decode(reply.body, o).map_err(|fault| match fault {
        CborFault::Malformed if reply.is_html() => reply.mismatch(Mismatch::Html),
        CborFault::Malformed => reply.mismatch(Mismatch::Cbor),
        CborFault::TooDeep => ParseFailure::TooDeep,
        CborFault::Timestamp(failure) => failure,
    })
}

/// The item at the beginning of `bytes`.
pub(crate) fn decode(bytes: &[u8], o: &ParseOptions) -> Result<Value, CborFault> {
    Decoder { bytes, at: 0, o, keys: Keys::new(), spare_items: Vec::new(), spare_entries: Vec::new() }.item(0)
}

struct Decoder<'a> {
    bytes: &'a [u8],
    at: usize,
    o: &'a ParseOptions<'a>,
    keys: Keys,
    /// Vectors of finished lists and maps, for the next ones: what is kept of each has exactly its size.
    spare_items: Vec<Vec<Value>>,
    spare_entries: Vec<Vec<(Key, Value)>>,
}

impl<'a> Decoder<'a> {
    fn take(&mut self, n: u64) -> Result<&'a [u8], CborFault> {
        let n = usize::try_from(n).map_err(|_| CborFault::Malformed)?;
        let end = self.at.checked_add(n).ok_or(CborFault::Malformed)?;
        let bytes = self.bytes.get(self.at..end).ok_or(CborFault::Malformed)?;
        self.at = end;
        Ok(bytes)
    }

    fn big_endian(&mut self, n: u64) -> Result<u64, CborFault> {
        Ok(self.take(n)?.iter().fold(0, |number, b| number << 8 | u64::from(*b)))
    }

    /// The number that the low bits of an initial byte announce.
    fn argument(&mut self, low: u8) -> Result<u64, CborFault> {
        match low {
            0..24 => Ok(low.into()),
            24 => self.big_endian(1),
            25 => self.big_endian(2),
            26 => self.big_endian(4),
            27 => self.big_endian(8),
            _ => Err(CborFault::Malformed),
        }
    }

    fn break_code(&mut self) -> bool {
        let there = self.bytes.get(self.at) == Some(&BREAK);
        self.at += usize::from(there);
        there
    }

    fn item(&mut self, depth: usize) -> Result<Value, CborFault> {
        if depth > MAX_DEPTH {
            return Err(CborFault::TooDeep);
        }
        let initial = self.big_endian(1)? as u8;
        let (major, low) = (initial >> 5, initial & 31);
        Ok(match major {
            0 => {
                let n = self.argument(low)?;
                i64::try_from(n).map_or_else(|_| Value::BigInt(n.to_string().into()), Value::Int)
            }
            1 => {
                let n = -1 - i128::from(self.argument(low)?);
                i64::try_from(n).map_or_else(|_| Value::BigInt(n.to_string().into()), Value::Int)
            }
            2 => Value::Bytes(self.string(low)?),
            3 => Value::String(String::from_utf8(self.string(low)?).map_err(|_| CborFault::Malformed)?),
            4 => {
                let mut items = self.spare_items.pop().unwrap_or_default();
                if low == INDEFINITE {
                    while !self.break_code() {
                        items.push(self.item(depth + 1)?);
                    }
                } else {
                    for _ in 0..self.argument(low)? {
                        items.push(self.item(depth + 1)?);
                    }
                }
                let exact = moved(&mut items);
                self.spare_items.push(items);
                Value::List(exact)
            }
            5 => {
                let mut entries = self.spare_entries.pop().unwrap_or_default();
                if low == INDEFINITE {
                    while !self.break_code() {
                        entries.push(self.entry(depth)?);
                    }
                } else {
                    for _ in 0..self.argument(low)? {
                        entries.push(self.entry(depth)?);
                    }
                }
                let exact = moved(&mut entries);
                self.spare_entries.push(entries);
                Value::Map(Map::from_entries(exact))
            }
            6 => {
                let tag = self.argument(low)?;
                let value = self.item(depth + 1)?;
                if tag != EPOCH_TAG || !matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Float(_)) {
                    return Err(CborFault::Malformed);
                }
                timestamp::shown(value, self.o).map_err(CborFault::Timestamp)?
            }
            _ => match low {
                20 => Value::Bool(false),
                21 => Value::Bool(true),
                22 | 23 => Value::Null,
                25 => Value::Float(half(self.big_endian(2)? as u16)),
                26 => Value::Float(f32::from_bits(self.big_endian(4)? as u32).into()),
                27 => Value::Float(f64::from_bits(self.big_endian(8)?)),
                _ => return Err(CborFault::Malformed),
            },
        })
    }

    fn entry(&mut self, depth: usize) -> Result<(Key, Value), CborFault> {
        let key = match self.item(depth + 1)? {
            Value::String(key) => self.keys.key(key.into()),
            Value::Int(n) => n.to_string().into(),
            _ => return Err(CborFault::Malformed),
        };
        Ok((key, self.item(depth + 1)?))
    }

    fn string(&mut self, low: u8) -> Result<Vec<u8>, CborFault> {
        if low != INDEFINITE {
            let length = self.argument(low)?;
            return Ok(self.take(length)?.to_vec());
        }
        let mut out = Vec::new();
        while !self.break_code() {
            let chunk = self.big_endian(1)? as u8;
            let length = self.argument(chunk & 31)?;
            out.extend_from_slice(self.take(length)?);
        }
        Ok(out)
    }
}

/// A half-precision float: one sign bit, five of exponent, ten of fraction.
fn half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff);
    let size = match bits >> 10 & 31 {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1024.0 + fraction) * 2f64.powi(i32::from(exponent) - 25),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}

enum ShapeFault {
    Mismatch(Mismatch),
    Value(ParseFailure),
}

fn structure(shape: Shape, value: Value, depth: usize) -> Result<Map, ShapeFault> {
    if depth > MAX_DEPTH {
        return Err(ShapeFault::Value(ParseFailure::TooDeep));
    }
    let Value::Map(mut given) = value else { return Err(wrong(shape, &value)) };
    if shape.union() && given.iter().filter(|(k, v)| *k != "__type" && !v.is_null()).count() != 1 {
        return Err(ShapeFault::Value(ParseFailure::Union { shape: shape.name() }));
    }
    let mut entries = Vec::with_capacity(given.len());
    for member in shape.members() {
        // By the member's name: the protocol has no other.
        let Some(value) = given.get_mut(member.name()).map(std::mem::take) else { continue };
        if !value.is_null() {
            entries.push((Key::Borrowed(member.name()), by_shape(member.shape(), value, depth + 1)?));
        }
    }
    Ok(Map::from_distinct(entries))
}

fn by_shape(shape: Shape, value: Value, depth: usize) -> Result<Value, ShapeFault> {
    Ok(match shape.kind() {
        ShapeKind::Structure => Value::Map(structure(shape, value, depth)?),
        ShapeKind::List => {
            let Value::List(items) = value else { return Err(wrong(shape, &value)) };
            let element = shape.element().shape();
            let items = items.into_iter().map(|item| match item {
                Value::Null => Ok(Value::Null),
                item => by_shape(element, item, depth + 1),
            });
            Value::List(items.collect::<Result<_, _>>()?)
        }
        // botocore passes on maps as they came, nulls and unknown members of their structures included.
        _ => value,
    })
}

fn wrong(shape: Shape, value: &Value) -> ShapeFault {
    let found = type_name(value, MapClass::Dict);
    ShapeFault::Mismatch(Mismatch::Type { place: shape.name().to_owned(), wanted: shape.kind().name(), found })
}

/// What is in a vector, in one of exactly its size; the room of the old one stays for other things.
fn moved<T>(items: &mut Vec<T>) -> Vec<T> {
    let mut exact = Vec::with_capacity(items.len());
    exact.append(items);
    exact
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::Timestamps;
    use oxaws_python::LocalClock;
    use proptest::prelude::*;

    const OPTIONS: ParseOptions<'_> =
        ParseOptions { timestamps: Timestamps::Iso8601, clock: LocalClock { now: 0, offset: &|_| 0 } };

    #[test]
    fn items() {
        for (bytes, want) in [
            (&b"\x17"[..], Value::Int(23)),
            (b"\x3b\xff\xff\xff\xff\xff\xff\xff\xff", Value::BigInt("-18446744073709551616".into())),
            (b"\xf9\x3c\x00", Value::Float(1.0)),
            (b"\xf9\x00\x01", Value::Float(5.960464477539063e-8)),
            (b"\xf9\xfc\x00", Value::Float(f64::NEG_INFINITY)),
            (b"\x7f\x61a\x61b\xff", Value::from("ab")),
            (b"\x9f\x01\xff", Value::List(vec![Value::Int(1)])),
            (b"\xc1\x00", Value::from("1970-01-01T00:00:00+00:00")),
        ] {
            assert_eq!(decode(bytes, &OPTIONS), Ok(want), "{bytes:?}");
        }
        for bytes in [&b""[..], b"\x18", b"\xff", b"\xa1\x61a", b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff", b"\xc2\x01"] {
            assert_eq!(decode(bytes, &OPTIONS), Err(CborFault::Malformed), "{bytes:?}");
        }
        assert_eq!(decode(&[0x81; 100_000], &OPTIONS), Err(CborFault::TooDeep));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = decode(&bytes, &OPTIONS);
        }
    }
}
