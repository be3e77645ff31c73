//! Signatures and checksums of requests: pure functions, no clock and no I/O.
//!
//! - [`sign_v4`], [`presign_v4`]: Signature V4 in headers and in the query, for S3 and for the other services
//! - [`sign_v4a`], [`presign_v4a`]: the same for a set of regions (ECDSA P-256)
//! - [`sign_v2_form`]: the older form signature of SimpleDB and Import/Export
//! - [`bearer()`] for tokens
//! - [`checksum`]: the algorithms of S3's flexible checksums; [`tree_hash`]: Glacier's
//! - [`ChunkedEncoder`]: `aws-chunked` bodies with the checksum in a trailer
//!
//! Which headers are signed, in what order they are added and how paths and queries are made canonical follows botocore.

mod bearer;
mod canonical;
pub mod checksum;
mod chunked;
mod request;
mod time;
mod tree;
mod v2;
mod v4;
mod v4a;

pub use bearer::bearer;
pub use checksum::{Algorithm, Digest, Hasher};
pub use chunked::ChunkedEncoder;
pub use request::{
    Credentials, Headers, PathRule, Payload, Rules, STREAMING_UNSIGNED_PAYLOAD_TRAILER, Scope, Signable, TokenName,
    Trace, UNSIGNED_PAYLOAD,
};
pub use time::{AmzDate, http_date};
pub use tree::tree_hash;
pub use v2::sign_v2_form;
pub use v4::{KeyCache, hmac_sha256, presign_v4, sha256_hex, sign_v4, signing_key};
pub use v4a::{Key as V4aKey, presign_v4a, sign_v4a};

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}
