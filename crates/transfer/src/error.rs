//! Why a transfer failed; `Display` gives the CLI's message.

use crate::answer::BadAnswer;
use crate::xml::NotXml;
use oxaws_client::{CallError, ServiceFailure};
use oxaws_http::HttpError;
use oxaws_python::repr_str;
use oxaws_python::{python_os_error, python_os_error_bare};
use std::fmt;
use std::io;
use std::path::Path;

/// Why a transfer failed.
#[derive(Debug)]
pub enum TransferError {
    /// A request failed, or the set-up it needs.
    Call(CallError),
    /// A response's body broke off.
    Body(HttpError),
    /// The answer can't be one to the request.
    Answer(Box<BadAnswer>),
    /// A local file can't be read or written: the whole text.
    Local(String),
    /// What arrived isn't what was sent: the whole text.
    Corrupt(String),
    /// The parameters can't be right: the whole text.
    Invalid(String),
    /// Stopped by Ctrl-C or a signal.
    Cancelled,
    /// Another part of the same transfer failed before.
    Given,
    /// The file's place was taken by another key of the same command: nothing was replaced. The whole text.
    Taken(String),
}

impl TransferError {
    /// A local file's error, in Python's words.
    pub fn local(error: &io::Error, path: &Path) -> Self {
        TransferError::Local(python_os_error(error, &path.to_string_lossy()))
    }

    /// An error about two paths, such as a rename's.
    pub fn local_pair(error: &io::Error, from: &Path, to: &Path) -> Self {
        let (from, to) = (repr_str(&from.to_string_lossy()), repr_str(&to.to_string_lossy()));
        TransferError::Local(format!("{}: {from} -> {to}", python_os_error_bare(error)))
    }

    /// An object isn't the one that was listed or looked at.
    pub fn other_object(bucket: &str, key: &str) -> Self {
        TransferError::Corrupt(format!(
            "Contents of stored object \"{key}\" in bucket \"{bucket}\" did not match expected ETag."
        ))
    }

    /// What botocore says about parameters.
    pub fn validation(problems: &str) -> Self {
        TransferError::Invalid(format!("Parameter validation failed:\n{problems}"))
    }

    /// The error answer of the service.
    pub fn service(&self) -> Option<&ServiceFailure> {
        match self {
            TransferError::Call(CallError::Service(failure)) => Some(failure),
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
            TransferError::Local(text)
            | TransferError::Corrupt(text)
            | TransferError::Invalid(text)
            | TransferError::Taken(text) => f.write_str(text),
            TransferError::Cancelled | TransferError::Given => f.write_str("cancelled"),
        }
    }
}

impl std::error::Error for TransferError {}

impl From<BadAnswer> for TransferError {
    fn from(e: BadAnswer) -> Self {
        TransferError::Answer(Box::new(e))
    }
}

impl From<NotXml> for TransferError {
    fn from(NotXml: NotXml) -> Self {
        TransferError::Corrupt("The answer is not XML that can be read.".into())
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
