//! `aws s3 rb`: removes a bucket.

use super::options::FORCE;
use super::rm::RM;
use super::simple;
use oxaws_cli::argv::argparse::{Given, Parsed};
use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::{Exit, Failure};
use oxaws_client::CallError;
use oxaws_transfer::TransferError;
use oxaws_value::Value;

/// `aws s3 rb`
pub static RB: Command = Command {
    name: "rb",
    options: &[simple::BUCKET, FORCE],
    subcommands: &[],
    run: Some(run),
    help: "Removes a bucket, which must be empty unless --force is given.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let session = call.cx.session;
    session.client(simple::service(session)?)?;
    let path = call.args.word("path").unwrap_or_default();
    let (bucket, key) = simple::bucket_path(path)?;
    if !key.is_empty() {
        return Err(Failure::validation(format!("Please specify a valid bucket name only. E.g. s3://{bucket}")));
    }
    if call.args.flag("force") == Some(true) {
        empty(call, path)?;
    }
    let params = [("Bucket", Value::from(bucket))].into_iter().collect();
    match simple::call_without_result(session, simple::operation(session, "DeleteBucket")?, params) {
        Ok(()) => {
            call.cx.ui.line(&format!("remove_bucket: {bucket}"))?;
            Ok(Exit::Success)
        }
        Err(TransferError::Call(CallError::Interrupted) | TransferError::Cancelled) => Err(Failure::Interrupted),
        Err(e) => {
            call.cx.ui.warn_plain(&format!("remove_bucket failed: {path} {e}"));
            Err(Failure::Written { exit: Exit::TransferFailed, class: e.class() })
        }
    }
}

const NOT_EMPTY: &str = "remove_bucket failed: Unable to delete all objects in the bucket, bucket will not be deleted.";

/// Deletes every object: `rm --recursive`.
fn empty(call: &CommandCall, path: &str) -> Result<(), Failure> {
    let mut args = Parsed::default();
    args.set("paths", Given::Words(vec![path.to_owned()]));
    args.set("dir_op", Given::Flag(true));
    let top = call.path.iter().copied().take(call.path.len().saturating_sub(1));
    let inner = CommandCall { cx: call.cx, command: &RM, path: top.chain([RM.name]).collect(), args };
    let ended = match RM.run {
        Some(rm) => rm(&inner),
        None => Ok(Exit::General),
    };
    match ended {
        Ok(Exit::Success) => Ok(()),
        Ok(_) => Err(Failure::failed(NOT_EMPTY)),
        // Why the objects are still there decides the class.
        Err(failure @ Failure::Written { .. }) => Err(Failure::framed(NOT_EMPTY, failure)),
        Err(other) => Err(other),
    }
}
