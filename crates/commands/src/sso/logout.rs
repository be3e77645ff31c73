//! `aws sso logout`: ends all sessions and removes what is kept of them.

use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::written::{kept_files, reply};
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{CallError, ClientOptions};
use oxaws_value::{Map, Value};

/// `aws sso logout`
pub static LOGOUT: Command = Command {
    name: "logout",
    options: &[],
    subcommands: &[],
    run: Some(run),
    help: "Ends all sessions of IAM Identity Center and removes the tokens and credentials that were kept.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let world = cx.world;
    for (path, token) in kept_files::in_folder(world, &oxaws_env::expand_path(world, "~/.aws/sso/cache"))? {
        if token.get("accessToken").is_some() {
            end_session(cx, &token)?;
            kept_files::remove(world, &path)?;
        }
    }
    for (path, credentials) in kept_files::in_folder(world, &oxaws_env::expand_path(world, "~/.aws/cli/cache"))? {
        if credentials.get("ProviderType").and_then(Value::as_str) == Some("sso") {
            kept_files::remove(world, &path)?;
        }
    }
    Ok(Exit::Success)
}

/// A session that the service says is over is over.
fn end_session(cx: &Context, token: &Map) -> Result<(), Failure> {
    let Some(region) = token.get("region").and_then(Value::as_str).filter(|r| !r.is_empty()) else { return Ok(()) };
    let options =
        ClientOptions { region: Some(region.to_owned()), configured_endpoint: true, ..ClientOptions::default() };
    let params = reply::params([("accessToken", token.get("accessToken").cloned().unwrap_or_default())]);
    match reply::call_with(cx, "sso", "Logout", params, &options) {
        Ok(_) | Err(CallError::Service(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
