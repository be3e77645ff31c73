//! One TCP connection: blocking reads in slices so that a flag or a time limit can end them, writes that notice when the
//! peer speaks first.

use crate::cancel::Cancel;
use crate::error::Fault;
use crate::options::Options;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SendAncillaryBuffer, SendFlags, SocketFlags, SocketType, sockopt};
use std::io::{self, IoSlice, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The longest a call blocks before it looks at its flags.
const SLICE: Duration = Duration::from_millis(250);

/// The flags that end a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    pub(crate) client: Cancel,
    pub(crate) request: Option<Cancel>,
}

impl Stop {
    pub(crate) fn check(&self) -> Result<(), Fault> {
        if self.client.is_cancelled() || self.request.as_ref().is_some_and(Cancel::is_cancelled) {
            return Err(Fault::Cancelled);
        }
        Ok(())
    }
}

/// What a write came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrote {
    /// So many bytes were taken.
    Bytes(usize),
    /// None were, and the peer has sent something (or closed).
    PeerSpoke,
}

/// A connected socket.
#[derive(Debug)]
pub(crate) struct Socket {
    tcp: TcpStream,
    /// How long a call may wait for the peer.
    pub(crate) limit: Option<Duration>,
    pub(crate) stop: Stop,
    /// How long the system lets a read block.
    slice: Duration,
}

impl Socket {
    /// Connects to one address within the options' connect timeout, which stays the limit until it is set anew.
    pub(crate) fn connect(address: SocketAddr, options: &Options, stop: Stop) -> Result<Self, Fault> {
        stop.check()?;
        let limit = options.connect_timeout;
        let least = Duration::from_millis(1);
        let slice = [limit, options.read_timeout].into_iter().flatten().fold(SLICE, Duration::min).max(least);
        let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        // Non-blocking, so that waiting for the handshake can be cut short.
        #[cfg(not(target_vendor = "apple"))]
        let fd =
            rustix::net::socket_with(family, SocketType::STREAM, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, None)
                .map_err(system)?;
        #[cfg(target_vendor = "apple")]
        let fd = {
            let fd =
                rustix::net::socket_with(family, SocketType::STREAM, SocketFlags::empty(), None).map_err(system)?;
            rustix::io::fcntl_setfd(&fd, rustix::io::FdFlags::CLOEXEC).map_err(system)?;
            rustix::io::ioctl_fionbio(&fd, true).map_err(system)?;
            fd
        };
        let started = rustix::net::connect(&fd, &address);
        let socket = Socket { tcp: TcpStream::from(fd), limit, stop, slice };
        match started {
            Ok(()) => {}
            Err(Errno::INPROGRESS | Errno::INTR | Errno::AGAIN) => {
                socket.wait(PollFlags::OUT, limit)?;
                sockopt::socket_error(&socket.tcp).map_err(system)?.map_err(system)?;
            }
            Err(error) => return Err(system(error)),
        }
        socket.tcp.set_nonblocking(false).map_err(Fault::Io)?;
        socket.tcp.set_read_timeout(Some(slice)).map_err(Fault::Io)?;
        // Both are wishes; a connection without them still works.
        let _ = socket.tcp.set_nodelay(true);
        if options.tcp_keepalive {
            let _ = sockopt::set_socket_keepalive(&socket.tcp, true);
        }
        Ok(socket)
    }

    /// Reads what is there, or waits for it. 0 means that the peer closed.
    pub(crate) fn recv(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        let mut since: Option<Instant> = None;
        self.stop.check()?;
        loop {
            match self.tcp.read(out) {
                Ok(n) => return Ok(n),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => self.stop.check()?,
                Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    self.stop.check()?;
                    // The clock is only asked once a slice has passed.
                    let start = *since.get_or_insert_with(|| {
                        let now = Instant::now();
                        now.checked_sub(self.slice).unwrap_or(now)
                    });
                    if self.limit.is_some_and(|limit| start.elapsed() >= limit) {
                        return Err(Fault::Timeout);
                    }
                }
                Err(e) => return Err(Fault::Io(e)),
            }
        }
    }

    /// Writes some of `bufs`, waiting for room. With `watch`, gives up waiting as soon as the peer speaks.
    pub(crate) fn write_some(&mut self, bufs: &[IoSlice<'_>], watch: bool) -> Result<Wrote, Fault> {
        self.stop.check()?;
        #[cfg(not(target_vendor = "apple"))]
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        #[cfg(target_vendor = "apple")]
        let flags = SendFlags::DONTWAIT;
        loop {
            match rustix::net::sendmsg(&self.tcp, bufs, &mut SendAncillaryBuffer::default(), flags) {
                Ok(n) => return Ok(Wrote::Bytes(n)),
                Err(Errno::INTR) => self.stop.check()?,
                Err(Errno::AGAIN) => {
                    let interest = if watch { PollFlags::OUT | PollFlags::IN } else { PollFlags::OUT };
                    let ready = self.wait(interest, self.limit)?;
                    if watch && ready.contains(PollFlags::IN) {
                        return Ok(Wrote::PeerSpoke);
                    }
                }
                Err(error) => return Err(system(error)),
            }
        }
    }

    /// Whether there is something to read (or the end) right now, or within `limit`.
    pub(crate) fn readable_within(&self, limit: Duration) -> Result<bool, Fault> {
        match self.wait(PollFlags::IN, Some(limit)) {
            Ok(_) => Ok(true),
            Err(Fault::Timeout) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Waits in slices. An error or hang-up counts as ready: the next call says what it is.
    fn wait(&self, interest: PollFlags, limit: Option<Duration>) -> Result<PollFlags, Fault> {
        let start = limit.filter(|l| !l.is_zero()).map(|_| Instant::now());
        loop {
            self.stop.check()?;
            let left = match (limit, start) {
                (Some(limit), Some(start)) => limit.saturating_sub(start.elapsed()),
                (Some(_), None) => Duration::ZERO,
                (None, _) => SLICE,
            };
            let step = left.min(SLICE);
            let time = Timespec { tv_sec: 0, tv_nsec: i64::from(step.subsec_nanos()) };
            let mut fds = [PollFd::new(&self.tcp, interest)];
            match poll(&mut fds, Some(&time)) {
                Ok(0) if limit.is_some() && left <= step => return Err(Fault::Timeout),
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return Ok(fds[0].revents()),
                Err(error) => return Err(system(error)),
            }
        }
    }
}

fn system(error: Errno) -> Fault {
    Fault::Io(error.into())
}
