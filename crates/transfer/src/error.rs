//! Why a transfer failed; `Display` gives the CLI's message.

use crate::answer::BadAnswer;
use crate::xml::NotXml;
use oxaws_client::{CallError, ServiceFailure};
use oxaws_failure::{Cause, Class};
use oxaws_http::HttpError;
use oxaws_python::repr_str;
use oxaws_python::{python_os_error, python_os_error_bare};
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Why a transfer failed.
#[derive(Debug)]
pub enum TransferError {
    /// A request failed, or the set-up it needs.
    Call(CallError),
    /// A response's body broke off.
    Body(HttpError),
    /// The answer can't be one to the request.
    Answer(Box<BadAnswer>),
    /// A local file can't be read or written.
    Local(Cause),
    /// What arrived isn't what was sent, or isn't what was listed.
    Corrupt(Cause),
    /// The parameters can't be right.
    Invalid(Cause),
    /// The answer lacks something, or says something else than was asked.
    BadReply(Cause),
    /// A part of the work is done and the rest isn't.
    Incomplete(Cause),
    /// The request for several keys failed, each of which fails with it.
    Batch(Arc<TransferError>),
    /// Stopped by Ctrl-C or a signal.
    Cancelled,
    /// Another part of the same transfer failed before.
    Given,
    /// The file's place was taken by another key of the same command: nothing was replaced.
    Taken(Cause),
}

impl TransferError {
    /// What kind of failure it is.
    pub fn class(&self) -> Class {
        match self {
            TransferError::Call(error) => error.class(),
            TransferError::Body(error) => error.class(),
            TransferError::Answer(_) | TransferError::BadReply(_) => Class::BadReply,
            TransferError::Local(_) | TransferError::Taken(_) => Class::FileError,
            TransferError::Corrupt(_) => Class::VerificationFailed,
            TransferError::Invalid(_) => Class::InvalidValue,
            TransferError::Incomplete(_) => Class::Failed,
            TransferError::Batch(error) => error.class(),
            TransferError::Cancelled | TransferError::Given => Class::Interrupted,
        }
    }

    /// A local file's error, in Python's words.
    pub fn local(error: io::Error, path: &Path) -> Self {
        TransferError::Local(Cause::worded(python_os_error(&error, &path.to_string_lossy()), error))
    }

    /// The same where the AWS CLI doesn't name the file.
    pub fn local_bare(error: io::Error) -> Self {
        TransferError::Local(Cause::worded(python_os_error_bare(&error), error))
    }

    /// A member that the answer should have: its name in quotes, as Python's `KeyError` has it.
    pub fn missing(name: &str) -> Self {
        TransferError::BadReply(format!("'{name}'").into())
    }

    /// An error about two paths, such as a rename's.
    pub fn local_pair(error: io::Error, from: &Path, to: &Path) -> Self {
        let (from, to) = (repr_str(&from.to_string_lossy()), repr_str(&to.to_string_lossy()));
        TransferError::Local(Cause::worded(format!("{}: {from} -> {to}", python_os_error_bare(&error)), error))
    }

    /// An object isn't the one that was listed or looked at.
    pub fn other_object(bucket: &str, key: &str) -> Self {
        let text = format!("Contents of stored object \"{key}\" in bucket \"{bucket}\" did not match expected ETag.");
        TransferError::Corrupt(text.into())
    }

    /// What botocore says about parameters.
    pub fn validation(problems: &str) -> Self {
        TransferError::Invalid(format!("Parameter validation failed:\n{problems}").into())
    }

    /// The error answer of the service.
    pub fn service(&self) -> Option<&ServiceFailure> {
        match self {
            TransferError::Call(CallError::Service(failure)) => Some(failure),
            TransferError::Batch(error) => error.service(),
            _ => None,
        }
    }

    /// Whether the service answered with this code.
    pub fn has_code(&self, code: &str) -> bool {
        self.service().is_some_and(|f| f.code() == code)
    }

    /// Whether it was stopped from outside.
    pub fn is_cancelled(&self) -> bool {
        matches!(
            self,
            TransferError::Cancelled
                | TransferError::Call(CallError::Interrupted | CallError::Http(HttpError::Cancelled))
                | TransferError::Body(HttpError::Cancelled)
        )
    }
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransferError::Call(e) => write!(f, "{e}"),
            // The CLI's transfers show the HTTP library's own words here.
            TransferError::Body(HttpError::Truncated { read, expected, .. }) => {
                let inner = match expected {
                    Some(expected) => {
                        format!("IncompleteRead({read} bytes read, {} more expected)", expected.saturating_sub(*read))
                    }
                    None => format!("IncompleteRead({read} bytes read)"),
                };
                write!(f, "('Connection broken: {inner}', {inner})")
            }
            TransferError::Body(e) => write!(f, "{e}"),
            TransferError::Answer(e) => write!(f, "{e}"),
            TransferError::Local(cause)
            | TransferError::Corrupt(cause)
            | TransferError::Invalid(cause)
            | TransferError::BadReply(cause)
            | TransferError::Incomplete(cause)
            | TransferError::Taken(cause) => f.write_str(cause.text()),
            TransferError::Batch(error) => write!(f, "{error}"),
            TransferError::Cancelled | TransferError::Given => f.write_str("cancelled"),
        }
    }
}

impl std::error::Error for TransferError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TransferError::Call(error) => Some(error),
            TransferError::Body(error) => Some(error),
            TransferError::Local(cause)
            | TransferError::Corrupt(cause)
            | TransferError::Invalid(cause)
            | TransferError::BadReply(cause)
            | TransferError::Incomplete(cause)
            | TransferError::Taken(cause) => cause.source(),
            TransferError::Batch(error) => Some(error.as_ref()),
            TransferError::Answer(_) | TransferError::Cancelled | TransferError::Given => None,
        }
    }
}

impl From<BadAnswer> for TransferError {
    fn from(e: BadAnswer) -> Self {
        TransferError::Answer(Box::new(e))
    }
}

impl From<NotXml> for TransferError {
    fn from(NotXml: NotXml) -> Self {
        TransferError::BadReply("The answer is not XML that can be read.".into())
    }
}

impl From<CallError> for TransferError {
    fn from(e: CallError) -> Self {
        match e {
            CallError::Interrupted => TransferError::Cancelled,
            other => TransferError::Call(other),
        }
    }
}
