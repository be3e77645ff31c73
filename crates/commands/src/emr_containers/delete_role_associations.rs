//! `aws emr-containers delete-role-associations`

use super::accounts::{ACCOUNT, OPERATOR_NAMESPACE, TYPE, accounts};
use super::{CLUSTER, Cluster, NAMESPACE, ROLE, eks, word};
use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::CallError;
use oxaws_value::{JsonStyle, Value, to_json};

/// The command.
pub static DELETE_ROLE_ASSOCIATIONS: Command = Command {
    name: "delete-role-associations",
    options: &[CLUSTER, NAMESPACE, ROLE, TYPE, OPERATOR_NAMESPACE, ACCOUNT],
    subcommands: &[],
    run: Some(run),
    help: "Deletes the pod identity associations of the service accounts of EMR on EKS in a cluster.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let cluster = Cluster::describe(call)?;
    let (name, role) = (word(call, "cluster_name"), word(call, "role_name"));
    let mut deleted = Vec::new();
    for account in accounts(call, &cluster) {
        let place = format!("role {role} in namespace {}", account.namespace);
        let failed = |error: CallError| match error {
            CallError::Service(failure) => {
                let text = format!(
                    "Failed to delete pod identity association for service account {}, {place}: {}",
                    account.name,
                    failure.error.message.as_deref().unwrap_or_default()
                );
                Failure::framed(text, CallError::Service(failure))
            }
            other => other.into(),
        };
        let params = reply::params([
            ("clusterName", Value::from(name)),
            ("namespace", Value::from(account.namespace.as_str())),
            ("serviceAccount", Value::from(account.name.as_str())),
        ]);
        let found = eks(cx, "ListPodIdentityAssociations", params).map_err(failed)?;
        // An account has one association at most.
        let Some(association) = reply::list(&found, "associations").first() else {
            cx.ui.warn_plain(&format!(
                "Skipping deletion as no pod identity association found for service account {} and {place}",
                account.name
            ));
            continue;
        };
        let id = association.get("associationId").ok_or_else(|| reply::missing("associationId"))?;
        let params = reply::params([("clusterName", Value::from(name)), ("associationId", id.clone())]);
        let mut gone = eks(cx, "DeletePodIdentityAssociation", params).map_err(failed)?;
        deleted.push(gone.remove("association").unwrap_or_default());
    }
    if !deleted.is_empty() {
        cx.ui.text(&to_json(&Value::List(deleted), JsonStyle::OUTPUT_ASCII))?;
    }
    Ok(Exit::Success)
}
