//! Compresses request bodies where the operation and the settings ask for it.

use crate::error::CallError;
use crate::session::client::ServiceClient;
use crate::types::outgoing::{Outgoing, Source};
use flate2::Compression;
use flate2::write::GzEncoder;
use oxaws_model::Operation;
use std::io::Write;

/// Compresses the body with gzip when the operation has the trait, compression isn't disabled, and the body isn't small.
/// A streaming body is compressed whatever its size, unless the service must know its length beforehand.
///
/// # Errors
/// When the body can't be read.
pub fn apply(client: &ServiceClient, operation: Operation, outgoing: &mut Outgoing) -> Result<(), CallError> {
    let Some(from) = client.settings.compression_from else { return Ok(()) };
    if !operation.compression_encodings().any(|e| e == "gzip") {
        return Ok(());
    }
    let wanted = if operation.has_streaming_input() {
        let payload = operation.input().and_then(|i| i.payload());
        payload.is_none_or(|m| !m.shape().requires_length())
    } else {
        outgoing.source.bytes().len() >= from
    };
    if !wanted || matches!(outgoing.source, Source::Encoded(_)) {
        return Ok(());
    }
    // Python's level, so that the bytes are those of the CLI.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let mut outcome = Ok(());
    outgoing.source.scan(|bytes| {
        if outcome.is_ok() {
            outcome = encoder.write_all(bytes);
        }
    })?;
    let compressed = outcome.and_then(|()| encoder.finish()).map_err(CallError::file)?;
    outgoing.set_body(compressed);
    let encoding = match outgoing.header("Content-Encoding") {
        Some(there) => format!("{there},gzip"),
        None => "gzip".to_owned(),
    };
    outgoing.set_header("Content-Encoding", &encoding);
    Ok(())
}
