//! `aws cloudformation package`

use super::{artifacts, template};
use crate::shared::uploader::Uploader;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::map_option;
use oxaws_cli::{Exit, Failure};
use oxaws_env::absolute;
use oxaws_value::{JsonStyle, to_json};
use oxaws_yaml::Node;
use std::path::Path;

/// The command.
pub static PACKAGE: Command = Command {
    name: "package",
    options: &[
        Opt::value("template-file", "The template's file.").required(),
        Opt::value("s3-bucket", "The bucket that takes what the template names.").required(),
        Opt::value("s3-prefix", "What stands before the names in the bucket."),
        Opt::value("kms-key-id", "The KMS key to encrypt with in the bucket."),
        Opt::value("output-template-file", "The file that takes the new template; else it is printed."),
        Opt::flag("use-json", "Writes JSON in place of YAML."),
        Opt::flag("force-upload", "Uploads what the bucket has already."),
        Opt::value("metadata", "Metadata of everything that is uploaded: Key=Value,Key=Value."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Puts the local files that a template names into a bucket, and writes a template that names them there.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    let metadata = map_option::texts(cx, args, "metadata")?;
    let uploader = Uploader {
        prefix: args.word("s3_prefix").map(str::to_owned),
        kms_key: args.word("kms_key_id").map(str::to_owned),
        force: args.flag("force_upload") == Some(true),
        metadata,
        ..Uploader::new(cx, args.word("s3_bucket").unwrap_or_default())
    };
    uploader.make_client()?;
    let path = args.word("template_file").unwrap_or_default();
    if !Path::new(path).is_file() {
        return Err(Failure::input_file(format!("Invalid template path {path}")));
    }
    let here = cx.world.current_dir()?;
    let node = artifacts::export(&uploader, path, &here)?;
    let text = if args.flag("use_json") == Some(true) { json(&node)? } else { template::to_yaml(&node) };
    let Some(file) = args.word("output_template_file") else {
        cx.ui.text(&format!("\n{text}"))?;
        return Ok(Exit::Success);
    };
    cx.ui.text("\n")?;
    if file.is_empty() {
        return Err(Failure::input_file("[Errno 2] No such file or directory: ''"));
    }
    cx.world.replace(Path::new(file), text.as_bytes(), 0o666).map_err(|e| Failure::unreadable(e, file))?;
    let absolute = absolute(cx.world, file)?;
    cx.ui.text(&format!(
        "Successfully packaged artifacts and wrote output template to file {file}.\nExecute the following command to deploy \
         the packaged template\naws cloudformation deploy --template-file {} --stack-name <YOUR STACK NAME>\n",
        absolute.display()
    ))?;
    Ok(Exit::Success)
}

fn json(node: &Node) -> Result<String, Failure> {
    let value = node
        .to_value()
        .map_err(|kind| Failure::input_file(format!("Object of type {kind} is not JSON serializable")))?;
    Ok(to_json(&value, JsonStyle::OUTPUT))
}
