//! The token of a login: an authorization code from the browser, redeemed with a proof of the key that was made for it.

use super::{identity_token, refused};
use crate::authorization::code::{Answer, Redirect};
use crate::authorization::{Announcement, Browser, query};
use oxaws_cli::written::{prompt, reply};
use oxaws_cli::{Context, Failure};
use oxaws_client::{CallError, ClientOptions, Session};
use oxaws_creds::dpop::DpopKey;
use oxaws_creds::pkce::Pkce;
use oxaws_creds::{CredsError, Moment};
use oxaws_env::{Instant, uuid4};
use oxaws_failure::Cause;
use oxaws_value::{Map, Value};

const SERVICE: &str = "signin";
const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";

/// A login that went well.
#[derive(Debug)]
pub(super) struct Login {
    /// The session's name: who logged in.
    pub(super) session: String,
    /// What is kept of it.
    pub(super) token: Map,
}

/// Logs in: `Browser::Open` is for a browser on this device, else the user brings the code.
pub(super) fn run(
    cx: &Context,
    session: &Session,
    options: ClientOptions,
    browser: Browser,
    redirect_port: Option<u16>,
) -> Result<Login, Failure> {
    let key = DpopKey::generate(cx.world).ok_or_else(|| refused("No key could be made."))?;
    let pair = Pkce::generate(cx.world);
    let state = uuid4(cx.world);
    let probe = reply::params([("clientId", " ".into()), ("grantType", " ".into())]);
    let probe = reply::params([("tokenInput", Value::Map(probe))]);
    let base = session.base_url(SERVICE, "CreateOAuth2Token", probe, &options)?;
    let redirect = match browser {
        Browser::Open => Some(Redirect::listen(redirect_port)?),
        Browser::LeaveClosed => None,
    };
    let (client_id, address) = match &redirect {
        Some(redirect) => (SAME_DEVICE, redirect.address()),
        None => (CROSS_DEVICE, format!("{base}/v1/sessions/confirmation")),
    };
    let asked = query::encode(&[
        ("response_type", "code"),
        ("client_id", client_id),
        ("state", &state),
        ("code_challenge_method", "SHA-256"),
        ("scope", "openid"),
        ("redirect_uri", &address),
    ]);
    let url = format!("{base}/v1/authorize?{asked}&code_challenge={}", pair.challenge);
    Announcement { url: &url, complete_url: &url, code: None, other_device: "--remote" }.make(cx, browser)?;
    let answer = match &redirect {
        Some(redirect) => redirect.wait(cx)?,
        None => Some(typed(cx)?),
    };
    let answer = answer.ok_or_else(|| refused("Failed to retrieve an authorization code."))?;
    if answer.state != state {
        return Err(refused(&format!("State parameter {} does not match expected value {state}.", answer.state)));
    }
    let input = reply::params([
        ("clientId", client_id.into()),
        ("grantType", "authorization_code".into()),
        ("code", answer.code.into()),
        ("codeVerifier", pair.verifier.as_str().into()),
        ("redirectUri", address.into()),
    ]);
    let options = ClientOptions { dpop: Some(key.clone()), ..options };
    let params = reply::params([("tokenInput", Value::Map(input))]);
    let found = session.call_named(SERVICE, "CreateOAuth2Token", params, &options).map_err(refusal)?.value;
    let Some(output) = found.get("tokenOutput").and_then(Value::as_map) else {
        return Err(refused("Failed to retrieve an access token."));
    };
    token(cx, output, client_id, &key)
}

/// Asks for the code that the browser shows: a query string as base64.
fn typed(cx: &Context) -> Result<Answer, Failure> {
    parse(&prompt::line(cx, "\nEnter the authorization code displayed in your browser: ")?)
}

fn parse(typed: &str) -> Result<Answer, Failure> {
    if typed.is_empty() {
        let message = "argument should be a bytes-like object or ASCII string, not 'NoneType'";
        return Err(Failure::no_terminal(message));
    }
    let undecodable = || Failure::invalid("Failed to decode the verification code.");
    // What isn't base64 is passed over, such as a blank that was copied along.
    let bytes = oxaws_python::b64decode(typed).ok_or_else(undecodable)?;
    let pairs = query::decode(&String::from_utf8(bytes).map_err(|_| undecodable())?);
    let last = |key: &str| pairs.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v.clone());
    match (last("code"), last("state")) {
        (Some(code), Some(state)) => Ok(Answer { code, state }),
        _ => {
            let message = "Failed to retrieve an auth_code or state from the verification code";
            Err(Failure::invalid(message))
        }
    }
}

fn refusal(error: CallError) -> Failure {
    let CallError::Service(failure) = &error else { return error.into() };
    if failure.code() != "AccessDeniedException" {
        return error.into();
    }
    match failure.details().get("error").and_then(Value::as_str) {
        Some("AUTHCODE_EXPIRED") => refused(
            "Unable to complete the login process due to an expired authorization code. Please reauthenticate using 'aws \
             login'.",
        ),
        Some("INSUFFICIENT_PERMISSIONS") => Failure::framed(CredsError::LoginNotPermitted.to_string(), error),
        _ => error.into(),
    }
}

fn token(cx: &Context, output: &Map, client_id: &str, key: &DpopKey) -> Result<Login, Failure> {
    let seconds = reply::member(output, "expiresIn")?.as_i64().unwrap_or_default();
    let now = cx.world.now();
    let end = Moment::utc(Instant { nanos: now.nanos + i128::from(seconds) * 1_000_000_000 });
    let id_token = reply::text(output, "idToken")?;
    let session = identity_token::subject(id_token)?;
    let account = identity_token::account(&session)?;
    let keys = reply::structure(output, "accessToken")?;
    let mut access = Map::new();
    for member in ["accessKeyId", "secretAccessKey", "sessionToken"] {
        access.insert(member, reply::text(keys, member)?);
    }
    access.insert("accountId", account);
    access.insert("expiresAt", end.zulu());
    let mut token = Map::new();
    token.insert("accessToken", access);
    token.insert("tokenType", reply::text(output, "tokenType")?);
    token.insert("clientId", client_id);
    token.insert("refreshToken", reply::text(output, "refreshToken")?);
    token.insert("idToken", id_token);
    token.insert("dpopKey", key.to_pem().map_err(|e| Failure::bad_reply(Cause::of(e)))?);
    Ok(Login { session, token })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn codes_that_are_typed() {
        let text = STANDARD.encode("code=c%2F1&state=s");
        let answer = parse(&format!(" {text}\t")).unwrap();
        assert_eq!((answer.code.as_str(), answer.state.as_str()), ("c/1", "s"));
        let error = |typed: &str| parse(typed).unwrap_err().message();
        assert_eq!(error("abc"), "Failed to decode the verification code.");
        assert_eq!(error("/////w=="), "Failed to decode the verification code.");
        let incomplete = "Failed to retrieve an auth_code or state from the verification code";
        assert_eq!(error(&STANDARD.encode("code=c")), incomplete);
        assert!(error("").starts_with("argument should be a bytes-like object"));
    }
}
