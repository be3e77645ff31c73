//! `aws emr add-steps`

use super::{CLUSTER_ID, call_and_print, cluster_id, region, release_label, schemas, steps};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_value::Value;

/// The command.
pub static ADD_STEPS: Command = Command {
    name: "add-steps",
    options: &[
        CLUSTER_ID,
        Opt::value("steps", "The steps: words Type=t,Name=n,Args=a,b, or JSON.")
            .taking(Nargs::OneOrMore)
            .required()
            .structure(&schemas::STEPS),
        Opt::value("execution-role-arn", "The role that the steps run with."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Adds steps to a cluster.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let given = schemas::STEPS.option(cx, args, "steps")?.unwrap_or_default();
    let label = release_label(cx, cluster_id(call))?;
    let steps = steps::of_list(&given, &region(cx)?, label.as_deref())?;
    let mut params = reply::params([("JobFlowId", cluster_id(call)), ("Steps", Value::List(steps))]);
    if let Some(role) = args.word("execution_role_arn") {
        params.insert("ExecutionRoleArn", role);
    }
    call_and_print(cx, "AddJobFlowSteps", params)
}
