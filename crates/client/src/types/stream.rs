//! What streams back, and the checksum that it must have.

use crate::error::CallError;
use oxaws_http::{BodyReader, HttpError};
use oxaws_sign::{Algorithm, Hasher};
use std::io::{self, Read};

/// A checksum that a reply carries, and what has been read of its body.
#[derive(Debug)]
pub struct Expected {
    text: String,
    hasher: Hasher,
}

impl Expected {
    /// Nothing of the body has been read yet. `text` is the checksum in base64.
    pub(crate) fn new(algorithm: Algorithm, text: &str) -> Expected {
        Expected { text: text.to_owned(), hasher: Hasher::new(algorithm) }
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

/// What is said of a checksum that is another one.
pub(crate) fn mismatch(expected: &str, found: &str) -> String {
    format!("Expected checksum {expected} did not match calculated checksum: {found}")
}

/// A reply's body that streams to its destination. Its checksum, where there is one to check, is checked at its end.
#[derive(Debug)]
pub struct StreamBody {
    inner: BodyReader,
    expected: Option<Expected>,
}

impl StreamBody {
    pub(crate) fn new(inner: BodyReader, expected: Option<Expected>) -> Self {
        StreamBody { inner, expected }
    }

    /// The body's length in bytes where it was announced.
    pub fn length(&self) -> Option<u64> {
        self.inner.length()
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.inner.bytes_read()
    }

    /// Reads some bytes; 0 at the end (or for an empty `out`).
    ///
    /// # Errors
    /// When the connection fails, and at the end when the checksum doesn't fit: what was read is then worthless.
    pub fn read_some(&mut self, out: &mut [u8]) -> Result<usize, CallError> {
        let n = self.inner.read_some(out).map_err(|e| match e {
            HttpError::Cancelled => CallError::Interrupted,
            other => CallError::Streaming(other),
        })?;
        if n > 0 {
            if let Some(expected) = &mut self.expected {
                expected.update(&out[..n]);
            }
        } else if !out.is_empty()
            && let Some(expected) = self.expected.take()
        {
            expected.check()?;
        }
        Ok(n)
    }

    /// The rest of the body.
    ///
    /// # Errors
    /// As [`StreamBody::read_some`], and when it is longer than `limit` bytes.
    pub fn read_to_vec(&mut self, limit: usize) -> Result<Vec<u8>, CallError> {
        let bytes = self.inner.read_to_vec(limit)?;
        if let Some(mut expected) = self.expected.take() {
            expected.update(&bytes);
            expected.check()?;
        }
        Ok(bytes)
    }
}

impl Read for StreamBody {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.read_some(out).map_err(io::Error::other)
    }
}
