//! What is sent.

use crate::client::Around;
use crate::error::TransferError;
use crate::limits;
use crate::throttle::Throttle;
use oxaws_client::{CallError, Streamed};
use oxaws_failure::Cause;
use oxaws_http::Cancel;
use oxaws_sign::{Algorithm, ChunkedEncoder};
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// A request's body.
pub(crate) enum Body<'a> {
    Empty,
    Bytes(&'a [u8]),
    File(FileRange<'a>),
}

/// A piece of a file. Several may be read at the same time.
#[derive(Clone, Copy)]
pub(crate) struct FileRange<'a> {
    pub file: &'a File,
    pub path: &'a Path,
    pub offset: u64,
    pub length: u64,
}

impl<'a> FileRange<'a> {
    /// Passes all bytes to `each`.
    pub(crate) fn scan(&self, cancel: &Cancel, mut each: impl FnMut(&[u8])) -> Result<(), TransferError> {
        let mut piece = vec![0; limits::PIECE.min(usize::try_from(self.length).unwrap_or(usize::MAX))];
        let mut done = 0;
        while done < self.length {
            if cancel.is_cancelled() {
                return Err(TransferError::Cancelled);
            }
            let most = usize::try_from(self.length - done).unwrap_or(usize::MAX).min(piece.len());
            match self.file.read_at(&mut piece[..most], self.offset + done) {
                Ok(0) => return Err(self.error(io::ErrorKind::UnexpectedEof.into())),
                Ok(n) => {
                    each(&piece[..n]);
                    done += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.error(e)),
            }
        }
        Ok(())
    }

    pub(crate) fn error(&self, error: io::Error) -> TransferError {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return TransferError::Local(
                format!("File {} became shorter while it was read.", self.path.display()).into(),
            );
        }
        TransferError::local(error, self.path)
    }
}

/// Reads a piece of a file, and tells of each byte.
pub(crate) struct RangeReader<'a> {
    range: FileRange<'a>,
    done: u64,
    around: Around<'a>,
    throttle: Option<&'a Throttle>,
}

impl Read for RangeReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.range.length - self.done).unwrap_or(usize::MAX).min(out.len());
        if most == 0 {
            return Ok(0);
        }
        if let Some(throttle) = self.throttle {
            throttle.take(most, self.around.cancel);
        }
        let n = self.range.file.read_at(&mut out[..most], self.range.offset + self.done)?;
        self.done += n as u64;
        (self.around.progress)(n as i64);
        Ok(n)
    }
}

impl Seek for RangeReader<'_> {
    /// Only to the start: what was read goes out again.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(0) = to else { return Err(io::ErrorKind::Unsupported.into()) };
        if self.done > 0 {
            (self.around.progress)(-(self.done as i64));
        }
        self.done = 0;
        Ok(0)
    }
}

/// How a body is read while it is sent.
enum Way<'a> {
    Plain(RangeReader<'a>),
    Encoded(ChunkedEncoder<RangeReader<'a>>),
    EncodedBytes(ChunkedEncoder<Cursor<&'a [u8]>>),
}

impl Read for Way<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Way::Plain(reader) => reader.read(out),
            Way::Encoded(encoder) => encoder.read(out),
            Way::EncodedBytes(encoder) => encoder.read(out),
        }
    }
}

impl oxaws_http::Source for Way<'_> {
    fn rewind(&mut self) -> io::Result<bool> {
        match self {
            Way::Plain(reader) => reader.seek(SeekFrom::Start(0)).map(drop),
            Way::Encoded(encoder) => encoder.rewind(0),
            Way::EncodedBytes(encoder) => encoder.rewind(0),
        }?;
        Ok(true)
    }
}

/// An object that is sent.
pub(crate) struct Upload<'a> {
    body: &'a Body<'a>,
    around: Around<'a>,
    throttle: Option<&'a Throttle>,
    way: Option<Way<'a>>,
}

impl std::fmt::Debug for Upload<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Upload({} bytes)", self.length())
    }
}

impl<'a> Upload<'a> {
    pub(crate) fn new(body: &'a Body<'a>, around: Around<'a>, throttle: Option<&'a Throttle>) -> Self {
        Upload { body, around, throttle, way: None }
    }

    /// Takes back what was told of bytes that went out.
    pub(crate) fn undo(&mut self) {
        if let Some(mut way) = self.way.take() {
            // It goes to its start, which can't fail.
            let _ = oxaws_http::Source::rewind(&mut way);
        }
    }
}

impl Streamed for Upload<'_> {
    fn length(&self) -> u64 {
        match self.body {
            Body::Empty => 0,
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::File(range) => range.length,
        }
    }

    fn scan(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<(), CallError> {
        match self.body {
            Body::Empty => Ok(()),
            Body::Bytes(bytes) => {
                each(bytes);
                Ok(())
            }
            Body::File(range) => range.scan(self.around.cancel, each).map_err(|e| match e {
                TransferError::Call(e) => e,
                TransferError::Cancelled => CallError::Interrupted,
                TransferError::Local(cause) => CallError::File(cause),
                other => CallError::File(Cause::of(other)),
            }),
        }
    }

    fn body(&mut self, trailer: Option<Algorithm>) -> oxaws_http::Body<'_> {
        let length = self.length();
        let (around, throttle) = (self.around, self.throttle);
        let bytes: &[u8] = match self.body {
            Body::Bytes(bytes) => bytes,
            Body::Empty | Body::File(_) => b"",
        };
        if let Some(throttle) = throttle.filter(|_| !bytes.is_empty()) {
            throttle.take(bytes.len(), around.cancel);
        }
        let way = match (self.body, trailer) {
            (Body::File(range), None) => Way::Plain(RangeReader { range: *range, done: 0, around, throttle }),
            (Body::File(range), Some(algorithm)) => {
                let reader = RangeReader { range: *range, done: 0, around, throttle };
                Way::Encoded(ChunkedEncoder::new(reader, length, algorithm))
            }
            (_, Some(algorithm)) => Way::EncodedBytes(ChunkedEncoder::new(Cursor::new(bytes), length, algorithm)),
            (_, None) if bytes.is_empty() => return oxaws_http::Body::Empty,
            (_, None) => return oxaws_http::Body::Bytes(bytes),
        };
        let length = trailer.map_or(length, |a| ChunkedEncoder::<&[u8]>::encoded_len(length, a));
        oxaws_http::Body::Reader { reader: self.way.insert(way), length }
    }

    fn rewind(&mut self) {
        self.undo();
    }
}
