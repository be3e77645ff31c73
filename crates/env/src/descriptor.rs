//! A descriptor that the process was started with, by its number.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno, fcntl_dupfd_cloexec};
use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

/// Bytes that a pipe takes at once where it has room for any (`PIPE_BUF` of POSIX, which is at least 512).
const ATOMIC: usize = 512;

/// A copy of descriptor `number`, which programs that this one starts don't get. It must be asked for before the process
/// opens anything that stays open: later the number could be that of a connection.
///
/// # Errors
/// When there is no such descriptor.
pub fn inherited(number: u32) -> io::Result<OwnedFd> {
    let number = i32::try_from(number).map_err(|_| Errno::BADF)?;
    // Rust's runtime opens what is closed of the first three (see `start`).
    let closed = match number {
        0 => crate::start::is_closed(crate::Stream::Stdin),
        1 => crate::start::is_closed(crate::Stream::Stdout),
        2 => crate::start::is_closed(crate::Stream::Stderr),
        _ => false,
    };
    if closed {
        return Err(Errno::BADF.into());
    }
    // SAFETY: the number is used for this one system call, which says whether it is open. No safe function takes a number,
    // because a number may be a descriptor that another part of the program owns; none does yet when this is called.
    #[allow(unsafe_code)]
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    Ok(fcntl_dupfd_cloexec(borrowed, 3)?)
}

/// Writes all of `contents` to a pipe, terminal, socket or file, for at most `patience`.
///
/// # Errors
/// [`ErrorKind::TimedOut`] when the other side takes too long to read, and those of the system.
pub fn write_within(descriptor: impl AsFd, contents: &[u8], patience: Duration) -> io::Result<()> {
    let started = Instant::now();
    let mut left = contents;
    while !left.is_empty() {
        let Some(time) = patience.checked_sub(started.elapsed()) else { return Err(ErrorKind::TimedOut.into()) };
        let time = Timespec { tv_sec: time.as_secs().cast_signed(), tv_nsec: time.subsec_nanos().into() };
        let ready = poll(&mut [PollFd::new(&descriptor, PollFlags::OUT)], Some(&time));
        match ready {
            Ok(0) => return Err(ErrorKind::TimedOut.into()),
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        // What has room takes so much without waiting, whether or not the descriptor waits.
        match rustix::io::write(&descriptor, &left[..left.len().min(ATOMIC)]) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => left = &left[written..],
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_that_is_not_open() {
        assert_eq!(inherited(1_000_000).map_err(|e| e.raw_os_error()).err(), Some(Some(9)));
        assert_eq!(inherited(u32::MAX).map_err(|e| e.raw_os_error()).err(), Some(Some(9)));
    }

    #[test]
    fn a_pipe_that_nobody_reads_is_given_up() {
        let (reader, writer) = io::pipe().expect("a pipe");
        write_within(&writer, b"short", Duration::from_secs(5)).expect("room for five bytes");
        let long = vec![b'x'; 1 << 20];
        let error = write_within(&writer, &long, Duration::from_millis(50)).expect_err("a full pipe");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        drop(reader);
        let error = write_within(&writer, b"x", Duration::from_secs(5)).expect_err("nobody can read");
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    }
}
