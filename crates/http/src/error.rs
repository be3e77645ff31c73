//! What can go wrong, with the messages the command line prints.

use crate::openssl;
use oxaws_failure::Class;
use oxaws_python::repr_str;
use oxaws_python::{python_os_error_bare, python_os_error_repr};
use oxaws_value::secret::{url_without_user_info, without_user_info};
use std::{fmt, io};

/// Why a request has no response, or a response no whole body. `Display` gives the command line's message.
#[derive(Debug)]
pub enum HttpError {
    /// No connection: refused, unreachable, or the name has no address.
    Connect {
        /// The request's URL.
        url: String,
        /// What the system said.
        source: io::Error,
    },
    /// The connection was not made in time.
    ConnectTimeout {
        /// The request's URL.
        url: String,
    },
    /// Nothing arrived in time.
    ReadTimeout {
        /// The request's URL.
        url: String,
    },
    /// The TLS handshake or the certificate was no good.
    Tls {
        /// The request's URL.
        url: String,
        /// The reason, worded as OpenSSL's through Python.
        reason: String,
    },
    /// The proxy can't be reached or refuses the tunnel.
    Proxy {
        /// The proxy's URL, its user and password masked.
        proxy: String,
        /// What happened.
        reason: String,
    },
    /// The connection ended, or the peer spoke something other than HTTP, before there was a response.
    Closed {
        /// The request's URL.
        url: String,
        /// What happened.
        reason: String,
    },
    /// The connection ended inside the response's body. `Display` gives the message for a body that is read as a whole;
    /// for one that is streamed see [`HttpError::streaming_message`].
    Truncated {
        /// The request's URL.
        url: String,
        /// Bytes of the body that arrived.
        read: u64,
        /// Bytes that were announced; `None` where the body was chunked.
        expected: Option<u64>,
    },
    /// The request can't be sent as it is (URL, header or setting).
    Invalid {
        /// Why.
        reason: String,
    },
    /// The caller's body reader failed, or ended early.
    Body(io::Error),
    /// The response's body is larger than the caller allows.
    TooLarge {
        /// The request's URL.
        url: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// A [`Cancel`](crate::Cancel) flag was set.
    Cancelled,
}

impl HttpError {
    /// Whether time ran out.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::ConnectTimeout { .. } | Self::ReadTimeout { .. })
    }

    /// Whether sending the request again may help: faults of the network, as botocore's standard retry mode has them.
    pub fn is_transient(&self) -> bool {
        !matches!(self, Self::Invalid { .. } | Self::Body(_) | Self::TooLarge { .. } | Self::Cancelled)
    }

    /// What kind of failure it is.
    pub fn class(&self) -> Class {
        match self {
            Self::Connect { source, .. } if crate::client::is_name_error(source) => Class::NameResolution,
            Self::Connect { .. } => Class::Connect,
            Self::ConnectTimeout { .. } | Self::ReadTimeout { .. } => Class::Timeout,
            Self::Tls { .. } => Class::Tls,
            Self::Proxy { .. } => Class::Proxy,
            Self::Closed { .. } | Self::Truncated { .. } => Class::ConnectionLost,
            Self::Invalid { .. } => Class::InvalidValue,
            Self::Body(_) => Class::FileError,
            Self::TooLarge { .. } => Class::BadReply,
            Self::Cancelled => Class::Interrupted,
        }
    }

    /// The message where the body was being streamed to its destination rather than read as a whole.
    pub fn streaming_message(&self) -> String {
        match self {
            Self::Truncated { read, expected: Some(expected), .. } => {
                let more = expected.saturating_sub(*read);
                let inner = format!("IncompleteRead({read} bytes read, {more} more expected)");
                format!("An error occurred while reading from response stream: ('Connection broken: {inner}', {inner})")
            }
            Self::Truncated { read, expected: None, .. } => {
                let inner = format!("IncompleteRead({read} bytes read)");
                format!("An error occurred while reading from response stream: ('Connection broken: {inner}', {inner})")
            }
            Self::Closed { reason, .. } => {
                format!("An error occurred while reading from response stream: {reason}")
            }
            Self::Tls { reason, .. } => format!("An error occurred while reading from response stream: {reason}"),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever reads a message of an endpoint needs its host, not the user and password in front of it.
        let shown = url_without_user_info;
        match self {
            Self::Connect { url, .. } => write!(f, "Could not connect to the endpoint URL: \"{}\"", shown(url)),
            Self::ConnectTimeout { url } => write!(f, "Connect timeout on endpoint URL: \"{}\"", shown(url)),
            Self::ReadTimeout { url } => write!(f, "Read timeout on endpoint URL: \"{}\"", shown(url)),
            Self::Tls { url, reason } => write!(f, "SSL validation failed for {} {reason}", shown(url)),
            Self::Proxy { proxy, .. } => write!(f, "Failed to connect to proxy URL: \"{proxy}\""),
            Self::Closed { url, .. } | Self::Truncated { url, .. } => {
                let url = shown(url);
                write!(f, "Connection was closed before we received a valid response from endpoint URL: \"{url}\".")
            }
            Self::Invalid { reason } => {
                write!(f, "An HTTP Client raised an unhandled exception: {}", without_user_info(reason))
            }
            Self::Body(error) => {
                write!(f, "An HTTP Client raised an unhandled exception: {}", python_os_error_bare(error))
            }
            Self::TooLarge { url, limit } => {
                let most = match limit >> 20 {
                    0 => format!("{limit} bytes"),
                    mebibytes => format!("{mebibytes} MiB"),
                };
                write!(
                    f,
                    "The response from endpoint URL: \"{}\" was not read: it is larger than {most}, the limit for a \
                     response that is kept in memory.",
                    shown(url)
                )
            }
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

impl std::error::Error for HttpError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect { source, .. } | Self::Body(source) => Some(source),
            _ => None,
        }
    }
}

impl From<HttpError> for io::Error {
    /// For [`std::io::Read`] on a body; [`io::Error::downcast`] gives the [`HttpError`] back.
    fn from(error: HttpError) -> Self {
        let kind = match &error {
            HttpError::ConnectTimeout { .. } | HttpError::ReadTimeout { .. } => io::ErrorKind::TimedOut,
            HttpError::Truncated { .. } => io::ErrorKind::UnexpectedEof,
            HttpError::Closed { .. } => io::ErrorKind::ConnectionAborted,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}

/// What happened on the wire, before it is known for whom.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Nothing moved for as long as is allowed.
    Timeout,
    /// A flag was set.
    Cancelled,
    /// The peer closed the connection.
    Eof,
    /// The system's error.
    Io(io::Error),
    /// TLS's error.
    Tls(Box<rustls::Error>),
    /// The peer doesn't speak HTTP/1.
    Protocol(&'static str),
}

impl Fault {
    /// Whether the peer went away, rather than being slow or wrong.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self, Fault::Eof | Fault::Io(_))
    }

    /// The error of a response's body that broke off, as urllib3 words it.
    pub(crate) fn into_body_error(self, url: &str) -> HttpError {
        match self {
            Fault::Io(error) => {
                let inner = python_os_error_repr(&error);
                let reason = format!("({}, {inner})", repr_str(&format!("Connection broken: {inner}")));
                HttpError::Closed { url: url.to_owned(), reason }
            }
            other => other.into_error(url),
        }
    }

    /// The error of a request to `url` whose connection was already made.
    pub(crate) fn into_error(self, url: &str) -> HttpError {
        let url = url.to_owned();
        match self {
            Fault::Timeout => HttpError::ReadTimeout { url },
            Fault::Cancelled => HttpError::Cancelled,
            Fault::Tls(error) => HttpError::Tls { url, reason: openssl::of_connection(&error) },
            other => HttpError::Closed { url, reason: other.to_string() },
        }
    }
}

impl fmt::Display for Fault {
    /// The reason part, as Python words the common ones.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Timeout => f.write_str("('Connection aborted.', TimeoutError('timed out'))"),
            Fault::Cancelled => f.write_str("cancelled"),
            Fault::Eof => f.write_str(
                "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
            ),
            Fault::Io(error) => write!(f, "('Connection aborted.', {})", python_os_error_repr(error)),
            Fault::Tls(error) => f.write_str(&openssl::of_connection(error)),
            Fault::Protocol(what) => write!(f, "('Connection aborted.', {what})"),
        }
    }
}
