//! Credentials that end in the middle of a transfer.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::sync::Mutex;
use std::{fs, io};

use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::fault::{Fault, Faulty};
use oxaws_testkit::memory::Memory;
use oxaws_testkit::stub::Request;

use crate::faults::{large, letters};

/// An `aws` whose credentials come from a program: each time new ones that end in a minute, until it fails.
fn with_program(server: &Faulty, good_for: u32) -> io::Result<Aws> {
    let aws = Aws::new()?.without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    let aws = aws.with("AWS_ENDPOINT_URL", server.stub().url()).with("AWS_MAX_ATTEMPTS", "1");
    let home = aws.home();
    let program = home.join("credentials-program");
    let count = home.join("count");
    let script = format!(
        r#"#!/bin/sh
echo >> {count}
n=$(wc -l < {count} | tr -d ' ')
ends=$(date -u -d "@$(($(date +%s) + 60))" +%Y-%m-%dT%H:%M:%SZ)
if [ "$n" -gt {good_for} ]; then echo 'no more of it' >&2; exit 1; fi
echo '{{"Version": 1, "AccessKeyId": "AKIA'$n'", "SecretAccessKey": "s", "SessionToken": "t'$n'", "Expiration": "'$ends'"}}'
"#,
        count = count.display(),
    );
    fs::write(&program, script)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    let parts = "s3 =\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n  max_concurrent_requests = 1\n";
    aws.config(&format!("[default]\ncredential_process = {}\n{parts}", program.display()))?;
    aws.file("f", large())?;
    Ok(aws)
}

/// Faults every request whose token was already shown `times` times.
fn once_too_often(times: usize) -> impl Fn(usize, &Request) -> Option<Fault> + Send + Sync {
    let seen = Mutex::new(HashMap::<String, usize>::new());
    move |_, request| {
        let token = request.header("x-amz-security-token").unwrap_or_default().to_owned();
        let mut seen = seen.lock().expect("no panic");
        let count = seen.entry(token).or_default();
        *count += 1;
        (*count > times).then_some(Fault::Error(400, "ExpiredToken"))
    }
}

fn copy(aws: &Aws) -> Outcome {
    aws.run(&["s3", "cp", "f", "s3://b/k", "--no-progress"]).expect("the executable starts")
}

#[test]
fn new_ones_are_asked_for_in_time() {
    let server = Faulty::start(Memory::default(), once_too_often(1)).expect("the server starts");
    let aws = with_program(&server, u32::MAX).expect("files");
    copy(&aws).check("exit 0\n--- stdout\nupload: ./f to s3://b/k");
    assert_eq!((server.stub().count(), server.memory().objects().len()), (5, 1));
}

#[test]
fn downloads_in_parts_too() {
    let stored = Memory::with([("b/k", letters(12 << 20))]);
    let server = Faulty::start(stored, once_too_often(1)).expect("the server starts");
    let aws = with_program(&server, u32::MAX).expect("files");
    let outcome = aws.run(&["s3", "cp", "s3://b/k", "g", "--no-progress"]).expect("the executable starts");
    outcome.check("exit 0\n--- stdout\ndownload: s3://b/k to ./g");
    assert_eq!((server.stub().count(), fs::metadata(aws.work().join("g")).expect("a file").len()), (4, 12 << 20));
}

#[test]
fn there_are_no_new_ones() {
    let server = Faulty::start(Memory::default(), |_, _| None).expect("the server starts");
    let aws = with_program(&server, 3).expect("files");
    let outcome = copy(&aws);
    outcome.check(
        "
exit 1
--- stderr
upload failed: ./f to s3://b/k Error when retrieving credentials from custom-process: no more of it
",
    );
    assert_eq!((outcome.code, server.memory().objects().len()), (1, 0), "{}", outcome.stderr);
    // Who isn't let in can't clean up either.
    assert_eq!(server.memory().open_uploads(), 1);
}

#[test]
fn the_server_finds_them_too_old() {
    let server = Faulty::start(Memory::default(), |_, request| {
        request.target.contains("partNumber=2").then_some(Fault::Error(400, "ExpiredToken"))
    });
    let server = server.expect("the server starts");
    let aws = with_program(&server, u32::MAX).expect("files");
    copy(&aws).check(
        "
exit 1
--- stderr
upload failed: ./f to s3://b/k An error occurred (ExpiredToken) when calling the UploadPart operation (reached max retries: 0): made up
",
    );
    assert_eq!((server.memory().open_uploads(), server.memory().objects().len()), (0, 0));
}
