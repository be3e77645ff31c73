//! `aws ecr-public get-login-password`

use crate::shared::login_token;
use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_value::Map;

/// The command.
pub static GET_LOGIN_PASSWORD: Command = Command {
    name: "get-login-password",
    options: &[],
    subcommands: &[],
    run: Some(run),
    help: "Prints a password for public registries, for `docker login --username AWS --password-stdin public.ecr.aws`. It \
           is valid for 12 hours.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let reply = reply::call(cx, "ecr-public", "GetAuthorizationToken", Map::new())?;
    let data = reply::structure(&reply, "authorizationData")?;
    cx.ui.line(&login_token::password(reply::text(data, "authorizationToken")?)?)?;
    Ok(Exit::Success)
}
