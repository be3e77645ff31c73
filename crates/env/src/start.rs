//! What can be seen of the process only before `main`.
//!
//! Rust's runtime opens `/dev/null` for each of the descriptors 0, 1 and 2 that is closed, before `main` runs. That keeps
//! a file from becoming standard output by accident, and it hides that there is no standard input: a command that reads
//! one gets an empty file and goes on. Nothing about an open `/dev/null` says who opened it, as other programs hand it
//! down in the same way. So the executable calls [`look`] before the runtime starts, and [`crate::Real`] answers from
//! what it saw.

use crate::Stream;
use rustix::io::{Errno, fcntl_getfd};
use rustix::stdio::{stderr, stdin, stdout};
use std::path::{Component, Path};
use std::sync::atomic::{AtomicU8, Ordering};

/// A bit for each descriptor that was closed. Written once, before `main`.
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// Notes which standard streams are closed. It makes three system calls and touches nothing else: it runs before the
/// standard library is ready.
pub fn look() {
    for (number, stream) in [stdin(), stdout(), stderr()].into_iter().enumerate() {
        if fcntl_getfd(stream) == Err(Errno::BADF) {
            CLOSED.fetch_or(1 << number, Ordering::Relaxed);
        }
    }
}

pub(crate) fn is_closed(stream: Stream) -> bool {
    CLOSED.load(Ordering::Relaxed) & (1 << stream as u8) != 0
}

/// The standard stream that a path names: `/dev/stdin`, `/dev/fd/0`, `/proc/self/fd/0`. Where the stream is closed, the
/// system has no such file.
pub fn stream_of(path: &Path) -> Option<Stream> {
    let parts: Vec<&str> = path
        .components()
        .filter(|part| *part != Component::CurDir)
        .map(|part| part.as_os_str().to_str().unwrap_or_default())
        .collect();
    let number = match parts.as_slice() {
        ["/", "dev", name] => *name,
        ["/", "dev", "fd", number] | ["/", "proc", "self" | "thread-self", "fd", number] => *number,
        _ => return None,
    };
    Some(match number {
        "stdin" | "0" => Stream::Stdin,
        "stdout" | "1" => Stream::Stdout,
        "stderr" | "2" => Stream::Stderr,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_streams() {
        let of = |path: &str| stream_of(Path::new(path));
        assert_eq!(of("/dev/stdin"), Some(Stream::Stdin));
        assert_eq!(of("/dev//./fd/1"), Some(Stream::Stdout));
        assert_eq!(of("/proc/self/fd/2"), Some(Stream::Stderr));
        for path in ["/dev/fd/3", "/dev/null", "dev/stdin", "/dev/stdin/x", "/stdin", ""] {
            assert_eq!(of(path), None, "{path}");
        }
    }
}
