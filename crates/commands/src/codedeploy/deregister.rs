//! `aws deploy deregister`

use super::instance::Calls;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::{CallError, CallInput};
use oxaws_value::{Map, Value};

/// The command.
pub static DEREGISTER: Command = Command {
    name: "deregister",
    options: &[
        Opt::value("instance-name", "The instance's name.").required(),
        Opt::flag("no-delete-iam-user", "Keeps the instance's IAM user."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Takes an on-premises instance out of AWS CodeDeploy.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let calls = Calls::new(call, || Ok(()))?;
    let outcome = deregister(&calls, call.args.flag("no_delete_iam_user") == Some(true));
    calls.end(outcome, "Deregister")
}

fn deregister(calls: &Calls, keep_user: bool) -> Result<(), Failure> {
    let named = || reply::params([("instanceName", calls.name())]);
    calls.say("Retrieving on-premises instance information... ")?;
    let found = calls.codedeploy("GetOnPremisesInstance", named())?;
    let info = reply::structure(&found, "instanceInfo")?;
    let arn = reply::text(info, "iamUserArn")?;
    let user = arn.rsplit('/').next().unwrap_or(arn);
    let tags = reply::member(info, "tags")?;
    calls.say(&format!("DONE\nIamUserArn: {arn}\n"))?;
    if tags.is_truthy() {
        let mut line = String::from("Tags:");
        for tag in tags.as_list().unwrap_or_default().iter().filter_map(Value::as_map) {
            line.push_str(&format!(" Key={},Value={}", reply::text(tag, "Key")?, reply::text(tag, "Value")?));
        }
        calls.say(&format!("{line}\nRemoving tags from the on-premises instance... "))?;
        let params = reply::params([("tags", tags.clone()), ("instanceNames", Value::List(vec![calls.name()]))]);
        calls.codedeploy("RemoveTagsFromOnPremisesInstances", params)?;
        calls.say("DONE\n")?;
    }
    calls.say("Deregistering the on-premises instance... ")?;
    calls.codedeploy("DeregisterOnPremisesInstance", named())?;
    calls.say("DONE\n")?;
    if !keep_user {
        delete_user(calls, user)?;
    }
    calls.say("Run the following command on the on-premises instance to uninstall the codedeploy-agent:\naws deploy uninstall\n")
}

fn delete_user(calls: &Calls, user: &str) -> Result<(), Failure> {
    let named = || reply::params([("UserName", Value::from(user))]);
    calls.say("Deleting the IAM user policies... ")?;
    forgiving(each(calls, "ListUserPolicies", "PolicyNames", named(), |policy| {
        let mut params = named();
        params.insert("PolicyName", policy.clone());
        ("DeleteUserPolicy", params)
    }))?;
    calls.say("DONE\nDeleting the IAM user access keys... ")?;
    forgiving(each(calls, "ListAccessKeys", "AccessKeyMetadata", named(), |key| {
        let mut params = named();
        params.insert("AccessKeyId", key.get("AccessKeyId").cloned().unwrap_or_default());
        ("DeleteAccessKey", params)
    }))?;
    calls.say(&format!("DONE\nDeleting the IAM user ({user})... "))?;
    forgiving(calls.iam("DeleteUser", named()).map(|_| ()))?;
    calls.say("DONE\n")
}

/// What isn't there any more needn't be deleted.
fn forgiving(outcome: Result<(), CallError>) -> Result<(), Failure> {
    match outcome {
        Err(CallError::Service(failure)) if failure.code() == "NoSuchEntity" => Ok(()),
        other => Ok(other?),
    }
}

/// Makes a call for each item of a listing.
fn each(
    calls: &Calls,
    listing: &str,
    member: &str,
    params: Map,
    call_for: impl Fn(&Value) -> (&'static str, Map),
) -> Result<(), CallError> {
    let cx = calls.call.cx;
    let operation = reply::operation_of(cx, "iam", listing)?;
    let mut pages = cx.session.pages_with(operation, CallInput::new(params), calls.iam_options())?;
    while let Some(page) = pages.next()? {
        for item in page.get(member).and_then(Value::as_list).unwrap_or_default() {
            let (operation, params) = call_for(item);
            calls.iam(operation, params)?;
        }
    }
    Ok(())
}
