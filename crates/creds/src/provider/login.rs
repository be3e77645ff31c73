//! `login`: a session that `aws login` has stored.

use crate::cache::{CacheFile, keys, member, moment, optional_text, seconds};
use crate::dpop::DpopKey;
use crate::{CallOptions, Context, Credentials, CredsError, Loaded, Moment, Provider, Refresh};
use oxaws_env::{Instant, World, expand_path, var};
use oxaws_value::{Map, Value};
use sha2::Digest;
use std::path::PathBuf;

const METHOD: &str = "login";
/// With no more left than this, a session's credentials are refreshed.
const REFRESH_THRESHOLD: f64 = 5.0 * 60.0;

/// The credentials of a login session.
#[derive(Debug, Clone)]
pub struct Login {
    pub(crate) profile: String,
}

/// The folder of the login sessions: AWS_LOGIN_CACHE_DIRECTORY, else `~/.aws/login/cache`.
pub fn cache_folder(world: &dyn World) -> PathBuf {
    match world.var(var::AWS_LOGIN_CACHE_DIRECTORY) {
        Some(folder) => expand_path(world, &folder),
        None => expand_path(world, "~/.aws/login/cache"),
    }
}

/// The file of a login session.
pub fn session_file(world: &dyn World, session: &str) -> PathBuf {
    cache_folder(world).join(format!("{}.json", session_key(session)))
}

fn session_key(session: &str) -> String {
    sha2::Sha256::digest(session.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

impl Provider for Login {
    fn method(&self) -> &'static str {
        METHOD
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        let profile = context.config.files()?.profile(&self.profile).unwrap_or_default();
        let Some(name) = profile.text("login_session") else { return Ok(None) };
        let session = Session { name: name.to_owned() };
        let Some(stored) = session.file(context).load(context)? else {
            return Err(CredsError::LoginTokenLoad {
                message: format!(
                    "Unable to load a existing login session for session {name}, Please reauthenticate with 'aws \
                     login'."
                ),
            });
        };
        if ["accessToken", "refreshToken", "dpopKey", "clientId"].iter().any(|k| stored.get(k).is_none()) {
            let message = "Failed to load access token from token cache, missing one or more required fields.".into();
            return Err(CredsError::LoginTokenLoad { message });
        }
        // Past or not: they are refreshed when they are used.
        Ok(Some(Loaded::refreshable(credentials(&stored)?, session)))
    }
}

struct Session {
    name: String,
}

impl Session {
    fn file(&self, context: &Context<'_>) -> CacheFile {
        CacheFile::in_folder(cache_folder(context.world), session_key(&self.name))
    }
}

impl Refresh for Session {
    fn fetch(&self, context: &Context<'_>) -> Result<Credentials, CredsError> {
        let file = self.file(context);
        let _lock = file.lock(context);
        let mut stored = file.load(context)?.unwrap_or_default();
        let key = match stored.get("dpopKey").and_then(Value::as_str) {
            Some(pem) => DpopKey::from_pem(pem)?,
            None => {
                let message = "Private key not found in cached token.".to_owned();
                return Err(CredsError::LoginTokenLoad { message });
            }
        };
        let now = context.world.now();
        // Another process may have refreshed it.
        if let Some(end) = stored.get("accessToken").and_then(|t| t.get("expiresAt"))
            && moment(end)?.seconds_from(now) > REFRESH_THRESHOLD
        {
            return credentials(&stored);
        }
        let mut input = Map::new();
        input.insert("clientId", member(&stored, "clientId")?.clone());
        input.insert("refreshToken", member(&stored, "refreshToken")?.clone());
        input.insert("grantType", "refresh_token");
        let mut params = Map::new();
        params.insert("tokenInput", input);
        let options = CallOptions { unsigned: true, dpop: Some(&key), ..CallOptions::default() };
        let reply = context.caller.call("signin", "CreateOAuth2Token", Value::Map(params), options);
        let reply = reply.map_err(|failure| match failure.code.as_deref() {
            Some("AccessDeniedException") => match failure.details.get("error").and_then(Value::as_str) {
                Some("TOKEN_EXPIRED") => CredsError::LoginExpired,
                Some("USER_CREDENTIALS_CHANGED") => CredsError::LoginPasswordChanged,
                Some("INSUFFICIENT_PERMISSIONS") => CredsError::LoginNotPermitted,
                _ => CredsError::Login,
            },
            _ => CredsError::Call(failure),
        })?;
        let Some(output) = reply.get("tokenOutput") else {
            return Err(CredsError::LoginTokenLoad { message: "Failed to refresh an access token.".into() });
        };
        let seconds = seconds(member(output, "expiresIn")?)?;
        let end = Moment::utc(Instant { nanos: now.nanos + i128::from(seconds) * 1_000_000_000 });
        let (fresh, old) = (member(output, "accessToken")?, member(&stored, "accessToken")?);
        let mut token = Map::new();
        for key in ["accessKeyId", "secretAccessKey", "sessionToken"] {
            token.insert(key, member(fresh, key)?.clone());
        }
        token.insert("accountId", member(old, "accountId")?.clone());
        token.insert("expiresAt", end.zulu());
        let refresh_token = member(output, "refreshToken")?.clone();
        if let Some(members) = stored.as_map_mut() {
            members.insert("accessToken", token);
            members.insert("refreshToken", refresh_token);
        }
        file.store(context, &stored)?;
        credentials(&stored)
    }
}

fn credentials(stored: &Value) -> Result<Credentials, CredsError> {
    let token = member(stored, "accessToken")?;
    let (access_key_id, secret_access_key) = keys(token, "accessKeyId", "secretAccessKey")?;
    Ok(Credentials {
        access_key_id,
        secret_access_key,
        session_token: optional_text(member(token, "sessionToken")?),
        expiration: Some(moment(member(token, "expiresAt")?)?),
        account_id: optional_text(member(token, "accountId")?),
        method: METHOD,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpop;
    use crate::stage::Stage;

    const CONFIG: &str = "[default]\nlogin_session = arn:x\n";
    const REPLY: &str = r#"{"tokenOutput":{"accessToken":{"accessKeyId":"NEW","secretAccessKey":"s","sessionToken":"t"},"expiresIn":900,"refreshToken":"RT2"}}"#;

    fn path() -> String {
        format!("/home/.aws/login/cache/{}.json", session_key("arn:x"))
    }
    fn stage(end: &str) -> Stage {
        let pem = dpop::tests::key().to_pem().unwrap().replace('\n', "\\n");
        let stored = format!(
            "{{\"accessToken\": {{\"accessKeyId\": \"OLD\", \"secretAccessKey\": \"s\", \"sessionToken\": \"t\", \
             \"accountId\": \"1\", \"expiresAt\": \"{end}\"}}, \"clientId\": \"C\", \"refreshToken\": \"RT\", \
             \"dpopKey\": \"{pem}\"}}"
        );
        Stage::new().config(CONFIG).file(&path(), &stored)
    }
    fn found(stage: &Stage) -> Result<Option<Credentials>, String> {
        let provider = Login { profile: "default".into() };
        stage.run(|c| provider.load(c).and_then(|l| l.map(|l| l.credentials(c)).transpose()).map_err(|e| e.to_string()))
    }

    #[test]
    fn at_hand_and_refreshed() {
        let good = stage("2099-01-01T00:00:00Z");
        let c = found(&good).unwrap().unwrap();
        assert_eq!((c.access_key_id.as_str(), c.account_id.as_deref(), c.method), ("OLD", Some("1"), "login"));
        let past = stage("1960-01-01T00:00:00Z").reply(REPLY);
        assert_eq!(found(&past).unwrap().unwrap().access_key_id, "NEW");
        assert_eq!(
            past.calls(),
            [
                "signin.CreateOAuth2Token {\"tokenInput\": {\"clientId\": \"C\", \"refreshToken\": \"RT\", \"grantType\": \
             \"refresh_token\"}} region=- unsigned dpop"
            ]
        );
        let kept = past.read(&path()).unwrap();
        assert!(
            kept.starts_with(
                "{\"accessToken\": {\"accessKeyId\": \"NEW\", \"secretAccessKey\": \"s\", \"sessionToken\": \"t\", \
                 \"accountId\": \"1\", \"expiresAt\": \"1970-01-01T00:15:00Z\"}, \"clientId\": \"C\", \
                 \"refreshToken\": \"RT2\", \"dpopKey\""
            ),
            "{kept}"
        );
        // Between five and fifteen minutes the stored ones serve without a call.
        assert_eq!(found(&stage("1970-01-01T00:06:00Z")).unwrap().unwrap().access_key_id, "OLD");
    }

    #[test]
    fn what_goes_wrong() {
        assert_eq!(found(&Stage::new()), Ok(None));
        let prefix = "Error loading login session token: ";
        assert_eq!(
            found(&Stage::new().config(CONFIG)),
            Err(format!(
                "{prefix}Unable to load a existing login session for session arn:x, Please reauthenticate with 'aws \
                 login'."
            ))
        );
        assert_eq!(
            found(&Stage::new().config(CONFIG).file(&path(), "{\"accessToken\": {}}")),
            Err(format!("{prefix}Failed to load access token from token cache, missing one or more required fields."))
        );
        for (error, want) in [
            ("TOKEN_EXPIRED", "Your session has expired. Please reauthenticate using 'aws login'."),
            (
                "USER_CREDENTIALS_CHANGED",
                "Unable to refresh login credentials because of a change in your password. Please reauthenticate with \
                 your new password using 'aws login'.",
            ),
            (
                "INSUFFICIENT_PERMISSIONS",
                "Unable to create or refresh login credentials due to insufficient permissions. You may be missing \
                 permission for the 'signin:CreateOAuth2Token' action.",
            ),
            (
                "OTHER",
                "An unspecified error happened when resolving AWS credentials or refreshing a login session profile.",
            ),
        ] {
            let refused = stage("1960-01-01T00:00:00Z").failure_with("AccessDeniedException", "x", "error", error);
            assert_eq!(found(&refused), Err(want.into()));
        }
        let refused = stage("1960-01-01T00:00:00Z").failure("TooManyRequestsError", "slow down");
        assert_eq!(found(&refused), Err("slow down".into()));
        assert_eq!(
            found(&stage("1960-01-01T00:00:00Z").reply("{}")),
            Err(format!("{prefix}Failed to refresh an access token."))
        );
    }

    #[test]
    fn folders() {
        let world = oxaws_env::Fixed::new().with_var("HOME", "/h");
        assert_eq!(cache_folder(&world), PathBuf::from("/h/.aws/login/cache"));
        let world = world.with_var("AWS_LOGIN_CACHE_DIRECTORY", "~/$X").with_var("X", "y");
        assert_eq!(session_file(&world, "").parent(), Some(PathBuf::from("/h/y").as_path()));
    }
}
