//! From an HTTP reply to a value.

use crate::failure::{Mismatch, ParseFailure};
use crate::nodes::Nodes;
use crate::{cbor_read, headers, json_read, rest_reply, xml_read};
use oxaws_model::{Member, Operation, Protocol, Shape, ShapeKind};
use oxaws_python::LocalClock;
use oxaws_value::{Map, Value};

/// A reply, its body complete.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The reason phrase of the status line.
    pub reason: &'a str,
    /// The headers as they came.
    pub headers: &'a [(String, String)],
    /// The body; empty for a reply whose payload streams.
    pub body: &'a [u8],
}

impl Reply<'_> {
    /// A header by name in any case; several of one name are joined with `, `.
    pub fn header(&self, name: &str) -> Option<std::borrow::Cow<'_, str>> {
        headers::find(self.headers, name)
    }

    /// The id that the service gave the request, from the headers.
    pub fn request_id(&self) -> Option<String> {
        self.header("x-amzn-requestid").or_else(|| self.header("x-amz-request-id")).map(std::borrow::Cow::into_owned)
    }

    /// The failure of a body that isn't of its protocol.
    pub(crate) fn mismatch(&self, mismatch: Mismatch) -> ParseFailure {
        const SHOWN: usize = 120;
        ParseFailure::NotOfProtocol {
            status: self.status,
            content_type: self.header("content-type").map(std::borrow::Cow::into_owned),
            first_bytes: self.body[..self.body.len().min(SHOWN)].to_vec(),
            mismatch,
        }
    }

    /// Whether the body is a web page, such as a proxy or a sign-in portal sends.
    pub(crate) fn is_html(&self) -> bool {
        let start = self.body.trim_ascii_start();
        ["<html", "<!doctype html"]
            .iter()
            .any(|tag| start.get(..tag.len()).is_some_and(|s| s.eq_ignore_ascii_case(tag.as_bytes())))
    }
}

/// How timestamps of replies are shown (`cli_timestamp_format`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timestamps {
    /// As Python's `isoformat` of what came; numbers in the local zone.
    Iso8601,
    /// As they came.
    Wire,
}

/// What a result depends on besides the reply.
#[derive(Debug, Clone, Copy)]
pub struct ParseOptions<'a> {
    /// How timestamps are shown.
    pub timestamps: Timestamps,
    /// Completes partial dates, and knows the local zone.
    pub clock: LocalClock<'a>,
}

/// What a reply means.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The output structure, a map in the order of the model's members.
    pub value: Value,
    /// The id that the service gave the request, from the body or the headers.
    pub request_id: Option<String>,
    /// The payload member that streams: `value` has no such member, the caller handles the body.
    pub stream_member: Option<Member>,
    /// The member that is a stream of events: the caller feeds the body to a
    /// [`MessageDecoder`](crate::MessageDecoder).
    pub event_stream: Option<Member>,
}

/// The payload member whose body isn't read here: botocore streams every blob payload, whether or not the model calls it
/// `streaming`.
fn streaming_payload(output: Shape) -> Option<Member> {
    output.payload().filter(|m| m.shape().kind() == ShapeKind::Blob)
}

/// Takes the elements of a reply's lists as they are read, so that a long list need not be held.
pub trait ListTaker {
    /// The list of this number begins. Where that was said of it before in the same reply, what came since is void: the
    /// last of several members of one name counts.
    fn begin(&mut self, list: usize);

    /// An element of that list, to take or to leave: what is left serves the next one.
    fn element(&mut self, list: usize, value: &mut Value);
}

/// Which lists of a reply are read apart from the rest.
pub struct Lists<'a> {
    /// The path of each: names of members from the output structure on.
    pub paths: &'a [Vec<String>],
    /// What takes their elements.
    pub taker: &'a mut dyn ListTaker,
}

/// The result of `op` from a reply with a status below 300.
///
/// # Errors
/// When the body isn't of the protocol, or holds what its shape can't.
pub fn parse(op: Operation, reply: &Reply, o: &ParseOptions) -> Result<Parsed, ParseFailure> {
    parse_with(op, reply, o, None)
}

/// As [`parse`], but the elements of some lists go elsewhere; the result has empty lists in their place. Only bodies of
/// JSON are read so: of others, and of one that is a payload member, the result holds its lists itself.
///
/// # Errors
/// As [`parse`]. Some elements may have been taken by then.
pub fn parse_without_lists(
    op: Operation,
    reply: &Reply,
    o: &ParseOptions,
    lists: Lists,
) -> Result<Parsed, ParseFailure> {
    parse_with(op, reply, o, Some(lists))
}

fn parse_with(op: Operation, reply: &Reply, o: &ParseOptions, lists: Option<Lists>) -> Result<Parsed, ParseFailure> {
    let mut parsed = Parsed {
        value: Value::Map(Map::new()),
        request_id: reply.request_id(),
        stream_member: None,
        event_stream: None,
    };
    let nodes = Nodes::new();
    let protocol = op.service().protocol();
    let Some(output) = op.output() else {
        match protocol {
            Protocol::Query | Protocol::Ec2 => {
                let id = xml_read::query_reply(op, None, reply, o, &nodes)?.1;
                parsed.request_id = id.or(parsed.request_id);
            }
            // The body means nothing, but a web page isn't an answer of the service.
            _ if reply.is_html() => return Err(reply.mismatch(Mismatch::Html)),
            _ => {}
        }
        return Ok(parsed);
    };
    parsed.event_stream = output.members().find(|m| m.shape().event_stream());
    parsed.stream_member = streaming_payload(output);
    parsed.value = Value::Map(match protocol {
        Protocol::Query | Protocol::Ec2 => {
            let (value, id) = xml_read::query_reply(op, Some(output), reply, o, &nodes)?;
            parsed.request_id = id.or(parsed.request_id);
            value
        }
        Protocol::RestJson | Protocol::RestXml => rest_reply::output(protocol, output, reply, o, &nodes, lists)?,
        Protocol::Json | Protocol::Cbor if parsed.event_stream.is_some() => Map::new(),
        Protocol::Json => json_read::body(output, false, reply, o, &nodes, lists)?,
        Protocol::Cbor => cbor_read::body(output, reply, o)?,
    });
    Ok(parsed)
}
