//! `aws s3 mv`: copies, then deletes the source.

use super::options::{self, with_transfer};
use super::transfer::{self, Kind};
use oxaws_cli::plug::registry::{Command, Opt};

static OPTIONS: [Opt; 42] = with_transfer(
    options::PATHS,
    &[
        options::METADATA,
        options::COPY_PROPS,
        options::METADATA_DIRECTIVE,
        options::RECURSIVE,
        options::VALIDATE_SAME_S3_PATHS,
        options::CASE_CONFLICT,
        options::NO_OVERWRITE,
    ],
);

/// `aws s3 mv`
pub static MV: Command = Command {
    name: "mv",
    options: &OPTIONS,
    subcommands: &[],
    run: Some(|call| transfer::run(call, Kind::Mv)),
    help: "Moves a file or object to another place, locally or in S3.",
};
