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
            .with_safe_default_protocol_versions()
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
                            unable to get local issuer certificate (_ssl.c:1006)",
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
        assert!(error.contains("Hostname mismatch, certificate is not valid for 'localhost'."), "{error}");
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
