//! `aws s3 mb`: makes a bucket.

use super::{simple, uri};
use oxaws_cli::argv::argparse::{Given, Nargs};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::{Exit, Failure};
use oxaws_client::CallError;
use oxaws_transfer::TransferError;
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
        return Err(Failure::validation("Cannot use mb command with a directory bucket."));
    }
    let mut params: Map = [("Bucket", Value::from(bucket))].into_iter().collect();
    if uri::is_account_regional(bucket) {
        params.insert("BucketNamespace", "account-regional");
    }
    let mut configuration = Map::new();
    if client.region.as_deref() != Some(UNSAID) {
        configuration.insert("LocationConstraint", client.region.as_deref().map_or(Value::Null, Value::from));
    }
    let tags: Vec<Value> = call.args.all("tags").filter_map(|(_, given)| tag(given)).collect();
    if !tags.is_empty() {
        configuration.insert("Tags", tags);
    }
    if !configuration.is_empty() {
        params.insert("CreateBucketConfiguration", configuration);
    }
    match simple::call_without_result(session, simple::operation(session, "CreateBucket")?, params) {
        Ok(()) => {
            call.cx.ui.line(&format!("make_bucket: {bucket}"))?;
            Ok(Exit::Success)
        }
        Err(TransferError::Call(CallError::Interrupted) | TransferError::Cancelled) => Err(Failure::Interrupted),
        Err(e) => {
            call.cx.ui.warn_plain(&format!("make_bucket failed: {path} {e}"));
            Err(Failure::Written { exit: Exit::TransferFailed, class: e.class() })
        }
    }
}

/// What one `--tags` says.
fn tag(given: &Given) -> Option<Value> {
    let Given::Words(words) = given else { return None };
    let members = ["Key", "Value"].into_iter().zip(words);
    Some(Value::Map(members.map(|(member, word)| (member, Value::from(word.as_str()))).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_cli::argv::argparse::{Spec, parse_known};

    #[test]
    fn tags_may_be_repeated() {
        let args: Vec<String> = "--tags a b s3://x --tag c d".split(' ').map(str::to_owned).collect();
        let specs: Vec<Spec> = MB.options.iter().map(Opt::spec).collect();
        let parsed = parse_known(&specs, &args).expect("a line that parses");
        let tags: Vec<Value> = parsed.all("tags").filter_map(|(_, given)| tag(given)).collect();
        let pair = |key: &str, value: &str| {
            Value::Map([("Key", Value::from(key)), ("Value", Value::from(value))].into_iter().collect())
        };
        assert_eq!(tags, [pair("a", "b"), pair("c", "d")]);
    }
}
