//! Hostile and damaged replies: every one ends in an error, none in a panic or an overflow of the stack.

#[path = "vectors/model.rs"]
mod model;

use oxaws_model::Operation;
use oxaws_protocol::{
    Mismatch, ParseFailure, ParseOptions, Reply, SerializeError, SerializeOptions, Timestamps, parse, parse_error,
    serialize,
};
use oxaws_python::LocalClock;
use oxaws_value::{Map, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const CLOCK: LocalClock<'_> = LocalClock { now: 0, offset: &|_| 0 };
const OPTIONS: ParseOptions<'_> = ParseOptions { timestamps: Timestamps::Iso8601, clock: CLOCK };
const PROTOCOLS: [&str; 6] = ["json", "rest-json", "rest-xml", "query", "ec2", "smithy-rpc-v2-cbor"];

/// An operation whose input and output nest without end.
fn nesting(protocol: &str) -> Operation {
    let suite: Json = json!({
        "metadata": {"protocol": protocol, "protocols": [protocol], "targetPrefix": "T", "jsonVersion": "1.1"},
        "shapes": {
            "Node": {"type": "structure", "members": {
                "N": {"shape": "Node"}, "L": {"shape": "List"}, "M": {"shape": "Map"}, "S": {"shape": "String"},
                "I": {"shape": "Integer"}, "T": {"shape": "Time"},
            }},
            "List": {"type": "list", "member": {"shape": "Node"}},
            "Map": {"type": "map", "key": {"shape": "String"}, "value": {"shape": "Node"}},
            "String": {"type": "string"},
            "Integer": {"type": "integer"},
            "Time": {"type": "timestamp"},
            "Oops": {"type": "structure", "members": {"N": {"shape": "Node"}}, "exception": true},
        },
    });
    let side = json!({"shape": "Node", "locationName": "Node"});
    let given = json!({"name": "Op", "input": side, "output": {"shape": "Node"}, "errors": [{"shape": "Oops"}]});
    model::operation(&suite, &given).expect("an operation")
}

fn reply(status: u16, body: &[u8]) -> Reply<'_> {
    Reply { status, reason: "", headers: &[], body }
}

fn nested_body(protocol: &str, depth: usize) -> Vec<u8> {
    match protocol {
        "json" | "rest-json" => format!("{}{{}}{}", "{\"N\":".repeat(depth), "}".repeat(depth)).into_bytes(),
        "smithy-rpc-v2-cbor" => [b"\xa1\x61N".repeat(depth), b"\xa0".to_vec()].concat(),
        _ => format!("<R>{}{}</R>", "<N>".repeat(depth), "</N>".repeat(depth)).into_bytes(),
    }
}

#[test]
fn deep_replies() {
    for protocol in PROTOCOLS {
        let op = nesting(protocol);
        for (depth, fits) in [(100, true), (1000, false), (200_000, false)] {
            let body = nested_body(protocol, depth);
            let result = parse(op, &reply(200, &body), &OPTIONS);
            assert_eq!(result.is_ok(), fits, "{protocol} {depth}");
            if !fits {
                assert_eq!(result.map(|_| ()).unwrap_err(), ParseFailure::TooDeep, "{protocol} {depth}");
            }
            let _ = parse_error(op, &reply(400, &body), &OPTIONS);
        }
    }
}

#[test]
fn deep_inputs() {
    for protocol in PROTOCOLS {
        let op = nesting(protocol);
        for (depth, fits) in [(100, true), (400, false)] {
            let mut input = Value::Map(Map::new());
            for _ in 0..depth {
                input = Value::Map([("N", input)].into_iter().collect());
            }
            let mut options = SerializeOptions {
                stream_given: false,
                idempotency_token: &mut String::new,
                inject_host_prefix: true,
                clock: CLOCK,
            };
            let result = serialize(op, &input, &mut options);
            assert_eq!(result.as_ref().err(), (!fits).then_some(&SerializeError::TooDeep), "{protocol} {depth}");
        }
    }
}

#[test]
fn answers_of_something_else() {
    let html = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Hello</body></html>";
    for protocol in PROTOCOLS {
        let result = parse(nesting(protocol), &reply(200, html), &OPTIONS);
        let Err(ParseFailure::NotOfProtocol { mismatch, first_bytes, .. }) = result else {
            panic!("{protocol}: {result:?}")
        };
        assert_eq!(mismatch, Mismatch::Html, "{protocol}");
        assert!(first_bytes.starts_with(b"<!DOCTYPE html>"));
    }
    for (protocol, body, message) in [
        ("json", &b"{\"S\": \"x"[..], "it is no valid JSON from byte 8 on"),
        ("json", b"[1]", "Node is a list where a structure is expected"),
        ("json", b"null", "Node is a NoneType where a structure is expected"),
        ("rest-json", b"{\"L\": \"x\"}", "List is a str where a list is expected"),
        ("rest-json", b"{} x", "something follows its end"),
        ("smithy-rpc-v2-cbor", b"", "it is empty"),
        ("smithy-rpc-v2-cbor", b"\xa1\x61", "it is no valid CBOR"),
    ] {
        let failure = parse(nesting(protocol), &reply(200, body), &OPTIONS).map(|_| ()).unwrap_err().to_string();
        assert!(failure.contains(message), "{protocol} {body:?}: {failure}");
        assert!(failure.contains("status 200, content type none, it begins with b'"), "{failure}");
    }
    for (protocol, body, message) in [
        ("query", &b""[..], "no element found: line 1, column 0"),
        ("ec2", b"<A><B>", "no element found: line 1, column 6"),
        ("rest-xml", b"<A><B></A>", "mismatched tag: line 1, column 8"),
        ("query", b"<A><I>abc</I></A>", "invalid literal for int() with base 10: 'abc'"),
        ("rest-xml", b"<A><T>x</T></A>", "Invalid timestamp \"x\": Unknown string format: x"),
        ("json", b"\xff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ] {
        let failure = parse(nesting(protocol), &reply(200, body), &OPTIONS).map(|_| ()).unwrap_err().to_string();
        assert!(failure.contains(message), "{protocol} {body:?}: {failure}");
    }
    for protocol in ["json", "rest-json", "rest-xml"] {
        let parsed = parse(nesting(protocol), &reply(200, b""), &OPTIONS).expect("an empty answer is one");
        assert_eq!(parsed.value, Value::Map(Map::new()), "{protocol}");
    }
}

#[test]
fn members_end_in_the_models_order() {
    for (protocol, body) in [
        ("json", "{\"I\": 5, \"X\": [{}], \"S\": \"a\", \"I\": 6, \"N\": {\"S\": null}}"),
        ("rest-json", "{\"S\": \"a\", \"I\": \"6\", \"N\": {}}"),
        ("query", "<r><I>6</I><X><Y/></X><S>a</S><N/></r>"),
        ("rest-xml", "<r><S>a</S><I>6</I><S>b</S><N></N></r>"),
    ] {
        let parsed = parse(nesting(protocol), &reply(200, body.as_bytes()), &OPTIONS).expect(body);
        let keys: Vec<String> = parsed.value.as_map().expect("a map").keys().map(|k| k.to_string()).collect();
        assert_eq!(keys, ["N", "S", "I"], "{protocol}");
        assert_eq!(parsed.value.get("I"), Some(&Value::Int(6)), "{protocol}");
        assert_eq!(parsed.value.get("S"), Some(&Value::from("a")), "{protocol}");
    }
}

#[test]
fn error_codes() {
    for (protocol, body, code) in [
        ("json", "{\"__type\": \"com.example#Oops:http://x\", \"N\": {\"S\": \"a\"}}", "Oops"),
        ("rest-json", "{\"code\": \"Oops\", \"N\": {\"S\": \"a\"}}", "Oops"),
        ("query", "<ErrorResponse><Error><Code>Oops</Code><N><S>a</S></N></Error></ErrorResponse>", "Oops"),
        ("ec2", "<Response><Errors><Error><Code>Oops</Code><N><S>a</S></N></Error></Errors></Response>", "Oops"),
        ("rest-xml", "<Error><Code>Oops</Code><N><S>a</S></N></Error>", "Oops"),
    ] {
        let error = parse_error(nesting(protocol), &reply(400, body.as_bytes()), &OPTIONS).expect(body);
        assert_eq!(error.code, code, "{protocol}");
        assert_eq!(error.shape.map(|s| s.name()), Some("Oops"), "{protocol}");
        let inner = error.fields.get("N").and_then(|n| n.get("S"));
        assert_eq!(inner, Some(&Value::from("a")), "{protocol}: {:?}", error.fields);
    }
    for protocol in PROTOCOLS {
        for body in [&b""[..], b" <html>oops</html>"] {
            let error = parse_error(nesting(protocol), &reply(503, body), &OPTIONS).expect("an error");
            assert_eq!((error.code.as_str(), error.message.as_deref()), ("503", Some("Service Unavailable")));
        }
    }
}

proptest! {
    #[test]
    fn no_reply_makes_it_panic(
        protocol in 0..PROTOCOLS.len(),
        status in prop_oneof![Just(200u16), Just(400), Just(500)],
        body in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..64),
            "[{}\\[\\]\":,NLMSIT1 ]{0,40}".prop_map(String::into_bytes),
            "(<(/?[NLMSIT]|entry|key|value|/)>|[a&;]){0,12}".prop_map(String::into_bytes),
        ],
    ) {
        let op = nesting(PROTOCOLS[protocol]);
        let _ = parse(op, &reply(status, &body), &OPTIONS);
        let _ = parse_error(op, &reply(status, &body), &OPTIONS);
    }
}
