//! A proxy that tunnels (`CONNECT`), wherever it is asked to, to one place.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A running proxy. It listens until the process ends.
pub struct Proxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts a proxy whose tunnels all lead to `to`.
    ///
    /// # Errors
    /// When no port is to be had.
    pub fn start(to: SocketAddr) -> io::Result<Proxy> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let proxy = Proxy { address: listener.local_addr()?, heads: Arc::default() };
        let heads = Arc::clone(&proxy.heads);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let heads = Arc::clone(&heads);
                thread::spawn(move || tunnel(stream, to, &heads));
            }
        });
        Ok(proxy)
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The heads of the requests for a tunnel so far, lines ending as sent.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn tunnel(stream: TcpStream, to: SocketAddr, heads: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 0 && !head.ends_with("\r\n\r\n") {}
    let wanted = head.starts_with("CONNECT ");
    heads.lock().unwrap_or_else(PoisonError::into_inner).push(head);
    if !wanted {
        return (&stream).write_all(b"HTTP/1.1 405 Method not allowed\r\nContent-Length: 0\r\n\r\n");
    }
    let far = TcpStream::connect(to)?;
    (&stream).write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut far_reader, mut near_writer) = (far.try_clone()?, stream);
    let back = thread::spawn(move || {
        let _ = io::copy(&mut far_reader, &mut near_writer);
        let _ = near_writer.shutdown(Shutdown::Both);
    });
    let mut far_writer = far;
    let _ = io::copy(&mut reader, &mut far_writer);
    let _ = far_writer.shutdown(Shutdown::Both);
    let _ = back.join();
    Ok(())
}
