//! Responses in all their framings, whole and broken.

#![allow(clippy::unwrap_used)] // the helpers; clippy knows only test functions as tests

mod common;

use common::{Server, client, fetch, get, read_head, read_request, request};
use oxaws_http::{Body, Client, HttpError, Options};
use proptest::prelude::*;
use std::io::{Read, Write};
use std::time::Duration;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

#[test]
fn connections_are_used_again() {
    let server = Server::canned(OK);
    let client = client();
    for _ in 0..20 {
        assert_eq!(fetch(&client, &server.url("/")).unwrap(), b"hello");
    }
    assert_eq!(server.count(), 1);
    // An unread body that came with its head doesn't cost the connection.
    drop(get(&client, &server.url("/")).unwrap());
    fetch(&client, &server.url("/")).unwrap();
    assert_eq!(server.count(), 1);
}

#[test]
fn threads_share_connections() {
    let server = Server::canned(OK);
    let client = client();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(fetch(&client, &server.url("/")).unwrap(), b"hello");
                }
            });
        }
    });
    assert!(server.count() <= 4, "{}", server.count());
}

#[test]
fn chunked_bodies() {
    let server = Server::start(|stream, _| {
        while read_request(stream).is_some() {
            for part in [
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhel",
                "lo\r\nA\r\n wor",
                "ld....\r\n0\r\nX: y\r\n\r",
                "\n",
            ] {
                stream.write_all(part.as_bytes()).unwrap();
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    });
    let client = client();
    for _ in 0..3 {
        assert_eq!(fetch(&client, &server.url("/")).unwrap(), b"hello world....");
    }
    assert_eq!(server.count(), 1);
}

#[test]
fn bodies_until_the_end_of_the_connection() {
    let server = Server::start(|stream, _| {
        read_request(stream);
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nall of it").unwrap();
    });
    let mut response = get(&client(), &server.url("/")).unwrap();
    assert_eq!(response.body.length(), None);
    assert_eq!(response.body.read_to_vec(usize::MAX).unwrap(), b"all of it");
}

#[test]
fn no_body_where_there_is_none() {
    let server = Server::start(|stream, _| {
        while let Some((head, _)) = read_request(stream) {
            let answer = match head.split(' ').next().unwrap() {
                "HEAD" => "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
                "DELETE" => "HTTP/1.1 204 No Content\r\n\r\n",
                _ => "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
            };
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let client = client();
    for method in ["HEAD", "DELETE", "GET"] {
        let mut response = client.send(request(method, &server.url("/"), Body::Empty)).unwrap();
        assert_eq!(response.body.read_to_vec(9).unwrap(), b"");
    }
    assert_eq!(server.count(), 1);
}

#[test]
fn connection_close_is_obeyed() {
    let server = Server::canned("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
    let client = client();
    fetch(&client, &server.url("/")).unwrap();
    fetch(&client, &server.url("/")).unwrap();
    assert_eq!(server.count(), 2);
}

#[test]
fn interim_heads_are_skipped() {
    let server = Server::canned(
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    );
    assert_eq!(fetch(&client(), &server.url("/")).unwrap(), b"hello");
}

#[test]
fn heads_in_pieces_and_large_ones() {
    let server = Server::start(|stream, _| {
        read_request(stream);
        let filler = format!("X-Filler: {}\r\n", "y".repeat(60_000));
        for b in b"HTTP/1.1 200 OK\r\nContent-Le" {
            stream.write_all(&[*b]).unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
        stream.write_all(b"ngth: 2\r\n").unwrap();
        stream.write_all(filler.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(5));
        stream.write_all(b"\r").unwrap();
        std::thread::sleep(Duration::from_millis(5));
        stream.write_all(b"\nab").unwrap();
    });
    let mut response = get(&client(), &server.url("/")).unwrap();
    assert_eq!(response.headers.get("x-filler").unwrap().len(), 60_000);
    assert_eq!(response.body.read_to_vec(2).unwrap(), b"ab");
}

#[test]
fn a_large_body_comes_whole() {
    const SIZE: usize = 20 << 20;
    let server = Server::start(|stream, _| {
        while read_request(stream).is_some() {
            let body: Vec<u8> = (0..SIZE).map(|i| (i / 7) as u8).collect();
            stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\n\r\n").as_bytes()).unwrap();
            stream.write_all(&body).unwrap();
        }
    });
    let body = fetch(&client(), &server.url("/")).unwrap();
    assert_eq!(body.len(), SIZE);
    assert!(body.iter().enumerate().all(|(i, b)| *b == (i / 7) as u8));
    let mut response = get(&client(), &server.url("/")).unwrap();
    assert!(matches!(response.body.read_to_vec(1 << 20), Err(HttpError::TooLarge { limit: 1048576, .. })));
}

fn broken(answer: &'static str) -> HttpError {
    let server = Server::start(move |stream, _| {
        read_request(stream);
        stream.write_all(answer.as_bytes()).unwrap();
    });
    fetch(&client(), &server.url("/p?q")).unwrap_err()
}

#[test]
fn broken_responses_have_typed_errors() {
    let cut = broken("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabcd");
    assert!(matches!(cut, HttpError::Truncated { read: 4, expected: Some(500), .. }), "{cut:?}");
    assert!(cut.streaming_message().ends_with(
        "('Connection broken: IncompleteRead(4 bytes read, 496 more expected)', IncompleteRead(4 bytes read, 496 more expected))"
    ));
    let cut = broken("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<abc");
    assert!(matches!(cut, HttpError::Truncated { read: 4, expected: None, .. }), "{cut:?}");
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\nA: b",
        "HTTP/1.1 abc Foo\r\n\r\n",
        "SSH-2.0-x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<abc",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nhello",
        "HTTP/1.1 404 No\r\nContent-Length: -1\r\n\r\nhello",
    ] {
        let error = broken(answer);
        assert!(matches!(error, HttpError::Closed { .. }), "{answer:?} {error:?}");
        assert!(error.is_transient());
        let message = error.to_string();
        assert!(message.starts_with(
            "Connection was closed before we received a valid response from endpoint URL: \"http://127.0.0.1:"
        ));
        assert!(message.ends_with("/p?q\"."), "{message}");
    }
}

/// Serves `start` and then `again` until the client hangs up.
fn endless(start: &'static str, again: &'static str) -> HttpError {
    let server = Server::start(move |stream, _| {
        read_request(stream);
        let mut sent = stream.write_all(start.as_bytes());
        while sent.is_ok() {
            sent = stream.write_all(again.as_bytes());
        }
    });
    fetch(&client(), &server.url("/")).unwrap_err()
}

#[test]
fn responses_without_an_end_are_given_up() {
    for (start, again) in [
        ("", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
        ("", "A: b\r\n"),
        ("HTTP/1.1 200 OK\r\n", "A: b\r\n"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x"),
    ] {
        let error = endless(start, again);
        assert!(matches!(error, HttpError::Closed { .. }), "{start:?} {again:?}: {error:?}");
    }
}

#[test]
fn interim_heads_are_counted_for_each_request() {
    let server = Server::start(|stream, _| {
        while read_request(stream).is_some() {
            stream.write_all("HTTP/1.1 100 Continue\r\n\r\n".repeat(100).as_bytes()).unwrap();
            stream.write_all(OK.as_bytes()).unwrap();
        }
    });
    let client = client();
    for _ in 0..2 {
        assert_eq!(fetch(&client, &server.url("/")).unwrap(), b"hello");
    }
    assert_eq!(server.count(), 1);
}

/// What a chunked body says, read in the plainest way; `None` where it breaks a rule or isn't whole.
fn chunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    fn line<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
        let end = bytes.iter().position(|b| *b == b'\n')?;
        let line = &bytes[..end];
        *bytes = &bytes[end + 1..];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
    let mut out = Vec::new();
    loop {
        let size = line(&mut bytes)?.split(|b| *b == b';').next()?.trim_ascii();
        let digits = std::str::from_utf8(size).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let size = usize::from_str_radix(digits, 16).ok()?;
        if size == 0 {
            while !line(&mut bytes)?.is_empty() {}
            return Some(out);
        }
        out.extend_from_slice(bytes.get(..size)?);
        bytes = &bytes[size..];
        line(&mut bytes)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// Chunks and trailers of any kind: what is read is what was sent, or an error, and never a wait without end.
    #[test]
    fn chunks_and_trailers(parts in proptest::collection::vec(
        prop_oneof![
            Just("3\r\nabc\r\n".to_owned()),
            Just("0\r\n".to_owned()),
            Just("\r\n".to_owned()),
            Just("A: b\r\n".to_owned()),
            "[0-9a-fA-F;= \r\n]{0,12}",
            any::<String>(),
        ],
        0..6,
    )) {
        let body = parts.concat().into_bytes();
        let expected = chunked(&body);
        let server = Server::start(move |stream, _| {
            read_request(stream);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            let _ = stream.write_all(&body);
        });
        let client = Client::new(Options { read_timeout: Some(Duration::from_secs(20)), ..Options::default() });
        let found = fetch(&client, &server.url("/"));
        let waited = matches!(found, Err(HttpError::ReadTimeout { .. }));
        prop_assert!(!waited);
        prop_assert_eq!(found.ok(), expected);
    }
}

#[test]
fn reading_from_a_body_as_a_reader_keeps_the_typed_error() {
    let server = Server::start(|stream, _| {
        read_request(stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").unwrap();
    });
    let mut response = get(&client(), &server.url("/")).unwrap();
    let error = std::io::copy(&mut response.body, &mut std::io::sink()).unwrap_err();
    assert!(matches!(error.downcast::<HttpError>(), Ok(HttpError::Truncated { read: 3, .. })));
}

#[test]
fn a_connection_closed_while_idle_is_not_used() {
    let server = Server::start(|stream, _| {
        read_head(stream);
        stream.write_all(OK.as_bytes()).unwrap();
    });
    let client = client();
    for _ in 0..3 {
        fetch(&client, &server.url("/")).unwrap();
        std::thread::sleep(Duration::from_millis(30));
    }
    assert_eq!(server.count(), 3);
}

#[test]
fn only_a_stale_connection_gets_a_second_try() {
    // Each connection answers once and then drops the second request.
    let server = Server::start(|stream, _| {
        read_request(stream);
        stream.write_all(OK.as_bytes()).unwrap();
        read_request(stream);
    });
    let client = client();
    fetch(&client, &server.url("/")).unwrap();
    assert!(matches!(fetch(&client, &server.url("/")), Err(HttpError::Closed { .. })));
    assert_eq!(server.count(), 1);
    fetch(&client, &server.url("/")).unwrap();
    std::thread::sleep(Duration::from_millis(1100));
    fetch(&client, &server.url("/")).unwrap();
    assert_eq!(server.count(), 3);
}

#[test]
fn read_timeouts() {
    let server = Server::start(|stream, number| {
        read_request(stream);
        if number == 1 {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").unwrap();
        }
        std::thread::sleep(Duration::from_secs(5));
    });
    let client = Client::new(Options { read_timeout: Some(Duration::from_millis(150)), ..Options::default() });
    let error = fetch(&client, &server.url("/x")).unwrap_err();
    assert!(matches!(&error, HttpError::ReadTimeout { .. }), "{error:?}");
    assert_eq!(error.to_string(), format!("Read timeout on endpoint URL: \"{}\"", server.url("/x")));
    let mut response = get(&client, &server.url("/x")).unwrap();
    let mut out = [0; 9];
    assert_eq!(response.body.read(&mut out).unwrap(), 3);
    assert!(matches!(response.body.read_some(&mut out), Err(HttpError::ReadTimeout { .. })));
}
