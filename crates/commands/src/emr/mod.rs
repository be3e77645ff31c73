//! `aws emr`: clusters.

mod add_instance_groups;
mod add_steps;
mod applications;
mod configured;
mod create_cluster;
mod describe_cluster;
mod emrfs;
mod groups;
mod hbase;
mod install_applications;
mod modify_cluster_attributes;
mod monitoring;
mod schemas;
mod steps;
mod terminate_clusters;

pub use add_instance_groups::ADD_INSTANCE_GROUPS;
pub use add_steps::ADD_STEPS;
pub use create_cluster::CREATE_CLUSTER;
pub use describe_cluster::DESCRIBE_CLUSTER;
pub use hbase::{CREATE_HBASE_BACKUP, DISABLE_HBASE_BACKUPS, RESTORE_FROM_HBASE_BACKUP, SCHEDULE_HBASE_BACKUP};
pub use install_applications::INSTALL_APPLICATIONS;
pub use modify_cluster_attributes::MODIFY_CLUSTER_ATTRIBUTES;
pub use terminate_clusters::TERMINATE_CLUSTERS;

use oxaws_cli::plug::registry::{CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Exit, Failure};
use oxaws_failure::Cause;
use oxaws_value::{Map, Value};

const CLUSTER_ID: Opt = Opt::value("cluster-id", "The cluster.").required();

fn refuse<T>(text: impl Into<Cause>) -> Result<T, Failure> {
    Err(Failure::validation(text))
}

/// Calls the service; that there are no credentials is told before that there is no region.
fn call(cx: &Context, operation: &str, params: Map) -> Result<Map, Failure> {
    if cx.session.options().sign_request && cx.session.find_credentials()?.is_none() {
        return Err(Failure::NoCredentials);
    }
    Ok(reply::call(cx, "emr", operation, params)?)
}

/// Calls the service and prints its reply.
fn call_and_print(cx: &Context, operation: &str, params: Map) -> Result<Exit, Failure> {
    let reply = reply::call(cx, "emr", operation, params)?;
    oxaws_cli::operation::display::print(cx, operation, Value::Map(reply))?;
    Ok(Exit::Success)
}

fn cluster_id(call: &CommandCall) -> Value {
    Value::from(call.args.word("cluster_id").unwrap_or_default())
}

/// The release label of a cluster; clusters of AMI versions have none.
fn release_label(cx: &Context, id: Value) -> Result<Option<String>, Failure> {
    let reply = call(cx, "DescribeCluster", reply::params([("ClusterId", id)]))?;
    let label = reply.get("Cluster").and_then(|c| c.get("ReleaseLabel")).and_then(Value::as_str);
    Ok(label.filter(|l| !l.is_empty()).map(str::to_owned))
}

/// Refuses what only clusters of AMI versions can do.
fn only_for_ami_versions(call: &CommandCall) -> Result<(), Failure> {
    match release_label(call.cx, cluster_id(call))? {
        Some(label) => refuse(format!("{} is not supported with '{label}' release.", call.command.name)),
        None => Ok(()),
    }
}

/// The region of the service's own files.
fn region(cx: &Context) -> Result<String, Failure> {
    let found = match cx.globals.region.clone() {
        Some(region) => Some(region),
        None => cx.session.config()?.region()?,
    };
    Ok(found.unwrap_or_else(|| "us-east-1".into()))
}

/// One of the service's own files.
fn s3_link(path: &str, region: &str) -> String {
    format!("s3://{region}.elasticmapreduce{path}")
}

fn script_runner(region: &str) -> String {
    s3_link("/libs/script-runner/script-runner.jar", region)
}

fn texts<const N: usize>(words: [&str; N]) -> Vec<Value> {
    words.into_iter().map(Value::from).collect()
}

/// Puts a value where it is one: empty texts, lists and maps, zeros and `false` are left out.
fn put(map: &mut Map, key: &'static str, value: Option<Value>) {
    if let Some(value) = value.filter(Value::is_truthy) {
        map.insert(key, value);
    }
}
