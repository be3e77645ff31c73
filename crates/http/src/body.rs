//! A response's body, read from the connection.

use crate::client::Shared;
use crate::conn::Conn;
use crate::error::{Fault, HttpError};
use crate::head::Framing;
use crate::pool::Key;
use std::io::{self, Read};
use std::sync::Arc;

/// What is left to read.
#[derive(Debug, Clone, Copy)]
enum Left {
    Length(u64),
    /// Bytes left of the current chunk, and whether it is the first.
    Chunk {
        left: u64,
        first: bool,
    },
    UntilClose,
}

/// A response's body. Reading it to its end gives the connection back to the client; dropping it before closes the
/// connection, unless the rest is already at hand.
#[derive(Debug)]
pub struct BodyReader {
    conn: Option<Conn>,
    left: Left,
    expected: Option<u64>,
    read: u64,
    keep_alive: bool,
    key: Arc<Key>,
    shared: Arc<Shared>,
    url: String,
}

impl BodyReader {
    pub(crate) fn new(
        conn: Conn,
        framing: Framing,
        keep_alive: bool,
        key: Arc<Key>,
        shared: Arc<Shared>,
        url: &str,
    ) -> Self {
        let (left, expected) = match framing {
            Framing::Length(n) => (Left::Length(n), Some(n)),
            Framing::Chunked => (Left::Chunk { left: 0, first: true }, None),
            Framing::UntilClose => (Left::UntilClose, None),
        };
        let url = url.to_owned();
        let mut body = BodyReader { conn: Some(conn), left, expected, read: 0, keep_alive, key, shared, url };
        if framing == Framing::Length(0) {
            body.finish();
        }
        body
    }

    /// The body's length where it was announced.
    pub fn length(&self) -> Option<u64> {
        self.expected
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Reads some bytes; 0 at the end (or for an empty `out`). Large buffers are filled straight from the socket.
    ///
    /// # Errors
    /// [`HttpError::Truncated`] where the connection ends too early, [`HttpError::ReadTimeout`],
    /// [`HttpError::Closed`] where it breaks or the framing is wrong, [`HttpError::Cancelled`].
    pub fn read_some(&mut self, out: &mut [u8]) -> Result<usize, HttpError> {
        if out.is_empty() || self.conn.is_none() {
            return Ok(0);
        }
        match self.step(out) {
            Ok(n) => {
                self.read += n as u64;
                Ok(n)
            }
            Err(fault) => {
                self.conn = None;
                Err(match fault {
                    Fault::Eof => {
                        HttpError::Truncated { url: self.url.clone(), read: self.read, expected: self.expected }
                    }
                    other => other.into_body_error(&self.url),
                })
            }
        }
    }

    /// The rest of the body.
    ///
    /// # Errors
    /// As [`BodyReader::read_some`], and [`HttpError::TooLarge`] where it is longer than `limit` bytes.
    pub fn read_to_vec(&mut self, limit: usize) -> Result<Vec<u8>, HttpError> {
        let mut out = Vec::new();
        let mut used = 0;
        loop {
            if used == out.len() {
                if used > limit {
                    return Err(HttpError::TooLarge { url: self.url.clone(), limit });
                }
                // The announced length in one go, but no more than 8 MiB on the server's word alone.
                let step = match self.left {
                    Left::Length(n) => usize::try_from(n).unwrap_or(usize::MAX).clamp(1, 8 << 20),
                    _ => used.clamp(8 << 10, 8 << 20),
                };
                if self.conn.is_none() {
                    break;
                }
                if used == 0 {
                    // Comes zeroed from the system, where growing would write the zeros.
                    out = vec![0; step];
                } else {
                    out.resize(used + step, 0);
                }
            }
            let n = self.read_some(&mut out[used..])?;
            if n == 0 {
                break;
            }
            used += n;
        }
        if used > limit {
            return Err(HttpError::TooLarge { url: self.url.clone(), limit });
        }
        out.truncate(used);
        Ok(out)
    }

    fn step(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        let Some(conn) = self.conn.as_mut() else { return Ok(0) };
        match self.left {
            Left::Length(left) => {
                let n = conn.read(within(out, left))?;
                if n == 0 {
                    return Err(Fault::Eof);
                }
                self.left = Left::Length(left - n as u64);
                if left == n as u64 {
                    self.finish();
                }
                Ok(n)
            }
            Left::Chunk { mut left, first } => {
                if left == 0 {
                    if !first {
                        conn.read_line()?;
                    }
                    left = chunk_size(&conn.read_line()?)?;
                    if left == 0 {
                        conn.skip_trailers()?;
                        self.finish();
                        return Ok(0);
                    }
                    self.left = Left::Chunk { left, first: false };
                }
                let n = conn.read(within(out, left))?;
                if n == 0 {
                    return Err(Fault::Eof);
                }
                self.left = Left::Chunk { left: left - n as u64, first: false };
                Ok(n)
            }
            Left::UntilClose => {
                let n = conn.read(out)?;
                if n == 0 {
                    self.conn = None;
                }
                Ok(n)
            }
        }
    }

    /// The body is all read: the connection can serve again.
    fn finish(&mut self) {
        if let Some(conn) = self.conn.take()
            && self.keep_alive
            && conn.buffered().is_empty()
        {
            self.shared.pool.put(&self.key, conn, self.shared.options.max_idle);
        }
    }
}

impl Drop for BodyReader {
    fn drop(&mut self) {
        if let (Some(conn), Left::Length(left)) = (self.conn.as_mut(), self.left)
            && conn.buffered().len() as u64 == left
        {
            conn.consume(usize::try_from(left).unwrap_or(usize::MAX));
            self.finish();
        }
    }
}

impl Read for BodyReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.read_some(out).map_err(io::Error::from)
    }
}

fn within(out: &mut [u8], left: u64) -> &mut [u8] {
    let n = usize::try_from(left).unwrap_or(usize::MAX).min(out.len());
    &mut out[..n]
}

/// The size on a chunk's first line, extensions ignored.
fn chunk_size(line: &[u8]) -> Result<u64, Fault> {
    let digits = line.split(|b| *b == b';').next().unwrap_or_default().trim_ascii();
    let bad = Fault::Protocol("InvalidChunkLength");
    if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(bad);
    }
    std::str::from_utf8(digits).ok().and_then(|d| u64::from_str_radix(d, 16).ok()).ok_or(bad)
}
