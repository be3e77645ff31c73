//! `ec2 authorize-/revoke-security-group-ingress/-egress`: one rule by simple options (`--protocol`, `--port`, `--cidr`,
//! `--source-group`, `--group-owner`), which make the first entry of `IpPermissions`.

use crate::arguments::{first, hide, python_int, text, truthy, tweak};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("ec2", "authorize-security-group-ingress", Hook::Arguments(arguments)),
    tweak("ec2", "authorize-security-group-egress", Hook::Arguments(arguments)),
    tweak("ec2", "revoke-security-group-ingress", Hook::Arguments(arguments)),
    tweak("ec2", "revoke-security-group-egress", Hook::Arguments(arguments)),
    tweak("ec2", "authorize-security-group-ingress", Hook::Parsed(check)),
    tweak("ec2", "authorize-security-group-egress", Hook::Parsed(check)),
    tweak("ec2", "revoke-security-group-ingress", Hook::Parsed(check)),
    tweak("ec2", "revoke-security-group-egress", Hook::Parsed(check)),
];

/// The rules that the options add to.
const RULES: &str = "IpPermissions";

fn arguments(table: &mut ArgTable, _: Operation) {
    table.insert(Arg::text("protocol", "tcp, udp, icmp, a protocol number, or all.").to(protocol));
    table.insert(
        Arg::text("port", "A port or a range from-to; for ICMP a type or type-code; -1 or all for every one.").to(port),
    );
    table.insert(Arg::text("cidr", "The range of IPv4 addresses.").to(cidr));
    table.insert(Arg::text("source-group", "The id or the name of the group at the other end.").to(source_group));
    table.insert(Arg::text("group-owner", "The account that owns the group at the other end.").to(group_owner));
    hide(
        table,
        &[
            "ip-protocol",
            "from-port",
            "to-port",
            "cidr-ip",
            "source-security-group-name",
            "source-security-group-owner-id",
        ],
    );
}

fn check(call: &mut OperationCall) -> Result<(), Failure> {
    if !truthy(call, "ip_permissions") {
        return Ok(());
    }
    match ["protocol", "port", "cidr", "source_group", "group_owner"].iter().find(|dest| truthy(call, dest)) {
        None => Ok(()),
        Some(dest) => {
            Err(Failure::validation(format!("The --{dest} option is not compatible with the --ip-permissions option ")))
        }
    }
}

fn protocol(params: &mut Map, value: Value) -> Result<(), Failure> {
    if !value.is_truthy() {
        return Ok(());
    }
    let word = text(&value);
    let sent = match (python_int(&word), word.as_ref()) {
        (Some(Value::Int(-1..=255)), _) | (None, "tcp" | "udp" | "icmp") => value.clone(),
        (Some(_), _) => {
            return Err(Failure::validation(
                "protocol numbers must be in the range 0-255 or -1 to specify all protocols",
            ));
        }
        (None, "all") => Value::from("-1"),
        (None, _) => {
            return Err(Failure::validation(
                "protocol parameter should be one of: tcp|udp|icmp|all or any valid protocol number.",
            ));
        }
    };
    first(params, RULES)?.insert("IpProtocol", sent);
    Ok(())
}

fn port(params: &mut Map, value: Value) -> Result<(), Failure> {
    if !value.is_truthy() {
        return Ok(());
    }
    let word = text(&value);
    let (from, to) = match word.as_ref() {
        "-1" | "all" => ("-1", "-1"),
        word => word.split_once('-').unwrap_or((word, word)),
    };
    let number = |word: &str| {
        python_int(word)
            .ok_or_else(|| Failure::validation("port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)"))
    };
    let (from, to) = (number(from)?, number(to)?);
    let rule = first(params, RULES)?;
    rule.insert("FromPort", from);
    rule.insert("ToPort", to);
    Ok(())
}

fn cidr(params: &mut Map, value: Value) -> Result<(), Failure> {
    if value.is_truthy() {
        let range: Map = [("CidrIp", value)].into_iter().collect();
        first(params, RULES)?.insert("IpRanges", vec![Value::Map(range)]);
    }
    Ok(())
}

fn source_group(params: &mut Map, value: Value) -> Result<(), Failure> {
    let key = if text(&value).starts_with("sg-") { "GroupId" } else { "GroupName" };
    group(params, key, value)
}

fn group_owner(params: &mut Map, value: Value) -> Result<(), Failure> {
    group(params, "UserId", value)
}

fn group(params: &mut Map, key: &'static str, value: Value) -> Result<(), Failure> {
    if value.is_truthy() {
        first(first(params, RULES)?, "UserIdGroupPairs")?.insert(key, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, to_json};

    type Put = fn(&mut Map, Value) -> Result<(), Failure>;

    fn rule(options: &[(Put, &str)]) -> Result<String, String> {
        let mut params = Map::new();
        for (put, word) in options {
            put(&mut params, Value::from(*word)).map_err(|e| e.message())?;
        }
        Ok(to_json(&Value::Map(params), JsonStyle::COMPACT))
    }

    #[test]
    fn one_rule_from_many_options() {
        assert_eq!(
            rule(&[(protocol, "all"), (port, "1-22"), (cidr, "10.0.0.0/8"), (source_group, "n"), (group_owner, "1")]),
            Ok(r#"{"IpPermissions":[{"IpProtocol":"-1","FromPort":1,"ToPort":22,"IpRanges":[{"CidrIp":"10.0.0.0/8"}],"UserIdGroupPairs":[{"GroupName":"n","UserId":"1"}]}]}"#.into())
        );
        assert_eq!(
            rule(&[(port, "all"), (source_group, "sg-1")]),
            Ok(r#"{"IpPermissions":[{"FromPort":-1,"ToPort":-1,"UserIdGroupPairs":[{"GroupId":"sg-1"}]}]}"#.into())
        );
        assert_eq!(rule(&[(protocol, "")]), Ok("{}".into()));
    }

    #[test]
    fn what_is_no_protocol_or_port() {
        assert_eq!(
            rule(&[(protocol, "256")]),
            Err("protocol numbers must be in the range 0-255 or -1 to specify all protocols".into())
        );
        assert_eq!(
            rule(&[(protocol, "smtp")]),
            Err("protocol parameter should be one of: tcp|udp|icmp|all or any valid protocol number.".into())
        );
        for word in ["x", "-5", "1-", "1-2-3"] {
            assert_eq!(
                rule(&[(port, word)]),
                Err("port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)".into())
            );
        }
    }
}
