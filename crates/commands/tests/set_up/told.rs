//! What is told of a run beside its output: the history and `--debug`, without secrets; and output in other encodings.

use super::models;
use oxaws_testkit::aws::Aws;
use oxaws_testkit::fault::{Fault, Faulty};
use oxaws_testkit::memory::Memory;

const SECRETS: [&str; 3] = ["hush-hush", "s3cret", "t0ken-t0ken"];

fn no_secrets(text: &str) {
    SECRETS.iter().for_each(|secret| assert!(!text.contains(secret), "{secret}: {text}"));
}

/// The text has all of these parts, and no secrets.
fn tells(text: &str, parts: &[&str]) {
    parts.iter().for_each(|part| assert!(text.contains(part), "{part}: {text}"));
    no_secrets(text);
}

fn watched() -> (oxaws_testkit::stub::Stub, Aws) {
    let stub = models::stub();
    let aws = models::aws(&stub).with("AWS_SESSION_TOKEN", SECRETS[2]);
    aws.config("[default]\ncli_history = enabled\n").expect("a file");
    (stub, aws)
}

#[test]
fn history_shows_what_a_call_did() {
    let (_stub, aws) = watched();
    assert_eq!(aws.run(&["mine", "get-thing", "--name", "x", "--key", SECRETS[0]]).expect("an end").code, 0);
    let shown = aws.run(&["history", "show"]).expect("an end");
    assert_eq!(shown.code, 0);
    let mut rest = shown.stdout.as_str();
    for part in [
        "\nAWS CLI command entered\nat time: ",
        "with arguments: ['mine', 'get-thing', '--name', 'x', '--key', '****']\n",
        "\n[0] API call made\n",
        "to service: mine\nusing operation: GetThing\nwith parameters: {\n    \"Key\": \"****\",\n    \"Name\": \"x\"\n}\n",
        "\n[0] HTTP request sent\n",
        "with method: POST\nwith headers: {\n    \"Authorization\": \"AWS4-HMAC-SHA256 Credential=",
        "...\",\n    \"Content-Length\": \"",
        "\"X-Amz-Security-Token\": \"****\"",
        "with body: ****\n",
        "\n[0] HTTP response received\n",
        "with status code: 200\n",
        "\n[0] HTTP response parsed\n",
        "parsed to: {\n    \"Key\": \"****\",\n    \"Name\": \"caf\\u00e9\",\n    \"ResponseMetadata\": {\n",
        "\nAWS CLI command exited\nat time: ",
        "with return code: 0\n",
    ] {
        let at = rest.find(part).unwrap_or_else(|| panic!("no {part:?} in {rest}"));
        rest = &rest[at + part.len()..];
    }
    let folder = aws.home().join(".aws/cli/history");
    for file in std::fs::read_dir(folder).expect("a folder").flatten() {
        no_secrets(&String::from_utf8_lossy(&std::fs::read(file.path()).expect("a file")));
    }
    let calls = aws.run(&["history", "show", "--include", "API_CALL"]).expect("an end");
    assert!(calls.stdout.starts_with("\n[0] API call made\n") && !calls.stdout.contains("HTTP"), "{}", calls.stdout);
}

#[test]
fn lists_that_are_printed_as_they_are_read_are_told_without_secrets() {
    use oxaws_testkit::stub::{Reply, Stub};
    let stub =
        Stub::start(|_| Reply::json(r#"{"Parameters": [{"Name": "n", "Value": "s3cret", "Type": "SecureString"}]}"#))
            .expect("a stub");
    let aws = models::aws(&stub);
    aws.config("[default]\ncli_history = enabled\n").expect("a file");
    for format in ["json", "text"] {
        let got = aws.run(&["ssm", "get-parameters", "--names", "n", "--debug", "--output", format]).expect("an end");
        assert!(got.code == 0 && got.stdout.contains("s3cret"), "{}", got.stdout);
        no_secrets(&got.stderr);
        let shown = aws.run(&["history", "show"]).expect("an end").stdout;
        no_secrets(&shown);
        assert!(
            shown.contains("parsed to: {\n    \"Parameters\": [\n        {\n            \"Name\": \"n\""),
            "{shown}"
        );
    }
}

#[test]
fn debug_has_a_line_for_each_stage() {
    let (_stub, aws) = watched();
    let got = aws.run(&["mine", "get-thing", "--name", "x", "--key", SECRETS[0], "--debug"]).expect("an end");
    assert_eq!(got.code, 0);
    let parts = [
        " - MainThread - awscli.clidriver - DEBUG - CLI version: aws-cli/2.",
        "Arguments entered to CLI: ['mine', 'get-thing', '--name', 'x', '--key', '****', '--debug']",
        "Reading file ",
        "Found credentials with the provider: env",
        "Endpoint provider result: http://127.0.0.1:",
        "Sending http request: POST http://127.0.0.1:",
        "Response status: 200",
        "Response headers: {",
    ];
    tells(&got.stderr, &parts);
}

#[test]
fn debug_tells_why_a_call_is_repeated() {
    use oxaws_testkit::stub::{Reply, Stub};
    let stub =
        Stub::start(|_| Reply::new(503, "application/x-amz-json-1.1", r#"{"__type": "SlowDown", "message": "busy"}"#))
            .expect("a stub");
    let aws = models::aws(&stub).with("AWS_MAX_ATTEMPTS", "2");
    let got = aws.run(&["mine", "get-thing", "--name", "x", "--debug"]).expect("an end");
    assert_eq!(got.code, 254);
    let retry = got.stderr.lines().find(|line| line.contains("Retry needed")).expect("a line");
    assert!(retry.contains("after delay of: ") && retry.contains("(SlowDown)"), "{retry}");
    assert_eq!(got.stderr.matches("Sending http request").count(), 2);
}

#[test]
fn output_has_the_encoding_that_is_asked_for() {
    let stub = models::stub();
    let of = |encoding: &str| {
        let aws = models::aws(&stub).with("AWS_CLI_OUTPUT_ENCODING", encoding);
        let mut command = aws.command(&["mine", "get-thing", "--name", "x", "--query", "Name"]);
        let output = command.output().expect("an end");
        (output.status.code(), output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(of("latin-1"), (Some(0), b"\"caf\xe9\"\n".to_vec(), String::new()));
    assert_eq!(of("cp437"), (Some(0), b"\"caf\x82\"\n".to_vec(), String::new()));
    assert_eq!(of("utf-16"), (Some(0), b"\xff\xfe\"\0c\0a\0f\0\xe9\0\"\0\n\0".to_vec(), String::new()));
    let error =
        "\naws: [ERROR]: 'ascii' codec can't encode character '\\xe9' in position 4: ordinal not in range(128)\n";
    assert_eq!(of("ascii"), (Some(255), Vec::new(), error.to_owned()));
}

/// What the `s3` commands are watched with: a server of which the first upload is refused once, and parts of 5 MiB.
fn watched_objects() -> (Faulty, Aws) {
    let refused = std::sync::atomic::AtomicBool::new(false);
    let server = Faulty::start(Memory::default(), move |_, request| {
        let first = request.method == "PUT" && !refused.swap(true, std::sync::atomic::Ordering::Relaxed);
        first.then_some(Fault::Error(503, "SlowDown"))
    });
    let server = server.expect("a server");
    let aws = Aws::new().expect("the executable").with("AWS_ENDPOINT_URL", server.stub().url());
    let aws = aws.with("AWS_SESSION_TOKEN", SECRETS[2]);
    let s3 = "s3 =\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n";
    aws.config(&format!("[default]\ncli_history = enabled\n{s3}")).expect("a file");
    (server, aws)
}

/// What the last command's calls were: for each its operation and its events.
fn calls(aws: &Aws) -> Vec<(String, String)> {
    let shown = aws.run(&["history", "show"]).expect("an end").stdout;
    let mut calls: std::collections::BTreeMap<usize, (String, String)> = Default::default();
    for event in shown.split("\n\n").filter_map(|event| event.trim_start().strip_prefix('[')) {
        let (number, event) = event.split_once("] ").expect("an event");
        let call = calls.entry(number.parse().expect("a number")).or_default();
        let operation = event.split("using operation: ").nth(1).and_then(|rest| rest.lines().next());
        call.0.push_str(operation.unwrap_or_default());
        let kind = event.lines().next().unwrap_or_default();
        call.1 += kind.strip_prefix("API ").or(kind.strip_prefix("HTTP ")).unwrap_or(kind);
        call.1.push(' ');
    }
    calls.into_values().collect()
}

#[test]
fn history_holds_each_request_of_a_transfer() {
    const ATTEMPT: &str = "request sent response received response parsed ";
    let (_server, aws) = watched_objects();
    let contents = "hush-hush hush-hush";
    aws.file("one", contents).expect("a file");
    aws.file("key", "s3cret-s3cret-s3cret-s3cret-1234").expect("a file");
    let upload =
        ["s3", "cp", "one", "s3://b/one", "--metadata", "a=b", "--sse-c", "AES256", "--sse-c-key", "fileb://key"];
    let got = aws.run(&upload).expect("an end");
    assert_eq!((got.code, got.stderr.as_str()), (0, ""));
    assert_eq!(calls(&aws), [("PutObject".to_owned(), format!("call made {ATTEMPT}{ATTEMPT}"))]);
    let shown = aws.run(&["history", "show"]).expect("an end").stdout;
    for part in [
        "with parameters: {\n    \"Body\": \"<stream>\",\n    \"Bucket\": \"b\",\n    \"ChecksumAlgorithm\": \"CRC64NVME\",\n    \"Key\": \"one\",\n    \"Metadata\": {\n        \"a\": \"b\"\n    },\n    \"SSECustomerAlgorithm\": \"AES256\",\n    \"SSECustomerKey\": \"****\"\n}",
        "with method: PUT\n",
        "\"x-amz-server-side-encryption-customer-key\": \"****\"",
        "\"X-Amz-Security-Token\": \"****\"",
        "with status code: 503\n",
        "\"Code\": \"SlowDown\"",
        "\"amz-sdk-request\": \"attempt=2; max=3\"",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }

    assert_eq!(aws.run(&["s3", "cp", "s3://b/one", "two"]).expect("an end").code, 0);
    let once = |name: &str| (name.to_owned(), format!("call made {ATTEMPT}"));
    assert_eq!(calls(&aws), ["HeadObject", "GetObject"].map(once));

    aws.file("large", vec![0; 11 << 20]).expect("a file");
    assert_eq!(aws.run(&["s3", "cp", "large", "s3://b/"]).expect("an end").code, 0);
    let mut parts = calls(&aws);
    parts.sort();
    let names = ["CompleteMultipartUpload", "CreateMultipartUpload", "UploadPart", "UploadPart", "UploadPart"];
    assert_eq!(parts, names.map(once));

    for name in 0..20 {
        aws.file(&format!("many/{name}"), "x").expect("a file");
    }
    assert_eq!(aws.run(&["s3", "sync", "many", "s3://b/many"]).expect("an end").code, 0);
    let mut many = vec![once("ListObjectsV2")];
    many.extend(vec![once("PutObject"); 20]);
    let mut sync = calls(&aws);
    sync.sort();
    assert_eq!(sync, many);

    assert_eq!(aws.run(&["s3", "ls", "s3://b"]).expect("an end").code, 0);
    assert_eq!(calls(&aws), ["ListObjectsV2"].map(once));
    assert_eq!(aws.run(&["s3", "rm", "s3://b/one"]).expect("an end").code, 0);
    assert_eq!(calls(&aws), ["DeleteObject"].map(once));

    for file in std::fs::read_dir(aws.home().join(".aws/cli/history")).expect("a folder").flatten() {
        no_secrets(&String::from_utf8_lossy(&std::fs::read(file.path()).expect("a file")));
    }
}

#[test]
fn debug_tells_of_a_transfer() {
    let (_server, aws) = watched_objects();
    aws.file("one", SECRETS[0]).expect("a file");
    let got = aws.run(&["s3", "cp", "one", "s3://b/one", "--debug"]).expect("an end");
    assert_eq!(got.code, 0);
    let parts = [
        "Making request for s3 PutObject with params: {\"Bucket\": \"b\", \"Key\": \"one\", ",
        "Endpoint provider result: http://127.0.0.1:",
        "Sending http request: PUT http://127.0.0.1:",
        "Request body: <stream>",
        "Response status: 503",
        "Retry needed, retrying request after delay of: ",
        "Response status: 200",
    ];
    tells(&got.stderr, &parts);
}
