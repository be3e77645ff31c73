//! DynamoDB's checksum of its replies.

use crate::error::CallError;
use crate::types::stream::mismatch;
use oxaws_http::Headers;
use oxaws_sign::Algorithm;

/// DynamoDB's `x-amz-crc32` of a reply in memory.
///
/// # Errors
/// When it doesn't fit; a header that is no number isn't a checksum.
pub(super) fn check(headers: &Headers, body: &[u8]) -> Result<(), CallError> {
    let Some(expected) = headers.get("x-amz-crc32").and_then(|text| text.trim().parse::<u64>().ok()) else {
        return Ok(());
    };
    let found = Algorithm::Crc32.digest(body).as_bytes().iter().fold(0, |n, b| n << 8 | u64::from(*b));
    if found == expected {
        return Ok(());
    }
    Err(CallError::verification(mismatch(&expected.to_string(), &found.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dynamodbs_checksum() {
        let headers: Headers = [("X-Amz-Crc32", "3421780262")].into_iter().collect();
        assert!(check(&headers, b"123456789").is_ok());
        let e = check(&headers, b"x").unwrap_err().to_string();
        assert_eq!(e, "Expected checksum 3421780262 did not match calculated checksum: 2363233923");
        let headers: Headers = [("x-amz-crc32", "no")].into_iter().collect();
        assert!(check(&headers, b"x").is_ok());
    }
}
