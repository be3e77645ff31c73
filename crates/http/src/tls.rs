//! TLS on a stream.

use crate::error::Fault;
use crate::socket::Wrote;
use crate::stream::Stream;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use std::fmt;
use std::io::{self, IoSlice, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Ciphertext read from the socket at once. rustls itself asks for 4 KiB at a time, a system call each.
const RAW: usize = 64 * 1024;

/// A TLS session over another stream.
pub(crate) struct TlsStream {
    session: ClientConnection,
    pub(crate) inner: Stream,
    raw: Box<[u8]>,
    start: usize,
    end: usize,
    /// Decrypted bytes that rustls holds.
    plain: usize,
    eof: bool,
}

impl fmt::Debug for TlsStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl TlsStream {
    /// Shakes hands.
    pub(crate) fn connect(inner: Stream, config: Arc<ClientConfig>, host: &str) -> Result<Self, Fault> {
        let invalid = || Fault::Tls(Box::new(rustls::Error::General(format!("'{host}' is not a valid server name"))));
        let name = ServerName::try_from(host.to_owned()).map_err(|_| invalid())?;
        let session = ClientConnection::new(config, name).map_err(|e| Fault::Tls(Box::new(e)))?;
        let raw = vec![0; RAW].into_boxed_slice();
        let mut stream = TlsStream { session, inner, raw, start: 0, end: 0, plain: 0, eof: false };
        while stream.session.is_handshaking() {
            stream.flush(false)?;
            if stream.session.is_handshaking() {
                stream.pull()?;
                if stream.eof {
                    return Err(Fault::Eof);
                }
            }
        }
        stream.flush(false)?;
        Ok(stream)
    }

    /// Takes in more ciphertext, waiting for some if there is none.
    fn pull(&mut self) -> Result<(), Fault> {
        if self.start == self.end {
            self.start = 0;
            self.end = self.inner.recv(&mut self.raw)?;
            if self.end == 0 {
                self.eof = true;
                // Tells rustls, so that its reader can say whether the end was a clean one.
                let _ = self.session.read_tls(&mut io::empty());
                self.plain = self.session.process_new_packets().map_or(0, |s| s.plaintext_bytes_to_read());
                return Ok(());
            }
        }
        let mut unread = &self.raw[self.start..self.end];
        let taken = self.session.read_tls(&mut unread).map_err(Fault::Io)?;
        self.start += taken;
        match self.session.process_new_packets() {
            Ok(state) => {
                self.plain = state.plaintext_bytes_to_read();
                if state.peer_has_closed() {
                    self.eof = true;
                }
            }
            Err(error) => {
                // The alert that tells the peer why; whether it arrives changes nothing.
                let _ = self.flush(false);
                return Err(Fault::Tls(Box::new(error)));
            }
        }
        // Answers to key updates.
        if self.session.wants_write() && !self.session.is_handshaking() {
            self.flush(false)?;
        }
        Ok(())
    }

    pub(crate) fn recv(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        loop {
            if self.plain > 0 {
                let n = self.session.reader().read(out).map_err(Fault::Io)?;
                self.plain = self.plain.saturating_sub(n);
                return Ok(n);
            }
            // An end without the farewell is an end all the same, as in Python: lengths tell what is missing.
            if self.eof {
                return Ok(0);
            }
            self.pull()?;
        }
    }

    pub(crate) fn write_some(&mut self, bufs: &[IoSlice<'_>], watch: bool) -> Result<Wrote, Fault> {
        if self.flush(watch)? == Wrote::PeerSpoke {
            return Ok(Wrote::PeerSpoke);
        }
        let taken = self.session.writer().write_vectored(bufs).map_err(Fault::Io)?;
        // Where this stops half-way, the next call goes on.
        self.flush(watch)?;
        Ok(Wrote::Bytes(taken))
    }

    pub(crate) fn flush(&mut self, watch: bool) -> Result<Wrote, Fault> {
        while self.session.wants_write() {
            let mut sink = Sink { inner: &mut self.inner, watch, fault: None, spoke: false };
            if let Err(error) = self.session.write_tls(&mut sink) {
                return match (sink.spoke, sink.fault) {
                    (true, _) => Ok(Wrote::PeerSpoke),
                    (false, Some(fault)) => Err(fault),
                    (false, None) => Err(Fault::Io(error)),
                };
            }
        }
        // The layer below may hold bytes back too.
        self.inner.flush(watch)
    }

    pub(crate) fn readable_within(&mut self, limit: Duration) -> Result<bool, Fault> {
        let start = (!limit.is_zero()).then(Instant::now);
        loop {
            if self.plain > 0 || self.eof {
                return Ok(true);
            }
            let left = start.map_or(Duration::ZERO, |s| limit.saturating_sub(s.elapsed()));
            if self.start == self.end && !self.inner.readable_within(left)? {
                return Ok(false);
            }
            // What is there may be a session ticket rather than an answer.
            self.pull()?;
        }
    }
}

/// Where rustls writes to, keeping the fault that [`io::Error`] has no room for.
struct Sink<'a> {
    inner: &'a mut Stream,
    watch: bool,
    fault: Option<Fault>,
    spoke: bool,
}

impl Sink<'_> {
    fn put(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        match self.inner.write_some(bufs, self.watch) {
            Ok(Wrote::Bytes(n)) => Ok(n),
            Ok(Wrote::PeerSpoke) => {
                self.spoke = true;
                Err(io::ErrorKind::WouldBlock.into())
            }
            Err(fault) => {
                self.fault = Some(fault);
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.put(&[IoSlice::new(buf)])
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        self.put(bufs)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
