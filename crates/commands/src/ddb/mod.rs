//! `aws ddb`: items of DynamoDB tables in their own types, as YAML.

mod decimal;
mod expression;
mod lexer;
mod output;
mod parser;
mod put;
mod select;
mod types;

use oxaws_cli::plug::registry::Command;

/// `aws ddb`
pub static DDB: Command = Command {
    name: "ddb",
    options: &[],
    subcommands: &[&select::SELECT, &put::PUT],
    run: None,
    help: "Reads and writes items of DynamoDB tables in YAML.",
};
