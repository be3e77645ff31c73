//! A server on loopback that answers whatever it is asked with the same bytes, then closes the connection. Targets for
//! the HTTP client go through it, because the client reads from sockets only.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use oxaws_http::{Body, Client, HttpError, Options, Proxies, Request, Url};

/// Nothing on loopback takes longer; a target that waits for a timeout would test nothing but the clock.
const PATIENCE: Duration = Duration::from_millis(500);
/// The longest body that is read, in bytes.
const MAX_BODY: usize = 1 << 20;

/// Sends one GET to `url` and reads the whole response to it, which is `answer`. With `through_proxy` the server is a
/// proxy for it. Returns the status and the body.
///
/// # Errors
/// Whatever the client makes of the answer.
pub fn ask(answer: &[u8], url: &str, through_proxy: bool) -> Result<(u16, Vec<u8>), HttpError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::scope(|scope| {
        scope.spawn(|| serve(&listener, answer));
        let result = send(address, url, through_proxy);
        // A client that refused to send has left the server waiting.
        let _ = std::net::TcpStream::connect(address);
        result
    })
}

fn serve(listener: &TcpListener, answer: &[u8]) {
    let Ok((mut stream, _)) = listener.accept() else { return };
    // The client's head is short enough to come at once; what it says doesn't matter.
    let _ = stream.set_read_timeout(Some(PATIENCE));
    let _ = stream.read(&mut [0; 4096]);
    let _ = stream.write_all(answer);
}

fn send(address: SocketAddr, url: &str, through_proxy: bool) -> Result<(u16, Vec<u8>), HttpError> {
    let proxy = through_proxy.then(|| format!("http://{address}"));
    let client = Client::new(Options {
        connect_timeout: Some(PATIENCE),
        read_timeout: Some(PATIENCE),
        proxies: Proxies { http: proxy.clone(), https: proxy, no_proxy: None },
        ..Options::default()
    });
    let url = Url::parse(&url.replace("{ADDRESS}", &address.to_string()))?;
    let request =
        Request { method: "GET", url: &url, headers: &[], body: Body::Empty, expect_continue: false, cancel: None };
    let mut response = client.send(request)?;
    let body = response.body.read_to_vec(MAX_BODY)?;
    Ok((response.status, body))
}
