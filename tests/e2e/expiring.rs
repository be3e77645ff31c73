//! Credentials that end in the middle of a transfer.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, io};

use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::fault::{Fault, Faulty};
use oxaws_testkit::memory::Memory;
use oxaws_testkit::stub::Request;

use crate::faults::{large, letters};

/// A moment `seconds` from now, as ISO 8601 has it.
fn from_now(seconds: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() + seconds;
    // Days to a date: years begin in March, so that the leap day is the last one.
    let (days, second) = (now / 86_400 + 719_468, now % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year + era * 400 + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// An `aws` whose credentials come from a program: each time new ones that end in a minute, until it fails.
fn with_program(server: &Faulty, good_for: u32) -> io::Result<Aws> {
    let aws = Aws::new()?.without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    let aws = aws.with("AWS_ENDPOINT_URL", server.stub().url()).with("AWS_MAX_ATTEMPTS", "1");
    let (home, ends) = (aws.home(), from_now(60));
    let program = home.join("credentials-program");
    let count = home.join("count");
    let script = format!(
        r#"#!/bin/sh
echo >> {count}
n=$(wc -l < {count} | tr -d ' ')
if [ "$n" -gt {good_for} ]; then echo 'no more of it' >&2; exit 1; fi
echo '{{"Version": 1, "AccessKeyId": "AKIA'$n'", "SecretAccessKey": "s", "SessionToken": "t'$n'", "Expiration": "{ends}"}}'
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
