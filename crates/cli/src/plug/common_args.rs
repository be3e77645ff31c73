//! The arguments that operations have beside their members: the output file of a streaming reply, `--cli-input-*`,
//! paging, `--generate-cli-skeleton`.

use crate::argv::argparse::{Nargs, WordType};
use crate::plug::argtable::{Arg, ArgTable, Target};
use oxaws_model::names::cli_name;
use oxaws_model::{Operation, Paginator, ShapeKind};

/// The positional that takes a streaming reply.
pub const OUTFILE: &str = "outfile";
/// `--cli-input-json`
pub const CLI_INPUT_JSON: &str = "cli-input-json";
/// `--cli-input-yaml`
pub const CLI_INPUT_YAML: &str = "cli-input-yaml";
/// `--generate-cli-skeleton`
pub const SKELETON: &str = "generate-cli-skeleton";
/// Words that, standing alone anywhere on the line, make every argument optional (as `--generate-cli-skeleton` does,
/// unless `output` follows it).
pub const OPTIONAL_MAKERS: [&str; 2] = ["--cli-input-json", "--cli-input-yaml"];

pub(crate) fn add(table: &mut ArgTable, operation: Operation) {
    if operation.has_streaming_output() {
        table.insert(Arg {
            positional: true,
            required: true,
            ..Arg::text(OUTFILE, "Filename where the content will be saved")
        });
    }
    if table.get(OUTFILE).is_none() {
        table.insert(Arg::text(CLI_INPUT_JSON, "Reads arguments from the JSON string provided."));
        table.insert(Arg::text(CLI_INPUT_YAML, "Reads arguments from the YAML string provided."));
    }
    if let Some(paginator) = operation.paginator() {
        add_paging(table, operation, paginator);
    }
    if table.get(OUTFILE).is_none() {
        table.insert(Arg {
            nargs: Nargs::Optional,
            choices: vec!["input", "output", "yaml-input"],
            ..Arg::text(SKELETON, "Prints a JSON skeleton to standard output without sending an API request.")
        });
    }
}

fn add_paging(table: &mut ArgTable, operation: Operation, paginator: Paginator) {
    for token in paginator.input_tokens().chain(paginator.limit_key()) {
        if let Some(arg) = table.get_mut(&cli_name(token)) {
            arg.hidden = true;
            // What paging fills in needn't be given.
            arg.required = false;
        }
    }
    let limit = paginator.limit_key().and_then(|key| operation.input()?.member(key));
    let word_type = match limit.map(|m| m.shape().kind()) {
        Some(ShapeKind::String) => WordType::Text,
        _ => WordType::Int,
    };
    let paging =
        |name: &'static str, word_type, help| Arg { word_type, target: Target::Paging(name), ..Arg::text(name, help) };
    table.insert(paging("starting-token", WordType::Text, "A token to specify where to start paginating."));
    if limit.is_some() {
        table.insert(paging("page-size", word_type, "The size of each page to get in the AWS service call."));
    }
    table.insert(paging("max-items", word_type, "The total number of items to return in the command's output."));
}
