//! Lists of replies that are read apart from the rest: together they are what the plain reading gives.

#[path = "vectors/model.rs"]
mod model;

use oxaws_model::Operation;
use oxaws_protocol::{ListTaker, Lists, ParseOptions, Reply, Timestamps, parse, parse_without_lists};
use oxaws_python::LocalClock;
use oxaws_value::{Map, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const CLOCK: LocalClock<'_> = LocalClock { now: 0, offset: &|_| 0 };
const OPTIONS: ParseOptions<'_> = ParseOptions { timestamps: Timestamps::Iso8601, clock: CLOCK };

fn operation(protocol: &str) -> Operation {
    let suite: Json = json!({
        "metadata": {"protocol": protocol, "protocols": [protocol], "targetPrefix": "T", "jsonVersion": "1.1"},
        "shapes": {
            "Out": {"type": "structure", "members": {
                "Items": {"shape": "Items"}, "Deep": {"shape": "Deep"}, "Other": {"shape": "Items"},
            }},
            "Deep": {"type": "structure", "members": {"Deep": {"shape": "Deep"}, "Items": {"shape": "Items"}}},
            "Items": {"type": "list", "member": {"shape": "Item"}},
            "Item": {"type": "structure", "members": {"Items": {"shape": "Items"}, "Name": {"shape": "String"}}},
            "String": {"type": "string"},
        },
    });
    let side = json!({"shape": "Out"});
    model::operation(&suite, &json!({"name": "Op", "input": side, "output": side})).expect("an operation")
}

#[derive(Default)]
struct Taken {
    lists: [Option<Vec<Value>>; 2],
}

impl ListTaker for Taken {
    fn begin(&mut self, list: usize) {
        self.lists[list] = Some(Vec::new());
    }
    fn element(&mut self, list: usize, value: &mut Value) {
        let value = std::mem::take(value);
        self.lists[list].as_mut().expect("a list that began").push(value);
    }
}

/// Puts the taken elements where the reply has empty lists.
fn put_back(mut rest: Map, taken: Taken) -> Map {
    let [items, deep] = taken.lists;
    let fill = |there: Option<&mut Value>, list: Option<Vec<Value>>| {
        if let (Some(there @ Value::List(_)), Some(list)) = (there, list) {
            assert_eq!(there.as_list(), Some(&[][..]));
            *there = Value::List(list);
        }
    };
    fill(rest.get_mut("Items"), items);
    fill(rest.get_mut("Deep").and_then(Value::as_map_mut).and_then(|m| m.get_mut("Items")), deep);
    rest
}

fn both(op: Operation, body: &str) -> (Option<Value>, Option<Value>) {
    let reply = Reply { status: 200, reason: "", headers: &[], body: body.as_bytes() };
    let paths = [vec!["Items".to_owned()], vec!["Deep".to_owned(), "Items".to_owned()]];
    let mut taken = Taken::default();
    let lists = Lists { paths: &paths, taker: &mut taken };
    let apart = parse_without_lists(op, &reply, &OPTIONS, lists).ok().map(|parsed| match parsed.value {
        Value::Map(rest) => Value::Map(put_back(rest, taken)),
        other => other,
    });
    (parse(op, &reply, &OPTIONS).ok().map(|parsed| parsed.value), apart)
}

fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec!["null", "\"a\"", "[]", "{}", "7"]).prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 5, |inner| {
        let key = prop::sample::select(vec!["Items", "Deep", "Other", "Name", "Unknown"]);
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            3 => prop::collection::vec((key, inner), 0..5).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(k, v)| format!("\"{k}\": {v}")).collect();
                format!("{{{}}}", members.join(", "))
            }),
        ]
    })
}

#[test]
fn lists_at_their_paths_are_taken() {
    let op = operation("json");
    let body = r#"{"Items":[{"Name":"a","Items":[{"Name":"b"}]},null],"Deep":{"Items":[],"Deep":{"Items":[{}]}},"Other":[{}]}"#;
    let reply = Reply { status: 200, reason: "", headers: &[], body: body.as_bytes() };
    let paths = [vec!["Items".to_owned()], vec!["Deep".to_owned(), "Items".to_owned()]];
    let mut taken = Taken::default();
    let lists = Lists { paths: &paths, taker: &mut taken };
    let rest = parse_without_lists(op, &reply, &OPTIONS, lists).expect("a reply").value;
    assert_eq!(taken.lists[0].as_ref().map(Vec::len), Some(2));
    assert_eq!(taken.lists[1].as_ref().map(Vec::len), Some(0));
    let want = oxaws_value::parse_json(r#"{"Items":[],"Deep":{"Deep":{"Items":[{}]},"Items":[]},"Other":[{}]}"#);
    assert_eq!(Ok(rest), want);
}

#[test]
fn of_several_lists_of_one_name_the_last_counts() {
    for protocol in ["json", "rest-json"] {
        let op = operation(protocol);
        for body in [
            r#"{"Items":[{"Name":"a"}],"Items":[{"Name":"b"}]}"#,
            r#"{"Items":[{"Name":"a"}],"Items":null}"#,
            r#"{"Deep":{"Items":[{}]},"Deep":{"Items":[]}}"#,
            r#"{"Deep":{"Items":[{}]},"Deep":{}}"#,
        ] {
            let (plain, apart) = both(op, body);
            assert!(plain.is_some());
            assert_eq!(plain, apart, "{body}");
        }
    }
}

proptest! {
    #[test]
    fn reading_apart_is_reading(body in json_text(), rest in any::<bool>()) {
        let (plain, apart) = both(operation(if rest { "rest-json" } else { "json" }), &body);
        prop_assert_eq!(plain, apart);
    }
}
