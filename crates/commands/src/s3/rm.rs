//! `aws s3 rm`: deletes objects.

use super::options;
use super::transfer::{self, Kind};
use oxaws_cli::plug::registry::{Command, Opt};

static OPTIONS: [Opt; 9] = [
    options::ONE_PATH,
    options::DRYRUN,
    options::QUIET,
    options::RECURSIVE,
    options::REQUEST_PAYER,
    options::INCLUDE,
    options::EXCLUDE,
    options::ONLY_SHOW_ERRORS,
    options::PAGE_SIZE,
];

/// `aws s3 rm`
pub static RM: Command = Command {
    name: "rm",
    options: &OPTIONS,
    subcommands: &[],
    run: Some(|call| transfer::run(call, Kind::Rm)),
    help: "Deletes objects.",
};
