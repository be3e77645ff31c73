//! What the s3 commands that transfer nothing have in common.

use super::uri;
use oxaws_cli::Failure;
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::Opt;
use oxaws_client::{CallInput, Session};
use oxaws_model::{Operation, Service};
use oxaws_transfer::{TransferError, check_without_result};
use oxaws_value::Map;

/// The bucket that `mb` makes and `rb` removes.
pub(super) const BUCKET: Opt = Opt::positional("path", Nargs::One, "The bucket: s3://NAME.");

/// The model of S3.
///
/// # Errors
/// When it isn't compiled in.
pub(super) fn service(session: &Session) -> Result<Service, Failure> {
    let found = session.pack().service_by_directory("s3");
    found.ok_or_else(|| Failure::bug("there is no model of s3"))
}

/// An operation by its name in the model.
///
/// # Errors
/// When the model has none of that name.
pub(super) fn operation(session: &Session, name: &str) -> Result<Operation, Failure> {
    let found = service(session)?.operation_named(name);
    found.ok_or_else(|| Failure::bug(format!("there is no operation {name} of s3")))
}

/// Calls an operation whose answer has nothing but headers.
///
/// # Errors
/// When the call fails, or the answer can't be one to it.
pub(super) fn call_without_result(session: &Session, operation: Operation, params: Map) -> Result<(), TransferError> {
    let reply = session.call_raw(operation, CallInput::new(params))?;
    Ok(check_without_result(operation.name(), reply.status, &reply.headers, &reply.body)?)
}

/// The digits of an option that is a number, by the rules of Python's `int()`.
///
/// # Errors
/// When it is none.
pub(super) fn integer(text: &str) -> Result<String, Failure> {
    oxaws_python::python_int_text(text).ok_or_else(|| {
        let shown = oxaws_python::repr_str(text);
        Failure::invalid(format!("invalid literal for int() with base 10: {shown}"))
    })
}

/// Bucket and key of a path that must be on S3.
///
/// # Errors
/// When it isn't.
pub(super) fn bucket_path(path: &str) -> Result<(&str, &str), Failure> {
    if !uri::is_s3(path) {
        return Err(Failure::validation("<S3Uri>\nError: Invalid argument type"));
    }
    uri::split(path)
}
