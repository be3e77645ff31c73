//! `aws eks update-kubeconfig`

use super::kubeconfig::{self, Kubeconfig};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::{ClientOptions, Signer};
use oxaws_env::{absolute, expand_user};
use oxaws_value::{Map, Value};
use oxaws_yaml::Node;
use std::path::PathBuf;

/// The interface that `get-token` speaks.
const API_VERSION: &str = "client.authentication.k8s.io/v1beta1";

/// The command.
pub static UPDATE_KUBECONFIG: Command = Command {
    name: "update-kubeconfig",
    options: &[
        Opt { dest: Some("cluster_name"), ..Opt::value("name", "The cluster's name.").required() },
        Opt::value("kubeconfig", "The file to write to. Else it is the first of KUBECONFIG, or ~/.kube/config."),
        Opt::value("role-arn", "A role to assume when logging in to the cluster."),
        Opt::value("proxy-url", "A proxy through which to reach the cluster."),
        Opt::flag("dry-run", "Prints the file in place of writing it."),
        Opt::flag("verbose", "Prints the entries that were added."),
        Opt::value("alias", "The context's name; the cluster's ARN unless given."),
        Opt::value("user-alias", "The user's name; the cluster's ARN unless given."),
        Opt::value("assume-role-arn", "A role to assume for asking about the cluster."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Adds an Amazon EKS cluster to a kubeconfig file, so that kubectl can use it.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let cluster = describe(call)?;
    let cluster_entry = cluster_entry(&cluster, args.word("proxy_url"));
    let user_entry = user_entry(call, &cluster)?;
    let name = cluster_entry.get("name").and_then(Node::as_text).unwrap_or_default().to_owned();
    let mut config = choose(call, &name)?;
    // Read once more under the lock, so that an entry of another process isn't taken back.
    let _lock = cx.world.lock_folder_of(&config.path);
    config = Kubeconfig::load(cx.world, &config.path)?;
    let updating = config.has_cluster(&name);
    let context = config.insert(&cluster_entry, &user_entry, args.word("alias"));
    if args.flag("dry_run") == Some(true) {
        cx.ui.text(&config.text())?;
        return Ok(Exit::Success);
    }
    config.write(cx.world)?;
    let shown = context.get("name").and_then(Node::as_text).unwrap_or("None");
    let path = config.path.display();
    cx.ui.line(&if updating {
        format!("Updated context {shown} in {path}")
    } else {
        format!("Added new context {shown} to {path}")
    })?;
    if args.flag("verbose") == Some(true) {
        cx.ui.text("Entries:\n\n")?;
        for entry in [&context, &user_entry, &cluster_entry] {
            cx.ui.line(&kubeconfig::text(entry))?;
        }
    }
    Ok(Exit::Success)
}

fn describe(call: &CommandCall) -> Result<Map, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let signer = match args.word("assume_role_arn").filter(|r| !r.is_empty()) {
        Some(role) => super::assume(cx, role, "EKSDescribeClusterSession")?,
        None => Signer::Session,
    };
    let name = args.word("cluster_name").unwrap_or_default();
    let options = ClientOptions { signer, ..ClientOptions::default() };
    let mut reply =
        reply::call_with(cx, "eks", "DescribeCluster", reply::params([("name", Value::from(name))]), &options)?;
    let cluster = match reply.remove("cluster") {
        Some(Value::Map(cluster)) if cluster.contains_key("status") => cluster,
        _ => return Err(Failure::failed("Cluster not found")),
    };
    match cluster.get("status").and_then(Value::as_str) {
        Some("ACTIVE" | "UPDATING") => Ok(cluster),
        other => Err(Failure::failed(format!("Cluster status is {}", other.unwrap_or("None")))),
    }
}

fn cluster_entry(cluster: &Map, proxy: Option<&str>) -> Node {
    let text = |key: &str| cluster.get(key).and_then(Value::as_str);
    let certificate = cluster.get("certificateAuthority").and_then(|c| c.get("data")).and_then(Value::as_str);
    let or_null = |text: Option<&str>| text.map_or(Node::Null, Node::text);
    let mut inner = Node::map([
        ("certificate-authority-data", Node::text(certificate.unwrap_or_default())),
        ("server", or_null(text("endpoint"))),
    ]);
    if let Some(proxy) = proxy {
        inner.set("proxy-url", Node::text(proxy));
    }
    Node::map([("cluster", inner), ("name", or_null(text("arn")))])
}

fn user_entry(call: &CommandCall, cluster: &Map) -> Result<Node, Failure> {
    let args = &call.args;
    let arn = cluster.get("arn").and_then(Value::as_str);
    let arn = arn.ok_or_else(|| Failure::bad_reply("'NoneType' object has no attribute 'split'"))?;
    let region = arn.split(':').nth(3).ok_or_else(|| Failure::bad_reply("list index out of range"))?;
    let outpost = cluster.get("outpostConfig").filter(|o| !o.is_null());
    let local = outpost.is_some_and(|o| o.get("etcdInstanceType").is_none_or(Value::is_null));
    let (option, value) = if local {
        ("--cluster-id", cluster.get("id").and_then(Value::as_str).map_or(Node::Null, Node::text))
    } else {
        ("--cluster-name", Node::text(args.word("cluster_name").unwrap_or_default()))
    };
    let mut words = ["--region", region, "eks", "get-token", option].map(Node::text).to_vec();
    words.push(value);
    words.extend(["--output", "json"].map(Node::text));
    if let Some(role) = args.word("role_arn") {
        words.extend(["--role", role].map(Node::text));
    }
    let mut exec = Node::map([
        ("apiVersion", Node::text(API_VERSION)),
        ("args", Node::List(words)),
        ("command", Node::text("aws")),
    ]);
    if let Some(profile) = call.cx.session.config()?.profile_name().filter(|p| !p.is_empty()) {
        let variable = Node::map([("name", Node::text(oxaws_env::var::AWS_PROFILE)), ("value", Node::text(profile))]);
        exec.set("env", Node::List(vec![variable]));
    }
    let name = args.word("user_alias").filter(|a| !a.is_empty()).unwrap_or(arn);
    Ok(Node::map([("name", Node::text(name)), ("user", Node::map([("exec", exec)]))]))
}

/// The file that has the cluster already, else the first.
fn choose(call: &CommandCall, cluster: &str) -> Result<Kubeconfig, Failure> {
    let world = call.cx.world;
    let absolute = |path: &str| absolute(world, &expand_user(world, path));
    let usual = || absolute("~/.kube/config");
    let found: Vec<PathBuf> = match call.args.word("kubeconfig") {
        Some(path) => vec![absolute(path)?],
        None => {
            let listed = world.var("KUBECONFIG").unwrap_or_default();
            let listed = listed.split(':').filter(|p| !p.trim().is_empty());
            let listed = listed.map(absolute).collect::<Result<Vec<_>, _>>()?;
            if listed.is_empty() { vec![usual()?] } else { listed }
        }
    };
    for path in &found {
        match Kubeconfig::load(world, path) {
            Ok(config) if config.has_cluster(cluster) => return Ok(config),
            // A file that can't be used is only an obstacle when it is the one to write.
            Ok(_) | Err(_) => {}
        }
    }
    match found.first() {
        Some(first) => Kubeconfig::load(world, first),
        None => Kubeconfig::load(world, &usual()?),
    }
}
