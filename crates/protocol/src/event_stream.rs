//! Event streams of replies: binary messages with headers and checksums, and the events they carry.

use crate::failure::ParseFailure;
use crate::nodes::Nodes;
use crate::reply::{ParseOptions, Reply};
use crate::{cbor_read, json_read, timestamp, xml_read};
use oxaws_model::{Operation, Protocol, Shape, ShapeKind};
use oxaws_value::{Key, Map, Value};
use std::collections::VecDeque;

/// Length of the prelude: total length, length of the headers, checksum of both.
const PRELUDE: usize = 12;
/// Length of the checksum at the end.
const TRAILER: usize = 4;
/// The longest headers the format allows.
const MAX_HEADERS: usize = 128 * 1024;
/// The longest message that is waited for: the format's longest payload and headers.
const MAX_MESSAGE: usize = 24 * 1024 * 1024 + MAX_HEADERS + PRELUDE + TRAILER;

/// The value of a message's header.
#[derive(Debug, Clone, PartialEq)]
pub enum HeaderValue {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number of any width.
    Int(i64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text.
    String(String),
    /// Milliseconds since 1970.
    Timestamp(i64),
    /// A UUID's 16 bytes.
    Uuid([u8; 16]),
}

/// One message of an event stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its headers, in order.
    pub headers: Vec<(String, HeaderValue)>,
    /// Its payload.
    pub payload: Vec<u8>,
}

impl Message {
    /// The text of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        match self.value(name) {
            Some(HeaderValue::String(text)) => Some(text),
            _ => None,
        }
    }

    fn value(&self, name: &str) -> Option<&HeaderValue> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }
}

/// Why a stream of events ends early. Display gives botocore's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventStreamError {
    /// A checksum that doesn't match.
    Checksum {
        /// The one in the message.
        expected: u32,
        /// That of its bytes.
        calculated: u32,
    },
    /// Headers longer than the format allows.
    HeadersLength(u32),
    /// Lengths or headers that contradict each other, or a message longer than the format allows.
    Malformed,
    /// A header that repeats.
    DuplicateHeader(String),
    /// The first message isn't the initial response.
    NoInitialResponse,
    /// An event that can't be read.
    Event(ParseFailure),
    /// The service ended the stream with an error.
    Service {
        /// Its code.
        code: String,
        /// Its message.
        message: String,
    },
}

impl std::fmt::Display for EventStreamError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EventStreamError::Checksum { expected, calculated } => {
                write!(f, "Checksum mismatch: expected 0x{expected:08x}, calculated 0x{calculated:08x}")
            }
            EventStreamError::HeadersLength(n) => {
                write!(f, "Header length of {n} exceeded the maximum of {MAX_HEADERS}")
            }
            EventStreamError::Malformed => f.write_str("malformed event stream message"),
            EventStreamError::DuplicateHeader(name) => write!(f, "Duplicate header present: \"{name}\""),
            EventStreamError::NoInitialResponse => f.write_str("First event was not of type initial-response"),
            EventStreamError::Event(failure) => failure.fmt(f),
            EventStreamError::Service { code, message } => write!(f, "An error occurred ({code}): {message}"),
        }
    }
}

impl std::error::Error for EventStreamError {}

/// Cuts a stream of bytes into messages.
#[derive(Debug, Default)]
pub struct MessageDecoder {
    buffer: VecDeque<u8>,
}

impl MessageDecoder {
    /// A decoder at the beginning of a stream.
    pub fn new() -> MessageDecoder {
        MessageDecoder::default()
    }

    /// Adds bytes as they come.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend(bytes);
    }

    /// Whether bytes of an unfinished message are left: at the end of the stream, it was cut short.
    pub fn has_rest(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// The next message, once it is complete.
    ///
    /// # Errors
    /// When its checksums or lengths are wrong. Nothing after that can be read.
    pub fn next_message(&mut self) -> Result<Option<Message>, EventStreamError> {
        if self.buffer.len() < PRELUDE {
            return Ok(None);
        }
        let bytes: &[u8] = self.buffer.make_contiguous();
        let total = number(bytes, 0)? as usize;
        let header_length = number(bytes, 4)?;
        check(number(bytes, 8)?, crc32fast::hash(&bytes[..8]))?;
        let headers_end = PRELUDE + header_length as usize;
        if header_length as usize > MAX_HEADERS {
            return Err(EventStreamError::HeadersLength(header_length));
        }
        if total > MAX_MESSAGE || headers_end + TRAILER > total {
            return Err(EventStreamError::Malformed);
        }
        let Some(message) = bytes.get(..total) else { return Ok(None) };
        let payload_end = total - TRAILER;
        check(number(message, payload_end)?, crc32fast::hash(&message[..payload_end]))?;
        let headers = headers(&message[PRELUDE..headers_end])?;
        let payload = message[headers_end..payload_end].to_vec();
        self.buffer.drain(..total);
        Ok(Some(Message { headers, payload }))
    }
}

fn number(bytes: &[u8], at: usize) -> Result<u32, EventStreamError> {
    let four = bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
    four.map(u32::from_be_bytes).ok_or(EventStreamError::Malformed)
}

fn check(expected: u32, calculated: u32) -> Result<(), EventStreamError> {
    if expected == calculated { Ok(()) } else { Err(EventStreamError::Checksum { expected, calculated }) }
}

fn headers(mut bytes: &[u8]) -> Result<Vec<(String, HeaderValue)>, EventStreamError> {
    let mut headers: Vec<(String, HeaderValue)> = Vec::new();
    while !bytes.is_empty() {
        let length = fixed::<1>(&mut bytes)?[0];
        let name = text(take(&mut bytes, length.into())?)?;
        let value = match fixed::<1>(&mut bytes)?[0] {
            0 => HeaderValue::Bool(true),
            1 => HeaderValue::Bool(false),
            2 => HeaderValue::Int(i8::from_be_bytes(fixed(&mut bytes)?).into()),
            3 => HeaderValue::Int(i16::from_be_bytes(fixed(&mut bytes)?).into()),
            4 => HeaderValue::Int(i32::from_be_bytes(fixed(&mut bytes)?).into()),
            5 => HeaderValue::Int(i64::from_be_bytes(fixed(&mut bytes)?)),
            kind @ (6 | 7) => {
                let length = u16::from_be_bytes(fixed(&mut bytes)?);
                let value = take(&mut bytes, length.into())?;
                if kind == 6 { HeaderValue::Bytes(value.to_vec()) } else { HeaderValue::String(text(value)?) }
            }
            8 => HeaderValue::Timestamp(i64::from_be_bytes(fixed(&mut bytes)?)),
            9 => HeaderValue::Uuid(fixed(&mut bytes)?),
            _ => return Err(EventStreamError::Malformed),
        };
        if headers.iter().any(|(n, _)| *n == name) {
            return Err(EventStreamError::DuplicateHeader(name));
        }
        headers.push((name, value));
    }
    Ok(headers)
}

fn take<'a>(bytes: &mut &'a [u8], n: usize) -> Result<&'a [u8], EventStreamError> {
    let (head, tail) = bytes.split_at_checked(n).ok_or(EventStreamError::Malformed)?;
    *bytes = tail;
    Ok(head)
}

fn fixed<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], EventStreamError> {
    take(bytes, N)?.try_into().map_err(|_| EventStreamError::Malformed)
}

fn text(bytes: &[u8]) -> Result<String, EventStreamError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| EventStreamError::Malformed)
}

/// An event: the member of the stream's union, and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The member's name.
    pub name: &'static str,
    /// A map of the event's members.
    pub value: Value,
}

/// The event of a message; `None` for one the models don't know.
///
/// # Errors
/// The error that the message tells, or why the event can't be read.
pub fn parse_event(op: Operation, message: &Message, o: &ParseOptions) -> Result<Option<Event>, EventStreamError> {
    let stream = op.output().and_then(|s| s.members().find(|m| m.shape().event_stream()));
    let Some(stream) = stream.map(oxaws_model::Member::shape) else { return Ok(None) };
    let protocol = op.service().protocol();
    if matches!(message.header(":message-type"), Some("error" | "exception")) {
        return Err(error_of(protocol, stream, message, o));
    }
    let member = message.header(":event-type").and_then(|name| stream.member(name));
    let Some(member) = member else { return Ok(None) };
    let value = event_value(protocol, member.shape(), message, o).map_err(EventStreamError::Event)?;
    Ok(Some(Event { name: member.name(), value: Value::Map(value) }))
}

/// The output structure without its events, which a `json` or CBOR service sends as the first message.
///
/// # Errors
/// When the message is another one, or can't be read.
pub fn parse_initial_response(op: Operation, message: &Message, o: &ParseOptions) -> Result<Value, EventStreamError> {
    if message.header(":event-type") != Some("initial-response") {
        return Err(EventStreamError::NoInitialResponse);
    }
    let Some(output) = op.output() else { return Ok(Value::Map(Map::new())) };
    let value = by_shape(op.service().protocol(), output, &message.payload, o).map_err(EventStreamError::Event)?;
    Ok(if let Value::Map(_) = value { value } else { Value::Map(Map::new()) })
}

/// A payload read by a shape.
fn by_shape(protocol: Protocol, shape: Shape, body: &[u8], o: &ParseOptions) -> Result<Value, ParseFailure> {
    let reply = Reply { status: 200, reason: "", headers: &[], body };
    let nodes = Nodes::new();
    match protocol {
        Protocol::Json | Protocol::RestJson => json_read::payload(shape, false, &reply, o, &nodes),
        Protocol::RestXml | Protocol::Query | Protocol::Ec2 => xml_read::payload(shape, &reply, o, &nodes),
        Protocol::Cbor if body.is_empty() => Ok(Value::Map(Map::new())),
        Protocol::Cbor => cbor_read::body(shape, &reply, o).map(Value::Map),
    }
}

fn event_value(protocol: Protocol, shape: Shape, message: &Message, o: &ParseOptions) -> Result<Map, ParseFailure> {
    let mut map = Map::new();
    for member in shape.members().filter(|m| m.event_header()) {
        let value = match message.value(member.name()) {
            None => continue,
            Some(HeaderValue::Bool(b)) => Value::Bool(*b),
            Some(HeaderValue::Timestamp(ms) | HeaderValue::Int(ms))
                if member.shape().kind() == ShapeKind::Timestamp =>
            {
                timestamp::shown(Value::Float(*ms as f64 / 1000.0), o)?
            }
            Some(HeaderValue::Int(n) | HeaderValue::Timestamp(n)) => Value::Int(*n),
            Some(HeaderValue::Bytes(b)) => Value::Bytes(b.clone()),
            Some(HeaderValue::Uuid(b)) => Value::Bytes(b.to_vec()),
            Some(HeaderValue::String(s)) => Value::String(s.clone()),
        };
        map.insert(Key::Borrowed(member.name()), value);
    }
    if !shape.event() {
        return Ok(map);
    }
    if let Some(payload) = shape.members().find(|m| m.event_payload()) {
        let value = match payload.shape().kind() {
            ShapeKind::Blob => Value::Bytes(message.payload.clone()),
            ShapeKind::String => {
                let text = std::str::from_utf8(&message.payload);
                Value::String(text.map_err(|e| ParseFailure::not_utf8(&message.payload, e))?.to_owned())
            }
            _ => by_shape(protocol, payload.shape(), &message.payload, o)?,
        };
        map.insert(Key::Borrowed(payload.name()), value);
    } else if let Value::Map(body) = by_shape(protocol, shape, &message.payload, o)? {
        for (name, value) in body {
            map.insert(name, value);
        }
    }
    Ok(map)
}

fn error_of(protocol: Protocol, stream: Shape, message: &Message, o: &ParseOptions) -> EventStreamError {
    let named = message.header(":exception-type").and_then(|name| Some((name, stream.member(name)?)));
    let Some((name, member)) = named else {
        let header = |name| message.header(name).unwrap_or_default().to_owned();
        return EventStreamError::Service { code: header(":error-code"), message: header(":error-message") };
    };
    match by_shape(protocol, member.shape(), &message.payload, o) {
        Ok(body) => {
            let text = body.get("Message").or_else(|| body.get("message")).and_then(Value::as_str);
            EventStreamError::Service { code: name.to_owned(), message: text.unwrap_or_default().to_owned() }
        }
        Err(failure) => EventStreamError::Event(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(headers: &[u8], payload: &[u8]) -> Vec<u8> {
        let total = (PRELUDE + headers.len() + payload.len() + TRAILER) as u32;
        let mut out = total.to_be_bytes().to_vec();
        out.extend((headers.len() as u32).to_be_bytes());
        out.extend(crc32fast::hash(&out).to_be_bytes());
        out.extend(headers);
        out.extend(payload);
        out.extend(crc32fast::hash(&out).to_be_bytes());
        out
    }

    #[test]
    fn messages_come_out_whole() {
        let mut bytes = encoded(b"\x01a\x07\x00\x02hi\x01b\x00\x01c\x03\xff\xfe", b"payload");
        bytes.extend(encoded(b"", b""));
        let mut decoder = MessageDecoder::new();
        let mut messages = Vec::new();
        for byte in bytes {
            decoder.feed(&[byte]);
            messages.extend(decoder.next_message().unwrap());
        }
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0].header("a"), Some("hi"));
        assert_eq!(
            messages[0].headers[1..],
            [("b".into(), HeaderValue::Bool(true)), ("c".into(), HeaderValue::Int(-2))]
        );
        assert_eq!(messages[0].payload, b"payload");
        assert!(!decoder.has_rest());
    }

    #[test]
    fn damage_is_found() {
        let good = encoded(b"\x01a\x00", b"payload");
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            let mut decoder = MessageDecoder::new();
            decoder.feed(&bad);
            assert!(decoder.next_message().is_err(), "byte {at}");
        }
        let mut decoder = MessageDecoder::new();
        decoder.feed(&encoded(b"\x01a\x00\x01a\x00", b""));
        assert_eq!(decoder.next_message(), Err(EventStreamError::DuplicateHeader("a".into())));
    }

    proptest! {
        #[test]
        fn no_headers_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..48)) {
            let mut decoder = MessageDecoder::new();
            decoder.feed(&encoded(&bytes, b"x"));
            let _ = decoder.next_message();
            decoder.feed(&bytes);
            let _ = decoder.next_message();
        }
    }
}
