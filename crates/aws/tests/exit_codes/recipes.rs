//! The recipes of `docs/exit-codes.md`, run as they are printed.

use crate::{bare, refused, s3_refused};
use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::stub::{Reply, Stub};
use std::collections::BTreeMap;
use std::path::Path;

/// The code blocks of the document by the name in the comment before them.
fn recipes() -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/exit-codes.md");
    let text = std::fs::read_to_string(path).expect("docs/exit-codes.md");
    let blocks = text.split("<!-- recipe ").skip(1).map(|part| {
        let (name, rest) = part.split_once(" -->\n```sh\n").expect("a comment before a block");
        (name.to_owned(), rest.split_once("```\n").expect("an end").0.to_owned())
    });
    blocks.collect()
}

/// Runs a recipe against a stub; `aws` is found on the path.
fn run(name: &str, replies: Vec<Reply>, prepare: impl FnOnce(&Aws)) -> (Outcome, usize) {
    let stub = Stub::replies(replies).expect("the stub starts");
    let bin = Path::new(env!("CARGO_BIN_EXE_aws")).parent().expect("a folder").display().to_string();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap_or_default());
    let aws = bare().with("AWS_ENDPOINT_URL", stub.url()).with("AWS_MAX_ATTEMPTS", "1").with("PATH", path);
    let values = [
        ("BUCKET", "b"),
        ("KEY", "k"),
        ("QUEUE", "q"),
        ("NAME", "n"),
        ("FOLDER", "d"),
        ("TOPIC", "arn:aws:sns:us-east-1:1:t"),
        ("PAUSE", "0"),
    ];
    let aws = values.into_iter().fold(aws, |aws, (name, value)| aws.with(name, value));
    prepare(&aws);
    let script = format!("set -u\n{}", recipes()[name]);
    let outcome = aws.run_in_shell(&script, &[]).expect("a shell");
    (outcome, stub.count())
}

fn nothing(_: &Aws) {}

fn folder(aws: &Aws) {
    aws.file("d/1", "1").expect("a file");
}

#[test]
fn each_is_tried() {
    let tried =
        ["afterwards", "create", "create-anyway", "cron", "pipeline", "retry", "tell", "wait"].map(str::to_owned);
    assert_eq!(recipes().into_keys().collect::<Vec<_>>(), tried);
}

#[test]
fn wait() {
    let absent = Reply::xml("").with_header("x", "y");
    let Reply::Answer { headers, body, .. } = absent else { unreachable!("an answer") };
    let absent = Reply::Answer { status: 404, headers, body };
    let (outcome, requests) = run("wait", vec![absent.clone(), absent, Reply::xml("")], nothing);
    outcome.check("exit 0\n--- stdout\nk is there");
    assert_eq!(requests, 3);
    let (outcome, requests) = run("wait", vec![s3_refused(403, "AccessDenied")], nothing);
    assert_eq!((outcome.code, requests), (32, 1));
    assert!(outcome.stderr.contains("(403)"), "{}", outcome.stderr);
}

#[test]
fn create() {
    let there = Reply::json(r#"{"QueueUrl": "u"}"#);
    let absent = refused(400, "com.amazonaws.sqs#QueueDoesNotExist");
    let (outcome, requests) = run("create", vec![there.clone()], nothing);
    assert_eq!((outcome.code, requests), (0, 1));
    let (outcome, requests) = run("create", vec![absent, there], nothing);
    assert_eq!((outcome.code, requests), (0, 2));
    let (outcome, requests) = run("create", vec![refused(403, "AccessDeniedException")], nothing);
    assert_eq!((outcome.code, requests), (32, 1));
}

#[test]
fn create_anyway() {
    let error = |code: &str| {
        Reply::new(
            409,
            "text/xml",
            format!("<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>"),
        )
    };
    let (outcome, _) = run("create-anyway", vec![error("EntityAlreadyExists")], nothing);
    assert!(outcome.code == 0 && outcome.stderr.contains("EntityAlreadyExists"), "{}", outcome.snapshot());
    assert_eq!(run("create-anyway", vec![error("AccessDenied")], nothing).0.code, 254);
}

#[test]
fn retry() {
    let good = Reply::xml(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult>\
         </GetCallerIdentityResponse>",
    );
    let error = |status: u16, code: &str| {
        let text = format!("<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>");
        Reply::new(status, "text/xml", text)
    };
    let busy = error(400, "Throttling");
    let (outcome, requests) = run("retry", vec![busy.clone(), Reply::Drop, error(500, "X"), good], nothing);
    assert_eq!((outcome.code, outcome.stdout.as_str(), requests), (0, "1\n", 4));
    let (outcome, requests) = run("retry", vec![error(403, "AccessDenied")], nothing);
    assert_eq!((outcome.code, requests), (32, 1));
    let (outcome, requests) = run("retry", vec![busy], nothing);
    assert_eq!((outcome.code, requests), (34, 5));
}

#[test]
fn tell() {
    let status = |status: u16| Reply::new(status, "application/xml", "");
    for (reply, text) in [
        (status(404), "there is no k in b\n"),
        (status(403), "no access to b: ask its owner\n"),
        (s3_refused(403, "ExpiredToken"), "no access to b: ask its owner\n"),
    ] {
        let (outcome, _) = run("tell", vec![reply], nothing);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (0, text));
    }
    assert_eq!(run("tell", vec![status(500)], nothing).0.code, 39);
}

#[test]
fn pipeline() {
    let items = |aws: &Aws| drop(aws.file("items.json", "{}").expect("a file"));
    let sent = Reply::xml("<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>");
    let (outcome, requests) = run("pipeline", vec![Reply::json(r#"{"UnprocessedItems": {}}"#), sent], items);
    assert_eq!((outcome.code, requests), (0, 2), "{}", outcome.stderr);
    let (outcome, requests) = run("pipeline", vec![Reply::json(r#"{"UnprocessedItems": {"t": []}}"#)], items);
    assert_eq!((outcome.code, requests), (52, 1));
}

#[test]
fn cron() {
    let list = Reply::xml("<ListBucketResult/>");
    let (outcome, _) = run("cron", vec![list.clone(), Reply::xml("")], folder);
    outcome.check("exit 0");
    let (outcome, _) = run("cron", vec![s3_refused(503, "SlowDown")], folder);
    outcome.check("exit 0");
    let (outcome, _) = run("cron", vec![list, s3_refused(403, "AccessDenied")], folder);
    assert_eq!(outcome.code, 32);
    for text in
        ["upload failed: d/1 to s3://b/backup/1 An error occurred (AccessDenied)", "access-denied (exit code 32"]
    {
        assert!(outcome.stdout.contains(text), "{}", outcome.stdout);
    }
}

#[test]
fn afterwards() {
    let (outcome, _) = run("afterwards", vec![Reply::new(404, "application/xml", "")], nothing);
    assert!(outcome.code == 0 && outcome.stdout.contains("not-found (exit code 31"), "{}", outcome.snapshot());
    assert_eq!(run("afterwards", vec![Reply::xml("")], nothing).0.snapshot(), "exit 0\n");
}
