//! The JSON protocols: dynamodb (1.0) and sqs (1.0, with the error codes of the query protocol it once spoke).

use crate::servers::{moto, run};

#[test]
fn dynamodb_items() {
    let aws = moto();
    let table = [
        "dynamodb",
        "create-table",
        "--table-name",
        "one",
        "--attribute-definitions",
        r#"[{"AttributeName": "id", "AttributeType": "S"}]"#,
        "--key-schema",
        r#"[{"AttributeName": "id", "KeyType": "HASH"}]"#,
        "--billing-mode",
        "PAY_PER_REQUEST",
        "--query",
        "TableDescription.TableStatus",
    ];
    run(&aws, &table).check("exit 0\n--- stdout\n\"ACTIVE\"");
    let item = r#"{"id": {"S": "ä"}, "n": {"N": "1.50"}, "b": {"B": "aGVsbG8="}, "l": {"L": [{"NULL": true}]}}"#;
    run(&aws, &["dynamodb", "put-item", "--table-name", "one", "--item", item]).check("exit 0");
    let key = r#"{"id": {"S": "ä"}}"#;
    run(&aws, &["dynamodb", "get-item", "--table-name", "one", "--key", key, "--consistent-read"]).check(
        r#"
exit 0
--- stdout
{
    "Item": {
        "id": {
            "S": "ä"
        },
        "n": {
            "N": "1.50"
        },
        "b": {
            "B": "aGVsbG8="
        },
        "l": {
            "L": [
                {
                    "NULL": true
                }
            ]
        }
    }
}
"#,
    );
    run(&aws, &["dynamodb", "get-item", "--table-name", "nosuch", "--key", key]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (ResourceNotFoundException) when calling the GetItem operation: Requested resource not found
",
    );
}

#[test]
fn sqs_messages() {
    let aws = moto();
    run(&aws, &["sqs", "create-queue", "--queue-name", "one", "--attributes", r#"{"DelaySeconds": "0"}"#]).check(
        r#"
exit 0
--- stdout
{
    "QueueUrl": "http://127.0.0.1:[..]/123456789012/one"
}
"#,
    );
    // The host of a queue's address doesn't matter: the endpoint is given.
    let queue = "https://sqs.us-east-1.amazonaws.com/123456789012/one";
    run(&aws, &["sqs", "send-message", "--queue-url", queue, "--message-body", "hello, world"]).check(
        r#"
exit 0
--- stdout
{
    "MD5OfMessageBody": "e4d7f1b4ed2e42d15898f4b27b019da4",
    "MessageId": "[..]-[..]-[..]-[..]-[..]"
}
"#,
    );
    run(&aws, &["sqs", "receive-message", "--queue-url", queue]).check(
        r#"
exit 0
--- stdout
{
    "Messages": [
        {
            "MessageId": "[..]-[..]-[..]-[..]-[..]",
            "ReceiptHandle": "[..]",
            "MD5OfBody": "e4d7f1b4ed2e42d15898f4b27b019da4",
            "Body": "hello, world"
        }
    ]
}
"#,
    );
    run(&aws, &["sqs", "get-queue-url", "--queue-name", "nosuch"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (AWS.SimpleQueueService.NonExistentQueue) when calling the GetQueueUrl operation: The specified queue does not exist.
",
    );
}
