//! `ec2 run-instances`: `--count`, and the simple options of the first network interface.

use crate::arguments::{empty_list, first, flag, python_int, text, truthy, tweak};
use oxaws_cli::argv::argparse::{Nargs, WordType};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("ec2", "run-instances", Hook::Arguments(arguments)),
    tweak("ec2", "run-instances", Hook::Parsed(check)),
    tweak("ec2", "run-instances", Hook::Client(complete)),
];

const INTERFACES: &str = "NetworkInterfaces";
/// Members of an interface that can only have come from the simple options (or mean the same).
const SIMPLE: [&str; 3] = ["PrivateIpAddresses", "SecondaryPrivateIpAddressCount", "AssociatePublicIpAddress"];

fn arguments(table: &mut ArgTable, _: Operation) {
    table.insert(Arg::text("count", "How many instances to launch: a number, or min:max. One by default.").to(count));
    table.remove("min-count");
    table.remove("max-count");
    table.insert(
        Arg {
            nargs: Nargs::ZeroOrMore,
            ..Arg::text("secondary-private-ip-addresses", "Further private addresses of the network interface.")
        }
        .to(addresses),
    );
    table.insert(
        Arg {
            word_type: WordType::Int,
            ..Arg::text("secondary-private-ip-address-count", "How many further private addresses to assign.")
        }
        .to(address_count),
    );
    let public = "Whether the instance gets a public address.";
    table.insert(flag("associate-public-ip-address", true, public).to(associate));
    table.insert(flag("no-associate-public-ip-address", false, public).to(associate));
}

fn check(call: &mut OperationCall) -> Result<(), Failure> {
    let simple =
        ["secondary_private_ip_addresses", "secondary_private_ip_address_count", "associate_public_ip_address"];
    let given = |dest: &&&str| truthy(call, dest) && !is_zero(call.parsed.word(dest));
    if truthy(call, "network_interfaces") && simple.iter().find(given).is_some() {
        return Err(Failure::validation(
            "Mixing the --network-interfaces option with the simple, scalar options is not supported.",
        ));
    }
    Ok(())
}

fn is_zero(word: Option<&str>) -> bool {
    word.and_then(python_int) == Some(Value::Int(0))
}

/// `N` or `MIN:MAX`. (The AWS CLI means to say what is wrong with another form, but fails with a NameError.)
fn count(params: &mut Map, value: Value) -> Result<(), Failure> {
    let word = text(&value);
    let (min, max) = word.split_once(':').unwrap_or((&word, &word));
    match (python_int(min), python_int(max)) {
        (Some(min), Some(max)) => {
            params.insert("MinCount", min);
            params.insert("MaxCount", max);
            Ok(())
        }
        _ => Err(Failure::validation("count parameter should be of form min[:max] (e.g. 1 or 1:10)")),
    }
}

fn interface(params: &mut Map) -> Result<&mut Map, Failure> {
    params.entry_or_insert_with(INTERFACES, || {
        Value::List(vec![Value::Map([("DeviceIndex", Value::Int(0))].into_iter().collect())])
    });
    first(params, INTERFACES)
}

fn addresses(params: &mut Map, value: Value) -> Result<(), Failure> {
    if !value.is_truthy() {
        return Ok(());
    }
    let secondary = |address: String| -> Value {
        let entry: Map =
            [("PrivateIpAddress", Value::from(address)), ("Primary", Value::Bool(false))].into_iter().collect();
        Value::Map(entry)
    };
    let list: Vec<Value> = crate::arguments::items(value).into_iter().map(secondary).collect();
    interface(params)?.entry_or_insert_with("PrivateIpAddresses", || Value::List(list));
    Ok(())
}

fn address_count(params: &mut Map, value: Value) -> Result<(), Failure> {
    match python_int(&text(&value)) {
        None | Some(Value::Int(0)) => Ok(()),
        Some(count) => {
            interface(params)?.insert("SecondaryPrivateIpAddressCount", count);
            Ok(())
        }
    }
}

fn associate(params: &mut Map, value: Value) -> Result<(), Failure> {
    interface(params)?.insert("AssociatePublicIpAddress", value);
    Ok(())
}

fn complete(call: &mut OperationCall) -> Result<(), Failure> {
    complete_params(&mut call.params)
}

/// One instance unless said otherwise; and what EC2 takes only inside an interface goes there.
fn complete_params(params: &mut Map) -> Result<(), Failure> {
    params.entry_or_insert_with("MaxCount", || Value::Int(1));
    params.entry_or_insert_with("MinCount", || Value::Int(1));
    let Some(interfaces) = params.get(INTERFACES) else { return Ok(()) };
    if !SIMPLE.iter().any(|name| match interfaces {
        Value::List(items) => items.first().is_some_and(|i| i.get(name).is_some()),
        _ => false,
    }) {
        return if matches!(interfaces, Value::List(items) if items.is_empty()) { Err(empty_list()) } else { Ok(()) };
    }
    const MOVES: [(&str, &str); 6] = [
        ("SubnetId", "SubnetId"),
        ("SecurityGroupIds", "Groups"),
        ("PrivateIpAddress", "PrivateIpAddresses"),
        ("Ipv6AddressCount", "Ipv6AddressCount"),
        ("Ipv6Addresses", "Ipv6Addresses"),
        ("EnablePrimaryIpv6", "PrimaryIpv6"),
    ];
    for (from, to) in MOVES {
        let Some(value) = params.remove(from) else { continue };
        let value = match from {
            "PrivateIpAddress" => {
                let entry: Map = [(from, value), ("Primary", Value::Bool(true))].into_iter().collect();
                Value::List(vec![Value::Map(entry)])
            }
            _ => value,
        };
        first(params, INTERFACES)?.insert(to, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, parse_json, to_json};

    fn json(params: Map) -> String {
        to_json(&Value::Map(params), JsonStyle::COMPACT)
    }

    fn completed(text: &str) -> Result<String, String> {
        let Ok(Value::Map(mut params)) = parse_json(text) else { panic!() };
        complete_params(&mut params).map_err(|e| e.message())?;
        Ok(json(params))
    }

    #[test]
    fn counts() {
        for (word, want) in [("3", r#"{"MinCount":3,"MaxCount":3}"#), ("1:5", r#"{"MinCount":1,"MaxCount":5}"#)] {
            let mut params = Map::new();
            count(&mut params, Value::from(word)).unwrap();
            assert_eq!(json(params), want);
        }
        for word in ["", "x", "1:x", "1:2:3", ":"] {
            let failure = count(&mut Map::new(), Value::from(word)).unwrap_err();
            assert_eq!(failure.message(), "count parameter should be of form min[:max] (e.g. 1 or 1:10)");
            assert_eq!(failure.exit().code(), 252);
        }
    }

    #[test]
    fn the_first_interface() {
        let mut params = Map::new();
        addresses(&mut params, Value::List(vec!["10.0.0.1".into(), "10.0.0.2".into()])).unwrap();
        address_count(&mut params, Value::from("2")).unwrap();
        associate(&mut params, Value::Bool(false)).unwrap();
        assert_eq!(
            json(params),
            r#"{"NetworkInterfaces":[{"DeviceIndex":0,"PrivateIpAddresses":[{"PrivateIpAddress":"10.0.0.1","Primary":false},{"PrivateIpAddress":"10.0.0.2","Primary":false}],"SecondaryPrivateIpAddressCount":2,"AssociatePublicIpAddress":false}]}"#
        );
    }

    #[test]
    fn what_belongs_into_the_interface_goes_there() {
        assert_eq!(
            completed(
                r#"{"SubnetId":"s","SecurityGroupIds":["g"],"PrivateIpAddress":"p","EnablePrimaryIpv6":true,"NetworkInterfaces":[{"AssociatePublicIpAddress":true}]}"#
            ),
            Ok(r#"{"NetworkInterfaces":[{"AssociatePublicIpAddress":true,"SubnetId":"s","Groups":["g"],"PrivateIpAddresses":[{"PrivateIpAddress":"p","Primary":true}],"PrimaryIpv6":true}],"MaxCount":1,"MinCount":1}"#.into())
        );
        assert_eq!(
            completed(r#"{"SubnetId":"s","MaxCount":2,"NetworkInterfaces":[{"DeviceIndex":0}]}"#),
            Ok(r#"{"SubnetId":"s","MaxCount":2,"NetworkInterfaces":[{"DeviceIndex":0}],"MinCount":1}"#.into())
        );
        assert_eq!(completed(r#"{"NetworkInterfaces":[]}"#), Err("list index out of range".into()));
    }
}
