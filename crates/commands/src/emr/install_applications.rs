//! `aws emr install-applications`

use super::{CLUSTER_ID, applications, call_and_print, cluster_id, only_for_ami_versions, refuse, region, schemas};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_value::Value;

const KNOWN: [&str; 10] =
    ["HIVE", "PIG", "HBASE", "GANGLIA", "IMPALA", "SPARK", "MAPR", "MAPR_M3", "MAPR_M5", "MAPR_M7"];

/// The command.
pub static INSTALL_APPLICATIONS: Command = Command {
    name: "install-applications",
    options: &[
        CLUSTER_ID,
        Opt::value("applications", "The applications: Name=HIVE, Name=PIG.")
            .taking(Nargs::OneOrMore)
            .required()
            .structure(&schemas::APPLICATIONS),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Installs Hive or Pig on a running cluster of an AMI version.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let given = schemas::APPLICATIONS.option(cx, &call.args, "applications")?.unwrap_or_default();
    only_for_ami_versions(call)?;
    for application in given.as_list().unwrap_or_default() {
        let name = application.get("Name").and_then(Value::as_str).unwrap_or_default();
        match name.to_uppercase().as_str() {
            "HIVE" | "PIG" => {}
            other if KNOWN.contains(&other) => {
                return refuse(format!(
                    "{name} cannot be installed on a running cluster. 'Name' should be one of the following: HIVE, PIG"
                ));
            }
            _ => {
                return refuse(format!(
                    "Unknown application: {name}. 'Name' should be one of the following: {}",
                    KNOWN.join(", ")
                ));
            }
        }
    }
    let steps = applications::install(&given, &region(cx)?, "")?.steps;
    call_and_print(
        cx,
        "AddJobFlowSteps",
        reply::params([("JobFlowId", cluster_id(call)), ("Steps", Value::List(steps))]),
    )
}
