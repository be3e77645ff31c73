//! Help pages.

use crate::argtable::ArgTable;
use crate::context::Context;
use crate::error::Failure;
use crate::exit::Exit;
use crate::registry::Command;
use oxaws_model::{Operation, Service};
use std::borrow::Cow;

/// `--help` and `-h` as the word `help`.
pub(crate) fn replace_dashes(args: &[String]) -> Cow<'_, [String]> {
    Cow::Borrowed(args)
}

/// `aws help [topic]`
pub(crate) fn top(_cx: &Context, _words: &[String]) -> Result<Exit, Failure> {
    Ok(Exit::Success)
}

/// `aws SERVICE help`
pub(crate) fn service(_cx: &Context, _service: Service, _command: &str, _words: &[String]) -> Result<Exit, Failure> {
    Ok(Exit::Success)
}

/// `aws SERVICE OPERATION help`. A page that was shown is a [`Failure::Written`] of success.
pub(crate) fn operation(
    _cx: &Context,
    _operation: Operation,
    _service: &str,
    _name: &str,
    _table: &ArgTable,
) -> Failure {
    Failure::Written(Exit::Success)
}

/// The help of a hand-written command.
pub(crate) fn command(_cx: &Context, _command: &'static Command, _path: &[&str]) -> Result<Exit, Failure> {
    Ok(Exit::Success)
}

/// Shows the waiters of a service.
pub(crate) fn waiters(_cx: &Context, _service: Service, _command: &str) -> Result<Exit, Failure> {
    Ok(Exit::Success)
}
