//! From a reply to a value.

use crate::compare::{same, value_of};
use crate::{case_name, model, report, suites};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_model::{Operation, Protocol, Shape, ShapeKind};
use oxaws_protocol::{
    MessageDecoder, ParseOptions, Reply, Timestamps, parse, parse_error, parse_event, parse_initial_response,
};
use oxaws_python::{LocalClock, Timestamp};
use oxaws_value::{Map, Value};
use serde_json::Value as Json;

/// Cases that AWS CLI 2.38.1 doesn't pass either, and why.
const SKIPS: &[(&str, &str)] = &[
    ("json/AwsJson11FooErrorUsingXAmznErrorType", JSON_CODE),
    ("json/AwsJson11FooErrorUsingXAmznErrorTypeWithUri", JSON_CODE),
    ("json/AwsJson11FooErrorUsingXAmznErrorTypeWithUriAndNamespace", JSON_CODE),
    ("json/AwsJson11FooErrorUsingCode", JSON_CODE),
    ("json/AwsJson11FooErrorUsingCodeAndNamespace", JSON_CODE),
    ("json/AwsJson11FooErrorUsingCodeUriAndNamespace", JSON_CODE),
    ("json_1_0/AwsJson10FooErrorUsingXAmznErrorType", JSON_CODE),
    ("json_1_0/AwsJson10FooErrorUsingXAmznErrorTypeWithUri", JSON_CODE),
    ("json_1_0/AwsJson10FooErrorUsingXAmznErrorTypeWithUriAndNamespace", JSON_CODE),
    ("json_1_0/AwsJson10FooErrorUsingCode", JSON_CODE),
    ("json_1_0/AwsJson10FooErrorUsingCodeAndNamespace", JSON_CODE),
    ("json_1_0/AwsJson10FooErrorUsingCodeUriAndNamespace", JSON_CODE),
    ("rest-json/RestJsonFooErrorUsingXAmznErrorType", EMPTY_500),
    ("rest-json/RestJsonFooErrorUsingXAmznErrorTypeWithUri", EMPTY_500),
    ("rest-json/RestJsonFooErrorUsingXAmznErrorTypeWithUriAndNamespace", EMPTY_500),
    ("rest-xml/BodyWithXmlName", "a member goes by the locationName of its shape, as in botocore"),
    ("ec2/Ec2ComplexError", MESSAGE),
    ("rest-xml/ComplexError", MESSAGE),
    ("ec2/Ec2XmlLists", LISTS),
    ("query/QueryXmlLists", LISTS),
    ("rest-xml/XmlLists", LISTS),
    ("rest-json/RestJsonHttpPayloadTraitsWithNoBlobBody", STREAM),
    ("rest-xml/HttpPayloadTraitsWithNoBlobBody", STREAM),
    ("rest-json/RestJsonHttpPayloadWithUnsetUnion", UNSET),
    ("rest-xml/RestXmlHttpPayloadWithUnsetUnion", UNSET),
    ("rest-json/RestJsonInputAndOutputWithQuotedStringHeaders", HEADER_LIST),
    ("rest-json/RestJsonInputAndOutputWithTimestampHeaders", HEADER_LIST),
    ("rest-xml/InputAndOutputWithTimestampHeaders", HEADER_LIST),
    ("rest-json/RestJsonDeserializesDenseSetMapAndSkipsNull", NULLS),
    ("smithy-rpc-v2-cbor/RpcV2CborDeserializesDenseSetMapAndSkipsNull", NULLS),
    ("rest-json/MediaTypeHeaderOutputBase64", "jsonvalue headers are read as JSON"),
];
const JSON_CODE: &str = "the code comes from __type alone, as in botocore";
const EMPTY_500: &str = "a server fault with an empty body is told by its status, as in botocore";
const MESSAGE: &str = "a member named as no message is none";
const LISTS: &str = "a flattened list goes by the name of its elements, as in botocore";
const STREAM: &str = "a streaming payload is there even when it is empty";
const UNSET: &str = "a union without a member is an error, as in botocore";
const HEADER_LIST: &str = "header lists are cut at every comma, as in botocore";
const NULLS: &str = "nulls in maps are kept, as in AWS CLI 2";

const CLOCK: LocalClock<'_> = LocalClock { now: 0, offset: &|_| 0 };
const OPTIONS: ParseOptions<'_> = ParseOptions { timestamps: Timestamps::Iso8601, clock: CLOCK };

pub fn run() {
    let (mut passed, mut failures, mut ran) = (0, Vec::new(), Vec::new());
    for (file, suites) in suites("output") {
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
    let mut given = case["given"].clone();
    let protocol = suite["metadata"]["protocol"].as_str().unwrap_or_default().to_owned();
    if protocol == "query" && case.get("error").is_none() {
        let shape = given["output"]["shape"].as_str().unwrap_or_default();
        let has_members = suite["shapes"][shape]["members"].as_object().is_some_and(|m| !m.is_empty());
        if has_members {
            let name = given["name"].as_str().unwrap_or("OperationName");
            given["output"]["resultWrapper"] = format!("{name}Result").into();
        }
    }
    let op = model::operation(suite, &given)?;
    let response = &case["response"];
    let mut body = match response["body"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None if protocol == "query" => b"<xml/>".to_vec(),
        None => Vec::new(),
    };
    if op.service().protocol() == Protocol::Cbor || (op.has_event_stream_output() && case.get("error").is_none()) {
        body = STANDARD.decode(&body).map_err(|e| e.to_string())?;
    }
    let headers: Vec<(String, String)> = response["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(k, v)| (k.clone(), v.as_str().unwrap_or_default().to_owned()))
        .collect();
    let status = response["status_code"].as_u64().unwrap_or(200) as u16;
    let reply = Reply { status, reason: "", headers: &headers, body: &body };
    if let Some(error) = case.get("error") {
        return check_error(op, &reply, case, &value_of(error));
    }
    let mut parsed = parse(op, &reply, &OPTIONS).map_err(|e| e.to_string())?;
    if let Some(member) = parsed.event_stream {
        let events = events(op, &body, &mut parsed.value)?;
        if let Value::Map(map) = &mut parsed.value {
            map.insert(member.name(), Value::List(events));
        }
    } else if let (Some(member), Value::Map(map)) = (parsed.stream_member, &mut parsed.value) {
        map.insert(member.name(), Value::Bytes(body.clone()));
    }
    if let Some(output) = op.output() {
        normalise(output, &mut parsed.value);
    }
    let want = value_of(&case["result"]);
    if same(&parsed.value, &want) { Ok(()) } else { Err(format!("{:?}\n != {want:?}", parsed.value)) }
}

fn events(op: Operation, body: &[u8], value: &mut Value) -> Result<Vec<Value>, String> {
    let mut decoder = MessageDecoder::new();
    decoder.feed(body);
    let mut events = Vec::new();
    let mut first = matches!(op.service().protocol(), Protocol::Json | Protocol::Cbor);
    while let Some(message) = decoder.next_message().map_err(|e| e.to_string())? {
        if std::mem::take(&mut first) {
            *value = parse_initial_response(op, &message, &OPTIONS).map_err(|e| e.to_string())?;
            continue;
        }
        if let Some(event) = parse_event(op, &message, &OPTIONS).map_err(|e| e.to_string())? {
            let map: Map = [(event.name, event.value)].into_iter().collect();
            events.push(Value::Map(map));
        }
    }
    Ok(events)
}

fn check_error(op: Operation, reply: &Reply, case: &Json, want: &Value) -> Result<(), String> {
    let error = parse_error(op, reply, &OPTIONS).map_err(|e| e.to_string())?;
    let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let message = error.message.clone().unwrap_or_default();
    if error.code != text("errorCode") || message != text("errorMessage") {
        return Err(format!("{}: {message} != {}: {}", error.code, text("errorCode"), text("errorMessage")));
    }
    let mut fields = Value::Map(error.fields);
    if let Some(shape) = error.shape {
        normalise(shape, &mut fields);
    }
    for (name, value) in want.as_map().into_iter().flat_map(Map::iter) {
        // The CLI shows code and message once: those of the error.
        if name == "Code" || name == "Message" {
            continue;
        }
        let ours = fields.get(name).cloned();
        if !ours.as_ref().is_some_and(|ours| same(ours, value)) {
            return Err(format!("{name}: {ours:?} != {value:?}"));
        }
    }
    Ok(())
}

/// Brings what the CLI shows to what the vectors hold: moments as numbers, blobs as the text they stand for.
pub fn normalise(shape: Shape, value: &mut Value) {
    match (shape.kind(), &mut *value) {
        (ShapeKind::Structure, Value::Map(map)) => {
            for (name, value) in map.iter_mut() {
                if let Some(member) = shape.member(name) {
                    normalise(member.shape(), value);
                }
            }
        }
        (ShapeKind::Structure, Value::List(events)) => {
            events.iter_mut().for_each(|event| normalise(shape, event));
        }
        (ShapeKind::List, Value::List(items)) => {
            items.iter_mut().for_each(|item| normalise(shape.element().shape(), item));
        }
        (ShapeKind::Map, Value::Map(map)) => {
            map.iter_mut().for_each(|(_, value)| normalise(shape.value().shape(), value));
        }
        (ShapeKind::Timestamp, Value::String(text)) => {
            if let Ok(moment) = Timestamp::parse(text, &CLOCK) {
                *value = Value::Float(moment.unix_float());
            }
        }
        (ShapeKind::Blob, Value::String(text)) => {
            if let Ok(bytes) = STANDARD.decode(&*text) {
                *value = Value::String(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        (_, Value::Bytes(bytes)) => *value = Value::String(String::from_utf8_lossy(bytes).into_owned()),
        _ => {}
    }
}

/// The blobs alone: what came as base64 text becomes the text it stands for.
pub fn normalise_blobs(shape: Shape, value: &mut Value) {
    match (shape.kind(), &mut *value) {
        (ShapeKind::Structure, Value::Map(map)) => {
            for (name, value) in map.iter_mut() {
                if let Some(member) = shape.member(name) {
                    normalise_blobs(member.shape(), value);
                }
            }
        }
        (ShapeKind::List, Value::List(items)) => {
            items.iter_mut().for_each(|item| normalise_blobs(shape.element().shape(), item));
        }
        (ShapeKind::Blob, _) => normalise(shape, value),
        _ => {}
    }
}
