//! `aws ecr get-login-password`

use crate::shared::login_token;
use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_value::{Map, Value};

/// The command.
pub static GET_LOGIN_PASSWORD: Command = Command {
    name: "get-login-password",
    options: &[],
    subcommands: &[],
    run: Some(run),
    help: "Prints a password for the registries that you may use, for `docker login --username AWS --password-stdin`. It \
           is valid for 12 hours.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let reply = reply::call(cx, "ecr", "GetAuthorizationToken", Map::new())?;
    let data = reply::member(&reply, "authorizationData")?.as_list().and_then(|l| l.first()).and_then(Value::as_map);
    let data = data.ok_or_else(|| Failure::bad_reply("list index out of range"))?;
    cx.ui.line(&login_token::password(reply::text(data, "authorizationToken")?)?)?;
    Ok(Exit::Success)
}
