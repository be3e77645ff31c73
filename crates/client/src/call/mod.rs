//! One call: the stages in their order.

pub mod build;
pub mod checksum;
pub mod compression;
pub mod endpoint;
pub mod parse;
pub mod sign;
pub mod transact;
pub mod validate;

use crate::call::parse::{Raw, Taker, Whole};
use crate::error::CallError;
use crate::services;
use crate::session::client::ServiceClient;
use crate::session::{ClientOptions, Session};
use crate::state::{Again, CallState};
use crate::types::input::CallInput;
use crate::types::reply::Reply;
use oxaws_model::Operation;
use oxaws_protocol as protocol;
use oxaws_value::Map;

impl<'w> Session<'w> {
    /// Calls an operation.
    ///
    /// # Errors
    /// [`CallError`]: whatever goes wrong on the way there and back.
    pub fn call(&self, operation: Operation, input: CallInput) -> Result<Reply, CallError> {
        self.call_with(operation, input, &ClientOptions::default())
    }

    /// Calls an operation and leaves the body of a good reply unread, for callers who read it faster. What is an error
    /// is told as by [`Session::call`].
    ///
    /// # Errors
    /// As [`Session::call`].
    pub fn call_raw(&self, operation: Operation, input: CallInput) -> Result<Reply, CallError> {
        let client = self.client(operation.service())?;
        run(state(self, &client, operation, input), &mut Raw)
    }

    /// What the body of a reply of [`Session::call_raw`] means.
    ///
    /// # Errors
    /// When it isn't of its protocol.
    pub fn parse_raw(&self, operation: Operation, reply: &Reply) -> Result<Map, CallError> {
        let headers: Vec<(String, String)> = reply.headers.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let reply = protocol::Reply { status: reply.status, reason: "", headers: &headers, body: &reply.body };
        let parsed = self.with_clock(|clock| {
            let options = protocol::ParseOptions { timestamps: protocol::Timestamps::Iso8601, clock };
            protocol::parse(operation, &reply, &options)
        })?;
        Ok(parse::map(parsed.value))
    }

    /// Calls an operation by its names in the model (`sts`, `AssumeRole`).
    ///
    /// # Errors
    /// As [`Session::call`], and when there is no such operation.
    pub fn call_named(
        &self,
        service: &str,
        operation: &str,
        params: Map,
        options: &ClientOptions,
    ) -> Result<Reply, CallError> {
        let found = self.pack().service_by_directory(service).and_then(|s| s.operation_named(operation));
        let found = found.ok_or_else(|| CallError::bug(format!("there is no operation {operation} of {service}")))?;
        self.call_with(found, CallInput::new(params), options)
    }

    /// Calls an operation with settings of the caller's own.
    ///
    /// # Errors
    /// As [`Session::call`].
    pub fn call_with(
        &self,
        operation: Operation,
        input: CallInput,
        options: &ClientOptions,
    ) -> Result<Reply, CallError> {
        let client = self.client_with(operation.service(), options)?;
        call(self, &client, operation, input)
    }

    /// Scheme and host that an operation would be sent to, for the steps of a login that no model knows.
    ///
    /// # Errors
    /// When the endpoint can't be told.
    pub fn base_url(
        &self,
        service: &str,
        operation: &str,
        params: Map,
        options: &ClientOptions,
    ) -> Result<String, CallError> {
        let found = self.pack().service_by_directory(service).and_then(|s| s.operation_named(operation));
        let found = found.ok_or_else(|| CallError::bug(format!("there is no operation {operation} of {service}")))?;
        let client = self.client_with(found.service(), options)?;
        let state = state(self, &client, found, CallInput::new(params));
        let endpoint = endpoint::resolve(self, &client, found, &state)?;
        let url = &endpoint.url;
        let start = url.find("://").map_or(0, |at| at + 3);
        let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
        Ok(url[..end].to_owned())
    }
}

fn call(session: &Session, client: &ServiceClient, operation: Operation, input: CallInput) -> Result<Reply, CallError> {
    run(state(session, client, operation, input), &mut Whole)
}

/// What calls of the services' oddities are made with.
static AGAIN: Again = Again { call: nested, presign: sign::presign };

/// A call that has not begun.
pub(crate) fn state<'a>(
    session: &'a Session<'a>,
    client: &'a ServiceClient,
    operation: Operation,
    input: CallInput,
) -> CallState<'a> {
    CallState::new(session, client, operation, input, &AGAIN)
}

/// A call that a handler makes for another one, through the same client.
fn nested(state: &CallState, operation: Operation, input: CallInput) -> Result<Reply, CallError> {
    let mut state = self::state(state.session, state.client, operation, input);
    state.nested = true;
    run(state, &mut Whole)
}

fn run<T: Taker>(mut state: CallState, taker: &mut T) -> Result<T::Taken, CallError> {
    state.begin();
    fill_idempotency_tokens(&mut state);
    services::before_build(&mut state)?;
    let (session, client) = (state.session, state.client);
    // Not for a URL that somebody else will use: it is a matter of reading the reply.
    checksum::ask_for_validation(client, state.operation, &mut state.params);
    let (mut outgoing, signing) = build::build(&state)?;
    outgoing.set_header("User-Agent", session.user_agent());
    services::before_call(&mut state, &mut outgoing, &signing)?;
    if let Some(key) = &client.dpop {
        let proof = key.header(session.world(), &outgoing.url());
        outgoing.set_header("DPoP", &proof);
    }
    compression::apply(client, state.operation, &mut outgoing)?;
    checksum::apply(&state, &mut outgoing, &signing)?;
    transact::transact(&mut state, &mut outgoing, &signing, None, taker)
}

/// A token that makes a repeated call the same call is made up where none is given.
fn fill_idempotency_tokens(state: &mut CallState) {
    for member in state.operation.input().into_iter().flat_map(|i| i.members()) {
        if member.idempotency_token() && !state.params.contains_key(member.name()) {
            state.params.insert(member.name(), oxaws_env::uuid4(state.session.world()));
        }
    }
}
