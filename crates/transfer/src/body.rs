//! What is sent.

use crate::error::TransferError;
use crate::limits;
use crate::throttle::Throttle;
use oxaws_http::{Cancel, Source};
use oxaws_sign::{Algorithm, ChunkedEncoder};
use std::fs::File;
use std::io::{self, Read};
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

    pub(crate) fn reader<'r>(
        &self,
        progress: &'r dyn Fn(i64),
        cancel: &'r Cancel,
        throttle: Option<&'r Throttle>,
    ) -> RangeReader<'r>
    where
        'a: 'r,
    {
        RangeReader { range: *self, done: 0, progress, cancel, throttle }
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

/// Reads a piece of a file from its start.
pub(crate) struct RangeReader<'a> {
    range: FileRange<'a>,
    done: u64,
    progress: &'a dyn Fn(i64),
    cancel: &'a Cancel,
    throttle: Option<&'a Throttle>,
}

impl Read for RangeReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.range.length - self.done).unwrap_or(usize::MAX).min(out.len());
        if most == 0 {
            return Ok(0);
        }
        if let Some(throttle) = self.throttle {
            throttle.take(most, self.cancel);
        }
        let n = self.range.file.read_at(&mut out[..most], self.range.offset + self.done)?;
        self.done += n as u64;
        (self.progress)(n as i64);
        Ok(n)
    }
}

impl Source for RangeReader<'_> {
    fn rewind(&mut self) -> io::Result<bool> {
        (self.progress)(-(self.done as i64));
        self.done = 0;
        Ok(true)
    }
}

/// What a body is encoded from.
pub(crate) struct Encode<'a> {
    pub range: FileRange<'a>,
    pub algorithm: Algorithm,
    pub progress: &'a dyn Fn(i64),
    pub cancel: &'a Cancel,
    pub throttle: Option<&'a Throttle>,
}

/// A body in `aws-chunked` encoding that can start over.
pub(crate) struct Encoded<'a> {
    pub make: Encode<'a>,
    pub now: Option<ChunkedEncoder<RangeReader<'a>>>,
}

impl io::Read for Encoded<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let make = &self.make;
        let start = || {
            let reader = make.range.reader(make.progress, make.cancel, make.throttle);
            ChunkedEncoder::new(reader, make.range.length, make.algorithm)
        };
        self.now.get_or_insert_with(start).read(out)
    }
}

impl Source for Encoded<'_> {
    fn rewind(&mut self) -> io::Result<bool> {
        self.now = None;
        Ok(true)
    }
}

/// Bytes in `aws-chunked` encoding that can start over.
pub(crate) struct EncodedBytes<'a> {
    pub bytes: &'a [u8],
    pub algorithm: Algorithm,
    pub now: Option<ChunkedEncoder<&'a [u8]>>,
}

impl io::Read for EncodedBytes<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let (bytes, algorithm) = (self.bytes, self.algorithm);
        self.now.get_or_insert_with(|| ChunkedEncoder::new(bytes, bytes.len() as u64, algorithm)).read(out)
    }
}

impl Source for EncodedBytes<'_> {
    fn rewind(&mut self) -> io::Result<bool> {
        self.now = None;
        Ok(true)
    }
}
