//! The stub server of a case: answers from the case's responses and notes every request. It speaks HTTP/1.1 in the
//! manner of Python's `http.server`, which the cases were recorded with.

mod connection;
mod head;

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use fancy_regex::Regex;

use super::case::{Response, When};
use super::fold::Place;
use super::text::{found, pattern};

pub use head::Headers;

/// A request as it was received.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The request target: path and query.
    pub target: String,
    /// Header names in lower case, with the last value of each.
    pub headers: Headers,
    /// The body, with chunked transfer coding removed.
    pub body: Vec<u8>,
}

/// Called with the number of requests noted so far.
pub type Observer = Box<dyn Fn(usize) + Send + Sync>;

/// A running stub server.
pub struct Stub {
    state: Arc<State>,
    acceptor: Option<JoinHandle<()>>,
}

/// What the connections share.
struct State {
    place: Place,
    proxied: bool,
    canned: Vec<Canned>,
    noted: Mutex<Noted>,
    observer: Observer,
    closed: AtomicBool,
}

/// What has happened so far.
struct Noted {
    requests: Vec<Request>,
    /// How often each canned response can still be used.
    left: Vec<usize>,
}

/// A response with its compiled patterns.
struct Canned {
    response: Response,
    path: Option<Regex>,
    headers: Vec<(String, Regex)>,
    body: Option<Regex>,
}

/// A socket that will become a stub server, so that its port is known first.
pub struct Socket(TcpListener);

impl Socket {
    /// Takes a free port on loopback.
    ///
    /// # Errors
    /// When there is none.
    pub fn bind() -> io::Result<Socket> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map(Socket)
    }

    /// The port.
    ///
    /// # Errors
    /// When the system can't say.
    pub fn port(&self) -> io::Result<u16> {
        Ok(self.0.local_addr()?.port())
    }
}

impl Stub {
    /// Starts to serve.
    ///
    /// # Errors
    /// When a pattern isn't valid.
    pub fn start(
        socket: Socket,
        place: Place,
        responses: &[Response],
        proxied: bool,
        observer: Observer,
    ) -> Result<Stub, String> {
        let canned = responses.iter().map(Canned::new).collect::<Result<Vec<_>, _>>()?;
        let noted = Noted { requests: Vec::new(), left: responses.iter().map(|r| r.times).collect() };
        let closed = AtomicBool::new(false);
        let state = Arc::new(State { place, proxied, canned, noted: Mutex::new(noted), observer, closed });
        let shared = Arc::clone(&state);
        let acceptor = thread::spawn(move || {
            for stream in socket.0.incoming() {
                if shared.closed.load(Ordering::Acquire) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let shared = Arc::clone(&shared);
                // A connection ends with the command that opened it; nobody waits for its thread.
                thread::spawn(move || connection::serve(&shared, &stream));
            }
        });
        Ok(Stub { state, acceptor: Some(acceptor) })
    }

    /// The requests noted so far.
    pub fn requests(&self) -> Vec<Request> {
        self.state.noted().requests.clone()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.state.closed.store(true, Ordering::Release);
        // The acceptor sees that it is to end when another connection comes.
        let woken = TcpStream::connect((Ipv4Addr::LOCALHOST, self.state.place.port)).is_ok();
        if let Some(acceptor) = self.acceptor.take().filter(|_| woken) {
            let _ended = acceptor.join();
        }
    }
}

impl State {
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request, chooses the answer and returns it with the number of requests so far.
    fn note(&self, request: Request) -> (Response, usize) {
        let mut noted = self.noted();
        let chosen = (0..self.canned.len()).find(|at| noted.left[*at] > 0 && self.canned[*at].fits(&request));
        noted.requests.push(request);
        let reply = chosen.map(|at| {
            noted.left[at] -= 1;
            self.canned[at].response.clone()
        });
        (reply.unwrap_or_else(Response::empty), noted.requests.len())
    }
}

impl Canned {
    fn new(response: &Response) -> Result<Canned, String> {
        let compile = |given: &Option<String>| given.as_deref().map(|p| pattern(p, false)).transpose();
        let header = |(name, value): &(String, String)| Ok::<_, String>((name.clone(), pattern(value, false)?));
        Ok(Canned {
            path: compile(&response.when.path)?,
            headers: response.when.headers.iter().map(header).collect::<Result<_, _>>()?,
            body: compile(&response.when.body)?,
            response: response.clone(),
        })
    }

    fn fits(&self, request: &Request) -> bool {
        let header = |name: &str| request.headers.get(name).unwrap_or_default();
        let When { method, target, .. } = &self.response.when;
        method.as_ref().is_none_or(|method| *method == request.method)
            && self.path.as_ref().is_none_or(|path| found(path, &request.target))
            && target.as_ref().is_none_or(|target| header("x-amz-target").contains(target))
            && self.headers.iter().all(|(name, value)| found(value, header(name)))
            && self.body.as_ref().is_none_or(|body| found(body, &String::from_utf8_lossy(&request.body)))
    }
}

#[cfg(test)]
mod tests;
