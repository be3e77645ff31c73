//! From an input to a request.

use crate::compare::{canonical_xml, same, value_of};
use crate::{case_name, model, report, suites};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_model::{Location, Operation, Protocol, ShapeKind};
use oxaws_protocol::{Body, Request, SerializeOptions, serialize};
use oxaws_python::LocalClock;
use oxaws_python::percent_encode;
use oxaws_value::{Value, parse_json};
use serde_json::Value as Json;

/// Cases that AWS CLI 2.38.1 doesn't pass either, and why.
const SKIPS: &[(&str, &str)] = &[
    ("ec2/Ec2QueryEndpointTraitWithHostLabel", EC2),
    ("ec2/Ec2Lists", EC2),
    ("ec2/Ec2TimestampsInput", EC2),
    ("ec2/Ec2ProtocolIdempotencyTokenAutoFill", EC2),
    ("ec2/Ec2ProtocolIdempotencyTokenAutoFillIsSet", EC2),
    ("ec2/SDKAppliedContentEncoding_ec2Query", COMPRESSION),
    ("ec2/SDKAppendsGzipAndIgnoresHttpProvidedEncoding_ec2Query", COMPRESSION),
    ("json/SDKAppliedContentEncoding_awsJson1_1", COMPRESSION),
    ("json/SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1", COMPRESSION),
    ("json_1_0/SDKAppliedContentEncoding_awsJson1_0", COMPRESSION),
    ("json_1_0/SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0", COMPRESSION),
    ("query/SDKAppliedContentEncoding_awsQuery", COMPRESSION),
    ("query/SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery", COMPRESSION),
    ("rest-json/SDKAppliedContentEncoding_restJson1", COMPRESSION),
    ("rest-json/SDKAppendedGzipAfterProvidedEncoding_restJson1", COMPRESSION),
    ("rest-xml/SDKAppliedContentEncoding_restXml", COMPRESSION),
    ("rest-xml/SDKAppendedGzipAfterProvidedEncoding_restXml", COMPRESSION),
    ("json/AwsJson11StructuresDontSerializeNullValues", "a null scalar is sent as null, as botocore does"),
    ("query/QueryFlattenedListArgWithXmlName", "the element's name takes the place of the list's, as in botocore"),
    ("rest-json/RestJsonHttpChecksumRequired", "checksums are the client's part"),
    ("rest-json/RestJsonHttpPayloadWithUnsetUnion", "botocore sends an empty object for an absent payload"),
    ("rest-json/MediaTypeHeaderInputBase64", "jsonvalue headers hold the JSON text of the value"),
    ("rest-json/RestJsonNullAndEmptyHeaders", "an empty list sends no header, as in botocore"),
    ("rest-xml/NullAndEmptyHeaders", "an empty list sends no header, as in botocore"),
    ("rest-json/RestJsonQueryPrecedence", "what is given last wins, as in botocore"),
    ("rest-xml/RestXmlQueryPrecedence", "what is given last wins, as in botocore"),
    ("rest-xml/BodyWithXmlName", ROOT_NAME),
    ("rest-xml/RestXmlHttpPayloadWithUnion", ROOT_NAME),
    ("rest-xml/HttpPayloadWithXmlName", ROOT_NAME),
    ("rest-xml/HttpPayloadWithXmlNamespace", ROOT_NAME),
    ("rest-xml/HttpPayloadWithXmlNamespaceAndPrefix", ROOT_NAME),
    ("rest-xml/XmlAttributesOnPayload", ROOT_NAME),
];
const EC2: &str = "names without a locationName are sent as they are written, as botocore does";
const COMPRESSION: &str = "compression is the client's part";
const ROOT_NAME: &str = "the root is named by the member's locationName, else by its name, as in botocore";

const TOKEN: &str = "00000000-0000-4000-8000-000000000000";

pub fn run() {
    let (mut passed, mut failures, mut ran) = (0, Vec::new(), Vec::new());
    for (file, suites) in suites("input") {
        for (i, suite) in suites.iter().enumerate() {
            for (j, case) in suite["cases"].as_array().into_iter().flatten().enumerate() {
                let name = case_name(&file, i, j, case);
                ran.push(name.clone());
                match check(suite, case) {
                    Ok(()) => passed += 1,
                    Err(why) => failures.push((name, why)),
                }
            }
        }
    }
    report(passed, failures, SKIPS, &ran);
}

fn check(suite: &Json, case: &Json) -> Result<(), String> {
    let op = model::operation(suite, &case["given"])?;
    let mut params = value_of(&case["params"]);
    if let Value::Map(map) = &mut params {
        for (_, value) in map.iter_mut() {
            let float = match value.as_str() {
                Some("NaN") => f64::NAN,
                Some("Infinity") => f64::INFINITY,
                Some("-Infinity") => f64::NEG_INFINITY,
                _ => continue,
            };
            *value = Value::Float(float);
        }
    }
    let mut options = SerializeOptions {
        stream_given: false,
        idempotency_token: &mut || TOKEN.to_owned(),
        inject_host_prefix: true,
        clock: LocalClock { now: 0, offset: &|_| 0 },
    };
    let request = serialize(op, &params, &mut options).map_err(|e| e.to_string())?;
    let want = &case["serialized"];
    if let Some(method) = want["method"].as_str()
        && method != request.method
    {
        return Err(format!("method {} != {method}", request.method));
    }
    // The client puts the path of the endpoint in front.
    let endpoint = suite["clientEndpoint"].as_str().unwrap_or_default();
    let base = endpoint.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let want_uri = want["uri"].as_str().unwrap_or_default();
    let want_uri = if base.is_empty() { want_uri } else { want_uri.get(base.len() + 1..).unwrap_or(want_uri) };
    uri(&request, want_uri)?;
    if let (Some(host), Some(endpoint)) = (want["host"].as_str(), suite["clientEndpoint"].as_str()) {
        let endpoint = endpoint.trim_start_matches("https://").trim_start_matches("http://");
        let ours = format!("{}{endpoint}", request.host_prefix.as_deref().unwrap_or_default());
        if ours.trim_end_matches('/') != host {
            return Err(format!("host {ours} != {host}"));
        }
    }
    headers(op, &request, want)?;
    let body = &want["body"];
    if let Some(text) = body.as_str() {
        same_body(op.service().protocol(), &request, text)?;
    }
    Ok(())
}

fn encoded(pairs: &[(String, String)]) -> Vec<String> {
    let mut out: Vec<String> =
        pairs.iter().map(|(k, v)| format!("{}={}", percent_encode(k, b""), percent_encode(v, b""))).collect();
    out.sort();
    out
}

fn uri(request: &Request, want: &str) -> Result<(), String> {
    let (path, query) = want.split_once('?').unwrap_or((want, ""));
    let mut query: Vec<String> = query
        .split('&')
        .filter(|p| !p.is_empty())
        .map(|p| if p.contains('=') { p.to_owned() } else { format!("{p}=") })
        .collect();
    query.sort();
    let ours = encoded(&request.query);
    if request.path != path || ours != query {
        return Err(format!("uri {}?{} != {want}", request.path, ours.join("&")));
    }
    Ok(())
}

fn headers(op: Operation, request: &Request, want: &Json) -> Result<(), String> {
    let protocol = op.service().protocol();
    let find = |name: &str| request.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone());
    let lists: Vec<(String, bool)> = op
        .input()
        .map(|shape| {
            shape
                .members()
                .filter(|m| m.location() == Some(Location::Header) && m.shape().kind() == ShapeKind::List)
                .map(|m| (m.wire_name().to_lowercase(), m.shape().element().shape().kind() == ShapeKind::Timestamp))
                .collect()
        })
        .unwrap_or_default();
    for (name, value) in want["headers"].as_object().into_iter().flatten() {
        let mut value = value.as_str().unwrap_or_default().to_owned();
        let mut ours = find(name);
        let is_type = name.eq_ignore_ascii_case("content-type");
        match protocol {
            Protocol::Query | Protocol::Ec2 if is_type && !value.contains("charset") => value += "; charset=utf-8",
            // botocore sends none with rest-xml, and none with streams of rest-json.
            Protocol::RestXml if is_type => continue,
            Protocol::RestJson if is_type && value != "application/json" => continue,
            _ => {}
        }
        if let Some((_, times)) = lists.iter().find(|(list, _)| *list == name.to_lowercase()) {
            value = value.replace(", ", ",");
            if *times {
                ours = ours.map(|o| o.replace(", ", ","));
            }
        }
        if ours.as_deref() != Some(&value) {
            return Err(format!("header {name}: {ours:?} != {value:?}"));
        }
    }
    for name in want["forbidHeaders"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        if find(name).is_some() {
            return Err(format!("header {name} must not be sent"));
        }
    }
    Ok(())
}

fn same_body(protocol: Protocol, request: &Request, want: &str) -> Result<(), String> {
    let ours = String::from_utf8_lossy(request.body.bytes()).into_owned();
    let differ = || Err(format!("body {ours} != {want}"));
    match protocol {
        Protocol::Cbor => {
            if request.body == Body::Empty && want.is_empty() {
                return Ok(());
            }
            let decoded = STANDARD.decode(want).map_err(|e| e.to_string())?;
            let (a, b) = (crate::cbor::decode(request.body.bytes())?, crate::cbor::decode(&decoded)?);
            if same(&a, &b) { Ok(()) } else { Err(format!("body {a:?} != {b:?}")) }
        }
        Protocol::Json | Protocol::RestJson => match (parse_json(&ours), parse_json(want)) {
            (Ok(a), Ok(b)) if same(&a, &b) => Ok(()),
            (Err(_), Err(_)) if ours == want => Ok(()),
            _ => differ(),
        },
        Protocol::RestXml => {
            if ours == want || canonical_xml(&ours).is_some_and(|o| Some(o) == canonical_xml(want)) {
                Ok(())
            } else {
                differ()
            }
        }
        Protocol::Query | Protocol::Ec2 => {
            // The vectors write a blank as %20.
            if ours.replace('+', "%20") == want.trim() { Ok(()) } else { differ() }
        }
    }
}
