//! `aws s3 sync`: copies what is new or changed.

use super::options::{self, with_transfer};
use super::transfer::{self, Kind};
use oxaws_cli::plug::registry::{Command, Opt};

static OPTIONS: [Opt; 43] = with_transfer(
    options::PATHS,
    &[
        options::METADATA,
        options::COPY_PROPS,
        options::METADATA_DIRECTIVE,
        options::CASE_CONFLICT,
        options::NO_OVERWRITE,
        options::SIZE_ONLY,
        options::EXACT_TIMESTAMPS,
        options::DELETE,
    ],
);

/// `aws s3 sync`
pub static SYNC: Command = Command {
    name: "sync",
    options: &OPTIONS,
    subcommands: &[],
    run: Some(|call| transfer::run(call, Kind::Sync)),
    help: "Copies new and changed files between a folder and a prefix, or between prefixes.",
};
