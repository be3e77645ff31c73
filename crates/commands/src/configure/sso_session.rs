//! `aws configure sso-session`: asks for the settings of a session at IAM Identity Center.

use super::sso_settings;
use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::{Exit, Failure};

pub(super) static SSO_SESSION: Command = Command {
    name: "sso-session",
    options: &[],
    subcommands: &[],
    run: Some(run),
    help: "Asks for the settings of an sso-session and stores them.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let session = sso_settings::ask_session(cx, None, true)?.unwrap_or_default();
    let mut answers = sso_settings::of_session(cx, &session)?;
    sso_settings::ask_url_and_region(cx, &mut answers)?;
    sso_settings::ask_scopes(cx, &mut answers)?;
    answers.store_session(cx, &session)?;
    cx.ui.text(&format!(
        "\nCompleted configuring SSO session: {session}\nRun the following to login and refresh access token for this \
         session:\n\naws sso login --sso-session {session}\n"
    ))?;
    Ok(Exit::Success)
}
