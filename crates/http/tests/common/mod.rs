//! A server in the test's own process: each connection goes to a closure.

#![allow(dead_code, clippy::unwrap_used)]

use oxaws_http::{Body, Client, HttpError, Options, Request, Response, Url};
use std::borrow::Cow;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A listening server; counts its connections.
pub struct Server {
    pub port: u16,
    pub connections: Arc<AtomicUsize>,
}

impl Server {
    /// Serves each connection by `serve`, which is also given the connection's number.
    pub fn start<F: Fn(&mut TcpStream, usize) + Send + Sync + 'static>(serve: F) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let (counter, serve) = (Arc::clone(&connections), Arc::new(serve));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, serve) = (stream.unwrap(), Arc::clone(&serve));
                let number = counter.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || serve(&mut stream, number));
            }
        });
        Server { port, connections }
    }

    /// Answers every request on every connection with `answer`.
    pub fn canned(answer: &'static str) -> Server {
        Server::start(move |stream, _| {
            while let Some(_request) = read_request(stream) {
                stream.write_all(answer.as_bytes()).unwrap();
            }
        })
    }

    pub fn url(&self, target: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{target}", self.port)).unwrap()
    }

    pub fn count(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// A head up to its empty line.
pub fn read_head(stream: &mut impl Read) -> Option<String> {
    let (mut out, mut byte) = (Vec::new(), [0]);
    while !out.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        out.push(byte[0]);
    }
    Some(String::from_utf8(out).unwrap())
}

/// The value of `Content-Length` in a head.
pub fn content_length(head: &str) -> usize {
    head.lines().find_map(|l| l.strip_prefix("Content-Length: ")).map_or(0, |v| v.parse().unwrap())
}

/// A head and its body.
pub fn read_request(stream: &mut impl Read) -> Option<(String, Vec<u8>)> {
    let head = read_head(stream)?;
    let mut body = vec![0; content_length(&head)];
    stream.read_exact(&mut body).ok()?;
    Some((head, body))
}

pub fn request<'a>(method: &'a str, url: &'a Url, body: Body<'a>) -> Request<'a> {
    Request { method, url, headers: &[], body, expect_continue: false, cancel: None }
}

pub fn header<'a>(name: &'a str, value: &'a str) -> (Cow<'a, str>, Cow<'a, [u8]>) {
    (Cow::Borrowed(name), Cow::Borrowed(value.as_bytes()))
}

pub fn get(client: &Client, url: &Url) -> Result<Response, HttpError> {
    client.send(request("GET", url, Body::Empty))
}

pub fn fetch(client: &Client, url: &Url) -> Result<Vec<u8>, HttpError> {
    get(client, url)?.body.read_to_vec(usize::MAX)
}

pub fn client() -> Client {
    Client::new(Options::default())
}
