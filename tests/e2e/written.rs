//! Commands written by hand: each with the requests it makes and the programs and files it uses.

use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::{Reply, Stub};
use std::os::unix::fs::PermissionsExt;

use crate::servers::{run, stub};

/// The JSON of a request's body.
fn body(stub: &Stub, at: usize) -> String {
    stub.requests().get(at).map(|r| String::from_utf8_lossy(&r.body).into_owned()).unwrap_or_default()
}

/// Method and target of every request.
fn lines(stub: &Stub) -> Vec<String> {
    stub.requests().iter().map(|r| format!("{} {}", r.method, r.target)).collect()
}

/// Puts a shell script in front of `PATH`.
fn program(aws: Aws, name: &str, script: &str) -> Aws {
    let path = aws.file(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n")).expect("a program");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("an executable program");
    let folder = path.parent().expect("a folder").display().to_string();
    aws.with("PATH", format!("{folder}:/usr/bin:/bin"))
}

#[test]
fn an_outdated_session_manager_plugin_is_told_and_used() {
    let reply = || Reply::json(r#"{"SessionId": "s", "TokenValue": "t", "StreamUrl": "wss://x"}"#);
    for (version, warned) in [("1.2.763.0", true), ("1.2.764.0", false), ("none", false)] {
        let (aws, _stub) = stub([reply()]);
        let aws = program(aws, "session-manager-plugin", &format!("test \"$1\" = --version && echo {version}; true"));
        let outcome = run(&aws, &["ssm", "start-session", "--target", "i-1"]);
        match warned {
            true => outcome.check(
                "exit 0\n--- stderr\n\nWARNING: An outdated SessionManagerPlugin version detected. Please upgrade it to the \
                 latest version. \nFor more information, refer:\n  \
                 https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html\n",
            ),
            false => outcome.check("exit 0"),
        }
    }
}

#[test]
fn lightsail_says_what_not_to_verify_only_when_told() {
    for (options, said) in [(&[][..], false), (&["--no-verify-ssl"][..], true)] {
        let aws = program(Aws::new().expect("an executable"), "lightsailctl", "cat > ../asked");
        let words = ["lightsail", "push-container-image", "--service-name", "s", "--image", "i", "--label", "l"];
        let _ = run(&aws, &[&words[..], options].concat());
        let asked = std::fs::read_to_string(aws.work().join("../asked"))
            .or_else(|_| std::fs::read_to_string(aws.work().join("asked")))
            .expect("what the program was given");
        assert_eq!(asked.contains("doNotVerifySSL"), said, "{asked}");
    }
}

#[test]
fn iam_calls_of_deploy_deregister_ignore_the_endpoint_option() {
    let instance =
        r#"{"instanceInfo": {"instanceName": "n", "iamUserArn": "arn:aws:iam::123456789012:user/u", "tags": []}}"#;
    let list = |name: &str, member: &str| {
        Reply::xml(format!("<{name}Response><{name}Result><{member}/></{name}Result></{name}Response>"))
    };
    let (aws, iam) = stub([
        list("ListUserPolicies", "PolicyNames"),
        list("ListAccessKeys", "AccessKeyMetadata"),
        Reply::xml("<DeleteUserResponse/>"),
    ]);
    let deploy = Stub::replies([Reply::json(instance), Reply::json("{}")]).expect("the stub starts");
    let url = deploy.url();
    let outcome = run(&aws, &["deploy", "deregister", "--instance-name", "n", "--endpoint-url", &url]);
    assert_eq!((deploy.count(), iam.count()), (2, 3), "{outcome:?}");
}

#[test]
fn a_kubeconfig_keeps_its_bytes() {
    let cluster = || {
        Reply::json(
            r#"{"cluster": {"name": "c", "arn": "arn:aws:eks:us-east-1:1:cluster/c", "endpoint": "https://x", "status": "ACTIVE", "certificateAuthority": {"data": "QQ=="}}}"#,
        )
    };
    let (aws, _stub) = stub([cluster(), cluster()]);
    let bad = aws.file("bad", b"clusters: []\nx: \"\xff\"\n").expect("a file");
    run(&aws, &["eks", "update-kubeconfig", "--name", "c", "--kubeconfig", "bad"]).check(
        "exit 255\n--- stderr\n\naws: [ERROR]: 'utf-8' codec can't decode byte 0xff in position 17: invalid start byte",
    );
    assert_eq!(std::fs::read(bad).expect("the file"), b"clusters: []\nx: \"\xff\"\n");
    let twice = aws.file("twice", "kind: a\nclusters: []\nkind: Config\n").expect("a file");
    run(&aws, &["eks", "update-kubeconfig", "--name", "c", "--kubeconfig", "twice"])
        .check("exit 0\n--- stdout\nAdded new context arn:aws:eks:us-east-1:1:cluster/c to [..]/twice");
    let text = std::fs::read_to_string(twice).expect("the file");
    assert!(text.starts_with("kind: Config\nclusters:\n- cluster:\n"), "{text}");
}

#[test]
fn query_results_are_verified_file_by_file() {
    let aws = Aws::new().expect("an executable");
    let sign_file = r#"{"files": [{"fileName": "r.csv", "fileHashValue": "00"}], "queryCompleteTime": "2026-01-01", "publicKeyFingerprint": "f", "hashSignature": ""}"#;
    aws.file("out/result_sign.json", sign_file).expect("a file");
    aws.file("out/r.csv", "abc").expect("a file");
    run(&aws, &["cloudtrail", "verify-query-results", "--local-export-path", "out"]).check(
        "exit 255\n--- stderr\n\naws: [ERROR]: ValidationError: File r.csv has inconsistent hash value with hash value \
         recorded in sign file, hash value in sign file is 00 , but get \
         ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    run(&aws, &["cloudtrail", "verify-query-results", "--local-export-path", "out", "--s3-prefix", "p"]).check(
        "exit 252\n--- stderr\n\naws: [ERROR]: An error occurred (ParamValidation): Parameter --local-export-path can not be \
         specified with parameter --s3-bucket nor --s3-prefix.",
    );
    run(&aws, &["cloudtrail", "verify-query-results", "--local-export-path", "nosuch"])
        .check("exit 255\n--- stderr\n\naws: [ERROR]: [Errno 2] No such file or directory: 'nosuch/result_sign.json'");
}

#[test]
fn query_results_in_a_bucket_are_fetched_with_their_prefix() {
    let sign_file = r#"{"files": [{"fileName": "r.csv", "fileHashValue": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}], "queryCompleteTime": "2026-01-01T00:00:00+02:00", "publicKeyFingerprint": "f", "hashSignature": "00"}"#;
    let (aws, stub) =
        stub([Reply::json(sign_file), Reply::new(200, "text/csv", "abc"), Reply::json(r#"{"PublicKeyList": []}"#)]);
    run(&aws, &["cloudtrail", "verify-query-results", "--s3-bucket", "b", "--s3-prefix", "p"])
        .check("exit 255\n--- stderr\n\naws: [ERROR]: No public keys found for key with fingerprint: f");
    assert_eq!(lines(&stub), ["GET /b/p/result_sign.json", "GET /b/p/r.csv", "POST /"]);
    assert_eq!(body(&stub, 2), r#"{"StartTime": 1767218400, "EndTime": 1768953600}"#);
}

#[test]
fn configservice_shows_what_it_knows_before_it_fails() {
    let (aws, _stub) = stub([
        Reply::json(
            r#"{"ConfigurationRecordersStatus": [{"name": "a", "recording": true, "lastStatus": "FAILURE", "lastErrorCode": "C", "lastErrorMessage": "m"}]}"#,
        ),
        Reply::json(r#"{"DeliveryChannelsStatus": [{"name": "x", "configStreamDeliveryInfo": {}}]}"#),
    ]);
    run(&aws, &["configservice", "get-status"]).check(
        "exit 255\n--- stdout\nConfiguration Recorders:\n\nname: a\nrecorder: ON\nlast status: FAILURE\nerror code: \
         C\nmessage: m\n\nDelivery Channels:\n\nname: x\n--- stderr\n\naws: [ERROR]: 'configHistoryDeliveryInfo'",
    );
}

#[test]
fn configservice_creates_what_is_not_there() {
    let (aws, stub) = stub([
        Reply::new(404, "text/xml", ""),
        Reply::xml(""),
        Reply::xml(
            "<CreateTopicResponse><CreateTopicResult><TopicArn>arn:t</TopicArn></CreateTopicResult></CreateTopicResponse>",
        ),
        Reply::json("{}"),
        Reply::json("{}"),
        Reply::json("{}"),
        Reply::json(r#"{"ConfigurationRecorders": []}"#),
        Reply::json(r#"{"DeliveryChannels": []}"#),
    ]);
    let aws = aws.with("AWS_DEFAULT_REGION", "eu-west-1");
    run(&aws, &["configservice", "subscribe", "--s3-bucket", "b/p", "--sns-topic", "t", "--iam-role", "r"]).check(
        "exit 0\n--- stdout\nUsing new S3 bucket: b\nUsing new SNS topic: arn:t\nSubscribe succeeded:\n\nConfiguration \
         Recorders: []\n\nDelivery Channels: []",
    );
    assert!(body(&stub, 1).contains("<LocationConstraint>eu-west-1</LocationConstraint>"));
    assert!(body(&stub, 4).contains(r#""s3KeyPrefix": "p""#), "{}", body(&stub, 4));
}

#[test]
fn a_default_role_is_made_once() {
    let there = Reply::xml("<GetRoleResponse><GetRoleResult><Role/></GetRoleResult></GetRoleResponse>");
    let (aws, stub) = stub([there]);
    run(&aws, &["dlm", "create-default-role", "--resource-type", "image"]).check("exit 0");
    assert_eq!(stub.count(), 1);
    assert!(body(&stub, 0).contains("AWSDataLifecycleManagerDefaultRoleForAMIManagement"));
}

#[test]
fn runs_of_pipelines_have_a_fixed_width() {
    let (aws, _stub) = stub([
        Reply::json(r#"{"ids": ["i"]}"#),
        Reply::json(
            r#"{"pipelineObjects": [{"id": "i", "name": "n", "fields": [{"key": "@componentParent", "refValue": "C"}, {"key": "@status", "stringValue": "FINISHED"}]}]}"#,
        ),
    ]);
    let outcome = run(&aws, &["datapipeline", "list-runs", "--pipeline-id", "p", "--start-interval", "a,b"]);
    let shown = outcome.stdout.clone();
    let run_of =
        format!("   1.  {:<50}  {:<19}  {:<23}\n       {:<50}  {:<19}  {:<23}\n\n", "C", "", "FINISHED", "i", "", "");
    assert!(shown.ends_with(&run_of), "{shown}");
    run(&aws, &["datapipeline", "list-runs", "--pipeline-id", "p", "--status", "FAILED"]).check(
        "exit 252\n--- stderr\n\naws: [ERROR]: An error occurred (ParamValidation): Invalid status: FAILED, must be one of: \
         waiting, pending, cancelled, running, finished, failed, waiting_for_runner, waiting_on_dependencies, shutting_down",
    );
}

#[test]
fn git_gets_a_password_for_amazon_hosts_only() {
    let aws = Aws::new().expect("an executable");
    let words = ["codecommit", "credential-helper", "get"];
    let ask = |input: &str| aws.feed(&words, input.as_bytes()).expect("the executable starts");
    ask("protocol=https\nhost=example.com\npath=x\n").check("exit 0");
    let outcome = ask("protocol=https\nhost=git-codecommit.us-west-2.amazonaws.com\npath=v1/repos/r\n");
    let shown = outcome.stdout.clone();
    assert!(shown.starts_with("username=") && shown.contains("\npassword=20"), "{shown}");
    ask("protocol=https\nhost=git-codecommit.us-west-2.amazonaws.com\n")
        .check("exit 255\n--- stderr\n\naws: [ERROR]: 'path'");
}

#[test]
fn a_game_session_log_is_downloaded_where_it_leads() {
    let files = Stub::replies([
        Reply::new(302, "text/plain", "").with_header("Location", "/there"),
        Reply::new(200, "application/zip", "PK"),
        Reply::new(404, "text/plain", "no"),
    ])
    .expect("the stub starts");
    let url = || Reply::json(format!("{{\"PreSignedUrl\": \"{}/log\"}}", files.url()));
    let (aws, _stub) = stub([url(), url(), Reply::json(r#"{"PreSignedUrl": "file:///etc/passwd"}"#)]);
    let words = ["gamelift", "get-game-session-log", "--game-session-id", "g", "--save-as", "o.zip"];
    let _ = run(&aws, &words);
    assert_eq!(std::fs::read(aws.work().join("o.zip")).expect("the archive"), b"PK");
    assert_eq!(lines(&files), ["GET /log", "GET /there"]);
    run(&aws, &words).check("exit 255\n--- stderr\n\naws: [ERROR]: HTTP Error 404: [..]");
    run(&aws, &words).check("exit 255\n--- stderr\n\naws: [ERROR]: <urlopen error unknown url type: file>");
    assert_eq!(std::fs::read(aws.work().join("o.zip")).expect("the archive"), b"PK");
}

#[test]
fn associations_are_rolled_back() {
    let cluster = Reply::json(r#"{"cluster": {"arn": "arn:aws:eks:us-east-1:123456789012:cluster/c"}}"#);
    let (aws, stub) = stub([
        cluster,
        Reply::json(r#"{"association": {"associationId": "a-1"}}"#),
        Reply::new(400, "application/json", r#"{"message": "bad"}"#)
            .with_header("x-amzn-errortype", "InvalidParameterException"),
        Reply::json("{}"),
    ]);
    let words = ["--cluster-name", "c", "--namespace", "ns", "--role-name", "R", "--type", "livy"];
    let outcome = run(&aws, &[&["emr-containers", "create-role-associations"][..], &words].concat());
    outcome.check(
        "exit 255\n--- stderr\nRolling back association for service account emr-container-sa-spark-livy and role R in \
         namespace ns as an error was encountered\n\naws: [ERROR]: Failed to create pod identity association for service \
         account emr-container-sa-spark-livy, role R in namespace ns: bad",
    );
    assert_eq!(lines(&stub).last().map(String::as_str), Some("DELETE /clusters/c/pod-identity-associations/a-1"));
}

#[test]
fn keys_of_items_must_be_text() {
    let (aws, stub) = stub([]);
    run(&aws, &["ddb", "put", "t", "{1: x, a: [{true: y}]}"]).check(
        "exit 252\n--- stderr\n\naws: [ERROR]: An error occurred (ParamValidation): Parameter validation failed:\nInvalid type \
         for parameter Item (key: 1), value: 1, type: <class 'int'>, valid types: <class 'str'>\nInvalid type for parameter \
         Item.a.L[0].M (key: True), value: True, type: <class 'bool'>, valid types: <class 'str'>",
    );
    assert_eq!(stub.count(), 0);
}
