//! A bucket in another region: S3 says so in several ways, and the call goes there, once.

use crate::error::{CallError, ServiceFailure};
use crate::state::CallState;
use crate::types::input::CallInput;
use oxaws_endpoint::Arn;
use oxaws_http::Headers;
use oxaws_value::{Map, Value};

/// Whether an error says that the bucket is elsewhere, and where was found out; the client remembers it.
///
/// # Errors
/// When the region isn't one, or asking for it fails.
pub(super) fn found(state: &mut CallState, failure: &ServiceFailure) -> Result<bool, CallError> {
    let Some(bucket) = state.bucket().map(str::to_owned) else { return Ok(false) };
    if state.redirected || Arn::is_arn(&bucket) || !is_elsewhere(state.operation.name(), failure) {
        return Ok(false);
    }
    let region = match failure.headers.get("x-amz-bucket-region") {
        Some(region) => Some(region.to_owned()),
        None => match failure.error.details.get("Region").and_then(Value::as_str).filter(|r| !r.is_empty()) {
            Some(region) => Some(region.to_owned()),
            // A question about the region doesn't ask the same again.
            None if state.nested => None,
            None => ask(state, &bucket)?,
        },
    };
    let Some(region) = region else { return Ok(false) };
    oxaws_config::settings::check_region(&region)?;
    state.client.memory.set_region(&bucket, &region);
    state.redirected = true;
    Ok(true)
}

fn is_elsewhere(operation: &str, failure: &ServiceFailure) -> bool {
    // A HEAD request has no body that could tell the code.
    let bare = matches!(failure.error.code.as_str(), "301" | "400");
    match failure.error.code.as_str() {
        "PermanentRedirect" => true,
        "AuthorizationHeaderMalformed" if failure.error.details.contains_key("Region") => true,
        "IllegalLocationConstraintException" if operation != "CreateBucket" => true,
        _ => {
            matches!(failure.error.status, 301 | 302 | 307)
                || (bare && operation == "HeadObject")
                || (bare && operation == "HeadBucket" && failure.headers.get("x-amz-bucket-region").is_some())
        }
    }
}

/// The region in the headers of a HeadBucket, whether or not that succeeds.
fn ask(state: &CallState, bucket: &str) -> Result<Option<String>, CallError> {
    let Some(head) = state.client.service.operation_named("HeadBucket") else { return Ok(None) };
    let params: Map = [("Bucket", Value::from(bucket))].into_iter().collect();
    let region = |headers: &Headers| headers.get("x-amz-bucket-region").map(str::to_owned);
    match (state.again.call)(state, head, CallInput::new(params)) {
        Ok(reply) => Ok(region(&reply.headers)),
        Err(CallError::Service(failure)) => Ok(region(&failure.headers)),
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_protocol::ServiceError;

    fn failure(code: &str, status: u16, region: Option<&str>, header: bool) -> ServiceFailure {
        ServiceFailure {
            operation: String::new(),
            error: ServiceError {
                code: code.to_owned(),
                message: None,
                details: region.map(|r| ("Region", Value::from(r))).into_iter().collect(),
                fields: Map::new(),
                shape: None,
                status,
                request_id: None,
            },
            retries: None,
            headers: header.then_some(("x-amz-bucket-region", "eu-west-1")).into_iter().collect(),
            for_credentials: false,
        }
    }

    #[test]
    fn what_says_that_a_bucket_is_elsewhere() {
        let elsewhere =
            |operation, code, status, region, header| is_elsewhere(operation, &failure(code, status, region, header));
        assert!(elsewhere("GetObject", "PermanentRedirect", 301, None, false));
        assert!(elsewhere("GetObject", "Anything", 307, None, false));
        assert!(elsewhere("GetObject", "AuthorizationHeaderMalformed", 400, Some("eu-west-1"), false));
        assert!(!elsewhere("GetObject", "AuthorizationHeaderMalformed", 400, None, true));
        assert!(elsewhere("PutObject", "IllegalLocationConstraintException", 400, None, false));
        assert!(!elsewhere("CreateBucket", "IllegalLocationConstraintException", 400, None, false));
        // Without a body there is no code but the status.
        assert!(elsewhere("HeadObject", "400", 400, None, false));
        assert!(elsewhere("HeadBucket", "400", 400, None, true));
        assert!(!elsewhere("HeadBucket", "400", 400, None, false));
        assert!(!elsewhere("GetObject", "NoSuchKey", 404, None, true));
    }
}
