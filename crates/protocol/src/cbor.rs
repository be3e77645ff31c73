//! The `smithy-rpc-v2-cbor` protocol: POST to the operation's path with a CBOR body.

use crate::cbor_write::CborBody;
use crate::request::{Body, Entries, Request, SerializeError, query_mode_header};
use oxaws_model::Operation;
use oxaws_python::LocalClock;

/// The request of a CBOR operation.
pub(crate) fn request(op: Operation, entries: &Entries, clock: LocalClock<'_>) -> Result<Request, SerializeError> {
    let media_type =
        if op.has_event_stream_output() { "application/vnd.amazon.eventstream" } else { "application/cbor" };
    let mut headers = vec![("smithy-protocol".into(), "rpc-v2-cbor".into())];
    query_mode_header(op, &mut headers);
    headers.push(("Accept".into(), media_type.into()));
    let body = if op.input().is_some() {
        headers.push(("Content-Type".into(), media_type.into()));
        Body::Bytes(CborBody::new(clock).structure(entries)?)
    } else {
        Body::Empty
    };
    let mut request = Request::post(headers, body);
    request.path = format!("/service/{}/operation/{}", op.service().target_prefix(), op.wire_name());
    Ok(request)
}
