use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::conformance::case::Case;

fn start(case: &str, observer: Observer) -> Stub {
    let case = Case::parse(case).unwrap();
    let socket = Socket::bind().unwrap();
    let place = Place { port: socket.port().unwrap(), root: "/nowhere".into() };
    Stub::start(socket, place, &case.responses, case.proxied, observer).unwrap()
}

/// Sends bytes over one connection and returns everything that comes back until it closes.
fn talk(stub: &Stub, request: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, stub.state.place.port)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: h\r\n\r\n")
}

#[test]
fn answers_with_the_first_that_fits_and_is_left() {
    let stub = start(
        r#"{"id": "a", "responses": [{"when": {"path": "^/x"}, "body": "one {ENDPOINT}", "headers": {"A": "{PORT}"}}, {"when": {"method": "PUT", "body": "b."}, "body": "two", "times": 2},
        {"when": {"header": {"range": "bytes"}}, "status": 206}, {"when": {"target": "Svc.Op"}, "status": 400}]}"#,
        Box::new(|_| ()),
    );
    let port = stub.state.place.port;
    let first = talk(&stub, &get("/x"));
    assert!(
        first.starts_with("HTTP/1.1 200 OK\r\nServer: Stub \r\nDate: ")
            && first.contains(&format!("\r\nA: {port}\r\n"))
    );
    assert!(first.ends_with(&format!("\r\n\r\none http://127.0.0.1:{port}")), "{first}");
    assert!(talk(&stub, &get("/x")).contains("Content-Length: 0\r\nx-amzn-RequestId: 00000000-"));
    let chunked = "PUT /y HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n2\r\nbc\r\n0\r\nT: u\r\n\r\n";
    assert!(talk(&stub, &chunked.repeat(2)).matches("two").count() == 2, "one connection, two requests");
    assert!(talk(&stub, "GET / HTTP/1.1\r\nRange: bytes=0-\r\n\r\n").starts_with("HTTP/1.1 206 "));
    assert!(talk(&stub, "POST / HTTP/1.1\r\nX-Amz-Target: Svc.Op2\r\n\r\n").starts_with("HTTP/1.1 400 "));
    let requests = stub.requests();
    assert_eq!(requests.len(), 6);
    assert_eq!((requests[2].target.as_str(), requests[2].body.as_slice()), ("/y", &b"abc"[..]));
}

#[test]
fn misbehaves_as_the_case_says() {
    let stub = start(
        r#"{"id": "a", "responses": [{"raw": "no HTTP {PORT}"}, {"drop": true}, {"body": "abcdef", "truncate": 2}, {"size": 3, "close": true},
        {"headers": {"A": "☃"}}, {"body": "unseen"}]}"#,
        Box::new(|_| ()),
    );
    assert_eq!(talk(&stub, &get("/")), format!("no HTTP {}", stub.state.place.port));
    assert_eq!(talk(&stub, &get("/")), "");
    let cut = talk(&stub, &get("/").repeat(2));
    assert!(cut.contains("Content-Length: 6\r\n") && cut.ends_with("\r\n\r\nab"), "{cut}");
    assert!(talk(&stub, &get("/").repeat(2)).ends_with("Connection: close\r\n\r\n\0\0\0"));
    assert_eq!(talk(&stub, &get("/")), "", "a header that can't be sent");
    assert!(talk(&stub, "HEAD / HTTP/1.1\r\n\r\n").contains("Content-Length: 6\r\n"));
    assert!(talk(&stub, "BREW / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 501 "));
    assert_eq!(stub.requests().len(), 6, "an unknown method isn't noted");
}

#[test]
fn plays_a_proxy() {
    let stub = start(r#"{"id": "a", "proxied": true}"#, Box::new(|_| ()));
    talk(&stub, &get("http://host:80/a?b"));
    assert!(talk(&stub, "CONNECT host:443 HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 502 "));
    let requests = stub.requests();
    assert_eq!(requests.iter().map(|r| r.target.as_str()).collect::<Vec<_>>(), ["/a?b", "host:443"]);
}

#[test]
fn an_observer_hears_of_each_request_before_its_answer() {
    let heard = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&heard);
    let stub = start(r#"{"id": "a"}"#, Box::new(move |count| counter.store(count, Ordering::Release)));
    talk(&stub, &get("/").repeat(3));
    assert_eq!(heard.load(Ordering::Acquire), 3);
}

#[test]
fn a_client_that_expects_to_be_asked_is_asked() {
    let stub = start(r#"{"id": "a"}"#, Box::new(|_| ()));
    let answer = talk(&stub, "PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na");
    assert!(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 "), "{answer}");
}
