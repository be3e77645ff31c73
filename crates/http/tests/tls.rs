//! TLS against a server with a certificate made for the test.

#![allow(clippy::unwrap_used)] // the helpers; clippy knows only test functions as tests

mod common;

use common::{Server, content_length, get, read_head, request};
use oxaws_http::{Body, Client, HttpError, Options, Proxies, Url};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;

/// A server's TLS settings and the file that makes a client trust it.
struct Tls {
    config: Arc<ServerConfig>,
    bundle: PathBuf,
}

impl Tls {
    fn new(name: &str, hosts: &[&str], authority: bool) -> Tls {
        Tls::of_versions(name, hosts, authority, rustls::ALL_VERSIONS)
    }

    fn of_versions(
        name: &str,
        hosts: &[&str],
        authority: bool,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Tls {
        let mut params = CertificateParams::new(hosts.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>()).unwrap();
        if authority {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        let key = KeyPair::generate().unwrap();
        let cert = params.self_signed(&key).unwrap();
        let bundle = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pem"));
        std::fs::write(&bundle, cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        Tls { config: Arc::new(config), bundle }
    }

    /// Answers each request with its body, or with `large` bytes where it is empty.
    fn serve(&self, large: usize) -> Server {
        let config = Arc::clone(&self.config);
        Server::start(move |stream, _| echo(stream.try_clone().unwrap(), &config, large))
    }

    fn client(&self) -> Client {
        Client::new(Options { ca_bundle: Some(self.bundle.clone()), ..Options::default() })
    }
}

fn echo(stream: TcpStream, config: &Arc<ServerConfig>, large: usize) {
    let mut tls = StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream);
    while let Some(head) = read_head(&mut tls) {
        let mut body = vec![0; content_length(&head)];
        tls.read_exact(&mut body).unwrap();
        if body.is_empty() {
            body = (0..large).map(|i| (i / 5) as u8).collect();
        }
        let answer = [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), &body].concat();
        tls.write_all(&answer).unwrap();
    }
}

fn url(server: &Server) -> Url {
    Url::parse(&format!("https://localhost:{}/", server.port)).unwrap()
}

#[test]
fn bodies_both_ways_on_one_connection() {
    let tls = Tls::new("both", &["localhost"], false);
    let (server, client) = (tls.serve(3_000_000), tls.client());
    let data: Vec<u8> = (0..5_000_000u32).map(|i| (i / 3) as u8).collect();
    for _ in 0..2 {
        let mut response = client.send(request("PUT", &url(&server), Body::Bytes(&data))).unwrap();
        assert!(response.body.read_to_vec(usize::MAX).unwrap() == data);
        let body = get(&client, &url(&server)).unwrap().body.read_to_vec(usize::MAX).unwrap();
        assert!(body.len() == 3_000_000 && body.iter().enumerate().all(|(i, b)| *b == (i / 5) as u8));
    }
    assert_eq!(server.count(), 1);
}

#[test]
fn a_server_certificate_in_the_bundle_is_trusted_even_as_an_authority() {
    let tls = Tls::new("authority", &["localhost"], true);
    let server = tls.serve(5);
    assert_eq!(get(&tls.client(), &url(&server)).unwrap().status, 200);
}

#[test]
fn certificates_that_are_not_trusted() {
    let tls = Tls::new("untrusted", &["localhost"], false);
    let server = tls.serve(5);
    let error = get(&Client::new(Options::default()), &url(&server)).unwrap_err();
    assert!(matches!(&error, HttpError::Tls { .. }));
    let expected = format!(
        "SSL validation failed for {} [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: \
                            self-signed certificate (_ssl.c:1006)",
        url(&server)
    );
    assert_eq!(error.to_string(), expected);
    let trusting = Client::new(Options { verify: false, ..Options::default() });
    assert_eq!(get(&trusting, &url(&server)).unwrap().status, 200);
}

#[test]
fn certificates_for_someone_else() {
    for authority in [false, true] {
        let tls = Tls::new(&format!("other-{authority}"), &["elsewhere.test"], authority);
        let server = tls.serve(5);
        let error = get(&tls.client(), &url(&server)).unwrap_err().to_string();
        assert!(error.ends_with(" hostname 'localhost' doesn't match 'elsewhere.test'"), "{error}");
    }
}

#[test]
fn a_missing_bundle_matters_only_with_tls() {
    let client = Client::new(Options { ca_bundle: Some("nosuch.pem".into()), ..Options::default() });
    let plain = Server::canned("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(get(&client, &plain.url("/")).unwrap().status, 200);
    let error = get(&client, &url(&plain)).unwrap_err();
    assert!(matches!(&error, HttpError::Tls { reason, .. } if reason == "[Errno 2] No such file or directory"));
}

#[test]
fn peers_that_do_not_speak_tls() {
    let plain = Server::start(|stream, _| {
        let _ = stream.read(&mut [0; 5]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad request\r\n\r\n");
    });
    let error = get(&Client::new(Options::default()), &url(&plain)).unwrap_err();
    let expected = "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)";
    assert!(matches!(&error, HttpError::Tls { reason, .. } if reason == expected), "{error:?}");
    let silent = Server::start(|stream, _| {
        let _ = stream.read(&mut [0; 4096]);
    });
    let error = get(&Client::new(Options::default()), &url(&silent)).unwrap_err();
    assert!(matches!(&error, HttpError::Tls { reason, .. } if reason.contains("EOF occurred")), "{error:?}");
}

#[test]
fn through_a_tunnel() {
    let tls = Tls::new("tunnel", &["far.test"], false);
    let config = Arc::clone(&tls.config);
    let proxy = Server::start(move |stream, _| {
        let head = read_head(stream).unwrap();
        assert!(head.starts_with("CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\nProxy-Authorization: Basic"));
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
        echo(stream.try_clone().unwrap(), &config, 5);
    });
    let proxies = Proxies { https: Some(format!("http://u:p@127.0.0.1:{}", proxy.port)), ..Proxies::default() };
    let client = Client::new(Options { proxies, ca_bundle: Some(tls.bundle.clone()), ..Options::default() });
    let far = Url::parse("https://far.test/x").unwrap();
    for _ in 0..2 {
        assert_eq!(get(&client, &far).unwrap().body.read_to_vec(9).unwrap(), [0, 0, 0, 0, 0]);
    }
    assert_eq!(proxy.count(), 1);
}

#[test]
fn through_a_tunnel_inside_tls() {
    let near = Tls::new("near", &["localhost"], false);
    let far = Tls::new("far", &["far.test"], false);
    let (outer, inner) = (Arc::clone(&near.config), Arc::clone(&far.config));
    let proxy = Server::start(move |stream, _| {
        let mut tls = StreamOwned::new(ServerConnection::new(Arc::clone(&outer)).unwrap(), stream.try_clone().unwrap());
        read_head(&mut tls).unwrap();
        tls.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let mut tls = StreamOwned::new(ServerConnection::new(Arc::clone(&inner)).unwrap(), tls);
        read_head(&mut tls).unwrap();
        tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").unwrap();
        tls.flush().unwrap();
    });
    let options = Options {
        proxies: Proxies { https: Some(format!("https://localhost:{}", proxy.port)), ..Proxies::default() },
        ca_bundle: Some(far.bundle.clone()),
        proxy_ca_bundle: Some(near.bundle.clone()),
        ..Options::default()
    };
    let mut response = get(&Client::new(options), &Url::parse("https://far.test/").unwrap()).unwrap();
    assert_eq!(response.body.read_to_vec(9).unwrap(), b"hi");
}

type Session = StreamOwned<ServerConnection, TcpStream>;

/// A server that does what it likes with each connection once a request's head has come.
fn server(tls: &Tls, serve: impl Fn(Session) + Send + Sync + 'static) -> Server {
    let config = Arc::clone(&tls.config);
    Server::start(move |stream, _| {
        // An answer is not to wait for the acknowledgement of a session ticket.
        stream.set_nodelay(true).expect("an open socket");
        let mut session = StreamOwned::new(
            ServerConnection::new(Arc::clone(&config)).expect("a sound configuration"),
            stream.try_clone().expect("an open socket"),
        );
        if read_head(&mut session).is_some() {
            serve(session);
        }
    })
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i / 7 + i / 70_001) as u8).collect()
}

fn head_of(length: usize) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into_bytes()
}

#[test]
fn bodies_both_ways_in_records_of_any_size_with_either_version() {
    let data = pattern(700_001);
    for (name, version) in [("v12", &rustls::version::TLS12), ("v13", &rustls::version::TLS13)] {
        for size in [32, 1000, 16_384] {
            let mut tls = Tls::of_versions(&format!("{name}-{size}"), &["localhost"], false, &[version]);
            Arc::get_mut(&mut tls.config).expect("nobody else has it yet").max_fragment_size = Some(size);
            let (server, client) = (tls.serve(5), tls.client());
            for _ in 0..2 {
                let mut body = client.send(request("PUT", &url(&server), Body::Bytes(&data))).expect("an answer").body;
                // Into buffers of all sizes: smaller than a record, and larger than several.
                let (mut got, mut room) = (Vec::new(), vec![0; 100_000]);
                for step in [1, 10, 9_000, 16_383, 16_385, 100_000].into_iter().cycle() {
                    let n = body.read_some(&mut room[..step]).expect("more of the body");
                    if n == 0 {
                        break;
                    }
                    got.extend_from_slice(&room[..n]);
                }
                assert!(got == data, "{name} {size}");
            }
            assert_eq!(server.count(), 1);
        }
    }
}

#[test]
fn keys_change_in_the_middle_of_a_body() {
    let tls = Tls::of_versions("keys", &["localhost"], false, &[&rustls::version::TLS13]);
    let data = pattern(1_000_000);
    let sent = data.clone();
    let server = server(&tls, move |mut session| {
        loop {
            session.write_all(&head_of(sent.len())).expect("the client reads");
            for piece in sent.chunks(90_000) {
                session.write_all(piece).expect("the client reads");
                // Asks the client to change its keys too.
                session.conn.refresh_traffic_keys().expect("TLS 1.3");
            }
            session.flush().expect("the client reads");
            if read_head(&mut session).is_none() {
                break;
            }
        }
    });
    let client = tls.client();
    for _ in 0..3 {
        assert!(
            get(&client, &url(&server)).expect("an answer").body.read_to_vec(usize::MAX).expect("the whole body")
                == data
        );
    }
    assert_eq!(server.count(), 1);
}

#[test]
fn ends_with_and_without_a_farewell() {
    let tls = Tls::new("ends", &["localhost"], false);
    let server = server(&tls, |mut session| {
        session.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end").expect("the client reads");
        session.conn.send_close_notify();
        session.flush().expect("the client reads");
        // Nothing that follows a farewell counts.
        session.sock.write_all(b"noise").expect("the client reads");
    });
    assert_eq!(
        get(&tls.client(), &url(&server)).expect("an answer").body.read_to_vec(99).expect("the whole body"),
        b"until the end"
    );
    let server = self::server(&tls, |mut session| {
        session.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end").expect("the client reads");
    });
    assert_eq!(
        get(&tls.client(), &url(&server)).expect("an answer").body.read_to_vec(99).expect("the whole body"),
        b"until the end"
    );
    for farewell in [false, true] {
        let server = self::server(&tls, move |mut session| {
            session.write_all(&head_of(100_000)).expect("the client reads");
            session.write_all(&pattern(60_000)).expect("the client reads");
            if farewell {
                session.conn.send_close_notify();
                session.flush().expect("the client reads");
            }
        });
        let error = get(&tls.client(), &url(&server)).expect("an answer").body.read_to_vec(usize::MAX).unwrap_err();
        let expected =
            HttpError::Truncated { url: url(&server).as_str().into(), read: 60_000, expected: Some(100_000) };
        assert_eq!(format!("{error:?}"), format!("{expected:?}"));
    }
}

#[test]
fn a_record_that_was_tampered_with_ends_the_connection_with_an_alert() {
    let tls = Tls::new("tampered", &["localhost"], false);
    let (told, alert) = std::sync::mpsc::channel();
    let server = server(&tls, move |mut session| {
        session.write_all(&head_of(100_000)).expect("the client reads");
        session.write_all(&pattern(20_000)).expect("the client reads");
        session.flush().expect("the client reads");
        session.sock.write_all(b"\x17\x03\x03\x00\x20this is what no one has encrypted").expect("the client reads");
        let error = session.read(&mut [0; 9]).unwrap_err();
        told.send(error.to_string()).expect("the test listens");
    });
    let error = get(&tls.client(), &url(&server)).expect("an answer").body.read_to_vec(usize::MAX).unwrap_err();
    assert!(
        matches!(&error, HttpError::Tls { reason, .. } if reason.contains("DECRYPTION_FAILED_OR_BAD_RECORD_MAC")),
        "{error:?}"
    );
    let alert = alert.recv_timeout(std::time::Duration::from_secs(10)).expect("the server tells");
    assert_eq!(alert, "received fatal alert: BadRecordMac");
}

#[test]
fn a_fatal_alert_ends_the_handshake() {
    let server = Server::start(|stream, _| {
        let _ = stream.read(&mut [0; 5]);
        let _ = stream.write_all(b"\x15\x03\x03\x00\x02\x02\x28");
    });
    let error = get(&Client::new(Options::default()), &url(&server)).unwrap_err();
    let expected = "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] ssl/tls alert handshake failure (_ssl.c:1006)";
    assert!(matches!(&error, HttpError::Tls { reason, .. } if reason == expected), "{error:?}");
}

#[test]
fn an_early_answer_ends_the_upload() {
    let tls = Tls::new("early", &["localhost"], false);
    for close in [false, true] {
        let server = server(&tls, move |mut session| {
            session.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno").expect("the client reads");
            session.flush().expect("the client reads");
            if !close {
                std::thread::sleep(std::time::Duration::from_secs(20));
            }
        });
        let data = vec![7; 64 << 20];
        let start = std::time::Instant::now();
        let mut response = tls.client().send(request("PUT", &url(&server), Body::Bytes(&data))).expect("an answer");
        assert_eq!(response.status, 403);
        assert_eq!(response.body.read_to_vec(10).expect("the whole body"), b"no");
        assert!(start.elapsed() < std::time::Duration::from_secs(10));
    }
}

#[test]
fn a_handshake_in_many_pieces() {
    // A certificate for so many names that its message takes several records.
    let names: Vec<String> = (0..1_500).map(|i| format!("host-{i}.example.test")).collect();
    let mut hosts: Vec<&str> = names.iter().map(String::as_str).collect();
    hosts.push("localhost");
    let mut tls = Tls::new("pieces", &hosts, false);
    for size in [None, Some(32), Some(1000)] {
        Arc::get_mut(&mut tls.config).expect("nobody else has it yet").max_fragment_size = size;
        let server = tls.serve(5);
        assert_eq!(get(&tls.client(), &url(&server)).expect("an answer").status, 200);
        // The server's threads hold the settings: others for the next.
        tls.config = Arc::new((*tls.config).clone());
    }
}

#[test]
fn noise_in_place_of_a_handshake() {
    let server = Server::start(|stream, number| {
        let _ = stream.read(&mut [0; 5]);
        // A header that looks right half of the time, and bytes that don't.
        let mut state = number as u64 + 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        let mut noise: Vec<u8> = (0..40_000).map(|_| next()).collect();
        if number % 2 == 0 {
            noise[..6].copy_from_slice(&[20 + next() % 4, 3, 3, next() % 70, next(), next() % 25]);
        }
        let _ = stream.write_all(&noise[..1 << (number % 15)]);
    });
    let client = Client::new(Options::default());
    for _ in 0..200 {
        assert!(get(&client, &url(&server)).is_err());
    }
}

#[test]
fn aes_128_is_the_first_choice_of_two_that_are_safe() {
    for (name, version, expected) in [
        ("first12", &rustls::version::TLS12, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
        ("first13", &rustls::version::TLS13, "TLS13_AES_128_GCM_SHA256"),
    ] {
        let tls = Tls::of_versions(name, &["localhost"], false, &[version]);
        let (told, suite) = std::sync::mpsc::channel();
        let server = server(&tls, move |mut session| {
            let suite = session.conn.negotiated_cipher_suite().expect("hands were shaken").suite();
            told.send(format!("{suite:?}")).expect("the test listens");
            session.write_all(&head_of(0)).expect("the client reads");
        });
        get(&tls.client(), &url(&server)).expect("an answer");
        assert_eq!(suite.recv_timeout(std::time::Duration::from_secs(10)).expect("the server tells"), expected);
    }
}
