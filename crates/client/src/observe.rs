//! Who wants to know what calls do: the history and `--debug`. What an [`Observer`] is told has no secrets in it: values
//! that the model calls sensitive, and those whose name tells it, are replaced, and a body that carries one is left out.
//!
//! Calls are told of where they are made: here, and by callers that send for themselves (the S3 engine), through a
//! [`Trail`]. Nobody who watches costs one look at an empty place for each call.

use crate::call::{CallInput, response_metadata};
use crate::client::ServiceClient;
use crate::error::{CallError, ServiceFailure};
use crate::handlers::{self, CallState};
use crate::redact::{self, Masked};
use crate::send::{Outgoing, Signed, Source};
use crate::session::Session;
use oxaws_env::Instant;
use oxaws_http::Headers;
use oxaws_model::{Operation, Protocol, ShapeKind};
use oxaws_protocol::{self as protocol, ParseOptions, ServiceError, Timestamps};
use oxaws_value::secret::without_user_info;
use oxaws_value::{Map, Value};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What stands for a body that streams, and for the parameter that it is.
pub const STREAM: &str = "<stream>";

/// The body of a request that its caller sends himself.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    /// There is none.
    Nothing,
    /// It is in memory.
    Bytes(&'a [u8]),
    /// It is an object, which nobody is told of.
    Stream,
}

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

impl ServiceClient {
    /// The trail of a call of the operation that the model calls so, which its caller sends himself; `None` where nobody
    /// watches. He tells of the call in this order: [`Trail::call`], [`Trail::endpoint`], and for each attempt
    /// [`Trail::request`] and then [`Trail::reply`], [`Trail::refused`] or [`Trail::failed`], and [`Trail::retry`] before
    /// another one.
    pub fn trail<'a>(&self, session: &'a Session<'_>, operation: &str) -> Option<Trail<'a>> {
        session.observer.get()?;
        session.trail(self.service.operation_named(operation)?)
    }
}

/// One call, for those who watch it: all that they are told of it carries one id. Secrets are taken out here.
pub struct Trail<'a> {
    session: &'a Session<'a>,
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

impl Trail<'_> {
    fn tell(&self, step: Step) {
        self.observer.observe(self.session.world().now(), Some(&self.id), &step);
    }

    /// The operation.
    pub fn operation(&self) -> Operation {
        self.operation
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
        self.goes_out(&signed.method, &signed.url, headers, body);
    }

    /// A signed request of the caller's goes out. The headers are all that are sent.
    pub fn request<'h>(
        &self,
        method: &str,
        url: &str,
        headers: impl Iterator<Item = (&'h str, &'h str)>,
        body: Shown<'_>,
    ) {
        let body = match body {
            Shown::Nothing => Value::Null,
            _ if self.secret_body => redact::HIDDEN.into(),
            Shown::Bytes(bytes) => redact::text(bytes),
            Shown::Stream => STREAM.into(),
        };
        self.goes_out(method, url, headers, body);
    }

    fn goes_out<'h>(&self, method: &str, url: &str, headers: impl Iterator<Item = (&'h str, &'h str)>, body: Value) {
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

    /// A reply to the caller came that is no error; `None` for a body that streams. It is read here, as the model says,
    /// for those who watch; one that can't be read is told without its body.
    pub fn reply(&self, client: &ServiceClient, (status, headers): (u16, &Headers), body: Option<&[u8]>) {
        match self.parsed(client, (status, headers), body.unwrap_or_default()) {
            Ok((value, request_id)) => self.answered((status, headers), body, &value, request_id.as_deref()),
            Err(_) => self.response(status, headers, body, true),
        }
    }

    fn parsed(
        &self,
        client: &ServiceClient,
        (status, headers): (u16, &Headers),
        body: &[u8],
    ) -> Result<(Map, Option<String>), CallError> {
        let state = CallState::new(self.session, client, self.operation, CallInput::default());
        let mut pairs: Vec<(String, String)> = headers.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let extra = handlers::before_parse(&state, &mut pairs);
        let reply = protocol::Reply { status, reason: "", headers: &pairs, body };
        let timestamps =
            if self.session.config()?.timestamps_as_on_the_wire()? { Timestamps::Wire } else { Timestamps::Iso8601 };
        let parsed = self
            .session
            .with_clock(|clock| protocol::parse(self.operation, &reply, &ParseOptions { timestamps, clock }))?;
        let mut value = match parsed.value {
            Value::Map(map) => map,
            _ => Map::new(),
        };
        if let Some((name, text)) = extra {
            value.insert(name, text);
        }
        Ok((value, parsed.request_id))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{ClientOptions, SessionOptions};
    use oxaws_env::Fixed;
    use oxaws_http::Cancel;
    use oxaws_value::{JsonStyle, to_json};
    use std::sync::Mutex;

    /// Notes everything as text.
    #[derive(Default)]
    struct Notes(Mutex<Vec<(Option<String>, String)>>);

    impl Observer for Notes {
        fn observe(&self, _at: Instant, call: Option<&str>, step: &Step) {
            let json = |value: &Value| to_json(value, JsonStyle::PYTHON);
            let text = match step {
                Step::Call { operation, params, .. } => format!("{operation} {}", json(params)),
                Step::Endpoint(url) => url.clone(),
                Step::Request { method, url, headers, body, .. } => {
                    format!("{method} {url} {} {}", json(headers), json(body))
                }
                Step::Response { status, headers, body, .. } => format!("{status} {} {}", json(headers), json(body)),
                Step::Parsed(value) => json(value),
                Step::Failed(why) => format!("failed: {why}"),
                other => format!("{other:?}"),
            };
            self.0.lock().expect("no thread that panicked").push((call.map(str::to_owned), text));
        }
    }

    fn headers(pairs: &[(&str, &str)]) -> Headers {
        let mut out = Headers::default();
        for (name, value) in pairs {
            out.push(name, value);
        }
        out
    }

    fn failure(client: &ServiceClient, session: &Session, operation: Operation, body: &[u8]) -> ServiceFailure {
        client
            .failure(session, operation, (403, "Forbidden"), &headers(&[("x-amz-request-id", "R")]), body)
            .expect("an answer that can be read")
    }

    #[test]
    fn a_call_that_its_caller_sends_is_told_without_secrets() {
        let world = Fixed::new().with_var("AWS_DEFAULT_REGION", "us-east-1");
        let session = Session::new(&world, oxaws_pack::facts(), SessionOptions::default(), Cancel::new());
        let service = session.pack().service_by_directory("s3").expect("the pack has it");
        let client = session.own_client(service, &ClientOptions::default()).expect("a region is set");
        assert!(client.trail(&session, "PutObject").is_none());
        let notes = Arc::new(Notes::default());
        session.observe(notes.clone());
        assert!(client.trail(&session, "NoSuchOperation").is_none());
        let mut trail = client.trail(&session, "PutObject").expect("somebody watches");
        let params = [("Bucket", "b"), ("Key", "k"), ("Body", STREAM), ("SSECustomerKey", "hush")];
        trail.call(&params.into_iter().map(|(name, value)| (name, Value::from(value))).collect(), None);
        trail.endpoint("https://h");
        let sent =
            [("x-amz-server-side-encryption-customer-key", "aHVzaA=="), ("X-Amz-Security-Token", "hush"), ("A", "b")];
        trail.request("PUT", "https://h/k", sent.into_iter(), Shown::Stream);
        let refusal = b"<Error><Code>SlowDown</Code><Message>m</Message><Token-0>hush</Token-0></Error>";
        trail.refused(&failure(&client, &session, trail.operation(), refusal), 403, refusal);
        trail.retry("busy", Duration::from_secs(1));
        trail.failed(&"gone");
        trail.reply(&client, (200, &headers(&[("ETag", "e"), ("x-amz-request-id", "R")])), Some(b""));
        let notes = notes.0.lock().expect("no thread that panicked");
        assert!(notes.iter().all(|(call, _)| call.is_some() && *call == notes[0].0));
        let texts: Vec<&str> = notes.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            texts,
            [
                r#"PutObject {"Bucket": "b", "Key": "k", "Body": "<stream>", "SSECustomerKey": "****"}"#,
                "https://h",
                r#"PUT https://h/k {"x-amz-server-side-encryption-customer-key": "****", "X-Amz-Security-Token": "****", "A": "b"} "<stream>""#,
                r#"403 {"x-amz-request-id": "R"} "****""#,
                r#"{"Error": {"Code": "SlowDown", "Message": "m", "Token-0": "****"}, "ResponseMetadata": {"RequestId": "R", "HTTPStatusCode": 403, "HTTPHeaders": {"x-amz-request-id": "R"}}}"#,
                "Retry(\"busy\", 1s)",
                "failed: gone",
                r#"200 {"ETag": "e", "x-amz-request-id": "R"} """#,
                r#"{"ETag": "e", "ResponseMetadata": {"RequestId": "R", "HTTPStatusCode": 200, "HTTPHeaders": {"etag": "e", "x-amz-request-id": "R"}}}"#,
            ]
        );
    }
}
