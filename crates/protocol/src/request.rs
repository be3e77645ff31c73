//! From an input value to an HTTP request without a host.

use crate::{cbor, json, query, rest};
use oxaws_model::{Member, Operation, Protocol, Shape};
use oxaws_python::LocalClock;
use oxaws_value::{Map, Value};
use std::borrow::Cow;

/// An HTTP request of an operation: all but the host, the signature and the headers every request carries.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The HTTP method.
    pub method: Cow<'static, str>,
    /// What goes in front of the endpoint's host name (`123456789012.`), labels filled in.
    pub host_prefix: Option<String>,
    /// Percent-encoded, begins with `/`.
    pub path: String,
    /// The query string as decoded pairs: first those fixed in the model's URI, then those of members.
    pub query: Vec<(String, String)>,
    /// Headers, in the order in which their members were given.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Body,
}

/// The body of a [`Request`].
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// None.
    Empty,
    /// These bytes.
    Bytes(Vec<u8>),
    /// The streaming payload member, which the caller sends from its source.
    Stream,
}

impl Body {
    /// The bytes of the body; empty for a stream.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Body::Bytes(b) => b,
            Body::Empty | Body::Stream => &[],
        }
    }
}

/// What a request depends on besides its input.
pub struct SerializeOptions<'a> {
    /// The caller supplies the streaming payload member outside the input.
    pub stream_given: bool,
    /// Makes the token for an `idempotencyToken` member that the input lacks (a random UUID).
    pub idempotency_token: &'a mut dyn FnMut() -> String,
    /// Whether modelled host prefixes are used (off with `disable_host_prefix_injection`).
    pub inject_host_prefix: bool,
    /// Completes partial dates among timestamps.
    pub clock: LocalClock<'a>,
}

impl std::fmt::Debug for SerializeOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SerializeOptions")
            .field("stream_given", &self.stream_given)
            .field("inject_host_prefix", &self.inject_host_prefix)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

/// Why an input can't become a request. Validation finds most of what is wrong before; this is what it lets through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SerializeError {
    /// A member that the URI or the host prefix needs is absent. (Python shows the quoted name.)
    MissingMember(String),
    /// Text that is no timestamp, with Python's message.
    Timestamp(String),
    /// A value that its shape can't hold.
    WrongType {
        /// The member, or the shape where it has no name.
        place: String,
        /// The type of its shape.
        wanted: &'static str,
    },
    /// Nested deeper than any service reads.
    TooDeep,
}

impl std::fmt::Display for SerializeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SerializeError::MissingMember(name) => write!(f, "'{name}'"),
            SerializeError::Timestamp(message) => f.write_str(message),
            SerializeError::WrongType { place, wanted } => write!(f, "the value of {place} is not a {wanted}"),
            SerializeError::TooDeep => f.write_str("the input is nested too deeply"),
        }
    }
}

impl std::error::Error for SerializeError {}

/// The members of an input that were given, in the order they were given; idempotency tokens stand at the end.
pub(crate) type Entries<'a> = Vec<(Member, &'a Value)>;

/// The request of `op` for `input`, a map of its input members (or null for none).
///
/// # Errors
/// When the input lacks what the URI needs, or holds what its shape can't.
pub fn serialize(op: Operation, input: &Value, o: &mut SerializeOptions) -> Result<Request, SerializeError> {
    let none = Map::new();
    let given = match input {
        Value::Map(m) => m,
        Value::Null => &none,
        _ => return Err(SerializeError::WrongType { place: op.name().to_owned(), wanted: "structure" }),
    };
    let tokens: Vec<(Member, Value)> = op
        .input()
        .map(|shape| {
            shape
                .members()
                .filter(|m| m.idempotency_token() && !given.contains_key(m.name()))
                .map(|m| (m, Value::String((o.idempotency_token)())))
                .collect()
        })
        .unwrap_or_default();
    let mut entries: Entries = op.input().map(|shape| members_of(shape, given)).unwrap_or_default();
    entries.extend(tokens.iter().map(|(m, v)| (*m, v)));

    let mut request = match op.service().protocol() {
        Protocol::Query => query::request(op, &entries, query::Dialect::Query, o.clock)?,
        Protocol::Ec2 => query::request(op, &entries, query::Dialect::Ec2, o.clock)?,
        Protocol::Json => json::request(op, &entries, o.clock)?,
        Protocol::RestJson => rest::request(op, &entries, rest::Format::Json, o)?,
        Protocol::RestXml => rest::request(op, &entries, rest::Format::Xml, o)?,
        Protocol::Cbor => cbor::request(op, &entries, o.clock)?,
    };
    if o.inject_host_prefix {
        request.host_prefix = host_prefix(op, &entries)?;
    }
    Ok(request)
}

/// The entries of `given` that are members of `shape`, in the order they were given.
pub(crate) fn members_of(shape: Shape, given: &Map) -> Entries<'_> {
    given.iter().filter_map(|(name, value)| shape.member(name).map(|m| (m, value))).collect()
}

impl Request {
    /// A POST to `/` with these headers.
    pub(crate) fn post(headers: Vec<(String, String)>, body: Body) -> Request {
        Request { method: "POST".into(), host_prefix: None, path: "/".into(), query: Vec::new(), headers, body }
    }
}

/// The method of the model; POST where it has none.
pub(crate) fn method(op: Operation) -> Cow<'static, str> {
    Cow::Borrowed(if op.method().is_empty() { "POST" } else { op.method() })
}

/// The header that asks a service that once spoke `query` for its old error codes.
pub(crate) fn query_mode_header(op: Operation, headers: &mut Vec<(String, String)>) {
    if op.service().query_compatible() {
        headers.push(("x-amzn-query-mode".into(), "true".into()));
    }
}

/// The host prefix with its `{Label}`s replaced by the members flagged `hostLabel`.
fn host_prefix(op: Operation, entries: &Entries) -> Result<Option<String>, SerializeError> {
    let Some(template) = op.host_prefix() else { return Ok(None) };
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (label, tail) = after.split_once('}').unwrap_or((after, ""));
        let value = entries
            .iter()
            .find(|(m, _)| m.host_label() && m.name() == label)
            .ok_or_else(|| SerializeError::MissingMember(label.to_owned()))?
            .1;
        out.push_str(before);
        out.push_str(&crate::scalar::python_str(value));
        rest = tail;
    }
    out.push_str(rest);
    Ok(Some(out))
}
