//! The order of the providers.

use crate::provider::assume_role::AssumeRole;
use crate::provider::boto::Boto;
use crate::provider::config_file::ConfigFile;
use crate::provider::container::Container;
use crate::provider::ec2_file::Ec2File;
use crate::provider::env::Env;
use crate::provider::imds::{Imds, MetadataService};
use crate::provider::login::Login;
use crate::provider::process::Process;
use crate::provider::shared_file::SharedFile;
use crate::provider::sso::Sso;
use crate::provider::web_identity::WebIdentity;
use crate::{Context, CredsError, Loaded, Provider};

/// Looks for credentials: the first provider that has some ends the search, and so does the first that fails. `None` is
/// no credentials at all.
///
/// A profile named by `--profile` puts the environment out of play; one named by AWS_PROFILE doesn't.
///
/// # Errors
/// When a provider is configured and fails, or the metadata service's settings are bad, whoever has the credentials.
pub fn load(context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
    let metadata = MetadataService::resolve(context.config)?;
    let profile = context.config.profile_or_default();
    let environment = !context.config.is_profile_explicit();
    let env = Env;
    let role = AssumeRole { profile: profile.clone(), metadata: metadata.clone() };
    let of_profile = OfProfile::new(&profile, environment, true);
    let imds = Imds { service: metadata };
    let mut chain: Vec<&dyn Provider> = Vec::with_capacity(12);
    if environment {
        chain.push(&env);
    }
    chain.push(&role);
    chain.extend(of_profile.providers());
    chain.extend([&Ec2File as &dyn Provider, &Boto, &Container, &imds]);
    first(context, &chain)
}

/// Credentials of a profile that another's role is assumed with. They aren't kept in files, as in the AWS CLI.
pub(crate) fn load_source(context: &Context<'_>, profile: &str) -> Result<Option<Loaded>, CredsError> {
    first(context, &OfProfile::new(profile, false, false).providers())
}

fn first(context: &Context<'_>, chain: &[&dyn Provider]) -> Result<Option<Loaded>, CredsError> {
    for provider in chain {
        if let Some(found) = provider.load(context)? {
            debug_assert_eq!(found.method(), provider.method());
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The providers that read a profile.
struct OfProfile {
    web_identity: WebIdentity,
    sso: Sso,
    shared_file: SharedFile,
    login: Login,
    process: Process,
    config_file: ConfigFile,
}

impl OfProfile {
    fn new(profile: &str, environment: bool, keep: bool) -> OfProfile {
        let profile = || profile.to_owned();
        OfProfile {
            web_identity: WebIdentity { profile: profile(), environment, keep },
            sso: Sso { profile: profile(), keep },
            shared_file: SharedFile { profile: profile() },
            login: Login { profile: profile() },
            process: Process { profile: profile() },
            config_file: ConfigFile { profile: profile() },
        }
    }

    fn providers(&self) -> [&dyn Provider; 6] {
        [&self.web_identity, &self.sso, &self.shared_file, &self.login, &self.process, &self.config_file]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    fn method(stage: &Stage) -> Result<Option<&'static str>, String> {
        stage.run(|c| load(c).map(|l| l.map(|l| l.method())).map_err(|e| e.to_string()))
    }

    #[test]
    fn the_order() {
        // Everything at once; then the first is taken away, one after the other.
        let profile = [
            ("assume-role", "role_arn = r\ncredential_source = Environment\n"),
            ("assume-role-with-web-identity", "role_arn = r\nweb_identity_token_file = /t\n"),
            ("sso", "sso_role_name = R\nsso_account_id = 1\nsso_region = r\nsso_start_url = u\n"),
            ("custom-process", "credential_process = prog\n"),
            ("config-file", "aws_access_key_id = C\naws_secret_access_key = s\n"),
        ];
        let json =
            r#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2099-01-01T00:00:00Z"}"#;
        let stage = |from: usize, shared: bool| {
            let mut text = String::from("[default]\n");
            for (name, lines) in &profile[from..] {
                // A role and a web identity exclude each other.
                if *name != "assume-role-with-web-identity" || from == 1 {
                    text.push_str(lines);
                }
            }
            let stage = Stage::new().config(&text).program("prog", 0, json, "").answer(200, json);
            match shared {
                true => stage.credentials("[default]\naws_access_key_id = F\naws_secret_access_key = s\n"),
                false => stage,
            }
        };
        let env = |s: Stage| s.var("AWS_ACCESS_KEY_ID", "E").var("AWS_SECRET_ACCESS_KEY", "s");
        assert_eq!(method(&env(stage(0, true))), Ok(Some("env")));
        assert_eq!(method(&env(stage(0, true)).profile("default")), Ok(Some("assume-role")));
        assert_eq!(method(&stage(1, true)), Ok(Some("assume-role-with-web-identity")));
        assert_eq!(method(&stage(2, true)), Ok(Some("sso")));
        assert_eq!(method(&stage(3, true)), Ok(Some("shared-credentials-file")));
        assert_eq!(method(&stage(3, false)), Ok(Some("custom-process")));
        let rest = |s: Stage| {
            s.var("AWS_CREDENTIAL_FILE", "/ec2")
                .file("/ec2", "AWSAccessKeyId=a\nAWSSecretKey=b\n")
                .file("/home/.boto", "[Credentials]\naws_access_key_id = B\naws_secret_access_key = s\n")
                .var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/c")
        };
        assert_eq!(method(&rest(stage(4, false))), Ok(Some("config-file")));
        assert_eq!(method(&rest(stage(5, false))), Ok(Some("ec2-credentials-file")));
        assert_eq!(method(&rest(stage(5, false)).file("/ec2", "")), Ok(Some("boto-config")));
        assert_eq!(method(&rest(stage(5, false)).file("/ec2", "").file("/home/.boto", "")), Ok(Some("container-role")));
        assert_eq!(method(&Stage::new()), Ok(None));
    }

    #[test]
    fn the_profile_option_and_the_profile_variable() {
        let stage = || {
            Stage::new()
                .credentials("[q]\naws_access_key_id = Q\naws_secret_access_key = s\n")
                .var("AWS_ACCESS_KEY_ID", "E")
                .var("AWS_SECRET_ACCESS_KEY", "s")
        };
        assert_eq!(method(&stage().profile("q")), Ok(Some("shared-credentials-file")));
        assert_eq!(method(&stage().var("AWS_PROFILE", "q")), Ok(Some("env")));
        assert_eq!(method(&stage().profile("none")), Err("The config profile (none) could not be found".into()));
    }

    #[test]
    fn bad_metadata_settings_end_every_search() {
        let stage = Stage::new()
            .var("AWS_ACCESS_KEY_ID", "E")
            .var("AWS_SECRET_ACCESS_KEY", "s")
            .config("[default]\nmetadata_service_timeout = x\n");
        assert_eq!(method(&stage), Err("invalid literal for int() with base 10: 'x'".into()));
    }
}
