//! `assume-role`: a profile with `role_arn`, whose role is assumed with credentials from another profile
//! (`source_profile`) or place (`credential_source`).

use super::container::Container;
use super::env::Env;
use super::imds::{Imds, MetadataService};
use crate::cache::{CacheFile, ROLE_CACHE, member, role_credentials, sha1_hex};
use crate::{CallOptions, Context, Credentials, CredsError, Loaded, Provider, Refresh, chain};
use oxaws_config::Profile;
use oxaws_python::python_int_text;
use oxaws_value::{JsonStyle, Map, Value, to_json};
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) const METHOD: &str = "assume-role";

/// More source profiles in a row end at the AWS CLI's recursion limit.
const MAX_ROLES: usize = 100;

/// A role, assumed with other credentials.
#[derive(Debug, Clone)]
pub(crate) struct AssumeRole {
    pub(crate) profile: String,
    /// For `credential_source = Ec2InstanceMetadata`.
    pub(crate) metadata: MetadataService,
}

impl Provider for AssumeRole {
    fn method(&self) -> &'static str {
        METHOD
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        let profile = context.config.files()?.profile(&self.profile).unwrap_or_default();
        if !is_role(&profile) {
            return Ok(None);
        }
        let mut visited = vec![self.profile.clone()];
        self.role(context, &self.profile, &profile, &mut visited).map(Some)
    }
}

/// A profile with a web identity isn't for this provider.
fn is_role(profile: &Profile) -> bool {
    profile.contains("role_arn") && !profile.contains("web_identity_token_file")
}

fn has_keys(profile: &Profile) -> bool {
    profile.contains("aws_access_key_id") || profile.contains("aws_secret_access_key")
}

impl AssumeRole {
    fn role(
        &self,
        context: &Context<'_>,
        name: &str,
        profile: &Profile,
        visited: &mut Vec<String>,
    ) -> Result<Loaded, CredsError> {
        let source = match (profile.text("source_profile"), profile.text("credential_source")) {
            (Some(_), Some(_)) => return Err(CredsError::TwoSources { profile: name.to_owned() }),
            (None, None) => {
                let missing = "source_profile or credential_source".to_owned();
                return Err(CredsError::Partial { provider: METHOD, missing });
            }
            (None, Some(place)) => self.source_place(context, place, name)?,
            (Some(source), None) => self.source_profile(context, source, name, visited)?,
        };
        let text = |key: &str| profile.text(key).map(str::to_owned);
        // A duration that is no number is passed over.
        let duration = profile.text("duration_seconds").and_then(python_int_text);
        let refresh = RoleRefresh {
            role: Role {
                arn: text("role_arn").unwrap_or_default(),
                session: text("role_session_name"),
                external_id: text("external_id"),
                mfa_serial: text("mfa_serial"),
                duration: duration.map(|d| d.parse().map_or_else(|_| Value::BigInt(d.into()), Value::Int)),
            },
            source,
            asked: AtomicBool::new(false),
        };
        Ok(Loaded::deferred(METHOD, refresh))
    }

    fn source_place(&self, context: &Context<'_>, place: &str, profile: &str) -> Result<Loaded, CredsError> {
        let provider: &dyn Provider = match place {
            "Environment" => &Env,
            "EcsContainer" => &Container,
            "Ec2InstanceMetadata" => &Imds { service: self.metadata.clone() },
            _ => return Err(CredsError::InvalidSource { source: place.to_owned(), profile: profile.to_owned() }),
        };
        provider.load(context)?.ok_or_else(|| CredsError::Retrieval {
            provider: place.to_owned(),
            message: format!("No credentials found in credential_source referenced in profile {profile}"),
        })
    }

    fn source_profile(
        &self,
        context: &Context<'_>,
        source: &str,
        parent: &str,
        visited: &mut Vec<String>,
    ) -> Result<Loaded, CredsError> {
        let Some(profile) = context.config.files()?.profile(source) else {
            return Err(CredsError::MissingSourceProfile { source: source.to_owned(), profile: parent.to_owned() });
        };
        // A profile may be its own source for the keys that stand in it.
        let own_keys = source == parent && has_keys(&profile);
        if visited.iter().any(|v| v == source) && !own_keys {
            return Err(CredsError::Loop { profile: source.to_owned(), visited: std::mem::take(visited) });
        }
        visited.push(source.to_owned());
        if visited.len() > MAX_ROLES {
            return Err(CredsError::TooDeep);
        }
        if !has_keys(&profile) && is_role(&profile) {
            return self.role(context, source, &profile, visited);
        }
        chain::load_source(context, source)?.ok_or_else(|| CredsError::EmptySourceProfile { source: source.to_owned() })
    }
}

/// What AssumeRole is called with.
#[derive(Debug, Clone, Default)]
struct Role {
    arn: String,
    session: Option<String>,
    external_id: Option<String>,
    mfa_serial: Option<String>,
    duration: Option<Value>,
}

impl Role {
    /// The configured parameters, sorted by name. Their JSON text names the cache file.
    fn params(&self) -> Map {
        let mut params = Map::new();
        if let Some(duration) = &self.duration {
            params.insert("DurationSeconds", duration.clone());
        }
        if let Some(id) = &self.external_id {
            params.insert("ExternalId", id.as_str());
        }
        params.insert("RoleArn", self.arn.as_str());
        if let Some(session) = self.session.as_deref().filter(|s| !s.is_empty()) {
            params.insert("RoleSessionName", session);
        }
        if let Some(serial) = &self.mfa_serial {
            params.insert("SerialNumber", serial.as_str());
        }
        params
    }
}

struct RoleRefresh {
    role: Role,
    source: Loaded,
    /// An MFA code has been asked for.
    asked: AtomicBool,
}

impl Refresh for RoleRefresh {
    fn fetch(&self, context: &Context<'_>) -> Result<Credentials, CredsError> {
        let serial = self.role.mfa_serial.as_deref();
        if serial.is_some() && self.asked.swap(true, Ordering::SeqCst) {
            return Err(CredsError::MfaRefresh);
        }
        let params = self.role.params();
        let file = role_file(context, &params);
        let prepare = || {
            let code = match serial {
                Some(serial) => {
                    let answer = context.machine.ask_secret(&format!("Enter MFA code for {serial}: "));
                    Some(answer.map_err(|message| CredsError::Prompt { message })?)
                }
                None => None,
            };
            Ok((code, self.source.credentials(context)?))
        };
        role_credentials(context, METHOD, Some(&file), prepare, |(code, source)| {
            let mut params = with_session_name(context, params);
            if let Some(code) = code {
                params.insert("TokenCode", code);
            }
            let options = CallOptions {
                region: context.region.map(str::to_owned),
                credentials: Some(source),
                ..CallOptions::default()
            };
            let reply = context.caller.call("sts", "AssumeRole", Value::Map(params), options)?;
            with_account(reply)
        })
    }
}

/// The file that keeps the credentials of a role assumed with `params`.
pub(crate) fn role_file(context: &Context<'_>, params: &Map) -> CacheFile {
    let text = to_json(&Value::Map(params.clone()), JsonStyle::PYTHON);
    CacheFile::new(context, ROLE_CACHE, sha1_hex(&text))
}

/// Parameters with the session's name, made from the clock where none is configured.
pub(crate) fn with_session_name(context: &Context<'_>, mut params: Map) -> Map {
    if !params.contains_key("RoleSessionName") {
        params.insert("RoleSessionName", format!("botocore-session-{}", context.world.now().secs()));
    }
    params
}

/// A reply of STS with the account's number beside the keys, taken from the role's ARN.
pub(crate) fn with_account(mut reply: Value) -> Result<Value, CredsError> {
    let arn = reply.get("AssumedRoleUser").and_then(|u| u.get("Arn")).and_then(Value::as_str);
    let account = arn.filter(|a| a.starts_with("arn:")).and_then(|a| {
        let parts: Vec<&str> = a.splitn(6, ':').collect();
        (parts.len() == 6).then(|| parts[4].to_owned())
    });
    if let Some(account) = account {
        member(&reply, "Credentials")?;
        let credentials = reply.as_map_mut().and_then(|m| m.get_mut("Credentials")).and_then(Value::as_map_mut);
        if let Some(credentials) = credentials {
            credentials.insert("AccountId", account);
        }
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::{Stage, role_reply};

    const ROLE: &str = "role_arn = arn:aws:iam::123456789012:role/r\n";
    const KEYS: &str = "[profile x]\naws_access_key_id = XK\naws_secret_access_key = sXK\n";

    fn found(stage: &Stage) -> Result<Option<Credentials>, String> {
        stage.run(|c| {
            let metadata = MetadataService::resolve(c.config).map_err(|e| e.to_string())?;
            let loaded = AssumeRole { profile: "p".into(), metadata }.load(c).map_err(|e| e.to_string())?;
            loaded.map(|l| l.credentials(c).map_err(|e| e.to_string())).transpose()
        })
    }
    fn stage(profile: &str) -> Stage {
        Stage::new().config(&format!("[profile p]\n{ROLE}{profile}\n{KEYS}"))
    }

    #[test]
    fn a_role_is_assumed_and_kept() {
        let stage = stage("role_session_name = me\nsource_profile = x").region("eu-west-1").reply(role_reply("ASIA1"));
        let c = found(&stage).unwrap().unwrap();
        assert_eq!(
            (c.access_key_id.as_str(), c.account_id.as_deref(), c.method),
            ("ASIA1", Some("123456789012"), METHOD)
        );
        assert_eq!(
            stage.calls(),
            ["sts.AssumeRole {\"RoleArn\": \"arn:aws:iam::123456789012:role/r\", \"RoleSessionName\": \"me\"} \
             region=eu-west-1 key=XK"]
        );
        let kept = stage.read("/home/.aws/cli/cache/e031715e3909eb6f8c769322c915f0e2b37c291e.json").unwrap();
        assert!(kept.starts_with("{\"Credentials\": {\"AccessKeyId\": \"ASIA1\""), "{kept}");
        assert!(kept.contains("\"AccountId\": \"123456789012\"}"), "{kept}");
        // The second time the file is enough.
        assert_eq!(found(&stage).unwrap().unwrap().access_key_id, "ASIA1");
        assert_eq!(stage.calls().len(), 1);
    }

    #[test]
    fn kept_credentials() {
        let with = |text: &str| {
            stage("role_session_name = me\nsource_profile = x")
                .file("/home/.aws/cli/cache/e031715e3909eb6f8c769322c915f0e2b37c291e.json", text)
                .reply(role_reply("NEW"))
        };
        let kept = |end: &str| {
            format!(
                "{{\"Credentials\": {{\"AccessKeyId\": \"OLD\", \"SecretAccessKey\": \"s\", \"SessionToken\": \"t\", \
                 \"Expiration\": \"{end}\"}}}}"
            )
        };
        let key = |stage: Stage| found(&stage).map(|c| c.unwrap().access_key_id);
        assert_eq!(key(with(&kept("2099-01-01T00:00:00UTC"))).as_deref(), Ok("OLD"));
        assert_eq!(key(with(&kept("1970-01-01T00:15:00Z"))).as_deref(), Ok("OLD"));
        assert_eq!(key(with(&kept("1970-01-01T00:14:59Z"))).as_deref(), Ok("NEW"));
        assert_eq!(key(with("{nope")), Err("'e031715e3909eb6f8c769322c915f0e2b37c291e'".into()));
        // What is damaged is absent.
        for damaged in
            ["", "{\"Credentials\": {\"Acc", "null", "{}", "[]", "{\"Credentials\": 1}", &kept("soon"), "\0\0"]
        {
            assert_eq!(key(with(damaged)).as_deref(), Ok("NEW"), "{damaged}");
        }
    }

    #[test]
    fn parameters() {
        let stage = stage("external_id = e1\nduration_seconds = 900\nsource_profile = x").reply(role_reply("A"));
        assert!(found(&stage).is_ok());
        assert_eq!(
            stage.calls(),
            ["sts.AssumeRole {\"DurationSeconds\": 900, \"ExternalId\": \"e1\", \"RoleArn\": \
             \"arn:aws:iam::123456789012:role/r\", \"RoleSessionName\": \"botocore-session-0\"} region=- key=XK"]
        );
        let stage =
            super::tests::stage("duration_seconds = x\nrole_session_name =\nsource_profile = x").reply(role_reply("A"));
        assert!(found(&stage).is_ok());
        assert!(!stage.calls()[0].contains("Duration") && stage.calls()[0].contains("botocore-session-0"));
    }

    #[test]
    fn mfa() {
        let stage = stage("mfa_serial = arn:mfa/u\nsource_profile = x").secret("123456").reply(role_reply("A"));
        assert!(found(&stage).is_ok());
        assert!(
            stage.calls()[0].contains("\"SerialNumber\": \"arn:mfa/u\", \"RoleSessionName\""),
            "{:?}",
            stage.calls()
        );
        assert!(stage.calls()[0].contains("\"TokenCode\": \"123456\"}"));
        assert_eq!(stage.prompts(), ["Enter MFA code for arn:mfa/u: "]);
        let nobody = super::tests::stage("mfa_serial = arn:mfa/u\nsource_profile = x");
        assert_eq!(found(&nobody), Err("EOF when reading a line".into()));
    }

    #[test]
    fn chains_of_roles() {
        let stage = Stage::new()
            .config(&format!(
                "[profile p]\n{ROLE}source_profile = y\n[profile y]\nrole_arn = q\nsource_profile = x\n{KEYS}"
            ))
            .reply(role_reply("ONE"))
            .reply(role_reply("TWO"));
        assert_eq!(found(&stage).unwrap().unwrap().access_key_id, "TWO");
        let calls = stage.calls();
        assert!(calls[0].contains("\"RoleArn\": \"q\"") && calls[0].ends_with("key=XK"), "{calls:?}");
        assert!(calls[1].contains("role/r") && calls[1].ends_with("key=ONE"), "{calls:?}");
    }

    #[test]
    fn a_profile_may_be_its_own_source() {
        let keys = "aws_access_key_id = PK\naws_secret_access_key = s\nsource_profile = p";
        let stage = stage(keys).reply(role_reply("A"));
        assert_eq!(found(&stage).unwrap().unwrap().access_key_id, "A");
        assert!(stage.calls()[0].ends_with("key=PK"));
    }

    #[test]
    fn other_places() {
        let stage = stage("credential_source = Environment")
            .var("AWS_ACCESS_KEY_ID", "EK")
            .var("AWS_SECRET_ACCESS_KEY", "ES")
            .reply(role_reply("A"));
        assert!(found(&stage).is_ok());
        assert!(stage.calls()[0].ends_with("key=EK"));
        let stage = super::tests::stage("credential_source = Environment");
        assert_eq!(
            found(&stage),
            Err("Error when retrieving credentials from Environment: No credentials found in credential_source \
                 referenced in profile p"
                .into())
        );
    }

    #[test]
    fn faults_of_configuration() {
        for (profile, rest, want) in [
            ("", "", "Partial credentials found in assume-role, missing: source_profile or credential_source"),
            (
                "source_profile = x\ncredential_source = Environment",
                "",
                "The profile \"p\" contains both source_profile and credential_source.",
            ),
            (
                "credential_source = Magic",
                "",
                "The credential source \"Magic\" referenced in profile \"p\" is not valid.",
            ),
            (
                "credential_source = environment",
                "",
                "The credential source \"environment\" referenced in profile \"p\" is not valid.",
            ),
            (
                "source_profile = nosuch",
                "",
                "The source_profile \"nosuch\" referenced in the profile \"p\" does not exist.",
            ),
            (
                "source_profile = p",
                "",
                "Infinite loop in credential configuration detected. Attempting to load from profile p which has \
                 already been visited. Visited profiles: ['p']",
            ),
            (
                "source_profile = y",
                "[profile y]\nrole_arn = r\nsource_profile = z\n[profile z]\nrole_arn = r\nsource_profile = y\n",
                "Infinite loop in credential configuration detected. Attempting to load from profile y which has \
                 already been visited. Visited profiles: ['p', 'y', 'z']",
            ),
            ("source_profile = y", "[profile y]\nregion = r\n", "The source profile \"y\" must have credentials."),
            (
                "source_profile = y",
                "[profile y]\naws_access_key_id = A\n",
                "Partial credentials found in config-file, missing: aws_secret_access_key",
            ),
        ] {
            let stage = Stage::new().config(&format!("[profile p]\n{ROLE}{profile}\n{rest}{KEYS}"));
            assert_eq!(found(&stage), Err(want.to_owned()), "{profile}");
            assert!(stage.calls().is_empty());
        }
        let web = Stage::new().config("[profile p]\nrole_arn = r\nweb_identity_token_file = t\n");
        assert_eq!(found(&web), Ok(None));
        let long: String =
            (0..300).map(|i| format!("[profile n{i}]\nrole_arn = r\nsource_profile = n{}\n", i + 1)).collect();
        let stage = Stage::new().config(&format!("[profile p]\n{ROLE}source_profile = n0\n{long}"));
        assert_eq!(found(&stage), Err("maximum recursion depth exceeded".into()));
    }

    #[test]
    fn what_sts_says() {
        let stage = stage("source_profile = x").failure("AccessDenied", "not authorized");
        assert_eq!(found(&stage), Err("not authorized".into()));
        let past = super::tests::stage("source_profile = x").reply(
            r#"{"Credentials":{"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":"1960-01-01T00:00:00+00:00"}}"#,
        );
        assert_eq!(
            found(&past),
            Err("Credentials were refreshed, but the refreshed credentials are still expired.".into())
        );
    }
}
