//! `aws configure`: asks for credentials and settings, and its sub-commands.

mod accounts;
mod add_model;
mod export;
mod get;
mod import;
mod list;
mod mfa_login;
mod set;
mod sso;
mod sso_session;
mod sso_settings;
mod subsection;

use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::written::{profile_file, prompt};
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::CallError;
use oxaws_config::edit::{Change, profile_section};
use oxaws_config::{ConfigError, Profile};

/// `aws configure`
pub static CONFIGURE: Command = Command {
    name: "configure",
    options: &[],
    subcommands: &[
        &list::LIST,
        &get::GET,
        &set::SET,
        &add_model::ADD_MODEL,
        &import::IMPORT,
        &list::LIST_PROFILES,
        &sso::SSO,
        &sso_session::SSO_SESSION,
        &mfa_login::MFA_LOGIN,
        &export::EXPORT_CREDENTIALS,
    ],
    run: Some(run),
    help: "Configures the command line: asks for credentials, region and output format, and stores the answers.",
};

const ACCESS_KEY: &str = "aws_access_key_id";
const SECRET_KEY: &str = "aws_secret_access_key";
const SESSION_TOKEN: &str = "aws_session_token";

/// What is asked for, in this order. The first three are secrets and go to the credentials file.
const QUESTIONS: [(&str, &str); 5] = [
    (ACCESS_KEY, "AWS Access Key ID"),
    (SECRET_KEY, "AWS Secret Access Key"),
    (SESSION_TOKEN, "AWS Session Token"),
    ("region", "Default region name"),
    ("output", "Default output format"),
];

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let profile = perhaps_missing(cx)?;
    if profile.is_empty() {
        cx.ui.text(
            "\nTip: You can deliver temporary credentials to the AWS CLI using your AWS Console session by running the \
             command 'aws login'.\n\n",
        )?;
    }
    let mut secrets: Vec<(String, Change)> = Vec::new();
    let mut settings: Vec<(String, Change)> = Vec::new();
    // A new key says by its first letters whether a token belongs to it.
    let mut needs_token = None;
    let old_token = profile.text(SESSION_TOKEN).filter(|t| !t.is_empty());
    for (key, text) in QUESTIONS {
        let is_secret = QUESTIONS.iter().position(|q| q.0 == key) < Some(3);
        if key == SESSION_TOKEN && !needs_token.unwrap_or(old_token.is_some()) {
            continue;
        }
        let current = profile.text(key);
        let shown = match current {
            Some(current) if is_secret => masked(current),
            Some(current) => current.to_owned(),
            None => "None".to_owned(),
        };
        let answer = prompt::line(cx, &format!("{text} [{shown}]: "))?;
        if answer.is_empty() || Some(answer.as_str()) == current {
            continue;
        }
        if key == ACCESS_KEY {
            needs_token = Some(answer.starts_with("ASIA"));
        }
        let changes = if is_secret { &mut secrets } else { &mut settings };
        changes.push((key.to_owned(), Change::Set(answer)));
    }
    if needs_token == Some(false) && old_token.is_some() {
        secrets.push((SESSION_TOKEN.to_owned(), Change::Remove));
    }
    if secrets.is_empty() && settings.is_empty() {
        return Ok(Exit::Success);
    }
    let config = cx.session.config_unchecked();
    let name = config.profile_name();
    if !secrets.is_empty() {
        let section = name.as_deref().unwrap_or("default");
        profile_file::update(cx, &config.credentials_file(), section, &secrets, true)?;
    }
    let section = name.map_or_else(|| "default".to_owned(), |n| profile_section(&n));
    profile_file::update(cx, &config.config_file(), &section, &settings, false)?;
    Ok(Exit::Success)
}

/// The profile's values; none where the profile doesn't exist yet.
fn perhaps_missing(cx: &Context) -> Result<Profile, Failure> {
    match cx.session.config() {
        Ok(config) => Ok(config.profile()?.clone()),
        Err(CallError::Config(ConfigError::ProfileNotFound { .. })) => Ok(Profile::default()),
        Err(error) => Err(error.into()),
    }
}

/// A secret as it is shown: its last four letters.
fn masked(secret: &str) -> String {
    let start = secret.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    format!("****************{}", &secret[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked() {
        for (secret, want) in [("ABCDEFGH", "EFGH"), ("AB", "AB"), ("", ""), ("aéüßö", "éüßö")] {
            assert_eq!(masked(secret), format!("****************{want}"));
        }
    }
}
