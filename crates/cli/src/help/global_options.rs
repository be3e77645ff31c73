//! The part about global options, which every page but a service's has.

use super::page::Block;
use crate::argv::argparse::{Nargs, Spec};
use crate::argv::globals;

/// What each is for; parsing's own table says everything else.
const ABOUT: [(&str, &str); 19] = [
    ("--debug", "Logs what happens to standard error."),
    ("--endpoint-url", "The URL that requests go to, in place of the service's own."),
    ("--no-verify-ssl", "Doesn't check the certificates of servers."),
    ("--no-paginate", "Makes one call and shows its result, where otherwise all pages are fetched."),
    ("--output", "The format of the result."),
    ("--query", "A JMESPath expression that picks from the result what is shown."),
    ("--profile", "The profile of the configuration files to use."),
    ("--region", "The region to use. Overrides environment and configuration."),
    ("--version", "Shows the version of this program."),
    ("--color", "Whether output has colours; auto: on a terminal."),
    ("--no-sign-request", "Doesn't sign requests. No credentials are looked for."),
    (
        "--ca-bundle",
        "A file with the certificates of the authorities to trust. Overrides environment and configuration.",
    ),
    ("--cli-read-timeout", "Seconds to wait for an answer to go on; 0: without end. 60 where it isn't given."),
    ("--cli-connect-timeout", "Seconds to wait for a connection; 0: without end. 60 where it isn't given."),
    (
        "--cli-binary-format",
        "How binary values are given: base64 (the default), or raw-in-base64-out for the bytes as they are. A value \
         from fileb:// is always taken as bytes; one from file:// must have this format.",
    ),
    ("--no-cli-pager", "Doesn't show output in a pager."),
    ("--cli-auto-prompt", "Asks for what is missing on the command line."),
    ("--no-cli-auto-prompt", "Doesn't ask for what is missing on the command line."),
    ("--cli-error-format", "The format of error messages; enhanced where it isn't given."),
];

fn is_flag(spec: &Spec) -> bool {
    matches!(spec.nargs, Nargs::Flag(_))
}

/// The options of this program's own. They are taken out of the arguments before anything is parsed, and have no row in
/// parsing's table.
const OWN: [(&str, &str); 4] = [
    (
        "--exit-codes",
        "What exit codes mean: compat (the AWS CLI's, the default), strict (the documented list without exception) or \
         detailed (a code of its own for each class of failures). See aws help return-codes.",
    ),
    (
        "--fail-on",
        "Classes, separated by commas, that end the command with their own exit code: partial-failure, function-error, \
         nothing-matched, no-change, skipped.",
    ),
    ("--ok-on", "Classes of failures, separated by commas, that end the command with 0."),
    ("--result-file", "A file, or fd:N for an open descriptor, that gets a record of how the command ended."),
];

/// The lines of a synopsis.
pub(super) fn synopsis() -> Vec<String> {
    let line = |spec: &Spec| match is_flag(spec) {
        true => format!("[{}]", spec.name),
        false => format!("[{} <value>]", spec.name),
    };
    let own = OWN.iter().map(|(name, _)| format!("[{name} <value>]"));
    globals::specs().iter().map(line).chain(own).collect()
}

/// The entries of the list.
pub(super) fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for spec in globals::specs() {
        let kind = match spec.name.as_str() {
            _ if is_flag(&spec) => "boolean",
            "--cli-read-timeout" | "--cli-connect-timeout" => "int",
            _ => "string",
        };
        blocks.push(Block::text(format!("{} ({kind})", spec.name)));
        let about = ABOUT.iter().find(|(name, _)| *name == spec.name).map_or("", |(_, about)| about);
        let mut inner = vec![Block::text(about)];
        inner.extend(spec.choices.iter().map(Block::item));
        blocks.push(Block::Indented(inner));
    }
    for (name, about) in OWN {
        blocks.push(Block::text(format!("{name} (string)")));
        blocks.push(Block::Indented(vec![Block::text(about)]));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_explained() {
        for spec in globals::specs() {
            assert!(ABOUT.iter().any(|(name, _)| *name == spec.name), "{}", spec.name);
        }
        assert_eq!(ABOUT.len(), globals::specs().len());
        assert_eq!(OWN.map(|(name, _)| name), crate::policy::OPTIONS);
    }
}
