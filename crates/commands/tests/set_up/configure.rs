//! Files that `aws configure` changes, and broken set-ups.

use super::browser::{assumed_role, body, caller_identity};
use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::Stub;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

fn aws() -> Aws {
    Aws::new().expect("the executable")
}

#[test]
fn a_file_that_cannot_be_written_stays() {
    let aws = aws().with("AWS_CONFIG_FILE", "/proc/nope/config");
    let out = aws.run(&["configure", "set", "region", "x"]).expect("run");
    out.check("exit 255\n--- stderr\n\naws: [ERROR]: [Errno 2] No such file or directory: '/proc/nope'\n");
}

#[test]
fn a_model_is_added() {
    let aws = aws();
    let model = r#"{"version":"2.0","metadata":{"apiVersion":"2020-01-01","endpointPrefix":"queue.amazonaws"}}"#;
    let file = |name: &str| aws.home().join(".aws/models").join(name);
    assert_eq!(aws.run(&["configure", "add-model", "--service-model", model]).expect("run").code, 0);
    let named = ["configure", "add-model", "--service-name", "mine", "--service-model", model];
    assert_eq!(aws.run(&named).expect("run").code, 0);
    for name in ["queue.amazonaws/2020-01-01/service-2.json", "mine/2020-01-01/service-2.json"] {
        assert_eq!(std::fs::read_to_string(file(name)).expect("a model"), model);
    }
    let bad = aws.run(&["configure", "add-model", "--service-model", "nope"]).expect("run");
    bad.check("exit 255\n--- stderr\n\naws: [ERROR]: Expecting value: line 1 column 1 (char 0)\n");
}

#[test]
fn mfa_login_writes_a_profile() {
    let stub = Stub::start(|request| {
        let text = match body(request).contains("GetSessionToken") {
            true => "GetSessionToken",
            false => return caller_identity(),
        };
        oxaws_testkit::stub::Reply::xml(format!(
            "<R><{text}Result><Credentials><AccessKeyId>ASIAMFA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
             <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></{text}Result></R>"
        ))
    })
    .expect("a stub");
    let aws = aws().with("AWS_ENDPOINT_URL", stub.url());
    let run = |aws: &Aws, keys: &str| {
        let mut child = aws.command(&["configure", "mfa-login"]).stdin(Stdio::piped()).spawn().expect("a child");
        child.stdin.take().expect("a pipe").write_all(keys.as_bytes()).expect("sent");
        child.wait_with_output().expect("an end")
    };
    let output = run(&aws, "arn:aws:iam::123456789012:mfa/dev\n123456\n\n");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "MFA serial number or ARN: MFA token code: Profile to update [123456789012-dev]: Temporary credentials written to \
         profile '123456789012-dev'\nCredentials will expire at 2099-01-01T00:00:00+00:00\nTo use these credentials, \
         specify --profile 123456789012-dev when running AWS CLI commands\n"
    );
    assert!(body(&stub.requests()[0]).contains("DurationSeconds=43200"));
    let file = std::fs::read_to_string(aws.home().join(".aws/credentials")).expect("a file");
    assert_eq!(
        file,
        "[123456789012-dev]\naws_access_key_id = ASIAMFA\naws_secret_access_key = s\naws_session_token = t\n"
    );
    let none = aws.without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    let output = run(&none, "AK\nSK\n\n");
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "\naws: [ERROR]: MFA serial number or ARN is required\n");
}

#[test]
fn a_chain_of_processes_ends() {
    let aws = aws().without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    let program = aws.command(&[]).get_program().to_string_lossy().into_owned();
    aws.config(&format!("[default]\ncredential_process = {program} configure export-credentials\n")).expect("a file");
    let out = aws.run(&["configure", "export-credentials"]).expect("run");
    assert_eq!(out.code, 253);
    assert!(out.stderr.contains("detected an infinite loop, profile cycle: default -> default"), "{}", out.stderr);
}

#[test]
fn an_unreachable_metadata_service_does_not_hold_up() {
    let aws = aws()
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
        .without("AWS_EC2_METADATA_DISABLED")
        // An address that drops what is sent to it (RFC 5737).
        .with("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://192.0.2.1/");
    let start = Instant::now();
    let out = aws.run(&["sts", "get-caller-identity"]).expect("run");
    assert_eq!(out.code, 253, "{}", out.stderr);
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[test]
fn credentials_are_refreshed_under_way() {
    // Each set is good for a moment only: the second page is signed with another one.
    let stub = Stub::start(|request| {
        let sent = body(request);
        if sent.contains("AssumeRole") {
            let end = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("now").as_secs() + 60;
            return assumed_role(&iso(end));
        }
        let more = if sent.contains("NextToken") { "" } else { "<nextToken>T</nextToken>" };
        oxaws_testkit::stub::Reply::xml(format!(
            "<DescribeInstancesResponse><reservationSet/>{more}</DescribeInstancesResponse>"
        ))
    })
    .expect("a stub");
    let aws = super::browser::aws(&stub);
    aws.config(
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = x\n[profile x]\naws_access_key_id = XK\n\
         aws_secret_access_key = XS\n",
    )
    .expect("a file");
    let out = aws.run(&["ec2", "describe-instances"]).expect("run");
    assert_eq!(out.code, 0, "{}", out.stderr);
    let assumed = stub.requests().iter().filter(|r| body(r).contains("AssumeRole")).count();
    assert!(assumed >= 2, "{assumed}");
}

/// Seconds since the epoch as STS writes them.
fn iso(seconds: u64) -> String {
    oxaws_creds::Moment::utc(oxaws_env::Instant::from_secs(i64::try_from(seconds).expect("a time"))).zulu()
}

#[test]
fn monitoring_events_are_sent() {
    let stub = Stub::replies([caller_identity()]).expect("a stub");
    let agent = std::net::UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
    agent.set_read_timeout(Some(Duration::from_secs(10))).expect("a limit");
    let port = agent.local_addr().expect("an address").port();
    let aws = aws().with("AWS_ENDPOINT_URL", stub.url()).with("AWS_CSM_PORT", port.to_string());
    let aws = aws.with("AWS_CSM_ENABLED", "true").with("AWS_CSM_CLIENT_ID", "me").with("AWS_SESSION_TOKEN", "hush");
    assert_eq!(aws.run(&["sts", "get-caller-identity"]).expect("run").code, 0);
    let next = || {
        let mut bytes = [0; 8192];
        let n = agent.recv(&mut bytes).expect("an event");
        String::from_utf8_lossy(&bytes[..n]).into_owned()
    };
    let attempt = next();
    let start = "{\"Version\":1,\"ClientId\":\"me\",\"Type\":\"ApiCallAttempt\",\"Service\":\"STS\",\"Api\":\"GetCallerIdentity\",";
    assert!(attempt.starts_with(start), "{attempt}");
    assert!(attempt.contains("\"Region\":\"us-east-1\"") && attempt.contains("\"HttpStatusCode\":200"), "{attempt}");
    assert!(attempt.contains("\"AccessKey\":\"AKIAIOSFODNN7EXAMPLE\"") && !attempt.contains("hush"), "{attempt}");
    let call = next();
    assert!(call.contains("\"Type\":\"ApiCall\"") && call.contains("\"AttemptCount\":1,"), "{call}");
    assert!(call.ends_with("\"MaxRetriesExceeded\":0}"), "{call}");
    let bad = aws.with("AWS_CSM_PORT", "x").run(&["sts", "get-caller-identity"]).expect("run");
    bad.check("exit 255\n--- stderr\n\naws: [ERROR]: invalid literal for int() with base 10: 'x'\n");
}
