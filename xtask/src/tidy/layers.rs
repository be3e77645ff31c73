//! Who may import whom. The table is the picture in ARCHITECTURE.md.

use std::path::Path;

use serde_json::Value;

use super::{Finding, Workspace, relative};

/// Crates by layer; a crate may import those of lower layers only.
const LAYERS: &[(u8, &[&str])] = &[
    (0, &["python", "value", "model", "env", "failure"]),
    (1, &["config", "protocol", "endpoint", "sign", "jmespath", "yaml", "input", "output"]),
    (2, &["creds", "http", "modelpack", "pack"]),
    (3, &["client", "transfer"]),
    (4, &["cli"]),
    (5, &["commands", "tweaks"]),
    (6, &["aws"]),
];

/// Imports within a layer, each with its reason.
const SIDEWAYS: &[(&str, &str, &str)] = &[
    ("value", "python", "JSON has Python's number texts"),
    ("env", "python", "paths are Python's"),
    ("input", "yaml", "YAML has one reader"),
    ("output", "yaml", "and one writer"),
    ("pack", "modelpack", "the build script compiles the models"),
    ("creds", "http", "providers ask the instance's and the container's metadata servers"),
    ("transfer", "client", "the S3 engine sends its requests as operations"),
];

/// Imports that go down and are forbidden all the same.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    ("commands", &["http", "sign", "protocol", "endpoint"], "speak client::call"),
    ("tweaks", &["http", "sign", "protocol", "endpoint"], "speak client::call"),
    ("modelpack", &["python", "value", "env", "endpoint"], "a change of theirs would pack the models again"),
    ("transfer", &["protocol", "endpoint"], "the client says where requests go and what errors mean"),
];

/// Third-party crates with one home.
const AT_HOME: &[(&str, &[&str], &str)] = &[
    ("httparse", &["http"], "only http opens sockets"),
    ("rustls", &["http"], "only http opens sockets"),
    ("rustls-webpki", &["http"], "only http opens sockets"),
    ("webpki-roots", &["http"], "only http opens sockets"),
    ("aws-sigv4", &["sign"], "signing stands behind one interface"),
    ("chrono", &["env"], "only env knows the clock"),
    ("tokio", &["testkit"], "the product uses threads"),
];

/// Crates that the tests of any layer may use: they make the models that a test reads.
const MODELS: &[&str] = &["modelpack", "pack"];

/// Crates that aren't part of the product and may import any of it.
const DEVELOPMENT: &[&str] = &["testkit", "xtask", "fuzz", "test-vectors"];

pub fn check(workspace: &Workspace, root: &Path) -> Vec<Finding> {
    workspace.packages.iter().flat_map(|package| check_package(package, root)).collect()
}

fn check_package(package: &Value, root: &Path) -> Vec<Finding> {
    let name = short(package["name"].as_str().unwrap_or_default());
    let file = relative(Path::new(package["manifest_path"].as_str().unwrap_or_default()), root);
    let mut findings = Vec::new();
    let mut find = |problem| findings.push(Finding { file: file.clone(), line: 1, problem });
    if DEVELOPMENT.contains(&name) {
        return findings;
    }
    let Some(layer) = layer(name) else {
        find(format!("the crate `{name}` has no layer in xtask/src/tidy/layers.rs"));
        return findings;
    };
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let to = short(dependency["name"].as_str().unwrap_or_default());
        let development = dependency["kind"] == "dev";
        let sideways = SIDEWAYS.iter().any(|(from, into, _)| (*from, *into) == (name, to));
        match self::layer(to) {
            Some(lower) if lower < layer || sideways || (development && (lower == layer || MODELS.contains(&to))) => {}
            Some(upper) => {
                find(format!("imports go down only: `{name}` (layer {layer}) imports `{to}` (layer {upper})"))
            }
            None if DEVELOPMENT.contains(&to) && !development => {
                find(format!("`{to}` is development code: only [dev-dependencies] may name it"));
            }
            None => {}
        }
        for (from, into, reason) in FORBIDDEN {
            if *from == name && into.contains(&to) {
                find(format!("`{name}` never imports `{to}`: {reason}"));
            }
        }
        for (third_party, homes, reason) in AT_HOME {
            if *third_party == to && !homes.contains(&name) && !development {
                find(format!("`{to}` belongs into {}: {reason}", homes.join(", ")));
            }
        }
    }
    findings
}

fn layer(name: &str) -> Option<u8> {
    LAYERS.iter().find(|(_, crates)| crates.contains(&name)).map(|(layer, _)| *layer)
}

/// A crate's name without the common prefix; the executable's package is `oxaws` itself.
fn short(name: &str) -> &str {
    match name {
        "oxaws" => "aws",
        _ => name.strip_prefix("oxaws-").unwrap_or(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, dependencies: &[(&str, &str)]) -> usize {
        let list: Vec<Value> =
            dependencies.iter().map(|(n, kind)| serde_json::json!({"name": n, "kind": kind})).collect();
        let package = serde_json::json!({"name": name, "manifest_path": "/p/Cargo.toml", "dependencies": list});
        check_package(&package, Path::new("/p")).len()
    }

    #[test]
    fn imports_go_down() {
        assert_eq!(problems("oxaws-config", &[("oxaws-value", "normal"), ("proptest", "dev")]), 0);
        assert_eq!(problems("oxaws-value", &[("oxaws-cli", "normal")]), 1);
        assert_eq!(problems("oxaws-sign", &[("oxaws-protocol", "normal")]), 1);
        assert_eq!(problems("oxaws-sign", &[("oxaws-protocol", "dev"), ("oxaws-testkit", "dev")]), 0);
        assert_eq!(problems("oxaws-creds", &[("oxaws-http", "normal")]), 0);
        assert_eq!(problems("oxaws-tweaks", &[("oxaws-http", "normal")]), 1);
        assert_eq!(problems("oxaws-cli", &[("oxaws-testkit", "normal"), ("rustls", "normal")]), 2);
        assert_eq!(problems("oxaws-endpoint", &[("oxaws-pack", "normal")]), 1);
        assert_eq!(problems("oxaws-endpoint", &[("oxaws-pack", "dev")]), 0);
        assert_eq!(problems("oxaws-new", &[]), 1);
        assert_eq!(problems("oxaws", &[("oxaws-commands", "normal")]), 0);
    }
}
