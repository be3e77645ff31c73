//! Compresses request bodies where the operation and the settings ask for it.

use crate::client::ServiceClient;
use crate::send::{Outgoing, Source};
use flate2::Compression;
use flate2::write::GzEncoder;
use oxaws_model::Operation;
use std::io::Write;

/// Compresses the body with gzip when the operation has the trait, compression isn't disabled, and the body isn't small.
pub fn apply(client: &ServiceClient, operation: Operation, outgoing: &mut Outgoing) {
    let Some(from) = client.settings.compression_from else { return };
    if !operation.compression_encodings().any(|e| e == "gzip") {
        return;
    }
    let Source::Bytes(bytes) = &outgoing.source else { return };
    if bytes.len() < from {
        return;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to a vector can't fail.
    let Ok(compressed) = encoder.write_all(bytes).and_then(|()| encoder.finish()) else { return };
    outgoing.source = Source::Bytes(compressed);
    let encoding = match outgoing.header("Content-Encoding") {
        Some(there) => format!("{there},gzip"),
        None => "gzip".to_owned(),
    };
    outgoing.set_header("Content-Encoding", &encoding);
}
