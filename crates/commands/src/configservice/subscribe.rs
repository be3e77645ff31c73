//! `aws configservice subscribe`

use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{CallError, ClientOptions};
use oxaws_value::{JsonStyle, Map, Value, to_json};

/// The command.
pub static SUBSCRIBE: Command = Command {
    name: "subscribe",
    options: &[
        Opt::value(
            "s3-bucket",
            "The bucket that gets the snapshots, with an optional prefix: bucket/prefix. It is \
                                 created if it doesn't exist.",
        )
        .required(),
        Opt::value("sns-topic", "The topic that gets the notifications: an ARN, or the name of a topic to create.")
            .required(),
        Opt::value("iam-role", "The ARN of the role with which AWS Config reads the resources.").required(),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Starts recording the configuration of resources, and delivering it to a bucket and a topic.",
};

/// The name of the recorder and of the channel.
const NAME: &str = "default";
const DEFAULT_REGION: &str = "us-east-1";

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let word = |dest| args.word(dest).unwrap_or_default();
    // All clients are made before the first call: without a region nothing is called.
    let topics = reply::operation_of(cx, "sns", "CreateTopic")?;
    cx.session.client_with(topics.service(), &configured())?;
    reply::make_client(cx, "config")?;
    let (bucket, prefix) = bucket(cx, word("s3_bucket"))?;
    let topic = topic(cx, word("sns_topic"))?;
    let recorder = reply::params([("name", Value::from(NAME)), ("roleARN", Value::from(word("iam_role")))]);
    config(cx, "PutConfigurationRecorder", reply::params([("ConfigurationRecorder", Value::Map(recorder))]))?;
    let mut channel = reply::params([("name", Value::from(NAME)), ("s3BucketName", Value::from(bucket))]);
    channel.insert("snsTopicARN", topic);
    if !prefix.is_empty() {
        channel.insert("s3KeyPrefix", prefix);
    }
    config(cx, "PutDeliveryChannel", reply::params([("DeliveryChannel", Value::Map(channel))]))?;
    config(cx, "StartConfigurationRecorder", reply::params([("ConfigurationRecorderName", Value::from(NAME))]))?;
    cx.ui.text("Subscribe succeeded:\n\nConfiguration Recorders: ")?;
    show(cx, "DescribeConfigurationRecorders", "ConfigurationRecorders")?;
    cx.ui.text("\n\nDelivery Channels: ")?;
    show(cx, "DescribeDeliveryChannels", "DeliveryChannels")?;
    cx.ui.text("\n")?;
    Ok(Exit::Success)
}

fn config(cx: &Context, operation: &str, params: Map) -> Result<Map, CallError> {
    reply::call(cx, "config", operation, params)
}

fn show(cx: &Context, operation: &str, member: &str) -> Result<(), Failure> {
    let found = config(cx, operation, Map::new())?;
    cx.ui.text(&to_json(reply::member(&found, member)?, JsonStyle::OUTPUT_ASCII))
}

/// Buckets and topics don't go to `--endpoint-url`, which is that of AWS Config.
fn configured() -> ClientOptions {
    ClientOptions { configured_endpoint: true, ..ClientOptions::default() }
}

/// The bucket and the prefix in it; a bucket that isn't there is created.
fn bucket<'a>(cx: &Context, word: &'a str) -> Result<(&'a str, &'a str), Failure> {
    let (bucket, prefix) = word.split_once('/').unwrap_or((word, ""));
    let named = || reply::params([("Bucket", Value::from(bucket))]);
    let missing = match reply::call_with(cx, "s3", "HeadBucket", named(), &configured()) {
        Ok(_) => false,
        // Any other error means that the bucket is somebody's.
        Err(CallError::Service(failure)) => failure.code() == "404",
        Err(other) => return Err(other.into()),
    };
    if missing {
        let operation = reply::operation_of(cx, "s3", "CreateBucket")?;
        let region = cx.session.client_with(operation.service(), &configured())?.region.clone();
        let mut params = named();
        if let Some(region) = region.filter(|r| r != DEFAULT_REGION) {
            let place = reply::params([("LocationConstraint", Value::from(region))]);
            params.insert("CreateBucketConfiguration", Value::Map(place));
        }
        reply::call_with(cx, "s3", "CreateBucket", params, &configured())?;
    }
    cx.ui.line(&format!("Using {} S3 bucket: {bucket}", if missing { "new" } else { "existing" }))?;
    Ok((bucket, prefix))
}

/// The topic's ARN; a topic given by its name is created.
fn topic(cx: &Context, word: &str) -> Result<String, Failure> {
    if word.contains(':') {
        cx.ui.line(&format!("Using existing SNS topic: {word}"))?;
        return Ok(word.to_owned());
    }
    let made = reply::call_with(cx, "sns", "CreateTopic", reply::params([("Name", Value::from(word))]), &configured())?;
    let arn = reply::text(&made, "TopicArn")?.to_owned();
    cx.ui.line(&format!("Using new SNS topic: {arn}"))?;
    Ok(arn)
}
