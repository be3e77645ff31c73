//! What a signer is given, and what it tells.

use std::borrow::Cow;

/// Header names and values in sending order.
pub type Headers<'h> = Vec<(Cow<'h, str>, Cow<'h, [u8]>)>;

/// Stands for the body's hash where the body isn't signed.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// Stands for the body's hash where an `aws-chunked` body carries its checksum in a trailer.
pub const STREAMING_UNSIGNED_PAYLOAD_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// A request about to be signed. Headers are added to `headers`; those of an earlier try are taken out.
#[derive(Debug)]
pub struct Signable<'r, 'h> {
    /// `GET`, `PUT`, …
    pub method: &'r str,
    /// The value of the `Host` header, which is always signed; used where `headers` has none.
    pub host: &'r str,
    /// The path as it goes over the wire.
    pub path: &'r str,
    /// The query as it goes over the wire, without its `?`; empty for none.
    pub query: &'r str,
    /// The headers.
    pub headers: &'r mut Headers<'h>,
}

/// Who signs.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The access key.
    pub access_key_id: &'a str,
    /// Its secret.
    pub secret_access_key: &'a str,
    /// The token of temporary credentials.
    pub session_token: Option<&'a str>,
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// What a signature is good for.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The region; for V4a the set of regions (`*`, `us-east-1,us-west-2`).
    pub region: &'a str,
    /// The service's signing name.
    pub service: &'a str,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub time: i64,
}

/// The body's part in the signature.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'a> {
    /// A body in memory, hashed here.
    Bytes(&'a [u8]),
    /// The SHA-256 of a body, in lower-case hexadecimal.
    Sha256(&'a str),
    /// Not signed (`v4-unsigned-body`, presigned S3 URLs, S3 uploads over TLS with a checksum).
    Unsigned,
    /// Not signed, with a checksum in the trailer.
    StreamingUnsignedTrailer,
}

/// How a path becomes canonical.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathRule {
    /// As it is: S3.
    AsIs,
    /// Percent-encoded once more.
    Encode,
    /// `.`, `..` and doubled slashes resolved, then percent-encoded once more: all other services.
    NormalizeAndEncode,
}

/// Under which name the session token travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenName {
    /// `X-Amz-Security-Token`
    Security,
    /// `x-amz-s3session-token`: S3 Express.
    S3Session,
}

/// What differs between services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The path.
    pub path: PathRule,
    /// The session token.
    pub token: TokenName,
    /// Whether `X-Amz-Content-SHA256` is always set, anew (otherwise only where the body isn't signed; one that is
    /// there is kept and used).
    pub content_sha256: bool,
}

impl Rules {
    /// All services but S3.
    pub const STANDARD: Rules =
        Rules { path: PathRule::NormalizeAndEncode, token: TokenName::Security, content_sha256: false };
    /// S3 and its relatives.
    pub const S3: Rules = Rules { path: PathRule::AsIs, token: TokenName::Security, content_sha256: true };
    /// S3 Express directory buckets with a session.
    pub const S3_EXPRESS: Rules = Rules { path: PathRule::AsIs, token: TokenName::S3Session, content_sha256: true };
}

/// The steps of a signature, for the debug log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The canonical request.
    pub canonical_request: Vec<u8>,
    /// The string to sign.
    pub string_to_sign: String,
    /// The signature in hexadecimal.
    pub signature: String,
}

/// Takes out all headers called `name`, in any case.
pub(crate) fn remove(headers: &mut Headers<'_>, name: &str) {
    headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
}

/// The first header called `name`, in any case.
pub(crate) fn find<'a>(headers: &'a Headers<'_>, name: &str) -> Option<&'a [u8]> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_ref())
}

/// Adds a header at the end.
pub(crate) fn push(headers: &mut Headers<'_>, name: &'static str, value: impl Into<String>) {
    headers.push((Cow::Borrowed(name), Cow::Owned(value.into().into_bytes())));
}
