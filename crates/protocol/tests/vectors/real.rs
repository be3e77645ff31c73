//! Replies of real services with botocore's reading of them.

use crate::compare::{same, value_of};
use crate::{model, output, report, root};
use oxaws_model::Service;
use oxaws_protocol::{ParseOptions, Reply, Timestamps, parse, parse_error};
use oxaws_python::LocalClock;
use oxaws_value::{Map, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Cases that need more than the protocol.
const SKIPS: &[(&str, &str)] = &[
    ("iam-get-user-policy", "policies are decoded by a tweak"),
    ("iam-list-roles", "policies are decoded by a tweak"),
    ("s3-get-bucket-location", "the location is taken from the root element by a tweak"),
    ("cloudformation-get-template", "templates are read as JSON by a tweak"),
];

const OPTIONS: ParseOptions<'_> =
    ParseOptions { timestamps: Timestamps::Wire, clock: LocalClock { now: 0, offset: &|_| 0 } };

pub fn run() {
    let Some(root) = root() else { return };
    let mut cases: Vec<(PathBuf, PathBuf, u16)> = Vec::new();
    let parsing = root.join("tests/unit/response_parsing");
    for (folder, ext, status) in
        [("xml/responses", "xml", 200), ("xml/errors", "xml", 400), ("json/errors", "json", 400)]
    {
        for entry in std::fs::read_dir(parsing.join(folder)).expect("a folder of replies") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|e| e == ext) {
                let expected = match ext {
                    "xml" => path.with_extension("json"),
                    _ => parsing.join("json/expected").join(path.file_name().expect("a name")),
                };
                cases.push((path, expected, status));
            }
        }
    }
    cases.sort();
    let mut services: BTreeMap<String, Service> = BTreeMap::new();
    let (mut passed, mut failures, mut ran) = (0, Vec::new(), Vec::new());
    for (path, expected, status) in cases {
        let stem = path.file_stem().and_then(|s| s.to_str()).expect("a name").to_owned();
        let (service_name, op_name) = stem.split_once('-').expect("service-operation");
        let service = *services.entry(service_name.to_owned()).or_insert_with(|| real_service(&root, service_name));
        let op_name = op_name.split('#').next().unwrap_or_default();
        ran.push(stem.clone());
        match check(service, op_name, &path, &expected, status) {
            Ok(()) => passed += 1,
            Err(why) => failures.push((stem, why)),
        }
    }
    report(passed, failures, SKIPS, &ran);
}

fn real_service(root: &Path, name: &str) -> Service {
    let folder = root.join("botocore/data").join(name);
    let mut versions: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a service")
        .filter_map(|e| Some(e.ok()?.path().join("service-2.json")))
        .filter(|p| p.is_file())
        .collect();
    versions.sort();
    let text = std::fs::read_to_string(versions.last().expect("a version")).expect("a model");
    model::service_of(name, serde_json::from_str(&text).expect("a JSON model")).expect("a service")
}

fn check(service: Service, op_name: &str, path: &Path, expected: &Path, status: u16) -> Result<(), String> {
    let op = service.operation(op_name).ok_or_else(|| format!("no operation {op_name}"))?;
    let mut body = std::fs::read(path).map_err(|e| e.to_string())?;
    let mut headers = Vec::new();
    if let Ok(Json::Object(mut json)) = serde_json::from_slice(&body)
        && let Some(Json::Object(given)) = json.remove("__headers__")
    {
        headers = given.into_iter().map(|(k, v)| (k, v.as_str().unwrap_or_default().to_owned())).collect();
        body = Json::Object(json).to_string().into_bytes();
    }
    let want: Json = serde_json::from_str(&std::fs::read_to_string(expected).map_err(|e| e.to_string())?)
        .map_err(|e| e.to_string())?;
    let Value::Map(mut want) = value_of(&want) else { return Err("no map is expected".into()) };
    let metadata = want.remove("ResponseMetadata");
    let reply = Reply { status, reason: "", headers: &headers, body: &body };
    let request_id = metadata.as_ref().and_then(|m| m.get("RequestId")).and_then(Value::as_str).map(str::to_owned);
    if status >= 301 {
        let error = parse_error(op, &reply, &OPTIONS).map_err(|e| e.to_string())?;
        let want_error = want.get("Error").cloned().unwrap_or_default();
        // Modelled members are read apart, and not what these cases are about.
        let _: Map = error.fields;
        if request_id.is_some() && error.request_id != request_id {
            return Err(format!("request id {:?} != {request_id:?}", error.request_id));
        }
        let ours = Value::Map(error.details);
        return if same(&ours, &want_error) { Ok(()) } else { Err(format!("{ours:?}\n != {want_error:?}")) };
    }
    let mut parsed = parse(op, &reply, &OPTIONS).map_err(|e| e.to_string())?;
    if request_id.is_some() && parsed.request_id != request_id {
        return Err(format!("request id {:?} != {request_id:?}", parsed.request_id));
    }
    if let Some(shape) = op.output() {
        if let (Some(member), Value::Map(map)) = (parsed.stream_member, &mut parsed.value) {
            map.insert(member.name(), Value::Bytes(body.clone()));
        }
        output::normalise_blobs(shape, &mut parsed.value);
    }
    let want = Value::Map(want);
    if same(&parsed.value, &want) { Ok(()) } else { Err(format!("{:?}\n != {want:?}", parsed.value)) }
}
