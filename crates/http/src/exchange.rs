//! One request on one connection, up to the head of its response.

use crate::conn::Conn;
use crate::error::Fault;
use crate::head::Head;
use crate::request::{Body, Source};
use std::io::{self, Read};
use std::time::Duration;

/// How long `100 Continue` is waited for.
const EXPECT_WAIT: Duration = Duration::from_secs(1);
/// Bytes of a body that are read and sent at once.
const PIECE: usize = 256 * 1024;
/// The first piece, which shares a packet train with the head.
const FIRST_PIECE: usize = 64 * 1024;

/// Why there is no response.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The wire's fault.
    Wire(Fault),
    /// The body reader's.
    Source(io::Error),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::Wire(fault)
    }
}

/// A response's head, and whether the request went out whole.
pub(crate) struct Answer {
    pub(crate) head: Head,
    pub(crate) sent_all: bool,
}

/// Sends a request whose head is in `head` and waits for the final response's head.
pub(crate) fn exchange(conn: &mut Conn, head: &[u8], body: &mut Body<'_>, expect: bool) -> Result<Answer, Failure> {
    conn.begin();
    let early = match send(conn, head, body, expect) {
        Ok(early) => early,
        // A server that doesn't want the body may close its side; what it had to say can still be there.
        Err(Failure::Wire(fault)) if matches!(fault, Fault::Io(_)) => match final_head(conn) {
            Ok(head) => return Ok(Answer { head, sent_all: false }),
            Err(_) => return Err(fault.into()),
        },
        Err(failure) => return Err(failure),
    };
    match early {
        Some(head) => Ok(Answer { head, sent_all: false }),
        None => Ok(Answer { head: final_head(conn)?, sent_all: true }),
    }
}

/// Sends head and body. A head in return is the final response to a request that was not sent to its end.
fn send(conn: &mut Conn, head: &[u8], body: &mut Body<'_>, expect: bool) -> Result<Option<Head>, Failure> {
    let mut sender = Sender { conn, unsent: head };
    if expect {
        if let Some(answer) = sender.put(&[])? {
            return Ok(Some(answer));
        }
        if sender.conn.has_answer(EXPECT_WAIT)? {
            let answer = sender.conn.read_head()?;
            if !answer.is_interim() {
                return Ok(Some(answer));
            }
        }
    }
    match body {
        Body::Empty => Ok(sender.put(&[])?),
        Body::Bytes(bytes) => {
            let (first, rest) = bytes.split_at(bytes.len().min(FIRST_PIECE));
            let early = sender.put(first)?;
            if early.is_some() {
                return Ok(early);
            }
            for piece in rest.chunks(PIECE) {
                let early = sender.put_checked(piece)?;
                if early.is_some() {
                    return Ok(early);
                }
            }
            Ok(None)
        }
        Body::Reader { reader, length } => sender.put_reader(*reader, *length),
        Body::Chunked(reader) => sender.put_chunked(*reader),
    }
}

struct Sender<'a> {
    conn: &'a mut Conn,
    /// The request's head until it is sent, together with the first bytes of the body.
    unsent: &'a [u8],
}

impl Sender<'_> {
    /// Sends a piece; a final head where the server answers meanwhile.
    fn put(&mut self, piece: &[u8]) -> Result<Option<Head>, Fault> {
        let (head, mut at) = (std::mem::take(&mut self.unsent), 0);
        while !self.conn.send([head, piece], &mut at, true)? {
            let answer = self.conn.read_head()?;
            if !answer.is_interim() {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }

    /// As `put`, but looks for an answer first.
    fn put_checked(&mut self, piece: &[u8]) -> Result<Option<Head>, Fault> {
        while self.conn.has_answer(Duration::ZERO)? {
            let answer = self.conn.read_head()?;
            if !answer.is_interim() {
                return Ok(Some(answer));
            }
        }
        self.put(piece)
    }

    fn put_reader(&mut self, reader: &mut dyn Source, length: u64) -> Result<Option<Head>, Failure> {
        let piece_length = |left: u64, most: usize| usize::try_from(left).unwrap_or(usize::MAX).min(most);
        let mut piece = vec![0; piece_length(length, FIRST_PIECE)];
        let mut left = length;
        loop {
            let part = &mut piece[..piece_length(left, if left == length { FIRST_PIECE } else { PIECE })];
            // Interruptions and short reads are the reader's business, an early end is a broken promise.
            reader.read_exact(part).map_err(Failure::Source)?;
            let early = if left == length { self.put(part)? } else { self.put_checked(part)? };
            left -= part.len() as u64;
            if early.is_some() || left == 0 {
                return Ok(early);
            }
            let next = piece_length(left, PIECE);
            if piece.len() < next {
                piece.resize(next, 0);
            }
        }
    }

    fn put_chunked(&mut self, reader: &mut dyn Source) -> Result<Option<Head>, Failure> {
        let mut piece = vec![0; FIRST_PIECE];
        loop {
            let n = read_some(reader, &mut piece).map_err(Failure::Source)?;
            let framed = if n == 0 {
                b"0\r\n\r\n".to_vec()
            } else {
                [format!("{n:x}\r\n").as_bytes(), &piece[..n], b"\r\n"].concat()
            };
            let early = if self.unsent.is_empty() { self.put_checked(&framed)? } else { self.put(&framed)? };
            if early.is_some() || n == 0 {
                return Ok(early);
            }
        }
    }
}

fn read_some(reader: &mut dyn Source, out: &mut [u8]) -> io::Result<usize> {
    loop {
        match Read::read(reader, out) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// The next head that isn't an interim one.
fn final_head(conn: &mut Conn) -> Result<Head, Fault> {
    loop {
        let head = conn.read_head()?;
        if !head.is_interim() {
            return Ok(head);
        }
    }
}
