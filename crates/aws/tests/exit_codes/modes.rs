//! What commands end with in each mode, and with policies.

use crate::{aws, bare, refused, s3_refused};
use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::stub::Reply;

/// The codes of the three modes; everything else must be the same.
fn codes(run: impl Fn(&Aws) -> Outcome, fresh: impl Fn() -> Aws) -> [i32; 3] {
    let ends = ["compat", "strict", "detailed"].map(|mode| {
        let aws = fresh().with("AWS_CLI_EXIT_CODES", mode);
        let end = run(&aws);
        Outcome { stderr: end.stderr.replace(&*aws.home().to_string_lossy(), "~"), ..end }
    });
    for end in &ends[1..] {
        assert_eq!((&end.stdout, &end.stderr), (&ends[0].stdout, &ends[0].stderr));
    }
    ends.map(|end| end.code)
}

#[test]
fn failures_before_anything_is_sent() {
    let run = |args: &'static [&'static str]| move |aws: &Aws| aws.run(args).expect("a command");
    let plain = || bare().with("AWS_ENDPOINT_URL", "http://127.0.0.1:1").with("AWS_MAX_ATTEMPTS", "1");
    let configured = |text: &'static str| {
        move || {
            let aws = plain();
            aws.config(text).expect("a file");
            aws
        }
    };
    assert_eq!(codes(run(&["nosuch"]), plain), [252, 252, 10]);
    assert_eq!(codes(run(&["dynamodb", "scan", "--table-name", "t", "--limit", "x"]), plain), [255, 252, 11]);
    assert_eq!(codes(run(&["s3", "cp", "nosuch", "s3://b"]), plain), [255, 252, 12]);
    assert_eq!(codes(run(&["--version"]), configured("[default\n")), [255, 253, 20]);
    assert_eq!(codes(run(&["sts", "get-caller-identity", "--profile", "nosuch"]), plain), [255, 253, 21]);
    assert_eq!(codes(run(&["sts", "get-caller-identity"]), plain), [255, 255, 40]);
    assert_eq!(codes(run(&["eks", "get-token"]), plain), [1, 252, 10]);
    assert_eq!(codes(run(&["configure", "get", "x"]), plain), [1, 255, 54]);
    assert_eq!(codes(run(&["s3", "ls", "--page-size", "x"]), plain), [255, 252, 11]);
    assert_eq!(codes(run(&["x"]), configured("[default]\n")), [252, 252, 10]);
    // A malformed file of aliases breaks every command.
    let aliased = || {
        let aws = plain();
        std::fs::create_dir_all(aws.home().join(".aws/cli")).expect("a folder");
        std::fs::write(aws.home().join(".aws/cli/alias"), "nonsense\n").expect("a file");
        aws
    };
    assert_eq!(codes(run(&["sts", "get-caller-identity"]), aliased), [255, 253, 20]);
}

/// What a command ends with in each mode, against a stub that always answers the same.
fn answered(reply: &Reply, args: &[&str]) -> [i32; 3] {
    ["compat", "strict", "detailed"].map(|mode| {
        let (aws, _stub) = aws([reply.clone()]);
        aws.with("AWS_CLI_EXIT_CODES", mode).run(args).expect("a command").code
    })
}

#[test]
fn answers_of_services() {
    let list = ["dynamodb", "list-tables"];
    assert_eq!(answered(&refused(400, "ResourceNotFoundException"), &list), [254, 254, 31]);
    assert_eq!(answered(&refused(400, "AccessDeniedException"), &list), [254, 254, 32]);
    assert_eq!(answered(&refused(429, "Strange"), &list), [254, 254, 34]);
    assert_eq!(answered(&refused(400, "ResourceInUseException"), &list), [254, 254, 35]);
    assert_eq!(answered(&refused(500, "Strange"), &list), [254, 254, 39]);
    let wait = ["dynamodb", "wait", "table-not-exists", "--table-name", "t"];
    assert_eq!(answered(&refused(400, "AccessDeniedException"), &wait), [255, 254, 32]);
    let no_updates = "<ErrorResponse><Error><Code>ValidationError</Code><Message>No updates are to be \
                      performed.</Message></Error></ErrorResponse>";
    let update = ["cloudformation", "update-stack", "--stack-name", "s", "--use-previous-template"];
    assert_eq!(answered(&Reply::new(400, "text/xml", no_updates), &update), [254, 254, 55]);
    assert_eq!(answered(&s3_refused(403, "AccessDenied"), &["s3", "ls", "s3://b"]), [254, 254, 32]);
    assert_eq!(answered(&s3_refused(404, "NoSuchBucket"), &["s3", "sync", "s3://b", "d"]), [1, 254, 31]);
    assert_eq!(answered(&s3_refused(409, "BucketAlreadyExists"), &["s3", "mb", "s3://b"]), [1, 254, 35]);
    let empty = Reply::xml("<ListBucketResult/>");
    assert_eq!(answered(&empty, &["s3", "ls", "s3://b/p"]), [1, 1, 54]);
    assert_eq!(answered(&empty, &["s3", "ls", "s3://b"]), [0, 0, 0]);
}

#[test]
fn transfers_that_fail() {
    let upload = |codes: [&'static str; 2]| {
        ["compat", "strict", "detailed"].map(|mode| {
            let (aws, _stub) = aws(codes.map(|code| s3_refused(400, code)));
            aws.config("[default]\ns3 =\n  max_concurrent_requests = 1\n").expect("a file");
            aws.file("d/1", "1").expect("a file");
            aws.file("d/2", "2").expect("a file");
            let args = ["s3", "cp", "d", "s3://b", "--recursive", "--exit-codes", mode];
            aws.run(&args).expect("a command").code
        })
    };
    assert_eq!(upload(["AccessDenied", "AccessDenied"]), [1, 1, 32]);
    assert_eq!(upload(["AccessDenied", "NoSuchBucket"]), [1, 1, 1]);
}

#[test]
fn aliases_pass_their_own_code() {
    let (aws, _stub) = aws([refused(400, "ResourceNotFoundException")]);
    let folder = aws.home().join(".aws/cli");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = "[toplevel]\nthree = !exit 3\ntables = --exit-codes strict dynamodb list-tables\ndetail = dynamodb list-tables \
                --exit-codes detailed\nloud = dynamodb list-tables --exit-codes loud\nwrite = sts get-caller-identity \
                --result-file r\n";
    std::fs::write(folder.join("alias"), text).expect("a file");
    let code = |args: &[&str]| aws.run(args).expect("a command").code;
    assert_eq!(code(&["three", "--exit-codes", "detailed"]), 3);
    assert_eq!((code(&["tables"]), code(&["detail"]), code(&["loud"]), code(&["write"])), (254, 31, 252, 255));
}

#[test]
fn partial_failures_and_empty_results() {
    let reply = Reply::json(r#"{"UnprocessedItems": {"t": [{}]}}"#);
    let write = ["dynamodb", "batch-write-item", "--request-items", "{}"];
    assert_eq!(answered(&reply, &write), [0, 0, 52]);
    let with = |reply: &Reply, args: &[&str], more: &[&str]| {
        let (aws, _stub) = aws([reply.clone()]);
        aws.run(&[args, more].concat()).expect("a command")
    };
    let failed = with(&reply, &write, &["--fail-on", "partial-failure"]);
    let plain = with(&reply, &write, &[]);
    assert_eq!((failed.code, failed.stdout), (52, plain.stdout));
    assert_eq!(with(&reply, &write, &["--exit-codes", "detailed", "--ok-on", "partial-failure"]).code, 0);
    let none = Reply::json(r#"{"TableNames": []}"#);
    let some = Reply::json(r#"{"TableNames": ["t"]}"#);
    let list = ["dynamodb", "list-tables", "--fail-on", "nothing-matched"];
    for format in ["json", "text", "yaml", "yaml-stream", "table", "off"] {
        assert_eq!(with(&none, &list, &["--output", format]).code, 54, "{format}");
        assert_eq!(with(&some, &list, &["--output", format]).code, 0, "{format}");
        let query = ["--output", format, "--query", "TableNames[?@ == 'x']"];
        assert_eq!(with(&some, &list, &query).code, 54, "{format}");
        assert_eq!(with(&some, &list, &["--output", format, "--query", "TableNames[0]"]).code, 0, "{format}");
    }
    let invoked = Reply::json("{}").with_header("X-Amz-Function-Error", "Unhandled");
    let invoke = ["lambda", "invoke", "--function-name", "f", "out"];
    assert_eq!(answered(&invoked, &invoke), [0, 0, 53]);
}

#[test]
fn policies_of_s3_commands() {
    let with = |args: &[&str]| {
        let (aws, _stub) = aws([Reply::xml("<ListBucketResult/>")]);
        std::fs::create_dir(aws.work().join("d")).expect("a folder");
        aws.run(args).expect("a command").code
    };
    assert_eq!(with(&["s3", "cp", "d", "s3://b", "--recursive"]), 0);
    assert_eq!(with(&["s3", "cp", "d", "s3://b", "--recursive", "--fail-on", "nothing-matched"]), 54);
    assert_eq!(with(&["s3", "sync", "d", "s3://b", "--fail-on", "no-change"]), 55);
    assert_eq!(with(&["s3", "ls", "s3://b", "--fail-on", "nothing-matched"]), 54);
    assert_eq!(with(&["s3", "ls", "s3://b/p", "--ok-on", "nothing-matched"]), 0);
    assert_eq!(with(&["s3", "cp", "nosuch", "s3://b", "--ok-on", "input-file"]), 0);
}
