//! `aws s3 mb`: makes a bucket.

use super::{simple, uri};
use oxaws_cli::argparse::Nargs;
use oxaws_cli::registry::{Command, CommandCall, Opt};
use oxaws_cli::{Exit, Failure};
use oxaws_client::{CallError, CallInput};
use oxaws_value::{Map, Value};

/// The region whose buckets are made without saying where.
const UNSAID: &str = "us-east-1";

/// `aws s3 mb`
pub static MB: Command = Command {
    name: "mb",
    options: &[
        simple::BUCKET,
        Opt::value("tags", "A tag for the bucket: its key and its value. May be repeated.").taking(Nargs::Exactly(2)),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Makes a bucket.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let session = call.cx.session;
    let client = session.client(simple::service(session)?)?;
    let path = call.args.word("path").unwrap_or_default();
    let bucket = simple::bucket_path(path)?.0;
    if uri::is_directory_bucket(bucket) {
        return Err(Failure::ParamValidation("Cannot use mb command with a directory bucket.".into()));
    }
    let mut params: Map = [("Bucket", Value::from(bucket))].into_iter().collect();
    if uri::is_account_regional(bucket) {
        params.insert("BucketNamespace", "account-regional");
    }
    let mut configuration = Map::new();
    if client.region.as_deref() != Some(UNSAID) {
        configuration.insert("LocationConstraint", client.region.as_deref().map_or(Value::Null, Value::from));
    }
    let tags: Vec<Value> = tags(call).chunks_exact(2).map(tag).collect();
    if !tags.is_empty() {
        configuration.insert("Tags", tags);
    }
    if !configuration.is_empty() {
        params.insert("CreateBucketConfiguration", configuration);
    }
    match session.call(simple::operation(session, "CreateBucket")?, CallInput::new(params)) {
        Ok(_) => {
            call.cx.ui.line(&format!("make_bucket: {bucket}"))?;
            Ok(Exit::Success)
        }
        Err(CallError::Interrupted) => Err(Failure::Interrupted),
        Err(e) => {
            call.cx.ui.warn_plain(&format!("make_bucket failed: {path} {e}"));
            Ok(Exit::TransferFailed)
        }
    }
}

/// The words of every `--tags`. The parser keeps the last one's only, so the arguments are looked through again.
fn tags(call: &CommandCall) -> Vec<String> {
    let last = call.args.words("tags");
    let args: Vec<String> = call.cx.world.args().into_iter().filter_map(|a| a.into_string().ok()).collect();
    let all = repeated(&args);
    // They differ where an alias put the option there.
    if all.ends_with(last) { all } else { last.to_vec() }
}

fn repeated(args: &[String]) -> Vec<String> {
    let before_separator = args.iter().position(|a| a == "--").unwrap_or(args.len());
    let is_option = |arg: &str| arg.len() > "--".len() && "--tags".starts_with(arg);
    let given = args[..before_separator].iter().enumerate().filter(|(_, arg)| is_option(arg));
    given.flat_map(|(at, _)| args.iter().skip(at + 1).take(2).cloned()).collect()
}

fn tag(words: &[String]) -> Value {
    let names = ["Key", "Value"];
    Value::Map(names.into_iter().zip(words).map(|(name, word)| (name, Value::from(word.as_str()))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_may_be_repeated() {
        let args: Vec<String> =
            "s3 mb --tags a b s3://x --tag c d -- --tags e f".split(' ').map(str::to_owned).collect();
        assert_eq!(repeated(&args), ["a", "b", "c", "d"]);
        assert!(repeated(&args[..2]).is_empty());
    }
}
