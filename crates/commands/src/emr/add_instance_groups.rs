//! `aws emr add-instance-groups`

use super::{CLUSTER_ID, call, cluster_id, groups, schemas};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_value::{Map, Value};

/// The command.
pub static ADD_INSTANCE_GROUPS: Command = Command {
    name: "add-instance-groups",
    options: &[
        CLUSTER_ID,
        Opt::value("instance-groups", "The groups: words InstanceGroupType=t,InstanceType=m,InstanceCount=n, or JSON.")
            .taking(Nargs::OneOrMore)
            .required()
            .structure(&schemas::INSTANCE_GROUPS),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Adds instance groups to a running cluster.",
};

fn run(command: &CommandCall) -> Result<Exit, Failure> {
    let cx = command.cx;
    let given = schemas::INSTANCE_GROUPS.option(cx, &command.args, "instance-groups")?.unwrap_or_default();
    let params = reply::params([("JobFlowId", cluster_id(command)), ("InstanceGroups", groups::of_list(&given))]);
    let reply = call(cx, "AddInstanceGroups", params)?;
    let shown = match (reply.get("JobFlowId"), reply.get("InstanceGroupIds")) {
        (Some(id), Some(groups)) => reply::params([
            ("ClusterId", id.clone()),
            ("InstanceGroupIds", groups.clone()),
            ("ClusterArn", reply.get("ClusterArn").cloned().unwrap_or_default()),
        ]),
        _ => Map::new(),
    };
    oxaws_cli::operation::display::print(cx, "add_instance_groups", Value::Map(shown))?;
    Ok(Exit::Success)
}
