//! The REST protocols: lambda (JSON), route53 and s3 (XML).

use crate::servers::{moto, run};

#[test]
fn lambda_functions() {
    let aws = moto();
    run(&aws, &["lambda", "list-functions"]).check("exit 0\n--- stdout\n{\n    \"Functions\": []\n}");
    run(&aws, &["lambda", "get-function", "--function-name", "nosuch"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (ResourceNotFoundException) when calling the GetFunction operation: Function not found: arn:aws:lambda:us-east-1:123456789012:function:nosuch
",
    );
}

#[test]
fn route53_zones() {
    let aws = moto();
    let create = ["route53", "create-hosted-zone", "--name", "example.com", "--caller-reference", "r-1"];
    run(&aws, &create).check(
        r#"
exit 0
--- stdout
{
    "Location": "https://route53.amazonaws.com/2013-04-01/hostedzone/[..]",
    "HostedZone": {
        "Id": "/hostedzone/[..]",
        "Name": "example.com.",
        "CallerReference": "r-1",
        "Config": {
            "PrivateZone": false
        },
        "ResourceRecordSetCount": 2
    },
    "ChangeInfo": {
        "Id": "/change/[..]",
        "Status": "INSYNC",
        "SubmittedAt": "20[..]T[..]+00:00"
    },
    "DelegationSet": {
        "Id": "",
        "CallerReference": "DelSet_example.com.",
        "NameServers": [
            "ns-2048.awsdns-64.com",
            "ns-2049.awsdns-65.net",
            "ns-2050.awsdns-66.org",
            "ns-2051.awsdns-67.co.uk"
        ]
    }
}
"#,
    );
    run(&aws, &["route53", "get-hosted-zone", "--id", "/hostedzone/Z0"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (NoSuchHostedZone) when calling the GetHostedZone operation: No hosted zone found with ID: Z0
",
    );
}

#[test]
fn s3_bucket_tags() {
    let aws = moto();
    run(&aws, &["s3api", "create-bucket", "--bucket", "tagged-bucket"]).check(
        r#"
exit 0
--- stdout
{
    "Location": "/tagged-bucket"
}
"#,
    );
    let tags = r#"{"TagSet": [{"Key": "k", "Value": "v <&>"}]}"#;
    run(&aws, &["s3api", "put-bucket-tagging", "--bucket", "tagged-bucket", "--tagging", tags]).check("exit 0");
    run(&aws, &["s3api", "get-bucket-tagging", "--bucket", "tagged-bucket"]).check(
        r#"
exit 0
--- stdout
{
    "TagSet": [
        {
            "Key": "k",
            "Value": "v <&>"
        }
    ]
}
"#,
    );
    run(&aws, &["s3api", "head-bucket", "--bucket", "nosuch-bucket"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (404) when calling the HeadBucket operation: Not Found
",
    );
}
