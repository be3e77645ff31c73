//! Instance groups and instance fleets.

use super::refuse;
use oxaws_cli::Failure;
use oxaws_cli::argv::globals::not_an_int;
use oxaws_cli::written::reply;
use oxaws_value::{Map, Value};

/// The groups that `--instance-groups` describes.
pub fn of_list(groups: &Value) -> Value {
    Value::List(groups.as_list().unwrap_or_default().iter().filter_map(Value::as_map).map(group).collect())
}

fn group(given: &Map) -> Value {
    let get = |key: &str| given.get(key).cloned().unwrap_or_default();
    let kind = get("InstanceGroupType");
    let role = kind.as_str().unwrap_or_default().to_uppercase();
    let name = given.get("Name").cloned().unwrap_or(kind);
    let mut out = reply::params([
        ("Name", name),
        ("InstanceType", get("InstanceType")),
        ("InstanceCount", get("InstanceCount")),
        ("InstanceRole", Value::from(role)),
    ]);
    match given.get("BidPrice") {
        Some(price) => {
            if price.as_str() != Some("OnDemandPrice") {
                out.insert("BidPrice", price.clone());
            }
            out.insert("Market", "SPOT");
        }
        None => {
            out.insert("Market", "ON_DEMAND");
        }
    }
    for key in ["EbsConfiguration", "AutoScalingPolicy", "Configurations", "CustomAmiId"] {
        if let Some(value) = given.get(key) {
            out.insert(key, value.clone());
        }
    }
    Value::Map(out)
}

/// The groups of a cluster: those given, or the short form.
///
/// # Errors
/// When neither or both are given, or the count is no number.
pub fn of_cluster(groups: Option<&Value>, kind: Option<&str>, count: Option<&str>) -> Result<Value, Failure> {
    match (groups, kind) {
        (None, None) => refuse(
            "Must specify either --instance-groups or --instance-type with --instance-count(optional) to configure instance \
             groups.",
        ),
        (Some(_), _) if kind.is_some() || count.is_some() => refuse(
            "You may not specify --instance-type or --instance-count with --instance-groups, because --instance-type and \
             --instance-count are shortcut options for --instance-groups.",
        ),
        (Some(groups), _) => Ok(of_list(groups)),
        (None, Some(kind)) => {
            let count = match count {
                None => 1,
                Some(word) => oxaws_python::python_int_text(word)
                    .ok_or_else(|| Failure::invalid(not_an_int(word)))?
                    .parse::<i64>()
                    .unwrap_or(i64::MAX),
            };
            let group = |role: &str, count: i64| {
                Value::Map(reply::params([
                    ("InstanceType", Value::from(kind)),
                    ("InstanceCount", Value::Int(count)),
                    ("InstanceRole", Value::from(role)),
                    ("Name", Value::from(role)),
                    ("Market", Value::from("ON_DEMAND")),
                ]))
            };
            let mut groups = vec![group("MASTER", 1)];
            if count > 1 {
                groups.push(group("CORE", count - 1));
            }
            Ok(Value::List(groups))
        }
    }
}

/// The fleets that `--instance-fleets` describes.
pub fn fleets(given: &Value) -> Value {
    Value::List(given.as_list().unwrap_or_default().iter().filter_map(Value::as_map).map(fleet).collect())
}

fn fleet(given: &Map) -> Value {
    let kind = given.get("InstanceFleetType").cloned().unwrap_or_default();
    let name = given.get("Name").cloned().unwrap_or_else(|| kind.clone());
    let mut out = reply::params([("Name", name), ("InstanceFleetType", kind)]);
    for key in ["TargetOnDemandCapacity", "TargetSpotCapacity", "InstanceTypeConfigs"] {
        if let Some(value) = given.get(key) {
            out.insert(key, value.clone());
        }
    }
    for (key, parts) in [
        ("LaunchSpecifications", ["SpotSpecification", "OnDemandSpecification"]),
        ("ResizeSpecifications", ["SpotResizeSpecification", "OnDemandResizeSpecification"]),
    ] {
        let Some(specifications) = given.get(key) else { continue };
        let mut kept = Map::new();
        for part in parts {
            if let Some(value) = specifications.get(part) {
                kept.insert(part, value.clone());
            }
        }
        out.insert(key, Value::Map(kept));
    }
    if let Some(context) = given.get("Context") {
        out.insert("Context", context.clone());
    }
    Value::Map(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, parse_json, to_json};

    #[test]
    fn groups() {
        let given = parse_json(
            r#"[{"InstanceGroupType": "core", "InstanceType": "m", "InstanceCount": 2, "BidPrice": "OnDemandPrice"}]"#,
        )
        .unwrap();
        assert_eq!(
            to_json(&of_cluster(Some(&given), None, None).unwrap(), JsonStyle::COMPACT),
            r#"[{"Name":"core","InstanceType":"m","InstanceCount":2,"InstanceRole":"CORE","Market":"SPOT"}]"#
        );
        assert_eq!(of_cluster(None, Some("m"), Some("3")).unwrap().as_list().map(<[Value]>::len), Some(2));
        assert_eq!(of_cluster(None, Some("m"), None).unwrap().as_list().map(<[Value]>::len), Some(1));
        assert!(of_cluster(None, None, Some("1")).is_err() && of_cluster(Some(&given), Some("m"), None).is_err());
        assert!(matches!(of_cluster(None, Some("m"), Some("x")), Err(Failure::Invalid(_))));
    }
}
