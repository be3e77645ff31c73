//! Sends a request until the call is settled: a reply, an error that isn't worth another attempt, or no attempt left.

use crate::auth::{self, Signing};
use crate::call::Reply;
use crate::checksum::Expected;
use crate::endpoint;
use crate::error::{CallError, ServiceFailure};
use crate::handlers::{self, CallState, Detour};
use crate::monitor::{Seen, Watch};
use crate::retry::{self, Attempts, Outcome};
use crate::send::{self, Outgoing, StreamBody};
use oxaws_http::{Headers, Url};
use oxaws_protocol::{self as protocol, ParseOptions, Timestamps};
use oxaws_value::{Map, Value};

/// The largest reply that is held in memory, in bytes.
const MAX_REPLY: usize = 512 << 20;

/// An answer as it came, for those who must look behind its meaning.
#[derive(Debug, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The body, empty for one that streams.
    pub body: Vec<u8>,
}

/// How an attempt ended.
enum Attempt {
    Reply(Box<Reply>),
    /// A reply in memory that its checksum doesn't fit.
    Damaged(CallError, Answer),
    Refused(Box<ServiceFailure>, Answer),
}

/// Sends until the call is settled.
///
/// # Errors
/// The last attempt's.
pub fn transact(state: &mut CallState, outgoing: &mut Outgoing, signing: Signing) -> Result<Reply, CallError> {
    let mut watch = Watch::start(state);
    let result = settle(state, outgoing, signing, &mut watch);
    watch.end(&result);
    result
}

fn settle(
    state: &mut CallState,
    outgoing: &mut Outgoing,
    mut signing: Signing,
    watch: &mut Watch,
) -> Result<Reply, CallError> {
    let (session, client, operation) = (state.session, state.client, state.operation);
    let world = session.world();
    let invocation = oxaws_env::uuid4(world);
    let mut attempts = Attempts::new(operation, &client.quota, client.max_attempts(), world);
    loop {
        handlers::before_attempt(state, outgoing)?;
        let outcome = one_attempt(state, outgoing, &signing, &invocation, &attempts, watch);
        watch.response(&match &outcome {
            Ok(Attempt::Reply(reply)) => Seen::Answer(reply.status, &reply.headers, None),
            Ok(Attempt::Damaged(_, answer)) => Seen::Answer(answer.status, &answer.headers, None),
            Ok(Attempt::Refused(failure, answer)) => Seen::Answer(answer.status, &answer.headers, Some(&failure.error)),
            Err(error) => Seen::Fault(error),
        });
        if let Some(limiter) = client.quota.limiter() {
            let throttled = matches!(&outcome, Ok(Attempt::Refused(f, _)) if retry::is_throttling(operation, &f.error));
            limiter.after_attempt(world, throttled);
        }
        let (pause, detour, error, answer) = match outcome {
            Ok(Attempt::Reply(reply)) => {
                attempts.succeeded();
                return Ok(Reply { retries: attempts.number() - 1, ..*reply });
            }
            Ok(Attempt::Damaged(error, answer)) => {
                (attempts.retry(Outcome::Damaged, Some(&answer.headers), world), Detour::None, error, Some(answer))
            }
            Ok(Attempt::Refused(mut failure, answer)) => {
                failure.retries = attempts.exhausted();
                let pause = attempts.retry(Outcome::Error(&failure.error), Some(&answer.headers), world);
                let detour = handlers::after_failure(state, &failure, attempts.number())?;
                if pause.is_none() && detour == Detour::None {
                    return Err(handlers::final_error(state, failure, &answer));
                }
                (pause, detour, CallError::Service(failure), Some(answer))
            }
            Err(error) => {
                if let Some(trail) = &state.trail {
                    trail.failed(&error);
                }
                (attempts.retry(Outcome::Fault(&error), None, world), Detour::None, error, None)
            }
        };
        if let (Some(pause), Some(trail)) = (pause, &state.trail) {
            trail.retry(error.to_string(), pause);
        }
        match (pause, detour) {
            (None, Detour::None) => return Err(error),
            (Some(pause), _) => world.sleep(pause),
            (None, Detour::Elsewhere | Detour::Again) => {}
        }
        if session.cancel().is_cancelled() {
            return Err(CallError::Interrupted);
        }
        if detour == Detour::Elsewhere {
            let endpoint = endpoint::resolve(session, client, operation, state)?;
            outgoing.move_to(&endpoint.url, false);
            signing = auth::choose(state, &endpoint)?;
        }
        outgoing.source.rewind()?;
        let timeout = session.options().read_timeout.filter(|t| *t != 0);
        session.with_clock(|clock| attempts.next(answer.as_ref().map(|a| (&a.headers, timeout)), &clock));
    }
}

fn one_attempt(
    state: &CallState,
    outgoing: &mut Outgoing,
    signing: &Signing,
    invocation: &str,
    attempts: &Attempts,
    watch: &mut Watch,
) -> Result<Attempt, CallError> {
    let (session, client, operation) = (state.session, state.client, state.operation);
    let mut signed = auth::sign(state, outgoing, signing)?;
    // Not part of the signature, as in the CLI.
    signed.headers.push(("amz-sdk-invocation-id".into(), invocation.to_owned()));
    signed.headers.push(("amz-sdk-request".into(), attempts.header()));
    watch.request(&signed);
    if let Some(trail) = &state.trail {
        trail.sent(&signed, outgoing, state.body_file.as_deref());
    }
    let url = Url::parse(&signed.url)?;
    if let Some(limiter) = client.quota.limiter() {
        limiter.before_request(session.world());
    }
    let mut response = send::send(session.http()?, &url, &signed, &mut outgoing.source)?;
    let good = response.status < 300;
    let streams = operation.has_streaming_output() && good;
    let events = operation.has_event_stream_output() && good;
    let body = if streams || events { Vec::new() } else { response.body.read_to_vec(MAX_REPLY)? };
    let mut answer = Answer { status: response.status, headers: response.headers, body };
    let mut expected = if events { None } else { Expected::of(operation, &state.params, &answer.headers) };
    if !streams && let Some(mut expected) = expected.take() {
        expected.update(&answer.body);
        expected.check()?;
    }
    // With a single attempt the CLI doesn't look at this checksum.
    if !attempts.is_single()
        && let Err(damage) = handlers::check_reply(state, &answer.headers, &answer.body)
    {
        if let Some(trail) = &state.trail {
            trail.response(answer.status, &answer.headers, Some(&answer.body), true);
        }
        return Ok(Attempt::Damaged(damage, answer));
    }
    let mut headers: Vec<(String, String)> = answer.headers.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let extra = handlers::before_parse(state, &mut headers);
    let reply =
        protocol::Reply { status: answer.status, reason: &response.reason, headers: &headers, body: &answer.body };
    let timestamps =
        if session.config()?.timestamps_as_on_the_wire()? { Timestamps::Wire } else { Timestamps::Iso8601 };
    if !good || handlers::is_error_in_disguise(state, &reply) {
        let reply = handlers::as_error(&reply);
        let error = session
            .with_clock(|clock| protocol::parse_error(operation, &reply, &ParseOptions { timestamps, clock }))?;
        let operation = operation.name().to_owned();
        let headers = answer.headers.clone();
        let failure = Box::new(ServiceFailure { operation, error, retries: None, headers, for_credentials: false });
        if let Some(trail) = &state.trail {
            trail.refused(&failure, answer.status, &answer.body);
        }
        return Ok(Attempt::Refused(failure, answer));
    }
    if state.raw {
        if let Some(trail) = &state.trail {
            trail.reply(client, (answer.status, &answer.headers), Some(&answer.body));
        }
        return Ok(Attempt::Reply(Box::new(Reply {
            value: Map::new(),
            stream: None,
            status: answer.status,
            headers: answer.headers,
            request_id: None,
            body: answer.body,
            retries: 0,
        })));
    }
    let parsed = session.with_clock(|clock| protocol::parse(operation, &reply, &ParseOptions { timestamps, clock }))?;
    let request_id = parsed.request_id;
    let mut value = match parsed.value {
        Value::Map(map) => map,
        _ => Map::new(),
    };
    if let Some((name, text)) = extra {
        value.insert(name, text);
    }
    if let Some(trail) = &state.trail {
        let body = (!streams && !events).then_some(&*answer.body);
        trail.answered((answer.status, &answer.headers), body, &value, request_id.as_deref());
    }
    handlers::after_call(state, &mut value, &answer.body)?;
    if !streams && let Some(member) = parsed.stream_member {
        value.insert(member.name(), Value::Bytes(std::mem::take(&mut answer.body)));
    }
    Ok(Attempt::Reply(Box::new(Reply {
        value,
        stream: (streams || events).then(|| StreamBody::new(response.body, expected)),
        status: answer.status,
        headers: answer.headers,
        request_id,
        body: Vec::new(),
        retries: 0,
    })))
}
