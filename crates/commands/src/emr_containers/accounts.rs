//! The service accounts that jobs of each type use.

use super::{Cluster, base36, word};
use oxaws_cli::plug::registry::{CommandCall, Opt};

pub(super) const TYPE: Opt = Opt::value("type", "What the role is for; start_job_run by default.").one_of(&[
    "start_job_run",
    "interactive_endpoint",
    "spark_operator",
    "flink_operator",
    "livy",
]);
pub(super) const OPERATOR_NAMESPACE: Opt =
    Opt::value("operator-namespace", "The namespace of the operator, if it isn't that of the jobs.");
pub(super) const ACCOUNT: Opt =
    Opt::value("service-account-name", "This service account only, instead of those that EMR on EKS makes.");

/// A service account, and the namespace that it is in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub name: String,
    pub namespace: String,
}

/// The accounts that the options of a command name.
pub(super) fn accounts(call: &CommandCall, cluster: &Cluster) -> Vec<Account> {
    let given = |dest| call.args.word(dest).filter(|w| !w.is_empty());
    let namespace = word(call, "namespace");
    if let Some(name) = given("service_account_name") {
        return vec![Account { name: name.to_owned(), namespace: namespace.to_owned() }];
    }
    let kind = given("type").unwrap_or("start_job_run");
    let operator = given("operator_namespace").unwrap_or(namespace);
    let suffix = format!("{}-{}", cluster.account, base36(word(call, "role_name")));
    of_type(kind, (namespace, operator), &suffix)
}

fn of_type(kind: &str, (namespace, operator): (&str, &str), suffix: &str) -> Vec<Account> {
    let account = |name: String, namespace: &str| Account { name, namespace: namespace.to_owned() };
    let job = |part: &str| account(format!("emr-containers-sa-{part}-{suffix}"), namespace);
    let runner = |name: &str| account(name.to_owned(), operator);
    match kind {
        "interactive_endpoint" => vec![job("spark-jeg"), job("spark-jeg-kernel"), job("spark-session")],
        "spark_operator" => {
            vec![runner("emr-containers-sa-spark-operator"), job("spark-driver"), job("spark-executor")]
        }
        "flink_operator" => {
            vec![runner("emr-containers-sa-flink-operator"), job("flink-jobmanager"), job("flink-taskmanager")]
        }
        // The second name lacks an "s" in the service too.
        "livy" => {
            vec![runner("emr-containers-sa-livy"), account("emr-container-sa-spark-livy".to_owned(), namespace)]
        }
        _ => vec![job("spark-client"), job("spark-driver"), job("spark-executor")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_of_types() {
        let shown = |kind: &str| -> Vec<String> {
            of_type(kind, ("ns", "op"), "1-r").into_iter().map(|a| format!("{}/{}", a.namespace, a.name)).collect()
        };
        assert_eq!(shown("livy"), ["op/emr-containers-sa-livy", "ns/emr-container-sa-spark-livy"]);
        assert_eq!(
            shown("flink_operator"),
            [
                "op/emr-containers-sa-flink-operator",
                "ns/emr-containers-sa-flink-jobmanager-1-r",
                "ns/emr-containers-sa-flink-taskmanager-1-r"
            ]
        );
        assert_eq!(shown("start_job_run").first().map(String::as_str), Some("ns/emr-containers-sa-spark-client-1-r"));
        assert_eq!(shown("interactive_endpoint").len() + shown("spark_operator").len(), 6);
    }
}
