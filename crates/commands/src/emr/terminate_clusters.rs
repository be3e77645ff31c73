//! `aws emr terminate-clusters`

use super::call_and_print;
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::list_option::ListOption;
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_value::Value;

/// The command.
pub static TERMINATE_CLUSTERS: Command = Command {
    name: "terminate-clusters",
    options: &[Opt::value("cluster-ids", "The clusters.").taking(Nargs::OneOrMore).required()],
    subcommands: &[],
    run: Some(run),
    help: "Ends clusters.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let ids = ListOption::of(call.cx, &call.args, "cluster-ids")?.texts("cluster-ids")?.unwrap_or_default();
    call_and_print(call.cx, "TerminateJobFlows", reply::params([("JobFlowIds", Value::List(ids))]))
}
