//! `aws emr modify-cluster-attributes`

use super::{CLUSTER_ID, call_and_print, cluster_id, refuse};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_value::Value;

/// The command.
pub static MODIFY_CLUSTER_ATTRIBUTES: Command = Command {
    name: "modify-cluster-attributes",
    options: &[
        CLUSTER_ID,
        Opt::flag("visible-to-all-users", "All users of the account see the cluster."),
        Opt::flag("no-visible-to-all-users", "Only its creator sees the cluster."),
        Opt::flag("termination-protected", "The cluster can't be ended by accident."),
        Opt::flag("no-termination-protected", "It can."),
        Opt::flag("auto-terminate", "The cluster ends after its last step."),
        Opt::flag("no-auto-terminate", "It doesn't."),
        Opt::flag("unhealthy-node-replacement", "Nodes that fail are replaced."),
        Opt::flag("no-unhealthy-node-replacement", "They aren't."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Changes settings of a cluster.",
};

/// A pair of flags, the operation, its member, and whether the member means the opposite.
const PAIRS: [(&str, &str, &str, bool); 4] = [
    ("visible-to-all-users", "SetVisibleToAllUsers", "VisibleToAllUsers", false),
    ("termination-protected", "SetTerminationProtection", "TerminationProtected", false),
    ("auto-terminate", "SetKeepJobFlowAliveWhenNoSteps", "KeepJobFlowAliveWhenNoSteps", true),
    ("unhealthy-node-replacement", "SetUnhealthyNodeReplacement", "UnhealthyNodeReplacement", false),
];

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let flag = |name: &str| call.args.flag(&name.replace('-', "_")) == Some(true);
    let pair = |name: &str| (flag(name), flag(&format!("no-{name}")));
    for (name, ..) in PAIRS {
        if pair(name) == (true, true) {
            return refuse(format!("You cannot specify both --{name} and --no-{name} options together."));
        }
    }
    if PAIRS.iter().all(|(name, ..)| pair(name) == (false, false)) {
        let names: Vec<String> = PAIRS.iter().map(|(name, ..)| format!("--{name}|--no-{name}")).collect();
        return refuse(format!("Must specify one of the following boolean options: {}.", names.join(", ")));
    }
    for (name, operation, member, opposite) in PAIRS {
        let (yes, no) = pair(name);
        if yes || no {
            let params = reply::params([
                ("JobFlowIds", Value::List(vec![cluster_id(call)])),
                (member, Value::Bool(yes != opposite)),
            ]);
            call_and_print(call.cx, operation, params)?;
        }
    }
    Ok(Exit::Success)
}
