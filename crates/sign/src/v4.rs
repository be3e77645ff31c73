//! Signature Version 4.

use crate::canonical::{self, SignedHeaders};
use crate::hex;
use crate::request::{
    Credentials, Headers, Payload, Rules, STREAMING_UNSIGNED_PAYLOAD_TRAILER, Scope, Signable, TokenName, Trace,
    UNSIGNED_PAYLOAD, find, push, remove,
};
use crate::time::{AmzDate, http_date};
use oxaws_python::{percent_decode, push_encoded};
use ring::{digest, hmac};
use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// Keys held at once; a command signs for few scopes.
const CACHED: usize = 8;

/// SHA-256 in lower-case hexadecimal, the form [`Payload::Sha256`] takes.
pub fn sha256_hex(data: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, data).as_ref())
}

/// HMAC-SHA256 of `data` under `key`.
pub fn hmac_sha256(key: &[u8], data: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data);
    let mut out = [0; 32];
    out.copy_from_slice(tag.as_ref());
    out
}

/// The key for a date (`20150830`), region and service: what V4 signs with in place of the secret.
pub fn signing_key(secret: &str, date: &str, region: &str, service: &str) -> [u8; 32] {
    let start = [b"AWS4", secret.as_bytes()].concat();
    let key = hmac_sha256(&start, date.as_bytes());
    let key = hmac_sha256(&key, region.as_bytes());
    let key = hmac_sha256(&key, service.as_bytes());
    hmac_sha256(&key, b"aws4_request")
}

/// Signing keys by secret, date, region and service. Shared by threads.
#[derive(Default)]
pub struct KeyCache {
    keys: Mutex<Vec<([String; 4], hmac::Key)>>,
}

impl std::fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyCache")
    }
}

impl KeyCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    fn key(&self, secret: &str, date: &str, scope: &Scope<'_>) -> hmac::Key {
        let wanted = [secret, date, scope.region, scope.service];
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = keys.iter().find(|(names, _)| names.iter().zip(wanted).all(|(a, b)| a == b)) {
            return key.clone();
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &signing_key(secret, date, scope.region, scope.service));
        if keys.len() == CACHED {
            keys.remove(0);
        }
        keys.push((wanted.map(str::to_owned), key.clone()));
        key
    }
}

/// Signs a request in its headers: sets `X-Amz-Date` (or renews a `Date` that is there), the session token and
/// `X-Amz-Content-SHA256` as the rules ask, then `Authorization`.
pub fn sign_v4(
    request: &mut Signable<'_, '_>,
    credentials: &Credentials<'_>,
    scope: &Scope<'_>,
    payload: Payload<'_>,
    rules: &Rules,
    keys: &KeyCache,
) -> Trace {
    let date = AmzDate::from_secs(scope.time);
    remove(request.headers, "authorization");
    set_date(request.headers, &date, scope.time);
    set_token(request.headers, credentials, rules.token);
    let hash = set_payload(request.headers, payload, rules);
    let signed = SignedHeaders::new(request.headers, request.host);
    let canonical_request = canonical::request(request.method, request.path, rules.path, request.query, &signed, &hash);
    let (credential, trace) = sign(canonical_request, credentials, scope, &date, keys);
    let authorization =
        format!("{ALGORITHM} Credential={credential}, SignedHeaders={}, Signature={}", signed.names, trace.signature);
    push(request.headers, "Authorization", authorization);
    trace
}

/// Signs a request in its query, for `expires` seconds. Gives the whole new query (without `?`): the operation's own
/// parameters, then the signature's, in botocore's order. `headers` are those that whoever uses the URL must send; a form's
/// automatic content type is not among them.
pub fn presign_v4(
    request: &Signable<'_, '_>,
    credentials: &Credentials<'_>,
    scope: &Scope<'_>,
    payload: Payload<'_>,
    rules: &Rules,
    expires: impl Into<i128>,
    keys: &KeyCache,
) -> (String, Trace) {
    let date = AmzDate::from_secs(scope.time);
    let signed = SignedHeaders::new(&without_form_type(request.headers), request.host);
    let id = credentials.access_key_id;
    let credential = format!("{id}/{}/{}/{}/aws4_request", date.date(), scope.region, scope.service);
    let mut query = own_parameters(request.query);
    push_parameter(&mut query, "X-Amz-Algorithm", ALGORITHM);
    push_parameter(&mut query, "X-Amz-Credential", &credential);
    push_parameter(&mut query, "X-Amz-Date", date.stamp());
    push_parameter(&mut query, "X-Amz-Expires", &expires.into().to_string());
    push_parameter(&mut query, "X-Amz-SignedHeaders", &signed.names);
    if let Some(token) = credentials.session_token {
        push_parameter(&mut query, token_parameter(rules.token), token);
    }
    let hash = payload_hash(payload);
    let canonical_request = canonical::request(request.method, request.path, rules.path, &query, &signed, &hash);
    let (_, trace) = sign(canonical_request, credentials, scope, &date, keys);
    push_parameter(&mut query, "X-Amz-Signature", &trace.signature);
    (query, trace)
}

/// The credential with its scope, and the signature of a canonical request.
fn sign(
    canonical_request: Vec<u8>,
    credentials: &Credentials<'_>,
    scope: &Scope<'_>,
    date: &AmzDate,
    keys: &KeyCache,
) -> (String, Trace) {
    let credential =
        format!("{}/{}/{}/{}/aws4_request", credentials.access_key_id, date.date(), scope.region, scope.service);
    let scope_text = &credential[credentials.access_key_id.len() + 1..];
    let string_to_sign = format!("{ALGORITHM}\n{}\n{scope_text}\n{}", date.stamp(), sha256_hex(&canonical_request));
    let key = keys.key(credentials.secret_access_key, date.date(), scope);
    let signature = hex(hmac::sign(&key, string_to_sign.as_bytes()).as_ref());
    (credential, Trace { canonical_request, string_to_sign, signature })
}

/// A `Date` header is renewed in its place; otherwise there is a fresh `X-Amz-Date`.
pub(crate) fn set_date(headers: &mut Headers<'_>, date: &AmzDate, time: i64) {
    remove(headers, "x-amz-date");
    if find(headers, "date").is_some() {
        remove(headers, "date");
        push(headers, "Date", http_date(time));
    } else {
        push(headers, "X-Amz-Date", date.stamp());
    }
}

pub(crate) fn set_token(headers: &mut Headers<'_>, credentials: &Credentials<'_>, name: TokenName) {
    if name == TokenName::S3Session {
        remove(headers, "x-amz-security-token");
        if find(headers, "x-amz-s3session-token").is_some() {
            return;
        }
    }
    if let Some(token) = credentials.session_token {
        remove(headers, "x-amz-security-token");
        let name = if name == TokenName::S3Session { "x-amz-s3session-token" } else { "X-Amz-Security-Token" };
        push(headers, name, token);
    }
}

pub(crate) fn token_parameter(name: TokenName) -> &'static str {
    match name {
        TokenName::Security => "X-Amz-Security-Token",
        TokenName::S3Session => "X-Amz-S3session-Token",
    }
}

/// Sets the content hash where it has to be, and gives the hash for the canonical request.
pub(crate) fn set_payload<'a>(headers: &mut Headers<'_>, payload: Payload<'a>, rules: &Rules) -> Cow<'a, str> {
    const NAME: &str = "X-Amz-Content-SHA256";
    let signed = matches!(payload, Payload::Bytes(_) | Payload::Sha256(_));
    if signed && !rules.content_sha256 {
        return match find(headers, NAME) {
            Some(given) => Cow::Owned(String::from_utf8_lossy(given).into_owned()),
            None => payload_hash(payload),
        };
    }
    let hash = payload_hash(payload);
    remove(headers, NAME);
    push(headers, NAME, hash.as_ref());
    hash
}

pub(crate) fn payload_hash(payload: Payload<'_>) -> Cow<'_, str> {
    match payload {
        Payload::Bytes(bytes) => Cow::Owned(sha256_hex(bytes)),
        Payload::Sha256(hash) => Cow::Borrowed(hash),
        Payload::Unsigned => Cow::Borrowed(UNSIGNED_PAYLOAD),
        Payload::StreamingUnsignedTrailer => Cow::Borrowed(STREAMING_UNSIGNED_PAYLOAD_TRAILER),
    }
}

/// The headers without the content type that forms get by themselves.
pub(crate) fn without_form_type<'h>(headers: &Headers<'h>) -> Headers<'h> {
    let form = b"application/x-www-form-urlencoded; charset=utf-8";
    headers.iter().filter(|(n, v)| !(n.eq_ignore_ascii_case("content-type") && v.as_ref() == form)).cloned().collect()
}

/// The parameters of a query in their order, in one spelling; of several with one name the first counts, and `+` is a
/// space, both as Python's `parse_qs` leaves them.
pub(crate) fn own_parameters(query: &str) -> String {
    let mut seen: Vec<Vec<u8>> = Vec::new();
    let mut out = String::with_capacity(query.len() + 512);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (name.replace('+', " "), value.replace('+', " "));
        let name = percent_decode(&name).into_owned();
        if seen.contains(&name) {
            continue;
        }
        if !out.is_empty() {
            out.push('&');
        }
        push_encoded(&mut out, &name, b"");
        out.push('=');
        push_encoded(&mut out, &percent_decode(&value), b"");
        seen.push(name);
    }
    out
}

pub(crate) fn push_parameter(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    push_encoded(query, value.as_bytes(), b"");
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDENTIALS: Credentials<'_> = Credentials {
        access_key_id: "AKIDEXAMPLE",
        secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        session_token: Some("tok/en="),
    };
    const SCOPE: Scope<'_> = Scope { region: "us-east-1", service: "s3", time: 1_440_938_160 };

    fn names(headers: &Headers<'_>) -> Vec<String> {
        headers.iter().map(|(n, _)| n.to_string()).collect()
    }

    fn sign(headers: &mut Headers<'_>, payload: Payload<'_>, rules: &Rules) -> Trace {
        let mut request = Signable { method: "PUT", host: "b.test", path: "/k", query: "", headers };
        sign_v4(&mut request, &CREDENTIALS, &SCOPE, payload, rules, &KeyCache::new())
    }

    #[test]
    fn keys_are_derived_as_documented() {
        let key = signing_key(CREDENTIALS.secret_access_key, "20120215", "us-east-1", "iam");
        assert_eq!(hex(&key), "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
    }

    #[test]
    fn a_second_try_leaves_one_of_each_header() {
        let mut headers: Headers<'_> = vec![("user-agent".into(), b"x"[..].into())];
        let first = sign(&mut headers, Payload::Unsigned, &Rules::S3);
        let expected = ["user-agent", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-SHA256", "Authorization"];
        assert_eq!(names(&headers), expected);
        let second = sign(&mut headers, Payload::Unsigned, &Rules::S3);
        assert_eq!(first, second);
        assert_eq!(names(&headers), expected);
    }

    #[test]
    fn the_content_hash_is_sent_where_it_must_be() {
        let sent = |payload, rules: &Rules| {
            let mut headers = Headers::new();
            sign(&mut headers, payload, rules);
            find(&headers, "x-amz-content-sha256").map(|v| String::from_utf8_lossy(v).into_owned())
        };
        assert_eq!(sent(Payload::Bytes(b""), &Rules::STANDARD), None);
        assert_eq!(sent(Payload::Unsigned, &Rules::STANDARD).as_deref(), Some(UNSIGNED_PAYLOAD));
        assert_eq!(sent(Payload::Sha256("ab"), &Rules::S3).as_deref(), Some("ab"));
        let trailer = sent(Payload::StreamingUnsignedTrailer, &Rules::S3);
        assert_eq!(trailer.as_deref(), Some(STREAMING_UNSIGNED_PAYLOAD_TRAILER));
        let mut headers: Headers<'_> = vec![("x-amz-content-sha256".into(), b"given"[..].into())];
        let trace = sign(&mut headers, Payload::Bytes(b"x"), &Rules::STANDARD);
        assert!(trace.canonical_request.ends_with(b"\ngiven"));
    }

    #[test]
    fn express_sessions_travel_under_another_name() {
        let mut headers: Headers<'_> = vec![("X-Amz-Security-Token".into(), b"old"[..].into())];
        sign(&mut headers, Payload::Unsigned, &Rules::S3_EXPRESS);
        assert_eq!(find(&headers, "x-amz-s3session-token"), Some(&b"tok/en="[..]));
        assert_eq!(find(&headers, "x-amz-security-token"), None);
    }

    #[test]
    fn a_date_header_is_renewed() {
        let mut headers: Headers<'_> = vec![("date".into(), b"old"[..].into())];
        sign(&mut headers, Payload::Unsigned, &Rules::S3);
        assert_eq!(find(&headers, "Date"), Some(&b"Sun, 30 Aug 2015 12:36:00 -0000"[..]));
        assert_eq!(find(&headers, "x-amz-date"), None);
    }

    #[test]
    fn presigned_queries_keep_the_operations_parameters_first() {
        let mut headers: Headers<'_> =
            vec![("Content-Type".into(), b"application/x-www-form-urlencoded; charset=utf-8"[..].into())];
        let request =
            Signable { method: "GET", host: "b.test", path: "/k", query: "b=1+2&a&b=3", headers: &mut headers };
        let (query, _) =
            presign_v4(&request, &CREDENTIALS, &SCOPE, Payload::Unsigned, &Rules::S3, 60, &KeyCache::new());
        let (start, signature) = query.rsplit_once('=').unwrap();
        assert_eq!(signature.len(), 64);
        assert_eq!(
            start,
            "b=1%202&a=&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fs3\
             %2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host\
             &X-Amz-Security-Token=tok%2Fen%3D&X-Amz-Signature"
        );
    }

    #[test]
    fn the_cache_forgets_the_oldest() {
        let keys = KeyCache::new();
        for round in 0..2 {
            for i in 0..12 {
                let region = format!("r{i}");
                let scope = Scope { region: &region, ..SCOPE };
                let key = keys.key("secret", "20150830", &scope);
                let fresh = signing_key("secret", "20150830", &region, "s3");
                let tag = hmac::sign(&key, b"x");
                assert_eq!(tag.as_ref(), hmac_sha256(&fresh, b"x"), "{round} {i}");
            }
        }
        assert_eq!(keys.keys.lock().unwrap().len(), CACHED);
    }
}
