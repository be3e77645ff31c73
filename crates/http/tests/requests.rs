//! What goes over the wire, and what happens while it does.

#![allow(clippy::unwrap_used)] // the helpers; clippy knows only test functions as tests

mod common;

use common::{Server, client, fetch, get, header, read_head, read_request, request};
use oxaws_http::{Body, Cancel, Client, HttpError, Once, Options, Proxies, Request, Rewindable, Url};
use std::borrow::Cow;
use std::io::{Cursor, Read, Write};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// Sends one request and gives what the server saw of it.
fn seen(build: impl FnOnce(&Client, &Server)) -> Vec<u8> {
    let (sender, receiver) = mpsc::channel();
    let server = Server::start(move |stream, _| {
        let mut all = Vec::new();
        stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let mut buffer = [0; 65536];
        while let Ok(n) = stream.read(&mut buffer) {
            if n == 0 {
                break;
            }
            all.extend_from_slice(&buffer[..n]);
        }
        stream.write_all(OK).unwrap();
        sender.send(all).unwrap();
    });
    build(&client(), &server);
    receiver.recv().unwrap()
}

#[test]
fn heads_go_out_as_given() {
    let text = seen(|client, server| {
        let url = server.url("/a//b/../%2f?x=%20&y");
        let headers = [header("X-b", "1"), header("authorization", "s"), header("X-B", "caf\u{e9}")];
        let request = Request { headers: &headers, ..request("GET", &url, Body::Empty) };
        assert_eq!(client.send(request).unwrap().status, 200);
    });
    let text = String::from_utf8(text).unwrap();
    let (first, rest) = text.split_once("\r\n").unwrap();
    assert_eq!(first, "GET /a//b/../%2f?x=%20&y HTTP/1.1");
    let (host, rest) = rest.split_once("\r\n").unwrap();
    assert!(host.starts_with("Host: 127.0.0.1:"));
    assert_eq!(rest, "Accept-Encoding: identity\r\nX-b: 1\r\nauthorization: s\r\nX-B: caf\u{e9}\r\n\r\n");
}

#[test]
fn lengths_are_filled_in() {
    let of = |method: &'static str, headers: &[(Cow<'static, str>, Cow<'static, [u8]>)], kind: &str| {
        let text = seen(|client, server| {
            let (url, mut reader) = (server.url("/"), Once(Cursor::new("hello")));
            let body = match kind {
                "empty" => Body::Empty,
                "bytes" => Body::Bytes(b"hello"),
                "reader" => Body::Reader { reader: &mut reader, length: 4 },
                _ => Body::Chunked(&mut reader),
            };
            client.send(Request { headers, ..request(method, &url, body) }).unwrap();
        });
        let text = String::from_utf8(text).unwrap();
        text.splitn(4, "\r\n").last().expect("a last part").to_owned()
    };
    assert_eq!(of("POST", &[], "empty"), "Content-Length: 0\r\n\r\n");
    assert_eq!(of("HEAD", &[], "empty"), "\r\n");
    assert_eq!(of("POST", &[], "bytes"), "Content-Length: 5\r\n\r\nhello");
    assert_eq!(of("PUT", &[header("content-length", "5")], "bytes"), "content-length: 5\r\n\r\nhello");
    assert_eq!(of("PUT", &[], "reader"), "Content-Length: 4\r\n\r\nhell");
    let chunked = "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    assert_eq!(of("PUT", &[], "chunked"), chunked);
}

#[test]
fn headers_that_would_split_the_request_are_refused() {
    let url = Server::canned("").url("/");
    for bad in [header("a", "b\r\nc: d"), header("a b", "c"), header("", "c"), header("a:", "c")] {
        let headers = [bad];
        let error = client().send(Request { headers: &headers, ..request("GET", &url, Body::Empty) }).unwrap_err();
        assert!(matches!(error, HttpError::Invalid { .. }));
        assert!(error.to_string().starts_with("An HTTP Client raised an unhandled exception: Invalid header "));
    }
    let headers = [header("a", "to\\k'\r\n")];
    let error = client().send(Request { headers: &headers, ..request("GET", &url, Body::Empty) }).unwrap_err();
    assert!(error.to_string().ends_with(r#"Invalid header value b"to\\k'\r\n""#), "{error}");
    assert!(matches!(client().send(request("GE T", &url, Body::Empty)), Err(HttpError::Invalid { .. })));
}

#[test]
fn large_bodies_from_memory_and_readers() {
    let data: Vec<u8> = (0..5_000_000u32).map(|i| (i / 3) as u8).collect();
    let (sender, receiver) = mpsc::channel();
    let server = Server::start(move |stream, _| {
        while let Some((_, body)) = read_request(stream) {
            sender.send(body).unwrap();
            stream.write_all(OK).unwrap();
        }
    });
    let client = client();
    client.send(request("PUT", &server.url("/"), Body::Bytes(&data))).unwrap();
    assert!(receiver.recv().unwrap() == data);
    let mut reader = Rewindable::new(Cursor::new(&data)).unwrap();
    let body = Body::Reader { reader: &mut reader, length: data.len() as u64 };
    client.send(request("PUT", &server.url("/"), body)).unwrap();
    assert!(receiver.recv().unwrap() == data);
    assert_eq!(server.count(), 1);
}

#[test]
fn a_reader_that_ends_early_is_the_callers_fault() {
    let server = Server::canned("");
    let mut reader = Once(Cursor::new("short"));
    let body = Body::Reader { reader: &mut reader, length: 10 };
    assert!(matches!(client().send(request("PUT", &server.url("/"), body)), Err(HttpError::Body(_))));
}

#[test]
fn expect_waits_for_the_go_ahead() {
    let server = Server::start(|stream, _| {
        while let Some(head) = read_head(stream) {
            assert!(head.contains("Expect: 100-continue"));
            stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
            assert!(stream.read(&mut [0]).is_err(), "the body must wait");
            stream.set_read_timeout(None).unwrap();
            stream.write_all(b"HTTP/1.1 100 Continue\r\nConnection: keep-alive\r\n\r\n").unwrap();
            let mut body = [0; 5];
            stream.read_exact(&mut body).unwrap();
            assert_eq!(&body, b"hello");
            stream.write_all(OK).unwrap();
        }
    });
    let (client, url, headers) = (client(), server.url("/"), [header("Expect", "100-continue")]);
    for _ in 0..2 {
        let request =
            Request { headers: &headers, expect_continue: true, ..request("PUT", &url, Body::Bytes(b"hello")) };
        assert_eq!(client.send(request).unwrap().status, 200);
    }
    assert_eq!(server.count(), 1);
}

#[test]
fn expect_may_be_refused_or_ignored() {
    let server = Server::start(|stream, number| {
        read_head(stream);
        if number == 0 {
            stream.write_all(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: x\r\nContent-Length: 0\r\n\r\n").unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).unwrap();
            assert!(rest.is_empty(), "no body after a refusal");
        } else {
            let mut body = [0; 5];
            stream.read_exact(&mut body).unwrap();
            stream.write_all(OK).unwrap();
        }
    });
    let (client, url) = (client(), server.url("/"));
    let send = || {
        client.send(Request { expect_continue: true, ..request("PUT", &url, Body::Bytes(b"hello")) }).unwrap().status
    };
    assert_eq!(send(), 307);
    let start = Instant::now();
    assert_eq!(send(), 200);
    assert!(start.elapsed() >= Duration::from_millis(900));
}

#[test]
fn an_early_answer_ends_the_upload() {
    // The server answers after the head and reads nothing more, with and without closing.
    for close in [false, true] {
        let server = Server::start(move |stream, _| {
            read_head(stream);
            stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno").unwrap();
            if !close {
                std::thread::sleep(Duration::from_secs(20));
            }
        });
        let data = vec![7; 64 << 20];
        let start = Instant::now();
        let mut response = client().send(request("PUT", &server.url("/"), Body::Bytes(&data))).unwrap();
        assert_eq!(response.status, 403);
        assert_eq!(response.body.read_to_vec(10).unwrap(), b"no");
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn a_late_go_ahead_does_not_end_the_upload() {
    let server = Server::start(|stream, _| {
        let head = read_head(stream).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        let mut body = vec![0; common::content_length(&head)];
        stream.read_exact(&mut body).unwrap();
        stream.write_all(OK).unwrap();
    });
    let data = vec![7; 32 << 20];
    assert_eq!(client().send(request("PUT", &server.url("/"), Body::Bytes(&data))).unwrap().status, 200);
}

#[test]
fn refused_connections() {
    let error = get(&client(), &Url::parse("http://127.0.0.1:1/b?x").unwrap()).unwrap_err();
    assert!(matches!(error, HttpError::Connect { .. }));
    assert_eq!(error.to_string(), "Could not connect to the endpoint URL: \"http://127.0.0.1:1/b?x\"");
    let error = get(&client(), &Url::parse("https://127.0.0.1:1/").unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "Could not connect to the endpoint URL: \"https://127.0.0.1:1/\"");
}

#[test]
fn a_flag_ends_a_blocked_read_and_a_blocked_write() {
    let server = Server::start(|stream, _| {
        read_head(stream);
        std::thread::sleep(Duration::from_secs(20));
    });
    for body in [&[][..], &vec![0; 64 << 20]] {
        let cancel = Cancel::new();
        let options = Options { read_timeout: None, cancel: cancel.clone(), ..Options::default() };
        let start = Instant::now();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(100));
                cancel.cancel();
            });
            let result = Client::new(options).send(request("PUT", &server.url("/"), Body::Bytes(body)));
            assert!(matches!(result, Err(HttpError::Cancelled)));
        });
        assert!(start.elapsed() < Duration::from_secs(1));
    }
    let cancel = Cancel::new();
    cancel.cancel();
    let url = server.url("/");
    let request = Request { cancel: Some(cancel), ..request("GET", &url, Body::Empty) };
    assert!(matches!(client().send(request), Err(HttpError::Cancelled)));
}

#[test]
fn plain_requests_go_to_a_proxy_whole() {
    let server = Server::start(|stream, _| {
        while let Some((head, _)) = read_request(stream) {
            assert!(head.starts_with("GET http://example.test:81/a?b HTTP/1.1\r\nHost: example.test:81\r\n"), "{head}");
            assert!(head.contains("Proxy-Authorization: Basic dTpw\r\n"), "{head}");
            stream.write_all(OK).unwrap();
        }
    });
    let proxies = Proxies { http: Some(format!("u:p@127.0.0.1:{}", server.port)), ..Proxies::default() };
    let client = Client::new(Options { proxies, ..Options::default() });
    for _ in 0..2 {
        fetch(&client, &Url::parse("http://example.test:81/a?b").unwrap()).unwrap();
    }
    assert_eq!(server.count(), 1);
}

#[test]
fn proxies_that_fail() {
    let of = |proxy: String, url: &str| {
        let proxies = Proxies { http: Some(proxy.clone()), https: Some(proxy), ..Proxies::default() };
        let client = Client::new(Options { proxies, ..Options::default() });
        get(&client, &Url::parse(url).unwrap()).unwrap_err().to_string()
    };
    let expected = "Failed to connect to proxy URL: \"http://127.0.0.1:1\"";
    assert_eq!(of("http://127.0.0.1:1".into(), "http://example.test/"), expected);
    assert_eq!(of("127.0.0.1:1".into(), "https://example.test/"), expected);
    let server = Server::start(|stream, _| {
        let head = read_head(stream).unwrap();
        assert!(head.starts_with("CONNECT example.test:443 HTTP/1.1\r\n"), "{head}");
        stream.write_all(b"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n").unwrap();
    });
    let proxy = format!("http://127.0.0.1:{}", server.port);
    assert_eq!(of(proxy.clone(), "https://example.test/"), format!("Failed to connect to proxy URL: \"{proxy}\""));
}
