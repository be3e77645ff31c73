//! Which way a call is signed, and signing it.

use crate::client::{Auth, ServiceClient};
use crate::error::CallError;
use crate::handlers::CallState;
use crate::send::{Outgoing, Signed, Source};
use crate::session::Session;
use oxaws_endpoint::{Choice, Endpoint, choose_scheme};
use oxaws_model::{AuthScheme, Operation};
use ring::{digest, hmac};

/// How one call is signed.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The way.
    pub auth: Auth,
    /// The region, or the regions of SigV4a joined by commas.
    pub region: String,
    /// The service.
    pub name: String,
    /// S3's rules: the path is signed as it is, once encoded.
    pub s3_rules: bool,
    /// The body isn't part of the signature.
    pub unsigned_payload: bool,
}

/// Chooses how a call is signed: as the endpoint says, else as the operation says, else as the service does.
///
/// # Errors
/// When nothing in the endpoint's list can be used.
pub fn choose(client: &ServiceClient, operation: Operation, endpoint: &Endpoint, _state: &CallState) -> Result<Signing, CallError> {
    let s3_names = ["s3", "s3-outposts", "s3-object-lambda", "s3express"];
    let mut signing = Signing {
        auth: client.auth,
        region: client.signing_region.clone().unwrap_or_default(),
        name: client.signing_name.clone(),
        s3_rules: false,
        unsigned_payload: operation.unsigned_payload(),
    };
    match operation.auth().next() {
        Some(AuthScheme::None) => signing.auth = Auth::None,
        Some(AuthScheme::Bearer) => signing.auth = Auth::Bearer,
        Some(AuthScheme::SigV4a) => signing.auth = Auth::V4a,
        Some(AuthScheme::SigV4) => signing.auth = Auth::V4,
        None => match operation.auth_type() {
            Some("none") => signing.auth = Auth::None,
            Some("v4-unsigned-body") => signing.unsigned_payload = true,
            _ => {}
        },
    }
    let mut from_endpoint = false;
    if !endpoint.auth_schemes.is_empty() && signing.auth != Auth::None {
        let preference = client.settings.auth_scheme_preference.as_ref();
        let preference: Option<Vec<&str>> = preference.map(|p| p.iter().map(String::as_str).collect());
        let choice = choose_scheme(&endpoint.auth_schemes, None, preference.as_deref())
            .map_err(|e| CallError::Other(e.to_string()))?;
        if let Choice::Scheme(version, scheme) = choice {
            signing.auth = match version.as_str() {
                "v4a" | "s3v4a" => Auth::V4a,
                "v4-s3express" => Auth::V4S3Express,
                "bearer" => Auth::Bearer,
                "none" => Auth::None,
                "v2" => Auth::V2,
                _ => Auth::V4,
            };
            if let Some(region) = scheme.region() {
                signing.region = region;
            }
            if let Some(name) = &scheme.signing_name {
                signing.name = name.clone();
            }
            from_endpoint = true;
        }
    }
    let _ = from_endpoint;
    if signing.auth == Auth::V4a {
        signing.region = match &client.settings.sigv4a_signing_region_set {
            Some(set) if !set.is_empty() => set.clone(),
            _ if from_endpoint && !signing.region.is_empty() => signing.region,
            _ => "*".into(),
        };
    }
    signing.s3_rules = s3_names.contains(&signing.name.as_str());
    if !client.signed {
        signing.auth = Auth::None;
    }
    Ok(signing)
}

/// Signs a request.
///
/// # Errors
/// Without credentials, or when the body can't be read.
pub fn sign(session: &Session, _client: &ServiceClient, outgoing: &mut Outgoing, signing: &Signing) -> Result<Signed, CallError> {
    let mut headers = outgoing.headers.clone();
    if signing.auth != Auth::None {
        let credentials = session.credentials()?.ok_or(CallError::NoCredentials)?;
        let now = session.now();
        let t = oxaws_value::Timestamp::from_unix(now).utc();
        let stamp = format!("{:04}{:02}{:02}T{:02}{:02}{:02}Z", t.year, t.month, t.day, t.hour, t.minute, t.second);
        let date = &stamp[..8];
        headers.push(("X-Amz-Date".into(), stamp.clone()));
        if let Some(token) = &credentials.session_token {
            headers.push(("X-Amz-Security-Token".into(), token.clone()));
        }
        let hash = match &outgoing.source {
            _ if signing.unsigned_payload => "UNSIGNED-PAYLOAD".to_owned(),
            Source::Bytes(b) => hex(digest::digest(&digest::SHA256, b).as_ref()),
            _ => "UNSIGNED-PAYLOAD".to_owned(),
        };
        if signing.s3_rules || signing.unsigned_payload {
            headers.push(("X-Amz-Content-SHA256".into(), hash.clone()));
        }
        let mut signed: Vec<(String, String)> = headers
            .iter()
            .map(|(k, v)| (k.to_ascii_lowercase(), v.split_whitespace().collect::<Vec<_>>().join(" ")))
            .filter(|(k, _)| !matches!(k.as_str(), "user-agent" | "expect" | "x-amzn-trace-id" | "transfer-encoding" | "connection"))
            .collect();
        signed.push(("host".into(), outgoing.authority.clone()));
        signed.sort();
        let names: Vec<&str> = signed.iter().map(|(k, _)| k.as_str()).collect();
        let names = names.join(";");
        let path = if outgoing.path.is_empty() { "/" } else { &outgoing.path };
        let path = if signing.s3_rules { path.to_owned() } else { oxaws_protocol::percent_encode(path, b"/-_.~") };
        let mut query: Vec<&str> = outgoing.query.split('&').filter(|q| !q.is_empty()).collect();
        query.sort_unstable();
        let lines: String = signed.iter().map(|(k, v)| format!("{k}:{v}\n")).collect();
        let canonical = format!("{}\n{path}\n{}\n{lines}\n{names}\n{hash}", outgoing.method, query.join("&"));
        let scope = format!("{date}/{}/{}/aws4_request", signing.region, signing.name);
        let to_sign = format!(
            "AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}",
            hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref())
        );
        let mut key = format!("AWS4{}", credentials.secret_access_key).into_bytes();
        for step in [date, &signing.region, &signing.name, "aws4_request"] {
            key = mac(&key, step.as_bytes());
        }
        let signature = hex(&mac(&key, to_sign.as_bytes()));
        headers.push((
            "Authorization".into(),
            format!(
                "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
                credentials.access_key_id
            ),
        ));
    }
    Ok(Signed {
        method: outgoing.method.clone(),
        url: outgoing.url(),
        headers,
        body: None,
        expect_continue: outgoing.expect_continue,
    })
}

fn mac(key: &[u8], data: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
