//! Which way a call is signed, and signing it: botocore's choice, the signatures of the `sign` crate.

use crate::error::CallError;
use crate::services;
use crate::session::identity::{self, Credentials};
use crate::state::CallState;
use crate::types::outgoing::{Outgoing, Signed};
use crate::types::signing::{Auth, Signing, as_sign};
use oxaws_endpoint::{Choice, Endpoint, UrlError, choose_scheme};
use oxaws_failure::Cause;
use oxaws_http::Url;
use oxaws_model::{AuthScheme, Operation};
use oxaws_sign::{Payload, Rules, Scope, Signable};
use oxaws_value::secret::{HIDDEN, has_user_info};
use std::sync::Arc;

/// Signing names whose requests are signed by S3's rules.
const S3_NAMES: [&str; 4] = ["s3", "s3-outposts", "s3-object-lambda", "s3express"];

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
    match services::signer(operation) {
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

/// Signs a request in its headers. Those of an earlier attempt are replaced.
///
/// # Errors
/// Without credentials, or when the body can't be read.
pub fn sign(state: &CallState, outgoing: &mut Outgoing, signing: &Signing) -> Result<Signed, CallError> {
    let text = outgoing.url();
    let mut form = None;
    match signing.auth {
        Auth::None => {
            if state.client.service.directory() == "s3" && outgoing.has_trailer() {
                outgoing.set_header("X-Amz-Content-SHA256", oxaws_sign::STREAMING_UNSIGNED_PAYLOAD_TRAILER);
            }
        }
        Auth::Bearer => {
            let token = identity::bearer_token(state.session, state.client.service.signing_name())?;
            oxaws_sign::bearer(&mut outgoing.headers, &token);
        }
        Auth::V2 => form = Some(sign_v2(state, outgoing, &text)?),
        Auth::V4 | Auth::V4a | Auth::V4S3Express => {
            let url = sign_v4(state, outgoing, signing, &text)?;
            return Ok(Signed { text, url, form });
        }
    }
    let url = Url::parse(&text)?;
    Ok(Signed { text, url, form })
}

/// Signs in one of the ways of version 4; gives the URL, taken apart.
fn sign_v4(state: &CallState, outgoing: &mut Outgoing, signing: &Signing, text: &str) -> Result<Url, CallError> {
    let held = credentials(state, signing)?;
    let credentials = as_sign(&held);
    let region = signing.region.as_deref().ok_or(CallError::NoRegion)?;
    let url = parse_url(text, &outgoing.authority)?;
    let checksum = outgoing.checksum_header.unwrap_or("Content-MD5");
    let has_checksum = outgoing.header(checksum).is_some();
    let hash = match outgoing.has_trailer() {
        false if signs_body(state, signing, outgoing.is_https(), has_checksum) => Some(outgoing.sha256()?),
        _ => None,
    };
    let payload = match &hash {
        _ if outgoing.has_trailer() => Payload::StreamingUnsignedTrailer,
        Some(hash) => Payload::Sha256(hash),
        None => Payload::Unsigned,
    };
    let Outgoing { method, path, query, headers, .. } = outgoing;
    let (host, rules) = (url.host_header(), rules(signing));
    let mut request = Signable { method, host: &host, path, query, headers };
    let scope = Scope { region, service: &signing.name, time: state.session.now() };
    let keys = &state.client.memory.keys;
    if signing.auth == Auth::V4a {
        let key = keys.v4a(&credentials).ok_or(CallError::NoCredentials)?;
        oxaws_sign::sign_v4a(&mut request, &credentials, &key, &scope, payload, &rules);
    } else {
        oxaws_sign::sign_v4(&mut request, &credentials, &scope, payload, &rules, &keys.v4);
    }
    Ok(url)
}

/// The URL, whose host is signed. A port that is none is told in the words of Python's `urllib.parse`, which is asked for
/// it here.
fn parse_url(url: &str, authority: &str) -> Result<Url, CallError> {
    Url::parse(url).map_err(|e| match oxaws_endpoint::bad_port(authority) {
        // A password with a `/` that should have been percent-encoded looks like a port.
        Some(UrlError::Port(_)) if !authority.contains('@') && has_user_info(url) => {
            CallError::invalid(Cause::of(UrlError::Port(HIDDEN.into())))
        }
        Some(bad) => CallError::invalid(Cause::of(bad)),
        None => e.into(),
    })
}

fn rules(signing: &Signing) -> Rules {
    match (signing.auth, signing.s3) {
        (Auth::V4S3Express, _) => Rules::S3_EXPRESS,
        (_, true) => Rules::S3,
        (_, false) => Rules::STANDARD,
    }
}

/// Whether the signature covers the body. S3's does by `payload_signing_enabled` where that is set; else unless TLS and a
/// checksum both protect a body that streams (botocore.auth: `S3SigV4Auth._should_sha256_sign_payload`).
pub fn signs_body(state: &CallState, signing: &Signing, https: bool, has_checksum: bool) -> bool {
    if !signing.s3 {
        return !signing.unsigned_body;
    }
    if let Some(set) = state.client.settings.s3.payload_signing_enabled {
        return set;
    }
    !https || !has_checksum || (!state.operation.has_streaming_input() && !signing.unsigned_body)
}

fn sign_v2(state: &CallState, outgoing: &Outgoing, url: &str) -> Result<Vec<u8>, CallError> {
    let held = state.client.credentials(state.session)?.ok_or(CallError::NoCredentials)?;
    let mut form = services::form::pairs(outgoing.source.bytes());
    let host = Url::parse(url)?.host_header();
    let now = state.session.now();
    oxaws_sign::sign_v2_form(&outgoing.method, &host, &outgoing.path, &mut form, &as_sign(&held), now);
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
    match signing.auth {
        Auth::None => return Ok(url),
        Auth::Bearer => return Err(unsupported("bearer")),
        Auth::V2 => return Err(unsupported("v2-query")),
        Auth::V4 | Auth::V4a | Auth::V4S3Express => {}
    }
    let held = credentials(state, signing)?;
    let credentials = as_sign(&held);
    let region = region.or(signing.region.as_deref()).ok_or(CallError::NoRegion)?;
    let host = parse_url(&url, &outgoing.authority)?.host_header();
    let mut headers = outgoing.headers.clone();
    let rules = rules(signing);
    let unsigned = signing.s3 || signing.auth == Auth::V4S3Express;
    let payload = if unsigned { Payload::Unsigned } else { Payload::Bytes(b"") };
    let path = if outgoing.path.is_empty() { "/" } else { &outgoing.path };
    let request =
        Signable { method: &outgoing.method, host: &host, path, query: &outgoing.query, headers: &mut headers };
    let scope = Scope { region, service: &signing.name, time: state.session.now() };
    let keys = &state.client.memory.keys;
    let (query, _) = if signing.auth == Auth::V4a {
        let key = keys.v4a(&credentials).ok_or(CallError::NoCredentials)?;
        oxaws_sign::presign_v4a(&request, &credentials, &key, &scope, payload, &rules, expires)
    } else {
        oxaws_sign::presign_v4(&request, &credentials, &scope, payload, &rules, expires, &keys.v4)
    };
    Ok(format!("{}://{}{path}?{query}", outgoing.scheme, outgoing.authority))
}

fn unsupported(version: &str) -> CallError {
    CallError::setting(format!("Signature version(s) are not supported: {version}"))
}

fn credentials(state: &CallState, signing: &Signing) -> Result<Arc<Credentials>, CallError> {
    match signing.auth {
        Auth::V4S3Express => services::express_credentials(state),
        _ => state.client.credentials(state.session)?.ok_or(CallError::NoCredentials),
    }
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
