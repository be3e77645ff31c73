//! Commands of the AWS CLI that this program doesn't have yet. Whoever types one learns that, rather than that the word is
//! a mistake: a script can be changed with the first answer, not with the second.

use crate::failure::Failure;
use crate::plug::registry::Registry;

/// Commands that are missing under one command.
#[derive(Debug, Clone, Copy)]
pub struct Unbuilt {
    /// The commands above them: empty for the top level.
    pub under: &'static [&'static str],
    /// Their names.
    pub names: &'static [&'static str],
}

impl Registry {
    /// The missing commands under `path`, which the AWS CLI also proposes where a name is mistyped.
    pub(crate) fn unbuilt_under(&self, path: &[&str]) -> Vec<&'static str> {
        self.unbuilt.iter().filter(|row| row.under == path).flat_map(|row| row.names).copied().collect()
    }

    /// What there is to say about `name` under `path` where it is a command of the AWS CLI that is missing here.
    pub(crate) fn unbuilt(&self, path: &[&str], name: &str) -> Option<Failure> {
        let found = self.unbuilt_under(path).into_iter().find(|n| *n == name)?;
        let command = path.iter().copied().chain([found]).collect::<Vec<_>>().join(" ");
        Some(Failure::usage(format!("'aws {command}' is a command of the AWS CLI that oxaws does not support yet.")))
    }
}
