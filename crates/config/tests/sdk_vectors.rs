//! The profile file cases that the AWS SDKs share, as the crate `aws-runtime` carries them.
//!
//! They are looked for in `$OXAWS_VECTORS/aws-runtime`, else in `target/vectors/aws-runtime`; without them this test only
//! says so, unless that variable promises them. The AWS CLI is older than the rules they describe: where it differs, the
//! case is listed with the reason, and the test holds that it really differs.

use oxaws_config::profiles::{config_file, credentials_file};
use oxaws_config::{Config, ConfigError, Files, Profile, Setting};
use oxaws_env::{Fixed, expand_path};
use oxaws_value::{Value, parse_json};
use std::path::PathBuf;

const COLON: &str = "`:` separates too";
const COMMENT: &str = "no comments after a value";
const DUPLICATE: &str = "a section or key twice is an error";
const LATER: &str = "the later of [default] and [profile default] counts";
const NAMES: &str = "names may hold any character";
const PREFIX: &str = "in the credentials file every section is a profile";
const BLANKS: &str = "blanks inside the brackets are part of the name";
const EMPTY_NAME: &str = "a nested key may be empty";
const INDENTED: &str = "an indented line after a header is an ordinary line; this one lacks a separator";

/// Cases in which the AWS CLI differs, and why.
const DIFFERENT: &[(&str, &str)] = &[
    ("Profile names support alphanumeric characters and - / . % @ _ : +", NAMES),
    ("Property definitions must contain an equals sign.", COLON),
    ("Pound sign comments are ignored.", COMMENT),
    ("Semicolon sign comments are ignored.", COMMENT),
    ("All comment types can be used together.", COMMENT),
    ("Comments can be empty.", COMMENT),
    ("Duplicate profiles in the same file merge properties.", DUPLICATE),
    ("Duplicate properties in a profile use the last one defined.", DUPLICATE),
    ("Duplicate properties in duplicate profiles use the last one defined.", DUPLICATE),
    ("Duplicate properties in duplicate profiles use the last one defined (case insensitive).", DUPLICATE),
    (
        "Default profile with profile prefix overrides default profile without prefix when profile prefix is first.",
        LATER,
    ),
    ("Invalid profile names are ignored.", PREFIX),
    ("Invalid property names are ignored.", NAMES),
    ("Sub-property definitions cannot have an empty name.", EMPTY_NAME),
    ("Default profiles with mixed prefixes in the config file ignore the one without prefix when merging.", DUPLICATE),
    ("Default profiles with mixed prefixes merge with credentials", DUPLICATE),
    ("Credentials profiles with prefix are ignored.", PREFIX),
    ("profile name with extra whitespace", BLANKS),
    ("profile name with extra whitespace in credentials", BLANKS),
];

/// Cases in which the AWS CLI fails as well, for another reason than the case has in mind.
const SAME_FOR_ANOTHER_REASON: &[(&str, &str)] = &[("Continuations cannot be used outside of a property.", INDENTED)];

fn vectors(name: &str) -> Option<Value> {
    let root = match std::env::var_os("OXAWS_VECTORS") {
        Some(root) => PathBuf::from(root),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/vectors"),
    };
    let path = root.join("aws-runtime").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(parse_json(&text).expect("the vectors are JSON")),
        Err(_) => {
            assert!(std::env::var_os("OXAWS_VECTORS").is_none(), "{} is not there", path.display());
            eprintln!("skipped: {} is not there", path.display());
            None
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn load(case: &Value) -> Result<Files, ConfigError> {
    let mut world = Fixed::new().with_var("HOME", "/home");
    let input = case.get("input").expect("every case has input");
    for (key, path) in [("configFile", "/home/.aws/config"), ("credentialsFile", "/home/.aws/credentials")] {
        if let Some(contents) = input.get(key).and_then(Value::as_str) {
            world = world.with_file(path, contents);
        }
    }
    Files::load(&world)
}

fn same_profile(profile: Option<Profile>, want: &Value) -> bool {
    let (Some(profile), Some(want)) = (profile, want.as_map()) else { return false };
    profile.iter().count() == want.len()
        && want.iter().all(|(key, want)| match (profile.get(key), want.as_str()) {
            (Some(Setting::Text(text)), Some(want)) => text == want,
            (Some(Setting::Nested(nested)), Some(want)) => nested
                .iter()
                .map(|(k, v)| format!("{k} = {v}").trim_end().to_owned())
                .eq(want.lines().filter(|l| !l.is_empty()).map(str::to_owned)),
            _ => false,
        })
}

fn as_wanted(case: &Value) -> bool {
    let (files, output) = (load(case), case.get("output").expect("every case has output"));
    let Some(want) = output.get("config") else { return files.is_err() };
    let Ok(files) = files else { return false };
    let wanted = |key: &str| want.get(key).and_then(Value::as_map).into_iter().flat_map(|m| m.iter());
    files.profile_names().len() == wanted("profiles").count()
        && wanted("profiles").all(|(name, want)| same_profile(files.profile(name), want))
        && wanted("sso_sessions").all(|(name, want)| same_profile(files.sso_session(name), want))
}

#[test]
fn profile_files() {
    let Some(file) = vectors("profile-parser-tests.json") else { return };
    let cases = file.get("tests").and_then(Value::as_list).expect("a list of cases");
    let mut wrong = Vec::new();
    for case in cases {
        let name = text(case, "name");
        let differs = DIFFERENT.iter().any(|(n, _)| *n == name);
        if as_wanted(case) == differs {
            wrong.push(format!("{name:?}, listed as different: {differs}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (name, _) in DIFFERENT.iter().chain(SAME_FOR_ANOTHER_REASON) {
        assert!(cases.iter().any(|c| text(c, "name") == *name), "no case is called {name:?}");
    }
    eprintln!("{} cases, {} of them different in the AWS CLI", cases.len(), DIFFERENT.len());
}

#[test]
fn file_locations() {
    let Some(file) = vectors("file-location-tests.json") else { return };
    let cases = file.get("tests").and_then(Value::as_list).expect("a list of cases");
    for case in cases.iter().filter(|c| text(c, "platform") == "linux") {
        let mut world = Fixed::new();
        for (name, value) in case.get("environment").and_then(Value::as_map).into_iter().flat_map(|m| m.iter()) {
            world = world.with_var(name, value.as_str().unwrap_or_default());
        }
        let place = |path: String| expand_path(&world, &path).display().to_string();
        assert_eq!(place(config_file(&world)), text(case, "configLocation"));
        assert_eq!(place(credentials_file(&world)), text(case, "credentialsLocation"));
        if let Some(profile) = case.get("profile").and_then(Value::as_str) {
            assert_eq!(Config::load(&world, None).profile_or_default(), profile);
        }
    }
}
