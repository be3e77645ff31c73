//! What goes on the wire, before and after it is signed.

use crate::error::CallError;
use oxaws_http::{Body, Client, Request, Response, Rewindable, Url};
use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
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
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub source: Source,
    /// Whether to wait for `100 Continue`.
    pub expect_continue: bool,
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

    /// The whole URL.
    pub fn url(&self) -> String {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}://{}{path}{mark}{}", self.scheme, self.authority, self.query)
    }
}

/// Where a body comes from.
#[derive(Debug)]
pub enum Source {
    /// Memory.
    Bytes(Vec<u8>),
    /// A file, from its start.
    File {
        /// The file.
        file: Rewindable<File>,
        /// Its length in bytes.
        length: u64,
    },
    /// A reader that encodes the body (aws-chunked), of known length.
    Encoded {
        /// The reader.
        reader: Box<dyn EncodedBody>,
        /// The encoded length in bytes.
        length: u64,
    },
}

/// A body that is encoded while it is read, and can start again.
pub trait EncodedBody: oxaws_http::Source + std::fmt::Debug + Send {}

impl Source {
    /// A file's contents.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn file(path: &Path) -> Result<Source, CallError> {
        let open = || -> std::io::Result<Source> {
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            Ok(Source::File { file: Rewindable::new(file)?, length })
        };
        open().map_err(|e| CallError::Io(oxaws_input::paramfile::python_os_error(&e, &path.to_string_lossy())))
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        match self {
            Source::Bytes(bytes) => bytes.len() as u64,
            Source::File { length, .. } | Source::Encoded { length, .. } => *length,
        }
    }

    /// Goes back to its start.
    ///
    /// # Errors
    /// When it can't.
    pub fn rewind(&mut self) -> Result<(), CallError> {
        let done = match self {
            Source::Bytes(_) => Ok(true),
            Source::File { file, .. } => oxaws_http::Source::rewind(file),
            Source::Encoded { reader, .. } => reader.rewind(),
        };
        match done {
            Ok(true) => Ok(()),
            Ok(false) => Err(CallError::Io("the body can't be read again".into())),
            Err(e) => Err(CallError::Io(e.to_string())),
        }
    }

    /// Passes every byte to `each`, then goes back to the start.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan(&mut self, mut each: impl FnMut(&[u8])) -> Result<(), CallError> {
        match self {
            Source::Bytes(bytes) => each(bytes),
            Source::File { file, .. } => {
                let mut block = vec![0u8; 1 << 18];
                loop {
                    let n = file.read(&mut block).map_err(|e| CallError::Io(e.to_string()))?;
                    if n == 0 {
                        break;
                    }
                    each(&block[..n]);
                }
                self.rewind()?;
            }
            Source::Encoded { .. } => {}
        }
        Ok(())
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

impl Signed {
    /// The URL.
    pub fn url(&self) -> String {
        self.url.clone()
    }
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
        (None, Source::File { file, length }) => Body::Reader { reader: file, length: *length },
        (None, Source::Encoded { reader, length }) => Body::Reader { reader: &mut **reader, length: *length },
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
