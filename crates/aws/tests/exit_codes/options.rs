//! The four options themselves: they take part in no abbreviation and shadow nothing.

use crate::{aws, bare};
use oxaws_testkit::stub::Reply;

const NAMES: [&str; 4] = ["exit-codes", "fail-on", "ok-on", "result-file"];

#[test]
fn they_are_no_argument_of_an_operation_or_command() {
    for service in oxaws_pack::facts().services() {
        assert_ne!(service.cli_name(), "explain");
        for operation in service.operations() {
            for member in operation.input().into_iter().flat_map(|input| input.members()) {
                let name = oxaws_model::names::cli_name(member.name());
                assert!(!NAMES.contains(&name.as_str()), "{} {}", service.cli_name(), operation.name());
            }
        }
    }
    fn options(command: &oxaws_cli::plug::registry::Command) {
        for option in command.options {
            assert!(!NAMES.contains(&option.name), "{}", command.name);
        }
        command.subcommands.iter().for_each(|below| options(below));
    }
    oxaws_commands::COMMANDS.iter().for_each(|placement| options(placement.command));
}

#[test]
fn abbreviations_stay_those_of_the_aws_cli() {
    let identity = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult>\
                    </GetCallerIdentityResponse>";
    let (aws, _stub) = aws([Reply::xml(identity)]);
    let code = |args: &[&str]| aws.run(args).expect("a command").code;
    let who = ["sts", "get-caller-identity", "--output", "text"];
    assert_eq!(code(&[&who[..], &["--re", "eu-west-1"]].concat()), 0);
    for option in ["--exit-code", "--ok", "--result", "--fail"] {
        assert_eq!(code(&[&who[..], &[option, "x"]].concat()), 252, "{option}");
    }
    // A flag of this command, abbreviated.
    let put = ["apigateway", "put-rest-api", "--rest-api-id", "r", "--body", "fileb:///dev/null", "--fail-on"];
    assert_eq!(code(&put), 255, "the stub's answer is no JSON");
}

#[test]
fn bad_words() {
    let (aws, stub) = aws([Reply::json("{}")]);
    let usage = "\nusage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n";
    for (args, message) in [
        (&["--exit-codes", "loud"][..], "argument --exit-codes: Found invalid choice 'loud'\n\n"),
        (&["--exit-codes"], "argument --exit-codes: expected one argument\n"),
        (&["--fail-on", "x,skipped"], "argument --fail-on: unknown class 'x'. Known classes are: partial-failure, "),
        (&["--ok-on=x"], "argument --ok-on: unknown class 'x'. Known classes are: transfer-failed, skipped, usage, "),
    ] {
        let outcome = aws.run(&[&["dynamodb", "list-tables"], args].concat()).expect("a command");
        let start = format!("\naws: [ERROR]: An error occurred (ParamValidation): {message}");
        assert!(outcome.code == 252 && outcome.stderr.starts_with(&start), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(usage), "{}", outcome.stderr);
    }
    for (variable, value) in [("AWS_CLI_EXIT_CODES", "loud"), ("AWS_CLI_FAIL_ON", "x"), ("AWS_CLI_OK_ON", "x")] {
        let aws = bare().with("AWS_ENDPOINT_URL", stub.url()).with(variable, value);
        let outcome = aws.run(&["dynamodb", "list-tables"]).expect("a command");
        let start = "\naws: [ERROR]: An error occurred (Configuration): Invalid value for cli_";
        assert!(outcome.code == 253 && outcome.stderr.starts_with(start), "{}", outcome.stderr);
    }
    aws.config("[default]\ncli_exit_codes = loud\n").expect("a file");
    assert_eq!(aws.run(&["dynamodb", "list-tables"]).expect("a command").code, 253);
    // The option replaces the setting.
    assert_eq!(aws.run(&["dynamodb", "list-tables", "--exit-codes", "strict"]).expect("a command").code, 0);
    assert_eq!(stub.count(), 1);
}
