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

#[test]
fn yaml_has_types_that_no_parameter_takes() {
    let stub = Stub::start(|_| Reply::json("{}")).expect("a stub");
    let aws = aws().with("AWS_ENDPOINT_URL", stub.url());
    let told = |words: &[&str], yaml: &str| {
        let got = aws.run(&[words, &["--cli-input-yaml", yaml]].concat()).expect("an end");
        (got.code, got.stderr.trim_start_matches("\naws: [ERROR]: ").trim_end().to_owned())
    };
    let wrong = |lines: &[&str]| {
        let lines = lines.iter().map(|line| format!("\nInvalid type for parameter {line}"));
        let text = "An error occurred (ParamValidation): Parameter validation failed:";
        (252, format!("{text}{}", lines.collect::<String>()))
    };
    let other = |words: &str| (255, words.to_owned());
    let tag = |tags: &str| told(&["lambda", "tag-resource", "--resource", "rrr"], &format!("Tags: {tags}"));
    let (date, moment) = ("<class 'datetime.date'>", "<class 'datetime.datetime'>");
    for (tags, line) in [
        ("{a: 2020-01-01}", format!("Tags.a, value: 2020-01-01, type: {date}, valid types: <class 'str'>")),
        (
            "{a: 2020-01-01t10:00:00.25 -5}",
            format!("Tags.a, value: 2020-01-01 10:00:00.250000-05:00, type: {moment}, valid types: <class 'str'>"),
        ),
        ("2020-01-01", format!("Tags, value: 2020-01-01, type: {date}, valid types: <class 'dict'>")),
        (
            "[{5: 2020-01-01}]",
            "Tags, value: [{5: datetime.date(2020, 1, 1)}], type: <class 'list'>, valid types: <class 'dict'>".into(),
        ),
        ("{5: a}", "Tags (key: 5), value: 5, type: <class 'int'>, valid types: <class 'str'>".into()),
        ("{[a]: b}", "Tags (key: ('a',)), value: ('a',), type: <class 'tuple'>, valid types: <class 'str'>".into()),
    ] {
        assert_eq!(tag(tags), wrong(&[&line]), "{tags}");
    }
    assert_eq!(tag("{a: 2020-13-01}"), other("month must be in 1..12"));
    assert_eq!(tag("{? [[a]] : b}"), other("unhashable type: 'list'"));
    // A table's name is looked up before it is checked.
    for (name, words) in [
        ("2020-01-01", "Value (ResourceArn) is the wrong type. Must be <class 'str'>."),
        ("[2020-01-01]", "Value (ResourceArn) is the wrong type. Must be <class 'str'>."),
        ("{a: 1}", "unhashable type: 'dict'"),
        ("[[a]]", "unhashable type: 'list'"),
    ] {
        assert_eq!(told(&["dynamodb", "describe-table"], &format!("TableName: {name}")), other(words), "{name}");
    }
    let invalid =
        "An error occurred (ParamValidation): Error parsing parameter 'cli-input-yaml': Invalid YAML received.";
    assert_eq!(tag("{? {a: b} : c}"), (252, invalid.to_owned()));

    let line = format!("Limit, value: 2020-01-01, type: {date}, valid types: <class 'int'>");
    let list = ["dynamodb", "list-tables"];
    assert_eq!(told(&list, "Limit: 2020-01-01"), wrong(&[&line]));
    for yaml in ["1: 2", "true: x", "[a]: x", "Limit: x\n2020-01-01: x"] {
        assert_eq!(told(&list, yaml), other("keywords must be strings"), "{yaml}");
        let skeleton = ["dynamodb", "list-tables", "--generate-cli-skeleton", "output"];
        assert_eq!(told(&skeleton, yaml), other("keywords must be strings"), "{yaml}");
    }
    let line = format!(
        // The models call this member sensitive, so that its value is masked (DIFFERENCES.md).
        "Plaintext, value: ****, type: {date}, valid types: <class 'bytes'>, \
                        <class 'bytearray'>, file-like object"
    );
    assert_eq!(told(&["kms", "encrypt", "--key-id", "kkk"], "Plaintext: 2020-01-01"), wrong(&[&line]));
    assert_eq!(
        told(&list, "2020-01-01"),
        (
            252,
            "An error occurred (ParamValidation): Error parsing parameter '--cli-input-yaml': Invalid type: expecting \
             map, received <class 'datetime.date'>"
                .to_owned()
        )
    );
    assert!(stub.requests().is_empty());
}

#[test]
fn moments_of_yaml_are_for_moments() {
    let stub = Stub::start(|_| Reply::json("{}")).expect("a stub");
    let aws = aws().with("AWS_ENDPOINT_URL", stub.url());
    let run = |yaml: &str| aws.run(&["cloudtrail", "lookup-events", "--cli-input-yaml", yaml]).expect("an end");
    for (text, body) in [
        ("2020-01-01 10:00:00", r#"{"StartTime": 1577872800}"#),
        ("2020-01-01 10:00:00.9999999Z", r#"{"StartTime": 1577872801}"#),
        ("2001-12-14t21:59:43.10-05:00", r#"{"StartTime": 1008385183.1}"#),
        ("0099-01-01 00:00:00", r#"{"StartTime": -59042995200}"#),
        ("'2020-01-01'", r#"{"StartTime": 1577836800}"#),
    ] {
        assert_eq!(run(&format!("StartTime: {text}")).code, 0, "{text}");
        let sent = stub.requests().last().map(|request| request.body.clone()).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&sent), body, "{text}");
    }
    assert_eq!(
        run("StartTime: 2020-01-01").stderr,
        "\naws: [ERROR]: An error occurred (ParamValidation): Parameter validation failed:\nInvalid type for parameter \
         StartTime, value: 2020-01-01, type: <class 'datetime.date'>, valid types: <class 'datetime.datetime'>, \
         timestamp-string\n"
    );
}
