//! `aws cloudformation deploy`

use super::changeset::{Deployment, Outcome, parameters};
use super::{overrides, template};
use crate::shared::uploader::Uploader;
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::list_option::ListOption;
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_env::expand_user;
use oxaws_value::Value;
use std::path::Path;

/// Bytes that a template may have to be sent with the call.
const MAX_BODY: u64 = 51_200;

/// The command.
pub static DEPLOY: Command = Command {
    name: "deploy",
    options: &[
        Opt::value("template-file", "The template's file.").required(),
        Opt::value("stack-name", "The stack: updated if there is one of that name, else created.").required(),
        Opt::value("s3-bucket", "A bucket to put the template in; needed above 51,200 bytes."),
        Opt::flag("force-upload", "Uploads the template even if the bucket has it."),
        Opt::value("s3-prefix", "What stands before the template's name in the bucket."),
        Opt::value("kms-key-id", "The KMS key that the template is encrypted with in the bucket."),
        Opt::value("parameter-overrides", "Values of parameters: Key=Value words, or a JSON file.")
            .taking(Nargs::OneOrMore),
        Opt::value("capabilities", "What the template may do: CAPABILITY_IAM, CAPABILITY_NAMED_IAM.")
            .taking(Nargs::OneOrMore),
        Opt::switch(
            "no-execute-changeset",
            "execute_changeset",
            false,
            "Makes the change set, but doesn't execute it.",
        ),
        Opt::switch("disable-rollback", "disable_rollback", true, "Keeps what was made when the deployment fails."),
        Opt::switch(
            "no-disable-rollback",
            "disable_rollback",
            false,
            "Rolls everything back when the deployment fails.",
        ),
        Opt::value("role-arn", "The role that CloudFormation assumes."),
        Opt::value("notification-arns", "Topics that hear of the stack's events.").taking(Nargs::OneOrMore),
        Opt::switch(
            "fail-on-empty-changeset",
            "fail_on_empty_changeset",
            true,
            "Fails when there is nothing to change.",
        ),
        Opt::switch(
            "no-fail-on-empty-changeset",
            "fail_on_empty_changeset",
            false,
            "Ends well when there is nothing to change (the default).",
        ),
        Opt::value("tags", "Tags of the stack: Key=Value words.").taking(Nargs::OneOrMore),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Deploys a template by making a change set and executing it.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let capabilities = ListOption::of(cx, args, "capabilities")?.texts("capabilities")?.unwrap_or_default();
    let topics = ListOption::of(cx, args, "notification-arns")?.texts("notification-arns")?;
    let tag_words = ListOption::of(cx, args, "tags")?.texts("tags")?.unwrap_or_default();
    reply::make_client(cx, "cloudformation")?;
    let typed = args.word("template_file").unwrap_or_default();
    let path = expand_user(cx.world, typed);
    let path = Path::new(&path);
    if !cx.world.is_file(path) {
        return Err(Failure::input_file(format!("Invalid template path {}", path.display())));
    }
    let text = template::read_text(path)?;
    let parsed = template::parse(&text)?;
    let size = std::fs::metadata(path).map_err(|e| Failure::unreadable(e, typed))?.len();
    let overridden = overrides::parse(ListOption::of(cx, args, "parameter-overrides")?)?;
    let tag_words: Vec<String> = tag_words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let tags = overrides::key_values(&tag_words, "tags")?;
    let tag = |(key, value): (&oxaws_value::Key, &Value)| {
        Value::Map(reply::params([("Key", Value::from(&**key)), ("Value", value.clone())]))
    };
    let tags = tags.iter().map(tag).collect();
    let parameters = parameters(&parsed, &overridden)?;
    let bucket = args.word("s3_bucket").filter(|b| !b.is_empty());
    if size > MAX_BODY && bucket.is_none() {
        return Err(Failure::invalid(
            "Templates with a size greater than 51,200 bytes must be deployed via an S3 Bucket. Please add the --s3-bucket \
             parameter to your command. The local template will be copied to that S3 bucket and then deployed.",
        ));
    }
    let uploader = bucket.map(|bucket| Uploader {
        prefix: args.word("s3_prefix").map(str::to_owned),
        kms_key: args.word("kms_key_id").map(str::to_owned),
        force: args.flag("force_upload") == Some(true),
        ..Uploader::new(cx, bucket)
    });
    if let Some(uploader) = &uploader {
        uploader.make_client()?;
    }
    let stack = args.word("stack_name").unwrap_or_default();
    let role = args.word("role_arn");
    let deployment = Deployment { cx, stack, template: text, parameters, capabilities, role, topics, uploader, tags };
    let set = deployment.create()?;
    if let Outcome::Empty = deployment.wait_for(&set)? {
        let text = deployment.empty_text();
        if args.flag("fail_on_empty_changeset") == Some(true) {
            return Err(Failure::no_change(text));
        }
        cx.policy.nothing_to_do();
        cx.ui.text(&format!("\n{text}\n"))?;
        return Ok(Exit::Success);
    }
    if args.flag("execute_changeset") == Some(false) {
        let id = oxaws_value::repr::str(&set.id, Default::default());
        cx.ui.text(&format!(
            "Changeset created successfully. Run the following command to review changes:\naws cloudformation \
             describe-change-set --change-set-name {id}\n"
        ))?;
        return Ok(Exit::Success);
    }
    deployment.execute(&set, args.flag("disable_rollback") == Some(true))?;
    cx.ui.line(&format!("Successfully created/updated stack - {stack}"))?;
    Ok(Exit::Success)
}
