//! The result record: what it holds, and that it is written however a command ends.

use crate::{aws, bare, member, record, refused, s3_refused};
use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::{Reply, Stub};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::time::{Duration, Instant};

fn check(value: &oxaws_value::Value, expected: &[(&str, &str)]) {
    for (name, text) in expected {
        assert_eq!(member(value, name), *text, "{name}");
    }
}

#[test]
fn a_service_error() {
    let (aws, _stub) = aws([refused(400, "ResourceNotFoundException")]);
    let args = ["--exit-codes", "detailed", "dynamodb", "describe-table", "--table-name", "t", "--result-file", "r"];
    assert_eq!(aws.run(&args).expect("a command").code, 31);
    let path = aws.work().join("r");
    check(
        &record(&path),
        &[
            ("schema", "1"),
            ("exit_code", "31"),
            ("mode", "\"detailed\""),
            ("class", "\"not-found\""),
            ("compat_code", "254"),
            ("strict_code", "254"),
            ("command", "[\"dynamodb\",\"describe-table\"]"),
            (
                "argv",
                "[\"--exit-codes\",\"detailed\",\"dynamodb\",\"describe-table\",\"--table-name\",\"t\",\"--result-file\",\
                 \"r\"]",
            ),
            ("service", "\"dynamodb\""),
            ("operation", "\"DescribeTable\""),
            ("error_code", "\"ResourceNotFoundException\""),
            ("http_status", "400"),
            ("request_ids", "[\"the-id\"]"),
            ("attempts", "1"),
            ("retryable", "false"),
            ("region", "\"us-east-1\""),
            ("profile", "\"default\""),
            ("transfers", ""),
            ("partial", ""),
            ("docs", "\"aws explain not-found\""),
        ],
    );
    assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
    let names: Vec<_> = fs::read_dir(aws.work()).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(names, ["r"], "nothing else is left");
}

#[test]
fn attempts_and_successes() {
    let (aws, _stub) = aws([refused(500, "Strange"), Reply::json(r#"{"TableNames": []}"#)]);
    let aws = aws.with("AWS_MAX_ATTEMPTS", "2").with("AWS_CLI_RESULT_FILE", "r");
    assert_eq!(aws.run(&["dynamodb", "list-tables"]).expect("a command").code, 0);
    let value = record(&aws.work().join("r"));
    check(&value, &[("exit_code", "0"), ("class", "\"ok\""), ("attempts", "2"), ("http_status", "200"), ("hint", "")]);
}

#[test]
fn failures_before_the_configuration() {
    let aws = bare().with("AWS_CLI_RESULT_FILE", "r");
    aws.config("[default\n").expect("a file");
    assert_eq!(aws.run(&["s3", "ls"]).expect("a command").code, 255);
    let value = record(&aws.work().join("r"));
    check(&value, &[("class", "\"configuration\""), ("strict_code", "253"), ("argv", "[\"s3\",\"ls\"]")]);
}

#[test]
fn secrets_are_replaced() {
    let aws = bare().with("AWS_CLI_RESULT_FILE", "r");
    let args = ["iam", "create-login-profile", "--user-name", "u", "--password", "hunter2", "--nosuch"];
    assert_eq!(aws.run(&args).expect("a command").code, 252);
    let text = fs::read_to_string(aws.work().join("r")).expect("a record");
    assert!(!text.contains("hunter2") && text.contains("\"--password\", \"****\""), "{text}");
}

#[test]
fn transfers() {
    let stub = Stub::start(|request| match request.target.contains("/2") {
        true => s3_refused(403, "AccessDenied"),
        false => Reply::xml(""),
    })
    .expect("the stub starts");
    let aws = bare().with("AWS_ENDPOINT_URL", stub.url()).with("AWS_MAX_ATTEMPTS", "1");
    aws.file("d/1", "one").expect("a file");
    aws.file("d/2", "two!").expect("a file");
    let args = ["s3", "cp", "d", "s3://b", "--recursive", "--result-file", "r"];
    assert_eq!(aws.run(&args).expect("a command").code, 1);
    let value = record(&aws.work().join("r"));
    check(&value, &[("class", "\"access-denied\""), ("compat_code", "1"), ("strict_code", "1")]);
    let transfers = value.get("transfers").expect("transfers");
    check(transfers, &[("succeeded", "1"), ("failed", "1"), ("skipped", "0"), ("bytes", "3")]);
    let failure = transfers.get("failures").and_then(|f| f.as_list()).and_then(<[_]>::first).expect("a failure");
    check(failure, &[("source", "\"d/2\""), ("destination", "\"s3://b/2\""), ("class", "\"access-denied\"")]);
}

/// Starts a command that waits for an answer, sends it a signal, and returns how it ended.
fn signalled(aws: &Aws, stub: &Stub, signals: &[&str]) -> (Option<i32>, Option<i32>) {
    let args = ["dynamodb", "list-tables", "--result-file", "r"];
    let mut child = aws.command(&args).spawn().expect("a command");
    assert!(stub.wait(), "the request arrives");
    for signal in signals {
        let sent = Command::new("kill").args([*signal, &child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }
    let status = child.wait().expect("an end");
    (status.code(), status.signal())
}

#[test]
fn signals() {
    for (signal, number, class) in [("-TERM", 15, "\"terminated\""), ("-HUP", 1, "\"hung-up\"")] {
        let (aws, stub) = aws([Reply::Hang]);
        assert_eq!(signalled(&aws, &stub, &[signal]), (None, Some(number)));
        let value = record(&aws.work().join("r"));
        let code = (128 + number).to_string();
        check(&value, &[("class", class), ("exit_code", &code), ("operation", "\"ListTables\""), ("attempts", "1")]);
    }
    let (aws, stub) = aws([Reply::Hang]);
    assert_eq!(signalled(&aws, &stub, &["-INT"]), (Some(130), None));
    check(&record(&aws.work().join("r")), &[("class", "\"interrupted\""), ("exit_code", "130")]);
}

#[test]
fn transfers_that_a_signal_ends() {
    for (signal, class) in [("-INT", "\"interrupted\""), ("-TERM", "\"terminated\"")] {
        let (aws, stub) = aws([Reply::Hang]);
        aws.file("a", "a").expect("a file");
        let mut child = aws.command(&["s3", "cp", "a", "s3://b/k", "--result-file", "r"]).spawn().expect("a command");
        assert!(stub.wait(), "the request arrives");
        Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
        child.wait().expect("an end");
        check(&record(&aws.work().join("r")), &[("class", class)]);
    }
}

#[test]
fn output_that_cannot_be_written() {
    let tables = Reply::json(format!("{{\"TableNames\": [\"{}\"]}}", "t".repeat(200_000)));
    for (script, class) in [("\"$@\" | :", "\"output-error\""), ("exec \"$@\" >/dev/full", "\"output-error\"")] {
        let (aws, _stub) = aws([tables.clone()]);
        aws.run_in_shell(script, &["dynamodb", "list-tables", "--result-file", "r"]).expect("a shell");
        check(&record(&aws.work().join("r")), &[("class", class)]);
    }
}

#[test]
fn descriptors() {
    let (aws, _stub) = aws([Reply::json(r#"{"TableNames": []}"#)]);
    let list = |target: &'static str| ["dynamodb", "list-tables", "--output", "off", "--result-file", target];
    let outcome = aws.run_in_shell("\"$@\" 3>r 4>&1", &list("fd:3")).expect("a shell");
    outcome.check("exit 0");
    check(&record(&aws.work().join("r")), &[("class", "\"ok\"")]);
    let outcome = aws.run_in_shell("{ \"$@\" 3>&1; } | cat", &list("fd:3")).expect("a shell");
    assert!(outcome.stdout.starts_with("{\"schema\": 1, \"exit_code\": 0, "), "{}", outcome.stdout);
    // Closed, not a number, and standard output that is closed: the command goes on.
    for (script, target) in [("\"$@\" 7>&-", "fd:7"), ("\"$@\"", "fd:x"), ("\"$@\" >&-", "fd:1"), ("\"$@\"", "fd:")] {
        let outcome = aws.run_in_shell(script, &list(target)).expect("a shell");
        let start = format!("Warning: Unable to write the result record to {target}: ");
        assert!(outcome.code == 0 && outcome.stderr.starts_with(&start), "{}", outcome.snapshot());
    }
}

#[test]
fn paths_that_cannot_be_written() {
    let (aws, _stub) = aws([Reply::json(r#"{"TableNames": []}"#)]);
    fs::create_dir(aws.work().join("folder")).expect("a folder");
    Command::new("mkfifo").arg(aws.work().join("pipe")).status().expect("mkfifo");
    let started = Instant::now();
    for target in ["no/such/r", "folder", "pipe", "/dev/full", "/proc/r"] {
        let args = ["dynamodb", "list-tables", "--output", "off", "--result-file", target];
        let outcome = aws.run(&args).expect("a command");
        let start = format!("Warning: Unable to write the result record to {target}: [Errno ");
        assert!(outcome.code == 0 && outcome.stderr.starts_with(&start), "{}", outcome.snapshot());
    }
    assert!(started.elapsed() < Duration::from_secs(30));
    // A pipe that somebody reads gets the line.
    let script = "cat pipe >r & \"$@\"; wait";
    let args = ["dynamodb", "list-tables", "--output", "off", "--result-file", "pipe"];
    aws.run_in_shell(script, &args).expect("a shell").check("exit 0");
    check(&record(&aws.work().join("r")), &[("class", "\"ok\"")]);
}

#[test]
fn two_commands_at_once() {
    let (aws, _stub) = aws([Reply::json(r#"{"TableNames": []}"#)]);
    let script = "for i in 1 2 3 4 5 6; do \"$@\" & done; wait";
    aws.run_in_shell(script, &["dynamodb", "list-tables", "--result-file", "r"]).expect("a shell");
    check(&record(&aws.work().join("r")), &[("class", "\"ok\"")]);
    let left = fs::read_dir(aws.work()).expect("a folder").count();
    assert_eq!(left, 1, "no temporary file stays");
}
