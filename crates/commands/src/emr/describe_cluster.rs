//! `aws emr describe-cluster`

use super::{CLUSTER_ID, call, cluster_id};
use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_value::Value;

/// The command.
pub static DESCRIBE_CLUSTER: Command = Command {
    name: "describe-cluster",
    options: &[CLUSTER_ID],
    subcommands: &[],
    run: Some(run),
    help: "Shows a cluster with its instance groups or fleets and its bootstrap actions.",
};

fn run(command: &CommandCall) -> Result<Exit, Failure> {
    let cx = command.cx;
    let params = || reply::params([("ClusterId", cluster_id(command))]);
    let mut described = call(cx, "DescribeCluster", params())?;
    let fleets = described.get("Cluster").and_then(|c| c.get("InstanceCollectionType")).and_then(Value::as_str)
        == Some("INSTANCE_FLEET");
    let (operation, member) =
        if fleets { ("ListInstanceFleets", "InstanceFleets") } else { ("ListInstanceGroups", "InstanceGroups") };
    let instances = call(cx, operation, params())?;
    let actions = call(cx, "ListBootstrapActions", params())?;
    let cluster = described.get_mut("Cluster").and_then(Value::as_map_mut).ok_or_else(|| reply::missing("Cluster"))?;
    cluster.insert("BootstrapActions", Value::List(Vec::new()));
    if let Some(instances) = instances.get(member) {
        cluster.insert(member, instances.clone());
    }
    if let Some(actions) = actions.get("BootstrapActions") {
        cluster.insert("BootstrapActions", actions.clone());
    }
    oxaws_cli::operation::display::print(cx, "describe_cluster", Value::Map(described))?;
    Ok(Exit::Success)
}
