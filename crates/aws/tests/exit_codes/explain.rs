//! `aws explain` and `aws help return-codes`.

use crate::{aws, bare, member, record, refused};

#[test]
fn subjects() {
    let aws = bare();
    let text = |args: &[&str]| {
        let outcome = aws.run(&[&["explain"], args].concat()).expect("a command");
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{args:?}");
        outcome.stdout
    };
    assert!(text(&[]).starts_with("CODE  CLASS                STRICT  RETRY  MEANING\n   0  ok "));
    let one = text(&["not-found"]);
    assert!(one.starts_with("not-found (exit code 31 with --exit-codes detailed, 254 with strict)\n"), "{one}");
    assert_eq!(text(&["31"]), one);
    assert!(text(&["254"]).starts_with("Several classes of failures can end with exit code 254."));
    assert!(text(&["NoSuchBucket"]).contains("\nnot-found (exit code 31"));
    // A code that only a model knows.
    assert!(text(&["EndpointDisabled"]).contains("is an error code of this class:\n\n"));
    let json = text(&["throttled", "--output", "json"]);
    assert!(json.starts_with("{\n    \"class\": \"throttled\",\n    \"exit_code\": 34,\n"), "{json}");
    assert_eq!(text(&["throttled", "--output", "json", "--query", "retryable"]), "true\n");
    assert!(text(&["--output", "yaml"]).starts_with("classes:\n- action: "));
    let outcome = aws.run(&["explain", "nonsense", "--exit-codes", "detailed"]).expect("a command");
    outcome.check(
        "exit 11\n--- stderr\n\naws: [ERROR]: An error occurred (ParamValidation): \"nonsense\" is not a class, an exit \
         code or an error code that is known.",
    );
}

#[test]
fn the_last_record() {
    let (aws, _stub) = aws([refused(400, "ResourceNotFoundException")]);
    let aws = aws.with("AWS_CLI_RESULT_FILE", "r");
    let path = aws.work().join("r");
    assert_eq!(aws.run(&["dynamodb", "list-tables"]).expect("a command").code, 254);
    for _ in 0..2 {
        let outcome = aws.run(&["explain", "--last"]).expect("a command");
        let start = "Command: aws dynamodb list-tables\nStarted: 20";
        assert!(outcome.code == 0 && outcome.stdout.starts_with(start), "{}", outcome.snapshot());
        assert!(outcome.stdout.contains("\nError code: ResourceNotFoundException\n"), "{}", outcome.stdout);
        assert!(outcome.stdout.contains("\nnot-found (exit code 31"), "{}", outcome.stdout);
    }
    assert_eq!(member(&record(&path), "class"), "\"not-found\"");
    std::fs::write(&path, "{}").expect("a file");
    assert_eq!(aws.run(&["explain", "--last"]).expect("a command").code, 255);
    std::fs::remove_file(&path).expect("a file");
    assert_eq!(aws.run(&["explain", "--last"]).expect("a command").code, 255);
    assert_eq!(bare().run(&["explain", "--last"]).expect("a command").code, 253);
    assert_eq!(aws.run(&["explain", "--last", "not-found"]).expect("a command").code, 252);
}

#[test]
fn an_alias_of_the_same_name_comes_first() {
    let aws = bare();
    std::fs::create_dir_all(aws.home().join(".aws/cli")).expect("a folder");
    std::fs::write(aws.home().join(".aws/cli/alias"), "[toplevel]\nexplain = !echo mine\n").expect("a file");
    aws.run(&["explain"]).expect("a command").check("exit 0\n--- stdout\nmine");
}

#[test]
fn help_has_every_class() {
    let outcome = bare().run(&["help", "return-codes"]).expect("a command");
    for text in ["31 not-found (strict: 254)", "--exit-codes MODE", "143 terminated"] {
        assert!(outcome.stdout.contains(text), "{text}\n{}", outcome.stdout);
    }
}
