//! Which way a call is signed, and signing it: botocore's choice, the signatures of the `sign` crate.

use crate::client::{Auth, ServiceClient};
use crate::error::CallError;
use crate::handlers::{self, CallState};
use crate::identity::{self, Credentials};
use crate::send::{Outgoing, Signed, Source};
use crate::session::Session;
use oxaws_endpoint::{Choice, Endpoint, UrlError, choose_scheme};
use oxaws_failure::Cause;
use oxaws_http::Url;
use oxaws_model::{AuthScheme, Operation};
use oxaws_sign::{Headers, Payload, Rules, Scope, Signable};
use oxaws_value::secret::{HIDDEN, has_user_info};
use std::borrow::Cow;

/// Signing names whose requests are signed by S3's rules.
const S3_NAMES: [&str; 4] = ["s3", "s3-outposts", "s3-object-lambda", "s3express"];

/// How one call is signed.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The way.
    pub auth: Auth,
    /// The region, or the regions of SigV4a joined by commas.
    pub region: Option<String>,
    /// The service.
    pub name: String,
    /// S3's rules: the path as it is, and the body's hash in a header.
    pub s3: bool,
    /// The model says that the body isn't part of the signature.
    pub unsigned_body: bool,
}

/// Chooses how a call is signed: as the endpoint says, else as the operation says, else as the service does.
///
/// # Errors
/// When nothing in the endpoint's list can be used.
pub fn choose(state: &CallState, endpoint: &Endpoint) -> Result<Signing, CallError> {
    let (client, operation) = (state.client, state.operation);
    let mut signing = Signing {
        auth: client.auth,
        region: client.signing_region.clone(),
        name: client.signing_name.clone(),
        s3: matches!(client.service.endpoint_prefix(), "s3" | "s3-control"),
        unsigned_body: false,
    };
    if !client.signed {
        signing.auth = Auth::None;
        return Ok(signing);
    }
    let preference: Option<Vec<&str>> =
        client.settings.auth_scheme_preference.as_ref().map(|p| p.iter().map(String::as_str).collect());
    let mut chosen = operation_auth(operation, preference.as_deref());
    let mut region = None;
    if !endpoint.auth_schemes.is_empty() {
        let choice = choose_scheme(&endpoint.auth_schemes, None, preference.as_deref())
            .map_err(|e| CallError::setting(Cause::of(e)))?;
        match choice {
            Choice::Scheme(version, scheme) => {
                chosen = Some(version_auth(&version));
                region = scheme.region();
                if let Some(name) = &scheme.signing_name {
                    signing.name.clone_from(name);
                }
            }
            Choice::Unsigned => chosen = Some(Auth::None),
            Choice::AsRequested => chosen = None,
        }
    }
    match handlers::signer(operation) {
        Some(forced) => signing.auth = forced,
        None => match chosen {
            Some(auth) => {
                signing.auth = auth;
                signing.unsigned_body =
                    operation.unsigned_payload() || operation.auth_type() == Some("v4-unsigned-body");
                signing.s3 = S3_NAMES.contains(&signing.name.as_str());
            }
            None => signing.auth = preferred(state, &signing.name, preference.as_deref()),
        },
    }
    if signing.auth == Auth::V4a {
        let set = client.settings.sigv4a_signing_region_set.clone().filter(|set| !set.is_empty());
        signing.region = set.or(region).or_else(|| Some("*".into()));
    } else if region.as_ref().is_some_and(|r| !r.is_empty()) {
        signing.region = region;
    }
    Ok(signing)
}

/// What the operation's own `auth` list or `authtype` says.
fn operation_auth(operation: Operation, preference: Option<&[&str]>) -> Option<Auth> {
    let own: Vec<AuthScheme> = operation.auth().collect();
    if !own.is_empty() {
        return Some(by_preference(&own, preference));
    }
    match operation.auth_type()? {
        "none" => Some(Auth::None),
        "bearer" => Some(Auth::Bearer),
        "v4a" => Some(Auth::V4a),
        _ => Some(Auth::V4),
    }
}

/// The service's way where neither operation nor endpoint says one: its own, or the user's preference among those it has.
/// A token for Bedrock in the environment wins (botocore's `_should_prefer_bearer_auth`).
fn preferred(state: &CallState, signing_name: &str, preference: Option<&[&str]>) -> Auth {
    let client = state.client;
    let own: Vec<AuthScheme> = client.service.auth().collect();
    if signing_name == "bedrock"
        && own.contains(&AuthScheme::Bearer)
        && state.session.world().var(&identity::bearer_variable(signing_name)).is_some()
    {
        return Auth::Bearer;
    }
    match preference {
        Some(preference) if !preference.is_empty() && !own.is_empty() => by_preference(&own, Some(preference)),
        _ => client.auth,
    }
}

/// The first of the user's schemes that is offered, else the first that is offered.
fn by_preference(offered: &[AuthScheme], preference: Option<&[&str]>) -> Auth {
    let wanted = preference.unwrap_or_default().iter().filter_map(|name| match *name {
        "sigv4" => Some(AuthScheme::SigV4),
        "sigv4a" => Some(AuthScheme::SigV4a),
        "httpBearerAuth" => Some(AuthScheme::Bearer),
        "noAuth" => Some(AuthScheme::None),
        _ => None,
    });
    let first = wanted.chain(offered.iter().copied()).find(|scheme| offered.contains(scheme));
    match first {
        Some(AuthScheme::SigV4a) => Auth::V4a,
        Some(AuthScheme::Bearer) => Auth::Bearer,
        Some(AuthScheme::None) => Auth::None,
        Some(AuthScheme::SigV4) | None => Auth::V4,
    }
}

fn version_auth(version: &str) -> Auth {
    match version {
        "v4a" | "s3v4a" => Auth::V4a,
        "v4-s3express" => Auth::V4S3Express,
        "bearer" => Auth::Bearer,
        "none" => Auth::None,
        "v2" => Auth::V2,
        _ => Auth::V4,
    }
}

/// Signs a request.
///
/// # Errors
/// Without credentials, or when the body can't be read.
pub fn sign(state: &CallState, outgoing: &mut Outgoing, signing: &Signing) -> Result<Signed, CallError> {
    let url = outgoing.url();
    let mut body = None;
    let headers = match signing.auth {
        Auth::None => {
            let mut headers = outgoing.headers.clone();
            if state.client.service.directory() == "s3" && matches!(outgoing.source, Source::Encoded(_)) {
                let value = oxaws_sign::STREAMING_UNSIGNED_PAYLOAD_TRAILER;
                headers.push(("X-Amz-Content-SHA256".into(), value.into()));
            }
            headers
        }
        Auth::Bearer => {
            let token = identity::bearer_token(state.session, state.client.service.signing_name())?;
            let mut headers = borrowed(&outgoing.headers);
            oxaws_sign::bearer(&mut headers, &token);
            owned(headers)
        }
        Auth::V2 => {
            body = Some(sign_v2(state, outgoing, &url)?);
            outgoing.headers.clone()
        }
        Auth::V4 | Auth::V4a | Auth::V4S3Express => sign_v4(state, outgoing, signing, &url)?,
    };
    Ok(Signed { method: outgoing.method.clone(), url, headers, body, expect_continue: outgoing.expect_continue })
}

fn sign_v4(
    state: &CallState,
    outgoing: &mut Outgoing,
    signing: &Signing,
    url: &str,
) -> Result<Vec<(String, String)>, CallError> {
    let express = signing.auth == Auth::V4S3Express;
    let credentials = if express { handlers::express_credentials(state)? } else { credentials(state)? };
    if signing.region.is_none() {
        return Err(CallError::NoRegion);
    }
    let host = host_header(url, &outgoing.authority)?;
    let hash = payload(state, outgoing, signing)?;
    let Outgoing { method, path, query, headers, source, .. } = outgoing;
    let payload = match &hash {
        Hash::Unsigned => Payload::Unsigned,
        Hash::Trailer => Payload::StreamingUnsignedTrailer,
        Hash::OfBytes => Payload::Bytes(source.bytes()),
        Hash::Of(text) => Payload::Sha256(text),
    };
    let mut signed = borrowed(headers);
    let mut request = Signable { method, host: &host, path, query, headers: &mut signed };
    put_signature(state.session, state.client, signing, &credentials.as_sign(), &mut request, payload)?;
    Ok(owned(signed))
}

/// The `Host` header that is signed. A port that is none is told in the words of Python's `urllib.parse`, which is asked
/// for it here.
fn host_header(url: &str, authority: &str) -> Result<String, CallError> {
    Url::parse(url).map(|url| url.host_header()).map_err(|e| match oxaws_endpoint::bad_port(authority) {
        // A password with a `/` that should have been percent-encoded looks like a port.
        Some(UrlError::Port(_)) if !authority.contains('@') && has_user_info(url) => {
            CallError::invalid(Cause::of(UrlError::Port(HIDDEN.into())))
        }
        Some(bad) => CallError::invalid(Cause::of(bad)),
        None => e.into(),
    })
}

/// Signs a request in its headers, in one of the ways of version 4.
///
/// # Errors
/// Without a region, or a key that can be made from the credentials.
pub(crate) fn put_signature(
    session: &Session,
    client: &ServiceClient,
    signing: &Signing,
    credentials: &oxaws_sign::Credentials<'_>,
    request: &mut Signable<'_, '_>,
    payload: Payload<'_>,
) -> Result<(), CallError> {
    let region = signing.region.as_deref().ok_or(CallError::NoRegion)?;
    let rules = rules(signing);
    let scope = Scope { region, service: &signing.name, time: session.now() };
    let keys = &client.memory.keys;
    if signing.auth == Auth::V4a {
        let key = keys.v4a(credentials).ok_or(CallError::NoCredentials)?;
        oxaws_sign::sign_v4a(request, credentials, &key, &scope, payload, &rules);
    } else {
        oxaws_sign::sign_v4(request, credentials, &scope, payload, &rules, &keys.v4);
    }
    Ok(())
}

fn rules(signing: &Signing) -> Rules {
    match (signing.auth, signing.s3) {
        (Auth::V4S3Express, _) => Rules::S3_EXPRESS,
        (_, true) => Rules::S3,
        (_, false) => Rules::STANDARD,
    }
}

/// What stands for the body in a signature.
enum Hash {
    Unsigned,
    Trailer,
    OfBytes,
    Of(String),
}

fn payload(state: &CallState, outgoing: &mut Outgoing, signing: &Signing) -> Result<Hash, CallError> {
    if matches!(outgoing.source, Source::Encoded(_)) {
        return Ok(Hash::Trailer);
    }
    let sign_it = if signing.s3 { s3_signs_payload(state, outgoing, signing) } else { !signing.unsigned_body };
    if !sign_it {
        return Ok(Hash::Unsigned);
    }
    if matches!(outgoing.source, Source::Bytes(_)) {
        return Ok(Hash::OfBytes);
    }
    let mut hasher = oxaws_sign::Hasher::new(oxaws_sign::Algorithm::Sha256);
    outgoing.source.scan(|bytes| hasher.update(bytes))?;
    Ok(Hash::Of(hasher.finish().to_hex()))
}

/// Whether S3's signature covers the body: by `payload_signing_enabled` where that is set; else unless TLS and a checksum
/// both protect a body that streams.
fn s3_signs_payload(state: &CallState, outgoing: &Outgoing, signing: &Signing) -> bool {
    if let Some(set) = state.client.settings.s3.payload_signing_enabled {
        return set;
    }
    let checksum = outgoing.checksum_header.unwrap_or("Content-MD5");
    if !outgoing.is_https() || outgoing.header(checksum).is_none() {
        return true;
    }
    !state.operation.has_streaming_input() && !signing.unsigned_body
}

fn sign_v2(state: &CallState, outgoing: &Outgoing, url: &str) -> Result<Vec<u8>, CallError> {
    let credentials = credentials(state)?;
    let mut form = handlers::form_pairs(outgoing.source.bytes());
    let host = Url::parse(url)?.host_header();
    let now = state.session.now();
    oxaws_sign::sign_v2_form(&outgoing.method, &host, &outgoing.path, &mut form, &credentials.as_sign(), now);
    Ok(oxaws_python::form_encode(&form).into_bytes())
}

/// Signs a request in its query and gives the whole URL, good for `expires` seconds. `region` replaces the call's.
///
/// # Errors
/// Without credentials, or a way to sign that has no such form.
pub fn presign(
    state: &CallState,
    outgoing: &Outgoing,
    signing: &Signing,
    region: Option<&str>,
    expires: i64,
) -> Result<String, CallError> {
    let url = outgoing.url();
    let express = signing.auth == Auth::V4S3Express;
    let credentials = match signing.auth {
        Auth::None => return Ok(url),
        Auth::V4 | Auth::V4a => credentials(state)?,
        Auth::V4S3Express => handlers::express_credentials(state)?,
        Auth::Bearer => return Err(unsupported("bearer")),
        Auth::V2 => return Err(unsupported("v2-query")),
    };
    let region = region.or(signing.region.as_deref()).ok_or(CallError::NoRegion)?;
    let host = host_header(&url, &outgoing.authority)?;
    let mut headers = borrowed(&outgoing.headers);
    let rules = rules(signing);
    let payload = if signing.s3 || express { Payload::Unsigned } else { Payload::Bytes(b"") };
    let path = if outgoing.path.is_empty() { "/" } else { &outgoing.path };
    let request =
        Signable { method: &outgoing.method, host: &host, path, query: &outgoing.query, headers: &mut headers };
    let scope = Scope { region, service: &signing.name, time: state.session.now() };
    let keys = &state.client.memory.keys;
    let (query, _) = if signing.auth == Auth::V4a {
        let key = keys.v4a(&credentials.as_sign()).ok_or(CallError::NoCredentials)?;
        oxaws_sign::presign_v4a(&request, &credentials.as_sign(), &key, &scope, payload, &rules, expires)
    } else {
        oxaws_sign::presign_v4(&request, &credentials.as_sign(), &scope, payload, &rules, expires, &keys.v4)
    };
    Ok(format!("{}://{}{path}?{query}", outgoing.scheme, outgoing.authority))
}

fn unsupported(version: &str) -> CallError {
    CallError::setting(format!("Signature version(s) are not supported: {version}"))
}

/// The credentials of a call, in the form the signatures take.
#[derive(Clone)]
pub struct Keys {
    /// The access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

impl Keys {
    pub(crate) fn as_sign(&self) -> oxaws_sign::Credentials<'_> {
        oxaws_sign::Credentials {
            access_key_id: &self.access_key_id,
            secret_access_key: &self.secret_access_key,
            session_token: self.session_token.as_deref(),
        }
    }
}

/// Credentials in the form the signatures take; an empty token is none.
pub(crate) fn as_sign(credentials: &Credentials) -> oxaws_sign::Credentials<'_> {
    oxaws_sign::Credentials {
        access_key_id: &credentials.access_key_id,
        secret_access_key: &credentials.secret_access_key,
        session_token: credentials.session_token.as_deref().filter(|token| !token.is_empty()),
    }
}

fn credentials(state: &CallState) -> Result<Keys, CallError> {
    let found = state.client.credentials(state.session)?.ok_or(CallError::NoCredentials)?;
    Ok(Keys {
        access_key_id: found.access_key_id.clone(),
        secret_access_key: found.secret_access_key.clone(),
        session_token: found.session_token.clone().filter(|token| !token.is_empty()),
    })
}

/// Signing keys, derived once.
#[derive(Debug, Default)]
pub struct SigningKeys {
    /// Those of SigV4.
    pub v4: oxaws_sign::KeyCache,
    v4a: std::sync::Mutex<Option<(String, oxaws_sign::V4aKey)>>,
}

impl SigningKeys {
    fn v4a(&self, credentials: &oxaws_sign::Credentials<'_>) -> Option<oxaws_sign::V4aKey> {
        let name = format!("{}\n{}", credentials.access_key_id, credentials.secret_access_key);
        let mut held = self.v4a.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((of, key)) = &*held
            && *of == name
        {
            return Some(key.clone());
        }
        let key = oxaws_sign::V4aKey::derive(credentials)?;
        *held = Some((name, key.clone()));
        Some(key)
    }
}

fn borrowed(headers: &[(String, String)]) -> Headers<'_> {
    headers.iter().map(|(k, v)| (Cow::Borrowed(k.as_str()), Cow::Borrowed(v.as_bytes()))).collect()
}

fn owned(headers: Headers<'_>) -> Vec<(String, String)> {
    let text = |value: Cow<'_, [u8]>| String::from_utf8_lossy(&value).into_owned();
    headers.into_iter().map(|(k, v)| (k.into_owned(), text(v))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_choose_among_what_is_offered() {
        use AuthScheme::{Bearer, SigV4, SigV4a};
        assert_eq!(by_preference(&[SigV4, Bearer], None), Auth::V4);
        assert_eq!(by_preference(&[SigV4, Bearer], Some(&["sigv4a", "httpBearerAuth"])), Auth::Bearer);
        assert_eq!(by_preference(&[SigV4a, SigV4], Some(&["nonsense"])), Auth::V4a);
        assert_eq!(by_preference(&[AuthScheme::None], Some(&["sigv4"])), Auth::None);
    }
}
