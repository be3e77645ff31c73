//! Replies that are not what they should be.

use oxaws_testkit::stub::Reply;

use crate::servers::{run, stub};

#[test]
fn a_service_error_is_told_with_its_retries() {
    let body = r#"{"__type": "com.amazon.coral#ThrottlingException", "message": "Slow down"}"#;
    let (aws, stub) = stub([Reply::new(400, "application/x-amz-json-1.0", body)]);
    run(&aws, &["dynamodb", "list-tables"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (ThrottlingException) when calling the ListTables operation (reached max retries: 0): Slow down
",
    );
    assert_eq!(stub.requests().len(), 1);
}

#[test]
fn a_dropped_connection() {
    let (aws, _stub) = stub([Reply::Drop]);
    run(&aws, &["sqs", "list-queues"]).check(
        "
exit 255
--- stderr

aws: [ERROR]: Connection was closed before we received a valid response from endpoint URL: \"http://127.0.0.1:[..]/\".
",
    );
}

#[test]
fn a_reply_of_html_to_an_xml_service() {
    let (aws, _stub) = stub([Reply::new(200, "text/html", "<html><body>Welcome</body></html")]);
    let outcome = run(&aws, &["sts", "get-caller-identity"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (255, ""));
    assert!(outcome.stderr.starts_with("\naws: [ERROR]: "), "{}", outcome.stderr);
}

#[test]
fn an_error_without_a_body() {
    let (aws, _stub) = stub([Reply::new(503, "text/plain", "")]);
    run(&aws, &["sqs", "list-queues"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (503) when calling the ListQueues operation (reached max retries: 0): Service Unavailable
",
    );
}

#[test]
fn a_retry_after_a_fault_of_the_server() {
    let good = Reply::json(r#"{"QueueUrls": ["u"]}"#);
    let (aws, stub) = stub([Reply::new(500, "application/x-amz-json-1.0", "{}"), good]);
    run(&aws.with("AWS_MAX_ATTEMPTS", "2"), &["sqs", "list-queues", "--query", "QueueUrls"])
        .check("exit 0\n--- stdout\n[\n    \"u\"\n]");
    assert_eq!(stub.requests().len(), 2);
}
