//! Requests to S3, made directly: nothing is built that isn't sent. What decides where a request goes, who signs it and
//! whether it is tried again is the client's.

use crate::body::{Body, Upload};
use crate::error::TransferError;
use crate::limits;
use crate::operation::Op;
use crate::throttle::Throttle;
use crate::{answer, told, validate};
use oxaws_client::{CallError, ClientOptions, Expecting, Parcel, ServiceClient, Session, Source, user_agent};
use oxaws_config::client::ChecksumUse;
use oxaws_http::{self as http, BodyReader, Cancel, Client, Headers, HttpError};
use oxaws_sign::Algorithm;
use oxaws_value::Map;
use std::borrow::Cow;
use std::sync::Arc;

/// A header about to be sent.
pub(crate) type Header<'a> = (Cow<'a, str>, Cow<'a, [u8]>);

/// S3 as one client sees it: a region, an endpoint, credentials.
pub struct S3<'s> {
    pub(crate) session: &'s Session<'s>,
    pub(crate) client: Arc<ServiceClient>,
    options: ClientOptions,
    http: Client,
    user_agent: String,
    pub(crate) throttle: Option<Arc<Throttle>>,
}

impl std::fmt::Debug for S3<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3").field("options", &self.options).finish_non_exhaustive()
    }
}

/// A request before it is signed.
pub(crate) struct Call<'a> {
    pub op: Op,
    pub bucket: &'a str,
    pub key: &'a str,
    /// The query, encoded.
    pub query: Cow<'a, str>,
    pub headers: Vec<Header<'a>>,
    pub body: Body<'a>,
    /// The checksum that the body is sent with.
    pub checksum: Option<Algorithm>,
    /// A header that no parameter asks for.
    pub unasked: &'static str,
}

impl<'a> Call<'a> {
    pub(crate) fn new(op: Op, bucket: &'a str, key: &'a str) -> Self {
        let query = Cow::Borrowed("");
        Call { op, bucket, key, query, headers: Vec::new(), body: Body::Empty, checksum: None, unasked: "" }
    }

    pub(crate) fn header(&mut self, name: &'a str, value: impl Into<Cow<'a, str>>) {
        let value = match value.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        self.headers.push((Cow::Borrowed(name), value));
    }
}

/// What came back.
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Headers,
    /// The body, where it isn't the object.
    pub body: Vec<u8>,
    /// The object.
    pub stream: Option<BodyReader>,
}

/// What ends a request, and who hears of its bytes.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub cancel: &'a Cancel,
    /// Bytes of a body that went out; negative where an attempt failed and they go out again.
    pub progress: &'a (dyn Fn(i64) + Sync),
}

impl<'s> S3<'s> {
    /// A client for transfers, over the session's settings.
    ///
    /// # Errors
    /// When a setting is invalid.
    pub fn new(
        session: &'s Session<'s>,
        options: ClientOptions,
        command: &str,
        connections: usize,
    ) -> Result<Self, CallError> {
        let service =
            session.pack().service_by_directory("s3").ok_or_else(|| CallError::bug("there is no model of s3"))?;
        let client = session.own_client(service, &options)?;
        // Each request brings its own flag: cleaning up goes on when the session is cancelled.
        let http = Client::new(http::Options {
            cancel: Cancel::new(),
            max_idle: connections.max(1),
            ..session.http()?.options().clone()
        });
        let user_agent = user_agent::text(session, Some(&format!("s3.{command}")));
        Ok(S3 { session, client, options, http, user_agent, throttle: None })
    }

    /// Another client over the same connections, that finds out by itself where buckets are: the source's, which the
    /// CLI keeps apart from the destination's.
    ///
    /// # Errors
    /// When a setting is invalid.
    pub fn beside(&self, options: ClientOptions) -> Result<S3<'s>, CallError> {
        let service = self.client.service;
        Ok(S3 {
            session: self.session,
            client: self.session.own_client(service, &options)?,
            options,
            http: self.http.clone(),
            user_agent: self.user_agent.clone(),
            throttle: self.throttle.clone(),
        })
    }

    /// Limits the bandwidth of all transfers of this client.
    pub fn limit(&mut self, throttle: Arc<Throttle>) {
        self.throttle = Some(throttle);
    }

    /// Whether uploads carry a checksum without being asked to.
    pub fn sends_checksums(&self) -> bool {
        self.client.settings.request_checksums == ChecksumUse::WhenSupported
    }

    /// Whether checksums of replies are asked for and checked without being asked to.
    pub fn checks_replies(&self) -> bool {
        self.client.settings.response_checksums == ChecksumUse::WhenSupported
    }

    /// Calls an operation through the general client.
    pub(crate) fn call(&self, operation: &str, params: Map) -> Result<oxaws_client::Reply, TransferError> {
        Ok(self.session.call_named("s3", operation, params, &self.options)?)
    }

    /// Sends a request until it is settled.
    pub(crate) fn send(&self, call: &Call<'_>, around: Around<'_>) -> Result<Answer, TransferError> {
        let Call { op, bucket, key, .. } = *call;
        let params = |operation| told::params(call, operation);
        let mut begun = self.client.begin(self.session, op.name(), bucket, params)?;
        if self.client.settings.parameter_validation {
            validate::check_bucket(bucket)?;
        }
        if op.has_key() {
            validate::check_key(key)?;
        }
        let mut upload = Upload::new(&call.body, around, self.throttle.as_deref());
        let source = match &call.body {
            _ if op.uploads() => Source::Streamed(&mut upload),
            Body::Bytes(bytes) => Source::Bytes(Cow::Borrowed(bytes)),
            Body::Empty | Body::File(_) => Source::Bytes(Cow::Borrowed(b"")),
        };
        let parcel = Parcel {
            key: op.has_key().then_some(key),
            query: &call.query,
            user_agent: &self.user_agent,
            headers: call.headers.iter().map(|(n, v)| (n.as_ref().into(), v.as_ref().into())).collect(),
            source,
            checksum: call.checksum,
        };
        let expecting = Expecting {
            leaves_body: op.streams(),
            limit: if op == Op::ListObjects { limits::MAX_PAGE } else { limits::MAX_REPLY },
            is_error: answer::is_error,
        };
        let outcome = begun.send(op.method(), parcel, (&self.http, around.cancel), expecting);
        let (answer, stream) = outcome.map_err(|e| local_error(call, e))?;
        let oxaws_client::Answer { status, headers, body, .. } = answer;
        if stream.is_none()
            && let Err(bad) = answer::check(op, status, &headers, &body)
        {
            begun.failed(&bad);
            upload.undo();
            return Err(bad.into());
        }
        if let (Body::Bytes(bytes), true) = (&call.body, op.uploads()) {
            (around.progress)(bytes.len() as i64);
        }
        Ok(Answer { status, headers, body, stream })
    }

    /// Eight hexadecimal digits for the name of a file that isn't whole yet.
    pub(crate) fn short_id(&self) -> String {
        let mut id = self.client.new_id(self.session);
        id.truncate(8);
        id
    }
}

/// An error of the body is the file's.
fn local_error(call: &Call<'_>, error: CallError) -> TransferError {
    match (error, &call.body) {
        (CallError::Http(HttpError::Body(e)), Body::File(range)) => range.error(e),
        (CallError::File(cause), Body::File(_)) => TransferError::Local(cause),
        (other, _) => other.into(),
    }
}
