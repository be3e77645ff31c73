//! The client: finds or makes a connection, sends, and maps what goes wrong.

use crate::body::BodyReader;
use crate::conn::Conn;
use crate::error::{Fault, HttpError};
use crate::exchange::{Answer, Failure, exchange};
use crate::head::Headers;
use crate::openssl;
use crate::options::Options;
use crate::pool::{Key, Pool};
use crate::proxy::Proxy;
use crate::request::{Body, Request};
use crate::socket::{Socket, Stop};
use crate::stream::Stream;
use crate::tls::TlsStream;
use crate::trust;
use crate::url::{Scheme, Url};
use rustls::ClientConfig;
use std::fmt;
use std::io;
use std::net::ToSocketAddrs;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A connection that was put away longer ago than this and turns out to be closed was closed for being idle; the request
/// then goes out again on a new one. A fresher one was dropped for this request, and the caller must know: the reference
/// counts it as an attempt.
const STALE_AFTER: Duration = Duration::from_secs(1);

type Config = Result<Arc<ClientConfig>, String>;

/// What the bodies of responses share with their client.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) pool: Pool,
    tls: OnceLock<Config>,
    proxy_tls: OnceLock<Config>,
}

/// An HTTP client. Cheap to make and to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

/// A response whose body has not been read yet.
#[derive(Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The reason phrase, perhaps empty.
    pub reason: String,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: BodyReader,
}

impl Client {
    /// A client; nothing is opened or read yet.
    pub fn new(options: Options) -> Self {
        Client {
            shared: Arc::new(Shared {
                options,
                pool: Pool::default(),
                tls: OnceLock::new(),
                proxy_tls: OnceLock::new(),
            }),
        }
    }

    /// The settings.
    pub fn options(&self) -> &Options {
        &self.shared.options
    }

    /// Sends a request and waits for the head of the response.
    ///
    /// # Errors
    /// See [`HttpError`]; a response with an error status is not one.
    pub fn send(&self, mut request: Request<'_>) -> Result<Response, HttpError> {
        let url = request.url;
        let proxy =
            self.shared.options.proxies.for_url(url).map(|text| Proxy::parse(&text, url.scheme())).transpose()?;
        let key = Arc::new(Key::new(url, proxy.as_ref().map(|p| p.text.as_str())));
        // A plain request goes to the proxy whole; an encrypted one through a tunnel.
        let forward = proxy.as_ref().filter(|_| url.scheme() == Scheme::Http);
        let stop = Stop { client: self.shared.options.cancel.clone(), request: request.cancel.clone() };
        let mut reuse = true;
        loop {
            let kept = if reuse { self.shared.pool.take(&key) } else { None };
            let mut conn = match kept {
                Some(conn) => conn,
                None => self.connect(url, proxy.as_ref(), &stop)?,
            };
            let stale = conn.idle_since.is_some_and(|at| at.elapsed() >= STALE_AFTER);
            conn.stream.socket().stop = stop.clone();
            conn.heard = false;
            let mut head = std::mem::take(&mut conn.scratch);
            head.clear();
            request.write_head(&mut head, forward.is_some(), forward.and_then(|p| p.authorization.as_deref()))?;
            let outcome = exchange(&mut conn, &head, &mut request.body, request.expect_continue);
            conn.scratch = head;
            match outcome {
                Ok(answer) => return Ok(self.response(conn, answer, &request, key)),
                Err(Failure::Source(error)) => return Err(HttpError::Body(error)),
                Err(Failure::Wire(fault)) => {
                    if !(stale && !conn.heard && fault.is_gone() && rewind(&mut request.body)?) {
                        return Err(fault.into_error(url.as_str()));
                    }
                    reuse = false;
                }
            }
        }
    }

    fn response(&self, conn: Conn, answer: Answer, request: &Request<'_>, key: Arc<Key>) -> Response {
        let head = answer.head;
        let keep_alive = head.keep_alive && answer.sent_all && head.status != 101;
        let framing = head.framing(request.method);
        let shared = Arc::clone(&self.shared);
        let body = BodyReader::new(conn, framing, keep_alive, key, shared, request.url.as_str());
        Response { status: head.status, reason: head.reason, headers: head.headers, body }
    }

    /// Makes a connection: TCP, then the proxy's TLS, the tunnel and the server's TLS as needed.
    fn connect(&self, url: &Url, proxy: Option<&Proxy>, stop: &Stop) -> Result<Conn, HttpError> {
        let options = &self.shared.options;
        let mut stream = match proxy {
            None => Stream::Plain(self.dial(url, stop).map_err(|fault| dial_error(fault, url))?),
            Some(proxy) => {
                let failed = |fault: Fault| match fault {
                    Fault::Cancelled => HttpError::Cancelled,
                    other => proxy.failed(other.to_string()),
                };
                let mut stream = Stream::Plain(self.dial(&proxy.url, stop).map_err(failed)?);
                if proxy.url.scheme() == Scheme::Https {
                    let bundle = options.proxy_ca_bundle.as_ref().or(options.ca_bundle.as_ref());
                    let client = options.proxy_client_cert.as_ref();
                    let config = self
                        .shared
                        .proxy_tls
                        .get_or_init(|| trust::config(options.verify, bundle.map(|p| p.as_path()), client));
                    let config = config.clone().map_err(|reason| proxy.failed(reason))?;
                    stream =
                        Stream::Tls(Box::new(TlsStream::connect(stream, config, proxy.url.host()).map_err(failed)?));
                }
                if url.scheme() == Scheme::Https {
                    stream = tunnel(stream, url, proxy)?;
                }
                stream
            }
        };
        if url.scheme() == Scheme::Https {
            let tls_error = |reason: String| HttpError::Tls { url: url.as_str().to_owned(), reason };
            let config =
                self.shared.tls.get_or_init(|| trust::config(options.verify, options.ca_bundle.as_deref(), None));
            let config = config.clone().map_err(tls_error)?;
            let session = TlsStream::connect(stream, config, url.host()).map_err(|fault| match fault {
                Fault::Tls(error) => tls_error(openssl::of_handshake(&error, url.host())),
                Fault::Eof => tls_error(openssl::HUNG_UP.to_owned()),
                other => other.into_error(url.as_str()),
            })?;
            stream = Stream::Tls(Box::new(session));
        }
        stream.socket().limit = options.read_timeout;
        Ok(Conn::new(stream))
    }

    /// Connects to the first address of a host that takes the call.
    fn dial(&self, url: &Url, stop: &Stop) -> Result<Socket, Fault> {
        let options = &self.shared.options;
        stop.check()?;
        let mut last = Fault::Io(io::ErrorKind::AddrNotAvailable.into());
        for address in (url.host(), url.port()).to_socket_addrs().map_err(|e| Fault::Io(resolver_error(e)))? {
            match Socket::connect(address, options, stop.clone()) {
                Ok(socket) => return Ok(socket),
                Err(Fault::Cancelled) => return Err(Fault::Cancelled),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }
}

/// Answers of the C library's resolver, by number. Python shows the number as an `OSError`'s.
const RESOLVER: [(i8, &str); 9] = [
    (-1, "Bad value for ai_flags"),
    (-2, "Name or service not known"),
    (-3, "Temporary failure in name resolution"),
    (-4, "Non-recoverable failure in name resolution"),
    (-5, "No address associated with hostname"),
    (-6, "ai_family not supported"),
    (-8, "Servname not supported for ai_socktype"),
    (-10, "Memory allocation failure"),
    (-9, "Address family for hostname not supported"),
];

/// A name that can't be resolved, in Python's words: `[Errno -2] Name or service not known`. The standard library keeps
/// the resolver's text, behind words of its own, but not its number.
fn resolver_error(error: io::Error) -> io::Error {
    if error.raw_os_error().is_some() {
        return error;
    }
    let text = error.to_string();
    match RESOLVER.iter().find(|(_, words)| text.ends_with(words)) {
        Some((number, words)) => io::Error::new(error.kind(), NameError(format!("[Errno {number}] {words}"))),
        None => io::Error::new(error.kind(), NameError(text)),
    }
}

/// The host's name has no address.
#[derive(Debug)]
struct NameError(String);

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NameError {}

/// Whether a connection failed because its host's name has no address.
pub(crate) fn is_name_error(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<NameError>())
}

fn dial_error(fault: Fault, url: &Url) -> HttpError {
    let url = url.as_str().to_owned();
    match fault {
        Fault::Timeout => HttpError::ConnectTimeout { url },
        Fault::Cancelled => HttpError::Cancelled,
        Fault::Io(source) => HttpError::Connect { url, source },
        other => HttpError::Connect { url, source: io::Error::other(other.to_string()) },
    }
}

/// Asks a proxy for a tunnel.
fn tunnel(stream: Stream, url: &Url, proxy: &Proxy) -> Result<Stream, HttpError> {
    let authority = url.authority();
    let authorization =
        proxy.authorization.as_ref().map(|value| format!("Proxy-Authorization: {value}\r\n")).unwrap_or_default();
    let ask = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{authorization}\r\n");
    let mut conn = Conn::new(stream);
    let answer = exchange(&mut conn, ask.as_bytes(), &mut Body::Empty, false).map_err(|failure| match failure {
        Failure::Wire(Fault::Cancelled) => HttpError::Cancelled,
        Failure::Wire(Fault::Timeout) => HttpError::ReadTimeout { url: url.as_str().to_owned() },
        Failure::Wire(fault) => proxy.failed(fault.to_string()),
        Failure::Source(error) => HttpError::Body(error),
    })?;
    let head = answer.head;
    if !(200..300).contains(&head.status) {
        return Err(proxy.failed(format!("Tunnel connection failed: {} {}", head.status, head.reason)));
    }
    conn.into_stream().ok_or_else(|| proxy.failed("the proxy spoke before the tunnel was used".to_owned()))
}

/// Whether the body can be sent once more, and readies it.
fn rewind(body: &mut Body<'_>) -> Result<bool, HttpError> {
    match body {
        Body::Empty | Body::Bytes(_) => Ok(true),
        Body::Reader { reader, .. } | Body::Chunked(reader) => reader.rewind().map_err(HttpError::Body),
    }
}
