//! `aws emr-containers update-role-trust-policy`

use super::{CLUSTER, Cluster, NAMESPACE, ROLE, base36, out_of_range, word};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::ClientOptions;
use oxaws_value::repr::type_name;
use oxaws_value::{JsonStyle, Map, Value, to_json};

/// The command.
pub static UPDATE_ROLE_TRUST_POLICY: Command = Command {
    name: "update-role-trust-policy",
    options: &[
        CLUSTER,
        NAMESPACE,
        ROLE,
        Opt::value("iam-endpoint", "The endpoint for the calls to IAM, which don't go to --endpoint-url."),
        Opt::flag("dry-run", "Prints the policy and changes nothing."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Adds a statement to the trust policy of a role, so that the service accounts of EMR on EKS in a cluster may assume \
           it.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, role) = (call.cx, word(call, "role_name"));
    let cluster = Cluster::describe(call)?;
    let statement = statement(call, &cluster)?;
    let options = ClientOptions {
        endpoint_url: call.args.word("iam_endpoint").filter(|u| !u.is_empty()).map(str::to_owned),
        configured_endpoint: true,
        ..ClientOptions::default()
    };
    let iam = |operation: &str, params: Map| reply::call_with(cx, "iam", operation, params, &options);
    let named = || reply::params([("RoleName", Value::from(role))]);
    let found = iam("GetRole", named())?;
    let mut document = reply::structure(&found, "Role")?.get("AssumeRolePolicyDocument").cloned().unwrap_or_default();
    if !add(&mut document, statement)? {
        cx.ui.line(&format!("Trust policy statement already exists for role {role}. No changes were made!"))?;
        return Ok(Exit::Success);
    }
    if call.args.flag("dry_run") == Some(true) {
        cx.ui.line(&to_json(&document, JsonStyle { indent: Some(2), ..JsonStyle::OUTPUT_ASCII }))?;
        return Ok(Exit::Success);
    }
    let mut params = named();
    params.insert("PolicyDocument", to_json(&document, JsonStyle::PYTHON));
    iam("UpdateAssumeRolePolicy", params)?;
    cx.ui.line(&format!("Successfully updated trust policy of role {role}"))?;
    Ok(Exit::Success)
}

/// The statement that lets the accounts of a namespace assume the role.
fn statement(call: &CommandCall, cluster: &Cluster) -> Result<Value, Failure> {
    let issuer = cluster.description.get("identity").and_then(|i| i.get("oidc")).and_then(|o| o.get("issuer"));
    let (_, provider) =
        issuer.and_then(Value::as_str).and_then(|i| i.split_once("https://")).ok_or_else(out_of_range)?;
    let Cluster { account, partition, .. } = cluster;
    let principal = format!("arn:{partition}:iam::{account}:oidc-provider/{provider}");
    let accounts = format!(
        "system:serviceaccount:{}:emr-containers-sa-*-*-{account}-{}",
        word(call, "namespace"),
        base36(word(call, "role_name"))
    );
    let map = |key: &str, value: Value| Value::Map([(key.to_owned(), value)].into_iter().collect());
    Ok(Value::Map(reply::params([
        ("Effect", Value::from("Allow")),
        ("Principal", map("Federated", Value::from(principal))),
        ("Action", Value::from("sts:AssumeRoleWithWebIdentity")),
        ("Condition", map("StringLike", map(&format!("{provider}:sub"), Value::from(accounts)))),
    ])))
}

/// Adds the statement to a policy, unless it has one that is the same in every key; says whether it did.
fn add(document: &mut Value, statement: Value) -> Result<bool, Failure> {
    let no_attribute = |value: &Value, attribute: &str| {
        let kind = type_name(value, Default::default());
        Failure::bad_reply(format!("'{kind}' object has no attribute '{attribute}'"))
    };
    let Value::Map(policy) = document else { return Err(no_attribute(document, "get")) };
    if !policy.contains_key("Statement") {
        policy.insert("Statement", Value::List(Vec::new()));
    }
    match policy.get_mut("Statement") {
        Some(Value::List(statements)) => {
            if statements.contains(&statement) {
                return Ok(false);
            }
            statements.push(statement);
            Ok(true)
        }
        Some(other) => Err(no_attribute(other, "append")),
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::parse_json;

    #[test]
    fn statements_are_added_once() {
        let statement = || parse_json(r#"{"Effect": "Allow", "Principal": {"a": "b"}}"#).unwrap();
        let mut document = parse_json(r#"{"Version": "1"}"#).unwrap();
        assert!(add(&mut document, statement()).unwrap());
        assert!(!add(&mut document, statement()).unwrap());
        for (bad, said) in [
            ("[]", "'list' object has no attribute 'get'"),
            ("null", "'NoneType' object has no attribute 'get'"),
            (r#"{"Statement": {}}"#, "'dict' object has no attribute 'append'"),
        ] {
            assert_eq!(add(&mut parse_json(bad).unwrap(), statement()).unwrap_err().message(), said);
        }
    }
}
