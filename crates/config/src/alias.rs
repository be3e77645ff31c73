//! The alias file: `~/.aws/cli/alias`.
//!
//! The grammar is that of [`crate::ini`], without nested blocks. `[toplevel]` holds aliases of commands; `[command ec2
//! wait]` those of the sub-commands of `aws ec2 wait`, however many blanks part the words. Names are lower-cased.

use crate::ConfigError;
use crate::ini::Ini;
use oxaws_env::{World, expand_path};
use oxaws_python::{is_blank, strip};
use std::io::ErrorKind;

/// Where aliases are kept.
pub const ALIAS_FILE: &str = "~/.aws/cli/alias";

/// The aliases of a run.
#[derive(Debug, Clone, Default)]
pub struct Aliases {
    ini: Ini,
}

impl Aliases {
    /// Reads the alias file. A missing or unreadable file holds no aliases.
    ///
    /// # Errors
    /// When the file breaks the grammar or is a folder.
    pub fn load(world: &dyn World) -> Result<Aliases, ConfigError> {
        let path = expand_path(world, ALIAS_FILE);
        let shown = || path.display().to_string();
        if world.is_folder(&path) {
            return Err(ConfigError::FileNotFound { path: shown() });
        }
        match world.read_settings(&path) {
            Ok(contents) => {
                let ini = Ini::parse(contents).map_err(|_| ConfigError::Unparsable { path: shown() })?;
                Ok(Aliases { ini })
            }
            Err(e) if e.kind() == ErrorKind::TimedOut => Err(ConfigError::Unparsable { path: shown() }),
            Err(_) => Ok(Aliases::default()),
        }
    }

    /// Names and values of the aliases for commands, in the order of the file.
    pub fn top_level(&self) -> Vec<(&str, &str)> {
        self.of(|name| name == "toplevel")
    }

    /// Names and values of the aliases below a command, such as `["ec2", "wait"]`.
    pub fn below(&self, command: &[&str]) -> Vec<(&str, &str)> {
        self.of(|name| {
            name.strip_prefix("command ")
                .is_some_and(|rest| rest.split(is_blank).filter(|w| !w.is_empty()).eq(command.iter().copied()))
        })
    }

    /// Whether there is no alias at all.
    pub fn is_empty(&self) -> bool {
        self.ini.sections().next().is_none()
    }

    /// Where two sections mean the same, the later one counts.
    fn of(&self, means: impl Fn(&str) -> bool) -> Vec<(&str, &str)> {
        match self.ini.sections().rev().find(|s| means(s.name())) {
            Some(section) => section.entries().map(|(name, value)| (name, strip(value))).collect(),
            None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    #[test]
    fn aliases_by_command() {
        let text = "[toplevel]\nWhoAmI = sts get-caller-identity\nrun =\n  !f() {\n    echo hi\n  }; f\n\
                    [command  ec2   wait]\na = b\n[command ec2]\nls = describe-instances\n";
        let world = Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/cli/alias", text);
        let aliases = Aliases::load(&world).unwrap();
        assert_eq!(aliases.top_level(), [("whoami", "sts get-caller-identity"), ("run", "!f() {\necho hi\n}; f")]);
        assert_eq!(aliases.below(&["ec2", "wait"]), [("a", "b")]);
        assert_eq!(aliases.below(&["ec2"]), [("ls", "describe-instances")]);
        assert!(aliases.below(&["s3"]).is_empty());
    }

    #[test]
    fn no_file_and_a_broken_one() {
        let world = Fixed::new().with_var("HOME", "/h");
        assert!(Aliases::load(&world).unwrap().is_empty());
        let world = world.with_file("/h/.aws/cli/alias", "a = b\n");
        assert_eq!(Aliases::load(&world).unwrap_err().to_string(), "Unable to parse config file: /h/.aws/cli/alias");
    }
}
