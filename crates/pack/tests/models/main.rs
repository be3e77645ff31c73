//! The packs against the models they were compiled from, read a second time by code that shares nothing with the
//! compiler: every service, operation, shape, member, paginator and waiter with every trait that a handle can tell.

mod compare;
mod names;
mod source;

use compare::{Comparison, Counts};
use serde_json::Value;
use source::Source;
use std::collections::HashMap;
use std::sync::Mutex;
use std::thread;

/// What the pinned models and the overlay hold. New models have new numbers, which belong here.
const ALL: Counts = Counts {
    services: 436 + 1,
    operations: 19_459 + 6,
    errors: 90_717 + 18,
    shapes: 123_648 + 34,
    members: 251_460 + 51,
    paginators: 3_367 + 2,
    waiters: 391,
};

/// Differences that are shown.
const SHOWN: usize = 40;

#[derive(Default)]
struct Compared {
    counts: Counts,
    differences: Vec<String>,
    /// {directory, rule set without its documentation}
    rules: Vec<(String, String)>,
}

#[test]
fn every_model_is_packed_as_it_is() {
    let services: Vec<(String, String)> = Source::open().services().into_iter().collect();
    let packed: Vec<&str> = oxaws_pack::facts().services().map(|s| s.directory()).collect();
    assert_eq!(packed, services.iter().map(|(directory, _)| directory.as_str()).collect::<Vec<_>>());

    let waiting = Mutex::new(services.iter());
    let compared = Mutex::new(Compared::default());
    let next = || waiting.lock().expect("no thread panics holding it").next();
    let work = || {
        let mut source = Source::open();
        let mut own = Compared::default();
        while let Some((directory, version)) = next() {
            let json = source.service(directory, version);
            let service = oxaws_pack::facts().service_by_directory(directory).expect("the lists are the same");
            let comparison = Comparison::of(&json, service);
            own.counts.add(comparison.counts);
            own.differences.extend(comparison.differences);
            own.rules.push((directory.clone(), undocumented(json.rules).to_string()));
        }
        let mut all = compared.lock().expect("no thread panics holding it");
        all.counts.add(own.counts);
        all.differences.append(&mut own.differences);
        all.rules.append(&mut own.rules);
    };
    thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let all = compared.into_inner().expect("no thread panicked");
    let shown = all.differences.iter().take(SHOWN).map(|d| format!("\n  {d}")).collect::<String>();
    assert!(all.differences.is_empty(), "{} differences:{shown}", all.differences.len());
    assert_eq!(all.counts, ALL);
    rules_are_shared_as_they_are_equal(&all.rules);
}

/// Rule sets are compiled; what they do is held by the vectors of `endpoint`. Here: no service has another's.
fn rules_are_shared_as_they_are_equal(rules: &[(String, String)]) {
    let mut by_json: HashMap<&str, &[u8]> = HashMap::new();
    let mut by_bytes: HashMap<&[u8], &str> = HashMap::new();
    for (directory, json) in rules {
        let service = oxaws_pack::facts().service_by_directory(directory).expect("the lists are the same");
        assert_eq!(*by_json.entry(json).or_insert(service.rules()), service.rules(), "{directory}");
        assert_eq!(*by_bytes.entry(service.rules()).or_insert(json), json, "{directory}");
    }
    assert!(by_json.len() > 300, "{}", by_json.len());
}

fn undocumented(mut json: Value) -> Value {
    match &mut json {
        Value::Object(object) => {
            object.remove("documentation");
            object.values_mut().for_each(|v| *v = undocumented(v.take()));
        }
        Value::Array(list) => list.iter_mut().for_each(|v| *v = undocumented(v.take())),
        _ => {}
    }
    json
}

/// A comparison that finds nothing must be one that could have found something.
#[test]
fn a_changed_model_is_noticed() {
    let mut source = Source::open();
    let services = source.services();
    let mut load = |directory: &str| source.service(directory, &services[directory]);
    let mut unnoticed = Vec::new();
    for (directory, changes) in CHANGES {
        let service = oxaws_pack::facts().service_by_directory(directory).expect("the service is packed");
        let json = load(directory);
        assert!(Comparison::of(&json, service).differences.is_empty(), "{directory}");
        for (file, pointer, value) in *changes {
            let mut changed = json.clone();
            let part = match *file {
                "paginators" => &mut changed.paginators,
                "waiters" => &mut changed.waiters,
                "rules" => &mut changed.rules,
                _ => &mut changed.service,
            };
            set(part, pointer, serde_json::from_str(value).expect("the new value is JSON"));
            if Comparison::of(&changed, service).differences.is_empty() {
                unnoticed.push(format!("{directory} {file} {pointer} = {value}"));
            }
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}

/// Sets what stands at a path, making what isn't there.
fn set(json: &mut Value, pointer: &str, value: Value) {
    let keys = pointer.split('/').filter(|key| !key.is_empty());
    let at = keys.fold(json, |at, key| match key.parse::<usize>() {
        Ok(index) if at.is_array() => &mut at[index],
        _ => &mut at[key],
    });
    assert_ne!(*at, value, "{pointer} is that already");
    *at = value;
}

type Change = (&'static str, &'static str, &'static str);

/// {service, [{file, path, new value}]}: at least one for everything that is compared.
const CHANGES: &[(&str, &[Change])] = &[
    (
        "s3",
        &[
            ("service", "metadata/serviceId", "\"S4\""),
            ("service", "metadata/endpointPrefix", "\"s4\""),
            ("service", "metadata/signingName", "\"s4\""),
            ("service", "metadata/apiVersion", "\"2006\""),
            ("service", "metadata/uid", "\"s4\""),
            ("service", "metadata/serviceFullName", "\"S4\""),
            ("service", "metadata/serviceAbbreviation", "\"S4\""),
            ("service", "metadata/globalEndpoint", "\"s4\""),
            ("service", "metadata/signatureVersion", "\"v4\""),
            ("service", "metadata/protocols", "[\"query\"]"),
            ("service", "metadata/auth", "[\"smithy.api#noAuth\"]"),
            ("service", "metadata/xmlNamespace", "\"urn:x\""),
            ("service", "metadata/awsQueryCompatible", "{}"),
            ("service", "metadata/protocolSettings/h2", "\"eventstream\""),
            ("service", "clientContextParams/New/type", "\"boolean\""),
            ("service", "documentation", "\"Another.\""),
            ("service", "operations/Another/name", "\"Another\""),
            ("service", "operations/PutObject/name", "\"Another\""),
            ("service", "operations/PutObject/http/method", "\"GET\""),
            ("service", "operations/PutObject/http/requestUri", "\"/x\""),
            ("service", "operations/PutObject/input/shape", "\"GetObjectRequest\""),
            ("service", "operations/PutObject/output/shape", "\"GetObjectOutput\""),
            ("service", "operations/PutObject/input/xmlNamespace/uri", "\"urn:x\""),
            ("service", "operations/PutObject/input/locationName", "\"X\""),
            ("service", "operations/PutObject/output/resultWrapper", "\"X\""),
            ("service", "operations/PutObject/errors", "[]"),
            ("service", "operations/PutObject/deprecated", "true"),
            ("service", "operations/PutObject/unsignedPayload", "true"),
            ("service", "operations/PutObject/endpointoperation", "true"),
            ("service", "operations/PutObject/httpChecksumRequired", "true"),
            ("service", "operations/PutObject/auth", "[\"smithy.api#noAuth\"]"),
            ("service", "operations/PutObject/authtype", "\"none\""),
            ("service", "operations/PutObject/endpoint/hostPrefix", "\"x.\""),
            ("service", "operations/PutObject/endpointdiscovery", "{}"),
            ("service", "operations/PutObject/httpChecksum/requestChecksumRequired", "true"),
            ("service", "operations/PutObject/httpChecksum/requestAlgorithmMember", "\"Body\""),
            ("service", "operations/GetObject/httpChecksum/requestValidationModeMember", "\"Key\""),
            ("service", "operations/GetObject/httpChecksum/responseAlgorithms", "[\"CRC32\"]"),
            ("service", "operations/PutObject/requestcompression/encodings", "[\"gzip\"]"),
            ("service", "operations/CreateBucket/staticContextParams/DisableAccessPoints/value", "false"),
            ("service", "operations/DeleteObjects/operationContextParams/X/path", "\"Delete\""),
            ("service", "operations/PutObject/documentation", "\"Another.\""),
            ("service", "shapes/Another/type", "\"string\""),
            ("service", "shapes/Body/type", "\"string\""),
            ("service", "shapes/Body/streaming", "true"),
            ("service", "shapes/Body/requiresLength", "true"),
            ("service", "shapes/TagSet/flattened", "true"),
            ("service", "shapes/TagSet/sparse", "true"),
            ("service", "shapes/TagSet/member/locationName", "\"X\""),
            ("service", "shapes/Tag/locationName", "\"X\""),
            ("service", "shapes/Tag/union", "true"),
            ("service", "shapes/Tag/document", "true"),
            ("service", "shapes/Tag/event", "true"),
            ("service", "shapes/Tag/exception", "true"),
            ("service", "shapes/Tag/fault", "true"),
            ("service", "shapes/Tag/wrapper", "true"),
            ("service", "shapes/Tag/retryable", "{}"),
            ("service", "shapes/Tag/retryable/throttling", "true"),
            ("service", "shapes/Tag/error/code", "\"X\""),
            ("service", "shapes/Tag/error/httpStatusCode", "418"),
            ("service", "shapes/Tag/xmlNamespace/prefix", "\"x\""),
            ("service", "shapes/Tag/required", "[\"Key\"]"),
            ("service", "shapes/Tag/documentation", "\"Another.\""),
            ("service", "shapes/Tag/members/Another/shape", "\"Value\""),
            ("service", "shapes/Tag/members/Key/shape", "\"Value\""),
            ("service", "shapes/Tag/members/Key/location", "\"header\""),
            ("service", "shapes/Tag/members/Key/locationName", "\"x\""),
            ("service", "shapes/Tag/members/Key/idempotencyToken", "true"),
            ("service", "shapes/Tag/members/Key/hostLabel", "true"),
            ("service", "shapes/Tag/members/Key/jsonvalue", "true"),
            ("service", "shapes/Tag/members/Key/xmlAttribute", "true"),
            ("service", "shapes/Tag/members/Key/eventpayload", "true"),
            ("service", "shapes/Tag/members/Key/eventheader", "true"),
            ("service", "shapes/Tag/members/Key/deprecated", "true"),
            ("service", "shapes/Tag/members/Key/flattened", "true"),
            ("service", "shapes/Tag/members/Key/streaming", "true"),
            ("service", "shapes/Tag/members/Key/contextParam/name", "\"X\""),
            ("service", "shapes/Tag/members/Key/queryName", "\"X\""),
            ("service", "shapes/Tag/members/Key/enum", "[\"x\"]"),
            ("service", "shapes/Tag/members/Key/xmlNamespace/uri", "\"urn:x\""),
            ("service", "shapes/Tag/members/Key/timestampFormat", "\"iso8601\""),
            ("service", "shapes/Tag/members/Key/documentation", "\"Another.\""),
            ("service", "shapes/SelectObjectContentEventStream/eventstream", "false"),
            ("service", "shapes/GetObjectOutput/payload", "\"ETag\""),
            ("service", "shapes/ObjectKey/min", "2"),
            ("service", "shapes/ObjectKey/max", "2"),
            ("service", "shapes/ObjectKey/pattern", "\"x\""),
            ("service", "shapes/ObjectKey/sensitive", "true"),
            ("service", "shapes/BucketVersioningStatus/enum/1", "\"x\""),
            ("service", "shapes/Date/timestampFormat", "\"rfc822\""),
            ("service", "shapes/Metadata/key/shape", "\"ObjectKey\""),
            ("service", "shapes/Metadata/value/shape", "\"ObjectKey\""),
            ("paginators", "pagination/ListParts/input_token", "\"x\""),
            ("paginators", "pagination/ListParts/output_token", "\"x\""),
            ("paginators", "pagination/ListParts/result_key", "\"x\""),
            ("paginators", "pagination/ListParts/limit_key", "\"x\""),
            ("paginators", "pagination/ListParts/more_results", "\"x\""),
            ("paginators", "pagination/ListParts/non_aggregate_keys", "[\"x\"]"),
            ("paginators", "pagination/PutObject/input_token", "\"x\""),
            ("paginators", "pagination/Another/input_token", "\"x\""),
            ("waiters", "waiters/BucketExists/operation", "\"x\""),
            ("waiters", "waiters/BucketExists/delay", "6"),
            ("waiters", "waiters/BucketExists/maxAttempts", "6"),
            ("waiters", "waiters/BucketExists/acceptors/0/state", "\"failure\""),
            ("waiters", "waiters/BucketExists/acceptors/0/matcher", "\"error\""),
            ("waiters", "waiters/BucketExists/acceptors/0/argument", "\"x\""),
            ("waiters", "waiters/BucketExists/acceptors/0/expected", "201"),
            ("waiters", "waiters/Another/operation", "\"HeadBucket\""),
            ("rules", "", "null"),
        ],
    ),
    (
        "sqs",
        &[
            ("service", "metadata/targetPrefix", "\"X\""),
            ("service", "metadata/jsonVersion", "\"1.1\""),
            ("service", "shapes/QueueDoesNotExist/error/code", "\"X\""),
        ],
    ),
];
