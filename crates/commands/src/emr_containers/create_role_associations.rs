//! `aws emr-containers create-role-associations`

use super::accounts::{ACCOUNT, OPERATOR_NAMESPACE, TYPE, accounts};
use super::{CLUSTER, Cluster, NAMESPACE, ROLE, eks, word};
use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::CallError;
use oxaws_value::{JsonStyle, Value, to_json};

/// The command.
pub static CREATE_ROLE_ASSOCIATIONS: Command = Command {
    name: "create-role-associations",
    options: &[CLUSTER, NAMESPACE, ROLE, TYPE, OPERATOR_NAMESPACE, ACCOUNT],
    subcommands: &[],
    run: Some(run),
    help: "Lets the service accounts of EMR on EKS in a cluster run with a role, by pod identity associations. If one can't \
           be created, those created before are deleted again.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let cluster = Cluster::describe(call)?;
    let (name, role) = (word(call, "cluster_name"), word(call, "role_name"));
    let role_arn = format!("arn:{}:iam::{}:role/{role}", cluster.partition, cluster.account);
    let mut made = Vec::new();
    for account in accounts(call, &cluster) {
        let params = reply::params([
            ("clusterName", Value::from(name)),
            ("namespace", Value::from(account.namespace.as_str())),
            ("roleArn", Value::from(role_arn.as_str())),
            ("serviceAccount", Value::from(account.name.as_str())),
        ]);
        let place = format!("in namespace {}", account.namespace);
        match eks(cx, "CreatePodIdentityAssociation", params) {
            Ok(mut found) => made.push(found.remove("association").unwrap_or_default()),
            Err(CallError::Service(failure)) if failure.code() == "ResourceInUseException" => {
                cx.ui.warn_plain(&format!(
                    "Skipping pod identity association creation because pod identity association already exists for \
                     service account {} and role {role} {place}: {}",
                    account.name,
                    failure.error.message.as_deref().unwrap_or_default()
                ));
            }
            Err(CallError::Service(failure)) => {
                for association in &made {
                    cx.ui.warn_plain(&format!(
                        "Rolling back association for service account {} and role {role} {place} as an error was \
                         encountered",
                        account.name
                    ));
                    delete(call, association)?;
                }
                let text = format!(
                    "Failed to create pod identity association for service account {}, role {role} {place}: {}",
                    account.name,
                    failure.error.message.as_deref().unwrap_or_default()
                );
                return Err(Failure::framed(text, CallError::Service(failure)));
            }
            Err(other) => return Err(other.into()),
        }
    }
    if !made.is_empty() {
        cx.ui.text(&to_json(&Value::List(made), JsonStyle::OUTPUT_ASCII))?;
    }
    Ok(Exit::Success)
}

fn delete(call: &CommandCall, association: &Value) -> Result<(), Failure> {
    let id = association.get("associationId").ok_or_else(|| reply::missing("associationId"))?;
    let params =
        reply::params([("clusterName", Value::from(word(call, "cluster_name"))), ("associationId", id.clone())]);
    eks(call.cx, "DeletePodIdentityAssociation", params)?;
    Ok(())
}
