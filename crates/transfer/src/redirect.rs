//! Buckets that are elsewhere, and what the CLI adds to some errors.

use crate::error::TransferError;
use crate::operation::Op;
use oxaws_client::{CallError, ServiceFailure};

const REGION_HINT: &str = "You can fix this issue by explicitly providing the correct region location using the --region \
                           argument, the AWS_DEFAULT_REGION environment variable, or the region variable in the AWS CLI \
                           configuration file.  You can get the bucket's location by running \"aws s3api \
                           get-bucket-location --bucket BUCKET\".";

/// Whether an error says that the bucket is in another region (botocore's `S3RegionRedirectorv2`).
pub(crate) fn is_elsewhere(op: Op, failure: &ServiceFailure) -> bool {
    let code = failure.code();
    let bare = matches!(code, "301" | "400");
    (bare && op == Op::HeadObject)
        || (bare && op == Op::HeadBucket && failure.headers.get("x-amz-bucket-region").is_some())
        || (code == "AuthorizationHeaderMalformed" && failure.error.details.get("Region").is_some())
        || matches!(failure.error.status, 301 | 302 | 307)
        || code == "PermanentRedirect"
        || code == "IllegalLocationConstraintException"
}

/// The error as the CLI shows it.
pub(crate) fn explain(error: TransferError) -> TransferError {
    let TransferError::Call(CallError::Service(mut failure)) = error else { return error };
    let code = failure.code().to_owned();
    let details = &failure.error.details;
    let message = failure.error.message.clone().unwrap_or_default();
    // An empty <Message/> is Python's None, in which the CLI looks for words.
    if details.get("Message").is_some_and(|m| m.is_null()) && code != "PermanentRedirect" {
        return TransferError::Invalid("argument of type 'NoneType' is not iterable".into());
    }
    if message == "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256." {
        failure.error.message = Some(format!(
            "You are attempting to operate on a bucket in a region that requires Signature Version 4.  {REGION_HINT}"
        ));
    } else if code == "PermanentRedirect" {
        let Some(endpoint) = details.get("Endpoint").and_then(|e| e.as_str()) else {
            return TransferError::Invalid("'Endpoint'".into());
        };
        let mut cut = message;
        cut.pop();
        failure.error.message = Some(format!("{cut}: {endpoint}\n{REGION_HINT}"));
    }
    TransferError::Call(CallError::Service(failure))
}
