//! `shared-credentials-file`: keys in the credentials file.

use crate::{Context, Credentials, CredsError, Loaded, Provider};
use oxaws_config::Profile;

/// The credentials file's section of a profile.
#[derive(Debug, Clone)]
pub(crate) struct SharedFile {
    pub(crate) profile: String,
}

impl Provider for SharedFile {
    fn method(&self) -> &'static str {
        "shared-credentials-file"
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        let section = context.config.files()?.credentials_profile(&self.profile);
        static_keys(section.as_ref(), self.method())
    }
}

/// The keys in a section. An access key starts it, an empty one too; the secret key must be there then.
pub(crate) fn static_keys(section: Option<&Profile>, method: &'static str) -> Result<Option<Loaded>, CredsError> {
    let Some(section) = section else { return Ok(None) };
    let Some(access_key) = section.text("aws_access_key_id") else { return Ok(None) };
    let Some(secret_key) = section.text("aws_secret_access_key") else {
        return Err(CredsError::Partial { provider: method, missing: "aws_secret_access_key".into() });
    };
    let token = section.text("aws_security_token").or_else(|| section.text("aws_session_token"));
    Ok(Some(Loaded::fixed(Credentials {
        access_key_id: access_key.to_owned(),
        secret_access_key: secret_key.to_owned(),
        session_token: token.filter(|t| !t.is_empty()).map(str::to_owned),
        account_id: section.text("aws_account_id").map(str::to_owned),
        expiration: None,
        method,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::config_file::ConfigFile;
    use crate::stage::Stage;

    fn found(provider: &dyn Provider, stage: &Stage) -> Result<Option<Credentials>, String> {
        stage.run(|c| provider.load(c).and_then(|l| l.map(|l| l.credentials(c)).transpose()).map_err(|e| e.to_string()))
    }

    #[test]
    fn each_file_has_its_provider() {
        let shared = SharedFile { profile: "default".into() };
        let config = ConfigFile { profile: "default".into() };
        let stage = Stage::new()
            .credentials("[default]\naws_access_key_id = F\naws_secret_access_key = sF\naws_security_token = T\n")
            .config("[default]\naws_access_key_id = C\naws_secret_access_key = sC\naws_account_id = 1\n");
        let c = found(&shared, &stage).unwrap().unwrap();
        assert_eq!(
            (c.access_key_id.as_str(), c.session_token.as_deref(), c.method),
            ("F", Some("T"), "shared-credentials-file")
        );
        let c = found(&config, &stage).unwrap().unwrap();
        assert_eq!((c.access_key_id.as_str(), c.account_id.as_deref(), c.method), ("C", Some("1"), "config-file"));
    }

    #[test]
    fn one_key_alone() {
        let text = "[default]\naws_access_key_id = A\n[s]\naws_secret_access_key = B\n";
        let shared = |profile: &str| SharedFile { profile: profile.into() };
        let stage = Stage::new().credentials(text).config(text);
        let partial = |name| Err(format!("Partial credentials found in {name}, missing: aws_secret_access_key"));
        assert_eq!(found(&shared("default"), &stage), partial("shared-credentials-file"));
        assert_eq!(found(&ConfigFile { profile: "default".into() }, &stage), partial("config-file"));
        assert_eq!(found(&shared("s"), &stage), Ok(None));
        assert_eq!(found(&shared("none"), &stage), Ok(None));
    }
}
