//! `aws datapipeline create-default-roles`

use crate::shared::default_roles::Roles;
use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::ClientOptions;
use oxaws_value::Value;

/// The command.
pub static CREATE_DEFAULT_ROLES: Command = Command {
    name: "create-default-roles",
    options: &[],
    subcommands: &[],
    run: Some(run),
    help: "Creates the default roles of AWS Data Pipeline, if they don't exist. Deprecated: the policies of these roles may \
           no longer be there.",
};

const NOTICE: &str = "Support for this command has been deprecated and may fail to create these roles\n\
                      if they do not already exist. See also: \
                      https://docs.aws.amazon.com/datapipeline/latest/DeveloperGuide/dp-iam-roles.html";

/// A role of the service: its name, its policy, and what may assume it (as JSON).
const PIPELINE: [&str; 3] = [
    "DataPipelineDefaultRole",
    "arn:aws:iam::aws:policy/service-role/AWSDataPipelineRole",
    "[\n          \"datapipeline.amazonaws.com\",\n          \"elasticmapreduce.amazonaws.com\"\n        ]",
];
/// The same of the instances, which have an instance profile of this name too.
const RESOURCE: [&str; 3] = [
    "DataPipelineDefaultResourceRole",
    "arn:aws:iam::aws:policy/service-role/AmazonEC2RoleforDataPipelineRole",
    "\"ec2.amazonaws.com\"",
];

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    cx.ui.warn_plain(NOTICE);
    reply::make_client(cx, "datapipeline")?;
    let roles = Roles { cx, options: ClientOptions::default() };
    let mut made = Vec::new();
    for [name, policy, services] in [PIPELINE, RESOURCE] {
        if !roles.has_role(name)? {
            let role = roles.make(name, &trust(services), policy)?;
            made.push(Value::Map(reply::params([("Role", role.role), ("RolePolicy", role.policy)])));
        }
    }
    let [profile, ..] = RESOURCE;
    if !roles.has_profile(profile)? {
        roles.make_profile(profile)?;
    }
    oxaws_cli::operation::display::print(cx, "create_role", Value::List(made))?;
    Ok(Exit::Success)
}

/// The document that lets services assume a role.
fn trust(services: &str) -> String {
    format!(
        "{{\n  \"Version\": \"2008-10-17\",\n  \"Statement\": [\n    {{\n      \"Sid\": \"\",\n      \"Effect\": \
         \"Allow\",\n      \"Principal\": {{\n        \"Service\": {services}\n      }},\n      \"Action\": \
         \"sts:AssumeRole\"\n    }}\n  ]\n}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_json() {
        for [_, _, services] in [PIPELINE, RESOURCE] {
            let document = oxaws_value::parse_json(&trust(services)).unwrap();
            let style = oxaws_value::JsonStyle { indent: Some(2), ..oxaws_value::JsonStyle::OUTPUT_ASCII };
            assert_eq!(oxaws_value::to_json(&document, style), trust(services));
        }
    }
}
