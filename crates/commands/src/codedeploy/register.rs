//! `aws deploy register`

use super::instance::{Calls, is_user_arn};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::written::schema::{Field, Schema};
use oxaws_cli::{Exit, Failure};
use oxaws_failure::Cause;
use oxaws_python::python_os_error;
use oxaws_value::Value;
use std::path::Path;

/// The file that the instance is configured with.
const CONFIG_FILE: &str = "codedeploy.onpremises.yml";
const MAX_TAGS: usize = 10;
const MAX_TAG_KEY: usize = 128;
const MAX_TAG_VALUE: usize = 256;
const POLICY_NAME: &str = "codedeploy-agent";
const POLICY: &str = "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [ {\n        \"Action\": [ \"s3:Get*\", \
                      \"s3:List*\" ],\n        \"Effect\": \"Allow\",\n        \"Resource\": \"*\"\n    } ]\n}";

const TAGS: Schema =
    Schema::List(&Schema::Structure(&[Field::required("Key", Schema::Text), Field::required("Value", Schema::Text)]));

/// The command.
pub static REGISTER: Command = Command {
    name: "register",
    options: &[
        Opt::value("instance-name", "The instance's name.").required(),
        Opt::value("tags", "Tags of the instance: words Key=k,Value=v.").taking(Nargs::OneOrMore),
        Opt::value("iam-user-arn", "The IAM user of the instance; one is made unless given."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Registers an on-premises instance with AWS CodeDeploy.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let tags = TAGS.option(call.cx, &call.args, "tags")?;
    let user = call.args.word("iam_user_arn").filter(|u| !u.is_empty());
    let calls = Calls::new(call, || {
        check_tags(tags.as_ref())?;
        match user {
            Some(arn) if !is_user_arn(arn) => Err(Failure::validation("Invalid IAM user ARN.")),
            _ => Ok(()),
        }
    })?;
    let outcome = register(&calls, user, tags.filter(Value::is_truthy));
    calls.end(outcome, "Register")
}

fn check_tags(tags: Option<&Value>) -> Result<(), Failure> {
    let tags = tags.and_then(Value::as_list).unwrap_or_default();
    let refuse = |text: String| Err(Failure::validation(text));
    if tags.len() > MAX_TAGS {
        return refuse(format!("Instances can only have a maximum of {MAX_TAGS} tags."));
    }
    for tag in tags {
        let length = |key| tag.get(key).and_then(Value::as_str).map_or(0, |t| t.chars().count());
        if length("Key") > MAX_TAG_KEY {
            return refuse(format!("Tag Key cannot be longer than {MAX_TAG_KEY} characters."));
        }
        if length("Value") > MAX_TAG_VALUE {
            return refuse(format!("Tag Value cannot be longer than {MAX_TAG_VALUE} characters."));
        }
    }
    Ok(())
}

fn register(calls: &Calls, user: Option<&str>, tags: Option<Value>) -> Result<(), Failure> {
    let arn = match user {
        Some(arn) => arn.to_owned(),
        None => make_user(calls)?,
    };
    calls.say("Registering the on-premises instance... ")?;
    let params = reply::params([("instanceName", calls.name()), ("iamUserArn", Value::from(arn))]);
    calls.codedeploy("RegisterOnPremisesInstance", params)?;
    calls.say("DONE\n")?;
    if let Some(tags) = tags {
        calls.say("Adding tags to the on-premises instance... ")?;
        let params = reply::params([("tags", tags), ("instanceNames", Value::List(vec![calls.name()]))]);
        calls.codedeploy("AddTagsToOnPremisesInstances", params)?;
        calls.say("DONE\n")?;
    }
    calls.say(&format!(
        "Copy the on-premises configuration file named {CONFIG_FILE} to the on-premises instance, and run the following \
         command on the on-premises instance to install and configure the AWS CodeDeploy Agent:\naws deploy install \
         --config-file {CONFIG_FILE}\n"
    ))
}

/// Makes a user for the instance, and the file with its key; returns the user's ARN.
fn make_user(calls: &Calls) -> Result<String, Failure> {
    let user = || ("UserName", calls.name());
    calls.say("Creating the IAM user... ")?;
    let made = calls.iam("CreateUser", reply::params([("Path", Value::from("/AWS/CodeDeploy/")), user()]))?;
    let arn = reply::text(reply::structure(&made, "User")?, "Arn")?.to_owned();
    calls.say(&format!("DONE\nIamUserArn: {arn}\n"))?;
    calls.say("Creating the IAM user access key... ")?;
    let made = calls.iam("CreateAccessKey", reply::params([user()]))?;
    let key = reply::structure(&made, "AccessKey")?;
    let (id, secret) = (reply::text(key, "AccessKeyId")?, reply::text(key, "SecretAccessKey")?);
    calls.say(&format!("DONE\nAccessKeyId: {id}\nSecretAccessKey: {secret}\n"))?;
    calls.say("Creating the IAM user policy... ")?;
    let policy = [("PolicyName", Value::from(POLICY_NAME)), ("PolicyDocument", Value::from(POLICY))];
    let [name, document] = policy;
    calls.iam("PutUserPolicy", reply::params([user(), name, document]))?;
    calls.say(&format!("DONE\nPolicyName: {POLICY_NAME}\nPolicyDocument: {POLICY}\n"))?;
    calls.say(&format!("Creating the on-premises instance configuration file named {CONFIG_FILE}..."))?;
    let text = format!(
        "---\nregion: {}\niam_user_arn: {arn}\naws_access_key_id: {id}\naws_secret_access_key: {secret}\n",
        calls.region
    );
    let world = calls.call.cx.world;
    let path = world.current_dir()?.join(CONFIG_FILE);
    world.write_private(Path::new(&path), text.as_bytes()).map_err(|e| {
        let text = format!("Failed to create config file {CONFIG_FILE}: {}", python_os_error(&e, CONFIG_FILE));
        Failure::File(Cause::worded(text, e))
    })?;
    calls.say("DONE\n")?;
    Ok(arn)
}
