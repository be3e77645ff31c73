//! `aws s3 cp`: copies files and objects.

use super::options::{self, with_transfer};
use super::transfer::{self, Kind};
use oxaws_cli::plug::registry::{Command, Opt};

static OPTIONS: [Opt; 42] = with_transfer(
    options::PATHS,
    &[
        options::METADATA,
        options::COPY_PROPS,
        options::METADATA_DIRECTIVE,
        options::EXPECTED_SIZE,
        options::RECURSIVE,
        options::CASE_CONFLICT,
        options::NO_OVERWRITE,
    ],
);

/// `aws s3 cp`
pub static CP: Command = Command {
    name: "cp",
    options: &OPTIONS,
    subcommands: &[],
    run: Some(|call| transfer::run(call, Kind::Cp)),
    help: "Copies a file or object to another place, locally or in S3.",
};
