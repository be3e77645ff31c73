//! A call under way, as `services` and `call` see it.

use crate::error::CallError;
use crate::session::Session;
use crate::session::client::ServiceClient;
use crate::types::input::{CallInput, Classes};
use crate::types::outgoing::Outgoing;
use crate::types::reply::Reply;
use crate::types::signing::Signing;
use crate::watch::trail::Trail;
use oxaws_model::Operation;
use oxaws_value::Map;
use std::path::PathBuf;

/// What the oddities of a service need of the calls above them, for calls of their own.
pub struct Again {
    /// Makes another call through the same client.
    pub call: fn(&CallState, Operation, CallInput) -> Result<Reply, CallError>,
    /// Signs a request in its query, good for so many seconds; a region replaces the call's.
    pub presign: fn(&CallState, &Outgoing, &Signing, Option<&str>, i64) -> Result<String, CallError>,
}

/// A call under way.
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
    /// How the oddities of the service make calls of their own.
    pub again: &'static Again,
    /// What the parameters' classes were (for messages).
    pub classes: Classes,
    /// Whether a handler makes this call for another one: it then asks for nothing itself.
    pub nested: bool,
    /// Who watches the call.
    pub(crate) trail: Option<Trail<'a>>,
    /// `EncodingType` was set here, not by the user: keys of the reply are to be decoded.
    pub(crate) decode_keys: bool,
    /// The call was sent to another region once.
    pub(crate) redirected: bool,
}

impl<'a> CallState<'a> {
    /// A call that has not begun.
    pub fn new(
        session: &'a Session<'a>,
        client: &'a ServiceClient,
        operation: Operation,
        input: CallInput,
        again: &'static Again,
    ) -> Self {
        let CallInput { params, body_file, classes } = input;
        CallState {
            session,
            client,
            operation,
            params,
            body_file,
            classes,
            again,
            nested: false,
            trail: None,
            decode_keys: false,
            redirected: false,
        }
    }

    /// The call begins: those who watch are told of it.
    pub(crate) fn begin(&mut self) {
        self.trail = self.session.trail(self.operation);
        if let Some(trail) = &mut self.trail {
            trail.call(&self.params, self.body_file.as_deref());
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
