//! `sso`: credentials of a role in IAM Identity Center, for a token that `aws sso login` has stored.

use crate::cache::{CacheFile, ROLE_CACHE, SSO_CACHE, member, moment, role_credentials, sha1_hex, text};
use crate::{CallOptions, Context, Credentials, CredsError, Loaded, Moment, Provider, Refresh, token};
use oxaws_config::Setting;
use oxaws_env::{Instant, World, expand_path};
use oxaws_value::{JsonStyle, Map, Value, to_json};
use std::path::PathBuf;

const METHOD: &str = "sso";
/// `json.dumps(…, separators=(',', ':'))`.
const COMPACT_ASCII: JsonStyle = JsonStyle { indent: None, ascii: true, spaced: false };

/// A role's credentials. A role name or an account in the profile starts it.
#[derive(Debug, Clone)]
pub(crate) struct Sso {
    pub(crate) profile: String,
    /// Whether the credentials are kept in a file.
    pub(crate) keep: bool,
}

impl Provider for Sso {
    fn method(&self) -> &'static str {
        METHOD
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        let files = context.config.files()?;
        let profile = files.profile(&self.profile).unwrap_or_default();
        if !profile.contains("sso_role_name") && !profile.contains("sso_account_id") {
            return Ok(None);
        }
        let session = match profile.text("sso_session") {
            None => None,
            Some(name) => {
                let missing = || CredsError::MissingSsoSession { session: name.to_owned() };
                Some((name, files.sso_session(name).ok_or_else(missing)?))
            }
        };
        if let Some((_, session)) = &session {
            for (key, there) in session.iter() {
                if let Some(here) = profile.get(key).filter(|here| *here != there) {
                    return Err(CredsError::InconsistentSso {
                        key: key.to_owned(),
                        profile: shown(here),
                        session: shown(there),
                    });
                }
            }
        }
        let mut missing = Vec::new();
        let mut value = |key: &'static str| {
            let found = session.as_ref().and_then(|(_, s)| s.text(key)).or_else(|| profile.text(key));
            if found.is_none() {
                missing.push(key);
            }
            found.unwrap_or_default().to_owned()
        };
        let role = Role {
            role: value("sso_role_name"),
            account: value("sso_account_id"),
            start_url: value("sso_start_url"),
            region: value("sso_region"),
            session: session.as_ref().map(|(name, _)| (*name).to_owned()),
            profile: self.profile.clone(),
            keep: self.keep,
        };
        if !missing.is_empty() {
            return Err(CredsError::MissingSsoSettings { profile: self.profile.clone(), missing });
        }
        Ok(Some(Loaded::deferred(METHOD, role)))
    }
}

fn shown(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) => text.clone(),
        Setting::Nested(pairs) => {
            let map: Map = pairs.iter().fold(Map::new(), |mut map, (k, v)| {
                map.insert(k.to_owned(), v);
                map
            });
            to_json(&Value::Map(map), JsonStyle::PYTHON).replace('"', "'")
        }
    }
}

struct Role {
    role: String,
    account: String,
    start_url: String,
    region: String,
    session: Option<String>,
    profile: String,
    keep: bool,
}

impl Role {
    fn file(&self, context: &Context<'_>) -> CacheFile {
        let mut key = Map::new();
        key.insert("accountId", self.account.as_str());
        key.insert("roleName", self.role.as_str());
        match self.session.as_deref().filter(|s| !s.is_empty()) {
            Some(session) => key.insert("sessionName", session),
            None => key.insert("startUrl", self.start_url.as_str()),
        };
        CacheFile::new(context, ROLE_CACHE, sha1_hex(&to_json(&Value::Map(key), COMPACT_ASCII)))
    }

    fn token(&self, context: &Context<'_>) -> Result<String, CredsError> {
        if self.session.is_some() {
            let found = token::sso(context, &self.profile)?;
            return found.map(|t| t.token).ok_or(CredsError::SsoUnauthorized);
        }
        let stored = cached_token(context, &self.start_url, None)?;
        let end = moment(member(&stored, "expiresAt")?)?;
        if end.seconds_from(context.world.now()) <= 0.0 {
            return Err(CredsError::SsoUnauthorized);
        }
        text(&stored, "accessToken")
    }

    fn call(&self, context: &Context<'_>, token: String) -> Result<Value, CredsError> {
        let mut params = Map::new();
        params.insert("roleName", self.role.as_str());
        params.insert("accountId", self.account.as_str());
        params.insert("accessToken", token);
        let options = CallOptions { region: Some(self.region.clone()), unsigned: true, ..CallOptions::default() };
        let reply =
            context.caller.call("sso", "GetRoleCredentials", Value::Map(params), options).map_err(|failure| {
                match failure.code.as_deref() {
                    Some("UnauthorizedException") => CredsError::SsoUnauthorized,
                    _ => CredsError::Call(failure),
                }
            })?;
        let found = member(&reply, "roleCredentials")?;
        let millis = member(found, "expiration")?.as_f64();
        let millis = millis.ok_or_else(|| CredsError::python("unsupported operand type(s) for /"))?;
        let end = Moment::utc(Instant::from_secs((millis / 1000.0).floor() as i64));
        let mut credentials = Map::new();
        credentials.insert("AccessKeyId", member(found, "accessKeyId")?.clone());
        credentials.insert("SecretAccessKey", member(found, "secretAccessKey")?.clone());
        credentials.insert("SessionToken", member(found, "sessionToken")?.clone());
        credentials.insert("Expiration", end.zulu());
        credentials.insert("AccountId", self.account.as_str());
        let mut kept = Map::new();
        kept.insert("ProviderType", METHOD);
        kept.insert("Credentials", credentials);
        Ok(Value::Map(kept))
    }
}

impl Refresh for Role {
    fn fetch(&self, context: &Context<'_>) -> Result<Credentials, CredsError> {
        let file = self.keep.then(|| self.file(context));
        let prepare = || self.token(context);
        role_credentials(context, METHOD, file.as_ref(), prepare, |token| self.call(context, token))
    }
}

/// The file of a token: named by the session, or by the start URL where there is none.
pub fn token_file(world: &dyn World, name: &str) -> PathBuf {
    expand_path(world, SSO_CACHE).join(format!("{}.json", sha1_hex(name)))
}

/// The file of a client registered for a session's logins.
pub fn registration_file(
    world: &dyn World,
    start_url: &str,
    region: &str,
    scopes: Option<&[String]>,
    session: Option<&str>,
) -> PathBuf {
    let scopes = scopes.map_or(Value::Null, |s| Value::List(s.iter().map(|s| s.as_str().into()).collect()));
    let mut key = Map::new();
    key.insert("region", region);
    key.insert("scopes", scopes);
    key.insert("session_name", session.map_or(Value::Null, Value::from));
    key.insert("startUrl", start_url);
    key.insert("tool", "botocore");
    token_file(world, &to_json(&Value::Map(key), JsonStyle::PYTHON))
}

pub(crate) fn token_cache(context: &Context<'_>, name: &str) -> CacheFile {
    CacheFile::new(context, SSO_CACHE, sha1_hex(name))
}

/// The stored token of a session, or of a start URL where there is none, good or not.
///
/// # Errors
/// [`CredsError::SsoTokenLoad`] where there is none or it lacks something, [`CredsError::MissingKey`] where its file
/// isn't JSON.
pub fn cached_token(context: &Context<'_>, start_url: &str, session: Option<&str>) -> Result<Value, CredsError> {
    let name = session.unwrap_or(start_url);
    let Some(stored) = token_cache(context, name).load(context)? else {
        return Err(CredsError::SsoTokenLoad { message: format!("Token for {name} does not exist") });
    };
    if stored.get("accessToken").is_none() || stored.get("expiresAt").is_none() {
        return Err(CredsError::SsoTokenLoad { message: format!("Token for {start_url} is invalid") });
    }
    Ok(stored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    const LEGACY: &str = "[default]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n\
                          sso_account_id = 123456789012\nsso_role_name = R\n";
    const SESSION: &str = "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n\
                           [sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://x.awsapps.com/start\n";
    const LEGACY_TOKEN: &str = "/home/.aws/sso/cache/3947de8b16688092197fa616c34e01335f21d256.json";
    const SESSION_TOKEN: &str = "/home/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json";
    const REPLY: &str = r#"{"roleCredentials":{"accessKeyId":"SSOKEY","secretAccessKey":"SS","sessionToken":"ST","expiration":4070908800000}}"#;

    fn token(end: &str) -> String {
        format!("{{\"startUrl\": \"u\", \"accessToken\": \"TOKEN\", \"expiresAt\": \"{end}\"}}")
    }
    fn found(stage: &Stage) -> Result<Option<Credentials>, String> {
        let provider = Sso { profile: "default".into(), keep: true };
        stage.run(|c| provider.load(c).and_then(|l| l.map(|l| l.credentials(c)).transpose()).map_err(|e| e.to_string()))
    }

    #[test]
    fn a_legacy_profile() {
        let stage = Stage::new().config(LEGACY).file(LEGACY_TOKEN, &token("2099-01-01T00:00:00Z")).reply(REPLY);
        let c = found(&stage).unwrap().unwrap();
        assert_eq!(
            (c.access_key_id.as_str(), c.account_id.as_deref(), c.method),
            ("SSOKEY", Some("123456789012"), "sso")
        );
        assert_eq!(
            stage.calls(),
            [
                "sso.GetRoleCredentials {\"roleName\": \"R\", \"accountId\": \"123456789012\", \"accessToken\": \"TOKEN\"} \
             region=us-east-1 unsigned"
            ]
        );
        assert_eq!(
            stage.read("/home/.aws/cli/cache/2887a4e951cd3f2629ca5931ad00dad832417a3a.json").unwrap(),
            "{\"ProviderType\": \"sso\", \"Credentials\": {\"AccessKeyId\": \"SSOKEY\", \"SecretAccessKey\": \"SS\", \
             \"SessionToken\": \"ST\", \"Expiration\": \"2099-01-01T00:00:00Z\", \"AccountId\": \"123456789012\"}}"
        );
    }

    #[test]
    fn a_session() {
        let stage = Stage::new().config(SESSION).file(SESSION_TOKEN, &token("2099-01-01T00:00:00Z")).reply(REPLY);
        assert!(found(&stage).unwrap().is_some());
        assert!(stage.calls()[0].contains("region=eu-west-1"));
        assert!(stage.read("/home/.aws/cli/cache/f5c139c90b634c780544787e9dadefd6779cb5cf.json").is_some());
    }

    #[test]
    fn registrations_are_named_by_what_they_are_for() {
        let world = oxaws_env::Fixed::new().with_var("HOME", "/home");
        let scopes = ["sso:account:access".to_owned()];
        let file = |scopes, session| registration_file(&world, "https://x", "us-east-1", scopes, session);
        let plain = file(None, None);
        // sha1 of {"region": "us-east-1", "scopes": null, "session_name": null, "startUrl": "https://x", "tool": "botocore"}
        assert_eq!(plain.file_name().and_then(|n| n.to_str()), Some("42a34ac4da829e1a56680be75e9cce1cf42702c8.json"));
        assert_ne!(plain, file(Some(&scopes), Some("s")));
    }

    #[test]
    fn tokens_that_are_of_no_use() {
        let unauthorized = "The SSO session associated with this profile has expired or is otherwise invalid. To \
                            refresh this SSO session run aws sso login with the corresponding profile.";
        let none = "Error loading SSO Token: Token for";
        assert_eq!(
            found(&Stage::new().config(LEGACY)),
            Err(format!("{none} https://x.awsapps.com/start does not exist"))
        );
        assert_eq!(found(&Stage::new().config(SESSION)), Err(format!("{none} s does not exist")));
        let expired = Stage::new().config(LEGACY).file(LEGACY_TOKEN, &token("1960-01-01T00:00:00Z"));
        assert_eq!(found(&expired), Err(unauthorized.into()));
        let invalid = Stage::new().config(SESSION).file(SESSION_TOKEN, "{}");
        assert_eq!(found(&invalid), Err(format!("{none} https://x.awsapps.com/start is invalid")));
        for damaged in ["", "{", "null", "[]"] {
            let damaged = Stage::new().config(LEGACY).file(LEGACY_TOKEN, damaged);
            assert_eq!(found(&damaged), Err(format!("{none} https://x.awsapps.com/start does not exist")));
        }
        let other = Stage::new().config(LEGACY).file(LEGACY_TOKEN, "something else");
        assert_eq!(found(&other), Err("'3947de8b16688092197fa616c34e01335f21d256'".into()));
        let refused = Stage::new()
            .config(LEGACY)
            .file(LEGACY_TOKEN, &token("2099-01-01T00:00:00Z"))
            .failure("UnauthorizedException", "x");
        assert_eq!(found(&refused), Err(unauthorized.into()));
        let forbidden = Stage::new()
            .config(LEGACY)
            .file(LEGACY_TOKEN, &token("2099-01-01T00:00:00Z"))
            .failure("ForbiddenException", "No access");
        assert_eq!(found(&forbidden), Err("No access".into()));
    }

    #[test]
    fn faults_of_configuration() {
        for (config, want) in [
            ("[default]\nsso_start_url = u\n", None),
            (
                "[default]\nsso_session = none\nsso_role_name = R\n",
                Some("The specified sso-session does not exist: \"none\""),
            ),
            (
                "[default]\nsso_role_name = R\nsso_region = r\n",
                Some(
                    "The profile \"default\" is configured to use SSO but is missing required configuration: \
                     sso_account_id, sso_start_url",
                ),
            ),
            (
                "[default]\nsso_role_name = R\nsso_region = a\nsso_session = s\n[sso-session s]\nsso_region = b\n",
                Some("The value for sso_region is inconsistent between profile (a) and sso-session (b)."),
            ),
        ] {
            let got = found(&Stage::new().config(config));
            match want {
                None => assert_eq!(got, Ok(None)),
                Some(want) => assert_eq!(got, Err(want.into())),
            }
        }
    }
}
