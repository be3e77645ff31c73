//! What reaches an operation, and what is told of its errors, through the executable.

use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::{Reply, Stub};

fn aws() -> Aws {
    Aws::new().expect("the executable").with("AWS_MAX_ATTEMPTS", "1")
}

#[test]
fn a_sample_of_the_output_checks_what_the_client_would_take() {
    let aws = aws();
    // The client asks for one instance unless told otherwise, so nothing is missing.
    let got = aws.run(&["ec2", "run-instances", "--generate-cli-skeleton", "output"]).expect("an end");
    assert_eq!((got.code, got.stderr.as_str()), (0, ""));
    assert!(got.stdout.starts_with("{\n    \"ReservationId\": \"ReservationId\","), "{}", got.stdout);
    for option in ["--page-size", "--max-items", "--starting-token"] {
        let words = ["dynamodb", "list-tables", option, "1", "--generate-cli-skeleton", "output"];
        let got = aws.run(&words).expect("an end");
        assert_eq!(
            (got.code, got.stdout.as_str(), got.stderr.as_str()),
            (
                252,
                "",
                "\naws: [ERROR]: An error occurred (ParamValidation): Parameter validation failed:\nUnknown parameter in \
                 input: \"PaginationConfig\", must be one of: ExclusiveStartTableName, Limit\n"
            ),
            "{option}"
        );
    }
}

#[test]
fn the_size_of_a_page_follows_the_token_to_start_from() {
    let stub = Stub::start(|_| Reply::json(r#"{"TableNames": []}"#)).expect("a stub");
    let aws = aws().with("AWS_ENDPOINT_URL", stub.url());
    // {"ExclusiveStartTableName": "xxx"}
    let token = "eyJFeGNsdXNpdmVTdGFydFRhYmxlTmFtZSI6ICJ4eHgifQ==";
    let words = ["dynamodb", "list-tables", "--page-size", "7", "--starting-token", token];
    assert_eq!(aws.run(&words).expect("an end").code, 0);
    assert_eq!(stub.requests()[0].body, br#"{"ExclusiveStartTableName": "xxx", "Limit": 7}"#);
}

#[test]
fn an_error_without_an_error_in_it_is_told_in_words() {
    let stub = Stub::start(|_| Reply::new(400, "text/xml", "<Error><Code>C</Code></Error>")).expect("a stub");
    let aws = aws().with("AWS_ENDPOINT_URL", stub.url());
    for format in ["json", "yaml", "text", "table", "legacy", "enhanced"] {
        let got = aws.run(&["iam", "list-users", "--cli-error-format", format]).expect("an end");
        assert_eq!(
            (got.code, got.stderr.as_str()),
            (
                254,
                "\naws: [ERROR]: An error occurred (Unknown) when calling the ListUsers operation (reached max retries: \
                 0): Unknown\n"
            ),
            "{format}"
        );
    }
}

#[test]
fn odd_errors_are_told_as_they_came() {
    let told = |kind: &'static str, body: &'static str, words: &[&str]| {
        let stub = Stub::start(move |_| Reply::new(400, kind, body)).expect("a stub");
        aws().with("AWS_ENDPOINT_URL", stub.url()).run(words).expect("an end").stderr
    };
    let no_code = "<ErrorResponse><Error><Message>M</Message></Error></ErrorResponse>";
    assert_eq!(
        told("text/xml", no_code, &["route53", "list-hosted-zones"]),
        "\naws: [ERROR]: An error occurred () when calling the ListHostedZones operation (reached max retries: 0): M\n"
    );
    assert_eq!(
        told("application/x-amz-json-1.0", r#"{"__type":"E","message":{"a":[1]}}"#, &["dynamodb", "list-tables"]),
        "\naws: [ERROR]: An error occurred (E) when calling the ListTables operation (reached max retries: 0): \
         {'a': [1]}\n"
    );
}
