//! What can go wrong in a call.

use oxaws_config::ConfigError;
use oxaws_http::HttpError;
use oxaws_protocol::{ParseFailure, ServiceError};
use oxaws_value::Map;
use std::fmt;

/// Everything that can go wrong in a call. `Display` gives the CLI's message.
#[derive(Debug)]
pub enum CallError {
    /// The parameters don't fit their shapes, or a handler refuses them.
    Validation(String),
    /// There is no region.
    NoRegion,
    /// There are no credentials.
    NoCredentials,
    /// The configuration can't be read or has an invalid value.
    Config(ConfigError),
    /// A setting that a command needs is missing (the CLI's class `Configuration`).
    Configuration(String),
    /// A credential provider failed.
    Credentials(String),
    /// No response came.
    Http(HttpError),
    /// The response can't be read.
    Parse(ParseFailure),
    /// The service answered with an error.
    Service(Box<ServiceFailure>),
    /// Waiting ended badly: the waiter's name and why.
    Waiter {
        /// The waiter's name in the model.
        name: String,
        /// Why it ended.
        reason: String,
    },
    /// A local file can't be read or written.
    Io(String),
    /// Anything else, as the whole text.
    Other(String),
    /// SIGINT.
    Interrupted,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Validation(text)
            | CallError::Configuration(text)
            | CallError::Io(text)
            | CallError::Other(text) => f.write_str(text),
            CallError::NoRegion => f.write_str("You must specify a region."),
            CallError::NoCredentials => f.write_str("Unable to locate credentials"),
            CallError::Config(e) => write!(f, "{e}"),
            CallError::Credentials(e) => write!(f, "{e}"),
            CallError::Http(e) => write!(f, "{e}"),
            CallError::Parse(e) => write!(f, "{e}"),
            CallError::Service(e) => write!(f, "{e}"),
            CallError::Waiter { name, reason } => write!(f, "Waiter {name} failed: {reason}"),
            CallError::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for CallError {}

impl From<ConfigError> for CallError {
    fn from(e: ConfigError) -> Self {
        CallError::Config(e)
    }
}

impl From<HttpError> for CallError {
    fn from(e: HttpError) -> Self {
        match e {
            HttpError::Cancelled => CallError::Interrupted,
            other => CallError::Http(other),
        }
    }
}

impl From<ParseFailure> for CallError {
    fn from(e: ParseFailure) -> Self {
        CallError::Parse(e)
    }
}

/// An error answer of a service.
#[derive(Debug, Clone)]
pub struct ServiceFailure {
    /// The operation's name in the model.
    pub operation: String,
    /// What the service said.
    pub error: ServiceError,
    /// Retries made, where the last attempt allowed failed.
    pub retries: Option<u32>,
    /// The headers of the answer.
    pub headers: oxaws_http::Headers,
}

impl ServiceFailure {
    /// The error's code, `Unknown` where the service sent none (an empty one is one).
    pub fn code(&self) -> &str {
        &self.error.code
    }

    /// What the error formats show: code, message and the modelled members.
    pub fn details(&self) -> Map {
        self.error.fields.clone()
    }
}

impl fmt::Display for ServiceFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let retries = self.retries.map(|n| format!(" (reached max retries: {n})")).unwrap_or_default();
        let message = self.error.message.as_deref().unwrap_or("Unknown");
        write!(
            f,
            "An error occurred ({}) when calling the {} operation{retries}: {message}",
            self.code(),
            self.operation
        )
    }
}
