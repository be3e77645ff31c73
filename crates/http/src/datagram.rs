//! Datagrams: sent and forgotten.

use std::net::{Ipv4Addr, Ipv6Addr, ToSocketAddrs, UdpSocket};

/// A place that datagrams are sent to. Nobody need be there.
#[derive(Debug)]
pub struct Datagrams {
    socket: UdpSocket,
}

impl Datagrams {
    /// For a host and a port; `None` where there is no way there.
    pub fn to(host: &str, port: u16) -> Option<Datagrams> {
        let address = (host, port).to_socket_addrs().ok()?.next()?;
        let socket = match address.is_ipv4() {
            true => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)),
            false => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)),
        };
        let socket = socket.ok()?;
        socket.connect(address).ok()?;
        Some(Datagrams { socket })
    }

    /// Sends one. Whether it arrives can't be told.
    pub fn send(&self, bytes: &[u8]) {
        let _ = self.socket.send(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_arrive_on_loopback() {
        let receiver = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = receiver.local_addr().unwrap().port();
        Datagrams::to("127.0.0.1", port).unwrap().send(b"hello");
        let mut bytes = [0; 16];
        let n = receiver.recv(&mut bytes).unwrap();
        assert_eq!(&bytes[..n], b"hello");
        assert!(Datagrams::to("", 1).is_none());
    }
}
