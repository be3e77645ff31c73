//! botocore's own cases: every service's `endpoint-tests-1.json`, and the cases of single functions.
//!
//! They are not part of this repository: unpack the botocore source distribution of the pinned version to
//! `target/vectors/botocore`, or name another place for `target/vectors` in `OXAWS_VECTORS`. Without it the tests say so
//! and pass, unless that variable promises it.

#![allow(clippy::unwrap_used, reason = "a case that can't be read is a failed test")]

use oxaws_endpoint::{
    BuiltinSettings, Endpoint, ParamValue, Params, Partitions, S3Call, Variant, declared, legacy_scope,
    partition_for_region, resolve, service_regions,
};
use oxaws_modelpack::partitions::compile_partitions;
use oxaws_modelpack::rules::compile_rules;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Cases that can't be played, with the reason.
const SKIPPED: [(&str, &str); 1] = [("partition-fn", "an invented property, and botocore doesn't play it either")];

fn vectors() -> Option<PathBuf> {
    let promised = std::env::var_os("OXAWS_VECTORS").map(PathBuf::from);
    let is_promised = promised.is_some();
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/vectors");
    let place = promised.unwrap_or_else(beside).join("botocore");
    if place.join("botocore/data/partitions.json").exists() {
        return Some(place);
    }
    assert!(!is_promised, "no botocore source distribution in {}", place.display());
    eprintln!("skipped: no botocore source distribution in {}", place.display());
    None
}

fn read(path: &Path) -> Value {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn partitions(place: &Path) -> Vec<u8> {
    let data = place.join("botocore/data");
    compile_partitions(&read(&data.join("partitions.json")), &read(&data.join("endpoints.json"))).unwrap()
}

fn params(given: &Map<String, Value>) -> Params<'_> {
    let mut params = Params::new();
    for (name, value) in given {
        let value: ParamValue<'_> = match value {
            Value::String(text) => text.as_str().into(),
            Value::Bool(truth) => (*truth).into(),
            Value::Array(list) => list.iter().map(|one| one.as_str().unwrap().to_owned()).collect::<Vec<_>>().into(),
            other => panic!("parameter {name}: {other}"),
        };
        params.set(name.as_str(), value);
    }
    params
}

/// An endpoint the way the cases write it.
fn written(endpoint: &Endpoint) -> Value {
    let mut properties = Map::new();
    if let Some(backend) = &endpoint.backend {
        properties.insert("backend".into(), json!(backend));
    }
    if !endpoint.metric_values.is_empty() {
        properties.insert("metricValues".into(), json!(endpoint.metric_values));
    }
    let schemes = endpoint.auth_schemes.iter().map(|scheme| {
        let mut written = Map::from_iter([("name".to_owned(), json!(scheme.name))]);
        let mut add = |key: &str, value: Option<Value>| written.extend(value.map(|value| (key.to_owned(), value)));
        add("signingName", scheme.signing_name.as_ref().map(|name| json!(name)));
        add("signingRegion", scheme.signing_region.as_ref().map(|region| json!(region)));
        add("signingRegionSet", scheme.signing_region_set.as_ref().map(|set| json!(set)));
        add("disableDoubleEncoding", scheme.disable_double_encoding.map(|single| json!(single)));
        Value::Object(written)
    });
    let schemes: Vec<Value> = schemes.collect();
    if !schemes.is_empty() {
        properties.insert("authSchemes".into(), json!(schemes));
    }
    let headers = endpoint.headers.iter().map(|header| (header.name.clone(), json!(header.values)));
    json!({"url": endpoint.url, "properties": properties, "headers": Map::from_iter(headers)})
}

/// Plays one case; what is wrong, if anything.
fn play(rules: &[u8], partitions: &[u8], case: &Value) -> Option<String> {
    let none = Map::new();
    let given = case.get("params").and_then(Value::as_object).unwrap_or(&none);
    let found = resolve(rules, partitions, &params(given));
    let expected = &case["expect"];
    let (want, got) = match (expected.get("error"), found) {
        (Some(error), Err(found)) => (error.clone(), json!(found.to_string())),
        (Some(error), Ok(found)) => (error.clone(), written(&found)),
        (None, Err(found)) => (expected["endpoint"].clone(), json!({"error": found.to_string()})),
        (None, Ok(found)) => {
            let mut want = expected["endpoint"].clone();
            for key in ["properties", "headers"] {
                if want.get(key).is_none() {
                    want[key] = json!({});
                }
            }
            (want, written(&found))
        }
    };
    (want != got).then(|| format!("{} {given:?}\n  want {want}\n  got  {got}", case["documentation"]))
}

fn play_file(rules: &Path, cases: &Path, partitions: &[u8], wrong: &mut Vec<String>) -> usize {
    let name = rules.display().to_string();
    let rules = compile_rules(&name, &read(rules)).unwrap();
    let cases = read(cases);
    let cases = cases["testCases"].as_array().unwrap();
    wrong.extend(cases.iter().filter_map(|case| play(&rules, partitions, case)).map(|what| format!("{name}: {what}")));
    cases.len()
}

fn report(played: usize, at_least: usize, wrong: &[String]) {
    assert!(wrong.is_empty(), "{} of {played} cases:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    assert!(played >= at_least, "only {played} cases were found");
    eprintln!("{played} cases");
}

/// The newest version of a service that has rules.
fn newest_rules(service: &Path) -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir(service).unwrap().map(|entry| entry.unwrap().path()).collect();
    versions.sort();
    versions.into_iter().rev().map(|version| version.join("endpoint-rule-set-1.json")).find(|path| path.exists())
}

#[test]
fn services() {
    let Some(place) = vectors() else { return };
    let partitions = partitions(&place);
    let (mut played, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(place.join("tests/functional/endpoint-rules")).unwrap() {
        let service = entry.unwrap().path();
        let rules = newest_rules(&place.join("botocore/data").join(service.file_name().unwrap())).unwrap();
        played += play_file(&rules, &service.join("endpoint-tests-1.json"), &partitions, &mut wrong);
    }
    report(played, 10_000, &wrong);
}

#[test]
fn functions() {
    let Some(place) = vectors() else { return };
    let partitions = partitions(&place);
    let (mut played, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(place.join("tests/unit/data/endpoints/test-cases")).unwrap() {
        let cases = entry.unwrap().path();
        if let Some((name, reason)) = SKIPPED.iter().find(|(name, _)| cases.file_stem() == Some(name.as_ref())) {
            eprintln!("skipped {name}: {reason}");
            continue;
        }
        let rules = place.join("tests/unit/data/endpoints/valid-rules").join(cases.file_name().unwrap());
        played += play_file(&rules, &cases, &partitions, &mut wrong);
    }
    report(played, 50, &wrong);
}

#[test]
fn every_rule_set_compiles() {
    let Some(place) = vectors() else { return };
    let (mut count, mut size) = (0, 0);
    for entry in std::fs::read_dir(place.join("botocore/data")).unwrap() {
        let service = entry.unwrap().path();
        if let Some(path) = service.is_dir().then(|| newest_rules(&service)).flatten() {
            size += compile_rules(&path.display().to_string(), &read(&path)).unwrap().len();
            count += 1;
        }
    }
    eprintln!("{count} rule sets in {size} bytes, partitions in {}", partitions(&place).len());
    assert!(count > 400);
}

/// What `endpoints.json` decides, for the kinds of services and regions that there are.
#[test]
fn legacy() {
    let Some(place) = vectors() else { return };
    let partitions = partitions(&place);
    let scope = |prefix, region, fips, dual_stack, custom| match legacy_scope(
        &partitions,
        prefix,
        region,
        Variant { fips, dual_stack },
        custom,
    ) {
        Ok(scope) => format!(
            "{} {} {} {}",
            scope.region.as_deref().unwrap_or("-"),
            scope.signing_region.as_deref().unwrap_or("-"),
            scope.signing_name.unwrap_or("-"),
            scope.endpoint_url
        ),
        Err(error) => error.to_string(),
    };
    let own = Some("http://own");
    for (prefix, region, fips, dual_stack, custom, want) in [
        ("ec2", Some("eu-west-1"), false, false, None, "eu-west-1 eu-west-1 - https://ec2.eu-west-1.amazonaws.com"),
        ("ec2", Some(""), false, false, None, "  - https://ec2..amazonaws.com"),
        ("ec2", None, false, false, None, "You must specify a region."),
        ("ec2", None, false, false, own, "You must specify a region."),
        ("iam", None, false, false, None, "aws-global us-east-1 - https://iam.amazonaws.com"),
        ("iam", Some("eu-west-1"), true, false, None, "aws-global us-east-1 - https://iam-fips.amazonaws.com"),
        ("iam", Some("eu-west-1"), false, false, own, "eu-west-1 eu-west-1 - http://own"),
        ("iam", None, false, false, own, "- - - http://own"),
        ("s3", None, false, false, own, "aws-global us-east-1 - http://own"),
        ("importexport", Some("eu-west-1"), false, false, own, "eu-west-1 eu-west-1 IngestionService http://own"),
        (
            "sqs",
            Some("cn-north-1"),
            false,
            false,
            None,
            "cn-north-1 cn-north-1 - https://sqs.cn-north-1.amazonaws.com.cn",
        ),
        ("sqs", Some("xx-new-1"), false, false, None, "xx-new-1 xx-new-1 - https://sqs.xx-new-1.amazonaws.com"),
        (
            "s3",
            Some("eu-isoe-west-1"),
            true,
            true,
            None,
            "Unable to construct a modeled endpoint with the following variant(s) ['dualstack', 'fips']: ",
        ),
    ] {
        assert_eq!(scope(prefix, region, fips, dual_stack, custom), want, "{prefix} {region:?}");
    }
    let all = Partitions::open(&partitions).unwrap();
    assert_eq!(
        service_regions(all, "elasticmapreduce", "aws-cn").collect::<Vec<_>>(),
        ["cn-north-1", "cn-northwest-1"]
    );
    assert_eq!(partition_for_region(all, "us-gov-east-1"), Some(("aws-us-gov", "amazonaws.com")));
    assert_eq!(partition_for_region(all, "nowhere"), None);
    assert_eq!(all.partition_of("nowhere").map(|partition| partition.id()), Some("aws"));
    assert_eq!(all.find("us-isob-east-1").map(|partition| partition.dns_suffix()), Some("sc2s.sgov.gov"));
    assert!(all.by_id("aws").unwrap().regions().any(|region| region.description == "Europe (Ireland)"));
}

/// Damaged rules end in some answer, whatever was damaged.
#[test]
fn damaged_rules() {
    let Some(place) = vectors() else { return };
    let partitions = partitions(&place);
    let sound = compile_rules("s3", &read(&newest_rules(&place.join("botocore/data/s3")).unwrap())).unwrap();
    let mut params = Params::new();
    params.set("Region", "us-west-2");
    params.set("Bucket", "arn:aws:s3:us-west-2:123456789012:accesspoint:myendpoint");
    let (mut seed, mut answers) = (1_u64, 0);
    let mut random = |below: usize| {
        // A linear congruential generator: the same damage in every run.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for _ in 0..3_000 {
        let mut rules = sound.clone();
        for _ in 0..=random(8) {
            // The header, which everything hangs on, is hit as often as all the rest.
            let at = if random(2) == 0 { random(44) } else { random(rules.len()) };
            rules[at] = random(256) as u8;
        }
        rules.truncate(sound.len() - if random(4) == 0 { random(sound.len()) } else { 0 });
        answers += usize::from(resolve(&rules, &partitions, &params).is_ok());
        let _ = declared(&rules).count();
    }
    eprintln!("{answers} of 3000 damaged rule sets still gave an endpoint");
}

#[test]
fn declared_parameters() {
    let Some(place) = vectors() else { return };
    let rules = compile_rules("s3", &read(&newest_rules(&place.join("botocore/data/s3")).unwrap())).unwrap();
    let builtins: Vec<_> = declared(&rules).filter_map(|parameter| parameter.builtin).collect();
    for builtin in ["AWS::Region", "AWS::S3::ForcePathStyle", "SDK::Endpoint"] {
        assert!(builtins.contains(&builtin), "{builtins:?}");
    }
    let all = BuiltinSettings::default();
    assert!(builtins.iter().all(|builtin| all.value(builtin, S3Call::default()).is_ok()));
    assert_eq!(declared(&[]).count(), 0);
}
