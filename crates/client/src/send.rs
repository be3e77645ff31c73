//! What goes on the wire, before and after it is signed, and what streams back.

use crate::checksum::Expected;
use crate::error::CallError;
use oxaws_failure::Cause;
use oxaws_http::{Body, BodyReader, Client, HttpError, Request, Response, Url};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// A request that has everything but its signature.
#[derive(Debug)]
pub struct Outgoing {
    /// The method.
    pub method: Cow<'static, str>,
    /// `http` or `https`.
    pub scheme: String,
    /// Host and port.
    pub authority: String,
    /// The path, percent-encoded.
    pub path: String,
    /// The query string, percent-encoded.
    pub query: String,
    /// What the URL ends in from its `#` on, which is told but neither sent nor signed.
    pub fragment: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub source: Source,
    /// Whether to wait for `100 Continue`.
    pub expect_continue: bool,
    /// The header that carries the body's checksum, where one was computed.
    pub checksum_header: Option<&'static str>,
}

impl Outgoing {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Sets a header, in place of one of the same name.
    pub fn set_header(&mut self, name: &str, value: &str) {
        match self.headers.iter_mut().find(|(k, _)| k.eq_ignore_ascii_case(name)) {
            Some(header) => header.1 = value.to_owned(),
            None => self.headers.push((name.to_owned(), value.to_owned())),
        }
    }

    /// Takes a header out.
    pub fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(k, _)| !k.eq_ignore_ascii_case(name));
    }

    /// Whether it goes over TLS.
    pub fn is_https(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("https")
    }

    /// The whole URL.
    pub fn url(&self) -> String {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}://{}{path}{mark}{}{}", self.scheme, self.authority, self.query, self.fragment)
    }

    /// Sends it to the host of another URL; path and query stay, and the scheme too unless `take_scheme`.
    pub fn move_to(&mut self, url: &str, take_scheme: bool) {
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        self.authority = authority.to_owned();
        if take_scheme {
            self.scheme = scheme.to_owned();
        }
    }
}

/// Where a body comes from.
#[derive(Debug)]
pub enum Source {
    /// Memory.
    Bytes(Vec<u8>),
    /// A file, or a part of one.
    File(FileBody),
    /// A reader that encodes the body (`aws-chunked`), sent in chunks.
    Encoded(Box<dyn EncodedBody>),
}

/// A body that is encoded while it is read, and can start again.
pub trait EncodedBody: oxaws_http::Source + std::fmt::Debug + Send {}

/// A part of a file that can be read again.
#[derive(Debug)]
pub struct FileBody {
    file: File,
    start: u64,
    length: u64,
    left: u64,
}

impl FileBody {
    /// `length` bytes of a file from `start` on.
    ///
    /// # Errors
    /// When seeking fails.
    pub fn new(mut file: File, start: u64, length: u64) -> io::Result<FileBody> {
        file.seek(SeekFrom::Start(start))?;
        Ok(FileBody { file, start, length, left: length })
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    fn restart(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.start))?;
        self.left = self.length;
        Ok(())
    }
}

impl Read for FileBody {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        let n = self.file.read(&mut out[..most])?;
        self.left -= n as u64;
        Ok(n)
    }
}

impl Seek for FileBody {
    /// Only to places counted from the body's start.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(at) = to else { return Err(io::ErrorKind::Unsupported.into()) };
        let at = at.min(self.length);
        self.file.seek(SeekFrom::Start(self.start + at))?;
        self.left = self.length - at;
        Ok(at)
    }
}

impl oxaws_http::Source for FileBody {
    fn rewind(&mut self) -> io::Result<bool> {
        self.restart().map(|()| true)
    }
}

impl Source {
    /// A file's contents.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn file(path: &Path) -> Result<Source, CallError> {
        let open = || -> io::Result<Source> {
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            Ok(Source::File(FileBody::new(file, 0, length)?))
        };
        open()
            .map_err(|e| CallError::File(Cause::worded(oxaws_python::python_os_error(&e, &path.to_string_lossy()), e)))
    }

    /// Goes back to its start.
    ///
    /// # Errors
    /// When it can't.
    pub fn rewind(&mut self) -> Result<(), CallError> {
        let done = match self {
            Source::Bytes(_) => Ok(true),
            Source::File(file) => oxaws_http::Source::rewind(file),
            Source::Encoded(reader) => reader.rewind(),
        };
        match done {
            Ok(true) => Ok(()),
            Ok(false) => Err(CallError::File("the body can't be read again".into())),
            Err(e) => Err(CallError::file(e)),
        }
    }

    /// Passes every byte to `each`, then goes back to the start. An encoded body gives none.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan(&mut self, mut each: impl FnMut(&[u8])) -> Result<(), CallError> {
        match self {
            Source::Bytes(bytes) => each(bytes),
            Source::File(file) => {
                let mut block = vec![0u8; 1 << 18];
                loop {
                    let n = file.read(&mut block).map_err(CallError::file)?;
                    if n == 0 {
                        break;
                    }
                    each(&block[..n]);
                }
                self.rewind()?;
            }
            Source::Encoded(_) => {}
        }
        Ok(())
    }

    /// The bytes of a body in memory; none for the others.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Source::Bytes(bytes) => bytes,
            Source::File(_) | Source::Encoded(_) => &[],
        }
    }
}

/// A signed request, ready to be sent.
#[derive(Debug)]
pub struct Signed {
    /// The method.
    pub method: Cow<'static, str>,
    /// The URL.
    pub url: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// A body that replaces the request's (a signature in the form).
    pub body: Option<Vec<u8>>,
    /// Whether to wait for `100 Continue`.
    pub expect_continue: bool,
}

/// Sends a signed request.
///
/// # Errors
/// Those of the HTTP client.
pub fn send(http: &Client, url: &Url, signed: &Signed, source: &mut Source) -> Result<Response, CallError> {
    let headers: Vec<(Cow<str>, Cow<[u8]>)> =
        signed.headers.iter().map(|(k, v)| (Cow::Borrowed(k.as_str()), Cow::Borrowed(v.as_bytes()))).collect();
    let body = match (&signed.body, source) {
        (Some(bytes), _) => Body::Bytes(bytes),
        (None, Source::Bytes(bytes)) if bytes.is_empty() => Body::Empty,
        (None, Source::Bytes(bytes)) => Body::Bytes(bytes),
        (None, Source::File(file)) => {
            let length = file.length();
            Body::Reader { reader: file, length }
        }
        (None, Source::Encoded(reader)) => Body::Chunked(&mut **reader),
    };
    let request = Request {
        method: &signed.method,
        url,
        headers: &headers,
        body,
        expect_continue: signed.expect_continue,
        cancel: None,
    };
    Ok(http.send(request)?)
}

/// A reply's body that streams to its destination. Its checksum, where there is one to check, is checked at its end.
#[derive(Debug)]
pub struct StreamBody {
    inner: BodyReader,
    expected: Option<Expected>,
}

impl StreamBody {
    pub(crate) fn new(inner: BodyReader, expected: Option<Expected>) -> Self {
        StreamBody { inner, expected }
    }

    /// The body's length in bytes where it was announced.
    pub fn length(&self) -> Option<u64> {
        self.inner.length()
    }

    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.inner.bytes_read()
    }

    /// Reads some bytes; 0 at the end (or for an empty `out`).
    ///
    /// # Errors
    /// When the connection fails, and at the end when the checksum doesn't fit: what was read is then worthless.
    pub fn read_some(&mut self, out: &mut [u8]) -> Result<usize, CallError> {
        let n = self.inner.read_some(out).map_err(|e| match e {
            HttpError::Cancelled => CallError::Interrupted,
            other => CallError::Streaming(other),
        })?;
        if n > 0 {
            if let Some(expected) = &mut self.expected {
                expected.update(&out[..n]);
            }
        } else if !out.is_empty()
            && let Some(expected) = self.expected.take()
        {
            expected.check()?;
        }
        Ok(n)
    }

    /// The rest of the body.
    ///
    /// # Errors
    /// As [`StreamBody::read_some`], and when it is longer than `limit` bytes.
    pub fn read_to_vec(&mut self, limit: usize) -> Result<Vec<u8>, CallError> {
        let bytes = self.inner.read_to_vec(limit)?;
        if let Some(mut expected) = self.expected.take() {
            expected.update(&bytes);
            expected.check()?;
        }
        Ok(bytes)
    }
}

impl Read for StreamBody {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.read_some(out).map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outgoing() -> Outgoing {
        Outgoing {
            method: "GET".into(),
            scheme: "https".into(),
            authority: "a.test".into(),
            path: "/p".into(),
            query: "q=1".into(),
            fragment: String::new(),
            headers: Vec::new(),
            source: Source::Bytes(Vec::new()),
            expect_continue: false,
            checksum_header: None,
        }
    }

    #[test]
    fn moving_keeps_path_and_query() {
        let mut o = outgoing();
        o.move_to("http://b.test:8080/other?x", false);
        assert_eq!(o.url(), "https://b.test:8080/p?q=1");
        o.move_to("http://c.test", true);
        assert_eq!(o.url(), "http://c.test/p?q=1");
    }

    #[test]
    fn headers_are_found_in_any_case() {
        let mut o = outgoing();
        o.set_header("X-A", "1");
        o.set_header("x-a", "2");
        assert_eq!((o.headers.len(), o.header("X-a")), (1, Some("2")));
        o.remove_header("X-A");
        assert_eq!(o.header("x-a"), None);
    }

    #[test]
    fn parts_of_files_can_be_read_again() {
        let path = std::env::temp_dir().join(format!("oxaws-send-{}", std::process::id()));
        std::fs::write(&path, b"0123456789").unwrap();
        let mut source = Source::File(FileBody::new(File::open(&path).unwrap(), 2, 5).unwrap());
        for _ in 0..2 {
            let mut seen = Vec::new();
            source.scan(|b| seen.extend_from_slice(b)).unwrap();
            assert_eq!(seen, b"23456");
        }
        std::fs::remove_file(&path).unwrap();
    }
}
