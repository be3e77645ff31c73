//! Checksums of requests and replies: botocore's flexible checksums.

use crate::client::ServiceClient;
use crate::error::CallError;
use crate::send::{EncodedBody, Outgoing, Source};
use oxaws_config::client::ChecksumUse;
use oxaws_http::Headers;
use oxaws_model::Operation;
use oxaws_sign::{Algorithm, ChunkedEncoder, Hasher};
use oxaws_value::{Map, Value};
use std::io::{self, Cursor, Read, Seek};

/// The algorithm where neither the user nor the model names one (botocore's default where the AWS Common Runtime is
/// there, as it is in the CLI).
const DEFAULT: Algorithm = Algorithm::Crc64Nvme;

/// Adds the checksum that the operation asks for: in a header, or in a trailer where a body streams over TLS.
///
/// # Errors
/// For an unknown algorithm, or a body that can't be read.
pub fn apply(
    client: &ServiceClient,
    operation: Operation,
    params: &Map,
    outgoing: &mut Outgoing,
) -> Result<(), CallError> {
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
    if operation.has_streaming_input() && outgoing.is_https() {
        trailer(outgoing, algorithm)?;
    } else {
        let mut hasher = Hasher::new(algorithm);
        outgoing.source.scan(|bytes| hasher.update(bytes))?;
        outgoing.set_header(algorithm.header(), &hasher.finish().to_base64());
        outgoing.checksum_header = Some(algorithm.header());
    }
    if let Some(name) = announced {
        outgoing.set_header(name, DEFAULT.name());
    }
    Ok(())
}

/// `X-Amz-Checksum-…`, whatever follows: the user's own, or a mode or type that says there is one.
fn is_checksum_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.strip_prefix("x-amz-checksum-").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn trailer(outgoing: &mut Outgoing, algorithm: Algorithm) -> Result<(), CallError> {
    outgoing.set_header("Transfer-Encoding", "chunked");
    let encoding = match outgoing.header("Content-Encoding") {
        Some(there) => format!("{there},aws-chunked"),
        None => "aws-chunked".to_owned(),
    };
    outgoing.set_header("Content-Encoding", &encoding);
    outgoing.set_header("X-Amz-Trailer", algorithm.header());
    let source = std::mem::replace(&mut outgoing.source, Source::Bytes(Vec::new()));
    let (source, length) = match source {
        Source::Bytes(bytes) => {
            let length = bytes.len() as u64;
            (Source::Encoded(Box::new(Trailing(ChunkedEncoder::new(Cursor::new(bytes), length, algorithm)))), length)
        }
        Source::File(file) => {
            let length = file.length();
            (Source::Encoded(Box::new(Trailing(ChunkedEncoder::new(file, length, algorithm)))), length)
        }
        Source::Encoded(_) => return Err(CallError::bug("the body is encoded twice")),
    };
    outgoing.source = source;
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

/// A checksum that a reply carries, and what has been read of its body.
#[derive(Debug)]
pub struct Expected {
    text: String,
    hasher: Hasher,
}

impl Expected {
    /// What a reply's body has to be checked against, where the call asked for that and the reply has a checksum of the
    /// whole body.
    pub fn of(operation: Operation, params: &Map, headers: &Headers) -> Option<Expected> {
        let mode = operation.http_checksum()?.validation_mode_member?;
        params.get(mode)?;
        let usable = Algorithm::BY_PRIORITY
            .into_iter()
            .filter(|a| operation.response_algorithms().any(|name| name.eq_ignore_ascii_case(a.name())));
        // A `-` stands in the checksum of checksums of an object's parts: nothing to compare the body with.
        let (algorithm, text) =
            usable.filter_map(|a| Some((a, headers.get(a.header())?))).find(|(_, text)| !text.contains('-'))?;
        Some(Expected { text: text.to_owned(), hasher: Hasher::new(algorithm) })
    }

    /// Takes more of the body.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    /// Checks the whole body.
    ///
    /// # Errors
    /// When the checksum is another.
    pub fn check(self) -> Result<(), CallError> {
        let found = self.hasher.finish().to_base64();
        if found == self.text {
            return Ok(());
        }
        Err(CallError::verification(mismatch(&self.text, &found)))
    }
}

fn mismatch(expected: &str, found: &str) -> String {
    format!("Expected checksum {expected} did not match calculated checksum: {found}")
}

/// DynamoDB's `x-amz-crc32` of a reply in memory.
///
/// # Errors
/// When it doesn't fit; a header that is no number isn't a checksum.
pub fn check_crc32(headers: &Headers, body: &[u8]) -> Result<(), CallError> {
    let Some(expected) = headers.get("x-amz-crc32").and_then(|text| text.trim().parse::<u64>().ok()) else {
        return Ok(());
    };
    let found = Algorithm::Crc32.digest(body).as_bytes().iter().fold(0, |n, b| n << 8 | u64::from(*b));
    if found == expected {
        return Ok(());
    }
    Err(CallError::verification(mismatch(&expected.to_string(), &found.to_string())))
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
    fn dynamodbs_checksum() {
        let headers: Headers = [("X-Amz-Crc32", "3421780262")].into_iter().collect();
        assert!(check_crc32(&headers, b"123456789").is_ok());
        let e = check_crc32(&headers, b"x").unwrap_err().to_string();
        assert_eq!(e, "Expected checksum 3421780262 did not match calculated checksum: 2363233923");
        let headers: Headers = [("x-amz-crc32", "no")].into_iter().collect();
        assert!(check_crc32(&headers, b"x").is_ok());
    }

    #[test]
    fn trailers_change_the_framing() {
        let mut outgoing = Outgoing {
            method: "PUT".into(),
            scheme: "https".into(),
            authority: "a.test".into(),
            path: "/".into(),
            query: String::new(),
            fragment: String::new(),
            headers: vec![("Content-Encoding".into(), "gzip".into()), ("content-length".into(), "5".into())],
            source: Source::Bytes(b"hello".to_vec()),
            expect_continue: false,
            checksum_header: None,
        };
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
