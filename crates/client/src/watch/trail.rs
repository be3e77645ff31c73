//! The log of one call. Nobody who watches costs one look at an empty place for each call.

use crate::error::ServiceFailure;
use crate::types::outgoing::{Outgoing, Signed, Source};
use crate::types::reply::response_metadata;
use crate::watch::observer::{Observer, STREAM, Step};
use crate::watch::redact::{self, Masked};
use oxaws_env::World;
use oxaws_http::Headers;
use oxaws_model::{Operation, Protocol, ShapeKind};
use oxaws_protocol::ServiceError;
use oxaws_value::secret::without_user_info;
use oxaws_value::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::time::Duration;

/// One call, for those who watch it: all that they are told of it carries one id. Secrets are taken out here.
pub struct Trail<'a> {
    world: &'a dyn World,
    observer: &'a dyn Observer,
    id: String,
    operation: Operation,
    /// Whether the request's body carries a secret.
    secret_body: bool,
    /// Secrets that the URL may carry.
    secrets: Vec<String>,
}

impl fmt::Debug for Trail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trail({})", self.id)
    }
}

impl<'a> Trail<'a> {
    fn tell(&self, step: Step) {
        self.observer.observe(self.world.now(), Some(&self.id), &step);
    }

    /// The trail of a call of `operation`.
    pub(crate) fn new(world: &'a dyn World, observer: &'a dyn Observer, operation: Operation) -> Trail<'a> {
        Trail { world, observer, id: oxaws_env::uuid4(world), operation, secret_body: false, secrets: Vec::new() }
    }

    /// The call begins, with these parameters, under their names in the model. `body_file` is the file whose contents
    /// are the streaming payload.
    pub fn call(&mut self, params: &Map, body_file: Option<&Path>) {
        let input = self.operation.input();
        let Masked { value, hidden } = redact::structure(input, params);
        self.secret_body = hidden;
        self.secrets = redact::in_url(input, params);
        let mut params = value;
        let payload = input.and_then(|i| i.payload()).filter(|m| m.shape().kind() == ShapeKind::Blob);
        if let (Some(file), Some(member)) = (body_file, payload) {
            params.insert(member.name(), reader(file));
        }
        let (service, operation) = (self.operation.service().directory(), self.operation.name());
        self.tell(Step::Call { service, operation, params: Value::Map(params) });
    }

    /// The endpoint is known.
    pub fn endpoint(&self, url: &str) {
        self.tell(Step::Endpoint(self.url(url)));
    }

    /// A signed request goes out.
    pub(crate) fn sent(&self, signed: &Signed, outgoing: &Outgoing, body_file: Option<&Path>) {
        let body = match (&signed.form, &outgoing.source) {
            _ if self.secret_body => redact::HIDDEN.into(),
            (Some(form), _) => Value::from(redact::query(&String::from_utf8_lossy(form))),
            (None, Source::Bytes(bytes)) if bytes.is_empty() => Value::Null,
            (None, Source::Bytes(bytes)) => redact::text(bytes),
            (None, Source::File(_) | Source::Encoded(_) | Source::Streamed(_)) => {
                body_file.map_or(Value::from(STREAM), reader)
            }
        };
        // The transport adds it, as the AWS CLI's does before it is recorded.
        let length = signed.form.as_ref().map(|form| form.len() as u64).or_else(|| outgoing.length());
        let length = length.filter(|_| outgoing.header("Content-Length").is_none()).map(|length| length.to_string());
        let text: Vec<(&str, Cow<str>)> =
            outgoing.headers.iter().map(|(k, v)| (k.as_ref(), String::from_utf8_lossy(v))).collect();
        let headers = text.iter().map(|(k, v)| (*k, v.as_ref()));
        let headers = headers.chain(length.as_deref().map(|length| ("Content-Length", length)));
        self.tell(Step::Request {
            method: outgoing.method.to_string(),
            url: self.url(&signed.text),
            headers: Value::Map(redact::headers(self.operation.input(), headers)),
            streaming: self.operation.has_streaming_input(),
            body,
        });
    }

    /// A reply came; `None` for a body that streams.
    pub(crate) fn response(&self, status: u16, headers: &Headers, body: Option<&[u8]>, secret: bool) {
        let body = match body {
            _ if secret => Value::from(redact::HIDDEN),
            None => STREAM.into(),
            Some(bytes) => redact::text(bytes),
        };
        self.tell(Step::Response {
            operation: self.operation.name(),
            status,
            headers: Value::Map(redact::headers(self.operation.output(), headers.iter())),
            streaming: self.operation.has_streaming_output(),
            body,
        });
    }

    /// A reply came and is understood. The body of one that carries secrets isn't told.
    pub(crate) fn answered(
        &self,
        (status, headers): (u16, &Headers),
        body: Option<&[u8]>,
        value: &Map,
        request_id: Option<&str>,
    ) {
        let Masked { mut value, hidden } = redact::structure(self.operation.output(), value);
        self.response(status, headers, body, hidden);
        if let (None, Some(member)) = (body, self.operation.output().and_then(|o| o.payload())) {
            value.insert(member.name(), STREAM);
        }
        value.insert("ResponseMetadata", self.metadata(status, headers, request_id));
        self.tell(Step::Parsed(Value::Map(value)));
    }

    /// An error came, with this status and body.
    pub fn refused(&self, failure: &ServiceFailure, answered: u16, body: &[u8]) {
        let ServiceError { code, message, fields, details, shape, status, request_id, .. } = &failure.error;
        let hidden = redact::structure(*shape, fields).hidden || redact::structure(*shape, details).hidden;
        self.response(answered, &failure.headers, Some(body), hidden);
        let mut error = redact::structure(*shape, details).value;
        for (name, text) in [("Code", code.as_str()), ("Message", message.as_deref().unwrap_or_default())] {
            if !error.contains_key(name) {
                error.insert(name, text);
            }
        }
        let mut parsed: Map = [("Error", Value::Map(error))].into_iter().collect();
        let mut metadata = self.metadata(*status, &failure.headers, request_id.as_deref());
        // An error that only its status tells has both ids, whatever they are.
        let told_by_status = body.is_empty() && *status < 500;
        if told_by_status && self.operation.service().protocol() == Protocol::RestXml {
            for name in ["RequestId", "HostId"] {
                if !metadata.contains_key(name) {
                    metadata.insert(name, "");
                }
            }
        }
        parsed.insert("ResponseMetadata", metadata);
        for (name, value) in redact::structure(*shape, fields).value {
            if !["code", "message"].contains(&name.to_ascii_lowercase().as_str()) {
                parsed.insert(name, value);
            }
        }
        self.tell(Step::Parsed(Value::Map(parsed)));
    }

    /// No reply came, or none that can be read.
    pub fn failed(&self, why: &dyn fmt::Display) {
        self.tell(Step::Failed(without_user_info(&why.to_string()).into_owned()));
    }

    /// There will be another attempt, after a pause.
    pub fn retry(&self, reason: impl Into<String>, pause: Duration) {
        self.tell(Step::Retry(without_user_info(&reason.into()).into_owned(), pause));
    }

    fn metadata(&self, status: u16, headers: &Headers, request_id: Option<&str>) -> Map {
        let shown = redact::headers(self.operation.output(), headers.iter());
        let shown: Map = shown.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        response_metadata(status, shown, request_id, headers.get("x-amz-id-2"))
    }

    fn url(&self, url: &str) -> String {
        redact::url(url, &self.secrets)
    }
}

/// An open file, as Python shows one.
fn reader(path: &Path) -> Value {
    Value::from(format!("<_io.BufferedReader name={}>", oxaws_python::repr_str(&path.to_string_lossy())))
}
