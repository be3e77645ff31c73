//! `aws rds generate-db-auth-token`

use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::number;
use oxaws_cli::{Exit, Failure};

/// Seconds that a token is good for.
const EXPIRES: u64 = 900;

/// The command.
pub static GENERATE_DB_AUTH_TOKEN: Command = Command {
    name: "generate-db-auth-token",
    options: &[
        Opt::value("hostname", "The host of the database.").required(),
        Opt::value("port", "The port that the database listens on.").required(),
        Opt::value("username", "The user to log in as.").required(),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Prints a token with which to log in to a database as an IAM user. It is valid for 15 minutes.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let port = number::integer(args, "port")?.unwrap_or_default();
    let host = args.word("hostname").unwrap_or_default();
    let user = args.word("username").unwrap_or_default();
    let authority = format!("{host}:{}", oxaws_value::repr::str(&port, Default::default()));
    let service = cx.session.pack().service_by_directory("rds");
    let service = service.ok_or_else(|| Failure::bug("Unknown service: 'rds'"))?;
    let parameters = [("Action".to_owned(), "connect".to_owned()), ("DBUser".to_owned(), user.to_owned())];
    let url = cx.session.presigned_token(service, "rds-db", &authority, &parameters, EXPIRES)?;
    cx.ui.line(url.strip_prefix("https://").unwrap_or(&url))?;
    Ok(Exit::Success)
}
