//! A call under way.

use crate::session::Session;
use crate::session::client::ServiceClient;
use crate::types::input::{CallInput, Classes};
use crate::watch::observe::Trail;
use oxaws_model::Operation;
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
    /// What the parameters' classes were (for messages).
    pub classes: Classes,
    /// Whether a handler makes this call for another one: it then asks for nothing itself.
    pub nested: bool,
    /// The body of a good reply is not parsed.
    pub raw: bool,
    /// Who watches the call.
    pub(crate) trail: Option<Trail<'a>>,
    /// `EncodingType` was set here, not by the user: keys of the reply are to be decoded.
    pub(crate) decode_keys: bool,
    /// The call was sent to another region once.
    pub(crate) redirected: bool,
}

impl<'a> CallState<'a> {
    /// A call that has not begun.
    pub fn new(session: &'a Session<'a>, client: &'a ServiceClient, operation: Operation, input: CallInput) -> Self {
        let CallInput { params, body_file, classes } = input;
        CallState {
            session,
            client,
            operation,
            params,
            body_file,
            classes,
            nested: false,
            raw: false,
            trail: None,
            decode_keys: false,
            redirected: false,
        }
    }

    /// The directory of the service's model and the operation's name.
    pub(crate) fn names(&self) -> (&'static str, &'static str) {
        (self.client.service.directory(), self.operation.name())
    }

    /// The bucket, where there is one.
    pub(crate) fn bucket(&self) -> Option<&str> {
        self.params.get("Bucket").and_then(|b| b.as_str())
    }
}
