//! `aws s3 website`: makes a bucket a website.

use super::options::ONE_PATH;
use super::{simple, uri};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::{Exit, Failure};
use oxaws_client::CallInput;
use oxaws_value::{Map, Value};

/// `aws s3 website`
pub static WEBSITE: Command = Command {
    name: "website",
    options: &[
        ONE_PATH,
        Opt::value("index-document", "The page of a folder: what is added to a path that ends with a slash."),
        Opt::value("error-document", "The key of the page for requests that fail with a 4xx status."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Makes a bucket a website.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let session = call.cx.session;
    session.client(simple::service(session)?)?;
    let path = call.args.words("paths").first().map(String::as_str).unwrap_or_default();
    let path = uri::without_scheme(path);
    let bucket = path.strip_suffix('/').unwrap_or(path);
    uri::check_supported(bucket)?;
    let mut configuration = Map::new();
    for (option, member, inner) in
        [("index_document", "IndexDocument", "Suffix"), ("error_document", "ErrorDocument", "Key")]
    {
        if let Some(word) = call.args.word(option) {
            configuration.insert(member, [(inner, Value::from(word))].into_iter().collect::<Map>());
        }
    }
    let params = [("Bucket", Value::from(bucket)), ("WebsiteConfiguration", Value::Map(configuration))];
    let input = CallInput::new(params.into_iter().collect());
    session.call(simple::operation(session, "PutBucketWebsite")?, input)?;
    Ok(Exit::Success)
}
