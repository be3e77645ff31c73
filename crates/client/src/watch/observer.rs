//! Who wants to know what calls do: the history and `--debug`. What an [`Observer`] is told has no secrets in it: values
//! that the model calls sensitive, and those whose name tells it, are replaced, and a body that carries one is left out.

use oxaws_env::Instant;
use oxaws_value::Value;
use std::time::Duration;

/// What stands for a body that streams, and for the parameter that it is.
pub const STREAM: &str = "<stream>";

/// Something that happened. Values are fit for JSON: bytes have become text.
#[derive(Debug)]
pub enum Step {
    /// A call begins.
    Call {
        /// The directory of the service's model.
        service: &'static str,
        /// The operation's name in the model.
        operation: &'static str,
        /// What it is called with.
        params: Value,
    },
    /// Credentials were found, by this provider of the chain.
    Credentials(&'static str),
    /// The endpoint is known: its URL.
    Endpoint(String),
    /// A request goes out.
    Request {
        /// The method.
        method: String,
        /// The URL.
        url: String,
        /// The headers.
        headers: Value,
        /// Whether the operation's body is a stream.
        streaming: bool,
        /// The body.
        body: Value,
    },
    /// A reply came.
    Response {
        /// The operation's name in the model.
        operation: &'static str,
        /// The HTTP status.
        status: u16,
        /// The headers.
        headers: Value,
        /// Whether the operation's reply is a stream.
        streaming: bool,
        /// The body.
        body: Value,
    },
    /// The reply is understood; an error's is too.
    Parsed(Value),
    /// No reply came, or none that can be read: why.
    Failed(String),
    /// Another attempt will be made: why, and after which pause.
    Retry(String, Duration),
}

/// Somebody who wants to know what calls do.
pub trait Observer: Send + Sync {
    /// Something happened, at `at`. What has the same `call` belongs to one call.
    fn observe(&self, at: Instant, call: Option<&str>, step: &Step);
}
