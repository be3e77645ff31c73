//! Whatever is set, `s3api` and `s3` send the same: both go through the one pipeline of `client`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::{Reply, Request, Stub};

/// What an object of these tests holds.
const BODY: &str = "hello, pipeline\n";

/// Headers that only one of the two sends, on purpose: the engine doesn't wait for `100 Continue` (DIFFERENCES.md).
const OWN: [&str; 1] = ["expect"];
/// Headers whose values are new for each request.
const FRESH: [&str; 2] = ["amz-sdk-invocation-id", "x-amz-date"];

/// A setting, by the places where it can be made.
#[derive(Default)]
struct Setting {
    name: &'static str,
    vars: &'static [(&'static str, &'static str)],
    config: &'static str,
    options: &'static [&'static str],
    /// The first answers, before all is well.
    first: &'static [u16],
    /// Requests go to AWS's hosts, through a proxy that refuses them.
    to_aws: bool,
    /// The server is a proxy for plain requests.
    is_proxy: bool,
}

const SETTINGS: &[Setting] = &[
    Setting { name: "nothing", ..NONE },
    Setting { name: "app id", config: "sdk_ua_app_id = my app/1 (x)\n", ..NONE },
    Setting { name: "app id in the environment", vars: &[("AWS_SDK_UA_APP_ID", "a_b,c|d é")], ..NONE },
    Setting { name: "a retry", vars: &[("AWS_MAX_ATTEMPTS", "3")], first: &[503], ..NONE },
    Setting { name: "attempts run out", vars: &[("AWS_MAX_ATTEMPTS", "2")], first: &[500, 500], ..NONE },
    Setting {
        name: "adaptive",
        vars: &[("AWS_RETRY_MODE", "adaptive"), ("AWS_MAX_ATTEMPTS", "3")],
        first: &[503],
        ..NONE
    },
    Setting { name: "no request checksums", config: "request_checksum_calculation = when_required\n", ..NONE },
    Setting { name: "no response checksums", vars: &[("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required")], ..NONE },
    Setting { name: "FIPS", vars: &[("AWS_USE_FIPS_ENDPOINT", "true")], to_aws: true, ..NONE },
    Setting { name: "dual stack", config: "use_dualstack_endpoint = true\n", to_aws: true, ..NONE },
    Setting { name: "S3's own dual stack", config: "s3 =\n  use_dualstack_endpoint = true\n", to_aws: true, ..NONE },
    Setting { name: "accelerate", config: "s3 =\n  use_accelerate_endpoint = true\n", to_aws: true, ..NONE },
    Setting { name: "path style", config: "s3 =\n  addressing_style = path\n", to_aws: true, ..NONE },
    Setting { name: "another region", options: &["--region", "eu-west-3"], ..NONE },
    Setting { name: "a proxy", is_proxy: true, ..NONE },
    Setting { name: "the history", config: "cli_history = enabled\n", ..NONE },
    Setting { name: "unsigned", options: &["--no-sign-request"], ..NONE },
    Setting { name: "a session token", vars: &[("AWS_SESSION_TOKEN", "t0ken")], ..NONE },
    Setting { name: "signed payloads", config: "s3 =\n  payload_signing_enabled = true\n", ..NONE },
    Setting { name: "unsigned payloads", config: "s3 =\n  payload_signing_enabled = false\n", ..NONE },
    Setting { name: "debug", options: &["--debug"], ..NONE },
];

const NONE: Setting =
    Setting { name: "", vars: &[], config: "", options: &[], first: &[], to_aws: false, is_proxy: false };

/// What a server of objects says.
fn answer(request: &Request) -> Reply {
    let head = Reply::new(200, "binary/octet-stream", if request.method == "GET" { BODY } else { "" });
    head.with_header("ETag", "\"e\"").with_header("Last-Modified", "Tue, 01 Dec 2026 00:00:00 GMT")
}

/// Runs a command under a setting and gives what it sent.
fn sent(setting: &Setting, args: &[&str], method: &str) -> Vec<Request> {
    let wrong = AtomicUsize::new(0);
    let (first, own) = (setting.first, method.to_owned());
    let stub = Stub::start(move |request| match request.method == own {
        true => match first.get(wrong.fetch_add(1, Ordering::Relaxed)) {
            Some(status) => Reply::new(*status, "application/xml", "<Error><Code>Busy</Code></Error>"),
            None => answer(request),
        },
        // Of HEAD the size counts.
        false if request.method == "HEAD" => {
            let length = BODY.len();
            let head = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\nETag: \"e\"\r\nLast-Modified: Tue, 01 Dec 2026 00:00:00 \
                 GMT\r\n\r\n"
            );
            Reply::Raw(head.into_bytes())
        }
        false => Reply::new(403, "text/plain", "no"),
    })
    .expect("the stub starts");
    let mut aws = Aws::at(Path::new(env!("CARGO_BIN_EXE_aws"))).expect("folders").with("AWS_MAX_ATTEMPTS", "1");
    aws = match setting {
        Setting { to_aws: true, .. } => aws.with("HTTPS_PROXY", stub.url()),
        Setting { is_proxy: true, .. } => {
            aws.with("HTTP_PROXY", stub.url()).with("AWS_ENDPOINT_URL", "http://objects.example.com")
        }
        _ => aws.with("AWS_ENDPOINT_URL", stub.url()),
    };
    for (name, value) in setting.vars {
        aws = aws.with(name, *value);
    }
    aws.config(&format!("[default]\n{}", setting.config)).expect("a configuration");
    aws.file("object", BODY).expect("a file");
    let all: Vec<&str> = args.iter().chain(setting.options).copied().collect();
    let outcome = aws.run(&all).expect("a run");
    let requests: Vec<Request> = stub.requests();
    let kept = if setting.to_aws { "CONNECT" } else { method };
    let kept: Vec<Request> = requests.into_iter().filter(|request| request.method == kept).collect();
    assert!(!kept.is_empty(), "{}: {args:?} sent nothing: {}", setting.name, outcome.stderr);
    kept
}

/// A request as it is compared: its target, and its headers without what differs from run to run.
fn comparable(request: &Request) -> (String, BTreeMap<String, String>) {
    let headers = request.headers.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    let headers = headers.map(|(name, value)| {
        let value = match name.as_str() {
            name if FRESH.contains(&name) => "…".to_owned(),
            "authorization" => value.split("Signature=").next().unwrap_or_default().to_owned(),
            // Each names its command.
            "user-agent" => {
                value.split(' ').filter(|word| !word.starts_with("md/command#")).collect::<Vec<_>>().join(" ")
            }
            // The stub's port.
            "host" => value.split(':').next().unwrap_or_default().to_owned(),
            _ => value.clone(),
        };
        (name.clone(), value)
    });
    (request.target.clone(), headers.collect())
}

fn assert_same(setting: &Setting, generated: &[&str], written: &[&str], method: &str) {
    let all = |args| sent(setting, args, method).iter().map(comparable).collect::<Vec<_>>();
    assert_eq!(all(generated), all(written), "{} ({method})", setting.name);
}

#[test]
fn uploads_are_the_same_whoever_sends_them() {
    for setting in SETTINGS {
        assert_same(
            setting,
            &["s3api", "put-object", "--bucket", "bucket", "--key", "a key/é", "--body", "object"],
            &["s3", "cp", "--quiet", "object", "s3://bucket/a key/é"],
            "PUT",
        );
    }
}

#[test]
fn downloads_are_the_same_whoever_sends_them() {
    // Its HEAD, which comes first, is refused by the proxy of these.
    for setting in SETTINGS.iter().filter(|setting| !setting.to_aws) {
        assert_same(
            setting,
            &["s3api", "get-object", "--bucket", "bucket", "--key", "k", "out"],
            &["s3", "cp", "--quiet", "s3://bucket/k", "out"],
            "GET",
        );
    }
}

#[test]
fn what_a_setting_says_reaches_the_wire() {
    let of = |name: &str| SETTINGS.iter().find(|setting| setting.name == name).expect("a setting");
    let upload = ["s3", "cp", "--quiet", "object", "s3://bucket/k"];
    let header = |name: &str, header: &str| {
        let sent = sent(of(name), &upload, "PUT");
        sent.last().and_then(|request| request.header(header)).map(str::to_owned)
    };
    assert!(header("app id", "user-agent").is_some_and(|text| text.ends_with("md/command#s3.cp app/my-app-1--x-")));
    assert_eq!(header("nothing", "amz-sdk-request").as_deref(), Some("attempt=1"));
    assert_eq!(header("a retry", "amz-sdk-request").as_deref(), Some("attempt=2; max=3"));
    assert!(header("nothing", "x-amz-checksum-crc64nvme").is_some());
    assert_eq!(header("no request checksums", "x-amz-checksum-crc64nvme"), None);
    assert_eq!(header("unsigned", "authorization"), None);
    assert!(header("nothing", "authorization").is_some_and(|text| !text.contains("amz-sdk-request")));
    assert_eq!(sent(of("FIPS"), &upload, "PUT")[0].target, "bucket.s3-fips.us-east-1.amazonaws.com:443");
}
