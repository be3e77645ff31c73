//! For callers that build their requests themselves (the S3 engine). They say what is sent and what a good answer looks
//! like; where a request goes, its checksum and signature, whether it is tried again, what an error answer means and who
//! is told of it are settled here as for every other call.

use crate::call::parse::{self, Taker};
use crate::call::transact::{self, Line};
use crate::call::{self, checksum, endpoint, sign};
use crate::error::CallError;
use crate::session::client::ServiceClient;
use crate::session::{ClientOptions, Session};
use crate::state::CallState;
use crate::types::input::CallInput;
use crate::types::outgoing::{Outgoing, Source};
use crate::types::reply::Answer;
use crate::types::signing::Route;
use oxaws_http::{BodyReader, Cancel, Client};
use oxaws_model::{Operation, Service};
use oxaws_sign::{Algorithm, Headers};
use oxaws_value::{Map, Value};
use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;

/// A call of an operation on a bucket that has begun: those who watch know of it.
pub struct BucketCall<'a> {
    state: CallState<'a>,
    bucket: &'a str,
    /// Where it goes, if an earlier call asked for that.
    known: Option<Arc<Route>>,
}

/// What is sent to a bucket.
#[derive(Debug)]
pub struct Parcel<'b> {
    /// The key as it is, where the operation has one.
    pub key: Option<&'b str>,
    /// The query, encoded.
    pub query: &'b str,
    /// The `User-Agent`.
    pub user_agent: &'b str,
    /// The operation's own headers.
    pub headers: Headers<'b>,
    /// The body.
    pub source: Source<'b>,
    /// The checksum that the body is sent with.
    pub checksum: Option<Algorithm>,
}

/// What is expected of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Expecting {
    /// Whether the body of a good answer is left to the caller.
    pub leaves_body: bool,
    /// The largest body that is read into memory, in bytes.
    pub limit: usize,
    /// Whether an answer of this status and body is an error in spite of a status below 300.
    pub is_error: fn(u16, &[u8]) -> bool,
}

impl Taker for Expecting {
    type Taken = (Answer, Option<BodyReader>);

    fn leaves_body(&self, _operation: Operation) -> bool {
        self.leaves_body
    }

    fn limit(&self) -> usize {
        self.limit
    }

    fn is_error(&self, _state: &CallState, answer: &Answer) -> bool {
        (self.is_error)(answer.status, &answer.body)
    }

    fn take(
        &mut self,
        state: &CallState,
        answer: Answer,
        body: Option<BodyReader>,
        _retries: u32,
    ) -> Result<Self::Taken, CallError> {
        parse::tell(state, &answer, body.is_some());
        Ok((answer, body))
    }
}

impl Session<'_> {
    /// A client that shares with no other what it remembers: where buckets are, sessions, what retries are paid with.
    ///
    /// # Errors
    /// As [`Session::client`].
    pub fn own_client(&self, service: Service, options: &ClientOptions) -> Result<Arc<ServiceClient>, CallError> {
        Ok(Arc::new(ServiceClient::new(self, service, options)?))
    }

    /// Whether somebody watches the calls.
    pub fn is_observed(&self) -> bool {
        self.observer.get().is_some()
    }
}

impl ServiceClient {
    /// An id for a request or a file, in the form of a UUID.
    pub fn new_id(&self, session: &Session) -> String {
        self.memory.call_id(session.world())
    }

    /// Begins a call of the operation that the model calls so. `params` is what those who watch are told, and is asked
    /// only if there is somebody.
    ///
    /// # Errors
    /// When the model has no such operation.
    pub fn begin<'a>(
        &'a self,
        session: &'a Session<'a>,
        operation: &str,
        bucket: &'a str,
        params: impl FnOnce(Operation) -> Map,
    ) -> Result<BucketCall<'a>, CallError> {
        let known = self.memory.route(bucket, operation);
        let modelled = known.as_ref().map(|route| route.operation);
        let operation = match modelled.or_else(|| self.service.operation_named(operation)) {
            Some(operation) => operation,
            None => return Err(CallError::bug(format!("the model has no operation {operation}"))),
        };
        let params = match session.is_observed() {
            true => params(operation),
            false => [("Bucket", Value::from(bucket))].into_iter().collect(),
        };
        let mut state = call::state(session, self, operation, CallInput::new(params));
        state.begin();
        Ok(BucketCall { state, bucket, known })
    }
}

impl BucketCall<'_> {
    /// Where the operation on the bucket goes. The endpoint rules are asked once for all calls of the client, and again
    /// when the bucket turned out to be in another region.
    ///
    /// # Errors
    /// When the rules refuse the settings or the bucket.
    fn route(&mut self) -> Result<Arc<Route>, CallError> {
        if let Some(route) = self.known.take() {
            return Ok(route);
        }
        let CallState { session, client, operation, .. } = self.state;
        let endpoint = endpoint::resolve(session, client, operation, &self.state)?;
        let signing = sign::choose(&self.state, &endpoint)?;
        let headers = endpoint.headers.into_iter().filter_map(|h| Some((h.name, h.values.into_iter().next()?)));
        let route = Arc::new(Route { operation, url: endpoint.url, headers: headers.collect(), signing });
        client.memory.set_route(self.bucket, operation.name(), route.clone());
        Ok(route)
    }

    /// Sends until the call is settled; gives the answer, and the body where that is left.
    ///
    /// # Errors
    /// The last attempt's.
    pub fn send(
        &mut self,
        method: &'static str,
        parcel: Parcel<'_>,
        (http, cancel): (&Client, &Cancel),
        mut expecting: Expecting,
    ) -> Result<(Answer, Option<BodyReader>), CallError> {
        let route = self.route()?;
        if let Some(trail) = &self.state.trail {
            trail.endpoint(&route.url);
        }
        let invalid = || CallError::invalid(format!("Invalid endpoint: {}", route.url));
        let (scheme, rest) = route.url.split_once("://").ok_or_else(invalid)?;
        let rest = rest.trim_end_matches('/');
        let (authority, base) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let path = match parcel.key {
            Some(key) => [base, "/", &oxaws_python::percent_encode(key.as_bytes(), b"/~-_.")].concat(),
            None if base.is_empty() => "/".to_owned(),
            None => base.to_owned(),
        };
        let mut outgoing = Outgoing::new(method, scheme, authority.to_owned(), path);
        outgoing.query = parcel.query.to_owned();
        outgoing.headers.reserve(parcel.headers.len() + route.headers.len() + 12);
        outgoing.headers.push(("User-Agent".into(), Cow::Borrowed(parcel.user_agent.as_bytes())));
        route.headers.iter().for_each(|(name, value)| outgoing.set_header(name, value));
        outgoing.headers.extend(parcel.headers);
        outgoing.source = parcel.source;
        if let Some(algorithm) = parcel.checksum {
            outgoing.headers.push(("x-amz-sdk-checksum-algorithm".into(), algorithm.name().as_bytes().into()));
            checksum::attach(&self.state, &mut outgoing, &route.signing, algorithm)?;
        }
        let line = Some(Line { http, cancel });
        let result = transact::transact(&mut self.state, &mut outgoing, &route.signing, line, &mut expecting);
        if result.is_err() {
            outgoing.source.rewind()?;
        }
        result
    }

    /// The answer is no good after all: those who watch are told why.
    pub fn failed(&self, why: &dyn Display) {
        if let Some(trail) = &self.state.trail {
            trail.failed(why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::SessionOptions;
    use crate::types::outgoing::{Signed, Streamed};
    use crate::watch::observer::{Observer, STREAM, Step};
    use oxaws_env::{Fixed, Instant};
    use oxaws_http::{Body, Headers as Answered, Url};
    use oxaws_value::{JsonStyle, to_json};
    use std::sync::Mutex;
    use std::time::Duration;

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

    fn answer(status: u16, pairs: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut headers = Answered::default();
        for (name, value) in pairs {
            headers.push(name, value);
        }
        Answer { status, reason: String::new(), headers, body: body.to_vec() }
    }

    #[derive(Debug)]
    struct Nothing;

    impl Streamed for Nothing {
        fn length(&self) -> u64 {
            3
        }
        fn scan(&mut self, _: &mut dyn FnMut(&[u8])) -> Result<(), CallError> {
            Ok(())
        }
        fn body(&mut self, _: Option<Algorithm>) -> Body<'_> {
            Body::Empty
        }
        fn rewind(&mut self) {}
    }

    #[test]
    fn a_call_of_the_engine_is_told_without_secrets() {
        let world = Fixed::new().with_var("AWS_DEFAULT_REGION", "us-east-1");
        let session = Session::new(&world, oxaws_pack::facts(), SessionOptions::default(), Cancel::new());
        let service = session.pack().service_by_directory("s3").expect("the pack has it");
        let client = session.own_client(service, &ClientOptions::default()).expect("a region is set");
        let params = |_| {
            let params = [("Bucket", "b"), ("Key", "k"), ("Body", STREAM), ("SSECustomerKey", "hush")];
            params.into_iter().map(|(name, value)| (name, Value::from(value))).collect()
        };
        assert!(client.begin(&session, "PutObject", "b", params).expect("an operation").state.trail.is_none());
        let notes = Arc::new(Notes::default());
        session.observe(notes.clone());
        assert!(client.begin(&session, "NoSuchOperation", "b", params).is_err());
        let begun = client.begin(&session, "PutObject", "b", params).expect("an operation");
        let trail = begun.state.trail.as_ref().expect("somebody watches");
        trail.endpoint("https://h");
        let mut outgoing = Outgoing::new("PUT", "https", "h".into(), "/k".into());
        outgoing.set_header("x-amz-server-side-encryption-customer-key", "aHVzaA==");
        outgoing.set_header("X-Amz-Security-Token", "hush");
        let mut nothing = Nothing;
        outgoing.source = Source::Streamed(&mut nothing);
        let text = outgoing.url();
        let url = Url::parse(&text).expect("a URL");
        trail.sent(&Signed { text, url, form: None }, &outgoing, None);
        let refused = answer(
            403,
            &[("x-amz-request-id", "R")],
            b"<Error><Code>SlowDown</Code><Message>m</Message><Token-0>hush</Token-0></Error>",
        );
        let failure = parse::refusal(&begun.state, &refused).expect("an answer that can be read");
        trail.refused(&failure, 403, &refused.body);
        trail.retry("busy", Duration::from_secs(1));
        begun.failed(&"gone");
        parse::tell(&begun.state, &answer(200, &[("ETag", "e"), ("x-amz-request-id", "R")], b""), false);
        let notes = notes.0.lock().expect("no thread that panicked");
        assert!(notes.iter().all(|(call, _)| call.is_some() && *call == notes[0].0));
        let texts: Vec<&str> = notes.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            texts,
            [
                r#"PutObject {"Bucket": "b", "Key": "k", "Body": "<stream>", "SSECustomerKey": "****"}"#,
                "https://h",
                r#"PUT https://h/k {"x-amz-server-side-encryption-customer-key": "****", "X-Amz-Security-Token": "****", "Content-Length": "3"} "<stream>""#,
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
