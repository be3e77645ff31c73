//! A connection with a read buffer.

use crate::error::Fault;
use crate::head::Head;
use crate::socket::Wrote;
use crate::stream::Stream;
use std::io::IoSlice;
use std::time::{Duration, Instant};

/// Bytes read at once where the caller's buffer is smaller; a small response fits with its head.
const BUFFER: usize = 32 * 1024;
/// The longest head that is read.
const MAX_HEAD: usize = 256 * 1024;
/// Interim answers (`100 Continue`, `103 Early Hints`) to one request before the server counts as broken: each of them
/// restarts the read timeout, so a server that sends nothing else would hold the command for ever.
const MAX_INTERIM: usize = 100;
/// All trailers after a chunked body, in bytes; for the same reason.
const MAX_TRAILERS: usize = 64 * 1024;

/// A connection to a server or through a proxy.
#[derive(Debug)]
pub(crate) struct Conn {
    pub(crate) stream: Stream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Room for the next request's head.
    pub(crate) scratch: Vec<u8>,
    /// When it was last put away; `None` where it is new.
    pub(crate) idle_since: Option<Instant>,
    /// Whether any byte arrived since the last request began.
    pub(crate) heard: bool,
    /// Interim answers to the current request so far.
    interim: usize,
}

impl Conn {
    pub(crate) fn new(stream: Stream) -> Self {
        Conn {
            stream,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            scratch: Vec::with_capacity(2048),
            idle_since: None,
            heard: false,
            interim: 0,
        }
    }

    /// Readies the connection for another request.
    pub(crate) fn begin(&mut self) {
        self.interim = 0;
    }

    /// The stream, where nothing is left in the buffer.
    pub(crate) fn into_stream(self) -> Option<Stream> {
        (self.start == self.end).then_some(self.stream)
    }

    /// What was read ahead.
    pub(crate) fn buffered(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Marks `n` buffered bytes as used.
    pub(crate) fn consume(&mut self, n: usize) {
        self.start = (self.start + n).min(self.end);
    }

    /// Reads more into the buffer. `false` at the end of the stream.
    pub(crate) fn fill(&mut self) -> Result<bool, Fault> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        } else if self.end == self.buffer.len() {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            } else if self.buffer.len() < MAX_HEAD {
                self.buffer.resize(self.buffer.len() * 2, 0);
            } else {
                return Err(Fault::Protocol("LineTooLong('got more than 65536 bytes when reading header line')"));
            }
        }
        let n = self.stream.recv(&mut self.buffer[self.end..])?;
        self.end += n;
        self.heard |= n > 0;
        Ok(n > 0)
    }

    /// Reads some bytes: what is buffered, else straight into a large `out`. 0 at the end.
    pub(crate) fn read(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        if self.start == self.end {
            if out.len() >= BUFFER / 4 {
                return self.stream.recv(out);
            }
            if !self.fill()? {
                return Ok(0);
            }
        }
        let n = out.len().min(self.end - self.start);
        out[..n].copy_from_slice(&self.buffer[self.start..self.start + n]);
        self.start += n;
        Ok(n)
    }

    /// One line without its end, at most 64 KiB.
    pub(crate) fn read_line(&mut self) -> Result<Vec<u8>, Fault> {
        let mut seen = 0;
        loop {
            if let Some(at) = self.buffered()[seen..].iter().position(|b| *b == b'\n') {
                let line = &self.buffered()[..seen + at];
                let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
                self.consume(seen + at + 1);
                return Ok(line);
            }
            seen = self.end - self.start;
            if seen > 64 * 1024 {
                return Err(Fault::Protocol("LineTooLong('got more than 65536 bytes when reading chunk size')"));
            }
            if !self.fill()? {
                return Err(Fault::Eof);
            }
        }
    }

    /// Reads and discards the trailers of a chunked body, up to the empty line that ends them.
    pub(crate) fn skip_trailers(&mut self) -> Result<(), Fault> {
        let mut total = 0;
        loop {
            let line = self.read_line()?;
            if line.is_empty() {
                return Ok(());
            }
            total += line.len() + 2;
            if total > MAX_TRAILERS {
                return Err(Fault::Protocol("HTTPException('got more than 65536 bytes of trailers')"));
            }
        }
    }

    /// Reads one head, interim ones too.
    pub(crate) fn read_head(&mut self) -> Result<Head, Fault> {
        let head = self.read_any_head()?;
        if head.is_interim() {
            self.interim += 1;
            if self.interim > MAX_INTERIM {
                return Err(Fault::Protocol("HTTPException('got more than 100 interim responses')"));
            }
        } else {
            head.check_length()?;
        }
        Ok(head)
    }

    fn read_any_head(&mut self) -> Result<Head, Fault> {
        let mut parsed = 0;
        loop {
            let bytes = self.buffered();
            // Parsing starts over with each arrival, so it waits for the empty line where the head comes in pieces.
            if bytes.len() > parsed
                && (parsed == 0 || has_blank_line(&bytes[parsed.saturating_sub(3)..]))
                && let Some((head, used)) = Head::parse(bytes)?
            {
                self.consume(used);
                return Ok(head);
            }
            parsed = bytes.len();
            if !self.fill()? {
                return Err(Fault::Eof);
            }
        }
    }

    /// Sends `bufs` from `at` on (an offset over both), advancing it. `false` where it stopped because, with `watch`,
    /// the peer has something to say.
    pub(crate) fn send(&mut self, bufs: [&[u8]; 2], at: &mut usize, watch: bool) -> Result<bool, Fault> {
        let total = bufs[0].len() + bufs[1].len();
        while *at < total {
            let first = bufs[0].get(*at..).unwrap_or_default();
            let second = &bufs[1][(*at).saturating_sub(bufs[0].len())..];
            let wrote = match (first.is_empty(), second.is_empty()) {
                (true, _) => self.stream.write_some(&[IoSlice::new(second)], watch)?,
                (false, true) => self.stream.write_some(&[IoSlice::new(first)], watch)?,
                (false, false) => self.stream.write_some(&[IoSlice::new(first), IoSlice::new(second)], watch)?,
            };
            match wrote {
                Wrote::Bytes(n) => *at += n,
                Wrote::PeerSpoke if self.has_answer(Duration::ZERO)? => return Ok(false),
                Wrote::PeerSpoke => {}
            }
        }
        while self.stream.flush(watch)? == Wrote::PeerSpoke {
            if self.has_answer(Duration::ZERO)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether the peer has said something (or closed), now or within `limit`.
    pub(crate) fn has_answer(&mut self, limit: Duration) -> Result<bool, Fault> {
        Ok(self.start < self.end || self.stream.readable_within(limit)?)
    }
}

fn has_blank_line(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|w| w == b"\n\n") || bytes.windows(3).any(|w| w == b"\n\r\n")
}
