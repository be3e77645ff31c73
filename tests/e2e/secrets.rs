//! Secrets appear in no log, history, or message.

use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::stub::Reply;

use crate::servers::{run, stub};

/// What none of these commands may show.
const SECRET: &str = "hunter2-s3cret";

/// Everything that a command wrote, and its history.
fn all_of(aws: &Aws, outcome: &Outcome) -> String {
    let history = std::fs::read(aws.home().join(".aws/cli/history/history.db")).unwrap_or_default();
    format!("{}\n{}\n{}", outcome.stdout, outcome.stderr, String::from_utf8_lossy(&history))
}

fn recording(aws: Aws) -> Aws {
    aws.config("[default]\ncli_history = enabled\n").expect("a config file");
    aws
}

#[test]
fn declared_secrets_are_nowhere() {
    for words in [
        &["ec2", "bundle-instance", "--instance-id", "i", "--bucket", "b", "--prefix", "p", "--owner-sak"][..],
        &["iam", "change-password", "--new", "x", "--old"],
        &["secretsmanager", "create-secret", "--name", "n", "--secret-str"],
        &[
            "elasticache",
            "create-user",
            "--user-id",
            "u",
            "--user-name",
            "u",
            "--engine",
            "redis",
            "--access-string",
            "s",
            "--passwords",
        ],
        &["apigateway", "create-api-key", "--value"],
        &["configure", "import", "--csv"],
        &["configure", "set", "profile.x.aws_session_token"],
        &["nosuch", "--token"],
        // An option that doesn't exist, and one that is missing.
        &["iam", "change-password", "--old-password", "x", "--new-password", "y", "--nosuch-password"],
        &["iam", "change-password", "--old-password"],
    ] {
        let (aws, _stub) = stub([Reply::json("{}"), Reply::json("{}")]);
        let aws = recording(aws);
        for debug in [&[][..], &["--debug"]] {
            let args = [words, &[SECRET], debug].concat();
            let outcome = run(&aws, &args);
            let all = all_of(&aws, &outcome);
            assert!(!all.contains(SECRET), "{args:?}: {all}");
            assert!(debug.is_empty() || words[0] == "nosuch" || all.contains("'****'"), "{args:?}: {all}");
        }
    }
}

#[test]
fn structures_and_files_are_nowhere() {
    let (aws, _stub) = stub([Reply::Drop]);
    let aws = recording(aws);
    let json = format!("{{\"Name\": \"n\", \"SecretString\": [\"{SECRET}\"]}}");
    let broken = format!("{{\"Realm\": \"{SECRET}");
    let kerberos = format!("Realm=R,KdcAdminPassword={SECRET},Nope=x");
    aws.file("broken.json", &broken).expect("a file");
    for (words, message) in [
        (&["secretsmanager", "create-secret", "--cli-input-json", &json][..], "value: ****, type: <class 'list'>"),
        (&["emr", "create-cluster", "--kerberos-attributes", &broken], "JSON received: ****"),
        (&["emr", "create-cluster", "--kerberos-attributes", "file://broken.json"], "JSON received: ****"),
        (&["emr", "create-cluster", "--kerberos-attributes", &kerberos], "Unknown parameter in input: \"Nope\""),
        (
            &[
                "lambda",
                "create-function",
                "--environment",
                "file://broken.json",
                "--function-name",
                "f",
                "--role",
                "r",
            ],
            "****",
        ),
    ] {
        let extra: &[&str] = if words[0] == "emr" {
            &["--release-label", "emr-6.0.0", "--instance-type", "m", "--debug"]
        } else {
            &["--debug"]
        };
        let outcome = run(&aws, &[words, extra].concat());
        let all = all_of(&aws, &outcome);
        assert!(!all.contains(SECRET), "{words:?}: {all}");
        assert!(outcome.stderr.contains(message), "{words:?}: {}", outcome.stderr);
    }
}

#[test]
fn users_of_urls_are_nowhere() {
    let with = |name: &str, url: String| {
        let aws = Aws::new().expect("an executable").with("AWS_MAX_ATTEMPTS", "1");
        recording(aws.with("AWS_ENDPOINT_URL", "http://sts.invalid").with(name, url))
    };
    for (name, front, message) in [
        ("AWS_ENDPOINT_URL", "http://u:P@127.0.0.1:9", "endpoint URL: \"http://***:***@127.0.0.1:9/\""),
        ("HTTP_PROXY", "http://u:P@127.0.0.1:9", "proxy URL: \"http://***:***@127.0.0.1:9\""),
        ("HTTP_PROXY", "http://u:x/P@127.0.0.1:9", "Failed to parse: http://***:***@127.0.0.1:9"),
        ("HTTP_PROXY", "http://u:P@", "unhandled exception: No host specified."),
        ("AWS_ENDPOINT_URL", "http://u:P@", "Invalid endpoint: http://***:***@"),
    ] {
        let aws = with(name, front.replace('P', SECRET));
        for words in [&["sts", "get-caller-identity"][..], &["s3", "ls"], &["s3", "cp", "/dev/null", "s3://b/k"]] {
            let outcome = run(&aws, &[words, &["--debug"]].concat());
            let all = all_of(&aws, &outcome);
            assert!(!all.contains(SECRET), "{name}={front} {words:?}: {all}");
            assert!(
                outcome.stderr.contains(message) || words[1] == "cp",
                "{name}={front} {words:?}: {}",
                outcome.stderr
            );
        }
    }
}
