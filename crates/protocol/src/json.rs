//! The `json` protocol: POST to `/` with a target header and a JSON body.

use crate::json_write::JsonBody;
use crate::request::{Body, Entries, Request, SerializeError, method, query_mode_header};
use oxaws_model::Operation;
use oxaws_python::LocalClock;

/// The request of a `json` operation.
pub(crate) fn request(op: Operation, entries: &Entries, clock: LocalClock<'_>) -> Result<Request, SerializeError> {
    let service = op.service();
    let mut headers = vec![
        ("X-Amz-Target".into(), format!("{}.{}", service.target_prefix(), op.wire_name())),
        ("Content-Type".into(), format!("application/x-amz-json-{}", service.json_version())),
    ];
    query_mode_header(op, &mut headers);
    let body = JsonBody::new(clock).structure(entries)?;
    let mut request = Request::post(headers, Body::Bytes(body));
    request.method = method(op);
    Ok(request)
}
