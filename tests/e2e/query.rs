//! The query protocol: sts, sns, iam, cloudformation.

use oxaws_testkit::stub::Reply;

use crate::servers::{moto, run, stub};

#[test]
fn a_reply_may_begin_with_a_byte_order_mark() {
    let identity = "<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>";
    let reply = format!("\u{feff}<?xml version=\"1.0\"?>\n<R>{identity}</R>");
    let error = "\u{feff}<ErrorResponse><Error><Code>Odd</Code><Message>so</Message></Error></ErrorResponse>";
    let (aws, _stub) = stub([Reply::xml(reply), Reply::new(400, "text/xml", error)]);
    let ask = ["sts", "get-caller-identity", "--query", "Account"];
    run(&aws, &ask).check("exit 0\n--- stdout\n\"123456789012\"");
    run(&aws, &ask).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (Odd) when calling the GetCallerIdentity operation (reached max retries: 0): so
",
    );
}

#[test]
fn sts_says_who_we_are() {
    run(&moto(), &["sts", "get-caller-identity"]).check(
        r#"
exit 0
--- stdout
{
    "UserId": "AKIAIOSFODNN7EXAMPLE",
    "Account": "123456789012",
    "Arn": "arn:aws:sts::123456789012:user/moto"
}
"#,
    );
}

#[test]
fn sns_topics() {
    let aws = moto();
    run(&aws, &["sns", "create-topic", "--name", "topic-one"]).check(
        r#"
exit 0
--- stdout
{
    "TopicArn": "arn:aws:sns:us-east-1:123456789012:topic-one"
}
"#,
    );
    run(&aws, &["sns", "list-topics"]).check(
        r#"
exit 0
--- stdout
{
    "Topics": [
        {
            "TopicArn": "arn:aws:sns:us-east-1:123456789012:topic-one"
        }
    ]
}
"#,
    );
    let missing = "arn:aws:sns:us-east-1:123456789012:nosuch";
    run(&aws, &["sns", "get-topic-attributes", "--topic-arn", missing]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (NotFound) when calling the GetTopicAttributes operation: Topic does not exist
",
    );
}

#[test]
fn iam_users() {
    let aws = moto();
    let tags = r#"[{"Key": "team", "Value": "red & blue"}]"#;
    let user = r#"
exit 0
--- stdout
{
    "User": {
        "Path": "/",
        "UserName": "user-one",
        "UserId": "[..]",
        "Arn": "arn:aws:iam::123456789012:user/user-one",
        "CreateDate": "20[..]T[..]:[..]:[..]+00:00",
        "Tags": [
            {
                "Key": "team",
                "Value": "red & blue"
            }
        ]
    }
}
"#;
    run(&aws, &["iam", "create-user", "--user-name", "user-one", "--tags", tags]).check(user);
    run(&aws, &["iam", "get-user", "--user-name", "user-one"]).check(user);
    run(&aws, &["iam", "delete-user", "--user-name", "nosuch"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (NoSuchEntity) when calling the DeleteUser operation: The user with name nosuch cannot be found.
",
    );
}

#[test]
fn cloudformation_stacks() {
    let aws = moto();
    let template = r#"{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}"#;
    run(&aws, &["cloudformation", "create-stack", "--stack-name", "one", "--template-body", template]).check(
        r#"
exit 0
--- stdout
{
    "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/one/[..]-[..]-[..]-[..]-[..]"
}
"#,
    );
    run(&aws, &["cloudformation", "list-stack-resources", "--stack-name", "one"]).check(
        r#"
exit 0
--- stdout
{
    "StackResourceSummaries": [
        {
            "LogicalResourceId": "Q",
            "PhysicalResourceId": "https://sqs.us-east-1.amazonaws.com/123456789012/one-Q-[..]",
            "ResourceType": "AWS::SQS::Queue",
            "LastUpdatedTimestamp": "20[..]T[..]+00:00",
            "ResourceStatus": "CREATE_COMPLETE"
        }
    ]
}
"#,
    );
    run(&aws, &["cloudformation", "describe-stacks", "--stack-name", "nosuch"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id nosuch does not exist
",
    );
}
