//! `ec2-credentials-file`: the file of the first EC2 tools, named by AWS_CREDENTIAL_FILE.

use crate::{Context, Credentials, CredsError, Loaded, Provider};
use oxaws_config::ConfigError;
use oxaws_env::var;
use oxaws_python::{split_lines, strip};
use std::path::PathBuf;

/// Lines `AWSAccessKeyId=…` and `AWSSecretKey=…`; others are passed over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ec2File;

impl Provider for Ec2File {
    fn method(&self) -> &'static str {
        "ec2-credentials-file"
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        let Some(name) = context.world.var(var::AWS_CREDENTIAL_FILE) else { return Ok(None) };
        let path = with_home(context, &name);
        let contents = context.world.read(&path);
        let contents = contents.map_err(|_| ConfigError::FileNotFound { path: path.display().to_string() })?;
        let contents = String::from_utf8_lossy(&contents);
        let value = |key: &str| {
            split_lines(&contents)
                .filter_map(|line| line.split_once('='))
                .filter(|(k, _)| strip(k) == key)
                .last()
                .map(|(_, v)| strip(v).to_owned())
        };
        let Some(access_key_id) = value("AWSAccessKeyId") else { return Ok(None) };
        Ok(Some(Loaded::fixed(Credentials {
            access_key_id,
            secret_access_key: value("AWSSecretKey").ok_or_else(|| CredsError::missing_key("AWSSecretKey"))?,
            session_token: None,
            account_id: None,
            expiration: None,
            method: self.method(),
        })))
    }
}

/// A leading `~` is the home folder; variables stay as they are in this name.
fn with_home(context: &Context<'_>, name: &str) -> PathBuf {
    match (name.strip_prefix('~'), context.world.home()) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    fn key(stage: &Stage) -> Result<Option<String>, String> {
        stage.run(|c| match Ec2File.load(c) {
            Ok(found) => Ok(found.map(|l| l.credentials(c).unwrap().access_key_id)),
            Err(e) => Err(e.to_string()),
        })
    }

    #[test]
    fn the_file() {
        assert_eq!(key(&Stage::new()), Ok(None));
        let stage = |text: &str| Stage::new().var("AWS_CREDENTIAL_FILE", "~/f").file("/home/f", text);
        assert_eq!(key(&stage("# c\nAWSAccessKeyId = AK\nAWSSecretKey=SK=\n")), Ok(Some("AK".into())));
        assert_eq!(key(&stage("x\n")), Ok(None));
        assert_eq!(key(&stage("AWSAccessKeyId=AK\n")), Err("'AWSSecretKey'".into()));
        assert_eq!(
            key(&Stage::new().var("AWS_CREDENTIAL_FILE", "/none")),
            Err("The specified config file (/none) could not be found.".into())
        );
    }
}
