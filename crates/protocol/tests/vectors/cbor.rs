//! CBOR items, read through a service whose one member is a document-like map.

use crate::compare::same;
use crate::{model, root};
use oxaws_model::Operation;
use oxaws_protocol::{ParseOptions, Reply, Timestamps, parse};
use oxaws_python::LocalClock;
use oxaws_value::Value;
use serde_json::{Value as Json, json};

const OPTIONS: ParseOptions<'_> =
    ParseOptions { timestamps: Timestamps::Wire, clock: LocalClock { now: 0, offset: &|_| 0 } };

/// Forms of CBOR that no service sends and botocore refuses, or reads otherwise.
const SKIPS: &[&str] = &[
    "tag - 0/min",
    "tag - 1/min",
    "tag - 2/min",
    "tag - 4/min",
    "tag - 8/min",
    "tag - 0/max",
    "tag - 1/max",
    "tag - 2/max",
    "tag - 4/max",
    "tag - 8/max",
    "map - {_ null}",
    "map - {null}",
];

thread_local! {
    static PROBE: Operation = probe();
}

/// An operation whose output has one member that takes anything: maps of CBOR are passed on as they are.
fn probe() -> Operation {
    let suite = json!({
        "metadata": {"protocol": "smithy-rpc-v2-cbor", "protocols": ["smithy-rpc-v2-cbor"], "targetPrefix": "T"},
        "shapes": {
            "Output": {"type": "structure", "members": {"v": {"shape": "S"}}},
            "S": {"type": "string"},
        },
    });
    model::operation(&suite, &json!({"name": "Probe", "output": {"shape": "Output"}})).expect("an operation")
}

/// The item that bytes hold.
pub fn decode(item: &[u8]) -> Result<Value, String> {
    // {"v": item}
    let mut body = vec![0xa1, 0x61, b'v'];
    body.extend_from_slice(item);
    let reply = Reply { status: 200, reason: "", headers: &[], body: &body };
    let parsed = PROBE.with(|op| parse(*op, &reply, &OPTIONS)).map_err(|e| e.to_string())?;
    Ok(parsed.value.get("v").cloned().unwrap_or_default())
}

pub fn run() {
    let Some(root) = root() else { return };
    let read = |name: &str| -> Vec<Json> {
        let text = std::fs::read_to_string(root.join("tests/unit/cbor").join(name)).expect("a file of vectors");
        serde_json::from_str(&text).expect("a list of vectors")
    };
    let mut failed = Vec::new();
    for case in read("decode-success-tests.json") {
        let name = case["description"].as_str().unwrap_or_default();
        if SKIPS.contains(&name) {
            continue;
        }
        let decoded = decode(&bytes(&case));
        let want = expected(&case["expect"]);
        if !decoded.as_ref().is_ok_and(|d| same(d, &want)) {
            failed.push(format!("{name}: {decoded:?} != {want:?}"));
        }
    }
    for case in read("decode-error-tests.json") {
        if let Ok(value) = decode(&bytes(&case)) {
            failed.push(format!("{}: read as {value:?}", case["description"]));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn bytes(case: &Json) -> Vec<u8> {
    let hex = case["input"].as_str().unwrap_or_default();
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).expect("hexadecimal digits")).collect()
}

fn expected(json: &Json) -> Value {
    let (kind, value) = json.as_object().and_then(|o| o.iter().next()).expect("a kind and a value");
    match kind.as_str() {
        "uint" | "negint" | "bool" | "string" => crate::compare::value_of(value),
        "bytestring" => {
            Value::Bytes(value.as_array().into_iter().flatten().filter_map(|b| Some(b.as_u64()? as u8)).collect())
        }
        "list" => Value::List(value.as_array().into_iter().flatten().map(expected).collect()),
        "map" => Value::Map(value.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), expected(v))).collect()),
        "float32" => Value::Float(f32::from_bits(value.as_u64().unwrap_or_default() as u32).into()),
        "float64" => Value::Float(f64::from_bits(value.as_u64().unwrap_or_default())),
        "null" | "undefined" => Value::Null,
        other => panic!("unknown kind {other}"),
    }
}
