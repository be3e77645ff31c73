//! Models that a user added are commands.

use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::{Reply, Request, Stub};

const MODEL: &str = r#"{"version": "2.0", "novel": 1,
    "metadata": {"apiVersion": "2020-01-01", "endpointPrefix": "mine", "jsonVersion": "1.1", "protocol": "json",
        "serviceId": "Mine", "signatureVersion": "v4", "targetPrefix": "Mine", "uid": "mine-2020-01-01"},
    "operations": {"GetThing": {"name": "GetThing", "http": {"method": "POST", "requestUri": "/"},
        "input": {"shape": "In"}, "output": {"shape": "Out"}, "documentation": "<p>Gets a thing.</p>", "novel": true}},
    "shapes": {"In": {"type": "structure", "required": ["Name"],
            "members": {"Name": {"shape": "S"}, "Key": {"shape": "Secret"}}},
        "Out": {"type": "structure", "members": {"Name": {"shape": "S"}, "Key": {"shape": "Secret"}}},
        "S": {"type": "string"}, "Secret": {"type": "string", "sensitive": true}}}"#;

fn answer(_: &Request) -> Reply {
    Reply::json(r#"{"Name": "caf\u00e9", "Key": "s3cret"}"#)
}

/// An `aws` with the model as the service `mine`, put there by the command that is for it.
pub fn aws(stub: &Stub) -> Aws {
    let aws = Aws::new().expect("the executable").with("AWS_ENDPOINT_URL", stub.url()).with("AWS_MAX_ATTEMPTS", "1");
    let added = aws.run(&["configure", "add-model", "--service-model", MODEL]).expect("an end");
    assert_eq!((added.code, added.stderr.as_str()), (0, ""));
    aws
}

/// Answers what [`aws`] asks for.
pub fn stub() -> Stub {
    Stub::start(answer).expect("a stub")
}

#[test]
fn an_added_model_is_a_command() {
    let stub = stub();
    let aws = aws(&stub);
    let got = aws.run(&["mine", "get-thing", "--name", "x"]).expect("an end");
    assert_eq!((got.code, got.stdout.as_str()), (0, "{\n    \"Name\": \"café\",\n    \"Key\": \"s3cret\"\n}\n"));
    let request = &stub.requests()[0];
    assert_eq!(request.header("x-amz-target"), Some("Mine.GetThing"));
    assert!(request.header("authorization").is_some_and(|a| a.contains("/us-east-1/mine/aws4_request")));
    let help = aws.run(&["mine", "get-thing", "help"]).expect("an end");
    assert!(help.code == 0 && help.stdout.contains("Gets a thing."), "{}", help.stdout);
    let near = aws.run(&["minee", "get-thing"]).expect("an end");
    assert!(near.code == 252 && near.stderr.contains("  * mine\n"), "{}", near.stderr);
    let missing = aws.run(&["mine", "get-thing"]).expect("an end");
    assert!(missing.code == 252 && missing.stderr.contains("--name"), "{}", missing.stderr);
}

#[test]
fn folders_of_the_variable_come_first() {
    let stub = stub();
    let aws = aws(&stub);
    let folder = aws.work().join("models/mine/2020-01-01");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("service-2.json"), MODEL.replace("GetThing", "FindThing")).expect("a file");
    let folders = format!("/no/such/folder:{}", aws.work().join("models").display());
    let aws = aws.with("AWS_DATA_PATH", folders);
    assert_eq!(aws.run(&["mine", "find-thing", "--name", "x"]).expect("an end").code, 0);
    assert_eq!(aws.run(&["mine", "get-thing", "--name", "x"]).expect("an end").code, 252);
    assert_eq!(aws.run(&["sts", "help"]).expect("an end").code, 0);
}

#[test]
fn a_broken_model_ends_only_its_own_command() {
    let stub = stub();
    let aws = aws(&stub);
    let file = aws.home().join(".aws/models/mine/2020-01-01/service-2.json");
    for (text, code, said) in [
        ("{\"a\":\n", 255, "Expecting value: line 2 column 1 (char 6)"),
        ("[]", 255, "'list' object has no attribute 'get'"),
        ("{}", 252, "Found invalid choice 'get-thing'"),
        (&MODEL.replace("\"json\"", "\"nosuch\""), 255, "'nosuch'"),
        (&MODEL.replace("\"Secret\": {", "\"Other\": {"), 255, "missing shape \"Secret\""),
        (&"[".repeat(100_000), 255, "[ERROR]"),
    ] {
        std::fs::write(&file, text).expect("a file");
        let got = aws.run(&["mine", "get-thing", "--name", "x"]).expect("an end");
        assert!(got.code == code && got.stderr.contains(said), "{}: {}", got.code, got.stderr);
        assert!(!got.stderr.contains("a bug"), "{}", got.stderr);
        assert_eq!(aws.run(&["sqs", "send-message", "--generate-cli-skeleton"]).expect("an end").code, 0);
    }
}
