//! `aws dsql generate-db-connect-auth-token` and `generate-db-connect-admin-auth-token`

use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::number;
use oxaws_cli::{Exit, Failure};

/// Seconds that a token is good for, unless said otherwise.
const EXPIRES: i64 = 900;

const OPTIONS: &[Opt] = &[
    Opt::value("hostname", "The host of the cluster.").required(),
    Opt::value("expires-in", "Seconds that the token is good for; 900 unless given."),
];

/// For users.
pub static GENERATE_DB_CONNECT_AUTH_TOKEN: Command = Command {
    name: "generate-db-connect-auth-token",
    options: OPTIONS,
    subcommands: &[],
    run: Some(|call| run(call, "DbConnect")),
    help: "Prints a token with which to log in to a DSQL database as an IAM user.",
};

/// For administrators.
pub static GENERATE_DB_CONNECT_ADMIN_AUTH_TOKEN: Command = Command {
    name: "generate-db-connect-admin-auth-token",
    options: OPTIONS,
    subcommands: &[],
    run: Some(|call| run(call, "DbConnectAdmin")),
    help: "Prints a token with which to log in to a DSQL database as its administrator.",
};

fn run(call: &CommandCall, action: &str) -> Result<Exit, Failure> {
    let cx = call.cx;
    let expires = number::small_integer(&call.args, "expires_in")?.unwrap_or(EXPIRES);
    let host = call.args.word("hostname").unwrap_or_default();
    let service = cx.session.pack().service_by_directory("dsql");
    let service = service.ok_or_else(|| Failure::bug("Unknown service: 'dsql'"))?;
    let parameters = [("Action".to_owned(), action.to_owned())];
    let expires = u64::try_from(expires).unwrap_or(0);
    let url = cx.session.presigned_token(service, "dsql", host, &parameters, expires)?;
    cx.ui.line(url.strip_prefix("https://").unwrap_or(&url))?;
    Ok(Exit::Success)
}
