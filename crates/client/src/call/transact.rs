//! Sends a request until the call is settled: a reply, an error that isn't worth another attempt, or no attempt left. All
//! calls come this way, those of the S3 engine too.

use crate::call::endpoint;
use crate::call::parse::{self, Taker};
use crate::call::sign;
use crate::error::{CallError, ServiceFailure};
use crate::retry::attempts::{self, Attempts, Outcome};
use crate::services::{self, Detour};
use crate::session::monitor::{Seen, Watch};
use crate::state::CallState;
use crate::types::outgoing::Outgoing;
use crate::types::reply::Answer;
use crate::types::signing::Signing;
use oxaws_http::{Body, Cancel, Client, Request};
use std::time::Duration;

/// The longest time that a pause goes on before somebody looks whether the call was cancelled.
const LOOK: Duration = Duration::from_millis(100);

/// What tells the service that attempts belong together, and which this is.
const RETRY_HEADERS: [&str; 2] = ["amz-sdk-invocation-id", "amz-sdk-request"];

/// The connections that a call takes in place of the session's, and what ends it.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    /// The connections.
    pub http: &'a Client,
    /// Ends the call.
    pub cancel: &'a Cancel,
}

/// How an attempt ended.
enum Attempt<T> {
    Taken(T),
    /// A reply in memory that its checksum doesn't fit.
    Damaged(CallError, Answer),
    Refused(Box<ServiceFailure>, Answer),
}

/// Sends until the call is settled.
///
/// # Errors
/// The last attempt's.
pub fn transact<T: Taker>(
    state: &mut CallState,
    outgoing: &mut Outgoing,
    signing: &Signing,
    line: Option<Line<'_>>,
    taker: &mut T,
) -> Result<T::Taken, CallError> {
    let mut watch = Watch::start(state.session, state.operation);
    let result = settle(state, outgoing, signing, line, taker, &mut watch);
    watch.end(&result);
    result
}

fn settle<T: Taker>(
    state: &mut CallState,
    outgoing: &mut Outgoing,
    signing: &Signing,
    line: Option<Line<'_>>,
    taker: &mut T,
    watch: &mut Watch,
) -> Result<T::Taken, CallError> {
    let (session, client, operation) = (state.session, state.client, state.operation);
    let world = session.world();
    let cancel = line.map_or(session.cancel(), |line| line.cancel);
    let id = client.memory.call_id(world);
    let mut attempts = Attempts::new(operation, &client.quota, client.max_attempts(), world);
    let mut moved = None;
    loop {
        services::before_attempt(state, outgoing)?;
        let signing = moved.as_ref().unwrap_or(signing);
        let outcome = one_attempt(state, outgoing, signing, line, (&id, &attempts), taker, watch);
        watch.response(&match &outcome {
            Ok(Attempt::Taken(_)) => Seen::Told,
            Ok(Attempt::Damaged(_, answer)) => Seen::Answer(answer.status, &answer.headers, None),
            Ok(Attempt::Refused(failure, answer)) => Seen::Answer(answer.status, &answer.headers, Some(&failure.error)),
            Err(error) => Seen::Fault(error),
        });
        if let Some(limiter) = client.quota.limiter() {
            let throttled =
                matches!(&outcome, Ok(Attempt::Refused(f, _)) if attempts::is_throttling(operation, &f.error));
            limiter.after_attempt(world, throttled);
        }
        let (pause, detour, error, answer) = match outcome {
            Ok(Attempt::Taken(taken)) => {
                attempts.succeeded();
                return Ok(taken);
            }
            Ok(Attempt::Damaged(error, answer)) => {
                (attempts.retry(Outcome::Damaged, Some(&answer.headers), world), Detour::None, error, Some(answer))
            }
            Ok(Attempt::Refused(mut failure, answer)) => {
                failure.retries = attempts.exhausted();
                let pause = attempts.retry(Outcome::Error(&failure.error), Some(&answer.headers), world);
                let detour = services::after_failure(state, &failure, attempts.number())?;
                if pause.is_none() && detour == Detour::None {
                    return Err(services::final_error(state, failure, &answer));
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
        if pause.is_none() && detour == Detour::None {
            return Err(error);
        }
        outgoing.source.rewind()?;
        let mut left = pause.unwrap_or_default();
        while !left.is_zero() && !cancel.is_cancelled() {
            let step = left.min(LOOK);
            world.sleep(step);
            left -= step;
        }
        if cancel.is_cancelled() {
            return Err(CallError::Interrupted);
        }
        if detour == Detour::Elsewhere {
            let endpoint = endpoint::resolve(session, client, operation, state)?;
            outgoing.move_to(&endpoint.url, false);
            moved = Some(sign::choose(state, &endpoint)?);
        }
        let timeout = session.options().read_timeout.filter(|t| *t != 0);
        session.with_clock(|clock| attempts.next(answer.as_ref().map(|a| (&a.headers, timeout)), &clock));
    }
}

fn one_attempt<T: Taker>(
    state: &CallState,
    outgoing: &mut Outgoing,
    signing: &Signing,
    line: Option<Line<'_>>,
    (id, attempts): (&str, &Attempts),
    taker: &mut T,
    watch: &mut Watch,
) -> Result<Attempt<T::Taken>, CallError> {
    let (session, client, operation) = (state.session, state.client, state.operation);
    if attempts.number() > 1 {
        RETRY_HEADERS.iter().for_each(|name| outgoing.remove_header(name));
    }
    let signed = sign::sign(state, outgoing, signing)?;
    // Not part of the signature, as in the CLI: a proxy may change them.
    let values = [id.to_owned(), attempts.header()];
    for (name, value) in RETRY_HEADERS.into_iter().zip(values) {
        outgoing.headers.push((name.into(), value.into_bytes().into()));
    }
    watch.request(outgoing);
    if let Some(trail) = &state.trail {
        trail.sent(&signed, outgoing, state.body_file.as_deref());
    }
    if let Some(limiter) = client.quota.limiter() {
        limiter.before_request(session.world());
    }
    let http = match line {
        Some(line) => line.http,
        None => session.http()?,
    };
    let mut response = http.send(Request {
        method: &outgoing.method,
        url: &signed.url,
        headers: &outgoing.headers,
        body: match &signed.form {
            Some(form) => Body::Bytes(form),
            None => outgoing.source.body(outgoing.trailer),
        },
        expect_continue: outgoing.expect_continue,
        cancel: line.map(|line| line.cancel.clone()),
    })?;
    let good = response.status < 300;
    let left = good && taker.leaves_body(operation);
    let body = if left { Vec::new() } else { response.body.read_to_vec(taker.limit())? };
    let answer = Answer { status: response.status, reason: response.reason, headers: response.headers, body };
    // With a single attempt the CLI doesn't look at this checksum.
    if !attempts.is_single()
        && let Err(damage) = services::check_reply(state, &answer.headers, &answer.body)
    {
        if let Some(trail) = &state.trail {
            trail.response(answer.status, &answer.headers, Some(&answer.body), true);
        }
        return Ok(Attempt::Damaged(damage, answer));
    }
    if !good || (!left && taker.is_error(state, &answer)) {
        let failure = parse::refusal(state, &answer)?;
        if let Some(trail) = &state.trail {
            trail.refused(&failure, answer.status, &answer.body);
        }
        return Ok(Attempt::Refused(Box::new(failure), answer));
    }
    watch.answer(answer.status, &answer.headers);
    let body = left.then_some(response.body);
    taker.take(state, answer, body, attempts.number() - 1).map(Attempt::Taken)
}
