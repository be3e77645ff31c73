//! An HTTP/1.1 server on loopback that answers as it is told, rightly or wrongly.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

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

/// A running stub. It listens until the process ends; its threads hold no other resources.
pub struct Stub {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    arrivals: Mutex<mpsc::Receiver<()>>,
}

impl Stub {
    /// Starts a stub that asks `answer` for each reply.
    ///
    /// # Errors
    /// When no port is to be had.
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let (arrived, arrivals) = mpsc::channel();
        let stub = Stub { address: listener.local_addr()?, requests: Arc::default(), arrivals: Mutex::new(arrivals) };
        let (answer, requests): (Arc<Answer>, _) = (Arc::new(answer), Arc::clone(&stub.requests));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, requests, arrived) = (Arc::clone(&answer), Arc::clone(&requests), arrived.clone());
                thread::spawn(move || serve(stream, &*answer, &requests, &arrived));
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

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came so far, in order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        locked(&self.requests).clone()
    }

    /// Waits for one more request; false after ten seconds without.
    pub fn wait(&self) -> bool {
        locked(&self.arrivals).recv_timeout(Duration::from_secs(10)).is_ok()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(stream: TcpStream, answer: &Answer, requests: &Mutex<Vec<Request>>, arrived: &mpsc::Sender<()>) {
    let _ = stream.set_nodelay(true);
    let Ok(reader) = stream.try_clone() else { return };
    let mut reader = BufReader::new(reader);
    while let Ok(Some(request)) = read_request(&mut reader, &stream) {
        let reply = answer(&request);
        locked(requests).push(request);
        let _ = arrived.send(());
        let done = match reply {
            Reply::Answer { status, headers, body } => write_answer(&stream, status, &headers, &body),
            Reply::Raw(bytes) => (&stream).write_all(&bytes).and(Err(io::ErrorKind::ConnectionAborted.into())),
            Reply::Drop => Err(io::ErrorKind::ConnectionAborted.into()),
            Reply::Hang => io::copy(&mut reader, &mut io::sink()).and(Err(io::ErrorKind::ConnectionAborted.into())),
        };
        if done.is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

fn write_answer(mut to: &TcpStream, status: u16, headers: &[(String, String)], body: &[u8]) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {status} Stub\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    to.write_all(head.as_bytes())?;
    to.write_all(body)
}

fn read_request(from: &mut impl BufRead, mut to: &TcpStream) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let mut request = Request { method, target, headers: Vec::new(), body: Vec::new() };
    loop {
        line.clear();
        from.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if request.header("expect").is_some_and(|v| v.eq_ignore_ascii_case("100-continue")) {
        to.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    if request.header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
        request.body = read_chunks(from)?;
    } else if let Some(length) = request.header("content-length").and_then(|v| v.parse().ok()) {
        request.body = read_exactly(from, length)?;
    }
    Ok(Some(request))
}

fn read_chunks(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let (mut body, mut line) = (Vec::new(), String::new());
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
        }
        if size == 0 {
            return Ok(body);
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
