//! A connection's bytes, plain or through TLS (which may itself run inside TLS, to an `https` proxy).

use crate::error::Fault;
use crate::socket::{Socket, Wrote};
use crate::tls::TlsStream;
use std::io::IoSlice;
use std::time::Duration;

#[derive(Debug)]
pub(crate) enum Stream {
    Plain(Socket),
    Tls(Box<TlsStream>),
}

impl Stream {
    /// The socket at the bottom.
    pub(crate) fn socket(&mut self) -> &mut Socket {
        match self {
            Stream::Plain(socket) => socket,
            Stream::Tls(tls) => tls.inner.socket(),
        }
    }

    /// Reads some bytes; 0 at the end.
    pub(crate) fn recv(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        match self {
            Stream::Plain(socket) => socket.recv(out),
            Stream::Tls(tls) => tls.recv(out),
        }
    }

    /// Takes some of `bufs`; [`Stream::flush`] must follow the last.
    pub(crate) fn write_some(&mut self, bufs: &[IoSlice<'_>], watch: bool) -> Result<Wrote, Fault> {
        match self {
            Stream::Plain(socket) => socket.write_some(bufs, watch),
            Stream::Tls(tls) => tls.write_some(bufs, watch),
        }
    }

    /// Sends what was taken. [`Wrote::PeerSpoke`] where it had to stop half-way.
    pub(crate) fn flush(&mut self, watch: bool) -> Result<Wrote, Fault> {
        match self {
            Stream::Plain(_) => Ok(Wrote::Bytes(0)),
            Stream::Tls(tls) => tls.flush(watch),
        }
    }

    /// Whether a read would give bytes or the end, now or within `limit`.
    pub(crate) fn readable_within(&mut self, limit: Duration) -> Result<bool, Fault> {
        match self {
            Stream::Plain(socket) => socket.readable_within(limit),
            Stream::Tls(tls) => tls.readable_within(limit),
        }
    }
}
