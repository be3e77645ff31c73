//! What goes wrong before anything is sent, and Ctrl-C.

use oxaws_testkit::aws::Aws;
use oxaws_testkit::stub::Reply;

use crate::servers::{run, stub};

const USAGE: &str = "
usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help
";

fn aws() -> Aws {
    Aws::new().expect("an executable")
}

#[test]
fn an_operation_that_does_not_exist() {
    run(&aws(), &["dynamodb", "list-table"]).check(&format!(
        "
exit 252
--- stderr

aws: [ERROR]: An error occurred (ParamValidation): argument operation: Found invalid choice 'list-table'

Maybe you meant:

  * list-tables
{USAGE}"
    ));
}

#[test]
fn a_required_option_that_is_missing() {
    run(&aws(), &["dynamodb", "get-item", "--table-name", "t"]).check(&format!(
        "
exit 252
--- stderr

aws: [ERROR]: An error occurred (ParamValidation): the following arguments are required: --key
{USAGE}"
    ));
}

#[test]
fn a_number_that_is_none() {
    run(&aws(), &["dynamodb", "scan", "--table-name", "t", "--segment", "abc"])
        .check("exit 255\n--- stderr\n\naws: [ERROR]: invalid literal for int() with base 10: 'abc'");
}

#[test]
fn no_region() {
    let aws = aws().without("AWS_DEFAULT_REGION");
    run(&aws, &["sqs", "list-queues"]).check(
        "
exit 253
--- stderr

aws: [ERROR]: An error occurred (NoRegion): You must specify a region. You can also configure your region by running \"aws configure\".
",
    );
}

#[test]
fn no_credentials() {
    let (aws, stub) = stub([Reply::Drop]);
    let aws = aws.without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    let outcome = run(&aws, &["sqs", "list-queues"]);
    assert_eq!(outcome.code, 253);
    assert!(outcome.stderr.contains("(NoCredentials): Unable to locate credentials."), "{}", outcome.stderr);
    assert_eq!(stub.requests().len(), 0);
}

#[test]
fn a_profile_that_does_not_exist() {
    run(&aws(), &["sqs", "list-queues", "--profile", "nosuch"])
        .check("exit 255\n--- stderr\n\naws: [ERROR]: The config profile (nosuch) could not be found");
}

#[test]
fn a_config_file_that_can_not_be_read_as_one() {
    let aws = aws();
    aws.config("[default]\nregion = a\nregion = b\n").expect("a file");
    run(&aws, &["sqs", "list-queues"])
        .check("exit 255\n--- stderr\n\naws: [ERROR]: Unable to parse config file: [..]/home/.aws/config");
}

#[test]
fn a_server_that_is_not_there() {
    let outcome =
        run(&aws().with("AWS_MAX_ATTEMPTS", "1"), &["sqs", "list-queues", "--endpoint-url", "http://127.0.0.1:1"]);
    outcome
        .check("exit 255\n--- stderr\n\naws: [ERROR]: Could not connect to the endpoint URL: \"http://127.0.0.1:1/\"");
}

#[test]
fn ctrl_c() {
    let (aws, stub) = stub([Reply::Hang]);
    let outcome = aws.interrupt(&["sqs", "list-queues"], || assert!(stub.wait())).expect("the executable starts");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (130, ""));
}

#[test]
fn the_version_needs_nothing() {
    let outcome = run(&aws().without("HOME").without("AWS_DEFAULT_REGION"), &["--version"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert!(outcome.stdout.starts_with("aws-cli/2."), "{}", outcome.stdout);
}

/// What comes of calls to `url`, signed and unsigned.
fn told_of(url: &str, words: &[&str]) -> [String; 2] {
    [&[][..], &["--no-sign-request"]].map(|more| {
        let words: Vec<&str> = words.iter().chain(&["--endpoint-url", url]).chain(more).copied().collect();
        let outcome = run(&aws().with("AWS_MAX_ATTEMPTS", "1"), &words);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (255, ""), "{url}");
        outcome.stderr.trim().trim_start_matches("aws: [ERROR]: ").to_owned()
    })
}

#[test]
fn a_port_that_is_none_is_the_signers_to_tell() {
    for (port, signed, unsigned) in [
        ("99999", "Port out of range 0-65535", "Failed to parse: http://127.0.0.1:99999/"),
        (
            "abc",
            "Port could not be cast to integer value as 'abc'",
            "Failed to parse: '127.0.0.1:abc' is not a valid host or port",
        ),
        (
            "-1",
            "Port could not be cast to integer value as '-1'",
            "Failed to parse: '127.0.0.1:-1' is not a valid host or port",
        ),
    ] {
        let unsigned = format!("An HTTP Client raised an unhandled exception: {unsigned}");
        let told = told_of(&format!("http://127.0.0.1:{port}"), &["sqs", "list-queues"]);
        assert_eq!(told, [signed.to_owned(), unsigned]);
    }
}

#[test]
fn an_endpoint_is_told_with_its_fragment_and_its_scheme_in_lower_case() {
    let queues = &["sqs", "list-queues"][..];
    let functions = &["lambda", "list-functions", "--page-size", "2"][..];
    for (words, url, shown) in [
        (queues, "HTTP://127.0.0.1:1", "http://127.0.0.1:1/"),
        (queues, "HTTPS://127.0.0.1:1", "https://127.0.0.1:1/"),
        (queues, "http://127.0.0.1:1#f", "http://127.0.0.1:1/#f"),
        (queues, "http://127.0.0.1:1?q=1#f g", "http://127.0.0.1:1/?q=1#f g"),
        (functions, "http://127.0.0.1:1?q=1#f", "http://127.0.0.1:1/2015-03-31/functions?q=1#f&MaxItems=2"),
        (functions, "http://127.0.0.1:1/#", "http://127.0.0.1:1/2015-03-31/functions?MaxItems=2"),
    ] {
        let message = format!("Could not connect to the endpoint URL: \"{shown}\"");
        assert_eq!(told_of(url, words), [message.clone(), message]);
    }
}

#[test]
fn an_answer_that_is_no_xml_is_told_in_expats_words() {
    for (body, fault) in [
        ("{}", "not well-formed (invalid token): line 1, column 0"),
        ("nothing", "syntax error: line 1, column 0"),
        ("<a/>{", "not well-formed (invalid token): line 1, column 4"),
        ("<a/>x", "junk after document element: line 1, column 4"),
        ("\u{1f}gzip", "not well-formed (invalid token): line 1, column 0"),
    ] {
        for words in [&["iam", "list-users"][..], &["ec2", "describe-volumes"], &["route53", "list-hosted-zones"]] {
            let (aws, _stub) = stub([Reply::new(200, "text/xml", body)]);
            let outcome = run(&aws.with("AWS_MAX_ATTEMPTS", "1"), words);
            let wanted = format!("Unable to parse response ({fault}), invalid XML received.");
            assert!(outcome.code == 255 && outcome.stderr.contains(&wanted), "{body}: {}", outcome.stderr);
        }
    }
}

#[test]
fn a_command_that_is_not_built_yet() {
    for command in
        [&["update"][..], &["ecs", "deploy", "--service", "s"], &["configure", "wizard"], &["update", "help"]]
    {
        let outcome = run(&aws(), command);
        let named = if command[0] == "update" { "update".to_owned() } else { command[..2].join(" ") };
        let expected = format!("'aws {named}' is a command of the AWS CLI that oxaws does not support yet.");
        assert_eq!(outcome.code, 252, "{}", outcome.stderr);
        assert!(outcome.stderr.contains(&expected), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("invalid choice"), "{}", outcome.stderr);
    }
}

#[test]
fn auto_prompt_is_not_ignored_silently() {
    const SAID: &str = "warning: auto-prompt is not supported by oxaws yet;";
    let identity = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult>\
        </GetCallerIdentityResponse>";
    let ask = ["sts", "get-caller-identity", "--output", "text"];
    let (aws, _stub) = stub([Reply::xml(identity)]);
    let outcome = run(&aws.with("AWS_CLI_AUTO_PROMPT", "on"), &ask);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, "1\n"));
    assert!(outcome.stderr.starts_with(SAID), "{}", outcome.stderr);
    let (aws, _stub) = stub([Reply::xml(identity)]);
    let outcome = run(&aws.with("AWS_CLI_AUTO_PROMPT", "on-partial"), &ask);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    // The AWS CLI would have asked after this one.
    let outcome = run(&self::aws().with("AWS_CLI_AUTO_PROMPT", "on-partial"), &["sts"]);
    assert_eq!(outcome.code, 252);
    assert!(outcome.stderr.contains(&format!("\n{SAID}")), "{}", outcome.stderr);
    let outcome = run(&self::aws(), &["--cli-auto-prompt"]);
    assert_eq!(outcome.code, 252);
    assert!(outcome.stderr.starts_with(SAID), "{}", outcome.stderr);
    for quiet in [&["--version", "--cli-auto-prompt"][..], &["sts", "--no-cli-auto-prompt"]] {
        let outcome = run(&self::aws().with("AWS_CLI_AUTO_PROMPT", "on"), quiet);
        assert!(!outcome.stderr.contains(SAID), "{quiet:?} {}", outcome.stderr);
    }
}

#[test]
fn the_port_of_the_local_server() {
    let range = "exit 252\n--- stderr\n\naws: [ERROR]: An error occurred (ParamValidation): Invalid value for \
         --redirect-port. Value must be between 1 and 65535.";
    for command in [&["login"][..], &["sso", "login"], &["configure", "sso"]] {
        let with = |port| run(&aws(), &[command, &["--redirect-port", port]].concat());
        for port in ["0", "65536", "-1", "99999999999999999999"] {
            with(port).check(range);
        }
        with("x").check("exit 255\n--- stderr\n\naws: [ERROR]: invalid literal for int() with base 10: 'x'");
    }
    // A port that somebody has already: the login ends before a browser is opened.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let outcome = run(&aws(), &["login", "--redirect-port", &port]);
    assert_eq!(outcome.code, 255, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("callback handler: [Errno 98] Address already in use"), "{}", outcome.stderr);
}

#[test]
fn a_reference_to_a_character_that_xml_does_not_allow() {
    let reply = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1&#27;[2J</Account>\
        </GetCallerIdentityResult></GetCallerIdentityResponse>";
    let (aws, _stub) = stub([Reply::xml(reply)]);
    let outcome = run(&aws, &["sts", "get-caller-identity"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (255, ""));
    let expected = "Unable to parse response (reference to invalid character number: line 1, column 62)";
    assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
    let listing = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a&#27;</Key><LastModified>\
        2021-02-11T04:24:23.000Z</LastModified><Size>1</Size></Contents></ListBucketResult>";
    // Nothing is deleted after such a listing, which S3's commands take for an error of the service.
    for (command, code) in [(&["s3", "ls", "s3://b"][..], 254), (&["s3", "rm", "s3://b", "--recursive"], 1)] {
        let (aws, stub) = stub([Reply::xml(listing)]);
        let outcome = run(&aws, command);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (code, ""), "{command:?} {}", outcome.stderr);
        assert_eq!(stub.count(), 1, "{command:?}");
    }
}
