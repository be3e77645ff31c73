//! `aws dlm create-default-role`

use crate::shared::default_roles::Roles;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::ClientOptions;
use oxaws_value::Value;

/// The command.
pub static CREATE_DEFAULT_ROLE: Command = Command {
    name: "create-default-role",
    options: &[
        Opt::value("iam-endpoint", "The endpoint for the calls to IAM, which don't go to --endpoint-url."),
        Opt::value("resource-type", "What the policies of the role manage: snapshot (default) or image.")
            .one_of(&["snapshot", "image"]),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Creates the default role of Amazon Data Lifecycle Manager, if it doesn't exist.",
};

const TRUST: &str = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"\", \"Effect\": \"Allow\", \"Principal\": \
                     {\"Service\": \"dlm.amazonaws.com\"}, \"Action\": \"sts:AssumeRole\"}]}";

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let region = match cx.globals.region.clone() {
        Some(region) => Some(region),
        None => cx.session.config()?.region()?,
    };
    let region = region.ok_or(Failure::NoRegion)?;
    let suffix = if args.word("resource_type") == Some("image") { "ForAMIManagement" } else { "" };
    let name = format!("AWSDataLifecycleManagerDefaultRole{suffix}");
    let partition = partition(&region);
    let policy = format!("arn:{partition}:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole{suffix}");
    let options = ClientOptions {
        endpoint_url: args.word("iam_endpoint").filter(|u| !u.is_empty()).map(str::to_owned),
        configured_endpoint: true,
        ..ClientOptions::default()
    };
    let roles = Roles { cx, options };
    // A role that exists is as good as one that is made, and without the policy no role is made.
    if roles.has_role(&name)? || !roles.has_policy(&policy)? {
        return Ok(Exit::Success);
    }
    let made = roles.make(&name, TRUST, &policy)?;
    let shown = reply::params([("RolePolicy", made.policy), ("Role", made.role)]);
    oxaws_cli::operation::display::print(cx, "create_role", Value::Map(shown))?;
    Ok(Exit::Success)
}

fn partition(region: &str) -> &'static str {
    let region = region.to_lowercase();
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions() {
        assert_eq!(
            ["CN-north-1", "us-gov-west-1", "us-east-1", ""].map(partition),
            ["aws-cn", "aws-us-gov", "aws", "aws"]
        );
    }
}
