//! TLS on a stream.
//!
//! rustls' unbuffered connection, so that a download's bytes are decrypted where the socket left them: what rustls' own
//! buffers cost is two more copies of each byte.

use crate::error::Fault;
use crate::socket::Wrote;
use crate::stream::Stream;
use rustls::client::{ClientConnectionData, UnbufferedClientConnection};
use rustls::pki_types::ServerName;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncodeTlsData, EncryptError, InsufficientSizeError, UnbufferedStatus, WriteTraffic,
};
use rustls::{ClientConfig, Error};
use std::fmt;
use std::io::IoSlice;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The most that one record holds, in bytes.
const FULL: usize = 16 << 10;
/// Such a record on the wire: header, nonce and tag come with it.
const RECORD: usize = 5 + 8 + FULL + 16;
/// Ciphertext read from the socket at once. Whole records, so that a long body leaves little of one to be moved to the
/// front; also room for a handshake message, of which rustls takes 64 KiB at most.
const RAW: usize = 8 * RECORD;
/// Bytes of a buffer that are encrypted before they are sent.
const SEAL: usize = 64 << 10;

/// A TLS session over another stream.
pub(crate) struct TlsStream {
    session: UnbufferedClientConnection,
    pub(crate) inner: Stream,
    /// What arrived; rustls has yet to see `start..end`.
    raw: Vec<u8>,
    start: usize,
    end: usize,
    /// Decrypted bytes that no one has asked for yet, from `taken` on.
    plain: Vec<u8>,
    taken: usize,
    /// Ciphertext that is to be sent, from `sent` on.
    sealed: Vec<u8>,
    sent: usize,
    eof: bool,
    /// What came after the last good byte: nothing more does.
    broken: Option<Error>,
}

impl fmt::Debug for TlsStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl TlsStream {
    /// Shakes hands.
    pub(crate) fn connect(inner: Stream, config: Arc<ClientConfig>, host: &str) -> Result<Self, Fault> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| general(format!("'{host}' is not a valid server name")))?;
        let session = UnbufferedClientConnection::new(config, name).map_err(|e| Fault::Tls(Box::new(e)))?;
        let mut stream = TlsStream {
            session,
            inner,
            raw: vec![0; RAW],
            start: 0,
            end: 0,
            plain: Vec::new(),
            taken: 0,
            sealed: Vec::new(),
            sent: 0,
            eof: false,
            broken: None,
        };
        loop {
            stream.advance(&mut [], &[])?;
            stream.flush(false)?;
            if !stream.session.is_handshaking() {
                return Ok(stream);
            }
            stream.pull()?;
            if stream.eof {
                return Err(Fault::Eof);
            }
        }
    }

    /// Waits for more ciphertext.
    fn pull(&mut self) -> Result<(), Fault> {
        if self.start > 0 {
            self.raw.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.raw.len() {
            return Err(general("a handshake message takes up too many records".to_owned()));
        }
        let n = self.inner.recv(&mut self.raw[self.end..])?;
        self.end += n;
        self.eof |= n == 0;
        Ok(())
    }

    /// Lets rustls go on with what arrived, until `out` is full or nothing more can be done; with `bufs`, until it takes
    /// their bytes. Gives how many bytes came to `out` or were taken. What is decrypted and has no room is kept.
    ///
    /// rustls must always be shown all of `raw` that is left: it remembers places in it.
    fn advance(&mut self, out: &mut [u8], bufs: &[IoSlice<'_>]) -> Result<usize, Fault> {
        if let Some(error) = &self.broken {
            return Err(Fault::Tls(Box::new(error.clone())));
        }
        let mut moved = 0;
        let mut goes_on = true;
        while goes_on {
            let UnbufferedStatus { mut discard, state } =
                self.session.process_tls_records(&mut self.raw[self.start..self.end]);
            let outcome = match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    let mut outcome = Ok(());
                    while let Some(record) = traffic.next_record() {
                        match record {
                            Ok(record) => {
                                let n = record.payload.len().min(out.len() - moved);
                                out[moved..moved + n].copy_from_slice(&record.payload[..n]);
                                moved += n;
                                self.plain.extend_from_slice(&record.payload[n..]);
                                discard += record.discard;
                            }
                            Err(error) => outcome = Err(error),
                        }
                    }
                    goes_on = moved < out.len() || !bufs.is_empty();
                    outcome
                }
                Ok(ConnectionState::EncodeTlsData(data)) => encode(data, &mut self.sealed),
                // It stands in line: nothing is sent before it.
                Ok(ConnectionState::TransmitTlsData(data)) => {
                    data.done();
                    Ok(())
                }
                // Told once; what is to be sent still can be.
                Ok(ConnectionState::PeerClosed) => {
                    self.eof = true;
                    Ok(())
                }
                Ok(ConnectionState::WriteTraffic(mut traffic)) => {
                    goes_on = false;
                    seal(&mut traffic, bufs, &mut self.sealed).map(|n| moved += n)
                }
                Ok(ConnectionState::BlockedHandshake | ConnectionState::Closed) => {
                    goes_on = false;
                    Ok(())
                }
                Ok(_) => Err(Error::General("an unknown state".to_owned())),
                Err(error) => Err(error),
            };
            self.start += discard;
            if let Err(error) = outcome {
                self.alert();
                self.broken = Some(error.clone());
                // What was good before it is passed on first.
                if moved > 0 || self.has_plain() && bufs.is_empty() {
                    return Ok(moved);
                }
                return Err(Fault::Tls(Box::new(error)));
            }
        }
        Ok(moved)
    }

    /// Sends the alert that tells the peer what was wrong; whether it arrives changes nothing.
    fn alert(&mut self) {
        // Asked once: an alert is given before anything else, and a second time the faulty record would be looked at anew.
        let status = self.session.process_tls_records(&mut self.raw[self.start..self.end]);
        if let Ok(ConnectionState::EncodeTlsData(data)) = status.state
            && encode(data, &mut self.sealed).is_ok()
        {
            let _ = self.flush(false);
        }
    }

    fn has_plain(&self) -> bool {
        self.taken < self.plain.len()
    }

    pub(crate) fn recv(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if self.has_plain() {
                let n = out.len().min(self.plain.len() - self.taken);
                out[..n].copy_from_slice(&self.plain[self.taken..self.taken + n]);
                self.taken += n;
                if !self.has_plain() {
                    self.plain.clear();
                    self.taken = 0;
                }
                return Ok(n);
            }
            let n = self.advance(out, &[])?;
            // Answers to key updates. A peer that has said what it had to may no longer read: that is no reason not to
            // listen.
            match self.flush(true) {
                Ok(_) | Err(Fault::Io(_)) => {}
                Err(fault) => return Err(fault),
            }
            if n > 0 {
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
        let taken = self.advance(&mut [], bufs)?;
        if taken == 0 {
            return Err(general("the session is closed".to_owned()));
        }
        // Where this stops half-way, the next call goes on.
        self.flush(watch)?;
        Ok(Wrote::Bytes(taken))
    }

    pub(crate) fn flush(&mut self, watch: bool) -> Result<Wrote, Fault> {
        while self.sent < self.sealed.len() {
            match self.inner.write_some(&[IoSlice::new(&self.sealed[self.sent..])], watch)? {
                Wrote::Bytes(n) => self.sent += n,
                Wrote::PeerSpoke => return Ok(Wrote::PeerSpoke),
            }
        }
        self.sealed.clear();
        self.sent = 0;
        // The layer below may hold bytes back too.
        self.inner.flush(watch)
    }

    pub(crate) fn readable_within(&mut self, limit: Duration) -> Result<bool, Fault> {
        let start = (!limit.is_zero()).then(Instant::now);
        loop {
            // What is there may be a session ticket rather than an answer.
            if !self.has_plain() {
                self.advance(&mut [], &[])?;
            }
            if self.has_plain() || self.eof {
                return Ok(true);
            }
            let left = start.map_or(Duration::ZERO, |s| limit.saturating_sub(s.elapsed()));
            if !self.inner.readable_within(left)? {
                return Ok(false);
            }
            self.pull()?;
        }
    }
}

fn general(what: String) -> Fault {
    Fault::Tls(Box::new(Error::General(what)))
}

/// Appends a message of rustls' own.
fn encode(mut data: EncodeTlsData<'_, ClientConnectionData>, sealed: &mut Vec<u8>) -> Result<(), Error> {
    let start = sealed.len();
    let n = match data.encode(&mut []) {
        Err(EncodeError::InsufficientSize(InsufficientSizeError { required_size })) => {
            sealed.resize(start + required_size, 0);
            data.encode(&mut sealed[start..])
        }
        other => other,
    };
    let n = n.map_err(|e| Error::General(e.to_string()))?;
    sealed.truncate(start + n);
    Ok(())
}

/// Encrypts the first bytes of `bufs` and appends them; gives how many.
fn seal(
    traffic: &mut WriteTraffic<'_, ClientConnectionData>,
    bufs: &[IoSlice<'_>],
    sealed: &mut Vec<u8>,
) -> Result<usize, Error> {
    let mut taken = 0;
    for buf in bufs {
        let part = &buf[..buf.len().min(SEAL)];
        if part.is_empty() {
            continue;
        }
        let start = sealed.len();
        // Room for the frames of the records; rustls says where that was too little.
        sealed.resize(start + part.len().div_ceil(FULL) * (RECORD - FULL) + part.len(), 0);
        let n = match traffic.encrypt(part, &mut sealed[start..]) {
            Err(EncryptError::InsufficientSize(InsufficientSizeError { required_size })) => {
                sealed.resize(start + required_size, 0);
                traffic.encrypt(part, &mut sealed[start..])
            }
            other => other,
        };
        let n = n.map_err(|e| Error::General(e.to_string()))?;
        sealed.truncate(start + n);
        taken += part.len();
        // What follows comes after the rest of this one.
        if part.len() < buf.len() {
            break;
        }
    }
    Ok(taken)
}
