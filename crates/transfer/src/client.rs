//! Requests to S3, made directly: the endpoint of a bucket is asked for once, the signing key is kept, nothing is built
//! that isn't sent. What decides where a request goes, who signs it and whether it is tried again is the client's.

use crate::body::{Body, Encode, Encoded, EncodedBytes};
use crate::error::TransferError;
use crate::limits;
use crate::operation::Op;
use crate::target::{Bucket, Target};
use crate::throttle::Throttle;
use crate::{answer, told, validate, xml};
use oxaws_client::{Attempts, Auth, CallError, ClientOptions, Outcome, ServiceClient, Session, Trail, user_agent};
use oxaws_config::client::ChecksumUse;
use oxaws_http::{self as http, BodyReader, Cancel, Client, Headers, HttpError, Url};
use oxaws_sign::{Algorithm, ChunkedEncoder, Digest, Hasher, Payload, Signable};
use oxaws_value::Map;
use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The SHA-256 of nothing.
const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A header about to be sent.
pub(crate) type Header<'a> = (Cow<'a, str>, Cow<'a, [u8]>);

/// S3 as one client sees it: a region, an endpoint, credentials.
pub struct S3<'s> {
    pub(crate) session: &'s Session<'s>,
    pub(crate) client: Arc<ServiceClient>,
    options: ClientOptions,
    http: Client,
    buckets: RwLock<Vec<Arc<Bucket>>>,
    user_agent: String,
    ids: AtomicU64,
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

/// How a body goes out.
pub(crate) struct Prepared {
    digest: Option<(Algorithm, Digest)>,
    pub sha256: Option<String>,
    pub chunked: Option<Algorithm>,
}

/// What all attempts of a call have in common.
#[derive(Clone, Copy)]
struct Sending<'a> {
    call: &'a Call<'a>,
    target: &'a Target,
    prepared: &'a Prepared,
    url: &'a Url,
    /// Who watches.
    trail: Option<&'a Trail<'a>>,
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
        let mut seed = [0; 8];
        session.world().random(&mut seed);
        let user_agent = user_agent::text(session, Some(&format!("s3.{command}")));
        Ok(S3 {
            session,
            client,
            options,
            http,
            buckets: RwLock::new(Vec::new()),
            user_agent,
            ids: AtomicU64::new(u64::from_le_bytes(seed)),
            throttle: None,
        })
    }

    /// Another client over the same connections, that finds out by itself where buckets are: the source's, which the
    /// CLI keeps apart from the destination's.
    ///
    /// # Errors
    /// When a setting is invalid.
    pub fn beside(&self, options: ClientOptions) -> Result<S3<'s>, CallError> {
        let service = self.client.service;
        let mut seed = [0; 8];
        self.session.world().random(&mut seed);
        Ok(S3 {
            session: self.session,
            client: self.session.own_client(service, &options)?,
            options,
            http: self.http.clone(),
            buckets: RwLock::default(),
            user_agent: self.user_agent.clone(),
            ids: AtomicU64::new(u64::from_le_bytes(seed)),
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

    pub(crate) fn bucket(&self, name: &str) -> Arc<Bucket> {
        let found = |list: &Vec<Arc<Bucket>>| list.iter().find(|b| b.name == name).cloned();
        if let Some(bucket) = found(&self.buckets.read().unwrap_or_else(PoisonError::into_inner)) {
            return bucket;
        }
        let mut buckets = self.buckets.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = found(&buckets) {
            return bucket;
        }
        let bucket = Arc::new(Bucket::new(name));
        buckets.push(bucket.clone());
        bucket
    }

    /// Where the bucket is has changed.
    fn forget(&self, bucket: &str) {
        self.buckets.write().unwrap_or_else(PoisonError::into_inner).retain(|b| b.name != bucket);
    }

    /// Sends a request until it is settled.
    pub(crate) fn send(&self, call: &Call<'_>, around: Around<'_>) -> Result<Answer, TransferError> {
        let mut redirected = false;
        let id = self.request_id();
        let mut attempts = None;
        let mut trail = self.client.trail(self.session, call.op.name());
        if let Some(trail) = &mut trail {
            trail.call(&told::params(call, trail.operation()), None);
        }
        loop {
            let bucket = self.bucket(call.bucket);
            if bucket.invalid && self.client.settings.parameter_validation {
                return Err(TransferError::validation(&validate::bucket_problem(call.bucket)));
            }
            if call.op.has_key() {
                validate::check_key(call.key)?;
            }
            let target = bucket.target(&self.client, self.session, call.op)?;
            if let Some(trail) = &trail {
                trail.endpoint(&target.base);
            }
            let prepared = self.prepare(call, &target, around)?;
            let url = &url_of(&target, call).map_err(CallError::from)?;
            let sending = Sending { call, target: &target, prepared: &prepared, url, trail: trail.as_ref() };
            let attempts = attempts.get_or_insert_with(|| self.client.attempts(self.session, target.operation));
            let failure = match self.attempts(sending, (&id, attempts), around) {
                Err(TransferError::Call(CallError::Service(failure))) => failure,
                settled => return settled,
            };
            if !redirected && self.client.moved(self.session, target.operation, call.bucket, &failure)? {
                self.forget(call.bucket);
                redirected = true;
                self.next_attempt(attempts, Some(&failure.headers));
                continue;
            }
            return Err(self.client.explained(self.session, target.operation, failure).into());
        }
    }

    /// Makes the hashes that must be known before the body goes out.
    fn prepare(&self, call: &Call<'_>, target: &Target, around: Around<'_>) -> Result<Prepared, TransferError> {
        let wants = target.signing.auth != Auth::None;
        let signs_body = wants
            && match self.client.settings.s3.payload_signing_enabled {
                Some(asked) => asked,
                None => !target.https || call.checksum.is_none() || !call.op.uploads(),
            };
        let mut prepared = Prepared { digest: None, sha256: None, chunked: None };
        match &call.body {
            Body::Empty => {
                prepared.digest = call.checksum.map(|a| (a, a.digest(b"")));
                prepared.sha256 = signs_body.then(|| EMPTY_SHA256.to_owned());
            }
            Body::Bytes(bytes) => {
                if !signs_body && target.https && call.op.uploads() {
                    prepared.chunked = call.checksum;
                    return Ok(prepared);
                }
                prepared.digest = call.checksum.map(|a| (a, a.digest(bytes)));
                prepared.sha256 = signs_body.then(|| oxaws_sign::sha256_hex(bytes));
            }
            Body::File(range) => {
                if !signs_body && target.https {
                    prepared.chunked = call.checksum;
                    return Ok(prepared);
                }
                let mut hashers: Vec<Hasher> = call.checksum.map(Hasher::new).into_iter().collect();
                let mut sha256 = signs_body.then(|| Hasher::new(Algorithm::Sha256));
                range.scan(around.cancel, |piece| {
                    for hasher in hashers.iter_mut().chain(&mut sha256) {
                        hasher.update(piece);
                    }
                })?;
                prepared.digest = call.checksum.zip(hashers.pop().map(Hasher::finish));
                prepared.sha256 = sha256.map(|h| h.finish().to_hex());
            }
        }
        Ok(prepared)
    }

    /// Sends until the call is settled.
    fn attempts(
        &self,
        sending: Sending<'_>,
        (id, attempts): (&str, &mut Attempts<'_>),
        around: Around<'_>,
    ) -> Result<Answer, TransferError> {
        let Sending { target, trail, .. } = sending;
        let world = self.session.world();
        let limiter = self.client.quota.limiter();
        loop {
            if let Some(limiter) = limiter {
                limiter.before_request(world);
            }
            let mut outcome = self.attempt(sending, (id, &attempts.header()), around);
            if let Some(limiter) = limiter {
                let refused = outcome.as_ref().err().and_then(TransferError::service);
                limiter.after_attempt(
                    world,
                    refused.is_some_and(|f| oxaws_client::is_throttling(target.operation, &f.error)),
                );
            }
            if let (Some(trail), Err(error)) = (trail, &outcome)
                && error.service().is_none()
            {
                trail.failed(error);
            }
            if let Err(TransferError::Call(CallError::Service(failure))) = &mut outcome {
                failure.retries = attempts.exhausted();
            }
            let (pause, answered) = match &outcome {
                Ok(_) => {
                    attempts.succeeded();
                    return outcome;
                }
                Err(TransferError::Call(CallError::Service(failure))) => (
                    attempts.retry(Outcome::Error(&failure.error), Some(&failure.headers), world),
                    Some(&failure.headers),
                ),
                Err(TransferError::Call(fault)) => (attempts.retry(Outcome::Fault(fault), None, world), None),
                Err(_) => (None, None),
            };
            let Some(pause) = pause else { return outcome };
            if let (Some(trail), Err(error)) = (trail, &outcome) {
                trail.retry(error.to_string(), pause);
            }
            if !self.pause(pause, around.cancel) {
                return Err(TransferError::Cancelled);
            }
            self.next_attempt(attempts, answered);
        }
    }

    fn next_attempt(&self, attempts: &mut Attempts<'_>, answered: Option<&Headers>) {
        let timeout = self.session.options().read_timeout.filter(|t| *t != 0);
        self.session.with_clock(|clock| attempts.next(answered.map(|headers| (headers, timeout)), &clock));
    }

    /// Waits before another attempt; `false` where it was cut short.
    fn pause(&self, mut left: Duration, cancel: &Cancel) -> bool {
        while !left.is_zero() && !cancel.is_cancelled() {
            let step = left.min(Duration::from_millis(100));
            self.session.world().sleep(step);
            left -= step;
        }
        !cancel.is_cancelled()
    }

    fn attempt(
        &self,
        sending: Sending<'_>,
        (id, request): (&str, &str),
        around: Around<'_>,
    ) -> Result<Answer, TransferError> {
        let Sending { call, target, prepared, url, trail } = sending;
        let mut headers: Vec<Header> = Vec::with_capacity(call.headers.len() + 12);
        headers.push(text_header("User-Agent", &self.user_agent));
        headers.extend(target.headers.iter().map(|(n, v)| text_header(n, v)));
        headers.extend(call.headers.iter().map(|(n, v)| (Cow::Borrowed(n.as_ref()), Cow::Borrowed(v.as_ref()))));
        let encoded_length = self.checksum_headers(call, prepared, &mut headers);
        self.sign(call, target, prepared, url, &mut headers)?;
        // Added after the signature, as the AWS CLI does: a proxy may change them.
        headers.push(text_header("amz-sdk-invocation-id", id));
        headers.push(text_header("amz-sdk-request", request));
        if let Some(trail) = trail {
            told::request(trail, call, url, &headers, encoded_length);
        }
        let sent = std::cell::Cell::new(0_i64);
        let progress = |n: i64| {
            sent.set(sent.get() + n);
            (around.progress)(n);
        };
        let throttle = self.throttle.as_deref();
        let (mut plain, mut chunked, mut chunked_bytes);
        let body = match &call.body {
            Body::Empty => http::Body::Empty,
            Body::Bytes([]) if encoded_length.is_none() => http::Body::Empty,
            Body::Bytes(bytes) => {
                if let Some(throttle) = &self.throttle {
                    throttle.take(bytes.len(), around.cancel);
                }
                match (prepared.chunked, encoded_length) {
                    (Some(algorithm), Some(length)) => {
                        chunked_bytes = EncodedBytes { bytes, algorithm, now: None };
                        http::Body::Reader { reader: &mut chunked_bytes, length }
                    }
                    _ => http::Body::Bytes(bytes),
                }
            }
            Body::File(range) => match (prepared.chunked, encoded_length) {
                (Some(algorithm), Some(length)) => {
                    let make =
                        Encode { range: *range, algorithm, progress: &progress, cancel: around.cancel, throttle };
                    chunked = Encoded { make, now: None };
                    http::Body::Reader { reader: &mut chunked, length }
                }
                _ => {
                    plain = range.reader(&progress, around.cancel, throttle);
                    http::Body::Reader { reader: &mut plain, length: range.length }
                }
            },
        };
        let request = http::Request {
            method: call.op.method(),
            url,
            headers: &headers,
            body,
            expect_continue: false,
            cancel: Some(around.cancel.clone()),
        };
        let outcome = self.http.send(request).map_err(CallError::from);
        let failed = |error: TransferError| {
            if sent.get() != 0 {
                (around.progress)(-sent.get());
            }
            error
        };
        let mut response = outcome.map_err(|e| failed(local_error(call, e)))?;
        if call.op.streams() && response.status < 300 {
            if let Some(trail) = trail {
                trail.reply(&self.client, (response.status, &response.headers), None);
            }
            let http::Response { status, headers, body, .. } = response;
            return Ok(Answer { status, headers, body: Vec::new(), stream: Some(body) });
        }
        let limit = if call.op == Op::ListObjects { limits::MAX_PAGE } else { limits::MAX_REPLY };
        let body = response.body.read_to_vec(limit).map_err(|e| failed(CallError::from(e).into()))?;
        // S3 may find out that it fails after it has sent a status of 200.
        let disguised = response.status == 200
            && !body.is_empty()
            && match xml::root_of(&body) {
                Ok(root) => root == b"Error",
                Err(xml::NotXml) => true,
            };
        if response.status < 300 && !disguised {
            if let Some(trail) = trail {
                trail.reply(&self.client, (response.status, &response.headers), Some(&body));
            }
            answer::check(call.op, response.status, &response.headers, &body).map_err(|e| failed(e.into()))?;
            if let (Body::Bytes(bytes), true) = (&call.body, call.op.uploads()) {
                (around.progress)(bytes.len() as i64);
            }
            return Ok(Answer { status: response.status, headers: response.headers, body, stream: None });
        }
        let status = if disguised { 500 } else { response.status };
        let reason = if disguised { "Internal Server Error" } else { response.reason.as_str() };
        let failure = self
            .client
            .failure(self.session, target.operation, (status, reason), &response.headers, &body)
            .map_err(|e| failed(e.into()))?;
        if let Some(trail) = trail {
            trail.refused(&failure, response.status, &body);
        }
        Err(failed(TransferError::Call(CallError::Service(Box::new(failure)))))
    }

    /// Signs a request as its target asks.
    fn sign(
        &self,
        call: &Call<'_>,
        target: &Target,
        prepared: &Prepared,
        url: &Url,
        headers: &mut Vec<Header<'_>>,
    ) -> Result<(), TransferError> {
        if target.signing.auth == Auth::None {
            return Ok(());
        }
        let payload = match (&prepared.sha256, prepared.chunked) {
            (Some(hash), _) => Payload::Sha256(hash),
            (None, Some(_)) => Payload::StreamingUnsignedTrailer,
            (None, None) => Payload::Unsigned,
        };
        let host = url.host_header();
        let (path, query) = url.target().split_once('?').unwrap_or((url.target(), ""));
        let mut request = Signable { method: call.op.method(), host: &host, path, query, headers };
        Ok(self.client.sign(self.session, target.operation, &target.signing, call.bucket, &mut request, payload)?)
    }

    /// Adds what tells of the body's checksum; gives the body's length where it is sent encoded.
    fn checksum_headers<'h>(&self, call: &Call<'h>, prepared: &Prepared, headers: &mut Vec<Header<'h>>) -> Option<u64> {
        let algorithm = prepared.chunked.or(prepared.digest.map(|(a, _)| a))?;
        headers.push(text_header("x-amz-sdk-checksum-algorithm", algorithm.name()));
        if let Some((algorithm, digest)) = prepared.digest {
            headers.push((Cow::Borrowed(algorithm.header()), Cow::Owned(digest.to_base64().into_bytes())));
            return None;
        }
        let length = match &call.body {
            Body::File(range) => range.length,
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::Empty => return None,
        };
        headers.push(text_header("X-Amz-Trailer", algorithm.header()));
        headers.push(("X-Amz-Decoded-Content-Length".into(), Cow::Owned(length.to_string().into_bytes())));
        match headers.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case("content-encoding")) {
            Some((_, value)) => *value = Cow::Owned([value.as_ref(), b",aws-chunked"].concat()),
            None => headers.push(text_header("Content-Encoding", "aws-chunked")),
        }
        Some(ChunkedEncoder::<&[u8]>::encoded_len(length, algorithm))
    }

    /// An id for a request: random enough to tell requests apart in a server's log.
    fn request_id(&self) -> String {
        let mix = || {
            let mut z =
                self.ids.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).wrapping_add(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        let bits = (u128::from(mix()) << 64) | u128::from(mix());
        let bits = bits & !(0xf << 76) | (4 << 76);
        let bits = bits & !(3 << 62) | (2 << 62);
        let mut out = String::with_capacity(36);
        for at in 0..32 {
            if matches!(at, 8 | 12 | 16 | 20) {
                out.push('-');
            }
            let digit = (bits >> (124 - 4 * at)) as u32 & 15;
            out.push(char::from_digit(digit, 16).unwrap_or('0'));
        }
        out
    }
}

fn text_header<'a>(name: &'a str, value: &'a str) -> Header<'a> {
    (Cow::Borrowed(name), Cow::Borrowed(value.as_bytes()))
}

/// An error of the body's reader is the file's.
fn local_error(call: &Call<'_>, error: CallError) -> TransferError {
    match (error, &call.body) {
        (CallError::Http(HttpError::Body(e)), Body::File(range)) => range.error(e),
        (other, _) => other.into(),
    }
}

fn url_of(target: &Target, call: &Call<'_>) -> Result<Url, HttpError> {
    let mut text = String::with_capacity(target.base.len() + call.key.len() * 2 + call.query.len() + 2);
    text.push_str(&target.base);
    if call.op.has_key() {
        text.push('/');
        text.push_str(&oxaws_python::percent_encode(call.key, b"/~-_."));
    } else if target.path_at == target.base.len() {
        text.push('/');
    }
    if !call.query.is_empty() {
        text.push('?');
        text.push_str(&call.query);
    }
    Url::parse(&text)
}

impl S3<'_> {
    /// Eight hexadecimal digits for the name of a file that isn't whole yet.
    pub(crate) fn short_id(&self) -> String {
        let mut id = self.request_id();
        id.truncate(8);
        id
    }
}
