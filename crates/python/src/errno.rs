//! Errors of the operating system in Python's words. The C library's texts are kept here because not every C library
//! has the same ones, and since Rust adds `(os error 2)` to them.

use crate::text::repr_str;
use std::io;

/// Python's `str()` of an `OSError` about a path: `[Errno 2] No such file or directory: 'nope'`.
pub fn python_os_error(error: &io::Error, path: &str) -> String {
    if is_null_byte(error) {
        return NULL_BYTE.to_owned();
    }
    format!("{}: {}", python_os_error_bare(error), repr_str(path))
}

/// Python's `str()` of an `OSError` that names no path: `[Errno 32] Broken pipe`.
pub fn python_os_error_bare(error: &io::Error) -> String {
    if is_null_byte(error) {
        return NULL_BYTE.to_owned();
    }
    // An error that wraps another one has words of its own.
    let number = error.raw_os_error().or_else(|| error.get_ref().map_or_else(|| errno(error.kind()), |_| None));
    match number {
        Some(number) => format!("[Errno {number}] {}", errno_text(number)),
        None => error.to_string(),
    }
}

/// A path with a null byte never reaches the system. Python's `ValueError` names no path, and neither does this: it would
/// be the temporary one.
const NULL_BYTE: &str = "embedded null byte";

fn is_null_byte(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidInput
        && error.raw_os_error().is_none()
        && error.get_ref().is_none()
        && error.to_string().contains("NUL byte")
}

/// Python's `repr()` of an `OSError` that names no path: `ConnectionResetError(104, 'Connection reset by peer')`.
pub fn python_os_error_repr(error: &io::Error) -> String {
    match error.raw_os_error().or_else(|| errno(error.kind())) {
        Some(number) => format!("{}({number}, {})", class(number), repr_str(&errno_text(number))),
        None => format!("OSError({})", repr_str(&error.to_string())),
    }
}

/// Python's exception for an error number (PEP 3151).
fn class(number: i32) -> &'static str {
    match number {
        1 | 13 => "PermissionError",
        2 => "FileNotFoundError",
        3 => "ProcessLookupError",
        4 => "InterruptedError",
        10 => "ChildProcessError",
        11 | 114 | 115 => "BlockingIOError",
        17 => "FileExistsError",
        20 => "NotADirectoryError",
        21 => "IsADirectoryError",
        32 | 108 => "BrokenPipeError",
        103 => "ConnectionAbortedError",
        104 => "ConnectionResetError",
        110 => "TimeoutError",
        111 => "ConnectionRefusedError",
        _ => "OSError",
    }
}

/// The number of the kinds of errors that come without one (from a world made for a test, or from the standard library).
fn errno(kind: io::ErrorKind) -> Option<i32> {
    Some(match kind {
        io::ErrorKind::NotFound => 2,
        io::ErrorKind::PermissionDenied => 13,
        io::ErrorKind::AlreadyExists => 17,
        io::ErrorKind::NotADirectory => 20,
        io::ErrorKind::IsADirectory => 21,
        io::ErrorKind::InvalidInput => 22,
        io::ErrorKind::StorageFull => 28,
        io::ErrorKind::ReadOnlyFilesystem => 30,
        io::ErrorKind::BrokenPipe => 32,
        io::ErrorKind::DirectoryNotEmpty => 39,
        io::ErrorKind::ConnectionReset => 104,
        io::ErrorKind::ConnectionRefused => 111,
        _ => return None,
    })
}

/// The C library's words for an error number of Linux. Kept here because not every C library has the same ones.
pub fn errno_text(number: i32) -> String {
    let text = match number {
        1 => "Operation not permitted",
        2 => "No such file or directory",
        3 => "No such process",
        4 => "Interrupted system call",
        5 => "Input/output error",
        6 => "No such device or address",
        7 => "Argument list too long",
        8 => "Exec format error",
        9 => "Bad file descriptor",
        10 => "No child processes",
        11 => "Resource temporarily unavailable",
        12 => "Cannot allocate memory",
        13 => "Permission denied",
        14 => "Bad address",
        15 => "Block device required",
        16 => "Device or resource busy",
        17 => "File exists",
        18 => "Invalid cross-device link",
        19 => "No such device",
        20 => "Not a directory",
        21 => "Is a directory",
        22 => "Invalid argument",
        23 => "Too many open files in system",
        24 => "Too many open files",
        25 => "Inappropriate ioctl for device",
        26 => "Text file busy",
        27 => "File too large",
        28 => "No space left on device",
        29 => "Illegal seek",
        30 => "Read-only file system",
        31 => "Too many links",
        32 => "Broken pipe",
        33 => "Numerical argument out of domain",
        34 => "Numerical result out of range",
        35 => "Resource deadlock avoided",
        36 => "File name too long",
        37 => "No locks available",
        38 => "Function not implemented",
        39 => "Directory not empty",
        40 => "Too many levels of symbolic links",
        71 => "Protocol error",
        75 => "Value too large for defined data type",
        84 => "Invalid or incomplete multibyte or wide character",
        95 => "Operation not supported",
        98 => "Address already in use",
        99 => "Cannot assign requested address",
        100 => "Network is down",
        101 => "Network is unreachable",
        103 => "Software caused connection abort",
        104 => "Connection reset by peer",
        106 => "Transport endpoint is already connected",
        107 => "Transport endpoint is not connected",
        110 => "Connection timed out",
        111 => "Connection refused",
        112 => "Host is down",
        113 => "No route to host",
        115 => "Operation now in progress",
        116 => "Stale file handle",
        122 => "Disk quota exceeded",
        125 => "Operation canceled",
        _ => return format!("Unknown error {number}"),
    };
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_system() {
        assert_eq!(
            python_os_error(&io::Error::from_raw_os_error(13), "it's"),
            "[Errno 13] Permission denied: \"it's\""
        );
        assert_eq!(python_os_error_bare(&io::ErrorKind::NotFound.into()), "[Errno 2] No such file or directory");
        assert_eq!(
            python_os_error_repr(&io::Error::from_raw_os_error(104)),
            "ConnectionResetError(104, 'Connection reset by peer')"
        );
        let null = std::fs::File::open("a\0b").unwrap_err();
        assert_eq!(python_os_error(&null, "a\0b.1234"), "embedded null byte");
        assert_eq!(python_os_error_bare(&io::ErrorKind::InvalidInput.into()), "[Errno 22] Invalid argument");
        assert_eq!(python_os_error_repr(&io::Error::other("it's")), "OSError(\"it's\")");
        assert_eq!(python_os_error_bare(&io::Error::new(io::ErrorKind::NotFound, "gone")), "gone");
        for number in 1..=40 {
            // The system's own words, where the tests run on glibc, are the same.
            let own = io::Error::from_raw_os_error(number).to_string();
            if cfg!(target_env = "gnu") {
                assert_eq!(own, format!("{} (os error {number})", errno_text(number)));
            }
        }
    }
}
