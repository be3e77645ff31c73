//! What goes on the wire, before and after it is signed.

use crate::error::CallError;
use oxaws_failure::Cause;
use oxaws_http::{Body, Url};
use oxaws_sign::{Algorithm, ChunkedEncoder, Hasher, Headers};
use std::borrow::Cow;
use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

/// A request that has everything but its signature.
#[derive(Debug)]
pub struct Outgoing<'b> {
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
    pub headers: Headers<'b>,
    /// The body. [`Outgoing::set_body`] replaces it.
    pub source: Source<'b>,
    /// Whether to wait for `100 Continue`.
    pub expect_continue: bool,
    /// The header that carries the body's checksum, where one was computed.
    pub checksum_header: Option<&'static str>,
    /// The checksum that follows a [`Source::Streamed`] body, which is encoded for that (`aws-chunked`).
    pub trailer: Option<Algorithm>,
    /// The body's hash in hexadecimal, once it has been computed: attempts after the first don't read the body for it.
    sha256: Option<Arc<str>>,
}

impl<'b> Outgoing<'b> {
    /// A request without headers and body.
    pub fn new(method: impl Into<Cow<'static, str>>, scheme: &str, authority: String, path: String) -> Self {
        Outgoing {
            method: method.into(),
            scheme: scheme.to_owned(),
            authority,
            path,
            query: String::new(),
            fragment: String::new(),
            headers: Vec::new(),
            source: Source::Bytes(Cow::Borrowed(b"")),
            expect_continue: false,
            checksum_header: None,
            trailer: None,
            sha256: None,
        }
    }

    /// The value of a header that is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(k, _)| k.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }

    /// Sets a header, in place of one of the same name.
    pub fn set_header(&mut self, name: &str, value: &str) {
        let value = Cow::Owned(value.as_bytes().to_vec());
        match self.headers.iter_mut().find(|(k, _)| k.eq_ignore_ascii_case(name)) {
            Some(header) => header.1 = value,
            None => self.headers.push((Cow::Owned(name.to_owned()), value)),
        }
    }

    /// Takes a header out.
    pub fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(k, _)| !k.eq_ignore_ascii_case(name));
    }

    /// Replaces the body by one in memory.
    pub fn set_body(&mut self, bytes: Vec<u8>) {
        self.source = Source::Bytes(Cow::Owned(bytes));
        self.sha256 = None;
    }

    /// Whether it goes over TLS.
    pub fn is_https(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("https")
    }

    /// Whether the body is encoded and its checksum follows it.
    pub fn has_trailer(&self) -> bool {
        self.trailer.is_some() || matches!(self.source, Source::Encoded(_))
    }

    /// The whole URL.
    pub fn url(&self) -> String {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        let mark = if self.query.is_empty() { "" } else { "?" };
        let Outgoing { scheme, authority, query, fragment, .. } = self;
        let parts = [scheme.as_str(), "://", authority, path, mark, query, fragment];
        parts.concat()
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

    /// Passes the body to `hasher`, and to the hash of [`Outgoing::sha256`] too where that will be needed.
    ///
    /// # Errors
    /// When the body can't be read.
    pub fn hash(&mut self, hasher: &mut Hasher, with_sha256: bool) -> Result<(), CallError> {
        let mut sha256 = with_sha256.then(|| Hasher::new(Algorithm::Sha256));
        self.source.scan(|bytes| {
            hasher.update(bytes);
            if let Some(sha256) = &mut sha256 {
                sha256.update(bytes);
            }
        })?;
        self.sha256 = sha256.map(|hasher| hasher.finish().to_hex().into());
        Ok(())
    }

    /// The body's hash in hexadecimal. It is read where it isn't known yet.
    ///
    /// # Errors
    /// When the body can't be read.
    pub fn sha256(&mut self) -> Result<Arc<str>, CallError> {
        if let Some(hash) = &self.sha256 {
            return Ok(hash.clone());
        }
        let mut hasher = Hasher::new(Algorithm::Sha256);
        self.source.scan(|bytes| hasher.update(bytes))?;
        Ok(self.sha256.insert(hasher.finish().to_hex().into()).clone())
    }

    /// The body's length on the wire in bytes, where it is known and told: a request that has no body by its method has
    /// none.
    pub fn length(&self) -> Option<u64> {
        match &self.source {
            Source::Bytes(bytes) if bytes.is_empty() && matches!(&*self.method, "GET" | "HEAD") => None,
            Source::Bytes(bytes) => Some(bytes.len() as u64),
            Source::File(file) => Some(file.length()),
            Source::Encoded(_) => None,
            Source::Streamed(body) => Some(match self.trailer {
                Some(algorithm) => ChunkedEncoder::<&[u8]>::encoded_len(body.length(), algorithm),
                None => body.length(),
            }),
        }
    }
}

/// Where a body comes from.
#[derive(Debug)]
pub enum Source<'b> {
    /// Memory.
    Bytes(Cow<'b, [u8]>),
    /// A file, or a part of one.
    File(FileBody),
    /// A reader that encodes the body (`aws-chunked`), sent in chunks.
    Encoded(Box<dyn EncodedBody>),
    /// Whatever its owner streams.
    Streamed(&'b mut dyn Streamed),
}

/// A body that is encoded while it is read, and can start again.
pub trait EncodedBody: oxaws_http::Source + Debug + Send {}

/// A body that its owner reads and counts: the S3 engine's objects. Several parts of one file are on their way at a time,
/// without a position in the file.
pub trait Streamed: Debug {
    /// The body's length in bytes.
    fn length(&self) -> u64;

    /// Passes every byte to `each`.
    ///
    /// # Errors
    /// When the body can't be read.
    fn scan(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<(), CallError>;

    /// The body from its start: as it is, or in `aws-chunked` encoding with this checksum at its end.
    fn body(&mut self, trailer: Option<Algorithm>) -> Body<'_>;

    /// What was sent doesn't count: the attempt failed.
    fn rewind(&mut self);
}

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

impl Source<'_> {
    /// A file's contents.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn file(path: &Path) -> Result<Self, CallError> {
        let open = || -> io::Result<Self> {
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            Ok(Source::File(FileBody::new(file, 0, length)?))
        };
        open()
            .map_err(|e| CallError::File(Cause::worded(oxaws_python::python_os_error(&e, &path.to_string_lossy()), e)))
    }

    /// The body as it is sent; one that is streamed may have a checksum at its end.
    pub fn body(&mut self, trailer: Option<Algorithm>) -> Body<'_> {
        match self {
            Source::Bytes(bytes) if bytes.is_empty() => Body::Empty,
            Source::Bytes(bytes) => Body::Bytes(bytes),
            Source::File(file) => {
                let length = file.length();
                Body::Reader { reader: file, length }
            }
            Source::Encoded(reader) => Body::Chunked(&mut **reader),
            Source::Streamed(body) => body.body(trailer),
        }
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
            Source::Streamed(body) => {
                body.rewind();
                Ok(true)
            }
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
            Source::Streamed(body) => body.scan(&mut each)?,
        }
        Ok(())
    }

    /// The bytes of a body in memory; none for the others.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Source::Bytes(bytes) => bytes,
            Source::File(_) | Source::Encoded(_) | Source::Streamed(_) => &[],
        }
    }
}

/// What a signed request goes out with, beside its headers.
#[derive(Debug)]
pub struct Signed {
    /// The URL, its fragment included.
    pub text: String,
    /// The same, taken apart.
    pub url: Url,
    /// A body that replaces the request's (a signature in the form).
    pub form: Option<Vec<u8>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outgoing() -> Outgoing<'static> {
        let mut outgoing = Outgoing::new("GET", "https", "a.test".into(), "/p".into());
        outgoing.query = "q=1".into();
        outgoing
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
