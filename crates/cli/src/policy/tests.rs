//! Modes and policies, end by end.

use super::*;
use oxaws_env::Fixed;

fn rules(mode: Mode, fail_on: &str, ok_on_list: &str) -> Rules {
    let fail_on = Classes::parse(fail_on, &FAIL_ON).expect("classes of --fail-on");
    Rules { mode, fail_on, ok_on: Classes::parse(ok_on_list, &ok_on()).expect("classes") }
}

fn code(rules: Rules, class: Class, exit: Exit, page: Option<Exit>) -> u8 {
    rules.exit(End { class, exit, page }).code()
}

/// What each mode makes of an end: class, the AWS CLI's code, the page's own, strict, detailed.
#[test]
fn modes() {
    let s3 = Some(Exit::TransferFailed);
    for (class, exit, page, strict, detailed) in [
        (Class::Ok, Exit::Success, None, 0, 0),
        (Class::Usage, Exit::Usage, None, 252, 10),
        (Class::InvalidValue, Exit::General, None, 252, 11),
        (Class::InputFile, Exit::General, None, 252, 12),
        (Class::NoProfile, Exit::General, None, 253, 21),
        (Class::NoCredentials, Exit::TransferFailed, None, 253, 23),
        (Class::NotFound, Exit::General, None, 254, 31),
        (Class::NotFound, Exit::TransferFailed, s3, 1, 31),
        (Class::TransferFailed, Exit::TransferFailed, s3, 1, 1),
        (Class::Skipped, Exit::FilesSkipped, None, 2, 2),
        (Class::Interrupted, Exit::TransferFailed, None, 130, 130),
        (Class::Interrupted, Exit::Success, None, 130, 130),
        (Class::NothingMatched, Exit::TransferFailed, s3, 1, 54),
        (Class::NothingMatched, Exit::TransferFailed, None, 255, 54),
        (Class::NothingMatched, Exit::Success, None, 0, 54),
        (Class::NoChange, Exit::General, None, 255, 55),
        (Class::NoChange, Exit::Service, None, 254, 55),
        (Class::PartialFailure, Exit::Success, None, 0, 52),
        (Class::FunctionError, Exit::Success, None, 0, 53),
        (Class::WouldSucceed, Exit::Service, None, 254, 56),
        (Class::OutputError, Exit::ClosedPipe, None, 141, 141),
        (Class::OutputError, Exit::General, None, 255, 64),
        (Class::Bug, Exit::General, None, 255, 70),
        (Class::Terminated, Exit::Class(Class::Terminated), None, 143, 143),
    ] {
        let of = |mode| code(rules(mode, "", ""), class, exit, page);
        let got = (of(Mode::Compat), of(Mode::Strict), of(Mode::Detailed));
        assert_eq!(got, (exit.code(), strict, detailed), "{class:?} {exit:?}");
    }
}

#[test]
fn policies_hold_in_every_mode() {
    for mode in [Mode::Compat, Mode::Strict, Mode::Detailed] {
        let of = |fail, ok, class, exit| code(rules(mode, fail, ok), class, exit, None);
        assert_eq!(of("partial-failure", "", Class::PartialFailure, Exit::Success), 52);
        assert_eq!(of("skipped , nothing-matched,", "", Class::NothingMatched, Exit::TransferFailed), 54);
        assert_eq!(of("", "not-found,conflict", Class::NotFound, Exit::Service), 0);
        assert_eq!(of("", "skipped", Class::Skipped, Exit::FilesSkipped), 0);
        assert_eq!(of("partial-failure", "partial-failure", Class::PartialFailure, Exit::Success), 0);
        // A child's own code passes.
        assert_eq!(of("skipped", "failed", Class::Ok, Exit::Child(7)), 7);
    }
    assert_eq!(code(rules(Mode::Compat, "", "not-found"), Class::AccessDenied, Exit::Service, None), 254);
}

#[test]
fn only_known_classes_are_named() {
    assert_eq!(Classes::parse("partial-failure,nonsense", &FAIL_ON), Err("nonsense".to_owned()));
    assert_eq!(Classes::parse("not-found", &FAIL_ON), Err("not-found".to_owned()));
    assert_eq!(Classes::parse("ok", &ok_on()), Err("ok".to_owned()));
    let message = unknown_class("nonsense", &FAIL_ON);
    assert_eq!(
        message,
        "unknown class 'nonsense'. Known classes are: partial-failure, function-error, nothing-matched, no-change, skipped."
    );
}

fn policy(world: &Fixed, line: &str) -> Policy {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    Policy::new(world, take(&words).1)
}

fn world(variables: &[(&str, &str)]) -> Fixed {
    let world = Fixed::new().with_var("HOME", "/h").with_file(
        "/h/.aws/config",
        "[default]\ncli_exit_codes = detailed\ncli_ok_on = not-found\n[profile bad]\ncli_fail_on = x\n",
    );
    variables.iter().fold(world, |world, (name, value)| world.with_var(name, value))
}

#[test]
fn options_come_before_variables_and_those_before_the_profile() {
    for (line, variables, mode) in [
        ("", &[][..], Mode::Detailed),
        ("", &[("AWS_CLI_EXIT_CODES", "strict")], Mode::Strict),
        ("", &[("AWS_CLI_EXIT_CODES", "")], Mode::Detailed),
        ("--exit-codes compat", &[("AWS_CLI_EXIT_CODES", "strict")], Mode::Compat),
        ("", &[("AWS_PROFILE", "nosuch")], Mode::Compat),
    ] {
        let world = world(variables);
        let policy = policy(&world, line);
        policy.check_options().expect("options that are right");
        policy.settle(&world, &Config::load(&world, None)).expect("settings that are right");
        assert_eq!(policy.rules(&world).mode, mode, "{line} {variables:?}");
    }
    let world = world(&[]);
    let settled = |line: &str| {
        let policy = policy(&world, line);
        policy.settle(&world, &Config::load(&world, None)).expect("settings that are right");
        policy.rules(&world).ok_on
    };
    assert!(settled("").has(Class::NotFound));
    // An option replaces the list, also by an empty one.
    assert!(!settled("--ok-on conflict").has(Class::NotFound) && !settled("--ok-on=").has(Class::NotFound));
}

#[test]
fn bad_words_are_refused_where_they_stand() {
    for (line, message) in [
        ("--exit-codes loud", "argument --exit-codes: Found invalid choice 'loud'\n"),
        ("--exit-codes", "argument --exit-codes: expected one argument"),
        ("--fail-on not-found", "argument --fail-on: unknown class 'not-found'. Known classes are: partial-failure"),
        ("--ok-on x", "argument --ok-on: unknown class 'x'. Known classes are: transfer-failed, skipped, usage"),
    ] {
        let failure = policy(&world(&[]), line).check_options().expect_err(line);
        assert!(failure.message().starts_with(message), "{}", failure.message());
        assert_eq!((failure.class(), failure.exit()), (Class::Usage, Exit::Usage));
    }
    for variables in [("AWS_CLI_EXIT_CODES", "loud"), ("AWS_CLI_FAIL_ON", "x"), ("AWS_PROFILE", "bad")] {
        let world = world(&[variables]);
        let policy = policy(&world, "");
        let failure = policy.settle(&world, &Config::load(&world, None)).expect_err(variables.0);
        assert_eq!((failure.class(), failure.exit()), (Class::Configuration, Exit::Configuration));
    }
}

/// A failure before the settings can be read still has the mode of the option or the variable.
#[test]
fn early_failures_have_a_mode() {
    for (line, variables, expected) in [
        ("--exit-codes strict", &[][..], 253),
        ("", &[("AWS_CLI_EXIT_CODES", "detailed")], 20),
        ("--exit-codes loud", &[("AWS_CLI_EXIT_CODES", "detailed")], 20),
        ("", &[], 255),
    ] {
        let world = world(variables);
        let policy = policy(&world, line);
        policy.failed(&Failure::setting("Unable to parse config file"));
        assert_eq!(policy.finish(&world, Exit::General).code(), expected, "{line} {variables:?}");
    }
}

fn record(line: &str, use_policy: impl FnOnce(&Policy) -> Exit) -> (u8, Option<oxaws_value::Value>) {
    let world = Fixed::new().with_var("HOME", "/h");
    let policy = policy(&world, line);
    policy.begin(&world, &Config::load(&world, None)).expect("settings that are right");
    let exit = use_policy(&policy);
    let code = policy.finish(&world, exit).code();
    let written = world.read(std::path::Path::new("/r")).ok();
    (code, written.map(|text| oxaws_value::parse_json(&String::from_utf8(text).expect("text")).expect("JSON")))
}

#[test]
fn a_record_says_how_a_run_ended() {
    let (code, value) = record("--result-file /r --exit-codes detailed s3 cp a b", |policy| {
        let book = policy.book().expect("a record");
        book.argv(policy.put_back(&["s3".into(), "cp".into(), "a".into(), "b".into()]));
        policy.command(&["s3", "cp"]);
        for at in 0..1002 {
            book.transfer_failed(&format!("s{at}"), Some("d"), Class::NotFound, "m");
        }
        book.transferred(Transfers { succeeded: 1, failed: 1002, skipped: 0, bytes: 7 });
        policy.on_page(Exit::TransferFailed);
        policy.failed(&Failure::Written { exit: Exit::TransferFailed, class: Class::NotFound });
        Exit::TransferFailed
    });
    let value = value.expect("a record");
    let get = |name: &str| oxaws_value::to_json(value.get(name).expect(name), oxaws_value::JsonStyle::COMPACT);
    assert_eq!(code, 31);
    for (name, expected) in [
        ("schema", "1"),
        ("exit_code", "31"),
        ("mode", "\"detailed\""),
        ("class", "\"not-found\""),
        ("compat_code", "1"),
        ("strict_code", "1"),
        ("command", "[\"s3\",\"cp\"]"),
        ("argv", "[\"--result-file\",\"/r\",\"--exit-codes\",\"detailed\",\"s3\",\"cp\",\"a\",\"b\"]"),
        ("retryable", "false"),
        ("docs", "\"aws explain not-found\""),
    ] {
        assert_eq!(get(name), expected, "{name}");
    }
    let transfers = value.get("transfers").expect("transfers");
    assert_eq!(transfers.get("failures").and_then(|f| f.as_list()).map(<[_]>::len), Some(1000));
    assert_eq!(transfers.get("failures_left_out"), Some(&oxaws_value::Value::Int(2)));
    assert!(value.get("error_code").is_none() && value.get("http_status").is_none());
}

#[test]
fn a_record_of_a_partial_failure_names_its_members() {
    let services = oxaws_pack::facts();
    let service = services.services().find(|s| s.directory() == "dynamodb").expect("a service");
    let operation = service.operation_named("BatchWriteItem").expect("an operation");
    let answer = oxaws_value::parse_json(r#"{"UnprocessedItems": {"t": [], "u": []}}"#).expect("JSON");
    for (line, code) in [("--result-file /r", 0), ("--result-file /r --fail-on partial-failure", 52)] {
        let (got, value) = record(line, |policy| {
            let look = policy.look(operation).expect("somebody asks");
            look.answer(&answer);
            look.finish();
            Exit::Success
        });
        let value = value.expect("a record");
        assert_eq!(got, code);
        assert_eq!(value.get("class").and_then(|c| c.as_str()), Some("partial-failure"));
        assert_eq!(value.get("strict_code"), Some(&oxaws_value::Value::Int(0)));
        let partial = oxaws_value::to_json(value.get("partial").expect("partial"), oxaws_value::JsonStyle::COMPACT);
        assert_eq!(partial, r#"[{"member":"UnprocessedItems","count":2}]"#);
    }
}

#[test]
fn nothing_is_looked_at_unless_somebody_asks() {
    let service = oxaws_pack::facts().services().find(|s| s.directory() == "sqs").expect("a service");
    let operation = |name: &str| service.operation_named(name).expect("an operation");
    let world = Fixed::new().with_var("HOME", "/h");
    let looks = |line: &str, name: &str| {
        let policy = policy(&world, line);
        policy.begin(&world, &Config::load(&world, None)).expect("settings that are right");
        policy.look(operation(name)).is_some()
    };
    assert!(!looks("", "SendMessageBatch") && !looks("--exit-codes strict", "SendMessageBatch"));
    assert!(looks("--exit-codes detailed", "SendMessageBatch") && !looks("--exit-codes detailed", "ListQueues"));
    assert!(looks("--fail-on nothing-matched", "ListQueues"));
}

#[test]
fn empty_results() {
    let service = oxaws_pack::facts().services().find(|s| s.directory() == "ec2").expect("a service");
    let list = service.operation_named("DescribeInstances").expect("an operation");
    let other = service.operation_named("RunInstances").expect("an operation");
    let ends = |operation, answers: &[&str], queried: Option<&str>| {
        record("--fail-on nothing-matched", |policy| {
            let look = policy.look(operation).expect("somebody asks");
            for answer in answers {
                look.answer(&oxaws_value::parse_json(answer).expect("JSON"));
            }
            if let Some(result) = queried {
                look.queried(&oxaws_value::parse_json(result).expect("JSON"));
            }
            look.finish();
            Exit::Success
        })
        .0
    };
    assert_eq!(ends(list, &[r#"{"Reservations": []}"#, "{}"], None), 54);
    assert_eq!(ends(list, &[r#"{"Reservations": []}"#, r#"{"Reservations": [{}]}"#], None), 0);
    // An operation without a list of results has none that is empty.
    assert_eq!(ends(other, &["{}"], None), 0);
    for (result, code) in [("null", 54), ("[]", 54), ("{}", 54), ("\"\"", 54), ("0", 0), ("false", 0), ("[null]", 0)] {
        assert_eq!(ends(list, &[r#"{"Reservations": [{}]}"#], Some(result)), code, "{result}");
    }
}
