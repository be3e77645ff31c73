//! `assume-role-with-web-identity`: a role for a token in a file, from the environment or the profile.

use super::assume_role::{role_file, with_account, with_session_name};
use crate::cache::role_credentials;
use crate::{CallOptions, Context, Credentials, CredsError, Loaded, Provider, Refresh};
use oxaws_env::var;
use oxaws_python::decode_utf8;
use oxaws_value::{Map, Value};
use std::path::Path;

const METHOD: &str = "assume-role-with-web-identity";

/// A role for a token. The environment comes before the profile.
#[derive(Debug, Clone)]
pub(crate) struct WebIdentity {
    pub(crate) profile: String,
    /// Whether the environment counts.
    pub(crate) environment: bool,
    /// Whether the credentials are kept in a file.
    pub(crate) keep: bool,
}

impl Provider for WebIdentity {
    fn method(&self) -> &'static str {
        METHOD
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        let profile = context.config.files()?.profile(&self.profile).unwrap_or_default();
        let value = |name: &str, key: &str| {
            let set = if self.environment { context.world.var(name) } else { None };
            set.or_else(|| profile.text(key).map(str::to_owned))
        };
        let token_file = value(var::AWS_WEB_IDENTITY_TOKEN_FILE, "web_identity_token_file");
        let Some(token_file) = token_file.filter(|f| !f.is_empty()) else { return Ok(None) };
        let role = value(var::AWS_ROLE_ARN, "role_arn").filter(|r| !r.is_empty()).ok_or(CredsError::MissingRole)?;
        let session = value(var::AWS_ROLE_SESSION_NAME, "role_session_name").filter(|s| !s.is_empty());
        Ok(Some(Loaded::deferred(METHOD, Identity { token_file, role, session, keep: self.keep })))
    }
}

struct Identity {
    token_file: String,
    role: String,
    session: Option<String>,
    keep: bool,
}

impl Refresh for Identity {
    fn fetch(&self, context: &Context<'_>) -> Result<Credentials, CredsError> {
        let mut params = Map::new();
        params.insert("RoleArn", self.role.as_str());
        if let Some(session) = &self.session {
            params.insert("RoleSessionName", session.as_str());
        }
        // The token's text is part of the name of the file (AWS CLI 2.38.1): a new token means a new call.
        let token = read_token(context, Path::new(&self.token_file))?;
        params.insert("WebIdentityToken", token);
        let file = self.keep.then(|| role_file(context, &params));
        role_credentials(
            context,
            METHOD,
            file.as_ref(),
            || Ok(()),
            |()| {
                let options =
                    CallOptions { region: context.region.map(str::to_owned), unsigned: true, ..CallOptions::default() };
                let params = with_session_name(context, params.clone());
                let reply = context.caller.call("sts", "AssumeRoleWithWebIdentity", Value::Map(params), options)?;
                with_account(reply)
            },
        )
    }
}

/// Reads a token as a text file is read: any line end is `\n`.
fn read_token(context: &Context<'_>, path: &Path) -> Result<String, CredsError> {
    let token = context.world.read(path).map_err(|e| CredsError::io(e, path))?;
    let token = decode_utf8(&token).map_err(CredsError::python)?;
    Ok(token.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::{Stage, role_reply};

    fn found(stage: &Stage, environment: bool) -> Result<Option<Credentials>, String> {
        let provider = WebIdentity { profile: "p".into(), environment, keep: true };
        stage.run(|c| provider.load(c).and_then(|l| l.map(|l| l.credentials(c)).transpose()).map_err(|e| e.to_string()))
    }

    #[test]
    fn from_the_environment_and_the_profile() {
        let stage = || {
            Stage::new()
                .var("AWS_WEB_IDENTITY_TOKEN_FILE", "/u")
                .var("AWS_ROLE_ARN", "env")
                .file("/u", "TOKENV\r\n")
                .file("/t", "TOK2")
                .config("[profile p]\nrole_arn = r\nrole_session_name = me\nweb_identity_token_file = /t\n")
                .reply(role_reply("A"))
        };
        let s = stage();
        assert_eq!(found(&s, true).unwrap().unwrap().method, METHOD);
        assert_eq!(
            s.calls(),
            [
                "sts.AssumeRoleWithWebIdentity {\"RoleArn\": \"env\", \"RoleSessionName\": \"me\", \"WebIdentityToken\": \
             \"TOKENV\\n\"} region=- unsigned"
            ]
        );
        let s = stage();
        assert!(found(&s, false).is_ok());
        assert!(s.calls()[0].contains("\"RoleArn\": \"r\"") && s.calls()[0].contains("\"TOK2\""), "{:?}", s.calls());
    }

    #[test]
    fn the_token_is_part_of_what_the_cache_goes_by() {
        let stage = |token: &str| {
            let s = Stage::new().var("AWS_WEB_IDENTITY_TOKEN_FILE", "/u").var("AWS_ROLE_ARN", "env");
            s.file("/u", token).reply(role_reply("A")).reply(role_reply("B"))
        };
        let s = stage("TOKENV\n");
        assert!(found(&s, true).is_ok() && found(&s, true).is_ok());
        assert_eq!(s.calls().len(), 1);
        // The SHA-1 of {"RoleArn": "env", "WebIdentityToken": "TOKENV\n"}.
        let kept = s.read("/home/.aws/cli/cache/e654adfcf278f744b0557e48757fcdbf9c286990.json").unwrap();
        // Another token: what is kept isn't for it.
        let s = stage("OTHER").file("/home/.aws/cli/cache/e654adfcf278f744b0557e48757fcdbf9c286990.json", &kept);
        assert!(found(&s, true).is_ok());
        assert_eq!(s.calls().len(), 1);
    }

    #[test]
    fn what_goes_wrong() {
        let missing_role = "The provided profile or the current environment is configured to assume role with web \
                            identity but has no role ARN configured. Ensure that the profile has the \
                            role_arnconfiguration set or the AWS_ROLE_ARN env var is set.";
        assert_eq!(found(&Stage::new().var("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"), true), Err(missing_role.into()));
        assert_eq!(found(&Stage::new().var("AWS_WEB_IDENTITY_TOKEN_FILE", ""), true), Ok(None));
        assert_eq!(found(&Stage::new(), true), Ok(None));
        let no_file = Stage::new().var("AWS_WEB_IDENTITY_TOKEN_FILE", "/none").var("AWS_ROLE_ARN", "r");
        assert_eq!(found(&no_file, true), Err("[Errno 2] No such file or directory: '/none'".into()));
    }
}
