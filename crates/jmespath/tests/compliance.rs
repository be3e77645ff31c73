//! The compliance cases of the JMESPath project.
//!
//! They aren't part of this repository: the Rust package `jmespath` 0.5.0 (MIT) carries them in `tests/compliance`.
//! They are read from `$OXAWS_VECTORS/jmespath`, or else from `target/vectors/jmespath`. Without them the test says so and
//! passes, unless that variable promises them.

use oxaws_jmespath::{Error, search};
use oxaws_value::{JsonStyle, Value, parse_json, to_json};
use std::path::PathBuf;

fn folder() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/vectors");
    std::env::var_os("OXAWS_VECTORS").map_or_else(beside, PathBuf::from).join("jmespath")
}

/// Equality of JSON, in which 2 and 2.0 are the same number.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| same(v, w)))
        }
        _ => a == b || (a.as_f64().is_some() && a.as_f64() == b.as_f64()),
    }
}

/// What is wrong with a case, if anything is.
fn fault(given: &Value, case: &Value) -> Option<String> {
    let expression = case.get("expression")?.as_str()?;
    let result = search(expression, given);
    if let Some(kind) = case.get("error").and_then(Value::as_str) {
        return match result {
            Err(Error::Compile(_)) if kind == "syntax" => None,
            Err(Error::Runtime(_)) if kind != "syntax" => None,
            other => Some(format!("{expression}: {kind} error expected, got {other:?}")),
        };
    }
    let Some(expected) = case.get("result") else {
        // A benchmark says how long an expression may take to be read, not that it can be.
        return None;
    };
    match result {
        Ok(result) if same(&result, expected) => None,
        Ok(result) => Some(format!("{expression}: got {}", to_json(&result, JsonStyle::COMPACT))),
        Err(e) => Some(format!("{expression}: {e}")),
    }
}

#[test]
fn compliance() {
    let folder = folder();
    let mut cases = 0;
    let mut faults = Vec::new();
    let entries = std::fs::read_dir(&folder).into_iter().flatten();
    for path in entries.map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "json")) {
        let suites = parse_json(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for suite in suites.as_list().unwrap() {
            let given = suite.get("given").unwrap();
            for case in suite.get("cases").and_then(Value::as_list).unwrap() {
                cases += 1;
                faults.extend(fault(given, case).map(|f| format!("{}: {f}", path.display())));
            }
        }
    }
    println!("{cases} cases");
    assert!(faults.is_empty(), "{} of {cases} cases failed:\n{}", faults.len(), faults.join("\n"));
    if cases == 0 {
        assert!(std::env::var_os("OXAWS_VECTORS").is_none(), "no JMESPath compliance cases in {}", folder.display());
        println!("skipped: no JMESPath compliance cases in {}", folder.display());
    }
}
