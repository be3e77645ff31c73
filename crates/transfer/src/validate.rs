//! What botocore checks before it sends: the few members that a transfer's user can get wrong.

use crate::error::TransferError;
use oxaws_failure::Cause;

/// Complains about a bucket's name that can't be one.
///
/// # Errors
/// In botocore's words.
pub fn check_bucket(name: &str) -> Result<(), TransferError> {
    oxaws_client::check_bucket_name(name).map_err(|e| TransferError::Invalid(Cause::of(e)))
}

/// Complains about a key that is empty.
///
/// # Errors
/// In botocore's words.
pub fn check_key(key: &str) -> Result<(), TransferError> {
    if key.is_empty() {
        return Err(TransferError::validation("Invalid length for parameter Key, value: 0, valid min length: 1"));
    }
    Ok(())
}
