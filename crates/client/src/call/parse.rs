//! What answers mean: the one reader of replies, errors and successes alike.

use crate::call::checksum;
use crate::error::{CallError, ServiceFailure};
use crate::services;
use crate::state::CallState;
use crate::types::reply::{Answer, Reply};
use crate::types::stream::StreamBody;
use oxaws_http::{BodyReader, Headers};
use oxaws_model::{Member, Operation};
use oxaws_protocol as protocol;
use oxaws_value::{Map, Value};

/// The largest reply that is held in memory, in bytes.
const MAX_REPLY: usize = 512 << 20;

/// What becomes of an answer that is no error.
pub trait Taker {
    /// What it becomes.
    type Taken;

    /// Whether the body of a good answer is left to be read later.
    fn leaves_body(&self, operation: Operation) -> bool;

    /// The largest body that is read into memory, in bytes.
    fn limit(&self) -> usize {
        MAX_REPLY
    }

    /// Whether an answer with a status below 300 is an error all the same.
    fn is_error(&self, state: &CallState, answer: &Answer) -> bool {
        services::is_error_in_disguise(state, answer.status, &answer.body)
    }

    /// Takes the answer, and the body that was left. So many attempts failed before.
    ///
    /// # Errors
    /// When it can't be read, or isn't what it must be.
    fn take(
        &mut self,
        state: &CallState,
        answer: Answer,
        body: Option<BodyReader>,
        retries: u32,
    ) -> Result<Self::Taken, CallError>;
}

/// Takes a reply as its operation's output.
pub struct Whole;

impl Taker for Whole {
    type Taken = Reply;

    fn leaves_body(&self, operation: Operation) -> bool {
        operation.has_streaming_output() || operation.has_event_stream_output()
    }

    fn take(
        &mut self,
        state: &CallState,
        mut answer: Answer,
        body: Option<BodyReader>,
        retries: u32,
    ) -> Result<Reply, CallError> {
        let mut expected = match state.operation.has_event_stream_output() {
            true => None,
            false => checksum::expected(state.operation, &state.params, &answer.headers),
        };
        if body.is_none()
            && let Some(mut expected) = expected.take()
        {
            expected.update(&answer.body);
            expected.check()?;
        }
        let Output { mut value, stream_member, request_id } = output(state, &answer)?;
        if let Some(trail) = &state.trail {
            let shown = body.is_none().then_some(&*answer.body);
            trail.answered((answer.status, &answer.headers), shown, &value, request_id.as_deref());
        }
        services::after_call(state, &mut value, &answer.body)?;
        if !state.operation.has_streaming_output()
            && let Some(member) = stream_member
        {
            value.insert(member.name(), Value::Bytes(std::mem::take(&mut answer.body)));
        }
        let stream = body.map(|body| StreamBody::new(body, expected));
        Ok(Reply { value, stream, request_id, retries, body: Vec::new(), ..Reply::of(answer) })
    }
}

/// Takes a reply as it came, for callers who read it faster.
pub struct Raw;

impl Taker for Raw {
    type Taken = Reply;

    fn leaves_body(&self, operation: Operation) -> bool {
        Whole.leaves_body(operation)
    }

    fn take(
        &mut self,
        state: &CallState,
        answer: Answer,
        _body: Option<BodyReader>,
        retries: u32,
    ) -> Result<Reply, CallError> {
        tell(state, &answer, false);
        Ok(Reply { retries, ..Reply::of(answer) })
    }
}

/// What a good answer says.
struct Output {
    value: Map,
    /// The member that a streaming payload is.
    stream_member: Option<Member>,
    request_id: Option<String>,
}

fn pairs(headers: &Headers) -> Vec<(String, String)> {
    headers.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

fn output(state: &CallState, answer: &Answer) -> Result<Output, CallError> {
    let mut headers = pairs(&answer.headers);
    let extra = services::before_parse(state, &mut headers);
    let Answer { status, reason, body, .. } = answer;
    let reply = protocol::Reply { status: *status, reason, headers: &headers, body };
    let parsed = state.session.parsing(|options| protocol::parse(state.operation, &reply, options))??;
    let mut value = map(parsed.value);
    if let Some((name, text)) = extra {
        value.insert(name, text);
    }
    Ok(Output { value, stream_member: parsed.stream_member, request_id: parsed.request_id })
}

/// The structure that a reply is; empty for one that is none.
pub fn map(value: Value) -> Map {
    match value {
        Value::Map(map) => map,
        _ => Map::new(),
    }
}

/// What an error answer says. A success that is an error is read as a failure of the server.
///
/// # Errors
/// When it can't be read.
pub fn refusal(state: &CallState, answer: &Answer) -> Result<ServiceFailure, CallError> {
    let headers = pairs(&answer.headers);
    let status = if answer.status >= 300 { answer.status } else { 500 };
    let reply = protocol::Reply { status, reason: &answer.reason, headers: &headers, body: &answer.body };
    let error = state.session.parsing(|options| protocol::parse_error(state.operation, &reply, options))??;
    let operation = state.operation.name().to_owned();
    Ok(ServiceFailure { operation, error, retries: None, headers: answer.headers.clone(), for_credentials: false })
}

/// Tells those who watch of a good answer that the caller reads himself. It is read here, as the model says, for them; one
/// that can't be read is told without its body. `streams`: the body isn't in memory.
pub fn tell(state: &CallState, answer: &Answer, streams: bool) {
    let Some(trail) = &state.trail else { return };
    let (head, body) = ((answer.status, &answer.headers), (!streams).then_some(&*answer.body));
    match output(state, answer) {
        Ok(output) => trail.answered(head, body, &output.value, output.request_id.as_deref()),
        Err(_) => trail.response(answer.status, &answer.headers, body, true),
    }
}
