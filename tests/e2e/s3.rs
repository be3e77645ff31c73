//! Objects on a server that verifies signatures and checksums.

use std::fs;

use crate::servers::{run, s3};

#[test]
fn an_object_there_and_back() {
    let (aws, stored) = s3();
    // Larger than one buffer, and not a multiple of anything.
    let contents: Vec<u8> = (0..300_007u32).map(|i| (i % 251) as u8).collect();
    aws.file("body", &contents).expect("a file");
    run(&aws, &["s3api", "create-bucket", "--bucket", "den"]).check("exit 0");
    let key = "a b/ü+&.bin";
    let put = ["s3api", "put-object", "--bucket", "den", "--key", key, "--body", "body", "--content-type", "x/y"];
    run(&aws, &put).check(
        r#"
exit 0
--- stdout
{
    "ETag": "\"[..]\"",
    "Checksum[..]": "[..]"
}
"#,
    );
    assert_eq!(fs::read(stored.path().join("den").join(key)).expect("stored"), contents);

    let outcome = run(&aws, &["s3api", "get-object", "--bucket", "den", "--key", key, "copy"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert!(outcome.stdout.contains("\"ContentLength\": 300007,"), "{}", outcome.stdout);
    let copy = aws.work().join("copy");
    assert_eq!(fs::read(&copy).expect("a copy"), contents);

    let range = ["s3api", "get-object", "--bucket", "den", "--key", key, "--range", "bytes=250-252", "part"];
    assert_eq!(run(&aws, &range).code, 0);
    assert_eq!(fs::read(aws.work().join("part")).expect("a part"), [250, 0, 1]);

    run(&aws, &["s3api", "delete-object", "--bucket", "den", "--key", key]).check("exit 0");
    assert!(!stored.path().join("den").join(key).exists());
    run(&aws, &["s3api", "delete-bucket", "--bucket", "den"]).check("exit 0");
}

#[test]
fn an_object_that_is_not_there_leaves_no_file() {
    let (aws, _stored) = s3();
    run(&aws, &["s3api", "create-bucket", "--bucket", "den"]);
    run(&aws, &["s3api", "get-object", "--bucket", "den", "--key", "nosuch", "copy"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (NoSuchKey) when calling the GetObject operation: [..]
",
    );
    assert!(!aws.work().join("copy").exists());
}

#[test]
fn a_wrong_secret_is_refused() {
    let (aws, _stored) = s3();
    let aws = aws.with("AWS_SECRET_ACCESS_KEY", "another");
    run(&aws, &["s3api", "list-buckets"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (SignatureDoesNotMatch) when calling the ListBuckets operation: [..]
",
    );
}
