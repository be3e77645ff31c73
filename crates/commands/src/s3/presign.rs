//! `aws s3 presign`: a URL that lets whoever has it download an object. Asks nobody.

use super::{simple, uri};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt, Reading};
use oxaws_cli::{Exit, Failure};
use oxaws_client::{CallInput, ClientOptions, Presigning};
use oxaws_value::Value;

/// How long a URL is good for where nothing is said, in seconds.
const EXPIRES: i64 = 3600;

/// `aws s3 presign`
pub static PRESIGN: Command = Command {
    name: "presign",
    options: &[
        Opt::positional("path", Nargs::One, "The object: s3://BUCKET/KEY."),
        Opt::value("expires-in", "How long the URL is good for, in seconds: 3600 unless given, at most 604800.")
            .reading(Reading::Int),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Makes a URL that lets whoever has it download an object.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let session = call.cx.session;
    let expires = call.args.word("expires_in").map(simple::integer).transpose()?;
    let expires = expires.map_or(EXPIRES, |digits| digits.parse().unwrap_or(i64::MAX));
    session.client(simple::service(session)?)?;
    let (bucket, key) = uri::split(call.args.word("path").unwrap_or_default())?;
    let params = [("Bucket", Value::from(bucket)), ("Key", Value::from(key))].into_iter().collect();
    let operation = simple::operation(session, "GetObject")?;
    let presigning = Presigning { expires, ..Presigning::default() };
    let url = session.presigned_call(operation, CallInput::new(params), &presigning, &ClientOptions::default())?;
    call.cx.ui.line(&url)?;
    Ok(Exit::Success)
}
