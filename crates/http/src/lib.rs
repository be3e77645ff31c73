//! HTTP/1.1 over TCP and TLS, blocking, on the caller's thread.
//!
//! The only crate that opens sockets. A [`Client`] keeps connections and may be shared by any number of threads; it
//! sends the request exactly as it is given (target, header order and case) and hands back a [`Response`] whose body is
//! read from the connection on demand. Nothing is set up before it is needed: TLS starts with the first `https` request.
//!
//! Redirects, retries of failed requests, compression and signing are the caller's.

mod body;
mod callback;
mod cancel;
mod client;
mod conn;
mod datagram;
mod error;
mod exchange;
mod head;
mod openssl;
mod options;
mod pool;
mod proxy;
mod request;
mod socket;
mod stream;
mod tls;
mod trust;
mod url;

pub use body::BodyReader;
pub use callback::Callback;
pub use cancel::Cancel;
pub use client::{Client, Response};
pub use datagram::Datagrams;
pub use error::HttpError;
pub use head::Headers;
pub use options::{ClientCert, Options};
pub use proxy::Proxies;
pub use request::{Body, Once, Request, Rewindable, Source};
pub use url::{Scheme, Url};
