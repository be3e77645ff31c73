//! `custom-process`: a program named by the profile's `credential_process`.

use crate::cache::{keys, kind};
use crate::{Context, Credentials, CredsError, Loaded, Moment, Provider, Refresh};
use oxaws_python::decode_utf8;
use oxaws_python::shlex;
use oxaws_value::repr::{self, MapClass};
use oxaws_value::{Value, parse_json};
use std::path::Path;

/// Runs the program, without a shell, and reads JSON from its output.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) profile: String,
}

const METHOD: &str = "custom-process";

impl Provider for Process {
    fn method(&self) -> &'static str {
        METHOD
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        let profile = context.config.files()?.profile(&self.profile).unwrap_or_default();
        let Some(command) = profile.text("credential_process") else { return Ok(None) };
        let run = Run { command: command.to_owned(), account_id: profile.text("aws_account_id").map(str::to_owned) };
        let credentials = run.fetch(context)?;
        Ok(Some(match credentials.expiration {
            Some(_) => Loaded::refreshable(credentials, run),
            None => Loaded::fixed(credentials),
        }))
    }
}

struct Run {
    command: String,
    account_id: Option<String>,
}

impl Refresh for Run {
    fn fetch(&self, context: &Context<'_>) -> Result<Credentials, CredsError> {
        let failed = |message: String| CredsError::Retrieval { provider: METHOD.into(), message };
        let words = shlex::split(&self.command).map_err(|e| CredsError::python(e.to_string()))?;
        let Some(program) = words.first() else { return Err(CredsError::python("list index out of range")) };
        let output = context.machine.run(&words).map_err(|e| CredsError::io(e, Path::new(program)))?;
        if !output.success {
            return Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let stdout = decode_utf8(&output.stdout).map_err(CredsError::python)?;
        let reply = parse_json(stdout).map_err(|e| CredsError::python(e.to_string()))?;
        if reply.as_map().is_none() {
            return Err(CredsError::python(format!("'{}' object has no attribute 'get'", kind(&reply))));
        }
        let version = reply.get("Version");
        if !matches!(version, Some(Value::Int(1) | Value::Bool(true))) && version.and_then(Value::as_f64) != Some(1.0) {
            let shown =
                version.map_or_else(|| "<Version key not provided>".to_owned(), |v| repr::str(v, MapClass::Dict));
            return Err(failed(format!(
                "Unsupported version '{shown}' for credential process provider, supported versions: 1"
            )));
        }
        let (access_key_id, secret_access_key) =
            keys(&reply, "AccessKeyId", "SecretAccessKey").map_err(|error| match error {
                CredsError::MissingKey { key } => failed(format!("Missing required key in response: '{key}'")),
                other => other,
            })?;
        let optional = |key: &str| reply.get(key).and_then(Value::as_str).map(str::to_owned);
        Ok(Credentials {
            access_key_id,
            secret_access_key,
            session_token: optional("SessionToken").filter(|t| !t.is_empty()),
            account_id: optional("AccountId").filter(|a| !a.is_empty()).or_else(|| self.account_id.clone()),
            expiration: optional("Expiration").map(|t| Moment::parse(&t)).transpose()?,
            method: METHOD,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    fn stage(stdout: &str) -> Stage {
        Stage::new()
            .config("[default]\ncredential_process = prog 'a b'\naws_account_id = 9\n")
            .program("prog", 0, stdout, "")
    }
    fn found(stage: &Stage) -> Result<Option<Credentials>, String> {
        let provider = Process { profile: "default".into() };
        stage.run(|c| provider.load(c).and_then(|l| l.map(|l| l.credentials(c)).transpose()).map_err(|e| e.to_string()))
    }

    #[test]
    fn what_a_program_says() {
        let c = found(&stage(r#"{"Version":1,"AccessKeyId":"PK","SecretAccessKey":"PS","SessionToken":"PT"}"#));
        let c = c.unwrap().unwrap();
        assert_eq!((c.access_key_id.as_str(), c.session_token.as_deref(), c.method), ("PK", Some("PT"), METHOD));
        assert_eq!(c.account_id.as_deref(), Some("9"));
        let c = found(&stage(
            r#"{"Version":1,"AccessKeyId":"PK","SecretAccessKey":"PS","AccountId":"1","Expiration":"2099-01-01T00:00:00Z"}"#,
        ));
        assert_eq!(c.unwrap().unwrap().account_id.as_deref(), Some("1"));
        assert_eq!(found(&Stage::new()), Ok(None));
    }

    #[test]
    fn what_goes_wrong() {
        let prefix = "Error when retrieving credentials from custom-process: ";
        let version = |v: &str| {
            format!("{prefix}Unsupported version '{v}' for credential process provider, supported versions: 1")
        };
        let keys = r#""AccessKeyId":"A","SecretAccessKey":"B""#;
        for (stdout, want) in [
            ("hello\n".to_owned(), "Expecting value: line 1 column 1 (char 0)".to_owned()),
            (String::new(), "Expecting value: line 1 column 1 (char 0)".to_owned()),
            ("[]".to_owned(), "'list' object has no attribute 'get'".to_owned()),
            (format!("{{\"Version\":2,{keys}}}"), version("2")),
            (format!("{{\"Version\":\"1\",{keys}}}"), version("1")),
            (format!("{{{keys}}}"), version("<Version key not provided>")),
            (format!("{{\"Version\":1,{keys},\"Expiration\":\"soon\"}}"), "Unknown string format: soon".to_owned()),
            (
                r#"{"Version":1,"SecretAccessKey":"B"}"#.to_owned(),
                format!("{prefix}Missing required key in response: 'AccessKeyId'"),
            ),
            (
                r#"{"Version":1,"AccessKeyId":null,"SecretAccessKey":"B"}"#.to_owned(),
                "sequence item 0: expected str instance, NoneType found".to_owned(),
            ),
            (
                r#"{"Version":1,"AccessKeyId":1,"SecretAccessKey":2}"#.to_owned(),
                "can only concatenate str (not \"int\") to str".to_owned(),
            ),
        ] {
            assert_eq!(found(&stage(&stdout)), Err(want), "{stdout}");
        }
        let failing = Stage::new().config("[default]\ncredential_process = prog\n").program("prog", 1, "", "oops\n");
        assert_eq!(found(&failing), Err(format!("{prefix}oops\n")));
        let none = Stage::new().config("[default]\ncredential_process = none x\n");
        assert_eq!(found(&none), Err("[Errno 2] No such file or directory: 'none'".into()));
        let unclosed = Stage::new().config("[default]\ncredential_process = a 'b\n");
        assert_eq!(found(&unclosed), Err("No closing quotation".into()));
    }
}
