//! The signing test suite that the crate `aws-sigv4` carries. It isn't part of this project: `OXAWS_VECTORS` names the
//! folder that holds `aws-sigv4/aws-signing-test-suite`, by default `target/vectors` of the workspace. Where it is absent
//! the tests say so and pass, unless that variable promises it.

#![allow(clippy::unwrap_used)] // the helpers; clippy knows only test functions as tests

use oxaws_python::percent_decode;
use oxaws_sign::{
    Credentials, Headers, KeyCache, PathRule, Payload, Rules, Scope, Signable, TokenName, V4aKey, presign_v4,
    presign_v4a, sha256_hex, sign_v4, sign_v4a,
};
use serde_json::Value;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

const TIME: i64 = 1_440_938_160; // 2015-08-30T12:36:00Z, of all cases

struct Case {
    folder: PathBuf,
    context: Value,
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Case {
    fn read(folder: &Path) -> Option<Case> {
        let context = std::fs::read_to_string(folder.join("context.json")).ok()?;
        let context: Value = serde_json::from_str(&context).unwrap();
        assert_eq!(context["timestamp"], "2015-08-30T12:36:00Z");
        let text = std::fs::read_to_string(folder.join("request.txt")).unwrap().replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let (line, rest) = head.split_once('\n').unwrap();
        let (method, target) = line.split_once(' ').unwrap();
        let target = target.strip_suffix(" HTTP/1.1").unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in rest.lines().filter(|l| !l.is_empty()) {
            match (line.starts_with(' '), line.split_once(':')) {
                (false, Some((name, value))) => headers.push((name.to_owned(), value.to_owned())),
                _ => headers.last_mut().unwrap().1 += line,
            }
        }
        Some(Case {
            folder: folder.to_owned(),
            context,
            method: method.to_owned(),
            // The suite's signer has a path encoded once, from whatever form it is written in.
            path: String::from_utf8(percent_decode(path).into_owned()).unwrap(),
            query: query.to_owned(),
            headers,
            body: body.to_owned(),
        })
    }

    fn text(&self, name: &str) -> &str {
        self.context[name].as_str().unwrap()
    }

    fn credentials(&self) -> Credentials<'_> {
        let of = &self.context["credentials"];
        Credentials {
            access_key_id: of["access_key_id"].as_str().unwrap(),
            secret_access_key: of["secret_access_key"].as_str().unwrap(),
            session_token: of["token"].as_str(),
        }
    }

    fn scope(&self) -> Scope<'_> {
        Scope { region: self.text("region"), service: self.text("service"), time: TIME }
    }

    fn rules(&self) -> Rules {
        let path = if self.context["normalize"] == true { PathRule::NormalizeAndEncode } else { PathRule::Encode };
        Rules { path, token: TokenName::Security, content_sha256: self.context["sign_body"] == true }
    }

    fn headers(&self) -> Headers<'static> {
        self.headers.iter().map(|(n, v)| (Cow::Owned(n.clone()), Cow::Owned(v.clone().into_bytes()))).collect()
    }

    fn signable<'r>(&'r self, headers: &'r mut Headers<'static>) -> Signable<'r, 'static> {
        Signable { method: &self.method, host: "", path: &self.path, query: &self.query, headers }
    }

    fn expires(&self) -> u64 {
        self.context["expiration_in_seconds"].as_u64().unwrap()
    }

    fn expected(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file)).unwrap().replace("\r\n", "\n").trim_end().to_owned()
    }

    /// botocore, and so this, takes the content type that a form gets by itself out of a presigned request.
    fn loses_its_type(&self) -> bool {
        self.folder.ends_with("post-x-www-form-urlencoded-parameters")
    }

    fn check(&self, kind: &str, canonical: &[u8], to_sign: &str) {
        let name = self.folder.display();
        assert_eq!(
            String::from_utf8_lossy(canonical),
            self.expected(&format!("{kind}-canonical-request.txt")),
            "{name} {kind}"
        );
        assert_eq!(to_sign, self.expected(&format!("{kind}-string-to-sign.txt")), "{name} {kind}");
    }
}

fn root() -> PathBuf {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/vectors");
    let root = std::env::var("OXAWS_VECTORS").unwrap_or_else(|_| default.to_owned());
    Path::new(&root).join("aws-sigv4/aws-signing-test-suite")
}

/// Says that a test has nothing to read; where a variable promises it, that is a failure.
fn skipped(folder: &Path) {
    assert!(std::env::var_os("OXAWS_VECTORS").is_none(), "no vectors in {}", folder.display());
    println!("skipped: no vectors in {}", folder.display());
}

/// The cases of one kind that apply: tokens added after signing are not done here.
fn cases(kind: &str) -> Vec<Case> {
    let folder = root().join(kind);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        skipped(&folder);
        return Vec::new();
    };
    let mut folders: Vec<_> = entries.map(|e| e.unwrap().path()).collect();
    folders.sort();
    let all: Vec<_> = folders.iter().filter_map(|f| Case::read(f)).collect();
    let applying: Vec<_> = all.into_iter().filter(|c| c.context["omit_session_token"] != true).collect();
    assert!(applying.len() >= 30, "too few cases");
    applying
}

#[test]
fn v4_in_headers() {
    let keys = KeyCache::new();
    for case in cases("v4") {
        let mut headers = case.headers();
        let payload = Payload::Bytes(case.body.as_bytes());
        let trace = sign_v4(
            &mut case.signable(&mut headers),
            &case.credentials(),
            &case.scope(),
            payload,
            &case.rules(),
            &keys,
        );
        case.check("header", &trace.canonical_request, &trace.string_to_sign);
        assert_eq!(trace.signature, case.expected("header-signature.txt"));
        let signed = case.expected("header-signed-request.txt");
        let expected = signed.lines().find_map(|l| l.strip_prefix("Authorization:")).unwrap();
        let (name, value) = headers.last().unwrap();
        assert_eq!((name.as_ref(), String::from_utf8_lossy(value).as_ref()), ("Authorization", expected));
    }
}

#[test]
fn v4_in_the_query() {
    let keys = KeyCache::new();
    for case in cases("v4").into_iter().filter(|c| !c.loses_its_type()) {
        let mut headers = case.headers();
        let hash = sha256_hex(case.body.as_bytes());
        let (query, trace) = presign_v4(
            &case.signable(&mut headers),
            &case.credentials(),
            &case.scope(),
            Payload::Sha256(&hash),
            &case.rules(),
            case.expires(),
            &keys,
        );
        case.check("query", &trace.canonical_request, &trace.string_to_sign);
        assert_eq!(trace.signature, case.expected("query-signature.txt"));
        assert!(query.ends_with(&format!("&X-Amz-Signature={}", trace.signature)));
    }
}

#[test]
fn v4a_in_headers_and_in_the_query() {
    for case in cases("v4a") {
        let credentials = case.credentials();
        let key = V4aKey::derive(&credentials).unwrap();
        let mut headers = case.headers();
        let payload = Payload::Bytes(case.body.as_bytes());
        let request = &mut case.signable(&mut headers);
        let trace = sign_v4a(request, &credentials, &key, &case.scope(), payload, &case.rules());
        case.check("header", &trace.canonical_request, &trace.string_to_sign);
        if case.loses_its_type() {
            continue;
        }
        let mut headers = case.headers();
        let request = case.signable(&mut headers);
        let (query, trace) =
            presign_v4a(&request, &credentials, &key, &case.scope(), payload, &case.rules(), case.expires());
        case.check("query", &trace.canonical_request, &trace.string_to_sign);
        // The signature differs each time in the suite; the rest of the query stands before it.
        let signed = case.expected("query-signed-request.txt");
        let target = signed.split(" HTTP/1.1").next().unwrap();
        let expected = target.split_once("X-Amz-Algorithm").unwrap().1.split("&X-Amz-Signature").next().unwrap();
        let ours = query.split_once("X-Amz-Algorithm").unwrap().1.split("&X-Amz-Signature").next().unwrap();
        assert_eq!(ours, expected, "{}", case.folder.display());
    }
}

#[test]
fn paths_of_other_services_are_encoded_twice() {
    for name in ["double-encode-path", "double-url-encode"] {
        let folder = root().join("v4").join(name);
        let Ok(expected) = std::fs::read_to_string(folder.join("header-canonical-request.txt")) else {
            skipped(&folder);
            continue;
        };
        let request = std::fs::read_to_string(folder.join("request.txt")).unwrap();
        let target = request.split(' ').nth(1).unwrap();
        let host = request.lines().find_map(|l| l.strip_prefix("Host:")).unwrap();
        let credentials = Credentials { access_key_id: "A", secret_access_key: "s", session_token: None };
        let scope = Scope { region: "us-east-1", service: "service", time: TIME };
        let mut headers = Headers::new();
        let mut request = Signable { method: "POST", host, path: target, query: "", headers: &mut headers };
        let payload = Payload::Bytes(b"");
        let trace = sign_v4(&mut request, &credentials, &scope, payload, &Rules::STANDARD, &KeyCache::new());
        let canonical = String::from_utf8(trace.canonical_request).unwrap();
        // The date differs from the one in the suite's request.
        let of =
            |text: &str| text.lines().filter(|l| !l.starts_with("x-amz-date:")).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(of(&canonical), of(&expected), "{name}");
    }
}
