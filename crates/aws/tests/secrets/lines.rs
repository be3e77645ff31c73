//! Command lines as `--debug` and the history show them.

use crate::REGISTRY;
use oxaws_cli::plug::context::CommandLine;
use oxaws_cli::plug::services::Services;
use oxaws_cli::watch::secrets::Line;
use oxaws_env::Fixed;

const ALIASES: &str = "[toplevel]\nmk = secretsmanager create-secret --name n\nrun = !echo\n\
                       [command secretsmanager]\nput = create-secret --secret-string\n";

/// The line as it is shown; words are parted by `|`.
fn shown(line: &str) -> String {
    let world = Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/cli/alias", ALIASES);
    let aliases = oxaws_cli::tree::alias::load(&world).expect("aliases");
    let services = Services::new(&world, oxaws_pack::facts());
    let args: Vec<String> = line.split('|').map(str::to_owned).collect();
    Line::new(&args, &aliases, &services, &REGISTRY).shown().join("|")
}

fn check(cases: &[(&str, &str)]) {
    for (line, want) in cases {
        assert_eq!(shown(line), *want, "{line}");
    }
}

#[test]
fn options_of_operations() {
    check(&[
        (
            "secretsmanager|create-secret|--name|n|--secret-str|s|--region|r",
            "secretsmanager|create-secret|--name|n|--secret-str|****|--region|r",
        ),
        ("--region|r|iam|change-password|--old=a|--new|b", "--region|r|iam|change-password|--old=****|--new|****"),
        ("iam|change-password|--old|a|--output", "iam|change-password|--old|****|--output"),
        ("ssm|put-parameter|--name|n|--value|v", "ssm|put-parameter|--name|n|--value|****"),
        ("ec2|bundle-instance|--owner-sak|s|--owner-akid|a", "ec2|bundle-instance|--owner-sak|****|--owner-akid|a"),
        ("ec2|bundle-instance|--owner-s=s|--pol|p", "ec2|bundle-instance|--owner-s=****|--pol|****"),
        (
            "rds|wait|db-instance-available|--db-instance-identifier|d",
            "rds|wait|db-instance-available|--db-instance-identifier|d",
        ),
        (
            "elasticache|create-user|--passwords|a|b|--user-id|u",
            "elasticache|create-user|--passwords|****|****|--user-id|u",
        ),
        ("sqs|send-message|--queue-url|q|--message-body|b", "sqs|send-message|--queue-url|q|--message-body|b"),
        ("apigateway|create-api-key|--value|v", "apigateway|create-api-key|--value|****"),
    ]);
}

#[test]
fn members_of_structures() {
    check(&[
        (
            "iot|create-topic-rule|--topic-rule-payload|sql=s,actions=[{salesforce={token=t,url=u}}]",
            "iot|create-topic-rule|--topic-rule-payload|sql=s,actions=[{salesforce={token=****,url=u}}]",
        ),
        (
            "rds|create-db-instance|--cli-input-json|{\"MasterUserPassword\":\"p\",\"Engine\":\"e\"}",
            "rds|create-db-instance|--cli-input-json|{\"MasterUserPassword\": \"****\", \"Engine\": \"e\"}",
        ),
        (
            "rds|create-db-instance|--cli-input-yaml|MasterUserPassword: p",
            "rds|create-db-instance|--cli-input-yaml|{\"MasterUserPassword\": \"****\"}",
        ),
        ("rds|create-db-instance|--cli-input-json|file://f", "rds|create-db-instance|--cli-input-json|file://f"),
        ("rds|create-db-instance|--cli-input-json|{\"Mas", "rds|create-db-instance|--cli-input-json|****"),
        (
            "sns|create-platform-application|--attributes|PlatformCredential=c,PlatformPrincipal=p",
            "sns|create-platform-application|--attributes|PlatformCredential=****,PlatformPrincipal=p",
        ),
        (
            "sns|create-platform-application|--cli-input-json|{\"Attributes\":{\"PlatformCredential\":\"c\"}}",
            "sns|create-platform-application|--cli-input-json|{\"Attributes\": {\"PlatformCredential\": \"****\"}}",
        ),
        (
            "sns|create-platform-application|--cli-input-json|{\"A",
            "sns|create-platform-application|--cli-input-json|{\"A",
        ),
        (
            "glue|create-connection|--connection-input|Name=n,ConnectionProperties={PASSWORD=p,HOST=h}",
            "glue|create-connection|--connection-input|Name=n,ConnectionProperties={PASSWORD=****,HOST=h}",
        ),
        ("sqs|create-queue|--queue-name|q|--tags|bad", "sqs|create-queue|--queue-name|q|--tags|bad"),
        (
            "emr|create-cluster|--kerberos-a|Realm=R,KdcAdminPassword=p",
            "emr|create-cluster|--kerberos-a|Realm=R,KdcAdminPassword=****",
        ),
        (
            "emr|create-cluster|--kerberos-attributes={\"KdcAdminPassword\": \"p\"}",
            "emr|create-cluster|--kerberos-attributes={\"KdcAdminPassword\": \"****\"}",
        ),
        ("emr|create-cluster|--kerberos-attributes|{\"Kdc", "emr|create-cluster|--kerberos-attributes|****"),
    ]);
}

#[test]
fn hand_written_commands() {
    check(&[
        ("configure|import|--csv|a,b", "configure|import|--csv|****"),
        ("configure|set|aws_secret_access_key|s", "configure|set|aws_secret_access_key|****"),
        ("configure|--profile|p|set|p.aws_session_token|s", "configure|--profile|p|set|p.aws_session_token|****"),
        ("configure|set|region|r", "configure|set|region|r"),
        ("configure|set|web_identity_token_file|/f", "configure|set|web_identity_token_file|/f"),
        (
            "s3|cp|a|s3://b/c|--sse-c|AES256|--sse-c-key|k|--sse-c-copy-source-k=k",
            "s3|cp|a|s3://b/c|--sse-c|AES256|--sse-c-key|****|--sse-c-copy-source-k=****",
        ),
    ]);
}

#[test]
fn aliases_and_unknown_commands() {
    check(&[
        ("mk|--secret-string|s", "mk|--secret-string|****"),
        ("secretsmanager|put|s|--name|n", "secretsmanager|put|****|--name|n"),
        ("run|--password|s|x", "run|--password|****|****"),
        ("nosuch|--password|s|--name|n", "nosuch|--password|****|--name|n"),
        ("iam|nosuch|--token=t", "iam|nosuch|--token=****"),
        ("iam|change-password|--passwort-password|s", "iam|change-password|--passwort-password|****"),
    ]);
}

#[test]
fn users_in_urls() {
    check(&[
        ("--endpoint-url|http://u:p@h|s3|ls", "--endpoint-url|http://***:***@h|s3|ls"),
        ("s3|ls|--endpoint-url=http://u:p/q@h", "s3|ls|--endpoint-url=http://***:***@h"),
        ("eks|update-kubeconfig|--proxy-url|http://u:p@h", "eks|update-kubeconfig|--proxy-url|http://***:***@h"),
        ("s3|cp|s3://b/a:b@c|.", "s3|cp|s3://b/a:b@c|."),
    ]);
}
