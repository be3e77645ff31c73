//! `aws logout`: removes what is kept of console logins.

use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::kept_files;
use oxaws_cli::{Exit, Failure};
use oxaws_creds::{login_cache_folder, login_session_file};
use oxaws_value::{Map, Value};

/// `aws logout`
pub static LOGOUT: Command = Command {
    name: "logout",
    options: &[Opt::flag("all", "Removes the credentials of all profiles that `aws login` made.")],
    subcommands: &[],
    run: Some(run),
    help: "Removes the credentials that `aws login` kept for the profile.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    if call.args.flag("all") == Some(true) { all(call) } else { one(call) }
}

fn one(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let config = cx.session.config_unchecked();
    let profile = config.profile_name().unwrap_or_else(|| "default".to_owned());
    let settings = config.files()?.profile(&profile).unwrap_or_default();
    let Some(session) = settings.text("login_session") else {
        cx.ui.warn_plain(&format!("warning: no login session found for profile '{profile}'"));
        return Ok(Exit::Success);
    };
    kept_files::remove(cx.world, &login_session_file(cx.world, session))?;
    cx.ui.line(&format!(
        "Removed cached login credentials for profile '{profile}'. Note, any local developer tools that have already \
         loaded the access token may continue to use it until its expiration. Access tokens expire in 15 minutes."
    ))?;
    Ok(Exit::Success)
}

fn all(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let is_login = |token: &Map| {
        let access = token.get("accessToken").and_then(Value::as_map);
        access.is_some_and(|a| a.contains_key("accessKeyId"))
    };
    let mut removed = 0;
    for (path, token) in kept_files::in_folder(cx.world, &login_cache_folder(cx.world))? {
        if is_login(&token) {
            kept_files::remove(cx.world, &path)?;
            removed += 1;
        }
    }
    let text = match removed {
        0 => "No cached login session tokens found.".to_owned(),
        _ => format!(
            "Removed {removed} cached login credential{}. Note, any local developer tools that have already loaded access \
             tokens may continue to use them until their expiration. Access tokens expire in 15 minutes.",
            if removed == 1 { "" } else { "s" }
        ),
    };
    cx.ui.line(&text)?;
    Ok(Exit::Success)
}
