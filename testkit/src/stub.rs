//! An HTTP/1.1 server on loopback that answers as it is told, rightly or wrongly.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

#[cfg(feature = "s3")]
use crate::tls::Identity;

/// The longest request body the stub takes, in bytes.
const MAX_BODY: usize = 256 << 20;

/// One request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, such as `POST`.
    pub method: String,
    /// Path and query, as sent; an absolute address when the stub is used as a proxy.
    pub target: String,
    /// Names in lower case, in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body, without chunked framing.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// What to do with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Answer with this.
    Answer {
        /// The HTTP status.
        status: u16,
        /// Headers besides `Content-Length`.
        headers: Vec<(String, String)>,
        /// The body.
        body: Arc<[u8]>,
    },
    /// Put these bytes on the wire as they are, then close.
    Raw(Vec<u8>),
    /// Answer with the first bytes of a reply to which this many bytes of its body are missing, then close.
    Cut(Box<Reply>, usize),
    /// Wait, put half of the reply on the wire, wait again, and send the rest.
    Slow(Box<Reply>, Duration),
    /// Close without an answer.
    Drop,
    /// Never answer; the connection stays open.
    Hang,
}

impl Reply {
    /// An answer of this status, content type and body.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Reply::Answer { status, headers, body: Arc::from(body.into()) }
    }

    /// A 200 answer of XML.
    pub fn xml(body: impl Into<Vec<u8>>) -> Self {
        Reply::new(200, "text/xml", body)
    }

    /// A 200 answer of JSON.
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Reply::new(200, "application/x-amz-json-1.1", body)
    }

    /// The same answer with one more header; other replies stay as they are.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Reply::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

type Answer = dyn Fn(&Request) -> Reply + Send + Sync;
/// Makes of an accepted connection what requests are read from.
type Wrap = dyn Fn(TcpStream) -> io::Result<Box<dyn Connection>> + Send + Sync;

/// Something to talk over: a socket, or TLS on one.
trait Connection: Read + Write {}

impl<T: Read + Write> Connection for T {}

/// A running stub. It listens until it is dropped.
pub struct Stub {
    address: SocketAddr,
    scheme: &'static str,
    requests: Arc<Mutex<Vec<Request>>>,
    arrivals: Mutex<mpsc::Receiver<()>>,
    ended: Arc<AtomicBool>,
}

impl Stub {
    /// Starts a stub that asks `answer` for each reply.
    ///
    /// # Errors
    /// When no port is to be had.
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> io::Result<Self> {
        Self::listen("http", Arc::new(|stream| Ok(Box::new(stream))), answer)
    }

    /// Like [`Stub::start`], over TLS.
    ///
    /// # Errors
    /// When no port is to be had.
    #[cfg(feature = "s3")]
    pub fn start_tls(
        identity: &Identity,
        answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let identity = identity.clone();
        Self::listen("https", Arc::new(move |stream| Ok(Box::new(identity.accept(stream)?))), answer)
    }

    fn listen(
        scheme: &'static str,
        wrap: Arc<Wrap>,
        answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let (arrived, arrivals) = mpsc::channel();
        let stub = Stub {
            address: listener.local_addr()?,
            scheme,
            requests: Arc::default(),
            arrivals: Mutex::new(arrivals),
            ended: Arc::default(),
        };
        let (answer, requests): (Arc<Answer>, _) = (Arc::new(answer), Arc::clone(&stub.requests));
        let ended = Arc::clone(&stub.ended);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ended.load(Ordering::Acquire) {
                    break;
                }
                let (answer, requests, arrived) = (Arc::clone(&answer), Arc::clone(&requests), arrived.clone());
                let wrap = Arc::clone(&wrap);
                thread::spawn(move || serve(stream, &*wrap, &*answer, &requests, &arrived));
            }
        });
        Ok(stub)
    }

    /// Starts a stub that gives these replies in turn, the last one again and again.
    ///
    /// # Errors
    /// When no port is to be had.
    pub fn replies(replies: impl IntoIterator<Item = Reply>) -> io::Result<Self> {
        let queue = Mutex::new(VecDeque::from_iter(replies));
        Stub::start(move |_| {
            let mut queue = locked(&queue);
            let next = if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() };
            next.unwrap_or(Reply::Drop)
        })
    }

    /// `http://127.0.0.1:PORT`, or `https://localhost:PORT` over TLS.
    pub fn url(&self) -> String {
        match self.scheme {
            "https" => format!("https://localhost:{}", self.address.port()),
            scheme => format!("{scheme}://{}", self.address),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What came so far, in order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        locked(&self.requests).clone()
    }

    /// How many requests came so far.
    pub fn count(&self) -> usize {
        locked(&self.requests).len()
    }

    /// Waits for one more request; false after ten seconds without.
    pub fn wait(&self) -> bool {
        locked(&self.arrivals).recv_timeout(Duration::from_secs(10)).is_ok()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        let _ = TcpStream::connect(self.address); // wakes the thread that listens
    }
}

fn serve(stream: TcpStream, wrap: &Wrap, answer: &Answer, requests: &Mutex<Vec<Request>>, arrived: &mpsc::Sender<()>) {
    let _ = stream.set_nodelay(true);
    let Ok(socket) = stream.try_clone() else { return };
    let Ok(connection) = wrap(stream) else { return };
    let mut connection = BufReader::new(connection);
    while let Ok(Some(request)) = read_request(&mut connection) {
        let reply = answer(&request);
        let has_body = request.method != "HEAD";
        locked(requests).push(request);
        let _ = arrived.send(());
        if send(reply, &mut connection, has_body).is_err() {
            break;
        }
    }
    let _ = socket.shutdown(Shutdown::Both);
}

/// Acts on a reply; an error ends the connection.
fn send(reply: Reply, connection: &mut BufReader<Box<dyn Connection>>, has_body: bool) -> io::Result<()> {
    const END: io::ErrorKind = io::ErrorKind::ConnectionAborted;
    match reply {
        Reply::Answer { .. } => {
            let (head, body) = wire(&reply);
            connection.get_mut().write_all(&head)?;
            connection.get_mut().write_all(if has_body { body } else { &[] })?;
            connection.get_mut().flush()
        }
        Reply::Raw(bytes) => {
            connection.get_mut().write_all(&bytes)?;
            connection.get_mut().flush()?;
            Err(END.into())
        }
        Reply::Cut(reply, missing) => {
            let (mut bytes, body) = wire(&reply);
            bytes.extend_from_slice(if has_body { &body[..body.len().saturating_sub(missing)] } else { &[] });
            send(Reply::Raw(bytes), connection, has_body)
        }
        Reply::Slow(reply, pause) => {
            let (mut bytes, body) = wire(&reply);
            bytes.extend_from_slice(if has_body { body } else { &[] });
            for half in bytes.chunks(bytes.len().div_ceil(2).max(1)) {
                thread::sleep(pause);
                connection.get_mut().write_all(half)?;
                connection.get_mut().flush()?;
            }
            Ok(())
        }
        Reply::Drop => Err(END.into()),
        Reply::Hang => {
            io::copy(connection, &mut io::sink())?;
            Err(END.into())
        }
    }
}

/// Head and body of an answer; of another reply, nothing.
fn wire(reply: &Reply) -> (Vec<u8>, &[u8]) {
    let Reply::Answer { status, headers, body } = reply else { return (Vec::new(), &[]) };
    let mut head = format!("HTTP/1.1 {status} Stub\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    (head.into_bytes(), body)
}

fn read_request(connection: &mut BufReader<Box<dyn Connection>>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if connection.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let mut request = Request { method, target, headers: Vec::new(), body: Vec::new() };
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if request.header("expect").is_some_and(|v| v.eq_ignore_ascii_case("100-continue")) {
        connection.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        connection.get_mut().flush()?;
    }
    if request.header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
        request.body = read_chunks(connection)?.0;
    } else if let Some(length) = request.header("content-length").and_then(|v| v.parse().ok()) {
        request.body = read_exactly(connection, length)?;
    }
    Ok(Some(request))
}

/// The names, in lower case, and values of lines behind a body.
type Trailers = Vec<(String, String)>;

/// A body in chunks and its trailers. The framing of `aws-chunked` bodies is the same.
pub(crate) fn read_chunks(from: &mut impl BufRead) -> io::Result<(Vec<u8>, Trailers)> {
    let (mut body, mut trailers, mut line) = (Vec::new(), Vec::new(), String::new());
    loop {
        line.clear();
        from.read_line(&mut line)?;
        let size = line.trim().split(';').next().and_then(|s| usize::from_str_radix(s, 16).ok());
        let size = size.ok_or(io::ErrorKind::InvalidData)?;
        body.extend(read_exactly(from, size)?);
        // The line end after a chunk, or the trailers and the blank line after the last one.
        loop {
            line.clear();
            if from.read_line(&mut line)? == 0 || line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.trim_end().split_once(':') {
                trailers.push((name.to_ascii_lowercase(), value.to_owned()));
            }
        }
        if size == 0 {
            return Ok((body, trailers));
        }
    }
}

fn read_exactly(from: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    if length > MAX_BODY {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(stub: &Stub, text: &str) -> String {
        let mut stream = TcpStream::connect(stub.address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn replies_come_in_turn_on_one_connection() {
        let stub = Stub::replies([Reply::json("{}"), Reply::Drop]).unwrap();
        let post = "POST /a?b HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX-One: 1\r\n\r\n3\r\nabc\r\n0\r\nt: x\r\n\r\n";
        let answer = exchange(&stub, &format!("{post}GET /c HTTP/1.1\r\n\r\n"));
        assert!(answer.starts_with("HTTP/1.1 200 Stub\r\nContent-Length: 2\r\n") && answer.ends_with("\r\n\r\n{}"));
        let requests = stub.requests();
        assert_eq!((requests.len(), requests[0].body.as_slice()), (2, b"abc".as_slice()));
        assert_eq!((requests[0].target.as_str(), requests[0].header("x-one")), ("/a?b", Some("1")));
        assert!(stub.wait());
    }

    #[test]
    fn a_hanging_stub_notes_the_request() {
        let stub = Stub::replies([Reply::Hang]).unwrap();
        let mut stream = TcpStream::connect(stub.address).unwrap();
        stream.write_all(b"PUT / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nxy").unwrap();
        assert!(stub.wait());
        assert_eq!(stub.requests()[0].body, b"xy");
    }
}
