//! Glacier: the account `-` (the caller's own), the version in a header, and two hashes of what is uploaded.

use crate::error::CallError;
use crate::types::outgoing::{Outgoing, Source};
use oxaws_value::{Map, Value};

/// The caller's own account where none is named.
pub(super) fn default_account(params: &mut Map) {
    if params.get("accountId").is_none_or(Value::is_null) {
        params.insert("accountId", Value::from("-"));
    }
}

/// Adds Glacier's headers.
///
/// # Errors
/// When the body can't be read.
pub(super) fn headers(operation: &str, version: &str, outgoing: &mut Outgoing) -> Result<(), CallError> {
    outgoing.set_header("x-amz-glacier-version", version);
    if !matches!(operation, "UploadArchive" | "UploadMultipartPart") {
        return Ok(());
    }
    if outgoing.header("x-amz-content-sha256").is_none() {
        let mut hasher = oxaws_sign::Hasher::new(oxaws_sign::Algorithm::Sha256);
        outgoing.source.scan(|bytes| hasher.update(bytes))?;
        outgoing.set_header("x-amz-content-sha256", &hasher.finish().to_hex());
    }
    if outgoing.header("x-amz-sha256-tree-hash").is_none() {
        let hash = match &mut outgoing.source {
            Source::Bytes(bytes) => oxaws_sign::tree_hash(&bytes[..]),
            Source::File(file) => oxaws_sign::tree_hash(file),
            Source::Encoded(_) | Source::Streamed(_) => return Ok(()),
        };
        let hash = hash.map_err(CallError::file)?;
        outgoing.source.rewind()?;
        outgoing.set_header("x-amz-sha256-tree-hash", &hash);
    }
    Ok(())
}
