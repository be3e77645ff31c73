//! Checksums of requests and replies: botocore's flexible checksums.

use crate::call::sign;
use crate::error::CallError;
use crate::session::client::ServiceClient;
use crate::state::CallState;
use crate::types::outgoing::{EncodedBody, Outgoing, Source};
use crate::types::signing::{Auth, Signing};
use crate::types::stream::Expected;
use oxaws_config::client::ChecksumUse;
use oxaws_http::Headers;
use oxaws_model::Operation;
use oxaws_sign::{Algorithm, ChunkedEncoder, Hasher};
use oxaws_value::{Map, Value};
use std::borrow::Cow;
use std::io::{self, Cursor, Read, Seek};

/// The algorithm where neither the user nor the model names one (botocore's default where the AWS Common Runtime is
/// there, as it is in the CLI).
const DEFAULT: Algorithm = Algorithm::Crc64Nvme;

/// Adds the checksum that the operation asks for: in a header, or in a trailer where a body streams over TLS.
///
/// # Errors
/// For an unknown algorithm, or a body that can't be read.
pub fn apply(state: &CallState, outgoing: &mut Outgoing, signing: &Signing) -> Result<(), CallError> {
    let CallState { client, operation, params, .. } = state;
    if outgoing.headers.iter().any(|(name, _)| is_checksum_header(name)) {
        return Ok(());
    }
    let modelled = operation.http_checksum();
    let member = modelled.and_then(|m| m.request_algorithm_member);
    let required = operation.checksum_required() || modelled.is_some_and(|m| m.required);
    let mut announced = None;
    let algorithm = if let Some(chosen) = member.and_then(|m| params.get(m)) {
        let chosen = chosen.as_str().unwrap_or_default();
        Algorithm::from_name(chosen)
            .ok_or_else(|| CallError::invalid(format!("Unsupported checksum algorithm: {}", chosen.to_lowercase())))?
    } else if required || (member.is_some() && client.settings.request_checksums == ChecksumUse::WhenSupported) {
        let shape = operation.input().and_then(|input| input.member(member?));
        announced = shape.and_then(|m| m.location_name());
        DEFAULT
    } else {
        return Ok(());
    };
    attach(state, outgoing, signing, algorithm)?;
    if let Some(name) = announced {
        outgoing.set_header(name, DEFAULT.name());
    }
    Ok(())
}

/// Adds the checksum of the body: in a header, or in a trailer where a body streams over TLS.
///
/// # Errors
/// When the body can't be read.
pub fn attach(
    state: &CallState,
    outgoing: &mut Outgoing,
    signing: &Signing,
    algorithm: Algorithm,
) -> Result<(), CallError> {
    if state.operation.has_streaming_input() && outgoing.is_https() {
        return trailer(outgoing, algorithm);
    }
    let mut hasher = Hasher::new(algorithm);
    // The signature needs another hash of the same body, which is read once for both.
    let is_v4 = !matches!(signing.auth, Auth::None | Auth::Bearer | Auth::V2);
    let signed = is_v4 && sign::signs_body(state, signing, outgoing.is_https(), true);
    outgoing.hash(&mut hasher, signed)?;
    outgoing.headers.push((algorithm.header().into(), hasher.finish().to_base64().into_bytes().into()));
    outgoing.checksum_header = Some(algorithm.header());
    Ok(())
}

/// `X-Amz-Checksum-…`, whatever follows: the user's own, or a mode or type that says there is one.
fn is_checksum_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.strip_prefix("x-amz-checksum-").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn trailer(outgoing: &mut Outgoing, algorithm: Algorithm) -> Result<(), CallError> {
    let encoding = match outgoing.header("Content-Encoding") {
        Some(there) => format!("{there},aws-chunked"),
        None => "aws-chunked".to_owned(),
    };
    outgoing.set_header("Content-Encoding", &encoding);
    outgoing.set_header("X-Amz-Trailer", algorithm.header());
    let length = match std::mem::replace(&mut outgoing.source, Source::Bytes(Cow::Borrowed(b""))) {
        Source::Bytes(bytes) => {
            let length = bytes.len() as u64;
            let encoder = ChunkedEncoder::new(Cursor::new(bytes.into_owned()), length, algorithm);
            outgoing.source = Source::Encoded(Box::new(Trailing(encoder)));
            length
        }
        Source::File(file) => {
            let length = file.length();
            outgoing.source = Source::Encoded(Box::new(Trailing(ChunkedEncoder::new(file, length, algorithm))));
            length
        }
        Source::Streamed(body) => {
            let length = body.length();
            outgoing.source = Source::Streamed(body);
            outgoing.trailer = Some(algorithm);
            length
        }
        Source::Encoded(_) => return Err(CallError::bug("the body is encoded twice")),
    };
    // Whoever streams a body knows its encoded length.
    if outgoing.trailer.is_none() {
        outgoing.set_header("Transfer-Encoding", "chunked");
    }
    outgoing.set_header("X-Amz-Decoded-Content-Length", &length.to_string());
    outgoing.remove_header("Content-Length");
    Ok(())
}

/// An encoder as a body.
#[derive(Debug)]
struct Trailing<R>(ChunkedEncoder<R>);

impl<R: Read> Read for Trailing<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<R: Read + Seek> oxaws_http::Source for Trailing<R> {
    fn rewind(&mut self) -> io::Result<bool> {
        self.0.rewind(0).map(|()| true)
    }
}

impl<R: Read + Seek + std::fmt::Debug + Send> EncodedBody for Trailing<R> {}

/// What a reply's body has to be checked against, where the call asked for that and the reply has a checksum of the
/// whole body.
pub fn expected(operation: Operation, params: &Map, headers: &Headers) -> Option<Expected> {
    let mode = operation.http_checksum()?.validation_mode_member?;
    params.get(mode)?;
    let usable = Algorithm::BY_PRIORITY
        .into_iter()
        .filter(|a| operation.response_algorithms().any(|name| name.eq_ignore_ascii_case(a.name())));
    // A `-` stands in the checksum of checksums of an object's parts: nothing to compare the body with.
    let (algorithm, text) =
        usable.filter_map(|a| Some((a, headers.get(a.header())?))).find(|(_, text)| !text.contains('-'))?;
    Some(Expected::new(algorithm, text))
}

/// Asks for the validation of the reply where the settings want it and the user said nothing.
pub fn ask_for_validation(client: &ServiceClient, operation: Operation, params: &mut Map) {
    if client.settings.response_checksums == ChecksumUse::WhenSupported
        && let Some(mode) = operation.http_checksum().and_then(|m| m.validation_mode_member)
        && !params.contains_key(mode)
    {
        params.insert(mode, Value::from("ENABLED"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_checksum_headers() {
        assert!(is_checksum_header("X-Amz-Checksum-SHA256"));
        assert!(is_checksum_header("x-amz-checksum-mode"));
        assert!(!is_checksum_header("x-amz-sdk-checksum-algorithm"));
        assert!(!is_checksum_header("x-amz-checksum-a-b"));
    }

    #[test]
    fn trailers_change_the_framing() {
        let mut outgoing = Outgoing::new("PUT", "https", "a.test".into(), "/".into());
        outgoing.set_header("Content-Encoding", "gzip");
        outgoing.set_header("content-length", "5");
        outgoing.set_body(b"hello".to_vec());
        trailer(&mut outgoing, Algorithm::Crc32).unwrap();
        assert_eq!(outgoing.header("content-encoding"), Some("gzip,aws-chunked"));
        assert_eq!(outgoing.header("x-amz-decoded-content-length"), Some("5"));
        assert_eq!(outgoing.header("content-length"), None);
        for _ in 0..2 {
            let Source::Encoded(reader) = &mut outgoing.source else { panic!("not encoded") };
            let mut text = String::new();
            reader.read_to_string(&mut text).unwrap();
            assert_eq!(text, "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n");
            outgoing.source.rewind().unwrap();
        }
    }
}
