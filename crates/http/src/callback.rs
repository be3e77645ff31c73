//! The other direction: a server on loopback that waits for the one request a browser is redirected to.

use crate::cancel::Cancel;
use crate::error::HttpError;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Between two looks at the connections.
const PAUSE: Duration = Duration::from_millis(20);
/// The longest head of a request, in bytes.
const MAX_HEAD: usize = 64 * 1024;
/// Connections that are waited for at the same time. Browsers open some that they never use; where more come, the
/// oldest one that has not sent its request gives way, so that nobody can keep the browser out.
const MAX_CONNECTIONS: usize = 32;
/// How long a connection may take to send its request. A browser that opened one early opens another.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);
/// For sending the page.
const WRITE_LIMIT: Duration = Duration::from_secs(5);

/// A server on 127.0.0.1.
#[derive(Debug)]
pub struct Callback {
    listener: TcpListener,
    port: u16,
}

impl Callback {
    /// Starts to listen, at `port` or (`None`) at a free one.
    ///
    /// # Errors
    /// When the port is taken, or there is no free one.
    pub fn listen(port: Option<u16>) -> io::Result<Callback> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0)))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        Ok(Callback { listener, port })
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Answers every GET with `page` (HTML) until `take` finds what it looks for in a request's target. `None` where it
    /// hasn't within `limit`.
    ///
    /// # Errors
    /// When `cancel` is set, or the listener fails.
    pub fn wait<T>(
        &self,
        page: &str,
        limit: Duration,
        cancel: &Cancel,
        take: impl FnMut(&str) -> Option<T>,
    ) -> Result<Option<T>, HttpError> {
        self.wait_with(page, limit, REQUEST_LIMIT, cancel, take)
    }

    fn wait_with<T>(
        &self,
        page: &str,
        limit: Duration,
        request_limit: Duration,
        cancel: &Cancel,
        mut take: impl FnMut(&str) -> Option<T>,
    ) -> Result<Option<T>, HttpError> {
        let start = Instant::now();
        let mut open: VecDeque<Connection> = VecDeque::new();
        while start.elapsed() < limit {
            if cancel.is_cancelled() {
                return Err(HttpError::Cancelled);
            }
            let accepted = match self.listener.accept() {
                Ok((stream, _)) => {
                    if stream.set_nonblocking(true).is_ok() {
                        if open.len() == MAX_CONNECTIONS {
                            open.pop_front();
                        }
                        open.push_back(Connection { stream, head: Vec::new(), since: Instant::now() });
                    }
                    true
                }
                Err(e)
                    if matches!(
                        e.kind(),
                        ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::ConnectionAborted
                    ) =>
                {
                    false
                }
                Err(e) => return Err(HttpError::Body(e)),
            };
            let mut at = 0;
            while let Some(connection) = open.get_mut(at) {
                match receive(&mut connection.stream, &mut connection.head) {
                    Progress::Waiting if connection.since.elapsed() < request_limit => at += 1,
                    Progress::Waiting | Progress::Gone => drop(open.remove(at)),
                    Progress::Complete => {
                        let Some(Connection { stream, head, .. }) = open.remove(at) else { continue };
                        let target = get_target(&head);
                        answer(stream, target.as_deref().map(|_| page));
                        if let Some(found) = target.as_deref().and_then(&mut take) {
                            return Ok(Some(found));
                        }
                    }
                }
            }
            if !accepted {
                std::thread::sleep(PAUSE);
            }
        }
        Ok(None)
    }
}

/// A connection whose request hasn't arrived whole.
struct Connection {
    stream: TcpStream,
    head: Vec<u8>,
    since: Instant,
}

enum Progress {
    Waiting,
    Gone,
    Complete,
}

fn receive(stream: &mut TcpStream, head: &mut Vec<u8>) -> Progress {
    let mut block = [0u8; 4096];
    loop {
        match stream.read(&mut block) {
            Ok(0) => return Progress::Gone,
            Ok(n) => {
                head.extend_from_slice(&block[..n]);
                if head.windows(4).any(|w| w == b"\r\n\r\n") {
                    return Progress::Complete;
                }
                if head.len() > MAX_HEAD {
                    return Progress::Gone;
                }
            }
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Progress::Waiting,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Progress::Gone,
        }
    }
}

/// The target of a GET.
fn get_target(head: &[u8]) -> Option<String> {
    let line = head.split(|b| *b == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split(' ');
    (words.next() == Some("GET")).then(|| words.next().map(str::to_owned)).flatten()
}

/// Whoever asks gets an answer if they want one; a browser that went away is none of our business.
fn answer(mut stream: TcpStream, page: Option<&str>) {
    let (status, body) = match page {
        Some(page) => ("200 OK", page),
        None => ("501 Unsupported method", ""),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.set_nonblocking(false);
    let _ = stream.set_write_timeout(Some(WRITE_LIMIT));
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    }

    #[test]
    fn the_wanted_request_ends_the_wait() {
        let server = Callback::listen(None).unwrap();
        let port = server.port();
        // A connection that says nothing holds nobody up.
        let _idle = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let browser = std::thread::spawn(move || {
            let other = ask(port, "GET /favicon.ico HTTP/1.1\r\n\r\n");
            let wrong = ask(port, "POST /cb?code=1 HTTP/1.1\r\n\r\n");
            (other, wrong, ask(port, "GET /cb?code=1 HTTP/1.1\r\nHost: x\r\n\r\n"))
        });
        let take = |target: &str| target.strip_prefix("/cb?").map(str::to_owned);
        let found = server.wait("<p>", Duration::from_secs(10), &Cancel::new(), take).unwrap();
        assert_eq!(found.as_deref(), Some("code=1"));
        let (other, wrong, last) = browser.join().unwrap();
        assert!(other.starts_with("HTTP/1.1 200 OK\r\n") && other.ends_with("\r\n\r\n<p>"), "{other}");
        assert!(wrong.starts_with("HTTP/1.1 501 ") && last.ends_with("<p>"), "{wrong}{last}");
    }

    #[test]
    fn idle_connections_keep_nobody_out() {
        let server = Callback::listen(None).unwrap();
        let port = server.port();
        let browser = std::thread::spawn(move || {
            let idle: Vec<_> = (0..100).map(|_| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap()).collect();
            let reply = ask(port, "GET /cb HTTP/1.1\r\n\r\n");
            drop(idle);
            reply
        });
        let found = server.wait("<p>", Duration::from_secs(10), &Cancel::new(), |target| Some(target.to_owned()));
        assert_eq!(found.unwrap().as_deref(), Some("/cb"));
        assert!(browser.join().unwrap().ends_with("<p>"));
    }

    #[test]
    fn a_connection_has_a_time_limit() {
        let server = Callback::listen(None).unwrap();
        let mut slow = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).unwrap();
        slow.write_all(b"GET /cb HT").unwrap();
        let limit = Duration::from_millis(50);
        server.wait_with("", Duration::from_millis(300), limit, &Cancel::new(), |_| Some(())).unwrap();
        // The server has hung up.
        slow.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        assert!(matches!(slow.read(&mut [0; 1]), Ok(0)) || slow.write_all(b"x").is_err());
    }

    #[test]
    fn ports_can_be_chosen_once() {
        let port = Callback::listen(None).unwrap().port();
        let server = Callback::listen(Some(port)).unwrap();
        assert_eq!(server.port(), port);
        assert_eq!(Callback::listen(Some(port)).unwrap_err().kind(), ErrorKind::AddrInUse);
    }

    #[test]
    fn waiting_ends() {
        let server = Callback::listen(None).unwrap();
        let none = server.wait("", Duration::from_millis(50), &Cancel::new(), |_| Some(())).unwrap();
        assert_eq!(none, None);
        let cancel = Cancel::new();
        cancel.cancel();
        let error = server.wait("", Duration::from_secs(10), &cancel, |_| Some(())).unwrap_err();
        assert!(matches!(error, HttpError::Cancelled));
    }
}
