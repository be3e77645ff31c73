//! `deploy`: revisions by `--s3-location` and `--github-location`.

use crate::arguments::{optional, tweak};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable, Unpack};
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("deploy", "create-deployment", Hook::Arguments(arguments)),
    tweak("deploy", "get-application-revision", Hook::Arguments(arguments)),
    tweak("deploy", "register-application-revision", Hook::Arguments(arguments)),
];

fn arguments(table: &mut ArgTable, operation: Operation) {
    optional(table, &["revision"]);
    let revision = operation.input().and_then(|i| i.member("revision")).map(|m| m.shape());
    let location = |name: &str, member: &str, help: &'static str| Arg {
        member: revision.and_then(|r| r.member(member)),
        unpack: Unpack::Shape,
        ..Arg::text(name, help)
    };
    let s3_help = "A revision in S3: bucket, key and bundleType, perhaps eTag and version.";
    table.insert(location("s3-location", "s3Location", s3_help).to(s3));
    let github_help = "A revision in GitHub: repository and commitId.";
    table.insert(location("github-location", "gitHubLocation", github_help).to(github));
}

fn s3(params: &mut Map, value: Value) -> Result<(), Failure> {
    let refusal = "--s3-location must specify bucket, key and bundleType.";
    let location = pick(&value, &["bucket", "key", "bundleType"], &["eTag", "version"], refusal)?;
    set(params, "S3", "s3Location", location);
    Ok(())
}

fn github(params: &mut Map, value: Value) -> Result<(), Failure> {
    let refusal = "--github-location must specify repository and commitId.";
    let location = pick(&value, &["repository", "commitId"], &[], refusal)?;
    set(params, "GitHub", "gitHubLocation", location);
    Ok(())
}

/// The members that there must be and those that there may be; others are dropped.
fn pick(value: &Value, required: &[&'static str], allowed: &[&'static str], refusal: &str) -> Result<Map, Failure> {
    let mut out = Map::new();
    for name in required {
        match value.get(name) {
            Some(found) if found.is_truthy() => out.insert(*name, found.clone()),
            _ => return Err(Failure::validation(refusal)),
        };
    }
    for name in allowed {
        if let Some(found) = value.get(name) {
            out.insert(*name, found.clone());
        }
    }
    Ok(out)
}

fn set(params: &mut Map, kind: &str, member: &'static str, location: Map) {
    let revision: Map = [("revisionType", Value::from(kind)), (member, Value::Map(location))].into_iter().collect();
    params.insert("revision", revision);
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, parse_json, to_json};

    #[test]
    fn locations() {
        let mut params = Map::new();
        s3(&mut params, parse_json(r#"{"bucket":"b","key":"k","bundleType":"zip","version":"","x":1}"#).unwrap())
            .unwrap();
        assert_eq!(
            to_json(&Value::Map(params), JsonStyle::COMPACT),
            r#"{"revision":{"revisionType":"S3","s3Location":{"bucket":"b","key":"k","bundleType":"zip","version":""}}}"#
        );
        let failure = s3(&mut Map::new(), parse_json(r#"{"bucket":"b"}"#).unwrap()).unwrap_err();
        assert_eq!(failure.message(), "--s3-location must specify bucket, key and bundleType.");
        let failure = github(&mut Map::new(), parse_json(r#"{"repository":""}"#).unwrap()).unwrap_err();
        assert_eq!(failure.message(), "--github-location must specify repository and commitId.");
    }
}
