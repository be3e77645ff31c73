//! S3's replies: errors behind a status of 200, `Expires`, the location of a bucket, hints to errors.

use super::xml;
use crate::error::{CallError, ServiceFailure};
use crate::state::CallState;
use crate::types::reply::Answer;
use oxaws_model::ShapeKind;
use oxaws_protocol::Reply;
use oxaws_python::Timestamp;
use oxaws_value::{Map, Value};

/// The CLI's hint for a bucket in another region.
const REGION_HINT: &str = "You can fix this issue by explicitly providing the correct region location using the --region argument, the AWS_DEFAULT_REGION environment variable, or the region variable in the AWS CLI configuration file.  You can get the bucket's location by running \"aws s3api get-bucket-location --bucket BUCKET\".";

/// Whether a reply with status 200 is an error, or cut short. Where the body is an object nobody can tell.
pub(super) fn is_error_in_disguise(state: &CallState, status: u16, body: &[u8]) -> bool {
    let Some(output) = state.operation.output() else { return false };
    let opaque = output.payload().is_some_and(|m| matches!(m.shape().kind(), ShapeKind::Blob | ShapeKind::String));
    if status != 200 || body.is_empty() || opaque || state.operation.has_event_stream_output() {
        return false;
    }
    malformed(state, body).is_some() || xml::root(body).is_none_or(|(name, _)| name == "Error")
}

/// What is wrong with a body as XML, in expat's words.
fn malformed(state: &CallState, body: &[u8]) -> Option<String> {
    if body.is_empty() {
        return Some("no element found: line 1, column 0".into());
    }
    let reader = state.client.service.operation_named("GetBucketLocation")?;
    let plain = Reply { status: 200, reason: "", headers: &[], body };
    state.session.with_clock(|clock| xml::fault(reader, &plain, clock)).map(|fault| fault.to_string())
}

/// `Expires` may hold anything: the text goes into a member of its own, and what is no moment isn't parsed.
pub(super) fn expires(state: &CallState, headers: &mut Vec<(String, String)>) -> Option<(&'static str, String)> {
    let output = state.operation.output()?;
    output.members().find(|m| m.shape().name() == "Expires" && m.location_name() == Some("Expires"))?;
    let at = headers.iter().position(|(name, value)| name.eq_ignore_ascii_case("expires") && !value.is_empty())?;
    let text = headers[at].1.clone();
    if state.session.with_clock(|clock| Timestamp::parse(&text, &clock).is_err()) {
        headers.retain(|(name, _)| !name.eq_ignore_ascii_case("expires"));
    }
    Some(("ExpiresString", text))
}

/// The location is the root element's own text, which no model can say.
///
/// # Errors
/// When the body is no XML.
pub(super) fn bucket_location(state: &CallState, value: &mut Map, body: &[u8]) -> Result<(), CallError> {
    check_location_body(state, body)?;
    let text = xml::root(body).map(|(_, text)| text).unwrap_or_default();
    value.insert("LocationConstraint", if text.is_empty() { Value::Null } else { Value::String(text) });
    Ok(())
}

fn check_location_body(state: &CallState, body: &[u8]) -> Result<(), CallError> {
    malformed(state, body).map_or(Ok(()), |fault| Err(CallError::bad_reply(fault)))
}

/// The error with the CLI's hints. Where the CLI stumbles over the reply, its words for that.
pub(super) fn final_error(state: &CallState, mut failure: Box<ServiceFailure>, answer: &Answer) -> CallError {
    if state.operation.name() == "GetBucketLocation"
        && let Err(fault) = check_location_body(state, &answer.body)
    {
        return fault;
    }
    let error = &mut failure.error;
    if error.details.get("Message").is_some_and(Value::is_null) {
        return CallError::bad_reply("argument of type 'NoneType' is not iterable");
    }
    let message = error.message.clone().unwrap_or_default();
    let better = if message.contains("Please use AWS4-HMAC-SHA256") {
        format!(
            "You are attempting to operate on a bucket in a region that requires Signature Version 4.  {REGION_HINT}"
        )
    } else if error.code == "PermanentRedirect" {
        let Some(endpoint) = error.details.get("Endpoint") else { return CallError::bad_reply("'Endpoint'") };
        let endpoint = endpoint.as_str().unwrap_or("None").to_owned();
        let mut start = message;
        start.pop();
        format!("{start}: {endpoint}\n{REGION_HINT}")
    } else if message.contains("AWS KMS managed keys require AWS Signature Version 4") {
        format!(
            "{message} You can enable AWS Signature Version 4 by running the command: \naws configure set \
             s3.signature_version s3v4"
        )
    } else {
        return CallError::Service(failure);
    };
    for map in [&mut error.details, &mut error.fields] {
        if map.contains_key("Message") {
            map.insert("Message", better.clone());
        }
    }
    error.message = Some(better);
    CallError::Service(failure)
}
