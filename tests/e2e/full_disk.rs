//! Files that can't be written to their end: a limit on the size of files stands for the full disk.

use std::collections::BTreeMap;
use std::fs;

use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::fault::Faulty;
use oxaws_testkit::memory::Memory;

use crate::faults::{files_below, letters};

/// Files may have 16 blocks of 512 bytes.
const LIMIT: usize = 8192;
const FULL: &str = "ulimit -f 16; exec \"$@\"";

fn server(objects: &[(&'static str, usize)]) -> (Aws, Faulty) {
    let memory = Memory::with(objects.iter().map(|(name, size)| (*name, letters(*size))));
    let server = Faulty::start(memory, |_, _| None).expect("the server starts");
    let aws = Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", server.stub().url());
    (aws.with("AWS_MAX_ATTEMPTS", "1"), server)
}

fn full(aws: &Aws, script: &str, args: &[&str]) -> Outcome {
    aws.run_in_shell(script, args).expect("a shell")
}

fn files(aws: &Aws) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    files_below(&aws.work(), "", &mut found);
    found.into_iter().map(|(name, data)| (name, data.len())).collect()
}

#[test]
fn a_download_leaves_the_old_file() {
    for parts in ["", "[default]\ns3 =\n  multipart_threshold = 5KB\n  multipart_chunksize = 5KB\n"] {
        let (aws, _server) = server(&[("b/k", LIMIT + 1)]);
        aws.config(parts).expect("a file");
        fs::write(aws.work().join("g"), "old").expect("a file");
        let outcome = full(&aws, FULL, &["s3", "cp", "s3://b/k", "g", "--no-progress"]);
        outcome.check("exit 1\n--- stderr\ndownload failed: s3://b/k to ./g [Errno 27] File too large");
        assert_eq!(files(&aws), BTreeMap::from([("g".to_owned(), 3)]));
    }
}

#[test]
fn a_move_leaves_the_object() {
    let (aws, server) = server(&[("b/k", LIMIT + 1)]);
    let outcome = full(&aws, FULL, &["s3", "mv", "s3://b/k", "g", "--no-progress"]);
    outcome.check("exit 1\n--- stderr\nmove failed: s3://b/k to ./g [Errno 27] File too large");
    assert_eq!((files(&aws), server.memory().objects().len()), (BTreeMap::new(), 1));
}

#[test]
fn others_are_downloaded_all_the_same() {
    let (aws, _server) = server(&[("b/1", 10), ("b/2", LIMIT + 1), ("b/3", LIMIT), ("b/4", 10)]);
    for command in [&["s3", "cp", "s3://b", "d", "--recursive"][..], &["s3", "sync", "s3://b", "e"]] {
        let outcome = full(&aws, FULL, command);
        assert_eq!(outcome.code, 1, "{}", outcome.stderr);
        let failed = "[Errno 27] File too large";
        assert!(outcome.stderr.contains(failed) && outcome.stderr.trim().lines().count() == 1, "{}", outcome.stderr);
    }
    let names = ["d/1", "d/3", "d/4", "e/1", "e/3", "e/4"];
    assert_eq!(files(&aws).keys().map(String::as_str).collect::<Vec<_>>(), names);
}

#[test]
fn an_operation_that_writes_a_file() {
    let (aws, _server) = server(&[("b/k", LIMIT + 1)]);
    let outcome = full(&aws, FULL, &["s3api", "get-object", "--bucket", "b", "--key", "k", "g"]);
    outcome.check("exit 255\n--- stderr\n\naws: [ERROR]: [Errno 27] File too large");
}

#[test]
fn a_device_that_is_full() {
    // More than a buffer: where all fits into one, Python finds out after the command has ended well.
    let (aws, _server) = server(&[("b/k", 200_000)]);
    let failed = "exit 1\n--- stderr\ndownload failed: s3://b/k to [..] [Errno 28] No space left on device";
    full(&aws, "exec \"$@\"", &["s3", "cp", "s3://b/k", "/dev/full", "--no-progress"]).check(failed);
    full(&aws, "exec \"$@\" >/dev/full", &["s3", "cp", "s3://b/k", "-"]).check(failed);
    let get = ["s3api", "get-object", "--bucket", "b", "--key", "k", "/dev/full"];
    full(&aws, "exec \"$@\"", &get).check("exit 255\n--- stderr\n\naws: [ERROR]: [Errno 28] No space left on device");
}
