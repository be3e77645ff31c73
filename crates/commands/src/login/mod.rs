//! `aws login` and `aws logout`: credentials of a console session.

mod fetch;
mod identity_token;
mod logout;

pub use logout::LOGOUT;

use crate::authorization::Browser;
use crate::authorization::code::{REDIRECT_PORT, redirect_port};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::prompt::{self, Check};
use oxaws_cli::written::{kept_files, profile_file};
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{CallError, ClientOptions, Signer};
use oxaws_config::edit::Change;
use oxaws_config::{Config, ConfigError, Profile};
use oxaws_value::{JsonStyle, Value, to_json};

/// `aws login`
pub static LOGIN: Command = Command {
    name: "login",
    options: &[
        Opt::flag(
            "remote",
            "For a browser on another device: prints the address and asks for the code that is shown after the login.",
        ),
        REDIRECT_PORT,
    ],
    subcommands: &[],
    run: Some(run),
    help: "Logs in with credentials of the AWS Management Console and keeps temporary credentials for the profile.",
};

const DEFAULT_REGION: &str = "us-east-1";
const NO_REGION: &str = "No AWS region has been configured. The AWS region is the geographic location of your AWS \
    resources.\n\nIf you have used AWS before and already have resources in your account, specify which region they were \
    created in. If you have not created resources in your account before, you can pick the region closest to you: \
    https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html.\n\nYou are able to change the \
    region in the CLI at any time with the command \"aws configure set region NEW_REGION\".\n";

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let redirect_port = redirect_port(&call.args)?;
    let configured = configured_region(cx)?;
    let region = match &configured {
        Some(region) => region.clone(),
        None => ask_region(cx)?,
    };
    let config = cx.session.config_unchecked();
    let profile = config.profile_name().unwrap_or_else(|| "default".to_owned());
    let settings = config.files()?.profile(&profile).unwrap_or_default();
    refuse_other_credentials(&profile, &settings)?;
    // The profile may be one that this command makes.
    let session = cx.session.reconfigured(Config::with_missing_profile);
    let options = ClientOptions { region: Some(region.clone()), signer: Signer::Nobody, ..ClientOptions::default() };
    let browser = if call.args.flag("remote") == Some(true) { Browser::LeaveClosed } else { Browser::Open };
    let login = fetch::run(cx, &session, options, browser, redirect_port)?;
    let name = &login.session;
    if let Some(old) = settings.text("login_session").filter(|old| old != name)
        && !prompt::yes_or_no(
            cx,
            &format!(
                "\nProfile {profile} is already configured to use session {old}. Do you want to overwrite it to use \
                 {name} instead? (y/n): "
            ),
        )?
    {
        return Ok(Exit::Success);
    }
    let file = oxaws_creds::login_session_file(cx.world, name);
    let token = to_json(&Value::Map(login.token), JsonStyle::PYTHON);
    kept_files::make_folder_of(cx.world, &file)?;
    cx.world.write_private(&file, token.as_bytes()).map_err(|e| Failure::file(e, file.display().to_string()))?;
    let section = if profile == "default" { profile.clone() } else { format!("profile {profile}") };
    let mut changes = vec![("login_session".to_owned(), Change::Set(name.clone()))];
    if configured.is_none() {
        changes.push(("region".to_owned(), Change::Set(region)));
    }
    profile_file::update(cx, &config.config_file(), &section, &changes, false)?;
    cx.ui.line(&format!("\nUpdated profile {profile} to use {name} credentials."))?;
    if profile != "default" {
        cx.ui.line(&format!(
            "Use \"--profile {profile}\" to use the new credentials, such as \"aws sts get-caller-identity --profile \
             {profile}\""
        ))?;
    }
    Ok(Exit::Success)
}

/// The region of option, environment, profile or instance; a profile that doesn't exist has none.
fn configured_region(cx: &Context) -> Result<Option<String>, Failure> {
    if let Some(region) = cx.globals.region.as_ref().filter(|r| !r.is_empty()) {
        return Ok(Some(region.clone()));
    }
    match cx.session.region() {
        Ok(region) => Ok(region.filter(|r| !r.is_empty())),
        Err(CallError::Config(ConfigError::ProfileNotFound { .. })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn ask_region(cx: &Context) -> Result<String, Failure> {
    cx.ui.text(NO_REGION)?;
    let answer = prompt::value(cx, "AWS Region", Some(DEFAULT_REGION), None, Check::Given)?;
    Ok(answer.unwrap_or_else(|| DEFAULT_REGION.to_owned()))
}

/// Credentials of another kind in the profile would go before those of the login.
fn refuse_other_credentials(profile: &str, settings: &Profile) -> Result<(), Failure> {
    let has = |key| settings.contains(key);
    let kind = if has("web_identity_token_file") {
        "Web Identity"
    } else if has("sso_role_name") || has("sso_account_id") {
        "SSO"
    } else if has("aws_access_key_id") {
        "Access Key"
    } else if has("role_arn") {
        "Assume Role"
    } else if has("credential_process") {
        "Credential Process"
    } else {
        return Ok(());
    };
    Err(Failure::configuration(format!(
        "Profile '{profile}' is already configured with {kind} credentials.\n\nYou may run 'aws login --profile \
         new-profile-name' to create a new profile with the specified name. Otherwise you must first manually remove the \
         existing credentials from '{profile}'.\n"
    )))
}

/// A failure on the way to a token.
fn refused(why: &str) -> Failure {
    Failure::bad_reply(format!("Error loading or redeeming a login authorization code: {why} "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_config::Files;
    use oxaws_env::Fixed;

    #[test]
    fn other_credentials() {
        for (line, kind) in [
            ("web_identity_token_file = f\nrole_arn = r", Some("Web Identity")),
            ("sso_account_id = 1", Some("SSO")),
            ("aws_access_key_id = A", Some("Access Key")),
            ("role_arn = r", Some("Assume Role")),
            ("credential_process = p", Some("Credential Process")),
            ("login_session = s", None),
        ] {
            let config = format!("[default]\n{line}\n");
            let world = Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/config", config);
            let settings = Files::load(&world).unwrap().profile("default").unwrap();
            let refused = refuse_other_credentials("default", &settings).err().map(|f| f.message());
            match kind {
                None => assert_eq!(refused, None),
                Some(kind) => {
                    let start = format!("Profile 'default' is already configured with {kind} credentials.\n\nYou may");
                    assert!(refused.is_some_and(|m| m.starts_with(&start)), "{kind}");
                }
            }
        }
    }
}
