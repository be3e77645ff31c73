//! Bodies in `aws-chunked` encoding, with their checksum in a trailer.

use crate::checksum::{Algorithm, Digest, Hasher};
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of a chunk; the last may be shorter. botocore's size.
const CHUNK: u64 = 1 << 20;

/// A reader that wraps a body of known length: chunks of 1 MiB, then `x-amz-checksum-…` of the whole as a trailer. Data
/// passes through the caller's buffer only, and is hashed there.
#[derive(Debug)]
pub struct ChunkedEncoder<R> {
    inner: R,
    len: u64,
    algorithm: Algorithm,
    hasher: Option<Hasher>,
    digest: Option<Digest>,
    /// Bytes of the body not read yet.
    left: u64,
    /// Bytes of the current chunk not read yet.
    chunk_left: u64,
    /// Framing to give out before more data.
    pending: Vec<u8>,
    pending_at: usize,
    /// Whether the last chunk and the trailer are on their way.
    closed: bool,
}

impl<R: Read> ChunkedEncoder<R> {
    /// Encodes `len` bytes of `inner`.
    pub fn new(inner: R, len: u64, algorithm: Algorithm) -> Self {
        ChunkedEncoder {
            inner,
            len,
            algorithm,
            hasher: Some(Hasher::new(algorithm)),
            digest: None,
            left: len,
            chunk_left: 0,
            pending: Vec::with_capacity(128),
            pending_at: 0,
            closed: false,
        }
    }

    /// The length of a body of `len` bytes once encoded: what `Content-Length` says. `len` itself goes into
    /// `X-Amz-Decoded-Content-Length`.
    pub fn encoded_len(len: u64, algorithm: Algorithm) -> u64 {
        let chunk = |size: u64| hex_digits(size) + 2 + size + 2;
        let rest = len % CHUNK;
        let whole = len / CHUNK * chunk(CHUNK) + if rest > 0 { chunk(rest) } else { 0 };
        let base64 = algorithm.digest_len().div_ceil(3) * 4;
        whole + (b"0\r\n:\r\n\r\n".len() + algorithm.header().len() + base64) as u64
    }

    /// The checksum, once the whole body was read.
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// The body's reader.
    pub fn into_inner(self) -> R {
        self.inner
    }

    /// Readies the next piece of framing, or notes that data comes next.
    fn advance(&mut self) {
        self.pending.clear();
        self.pending_at = 0;
        if self.chunk_left > 0 || self.closed {
            return;
        }
        if self.left < self.len {
            self.pending.extend_from_slice(b"\r\n");
        }
        if self.left > 0 {
            self.chunk_left = self.left.min(CHUNK);
            self.pending.extend_from_slice(format!("{:x}\r\n", self.chunk_left).as_bytes());
        } else {
            let digest = self.hasher.take().map(Hasher::finish);
            self.digest = digest;
            let value = digest.map(|d| d.to_base64()).unwrap_or_default();
            self.pending.extend_from_slice(format!("0\r\n{}:{value}\r\n\r\n", self.algorithm.header()).as_bytes());
            self.closed = true;
        }
    }
}

impl<R: Read> Read for ChunkedEncoder<R> {
    /// # Errors
    /// The inner reader's; `UnexpectedEof` where it ends before the promised length.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut used = 0;
        // Framing and data share the buffer, so that one write carries both.
        while used < out.len() {
            if self.pending_at == self.pending.len() {
                self.advance();
            }
            let room = &mut out[used..];
            let framing = &self.pending[self.pending_at..];
            if !framing.is_empty() {
                let n = framing.len().min(room.len());
                room[..n].copy_from_slice(&framing[..n]);
                self.pending_at += n;
                used += n;
                continue;
            }
            if self.chunk_left == 0 {
                break;
            }
            let most = usize::try_from(self.chunk_left).unwrap_or(usize::MAX).min(room.len());
            let n = match self.inner.read(&mut room[..most]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => n,
                // What is there goes out first; the error comes again or passes.
                Err(_) if used > 0 => break,
                Err(e) => return Err(e),
            };
            if let Some(hasher) = &mut self.hasher {
                hasher.update(&room[..n]);
            }
            self.chunk_left -= n as u64;
            self.left -= n as u64;
            used += n;
        }
        Ok(used)
    }
}

impl<R: Read + Seek> ChunkedEncoder<R> {
    /// Starts over, for another try: seeks the body back to `start`.
    ///
    /// # Errors
    /// Where seeking fails.
    pub fn rewind(&mut self, start: u64) -> io::Result<()> {
        self.inner.seek(SeekFrom::Start(start))?;
        self.hasher = Some(Hasher::new(self.algorithm));
        self.digest = None;
        self.left = self.len;
        self.chunk_left = 0;
        self.pending.clear();
        self.pending_at = 0;
        self.closed = false;
        Ok(())
    }
}

fn hex_digits(value: u64) -> u64 {
    u64::from((64 - value.leading_zeros()).div_ceil(4).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn encode(data: &[u8], algorithm: Algorithm, step: usize) -> Vec<u8> {
        let mut encoder = ChunkedEncoder::new(data, data.len() as u64, algorithm);
        let (mut out, mut buffer) = (Vec::new(), vec![0; step]);
        loop {
            let n = encoder.read(&mut buffer).unwrap();
            if n == 0 {
                break;
            }
            out.extend_from_slice(&buffer[..n]);
        }
        assert_eq!(encoder.digest(), Some(algorithm.digest(data)));
        out
    }

    #[test]
    fn small_bodies() {
        let text = String::from_utf8(encode(b"hello", Algorithm::Crc32, 100)).unwrap();
        assert_eq!(text, "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n");
        let text = String::from_utf8(encode(b"", Algorithm::Crc64Nvme, 7)).unwrap();
        assert_eq!(text, "0\r\nx-amz-checksum-crc64nvme:AAAAAAAAAAA=\r\n\r\n");
    }

    #[test]
    fn bodies_of_several_chunks() {
        let data: Vec<u8> = (0..(CHUNK * 2 + 17)).map(|i| (i % 253) as u8).collect();
        let out = encode(&data, Algorithm::Sha256, 70_000);
        assert_eq!(out.len() as u64, ChunkedEncoder::<&[u8]>::encoded_len(data.len() as u64, Algorithm::Sha256));
        assert!(out.starts_with(b"100000\r\n"));
        let end = 8 + CHUNK as usize;
        assert_eq!(&out[8..end], &data[..CHUNK as usize]);
        assert_eq!(&out[end..end + 10], b"\r\n100000\r\n");
        assert_eq!(&out[end * 2 + 2..end * 2 + 8], b"\r\n11\r\n");
    }

    #[test]
    fn a_body_that_is_too_short_is_an_error() {
        let mut encoder = ChunkedEncoder::new(&b"abc"[..], 5, Algorithm::Crc32);
        let error = io::copy(&mut encoder, &mut io::sink()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn rewinding_gives_the_same_again() {
        let mut body = Cursor::new(b"skip this body");
        body.set_position(5);
        let mut encoder = ChunkedEncoder::new(body, 9, Algorithm::Sha1);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        encoder.read_to_end(&mut first).unwrap();
        encoder.rewind(5).unwrap();
        encoder.read_to_end(&mut second).unwrap();
        assert_eq!(first, second);
        assert!(first.starts_with(b"9\r\nthis body\r\n"));
    }

    proptest! {
        #[test]
        fn lengths_are_as_announced(
            data in proptest::collection::vec(any::<u8>(), 0..5000),
            step in 1usize..3000,
            which in 0usize..9,
        ) {
            let algorithm = Algorithm::BY_PRIORITY[which];
            let out = encode(&data, algorithm, step);
            prop_assert_eq!(out.len() as u64, ChunkedEncoder::<&[u8]>::encoded_len(data.len() as u64, algorithm));
        }
    }
}
