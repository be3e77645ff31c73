//! botocore's own protocol vectors, run against this crate.
//!
//! They are read from `target/vectors/botocore` (an unpacked botocore 1.43.114 source distribution), or from
//! `$OXAWS_VECTORS/botocore`. Without them the tests say so and pass, unless that variable promises them.

mod cbor;
mod compare;
mod input;
mod model;
mod output;
mod real;

use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// The root of the source distribution, if it is there.
fn root() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/vectors");
    let root = std::env::var_os("OXAWS_VECTORS").map_or_else(beside, PathBuf::from).join("botocore");
    if root.join("tests/unit/protocols").is_dir() {
        return Some(root);
    }
    assert!(std::env::var_os("OXAWS_VECTORS").is_none(), "no botocore vectors at {}", root.display());
    eprintln!("skipped: no botocore vectors at {}", root.display());
    None
}

/// The suites of a direction (`input`, `output`), with the name of their file: first today's, then the older ones.
fn suites(direction: &str) -> Vec<(String, Vec<Json>)> {
    let Some(root) = root() else { return Vec::new() };
    let mut files = Vec::new();
    for folder in ["", "legacy/"] {
        let folder_path = root.join("tests/unit/protocols").join(format!("{folder}{direction}"));
        let mut names: Vec<String> = std::fs::read_dir(folder_path)
            .expect("the folder of vectors")
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".json"))
            .collect();
        names.sort();
        for name in names {
            let path = root.join("tests/unit/protocols").join(format!("{folder}{direction}")).join(&name);
            let text = std::fs::read_to_string(path).expect("a file of vectors");
            let json: Json = serde_json::from_str(&text).expect("a JSON file of vectors");
            let label = format!("{folder}{}", name.trim_end_matches(".json"));
            files.push((label, json.as_array().expect("a list of suites").clone()));
        }
    }
    files
}

/// The name of a case: its id, or its place in its file.
fn case_name(file: &str, suite: usize, case: usize, json: &Json) -> String {
    let id = json["id"].as_str().map_or_else(|| format!("{suite}:{case}"), str::to_owned);
    format!("{file}/{id}")
}

/// Fails with the list of what failed; a skipped case that has begun to pass must leave the list.
fn report(passed: usize, failures: Vec<(String, String)>, skips: &[(&str, &str)], ran: &[String]) {
    let is_skip = |name: &str| skips.iter().any(|(skip, _)| *skip == name);
    let stale: Vec<&str> = skips
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| ran.iter().any(|r| r == name) && !failures.iter().any(|(failed, _)| failed == name))
        .collect();
    let unexpected: Vec<String> =
        failures.iter().filter(|(name, _)| !is_skip(name)).map(|(name, why)| format!("{name}\n    {why}")).collect();
    eprintln!("{passed} passed, {} skipped by name", failures.len() - unexpected.len());
    assert!(unexpected.is_empty(), "{} failed:\n{}", unexpected.len(), unexpected.join("\n"));
    assert!(stale.is_empty(), "these pass and need no skip: {stale:?}");
}

#[test]
fn input_vectors() {
    input::run();
}

#[test]
fn output_vectors() {
    output::run();
}

#[test]
fn replies_of_real_services() {
    real::run();
}

#[test]
fn cbor_vectors() {
    cbor::run();
}
