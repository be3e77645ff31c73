//! One call: the stages in their order.

use crate::auth;
use crate::client::ServiceClient;
use crate::error::CallError;
use crate::handlers::{self, CallState};
use crate::paginate::{Pages, Paging};
use crate::send::{Outgoing, Source, StreamBody};
use crate::session::{ClientOptions, Session};
use crate::validate::{self, Classes, Streamed};
use crate::{checksum, compression, endpoint, transact, user_agent};
use oxaws_failure::Cause;
use oxaws_http::Headers;
use oxaws_model::Operation;
use oxaws_protocol::{self as protocol, Body, SerializeOptions};
use oxaws_value::{Map, Value};
use std::path::PathBuf;

/// What a call is made with.
#[derive(Debug, Clone, Default)]
pub struct CallInput {
    /// The parameters; blobs are decoded.
    pub params: Map,
    /// The file whose contents are the streaming payload.
    pub body_file: Option<PathBuf>,
    /// What the parameters' classes were (for messages).
    pub classes: Classes,
}

impl CallInput {
    /// Parameters without a file.
    pub fn new(params: Map) -> Self {
        CallInput { params, ..CallInput::default() }
    }
}

/// What a call gave.
#[derive(Debug)]
pub struct Reply {
    /// The output structure.
    pub value: Map,
    /// The streaming payload, still on its way.
    pub stream: Option<StreamBody>,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The id that the service gave the request.
    pub request_id: Option<String>,
    /// The body as it came, where [`Session::call_raw`] asked for it.
    pub body: Vec<u8>,
    /// How many attempts were made before.
    pub retries: u32,
}

impl Reply {
    /// What botocore tells of a reply beside its value, under `ResponseMetadata`.
    pub fn metadata(&self) -> Map {
        let mut headers = Map::new();
        for (name, value) in self.headers.iter() {
            add_header(&mut headers, &name.to_ascii_lowercase(), value);
        }
        let mut out =
            response_metadata(self.status, headers, self.request_id.as_deref(), self.headers.get("x-amz-id-2"));
        out.insert("RetryAttempts", i64::from(self.retries));
        out
    }
}

/// Adds a header; one that comes more than once is one, with all values.
pub(crate) fn add_header(headers: &mut Map, name: &str, value: &str) {
    let found = headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name));
    if let Some((_, Value::String(before))) = found {
        before.push_str(", ");
        before.push_str(value);
        return;
    }
    headers.insert(name.to_owned(), value);
}

/// `ResponseMetadata` as a parser gives it: `headers` have names in lower case.
pub(crate) fn response_metadata(status: u16, headers: Map, request_id: Option<&str>, host_id: Option<&str>) -> Map {
    let mut out = Map::new();
    if let Some(id) = request_id {
        out.insert("RequestId", id);
    }
    if let Some(id) = host_id {
        out.insert("HostId", id);
    }
    out.insert("HTTPStatusCode", i64::from(status));
    out.insert("HTTPHeaders", headers);
    out
}

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
        let mut state = CallState::new(self, &client, operation, input);
        state.raw = true;
        run(state)
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
        match parsed.value {
            Value::Map(map) => Ok(map),
            _ => Ok(Map::new()),
        }
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

    /// The pages of an operation.
    ///
    /// # Errors
    /// When the paging options are wrong; the calls themselves come later.
    pub fn pages<'a>(
        &'a self,
        operation: Operation,
        input: CallInput,
        paging: &Paging,
    ) -> Result<Pages<'a, 'w>, CallError> {
        // The client is made first: what is wrong with the set-up is reported before the paging options.
        self.client(operation.service())?;
        Pages::new(self, operation, input, paging)
    }

    /// The same with settings of the caller's own.
    ///
    /// # Errors
    /// As [`Session::pages`].
    pub fn pages_with<'a>(
        &'a self,
        operation: Operation,
        input: CallInput,
        options: ClientOptions,
    ) -> Result<Pages<'a, 'w>, CallError> {
        self.client_with(operation.service(), &options)?;
        Ok(Pages::new(self, operation, input, &Paging::default())?.called_with(options))
    }
}

fn call(session: &Session, client: &ServiceClient, operation: Operation, input: CallInput) -> Result<Reply, CallError> {
    run(CallState::new(session, client, operation, input))
}

/// A call that a handler makes for another one, through the same client.
pub(crate) fn nested(state: &CallState, operation: Operation, input: CallInput) -> Result<Reply, CallError> {
    let mut state = CallState::new(state.session, state.client, operation, input);
    state.nested = true;
    run(state)
}

fn run(mut state: CallState) -> Result<Reply, CallError> {
    state.trail = state.session.trail(state.operation);
    if let Some(trail) = &mut state.trail {
        trail.call(&state.params, state.body_file.as_deref());
    }
    fill_idempotency_tokens(&mut state);
    handlers::before_build(&mut state)?;
    // Not for a URL that somebody else will use: it is a matter of reading the reply.
    checksum::ask_for_validation(state.client, state.operation, &mut state.params);
    attempt_call(&mut state)
}

/// A token that makes a repeated call the same call is made up where none is given.
fn fill_idempotency_tokens(state: &mut CallState) {
    for member in state.operation.input().into_iter().flat_map(|i| i.members()) {
        if member.idempotency_token() && !state.params.contains_key(member.name()) {
            state.params.insert(member.name(), oxaws_env::uuid4(state.session.world()));
        }
    }
}

/// The request as the endpoint and the protocol make it, without what is only for sending, and how it is to be signed.
///
/// # Errors
/// When the endpoint can't be told or the parameters don't fit.
pub(crate) fn build(state: &CallState) -> Result<(Outgoing, auth::Signing), CallError> {
    let (session, client, operation) = (state.session, state.client, state.operation);
    if let Some(problem) = state.classes.problem_of_names() {
        return Err(CallError::invalid(problem));
    }
    let endpoint = endpoint::resolve(session, client, operation, state)?;
    if let Some(trail) = &state.trail {
        trail.endpoint(&endpoint.url);
    }
    let signing = auth::choose(state, &endpoint)?;
    let streamed = Streamed(state.body_file.is_some());
    if client.settings.parameter_validation
        && let Some(problems) = session
            .with_clock(|clock| validate::problems(operation.input(), &state.params, &state.classes, streamed, &clock))
    {
        return Err(CallError::Validation(problems));
    }
    let world = session.world();
    let request = session.with_clock(|clock| {
        protocol::serialize(
            operation,
            &Value::Map(state.params.clone()),
            &mut SerializeOptions {
                stream_given: state.body_file.is_some(),
                idempotency_token: &mut || oxaws_env::uuid4(world),
                inject_host_prefix: client.settings.inject_host_prefix && !handlers::drops_host_prefix(operation),
                clock,
            },
        )
    });
    let request = request.map_err(|e| CallError::invalid(Cause::of(e)))?;
    let mut outgoing = assemble(&endpoint, request, state)?;
    for header in &endpoint.headers {
        if let Some(value) = header.values.first() {
            outgoing.set_header(&header.name, value);
        }
    }
    Ok((outgoing, signing))
}

fn attempt_call(state: &mut CallState) -> Result<Reply, CallError> {
    let (session, client, operation) = (state.session, state.client, state.operation);
    let (mut outgoing, signing) = build(state)?;
    outgoing.set_header("User-Agent", &user_agent::text(session, None));
    handlers::before_call(state, &mut outgoing, &signing)?;
    if let Some(key) = &client.dpop {
        let proof = key.header(session.world(), &outgoing.url());
        outgoing.set_header("DPoP", &proof);
    }
    compression::apply(client, operation, &mut outgoing)?;
    checksum::apply(client, operation, &state.params, &mut outgoing)?;
    transact::transact(state, &mut outgoing, signing)
}

/// Joins the endpoint and the serialised request to what is sent.
fn assemble(
    endpoint: &oxaws_endpoint::Endpoint,
    request: protocol::Request,
    state: &CallState,
) -> Result<Outgoing, CallError> {
    let base = endpoint.url.as_str();
    let (scheme, rest) =
        base.split_once("://").ok_or_else(|| CallError::invalid(format!("Invalid endpoint: {base}")))?;
    let (rest, fragment) = rest.split_at(rest.find('#').unwrap_or(rest.len()));
    let (rest, base_query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, base_path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let prefix = request.host_prefix.as_deref().unwrap_or("");
    // What the model's URI fixes stays as it stands there: `?uploads`, not `?uploads=`.
    let fixed = operation_query(state.operation);
    let own = request.query.iter().enumerate().map(|(i, (k, v))| match fixed.get(i) {
        Some(text) if !text.contains(['=', '{']) => (*text).to_owned(),
        _ => format!("{}={}", oxaws_python::percent_encode(k, b"-._~"), oxaws_python::percent_encode(v, b"-._~")),
    });
    let (query, fragment) = join_query(base_query, own.collect(), fragment);
    // A bare `/` adds nothing to the endpoint's own path.
    let path = match handlers::path(state, &request.path).as_str() {
        "" | "/" => base_path.to_owned(),
        path => format!("{}{path}", base_path.strip_suffix('/').unwrap_or(base_path)),
    };
    let source = match request.body {
        Body::Empty => Source::Bytes(Vec::new()),
        Body::Bytes(bytes) => Source::Bytes(bytes),
        Body::Stream => match &state.body_file {
            Some(file) => Source::file(file)?,
            None => Source::Bytes(Vec::new()),
        },
    };
    Ok(Outgoing {
        method: request.method,
        scheme: scheme.to_ascii_lowercase(),
        authority: format!("{prefix}{authority}"),
        path,
        query,
        fragment,
        headers: request.headers,
        source,
        expect_continue: false,
        checksum_header: None,
    })
}

/// The query of the endpoint with the call's own, and what follows it. botocore writes the call's own at the end of the
/// URL's text, behind a fragment too, which takes it with it.
fn join_query(base: &str, own: Vec<String>, fragment: &str) -> (String, String) {
    let base = Some(base.to_owned()).filter(|q| !q.is_empty());
    if fragment.len() < 2 || own.is_empty() {
        let all: Vec<String> = base.into_iter().chain(own).collect();
        let fragment = if fragment.len() < 2 { "" } else { fragment };
        return (all.join("&"), fragment.to_owned());
    }
    let mark = if base.is_some() || fragment.contains('?') { '&' } else { '?' };
    (base.unwrap_or_default(), format!("{fragment}{mark}{}", own.join("&")))
}

/// The parts of the query in the model's URI.
fn operation_query(operation: Operation) -> Vec<&'static str> {
    let query = operation.uri().split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_swallows_the_calls_own_query() {
        let of =
            |base, own: &[&str], fragment| join_query(base, own.iter().map(|s| (*s).to_owned()).collect(), fragment);
        for (base, own, fragment, query, rest) in [
            ("", &[][..], "", "", ""),
            ("q=1", &["a=b", "c"], "", "q=1&a=b&c", ""),
            ("q=1", &["a=b"], "#", "q=1&a=b", ""),
            ("q=1", &[], "#f", "q=1", "#f"),
            ("q=1", &["a=b", "c=d"], "#f", "q=1", "#f&a=b&c=d"),
            ("", &["a=b"], "#f", "", "#f?a=b"),
            ("", &["a=b"], "#f?x", "", "#f?x&a=b"),
        ] {
            assert_eq!(of(base, own, fragment), (query.to_owned(), rest.to_owned()));
        }
    }
}
