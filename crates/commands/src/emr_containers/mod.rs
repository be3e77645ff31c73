//! `aws emr-containers`: roles that the service accounts of jobs may take on.

mod accounts;
mod create_role_associations;
mod delete_role_associations;
mod update_role_trust_policy;

pub use create_role_associations::CREATE_ROLE_ASSOCIATIONS;
pub use delete_role_associations::DELETE_ROLE_ASSOCIATIONS;
pub use update_role_trust_policy::UPDATE_ROLE_TRUST_POLICY;

use oxaws_cli::plug::registry::{CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Failure};
use oxaws_client::{CallError, ClientOptions};
use oxaws_value::{Map, Value};

const CLUSTER: Opt = Opt::value("cluster-name", "The Amazon EKS cluster.").required();
const NAMESPACE: Opt = Opt::value("namespace", "The namespace of the jobs in the cluster.").required();
const ROLE: Opt = Opt::value("role-name", "The role that the jobs run with.").required();

/// What a role's ARN and the names of service accounts consist of.
struct Cluster {
    /// What the service says of the cluster.
    description: Map,
    /// The account that the cluster belongs to.
    account: String,
    /// The partition of the region.
    partition: &'static str,
}

/// Python's complaint about a part of a text that isn't there.
fn out_of_range() -> Failure {
    Failure::bad_reply("list index out of range")
}

/// Calls EKS, which doesn't get `--endpoint-url`: that is Amazon EMR's.
fn eks(cx: &Context, operation: &str, params: Map) -> Result<Map, CallError> {
    let configured = ClientOptions { configured_endpoint: true, ..ClientOptions::default() };
    reply::call_with(cx, "eks", operation, params, &configured)
}

fn word<'c>(call: &'c CommandCall, dest: &str) -> &'c str {
    call.args.word(dest).unwrap_or_default()
}

impl Cluster {
    fn describe(call: &CommandCall) -> Result<Cluster, Failure> {
        let cx = call.cx;
        let mut found = eks(cx, "DescribeCluster", reply::params([("name", Value::from(word(call, "cluster_name")))]))?;
        let description = match found.remove("cluster") {
            Some(Value::Map(description)) => description,
            _ => Map::new(),
        };
        let arn = description.get("arn").and_then(Value::as_str).unwrap_or_default();
        let account = arn.split(':').nth(4).ok_or_else(out_of_range)?.to_owned();
        let region = match cx.globals.region.clone() {
            Some(region) => region,
            None => cx.session.config()?.region()?.unwrap_or_default(),
        };
        Ok(Cluster { description, account, partition: partition(&region) })
    }
}

fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// A text as one number in base 36, as the service has it in the names of its accounts: each character adds its code to
/// 256 times what stands before it, also where the code is larger than a byte.
fn base36(text: &str) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut number: Vec<u8> = Vec::new();
    for character in text.chars() {
        number.push(0);
        let mut carry = u32::from(character);
        for byte in number.iter_mut().rev() {
            carry += u32::from(*byte);
            *byte = carry.to_le_bytes()[0];
            carry >>= 8;
        }
        // What is left has its place in front.
        while carry > 0 {
            number.insert(0, carry.to_le_bytes()[0]);
            carry >>= 8;
        }
    }
    let mut digits = Vec::new();
    while !number.is_empty() {
        let mut rest = 0;
        for byte in &mut number {
            let here = rest * 256 + u32::from(*byte);
            // Less than 256, as the rest is less than 36.
            *byte = u8::try_from(here / 36).unwrap_or(u8::MAX);
            rest = here % 36;
        }
        digits.push(DIGITS.get(rest as usize).copied().unwrap_or(b'0'));
        let leading = number.iter().take_while(|b| **b == 0).count();
        number.drain(..leading);
    }
    digits.reverse();
    String::from_utf8_lossy(&digits).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_base_36() {
        assert_eq!(base36("JobRole"), "5qaq7ogbazp");
        assert_eq!(base36("Rôle"), "n0m1d1");
        assert_eq!(base36("R"), "2a");
        assert_eq!(base36("日本"), "3zoz0");
        assert_eq!(base36("aé日"), "3u38l");
        assert_eq!(base36(""), "");
        assert!(base36(&"R".repeat(64)).starts_with("d3agra7c50t1jnr2ujc5"));
    }

    #[test]
    fn partitions() {
        assert_eq!(["cn-north-1", "us-gov-west-1", "eu-west-1"].map(partition), ["aws-cn", "aws-us-gov", "aws"]);
    }
}
