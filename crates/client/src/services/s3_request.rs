//! S3's requests: the path, line ends inside XML, `Expect`.

use crate::state::CallState;
use crate::types::outgoing::{Outgoing, Source};
use oxaws_model::Operation;

/// The path without the bucket that the model's URI begins with.
pub(super) fn path_without_bucket(operation: Operation, path: &str) -> String {
    let uri = operation.uri();
    let Some(rest) = uri.strip_prefix("/{Bucket}") else { return path.to_owned() };
    // A URI that is nothing but the bucket leaves an empty path.
    if !(rest.is_empty() || rest.starts_with(['/', '?'])) {
        return path.to_owned();
    }
    let after = path.strip_prefix('/').unwrap_or(path);
    after.find('/').map_or(String::new(), |at| after[at..].to_owned())
}

/// A body from a file waits for the server's word before it is sent. So does the body of the two operations that send
/// objects, wherever it comes from.
pub(super) fn expect_continue(state: &CallState, outgoing: &mut Outgoing) {
    if !matches!(&*outgoing.method, "PUT" | "POST") {
        return;
    }
    let object = matches!(state.operation.name(), "PutObject" | "UploadPart") && state.params.contains_key("Body");
    if object || !matches!(outgoing.source, Source::Bytes(_)) {
        outgoing.set_header("Expect", "100-continue");
        outgoing.expect_continue = true;
    }
}

/// Line ends inside the XML are the user's: readers of XML would change them.
pub(super) fn escape_line_ends(outgoing: &mut Outgoing) {
    let Source::Bytes(body) = &outgoing.source else { return };
    if !body.iter().any(|b| matches!(b, b'\r' | b'\n')) {
        return;
    }
    let mut out = Vec::with_capacity(body.len() + 16);
    for &b in body.iter() {
        match b {
            b'\r' => out.extend_from_slice(b"&#xD;"),
            b'\n' => out.extend_from_slice(b"&#xA;"),
            other => out.push(other),
        }
    }
    outgoing.set_body(out);
}
