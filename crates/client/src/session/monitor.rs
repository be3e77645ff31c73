//! Client-side monitoring (`csm_enabled`): a datagram of JSON for each attempt and each call, to an agent that gathers
//! them. The form is that of AWS's SDKs, without their `SessionToken`: that is a secret.

use crate::error::CallError;
use crate::session::Session;
use crate::types::outgoing::Outgoing;
use oxaws_http::{Datagrams, Headers, HttpError};
use oxaws_model::Operation;
use oxaws_protocol::ServiceError;
use oxaws_value::{JsonStyle, Map, Value, to_json};

/// Limits of the agent, in characters and (the last) bytes.
const MAX_CLIENT_ID: usize = 255;
const MAX_CODE: usize = 128;
const MAX_USER_AGENT: usize = 256;
const MAX_MESSAGE: usize = 512;
const MAX_EVENT: usize = 8 * 1024;

/// Python's `separators=(',', ':')`.
const STYLE: JsonStyle = JsonStyle { indent: None, ascii: true, spaced: false };
/// Headers of replies, and the members they become.
const IDS: [(&str, &str); 3] =
    [("x-amzn-requestid", "XAmznRequestId"), ("x-amz-request-id", "XAmzRequestId"), ("x-amz-id-2", "XAmzId2")];

/// Where events go.
#[derive(Debug)]
pub(crate) struct Monitor {
    client_id: String,
    /// `None` where there is no way to the agent.
    agent: Option<Datagrams>,
}

impl Monitor {
    /// The monitor that the configuration asks for.
    ///
    /// # Errors
    /// When the port is no number or the sender's name is too long.
    pub(crate) fn configured(session: &Session) -> Result<Option<Monitor>, CallError> {
        let config = session.config_unchecked();
        if config.boolean("csm_enabled")? != Some(true) {
            return Ok(None);
        }
        let host = config.text("csm_host")?.unwrap_or_default();
        let port = config.integer("csm_port")?.unwrap_or_default();
        let client_id = config.text("csm_client_id")?.unwrap_or_default();
        if client_id.chars().count() > MAX_CLIENT_ID {
            return Err(CallError::setting(format!(
                "The value provided for csm_client_id: {client_id} exceeds the maximum length of {MAX_CLIENT_ID} \
                 characters"
            )));
        }
        let agent = u16::try_from(port).ok().and_then(|port| Datagrams::to(&host, port));
        Ok(Some(Monitor { client_id, agent }))
    }

    fn send(&self, event: Map) {
        let text = to_json(&Value::Map(event), STYLE);
        if let Some(agent) = self.agent.as_ref().filter(|_| text.len() <= MAX_EVENT) {
            agent.send(text.as_bytes());
        }
    }
}

/// What an attempt met.
pub(crate) enum Seen<'a> {
    /// An answer that was told of by [`Watch::answer`].
    Told,
    /// An answer; one that is an error has it.
    Answer(u16, &'a Headers, Option<&'a ServiceError>),
    /// No answer that can be read.
    Fault(&'a CallError),
}

/// Watches one call. It costs nothing where nobody wants to know.
pub(crate) struct Watch<'a> {
    call: Option<Call<'a>>,
}

struct Call<'a> {
    monitor: &'a Monitor,
    session: &'a Session<'a>,
    service: &'static str,
    operation: &'static str,
    started: i64,
    attempts: i64,
    attempt_started: i64,
    attempt: Map,
    /// The attempt's answer, if it was a good one.
    answer: Option<(u16, Headers)>,
    /// What the call's own event repeats of its last attempt.
    last: Map,
}

impl<'a> Watch<'a> {
    pub(crate) fn start(session: &'a Session<'a>, operation: Operation) -> Watch<'a> {
        let call = session.monitor().ok().flatten().map(|monitor| Call {
            monitor,
            session,
            service: operation.service().service_id(),
            operation: operation.name(),
            started: millis(session),
            attempts: 0,
            attempt_started: 0,
            attempt: Map::new(),
            answer: None,
            last: Map::new(),
        });
        Watch { call }
    }

    /// An attempt begins.
    pub(crate) fn request(&mut self, outgoing: &Outgoing) {
        let Some(call) = &mut self.call else { return };
        call.attempts += 1;
        call.attempt_started = millis(call.session);
        let header = |name: &str| outgoing.header(name);
        let user_agent = cut(header("User-Agent").unwrap_or_default(), MAX_USER_AGENT);
        let (key, region) = header("Authorization").and_then(scope).unzip();
        let (mut attempt, mut last) = (Map::new(), Map::new());
        attempt.insert("Fqdn", outgoing.authority.as_str());
        attempt.insert("UserAgent", user_agent.as_str());
        if let Some(key) = key {
            attempt.insert("AccessKey", key);
        }
        if let Some(region) = region {
            attempt.insert("Region", region);
            last.insert("Region", region);
        }
        last.insert("UserAgent", user_agent);
        (call.attempt, call.last) = (attempt, last);
    }

    /// A good answer came. Whether it can be read is to be seen.
    pub(crate) fn answer(&mut self, status: u16, headers: &Headers) {
        if let Some(call) = &mut self.call {
            call.answer = Some((status, headers.clone()));
        }
    }

    /// It has ended.
    pub(crate) fn response(&mut self, seen: &Seen<'_>) {
        let Some(call) = &mut self.call else { return };
        let latency = millis(call.session) - call.attempt_started;
        let mut event = call.event("ApiCallAttempt", call.attempt_started);
        event.insert("AttemptLatency", latency);
        append(&mut event, std::mem::take(&mut call.attempt));
        let answer = call.answer.take();
        let told = answer.as_ref().map(|(status, headers)| Seen::Answer(*status, headers, None));
        match told.as_ref().filter(|_| matches!(seen, Seen::Told)).unwrap_or(seen) {
            Seen::Told => {}
            Seen::Answer(status, headers, error) => {
                event.insert("HttpStatusCode", i64::from(*status));
                call.last.insert("FinalHttpStatusCode", i64::from(*status));
                for (name, member) in IDS {
                    if let Some(id) = headers.get(name) {
                        event.insert(member, id);
                    }
                }
                if let Some(error) = error {
                    let message = error.message.as_deref().unwrap_or_default();
                    put(&mut event, &mut call.last, "AwsException", cut(&error.code, MAX_CODE));
                    put(&mut event, &mut call.last, "AwsExceptionMessage", cut(message, MAX_MESSAGE));
                }
            }
            Seen::Fault(error) => {
                put(&mut event, &mut call.last, "SdkException", class(error).to_owned());
                put(&mut event, &mut call.last, "SdkExceptionMessage", cut(&error.to_string(), MAX_MESSAGE));
            }
        }
        call.monitor.send(event);
    }

    /// The call has ended.
    pub(crate) fn end<T>(&mut self, result: &Result<T, CallError>) {
        let Some(mut call) = self.call.take() else { return };
        let exceeded = match result {
            Ok(_) => false,
            Err(CallError::Service(failure)) => failure.retries.is_some(),
            Err(CallError::Http(error)) => error.is_transient(),
            Err(_) => false,
        };
        let mut event = call.event("ApiCall", call.started);
        event.insert("AttemptCount", call.attempts);
        append(&mut event, std::mem::take(&mut call.last));
        event.insert("Latency", millis(call.session) - call.started);
        event.insert("MaxRetriesExceeded", i64::from(exceeded));
        call.monitor.send(event);
    }
}

impl Call<'_> {
    fn event(&self, kind: &str, at: i64) -> Map {
        let mut event = Map::new();
        event.insert("Version", 1);
        event.insert("ClientId", self.monitor.client_id.as_str());
        event.insert("Type", kind);
        event.insert("Service", self.service);
        event.insert("Api", self.operation);
        event.insert("Timestamp", at);
        event
    }
}

fn append(event: &mut Map, more: Map) {
    for (name, value) in more {
        event.insert(name, value);
    }
}

/// Puts a member into an attempt's event, and with `Final` before its name into what the call repeats.
fn put(event: &mut Map, last: &mut Map, name: &str, text: String) {
    event.insert(name.to_owned(), text.as_str());
    last.insert(format!("Final{name}"), text);
}

fn millis(session: &Session) -> i64 {
    i64::try_from(session.world().now().nanos.div_euclid(1_000_000)).unwrap_or(i64::MAX)
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Access key and region of a signature (SigV4).
fn scope(authorization: &str) -> Option<(&str, &str)> {
    let rest = authorization.strip_prefix("AWS4-HMAC-SHA256 Credential=")?;
    let mut parts = rest.split('/');
    let key = parts.next()?;
    parts.next()?;
    Some((key, parts.next()?))
}

/// botocore's class for a failure.
fn class(error: &CallError) -> &'static str {
    match error {
        CallError::Http(HttpError::Connect { .. }) => "EndpointConnectionError",
        CallError::Http(HttpError::ConnectTimeout { .. }) => "ConnectTimeoutError",
        CallError::Http(HttpError::ReadTimeout { .. }) => "ReadTimeoutError",
        CallError::Http(HttpError::Tls { .. }) => "SSLError",
        CallError::Http(HttpError::Proxy { .. }) => "ProxyConnectionError",
        CallError::Http(HttpError::Closed { .. } | HttpError::Truncated { .. }) => "ConnectionClosedError",
        CallError::NoCredentials => "NoCredentialsError",
        CallError::Parse(_) => "ResponseParserError",
        _ => "HTTPClientError",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_signature_says() {
        let text =
            "AWS4-HMAC-SHA256 Credential=AKID/20300101/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0";
        assert_eq!(scope(text), Some(("AKID", "eu-west-1")));
        assert_eq!(scope("Bearer x"), None);
        assert_eq!(cut("äöü", 2), "äö");
    }
}
