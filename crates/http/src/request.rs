//! What is sent.

use crate::cancel::Cancel;
use crate::error::HttpError;
use crate::url::Url;
use oxaws_python::{repr_bytes, repr_str};
use std::borrow::Cow;
use std::io::{self, Read, Seek, SeekFrom};

/// A request. Headers go out in this order and case, after `Host` and `Accept-Encoding: identity` (unless they are among
/// them); `Content-Length` or `Transfer-Encoding` is added where neither is given and the method or the body asks for it.
pub struct Request<'a> {
    /// `GET`, `PUT`, …
    pub method: &'a str,
    /// Where to.
    pub url: &'a Url,
    /// Names and values; a value may hold any bytes but controls.
    pub headers: &'a [(Cow<'a, str>, Cow<'a, [u8]>)],
    /// The body.
    pub body: Body<'a>,
    /// Send the head first and wait up to a second for `100 Continue` (or a refusal) before the body. The caller sets
    /// the `Expect` header too.
    pub expect_continue: bool,
    /// Ends this request, beside the client's own flag.
    pub cancel: Option<Cancel>,
}

/// A request's body.
pub enum Body<'a> {
    /// None.
    Empty,
    /// In memory.
    Bytes(&'a [u8]),
    /// From a reader, exactly `length` bytes of it.
    Reader {
        /// Where the bytes come from.
        reader: &'a mut dyn Source,
        /// How many.
        length: u64,
    },
    /// From a reader until it ends, with `Transfer-Encoding: chunked`.
    Chunked(&'a mut dyn Source),
}

/// A reader for a body that can perhaps start again, for a connection that turns out to be dead.
pub trait Source: Read {
    /// Goes back to where the body starts. `Ok(false)` where that can't be done.
    ///
    /// # Errors
    /// Where going back fails.
    fn rewind(&mut self) -> io::Result<bool> {
        Ok(false)
    }
}

/// A [`Source`] that can be read once.
#[derive(Debug)]
pub struct Once<R>(pub R);

impl<R: Read> Read for Once<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl<R: Read> Source for Once<R> {}

/// A [`Source`] over a file or the like; the body starts where the reader stands when this is made.
#[derive(Debug)]
pub struct Rewindable<R> {
    reader: R,
    start: u64,
}

impl<R: Read + Seek> Rewindable<R> {
    /// Notes the current position.
    ///
    /// # Errors
    /// Where the position can't be told.
    pub fn new(mut reader: R) -> io::Result<Self> {
        let start = reader.stream_position()?;
        Ok(Rewindable { reader, start })
    }
}

impl<R: Read> Read for Rewindable<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.reader.read(out)
    }
}

impl<R: Read + Seek> Source for Rewindable<R> {
    fn rewind(&mut self) -> io::Result<bool> {
        self.reader.seek(SeekFrom::Start(self.start))?;
        Ok(true)
    }
}

impl Request<'_> {
    /// Writes the head into `out`. `absolute` is for a proxy; `extra` are headers for the proxy.
    pub(crate) fn write_head(&self, out: &mut Vec<u8>, absolute: bool, extra: Option<&str>) -> Result<(), HttpError> {
        if self.method.is_empty() || !self.method.bytes().all(is_token) {
            let reason = format!("method can't contain control characters. {}", repr_str(self.method));
            return Err(HttpError::Invalid { reason });
        }
        out.extend_from_slice(self.method.as_bytes());
        out.push(b' ');
        if absolute {
            out.extend_from_slice(self.url.scheme().as_str().as_bytes());
            out.extend_from_slice(b"://");
            out.extend_from_slice(self.url.host_header().as_bytes());
        }
        out.extend_from_slice(self.url.target().as_bytes());
        out.extend_from_slice(b" HTTP/1.1\r\n");
        let has = |name: &str| self.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
        if !has("host") {
            push_header(out, "Host", self.url.host_header().as_bytes());
        }
        if !has("accept-encoding") {
            // What is compressed in S3 arrives as it is stored; as the AWS CLI's HTTP library has it.
            push_header(out, "Accept-Encoding", b"identity");
        }
        for (name, value) in self.headers {
            if name.is_empty() || !name.bytes().all(is_token) {
                return Err(HttpError::Invalid {
                    reason: format!("Invalid header name {}", repr_bytes(name.as_bytes())),
                });
            }
            if value.iter().any(|b| matches!(b, b'\r' | b'\n' | 0)) {
                let reason = format!("Invalid header value {}", repr_bytes(value));
                return Err(HttpError::Invalid { reason });
            }
            push_header(out, name, value);
        }
        if let Some(authorization) = extra {
            push_header(out, "Proxy-Authorization", authorization.as_bytes());
        }
        if !has("content-length") && !has("transfer-encoding") {
            let plain = matches!(self.method, "GET" | "HEAD" | "OPTIONS");
            match &self.body {
                Body::Chunked(_) => push_header(out, "Transfer-Encoding", b"chunked"),
                Body::Empty if plain => {}
                Body::Empty => push_header(out, "Content-Length", b"0"),
                Body::Bytes(bytes) => push_header(out, "Content-Length", bytes.len().to_string().as_bytes()),
                Body::Reader { length, .. } => push_header(out, "Content-Length", length.to_string().as_bytes()),
            }
        }
        out.extend_from_slice(b"\r\n");
        Ok(())
    }
}

fn push_header(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// A byte that may stand in a method or a header's name (RFC 9110).
fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}
