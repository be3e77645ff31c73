//! `--sso-session` and `--services`: a section of the config file that is no profile.

use oxaws_cli::Failure;
use oxaws_cli::argv::argparse::Parsed;
use oxaws_cli::plug::registry::Opt;

/// The kinds, in the order in which they are looked at.
const KINDS: [&str; 2] = ["sso-session", "services"];

pub(super) const SSO_SESSION: Opt = Opt::value("sso-session", "The sso-session to use in place of a profile.");
pub(super) const SERVICES: Opt = Opt::value("services", "The services section to use in place of a profile.");

/// A section by its kind and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subsection {
    pub(super) kind: &'static str,
    pub(super) name: String,
}

/// The section that the options name.
pub(super) fn given(args: &Parsed) -> Result<Option<Subsection>, Failure> {
    let word = |kind: &str| args.word(&kind.replace('-', "_")).map(str::to_owned);
    let mut found = KINDS.into_iter().filter_map(|kind| Some(Subsection { kind, name: word(kind)? }));
    match (found.next(), found.next()) {
        (Some(first), Some(second)) => Err(Failure::validation(format!(
            "The key \"{}\" cannot be specified when one of the following keys are also specified: {}",
            second.kind.replace('-', "_"),
            first.kind.replace('-', "_")
        ))),
        (one, _) => Ok(one),
    }
}
