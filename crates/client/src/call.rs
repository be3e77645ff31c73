//! One call: the stages in their order.

use crate::auth::{self, Signing};
use crate::client::ServiceClient;
use crate::error::{CallError, ServiceFailure};
use crate::handlers::{self, CallState};
use crate::paginate::{Pages, Paging};
use crate::send::{self, Outgoing, Source};
use crate::session::{ClientOptions, Session};
use crate::validate::{self, Streamed};
use crate::{checksum, compression, endpoint, retry, user_agent};
use oxaws_http::{BodyReader, Headers, Url};
use oxaws_model::Operation;
use oxaws_protocol::{self as protocol, Body, ParseOptions, SerializeOptions, Timestamps};
use oxaws_value::{Map, Value};
use std::path::PathBuf;

/// The largest reply that is held in memory, in bytes.
const MAX_REPLY: usize = 2 << 30;

/// What a call is made with.
#[derive(Debug, Clone, Default)]
pub struct CallInput {
    /// The parameters; blobs are decoded.
    pub params: Map,
    /// The file whose contents are the streaming payload.
    pub body_file: Option<PathBuf>,
    /// Parameters whose maps came from an argument's JSON (for messages).
    pub ordered: Vec<String>,
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
    pub stream: Option<BodyReader>,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The id that the service gave the request.
    pub request_id: Option<String>,
}

impl<'w> Session<'w> {
    /// Calls an operation.
    ///
    /// # Errors
    /// [`CallError`]: whatever goes wrong on the way there and back.
    pub fn call(&self, operation: Operation, input: CallInput) -> Result<Reply, CallError> {
        self.call_with(operation, input, &ClientOptions::default())
    }

    /// Calls an operation by its names in the model (`sts`, `AssumeRole`).
    ///
    /// # Errors
    /// As [`Session::call`], and when there is no such operation.
    pub fn call_named(&self, service: &str, operation: &str, params: Map, options: &ClientOptions) -> Result<Reply, CallError> {
        let found = self.pack().service_by_directory(service).and_then(|s| s.operation_named(operation));
        let found = found.ok_or_else(|| CallError::Other(format!("there is no operation {operation} of {service}")))?;
        self.call_with(found, CallInput::new(params), options)
    }

    /// Calls an operation with settings of the caller's own.
    ///
    /// # Errors
    /// As [`Session::call`].
    pub fn call_with(&self, operation: Operation, input: CallInput, options: &ClientOptions) -> Result<Reply, CallError> {
        let client = self.client_with(operation.service(), options)?;
        call(self, &client, operation, input)
    }

    /// The pages of an operation.
    ///
    /// # Errors
    /// When the paging options are wrong; the calls themselves come later.
    pub fn pages<'a>(&'a self, operation: Operation, input: CallInput, paging: &Paging) -> Result<Pages<'a, 'w>, CallError> {
        // The client is made first: what is wrong with the set-up is reported before the paging options.
        self.client(operation.service())?;
        Pages::new(self, operation, input, paging)
    }
}

fn call(session: &Session, client: &ServiceClient, operation: Operation, input: CallInput) -> Result<Reply, CallError> {
    let CallInput { params, body_file, ordered } = input;
    let mut state = CallState { session, client, operation, params, body_file, ordered, redirected: None };
    handlers::before_build(&mut state)?;
    loop {
        match attempt_call(&mut state) {
            // S3 said where the bucket is: once more, there.
            Err(CallError::Service(failure)) if handlers::redirect(&mut state, &failure)? => {}
            other => return other,
        }
    }
}

fn attempt_call(state: &mut CallState) -> Result<Reply, CallError> {
    let (session, client, operation) = (state.session, state.client, state.operation);
    let endpoint = endpoint::resolve(session, client, operation, state)?;
    let signing = auth::choose(client, operation, &endpoint, state)?;
    let streamed = Streamed(state.body_file.is_some());
    if client.settings.parameter_validation
        && let Some(problems) = session.with_clock(|clock| validate::problems(operation.input(), &state.params, &state.ordered, streamed, &clock))
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
                inject_host_prefix: client.settings.inject_host_prefix,
                clock,
            },
        )
    });
    let request = request.map_err(|e| CallError::Other(e.to_string()))?;
    let mut outgoing = assemble(&endpoint, request, state)?;
    for header in &endpoint.headers {
        if let Some(value) = header.values.first() {
            outgoing.set_header(&header.name, value);
        }
    }
    outgoing.set_header("User-Agent", &user_agent::text(session));
    handlers::before_call(state, &mut outgoing)?;
    compression::apply(client, operation, &mut outgoing);
    checksum::apply(client, operation, &state.params, &mut outgoing)?;
    transact(state, &mut outgoing, &signing)
}

/// Joins the endpoint and the serialised request to what is sent.
fn assemble(endpoint: &oxaws_endpoint::Endpoint, request: protocol::Request, state: &CallState) -> Result<Outgoing, CallError> {
    let base = endpoint.url.as_str();
    let (scheme, rest) = base.split_once("://").ok_or_else(|| CallError::Other(format!("Invalid endpoint: {base}")))?;
    let (authority, base_path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let prefix = request.host_prefix.as_deref().unwrap_or("");
    let base_path = base_path.strip_suffix('/').unwrap_or(base_path);
    let query: Vec<String> = request
        .query
        .iter()
        .map(|(k, v)| format!("{}={}", protocol::percent_encode(k, b"-._~"), protocol::percent_encode(v, b"-._~")))
        .collect();
    let path = handlers::path(state, &request.path);
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
        scheme: scheme.to_owned(),
        authority: format!("{prefix}{authority}"),
        path: format!("{base_path}{path}"),
        query: query.join("&"),
        headers: request.headers,
        source,
        expect_continue: false,
    })
}

/// Sends until the call is settled: a reply, an error answer that isn't worth another attempt, or no attempt left.
fn transact(state: &CallState, outgoing: &mut Outgoing, signing: &Signing) -> Result<Reply, CallError> {
    let (session, client, operation) = (state.session, state.client, state.operation);
    let invocation = oxaws_env::uuid4(session.world());
    let max = client.max_attempts();
    let mut attempt = 1;
    let mut paid = None;
    loop {
        let outcome = one_attempt(state, outgoing, signing, &invocation, attempt);
        let (again, error) = match outcome {
            Ok(reply) => {
                client.quota.give_back(paid);
                return Ok(reply);
            }
            Err(CallError::Service(failure)) => {
                (retry::is_retryable(operation, &failure.error), CallError::Service(failure))
            }
            Err(error) => (retry::is_transient(&error), error),
        };
        let last = attempt >= max;
        if last || !again {
            return Err(match error {
                CallError::Service(mut failure) => {
                    failure.retries = last.then_some(attempt - 1);
                    CallError::Service(failure)
                }
                other => other,
            });
        }
        let http = match &error {
            CallError::Http(e) => Some(e),
            _ => None,
        };
        match client.quota.pay(http) {
            Some(cost) => paid = Some(cost),
            None => return Err(error),
        }
        let mut random = [0u8; 4];
        session.world().random(&mut random);
        session.world().sleep(retry::pause(attempt, f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX)));
        if session.cancel().is_cancelled() {
            return Err(CallError::Interrupted);
        }
        outgoing.source.rewind()?;
        attempt += 1;
    }
}

fn one_attempt(
    state: &CallState,
    outgoing: &mut Outgoing,
    signing: &Signing,
    invocation: &str,
    attempt: u32,
) -> Result<Reply, CallError> {
    let (session, client, operation) = (state.session, state.client, state.operation);
    outgoing.set_header("amz-sdk-invocation-id", invocation);
    let max = if attempt > 1 { format!("; max={}", client.max_attempts()) } else { String::new() };
    outgoing.set_header("amz-sdk-request", &format!("attempt={attempt}{max}"));
    let signed = auth::sign(session, client, outgoing, signing)?;
    let url = Url::parse(&signed.url())?;
    let mut response = send::send(session.http()?, &url, &signed, &mut outgoing.source)?;
    let headers: Vec<(String, String)> = response.headers.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let streams = operation.has_streaming_output() && response.status < 300;
    let events = operation.has_event_stream_output() && response.status < 300;
    let body = if streams || events { Vec::new() } else { response.body.read_to_vec(MAX_REPLY)? };
    let reply = protocol::Reply { status: response.status, reason: &response.reason, headers: &headers, body: &body };
    let timestamps =
        if session.config()?.timestamps_as_on_the_wire()? { Timestamps::Wire } else { Timestamps::Iso8601 };
    if response.status >= 300 || handlers::is_error_in_disguise(state, &reply) {
        let error = session.with_clock(|clock| protocol::parse_error(operation, &handlers::as_error(&reply), &ParseOptions { timestamps, clock }))?;
        let error = handlers::error_text(state, error);
        return Err(CallError::Service(Box::new(ServiceFailure {
            operation: operation.name().to_owned(),
            error,
            retries: None,
        })));
    }
    let parsed = session.with_clock(|clock| protocol::parse(operation, &reply, &ParseOptions { timestamps, clock }))?;
    let request_id = parsed.request_id;
    let mut value = match parsed.value {
        Value::Map(map) => map,
        _ => Map::new(),
    };
    if !streams
        && let Some(member) = parsed.stream_member
    {
        value.insert(member.name(), Value::Bytes(body.clone()));
    }
    checksum::check_reply(client, operation, &state.params, &headers, &body, streams)?;
    handlers::after_call(state, &mut value, &reply)?;
    Ok(Reply {
        value,
        stream: (streams || events).then_some(response.body),
        status: response.status,
        headers: response.headers,
        request_id,
    })
}
