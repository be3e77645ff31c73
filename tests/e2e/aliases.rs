//! Aliases of commands: their words stand before the user's, and options of both add up.

use oxaws_testkit::aws::Aws;

use oxaws_testkit::stub::Reply;

use crate::servers::{run, stub};

const ALIASES: &str = "[toplevel]\n\
    texts = s3 cp --exclude \"*\" --include \"*.txt\"\n\
    secret = s3 cp --sse-c --sse-c-key fileb://key\n";

/// With a folder of two files.
fn aws() -> Aws {
    let aws = Aws::new().expect("an executable");
    let folder = aws.home().join(".aws/cli");
    std::fs::create_dir_all(&folder).expect("a folder for aliases");
    std::fs::write(folder.join("alias"), ALIASES).expect("aliases");
    for (name, contents) in [("d/x.txt", &b"x"[..]), ("d/y.bin", b"y"), ("key", b"\xff\xfe")] {
        aws.file(name, contents).expect("a file");
    }
    aws
}

#[test]
fn filters_of_an_alias_count() {
    run(&aws(), &["texts", "d", "s3://b/p", "--recursive", "--dryrun"])
        .check("exit 0\n--- stdout\n(dryrun) upload: d/x.txt to s3://b/p/x.txt");
    run(&aws(), &["texts", "d", "s3://b/p", "--recursive", "--dryrun", "--exclude", "x.*", "--include", "y.*"])
        .check("exit 0\n--- stdout\n(dryrun) upload: d/y.bin to s3://b/p/y.bin");
}

#[test]
fn options_that_stand_alone_and_binary_files_count() {
    run(&aws(), &["secret", "d/x.txt", "s3://b/x", "--dryrun"])
        .check("exit 0\n--- stdout\n(dryrun) upload: d/x.txt to s3://b/x");
}

/// Aliases below an operation are bags of options (the AWS CLI's functional.test_alias).
#[test]
fn bags_of_options_add_up_and_give_what_is_required() {
    let file = "[toplevel]\n\
        tasks = ecs describe-tasks\n\
        [command ecs describe-tasks]\n\
        mine = --cluster c1\n\
        one = --tasks t1 --output text\n\
        self = self\n\
        [command ec2 wait vpc-available]\n\
        v = --vpc-ids v1\n\
        [command iam create-user]\n\
        test-user = --user-name test-user\n";
    let written = |aws: &Aws| {
        let folder = aws.home().join(".aws/cli");
        std::fs::create_dir_all(&folder).expect("a folder for aliases");
        std::fs::write(folder.join("alias"), file).expect("aliases");
    };
    let (aws, server) = stub([Reply::json("{}"), Reply::json("{}")]);
    written(&aws);
    run(&aws, &["tasks", "mine", "one"]).check("exit 0");
    run(&aws, &["ecs", "describe-tasks", "mine", "mine", "one", "--include", "TAGS"]).check("exit 0");
    let bodies: Vec<String> = server.requests().iter().map(|r| String::from_utf8_lossy(&r.body).into_owned()).collect();
    assert_eq!(
        bodies,
        [r#"{"cluster": "c1", "tasks": ["t1"]}"#, r#"{"cluster": "c1", "tasks": ["t1"], "include": ["TAGS"]}"#]
    );
    run(&aws, &["ecs", "describe-tasks", "self"])
        .check("exit 252\n--- stderr\n\naws: [ERROR]: An error occurred (ParamValidation): The alias \"self\" leads back to itself.");
    let outcome = run(&aws, &["ecs", "describe-tasks", "minee"]);
    let said = outcome.stderr.clone();
    assert!(said.contains("argument subcommand: Found invalid choice 'minee'"), "{said}");
    assert!(said.contains("* mine"), "{said}");
    let (aws, server) = stub([
        Reply::xml("<CreateUserResponse/>"),
        Reply::xml(
            "<DescribeVpcsResponse><vpcSet><item><state>available</state></item></vpcSet></DescribeVpcsResponse>",
        ),
    ]);
    written(&aws);
    let _ = run(&aws, &["iam", "create-user", "test-user"]);
    run(&aws, &["ec2", "wait", "vpc-available", "v"]).check("exit 0");
    let bodies: Vec<String> = server.requests().iter().map(|r| String::from_utf8_lossy(&r.body).into_owned()).collect();
    assert!(bodies.first().is_some_and(|b| b.contains("UserName=test-user")), "{bodies:?}");
    assert!(bodies.get(1).is_some_and(|b| b.contains("VpcId.1=v1")), "{bodies:?}");
}
