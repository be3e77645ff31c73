//! What is peculiar to a service when it is called, whoever calls it: one file per topic, listed here by hand.

use crate::client::ServiceClient;
use crate::error::{CallError, ServiceFailure};
use crate::send::Outgoing;
use crate::session::Session;
use oxaws_model::Operation;
use oxaws_protocol::{Reply, ServiceError};
use oxaws_value::Map;
use std::path::PathBuf;

/// A call under way, as the handlers see it.
pub struct CallState<'a> {
    /// The session.
    pub session: &'a Session<'a>,
    /// The service's client.
    pub client: &'a ServiceClient,
    /// The operation.
    pub operation: Operation,
    /// The parameters.
    pub params: Map,
    /// The file that is the streaming payload.
    pub body_file: Option<PathBuf>,
    /// Parameters whose maps came from an argument's JSON (for messages).
    pub ordered: Vec<String>,
    /// The region that the service sent the call to.
    pub redirected: Option<String>,
}

/// Changes the parameters before they are checked.
///
/// # Errors
/// When they can't be right.
pub fn before_build(_state: &mut CallState) -> Result<(), CallError> {
    Ok(())
}

/// The path as it goes on the wire.
pub fn path(_state: &CallState, path: &str) -> String {
    path.to_owned()
}

/// Changes the request before it is signed.
///
/// # Errors
/// When the body can't be read.
pub fn before_call(_state: &mut CallState, _outgoing: &mut Outgoing) -> Result<(), CallError> {
    Ok(())
}

/// Whether a success is an error in disguise.
pub fn is_error_in_disguise(_state: &CallState, _reply: &Reply) -> bool {
    false
}

/// The reply as the error that it is.
pub fn as_error<'a>(reply: &Reply<'a>) -> Reply<'a> {
    if reply.status >= 300 { *reply } else { Reply { status: 500, ..*reply } }
}

/// The error as it is shown.
pub fn error_text(_state: &CallState, error: ServiceError) -> ServiceError {
    error
}

/// Whether an error says where to go instead; the state then goes there.
///
/// # Errors
/// When asking for the place fails.
pub fn redirect(_state: &mut CallState, _failure: &ServiceFailure) -> Result<bool, CallError> {
    Ok(false)
}

/// Changes the parsed reply.
///
/// # Errors
/// When it isn't what it must be.
pub fn after_call(_state: &CallState, _value: &mut Map, _reply: &Reply) -> Result<(), CallError> {
    Ok(())
}
