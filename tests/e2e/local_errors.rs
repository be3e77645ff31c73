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
