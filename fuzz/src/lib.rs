//! What the fuzz targets share: a small model with every kind of shape in every protocol, made when a target starts.

pub mod wire;

use std::sync::OnceLock;

use oxaws_model::{Operation, Pack};
use oxaws_modelpack::{PackBuilder, ServiceFiles, partitions, rules};
use oxaws_protocol::{ParseOptions, Reply, Timestamps, parse, parse_error};
use oxaws_python::LocalClock;
use serde_json::{Value, json};

/// The directory names of the model's services, one for each protocol.
pub const PROTOCOLS: [&str; 6] = ["query", "ec2", "json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor"];

/// The bytes of the model.
pub fn pack_bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let mut builder = PackBuilder::new("fuzz");
        for protocol in PROTOCOLS {
            let files = ServiceFiles {
                service: service(protocol),
                rules: Some(rule_set()),
                paginators: Some(json!({"pagination": {"Get": {
                    "input_token": "Text", "output_token": "Text", "result_key": ["Texts", "Map"], "limit_key": "Int",
                    "more_results": "Bool", "non_aggregate_keys": ["Nested"]}}})),
                waiters: Some(json!({"version": 2, "waiters": {"Ready": {"operation": "Get", "delay": 1,
                    "maxAttempts": 2, "acceptors": [
                        {"state": "success", "matcher": "pathAll", "argument": "Texts[]", "expected": "a"},
                        {"state": "failure", "matcher": "error", "expected": "Bad"},
                        {"state": "retry", "matcher": "status", "expected": 404}]}}})),
            };
            builder.add_service(protocol, &files).expect("the model compiles");
        }
        builder.set_partitions(partition_bytes().to_vec());
        builder.finish().expect("the pack is small")
    })
}

/// The model's operation of this protocol.
pub fn operation(protocol: &str, name: &str) -> Operation {
    let pack = Pack::new(pack_bytes()).expect("a pack");
    let service = pack.service_by_directory(protocol).expect("the service");
    service.operation_named(name).expect("the operation")
}

/// Parses `data` as a reply to the operation: its first byte chooses between a result and an error, up to a zero byte it
/// is the value of a few headers, the rest is the body.
pub fn parse_reply(protocol: &str, data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else { return };
    let (header, body) = match rest.iter().position(|b| *b == 0) {
        Some(at) if choice & 4 != 0 => (String::from_utf8_lossy(&rest[..at]).into_owned(), &rest[at + 1..]),
        _ => (String::new(), rest),
    };
    let mut headers = vec![("content-type".to_owned(), "x/y".to_owned())];
    if !header.is_empty() {
        let names =
            ["x-text", "x-int", "x-time", "x-bool", "x-list", "x-meta-a", "x-amzn-errortype", "x-amzn-query-error"];
        headers.extend(names.map(|name| (name.to_owned(), header.clone())));
    }
    let offset = |_| 3600;
    let clock = LocalClock { now: 1_800_000_000, offset: &offset };
    let timestamps = if choice & 2 == 0 { Timestamps::Iso8601 } else { Timestamps::Wire };
    let options = ParseOptions { timestamps, clock };
    let operation = operation(protocol, if choice & 8 == 0 { "Get" } else { "GetPayload" });
    let status = if choice & 1 == 0 { 200 } else { 400 };
    let reply = Reply { status, reason: "X", headers: &headers, body };
    if status == 200 {
        let _ = parse(operation, &reply, &options);
    } else {
        let _ = parse_error(operation, &reply, &options);
    }
}

/// Bytes with some changed: `patches` is read in groups of a place (four bytes, little-endian) and a new value.
pub fn patched(bytes: &[u8], patches: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for patch in patches.chunks_exact(5) {
        let place = u32::from_le_bytes([patch[0], patch[1], patch[2], patch[3]]) as usize % out.len().max(1);
        if let Some(byte) = out.get_mut(place) {
            *byte = patch[4];
        }
    }
    out
}

/// A rule set that uses every function of the language.
pub fn rule_bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| rules::compile_rules("fuzz", &rule_set()).expect("the rules compile"))
}

/// Two partitions.
pub fn partition_bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let outputs = |name: &str| {
            json!({"dnsSuffix": "example.com", "dualStackDnsSuffix": "example.net", "name": name, "supportsFIPS": true,
                "supportsDualStack": true, "implicitGlobalRegion": "us-east-1"})
        };
        let all = json!({"version": "1.1", "partitions": [
            {"id": "aws", "regionRegex": "^(us|eu|ap|sa|ca|me|af|il|mx)\\-\\w+\\-\\d+$", "outputs": outputs("aws"),
             "regions": {"us-east-1": {"description": "A"}, "eu-west-1": {"description": "B"}}},
            {"id": "aws-cn", "regionRegex": "^cn\\-\\w+\\-\\d+$", "outputs": outputs("aws-cn"),
             "regions": {"cn-north-1": {"description": "C"}}}]});
        let endpoints = json!({"version": 3, "partitions": []});
        partitions::compile_partitions(&all, &endpoints).expect("the partitions compile")
    })
}

fn rule_set() -> Value {
    let call = |function: &str, argv: Value, assign: &str| json!({"fn": function, "argv": argv, "assign": assign});
    let test = |function: &str, argv: Value| json!({"fn": function, "argv": argv});
    let refer = |name: &str| json!({"ref": name});
    let endpoint = |url: &str| {
        json!({"url": url, "properties": {"authSchemes": [
            {"name": "sigv4", "signingName": "x", "signingRegion": "{Region}", "disableDoubleEncoding": true}]},
            "headers": {"x-a": ["{Region}"]}})
    };
    json!({
        "version": "1.0",
        "parameters": {
            "Region": {"builtIn": "AWS::Region", "required": false, "documentation": "", "type": "String"},
            "UseFIPS": {"builtIn": "AWS::UseFIPS", "required": true, "default": false, "documentation": "", "type": "Boolean"},
            "Endpoint": {"builtIn": "SDK::Endpoint", "required": false, "documentation": "", "type": "String"},
            "Bucket": {"required": false, "documentation": "", "type": "String"},
            "Names": {"required": false, "documentation": "", "type": "StringArray"}
        },
        "rules": [
            {"conditions": [test("isSet", json!([refer("Endpoint")])), call("parseURL", json!([refer("Endpoint")]), "url")],
             "type": "tree", "rules": [
                {"conditions": [test("booleanEquals", json!([test("getAttr", json!([refer("url"), "isIp"])), true]))],
                 "endpoint": endpoint("{url#scheme}://{url#authority}{url#normalizedPath}"), "type": "endpoint"},
                {"conditions": [], "endpoint": endpoint("{url#scheme}://x.{url#authority}"), "type": "endpoint"}]},
            {"conditions": [test("isSet", json!([refer("Bucket")])), call("aws.parseArn", json!([refer("Bucket")]), "arn"),
                call("getAttr", json!([refer("arn"), "resourceId[0]"]), "kind"),
                test("not", json!([test("stringEquals", json!([refer("kind"), ""]))]))],
             "endpoint": endpoint("https://{kind}-{arn#accountId}.{arn#region}.example.com"), "type": "endpoint"},
            {"conditions": [test("isSet", json!([refer("Bucket")])),
                call("substring", json!([refer("Bucket"), 0, 4, true]), "tail"),
                call("uriEncode", json!([refer("Bucket")]), "encoded")],
             "type": "tree", "rules": [
                {"conditions": [test("aws.isVirtualHostableS3Bucket", json!([refer("Bucket"), true]))],
                 "endpoint": endpoint("https://{Bucket}.example.com/{tail}"), "type": "endpoint"},
                {"conditions": [test("isValidHostLabel", json!([refer("Bucket"), false]))],
                 "endpoint": endpoint("https://example.com/{encoded}"), "type": "endpoint"},
                {"conditions": [], "error": "bad bucket {Bucket}", "type": "error"}]},
            {"conditions": [test("isSet", json!([refer("Names")])),
                call("getAttr", json!([refer("Names"), "[0]"]), "first")],
             "endpoint": endpoint("https://{first}.example.com"), "type": "endpoint"},
            {"conditions": [test("isSet", json!([refer("Region")])), call("aws.partition", json!([refer("Region")]), "part"),
                test("booleanEquals", json!([refer("UseFIPS"), true]))],
             "endpoint": endpoint("https://x-fips.{Region}.{part#dnsSuffix}"), "type": "endpoint"},
            {"conditions": [], "error": "no region", "type": "error"}
        ]
    })
}

/// A service with every kind of shape; what isn't the protocol's own is the same in each.
fn service(protocol: &str) -> Value {
    let rest = protocol.starts_with("rest");
    let mut metadata = json!({
        "apiVersion": "2020-01-01", "endpointPrefix": protocol, "protocol": protocol, "protocols": [protocol],
        "serviceFullName": protocol, "serviceId": protocol, "signatureVersion": "v4", "uid": protocol,
        "auth": ["aws.auth#sigv4"]
    });
    if protocol == "json" {
        metadata["jsonVersion"] = json!("1.1");
        metadata["targetPrefix"] = json!("Fuzz");
    }
    if protocol == "query" {
        metadata["xmlNamespace"] = json!("https://example.com/");
    }
    let http = |uri: &str| json!({"method": "POST", "requestUri": uri});
    let mut get = json!({"name": "Get", "http": http("/"), "input": {"shape": "All"}, "output": {"shape": "All"},
        "errors": [{"shape": "Bad"}]});
    if protocol == "query" {
        get["output"]["resultWrapper"] = json!("GetResult");
    }
    let mut all = json!({
        "Text": {"shape": "String"}, "Int": {"shape": "Integer"}, "Long": {"shape": "Long"},
        "Float": {"shape": "Float"}, "Double": {"shape": "Double"}, "Bool": {"shape": "Boolean"},
        "Time": {"shape": "Time"}, "Blob": {"shape": "Blob"}, "Texts": {"shape": "Texts"},
        "Map": {"shape": "Map"}, "Nested": {"shape": "All"}, "NestedList": {"shape": "AllList"},
        "Choice": {"shape": "Choice"}
    });
    if protocol == "rest-xml" {
        all["Text"] = json!({"shape": "String", "xmlAttribute": true, "locationName": "a:text"});
    }
    let bound =
        |name: &str, location: &str, shape: &str| json!({"shape": shape, "location": location, "locationName": name});
    let mut payload = json!({"type": "structure", "members": {"Body": {"shape": "All"}}});
    if rest {
        payload["payload"] = json!("Body");
        payload["members"] = json!({
            "Body": {"shape": "All"}, "Text": bound("x-text", "header", "String"), "Int": bound("x-int", "header", "Integer"),
            "Time": bound("x-time", "header", "Time"), "Bool": bound("x-bool", "header", "Boolean"),
            "List": bound("x-list", "header", "Texts"), "Meta": bound("x-meta-", "headers", "Map"),
            "Status": {"shape": "Integer", "location": "statusCode"}
        });
    }
    json!({
        "version": "2.0",
        "metadata": metadata,
        "operations": {
            "Get": get,
            "GetPayload": {"name": "GetPayload", "http": http("/p"), "output": {"shape": "Payload"}},
            "Listen": {"name": "Listen", "http": http("/e"), "output": {"shape": "ListenOutput"}}
        },
        "shapes": {
            "All": {"type": "structure", "members": all},
            "AllList": {"type": "list", "member": {"shape": "All"}},
            "Bad": {"type": "structure", "members": {"message": {"shape": "String"}, "Detail": {"shape": "All"}},
                "exception": true, "error": {"httpStatusCode": 400}},
            "Blob": {"type": "blob"}, "Boolean": {"type": "boolean"},
            "Choice": {"type": "structure", "union": true,
                "members": {"A": {"shape": "String"}, "B": {"shape": "All"}}},
            "Double": {"type": "double"},
            "Event": {"type": "structure", "event": true, "members": {
                "Kind": {"shape": "String", "eventheader": true}, "Data": {"shape": "Blob", "eventpayload": true}}},
            "Events": {"type": "structure", "eventstream": true, "members": {
                "Event": {"shape": "Event"}, "Bad": {"shape": "Bad"}}},
            "Float": {"type": "float"}, "Integer": {"type": "integer"},
            "ListenOutput": {"type": "structure", "members": {"Events": {"shape": "Events"}},
                "payload": "Events"},
            "Long": {"type": "long"},
            "Map": {"type": "map", "key": {"shape": "String"}, "value": {"shape": "String"}},
            "Payload": payload,
            "String": {"type": "string"},
            "Texts": {"type": "list", "member": {"shape": "String"}},
            "Time": {"type": "timestamp"}
        }
    })
}
