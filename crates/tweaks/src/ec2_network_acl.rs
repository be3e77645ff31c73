//! `ec2 create-/replace-network-acl-entry`: protocols by name. (The options that name things the other way round, such as
//! `--ingress`, are renames.)

use crate::arguments::tweak;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_value::Value;

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("ec2", "create-network-acl-entry", Hook::Client(protocol_number)),
    tweak("ec2", "replace-network-acl-entry", Hook::Client(protocol_number)),
];

fn protocol_number(call: &mut OperationCall) -> Result<(), Failure> {
    if let Some(number) = call.params.get("Protocol").and_then(Value::as_str).and_then(number) {
        call.params.insert("Protocol", number);
    }
    Ok(())
}

/// The service takes numbers only; any other text is its to judge.
fn number(protocol: &str) -> Option<&'static str> {
    match protocol {
        "tcp" => Some("6"),
        "udp" => Some("17"),
        "icmp" => Some("1"),
        "all" => Some("-1"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        assert_eq!(
            ["tcp", "udp", "icmp", "all", "17"].map(number),
            [Some("6"), Some("17"), Some("1"), Some("-1"), None]
        );
    }
}
