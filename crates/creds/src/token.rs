//! Bearer tokens: from the environment, for one service, or of an SSO session.

use crate::cache::{member, moment, seconds, text};
use crate::provider::sso::{cached_token, token_cache};
use crate::{CallOptions, Context, CredsError, Moment};
use oxaws_config::Config;
use oxaws_env::{Instant, World, var};
use oxaws_value::{Map, Value};
use std::fmt;

const METHOD: &str = "sso";
/// With less left than this, a session's token is refreshed.
const REFRESH_WINDOW: f64 = 15.0 * 60.0;

/// A bearer token. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The token.
    pub token: String,
    /// When it ends; `None` for not known.
    pub expiration: Option<Moment>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("token", &"…").field("expiration", &self.expiration).finish()
    }
}

/// The token for a service: `AWS_BEARER_TOKEN_<NAME>`, else that of the profile's SSO session. `None` where there is
/// neither; what that means is the caller's business.
///
/// # Errors
/// When the SSO session is misconfigured or has no good token.
pub fn load(context: &Context<'_>, signing_name: &str) -> Result<Option<Token>, CredsError> {
    if let Some(token) = from_environment(context.world, signing_name) {
        return Ok(Some(Token { token, expiration: None }));
    }
    sso(context, &context.config.profile_or_default())
}

/// The token `AWS_BEARER_TOKEN_<NAME>` holds for a service's signing name.
pub fn from_environment(world: &dyn World, signing_name: &str) -> Option<String> {
    if signing_name.trim().is_empty() {
        return None;
    }
    let name = signing_name.replace(['-', ' '], "_").to_uppercase();
    world.var(&format!("{}{name}", var::AWS_BEARER_TOKEN_PREFIX))
}

/// The token of a profile's SSO session, refreshed where less than 15 minutes are left; `None` where the profile has no
/// `sso_session`.
///
/// # Errors
/// When the session is misconfigured, or its token is missing or past.
pub fn sso(context: &Context<'_>, profile: &str) -> Result<Option<Token>, CredsError> {
    let Some(Session { name, start_url, region }) = session(context.config, profile)? else { return Ok(None) };
    let (name, start_url, region) = (name.as_str(), start_url.as_str(), region.as_str());
    let now = context.world.now();
    let mut stored = cached_token(context, start_url, Some(name))?;
    let mut end = expires(&stored)?;
    if end.seconds_from(now) < REFRESH_WINDOW {
        let file = token_cache(context, name);
        let _lock = file.lock(context);
        // Another process may have refreshed it while this one waited.
        stored = cached_token(context, start_url, Some(name))?;
        end = expires(&stored)?;
        if end.seconds_from(now) < REFRESH_WINDOW
            && let Some((fresh, until)) = refresh(context, &stored, start_url, region)?
        {
            file.store(context, &fresh)?;
            (stored, end) = (fresh, until);
        }
    }
    if end.seconds_from(context.world.now()) <= 0.0 {
        let message = "Token has expired and refresh failed".to_owned();
        return Err(CredsError::TokenRetrieval { provider: METHOD, message });
    }
    Ok(Some(Token { token: text(&stored, "accessToken")?, expiration: Some(end) }))
}

/// Checks the SSO session that the profile names, where it names one. The AWS CLI does so whenever it makes a client,
/// whatever the client signs with.
///
/// # Errors
/// When the session isn't there or lacks settings.
pub fn check(config: &Config<'_>) -> Result<(), CredsError> {
    session(config, &config.profile_or_default()).map(|_| ())
}

/// An `[sso-session NAME]` section.
struct Session {
    name: String,
    start_url: String,
    region: String,
}

fn session(config: &Config<'_>, profile: &str) -> Result<Option<Session>, CredsError> {
    let files = config.files()?;
    let Some(settings) = files.profile(profile) else { return Ok(None) };
    let Some(name) = settings.text("sso_session") else { return Ok(None) };
    let Some(session) = files.sso_session(name).filter(|s| !s.is_empty()) else {
        return Err(CredsError::MissingTokenSession { profile: profile.to_owned(), session: name.to_owned() });
    };
    let (Some(start_url), Some(region)) = (session.text("sso_start_url"), session.text("sso_region")) else {
        let missing = ["sso_start_url", "sso_region"].into_iter().filter(|k| session.text(k).is_none()).collect();
        return Err(CredsError::MissingTokenSettings { profile: profile.to_owned(), missing });
    };
    Ok(Some(Session { name: name.to_owned(), start_url: start_url.to_owned(), region: region.to_owned() }))
}

fn expires(stored: &Value) -> Result<Moment, CredsError> {
    moment(member(stored, "expiresAt")?)
}

/// A fresh token and its end; `None` where the stored one can't be refreshed or the service refuses.
fn refresh(
    context: &Context<'_>,
    stored: &Value,
    start_url: &str,
    region: &str,
) -> Result<Option<(Value, Moment)>, CredsError> {
    let keys = ["refreshToken", "clientId", "clientSecret", "registrationExpiresAt"].map(|k| stored.get(k));
    let [Some(refresh_token), Some(client_id), Some(client_secret), Some(registration_end)] = keys else {
        return Ok(None);
    };
    let now = context.world.now();
    if moment(registration_end)?.seconds_from(now) <= 0.0 {
        return Ok(None);
    }
    let mut params = Map::new();
    params.insert("grantType", "refresh_token");
    params.insert("clientId", client_id.clone());
    params.insert("clientSecret", client_secret.clone());
    params.insert("refreshToken", refresh_token.clone());
    let options = CallOptions { region: Some(region.to_owned()), unsigned: true, ..CallOptions::default() };
    let reply = match context.caller.call("sso-oidc", "CreateToken", Value::Map(params), options) {
        Ok(reply) => reply,
        Err(failure) if failure.code.is_some() => return Ok(None),
        Err(failure) => return Err(CredsError::Call(failure)),
    };
    let seconds = seconds(member(&reply, "expiresIn")?)?;
    let until = Moment::utc(Instant { nanos: now.nanos + i128::from(seconds) * 1_000_000_000 });
    let mut fresh = Map::new();
    fresh.insert("startUrl", start_url);
    fresh.insert("region", region);
    fresh.insert("accessToken", member(&reply, "accessToken")?.clone());
    fresh.insert("expiresAt", until.zulu());
    fresh.insert("clientId", client_id.clone());
    fresh.insert("clientSecret", client_secret.clone());
    fresh.insert("registrationExpiresAt", registration_end.clone());
    if let Some(token) = reply.get("refreshToken") {
        fresh.insert("refreshToken", token.clone());
    }
    Ok(Some((Value::Map(fresh), until)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    const CONFIG: &str =
        "[default]\nsso_session = s\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://x\n";
    const FILE: &str = "/home/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json";
    const CREATED: &str = r#"{"accessToken":"T2","tokenType":"Bearer","expiresIn":3600,"refreshToken":"RT2"}"#;

    fn stored(end: &str, registration: &str) -> String {
        format!(
            "{{\"accessToken\": \"T1\", \"expiresAt\": \"{end}\", \"refreshToken\": \"RT\", \"clientId\": \"CI\", \
             \"clientSecret\": \"CS\", \"registrationExpiresAt\": \"{registration}\"}}"
        )
    }
    fn token(stage: &Stage) -> Result<Option<String>, String> {
        stage.run(|c| load(c, "code catalyst-x").map(|t| t.map(|t| t.token)).map_err(|e| e.to_string()))
    }

    #[test]
    fn from_the_environment() {
        let stage = Stage::new().var("AWS_BEARER_TOKEN_CODE_CATALYST_X", "E").config(CONFIG);
        assert_eq!(token(&stage), Ok(Some("E".into())));
        assert_eq!(token(&Stage::new()), Ok(None));
    }

    #[test]
    fn refreshed_and_kept() {
        let stage = Stage::new()
            .config(CONFIG)
            .file(FILE, &stored("1970-01-01T00:14:59Z", "2099-01-01T00:00:00Z"))
            .reply(CREATED);
        assert_eq!(token(&stage), Ok(Some("T2".into())));
        assert_eq!(
            stage.calls(),
            [
                "sso-oidc.CreateToken {\"grantType\": \"refresh_token\", \"clientId\": \"CI\", \"clientSecret\": \"CS\", \
             \"refreshToken\": \"RT\"} region=us-east-1 unsigned"
            ]
        );
        assert_eq!(
            stage.read(FILE).unwrap(),
            "{\"startUrl\": \"https://x\", \"region\": \"us-east-1\", \"accessToken\": \"T2\", \"expiresAt\": \
             \"1970-01-01T01:00:00Z\", \"clientId\": \"CI\", \"clientSecret\": \"CS\", \"registrationExpiresAt\": \
             \"2099-01-01T00:00:00Z\", \"refreshToken\": \"RT2\"}"
        );
        let good = Stage::new().config(CONFIG).file(FILE, &stored("1970-01-01T00:15:00Z", "2099-01-01T00:00:00Z"));
        assert_eq!(token(&good), Ok(Some("T1".into())));
    }

    #[test]
    fn not_refreshed() {
        let failed = Err("Error when retrieving token from sso: Token has expired and refresh failed".to_owned());
        let past = stored("1960-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
        let refused = Stage::new().config(CONFIG).file(FILE, &past).failure("InvalidGrantException", "x");
        assert_eq!(token(&refused), failed);
        let unreachable = Stage::new().config(CONFIG).file(FILE, &past).failure("", "no way there");
        assert_eq!(token(&unreachable), Err("no way there".into()));
        let unregistered = stored("1960-01-01T00:00:00Z", "1960-01-01T00:00:00Z");
        assert_eq!(token(&Stage::new().config(CONFIG).file(FILE, &unregistered)), failed);
        // Near its end it still serves.
        let near = stored("1970-01-01T00:05:00Z", "1960-01-01T00:00:00Z");
        assert_eq!(token(&Stage::new().config(CONFIG).file(FILE, &near)), Ok(Some("T1".into())));
        let bare = "{\"accessToken\": \"T1\", \"expiresAt\": \"1960-01-01T00:00:00Z\"}";
        assert_eq!(token(&Stage::new().config(CONFIG).file(FILE, bare)), failed);
    }

    #[test]
    fn faults_of_configuration() {
        assert_eq!(
            token(&Stage::new().config("[default]\nsso_session = none\n")),
            Err("The profile \"default\" is configured to use the SSO token provider but the \"none\" sso_session \
                 configuration does not exist."
                .into())
        );
        assert_eq!(
            token(&Stage::new().config("[default]\nsso_session = s\n[sso-session s]\nx = y\n")),
            Err("The profile \"default\" is configured to use the SSO token provider but is missing the following \
                 configuration: ['sso_start_url', 'sso_region']."
                .into())
        );
    }
}
