//! Who wants to know what calls do: the history and `--debug`. What an [`Observer`] is told has no secrets in it: values
//! that the model calls sensitive, and those whose name tells it, are replaced, and a body that carries one is left out.
//!
//! Nobody who watches costs one look at an empty place for each call.

use crate::error::{CallError, ServiceFailure};
use crate::redact::{self, Masked};
use crate::send::{Outgoing, Signed, Source};
use crate::session::Session;
use crate::transact::Answer;
use oxaws_env::Instant;
use oxaws_http::Headers;
use oxaws_model::{Operation, ShapeKind};
use oxaws_protocol::ServiceError;
use oxaws_value::{Map, Value};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What stands for a body that streams.
const STREAM: &str = "<stream>";

/// Something that happened. Values are fit for JSON: bytes have become text.
#[derive(Debug)]
pub enum Step {
    /// A call begins.
    Call {
        /// The directory of the service's model.
        service: &'static str,
        /// The operation's name in the model.
        operation: &'static str,
        /// What it is called with.
        params: Value,
    },
    /// Credentials were found, by this provider of the chain.
    Credentials(&'static str),
    /// The endpoint is known: its URL.
    Endpoint(String),
    /// A request goes out.
    Request {
        /// The method.
        method: String,
        /// The URL.
        url: String,
        /// The headers.
        headers: Value,
        /// Whether the operation's body is a stream.
        streaming: bool,
        /// The body.
        body: Value,
    },
    /// A reply came.
    Response {
        /// The operation's name in the model.
        operation: &'static str,
        /// The HTTP status.
        status: u16,
        /// The headers.
        headers: Value,
        /// Whether the operation's reply is a stream.
        streaming: bool,
        /// The body.
        body: Value,
    },
    /// The reply is understood; an error's is too.
    Parsed(Value),
    /// No reply came, or none that can be read: why.
    Failed(String),
    /// Another attempt will be made: why, and after which pause.
    Retry(String, Duration),
}

/// Somebody who wants to know what calls do.
pub trait Observer: Send + Sync {
    /// Something happened, at `at`. What has the same `call` belongs to one call.
    fn observe(&self, at: Instant, call: Option<&str>, step: &Step);
}

impl Session<'_> {
    /// Tells `observer` from now on what calls do. A session has one observer; a second one is not heard.
    pub fn observe(&self, observer: Arc<dyn Observer>) {
        let _ = self.observer.set(observer);
    }

    /// Tells the observer of another session too.
    pub fn observed_as(self, other: &Session) -> Self {
        if let Some(observer) = other.observer.get() {
            self.observe(observer.clone());
        }
        self
    }

    /// Tells of something that belongs to no call.
    pub(crate) fn tell(&self, step: impl FnOnce() -> Step) {
        if let Some(observer) = self.observer.get() {
            observer.observe(self.world().now(), None, &step());
        }
    }

    /// The trail of a call of `operation`; `None` where nobody watches.
    pub(crate) fn trail(&self, operation: Operation) -> Option<Trail<'_>> {
        let observer = self.observer.get()?.as_ref();
        Some(Trail {
            session: self,
            observer,
            id: oxaws_env::uuid4(self.world()),
            operation,
            secret_body: false,
            secrets: Vec::new(),
        })
    }
}

/// One call, for those who watch it.
pub(crate) struct Trail<'a> {
    session: &'a Session<'a>,
    observer: &'a dyn Observer,
    id: String,
    operation: Operation,
    /// Whether the request's body carries a secret.
    secret_body: bool,
    /// Secrets that the URL may carry.
    secrets: Vec<String>,
}

impl std::fmt::Debug for Trail<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trail({})", self.id)
    }
}

impl Trail<'_> {
    fn tell(&self, step: Step) {
        self.observer.observe(self.session.world().now(), Some(&self.id), &step);
    }

    /// The call begins.
    pub(crate) fn call(&mut self, params: &Map, body_file: Option<&Path>) {
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
    pub(crate) fn endpoint(&self, url: &str) {
        self.tell(Step::Endpoint(self.url(url)));
    }

    /// A signed request goes out.
    pub(crate) fn sent(&self, signed: &Signed, outgoing: &Outgoing, body_file: Option<&Path>) {
        let body = match (&signed.body, &outgoing.source) {
            _ if self.secret_body => redact::HIDDEN.into(),
            (Some(form), _) => Value::from(redact::query(&String::from_utf8_lossy(form))),
            (None, Source::Bytes(bytes)) if bytes.is_empty() => Value::Null,
            (None, Source::Bytes(bytes)) => redact::text(bytes),
            (None, Source::File(_) | Source::Encoded(_)) => body_file.map_or(Value::from(STREAM), reader),
        };
        // The transport adds it, as the AWS CLI's does before it is recorded.
        let length = match (&signed.body, &outgoing.source) {
            (Some(form), _) => Some(form.len() as u64),
            (None, Source::Bytes(bytes)) if bytes.is_empty() && signed.method == "GET" => None,
            (None, Source::Bytes(bytes)) => Some(bytes.len() as u64),
            (None, Source::File(file)) => Some(file.length()),
            (None, Source::Encoded(_)) => None,
        };
        let length = length.filter(|_| outgoing.header("Content-Length").is_none()).map(|length| length.to_string());
        let headers = signed.headers.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        let headers = headers.chain(length.as_deref().map(|length| ("Content-Length", length)));
        self.request(&signed.method, &signed.url, headers, body);
    }

    /// A request goes out.
    fn request<'h>(&self, method: &str, url: &str, headers: impl Iterator<Item = (&'h str, &'h str)>, body: Value) {
        self.tell(Step::Request {
            method: method.to_owned(),
            url: self.url(url),
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

    /// An error came.
    pub(crate) fn refused(&self, failure: &ServiceFailure, answer: &Answer) {
        let ServiceError { code, message, fields, details, shape, status, request_id, .. } = &failure.error;
        let hidden = redact::structure(*shape, fields).hidden || redact::structure(*shape, details).hidden;
        self.response(answer.status, &failure.headers, Some(&answer.body), hidden);
        let mut error: Map = [("Message", Value::from(message.as_deref().unwrap_or_default()))].into_iter().collect();
        error.insert("Code", code.as_str());
        let mut parsed: Map = [("Error", Value::Map(error))].into_iter().collect();
        parsed.insert("ResponseMetadata", self.metadata(*status, &failure.headers, request_id.as_deref()));
        for (name, value) in redact::structure(*shape, fields).value {
            if !["code", "message"].contains(&name.to_ascii_lowercase().as_str()) {
                parsed.insert(name, value);
            }
        }
        self.tell(Step::Parsed(Value::Map(parsed)));
    }

    /// No reply came, or none that can be read.
    pub(crate) fn failed(&self, error: &CallError) {
        self.tell(Step::Failed(error.to_string()));
    }

    /// There will be another attempt.
    pub(crate) fn retry(&self, reason: impl Into<String>, pause: Duration) {
        self.tell(Step::Retry(reason.into(), pause));
    }

    fn metadata(&self, status: u16, headers: &Headers, request_id: Option<&str>) -> Map {
        let shown = redact::headers(self.operation.output(), headers.iter());
        let shown: Map = shown.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        let mut out = Map::new();
        if let Some(id) = request_id {
            out.insert("RequestId", id);
        }
        if let Some(id) = headers.get("x-amz-id-2") {
            out.insert("HostId", id);
        }
        out.insert("HTTPStatusCode", i64::from(status));
        out.insert("HTTPHeaders", shown);
        out
    }

    fn url(&self, url: &str) -> String {
        redact::url(url, &self.secrets)
    }
}

/// An open file, as Python shows one.
fn reader(path: &Path) -> Value {
    Value::from(format!("<_io.BufferedReader name={}>", oxaws_value::python::repr_str(&path.to_string_lossy())))
}
