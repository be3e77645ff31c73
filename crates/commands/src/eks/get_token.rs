//! `aws eks get-token`: a signed request of STS as a token for Kubernetes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::{formatted, reply};
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{CallInput, ClientOptions, Presigning, Signer};
use oxaws_failure::Class;
use oxaws_python::Timestamp;
use oxaws_value::Value;

const ALPHA: &str = "client.authentication.k8s.io/v1alpha1";
const BETA: &str = "client.authentication.k8s.io/v1beta1";
const V1: &str = "client.authentication.k8s.io/v1";
/// Seconds that the signed request is good for.
const URL_EXPIRES: i64 = 60;
/// Seconds after which a client should ask again. EKS takes the request for 15 minutes.
const TOKEN_EXPIRES: i64 = 14 * 60;

/// The command.
pub static GET_TOKEN: Command = Command {
    name: "get-token",
    options: &[
        Opt::value("cluster-name", "The cluster's name."),
        Opt::value("role-arn", "A role to assume for signing the token."),
        Opt::value("cluster-id", "The cluster's id, for a local cluster on an Outpost."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Prints a token with which Kubernetes clients log in to an Amazon EKS cluster.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let signer = match args.word("role_arn") {
        Some(role) => super::assume(cx, role, "EKSGetTokenAuth")?,
        None => Signer::Session,
    };
    let options = ClientOptions { configured_endpoint: true, signer, ..ClientOptions::default() };
    let operation = reply::operation_of(cx, "sts", "GetCallerIdentity")?;
    cx.session.client_with(operation.service(), &options)?;
    if let (Some(_), Some(_)) = (args.word("cluster_name"), args.word("cluster_id")) {
        return Err(Failure::validation(
            "The key \"cluster_id\" cannot be specified when one of the following keys are also specified: cluster_name",
        ));
    }
    let given = |dest| args.word(dest).filter(|w: &&str| !w.is_empty());
    let Some(id) = given("cluster_id").or_else(|| given("cluster_name")) else {
        // The AWS CLI hands this on as if it were an exit code: the interpreter prints it and ends with 1.
        cx.ui.warn_plain("Either parameter --cluster-name or --cluster-id must be specified.");
        return Err(Failure::Written { exit: Exit::TransferFailed, class: Class::Usage });
    };
    let presigning = Presigning { expires: URL_EXPIRES, method: Some("GET"), headers: &[("x-k8s-aws-id", id)] };
    let url = cx.session.presigned_call(operation, CallInput::default(), &presigning, &options)?;
    let token = format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(url));
    let expires = Timestamp::from_unix(cx.session.now() + TOKEN_EXPIRES).wire_iso8601();
    let status = reply::params([("expirationTimestamp", Value::from(expires)), ("token", Value::from(token))]);
    let credential = reply::params([
        ("kind", Value::from("ExecCredential")),
        ("apiVersion", Value::from(api_version(cx)?)),
        ("spec", Value::Map(Default::default())),
        ("status", Value::Map(status)),
    ]);
    formatted::print(cx, "get-token", Value::Map(credential))?;
    cx.ui.text("\n")?;
    Ok(Exit::Success)
}

/// The version of the client's interface: the one that the client names, if it is known.
fn api_version(cx: &Context) -> Result<&'static str, Failure> {
    let Some(info) = cx.world.var("KUBERNETES_EXEC_INFO").filter(|i| !i.is_empty()) else { return Ok(BETA) };
    let Ok(info) = oxaws_value::parse_json(&info) else {
        cx.ui.warn_plain(&format!(
            "Error parsing KUBERNETES_EXEC_INFO, defaulting to {BETA}. This is likely a bug in your Kubernetes client. \
             Please update your Kubernetes client."
        ));
        return Ok(BETA);
    };
    if info.as_map().is_none() {
        let kind = oxaws_value::repr::type_name(&info, Default::default());
        return Err(Failure::bad_reply(format!("'{kind}' object has no attribute 'get'")));
    }
    match info.get("apiVersion").and_then(Value::as_str) {
        Some(BETA) => Ok(BETA),
        Some(V1) => Ok(V1),
        Some(ALPHA) => {
            cx.ui.warn_plain(&format!(
                "Kubeconfig user entry is using deprecated API version {ALPHA}. Run 'aws eks update-kubeconfig' to update."
            ));
            Ok(ALPHA)
        }
        _ => {
            cx.ui.warn_plain(&format!(
                "Unrecognized API version in KUBERNETES_EXEC_INFO, defaulting to {BETA}. This is likely due to an outdated \
                 AWS CLI. Please update your AWS CLI."
            ));
            Ok(BETA)
        }
    }
}
