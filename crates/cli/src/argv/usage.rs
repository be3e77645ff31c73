//! What is said about a command line that can't be parsed.

use crate::argv::argparse::ParseError;
use crate::failure::Failure;
use oxaws_failure::Cause;

/// The usage text of every parse error.
pub const USAGE: &str = "aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n\
To see help text, you can run:\n\n  aws help\n  aws <command> help\n  aws <command> <subcommand> help\n";

impl From<ParseError> for Failure {
    /// A parse error with the usage text under it.
    fn from(error: ParseError) -> Failure {
        let is_value = matches!(error, ParseError::Value(_));
        let cause = Cause::of(error).reworded(|text| format!("{text}\n\nusage: {USAGE}"));
        if is_value { Failure::Validation(cause) } else { Failure::Usage(cause) }
    }
}
