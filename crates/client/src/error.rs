//! What can go wrong in a call.

use crate::class;
use oxaws_config::ConfigError;
use oxaws_creds::CredsError;
use oxaws_failure::{Cause, Class};
use oxaws_http::HttpError;
use oxaws_protocol::{ParseFailure, ServiceError};
use oxaws_value::Map;
use std::error::Error;
use std::fmt;
use std::io;

/// Everything that can go wrong in a call. `Display` gives the CLI's message, [`CallError::class`] what kind it is.
#[derive(Debug)]
pub enum CallError {
    /// The parameters don't fit their shapes, or a handler refuses them.
    Validation(String),
    /// A value can't be used, and the AWS CLI notices only when it is at work on it.
    Invalid(Cause),
    /// There is no region.
    NoRegion,
    /// There are no credentials.
    NoCredentials,
    /// The configuration can't be read or has an invalid value.
    Config(ConfigError),
    /// A setting has a value that the request can't be made with.
    Setting(Cause),
    /// A credential provider failed.
    Credentials(Box<CredsError>),
    /// No response came.
    Http(HttpError),
    /// The connection ended while a response's body was passed on.
    Streaming(HttpError),
    /// The response can't be read.
    Parse(ParseFailure),
    /// The response can be read, and it isn't what the protocol says.
    BadReply(Cause),
    /// What arrived isn't what was sent.
    Verification(Cause),
    /// The service answered with an error.
    Service(Box<ServiceFailure>),
    /// Waiting ended badly.
    Waiter(Box<WaiterFailure>),
    /// A local file can't be read or written.
    File(Cause),
    /// The models or the program contradict themselves.
    Bug(Cause),
    /// SIGINT.
    Interrupted,
}

impl CallError {
    /// A local file that can't be read or written, in the words of Python's `OSError`.
    pub(crate) fn file(error: io::Error) -> CallError {
        CallError::File(Cause::worded(oxaws_python::python_os_error_bare(&error), error))
    }

    /// A value that can't be used.
    pub fn invalid(cause: impl Into<Cause>) -> CallError {
        CallError::Invalid(cause.into())
    }

    /// A setting that can't be used.
    pub fn setting(cause: impl Into<Cause>) -> CallError {
        CallError::Setting(cause.into())
    }

    /// A reply that isn't what the protocol says.
    pub fn bad_reply(cause: impl Into<Cause>) -> CallError {
        CallError::BadReply(cause.into())
    }

    /// Bytes that aren't what was sent.
    pub fn verification(cause: impl Into<Cause>) -> CallError {
        CallError::Verification(cause.into())
    }

    /// A contradiction within the program or its models.
    pub fn bug(cause: impl Into<Cause>) -> CallError {
        CallError::Bug(cause.into())
    }

    /// An operation that a model should have.
    pub fn no_operation(service: &str, operation: &str) -> CallError {
        CallError::bug(format!("there is no operation {operation} of {service}"))
    }

    /// What kind of failure it is.
    pub fn class(&self) -> Class {
        match self {
            CallError::Validation(_) | CallError::Invalid(_) => Class::InvalidValue,
            CallError::NoRegion => Class::NoRegion,
            CallError::NoCredentials => Class::NoCredentials,
            CallError::Config(error) => error.class(),
            CallError::Setting(_) => Class::Configuration,
            CallError::Credentials(error) => error.class(),
            CallError::Http(error) | CallError::Streaming(error) => error.class(),
            CallError::Parse(_) | CallError::BadReply(_) => Class::BadReply,
            CallError::Verification(_) => Class::VerificationFailed,
            CallError::Service(failure) => failure.class(),
            CallError::Waiter(failure) => failure.end.class(),
            CallError::File(_) => Class::FileError,
            CallError::Bug(_) => Class::Bug,
            CallError::Interrupted => Class::Interrupted,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Validation(text) => f.write_str(text),
            CallError::Invalid(cause)
            | CallError::Setting(cause)
            | CallError::BadReply(cause)
            | CallError::Verification(cause)
            | CallError::File(cause)
            | CallError::Bug(cause) => f.write_str(cause.text()),
            CallError::NoRegion => f.write_str("You must specify a region."),
            CallError::NoCredentials => f.write_str("Unable to locate credentials"),
            CallError::Config(e) => write!(f, "{e}"),
            CallError::Credentials(e) => write!(f, "{e}"),
            CallError::Http(e) => write!(f, "{e}"),
            CallError::Streaming(e) => f.write_str(&e.streaming_message()),
            CallError::Parse(e) => write!(f, "{e}"),
            CallError::Service(e) => write!(f, "{e}"),
            CallError::Waiter(e) => write!(f, "Waiter {} failed: {}", e.name, e.reason),
            CallError::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            CallError::Config(error) => Some(error),
            CallError::Credentials(error) => Some(error),
            CallError::Http(error) | CallError::Streaming(error) => Some(error),
            CallError::Parse(error) => Some(error),
            CallError::Service(failure) => Some(&failure.error),
            CallError::Invalid(cause)
            | CallError::Setting(cause)
            | CallError::BadReply(cause)
            | CallError::Verification(cause)
            | CallError::File(cause)
            | CallError::Bug(cause) => cause.source(),
            CallError::Validation(_)
            | CallError::NoRegion
            | CallError::NoCredentials
            | CallError::Waiter(_)
            | CallError::Interrupted => None,
        }
    }
}

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

/// A waiter that ended badly.
#[derive(Debug)]
pub struct WaiterFailure {
    /// The waiter's name in the model.
    pub name: String,
    /// Why it ended, in botocore's words.
    pub reason: String,
    /// How it ended.
    pub end: WaiterEnd,
}

/// How a waiter ends badly.
#[derive(Debug)]
pub enum WaiterEnd {
    /// It ran out of attempts.
    TimedOut,
    /// It met a state that can't become the wanted one.
    Failed,
    /// The service answered with an error that the waiter doesn't expect: its class.
    Unexpected(Class),
}

impl WaiterEnd {
    fn class(&self) -> Class {
        match self {
            WaiterEnd::TimedOut => Class::WaitTimeout,
            WaiterEnd::Failed => Class::WaitFailed,
            WaiterEnd::Unexpected(class) => *class,
        }
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
    /// Whether the call was made to obtain credentials for another.
    pub for_credentials: bool,
}

impl ServiceFailure {
    /// The error's code, `Unknown` where the service sent none (an empty one is one).
    pub fn code(&self) -> &str {
        &self.error.code
    }

    /// What kind of failure it is. An answer that refuses credentials on the way to them isn't the answer to the call that
    /// needed them.
    pub fn class(&self) -> Class {
        if class::is_no_change(&self.operation, &self.error) {
            return Class::NoChange;
        }
        match (class::of(&self.error), self.for_credentials) {
            (class, false) => class,
            (Class::BadCredentials, true) if self.error.code.contains("Expired") => Class::CredentialsExpired,
            (_, true) => Class::CredentialsFailed,
        }
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
