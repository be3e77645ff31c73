//! Aliases of commands: `~/.aws/cli/alias` (grammar and lookup are in `oxaws_config`).
//!
//! A value that begins with `!` goes to the shell. Any other is words: global options in it override the command line's,
//! what is left stands before the words that the user gave.

use crate::argv::argparse::{Nargs, Spec, invalid_choice, parse_checked};
use crate::argv::globals::{FirstParse, first_parse, first_parse_checked};
use crate::failure::Failure;
use crate::plug::registry::Registry;
use crate::plug::services::Services;
use crate::policy::{self, Given};
use crate::tree::commands::{Node, Tree, is_command};
use oxaws_env::World;
use oxaws_python::shlex;

/// The destination of the positional that names an alias below a command.
const SUBCOMMAND: &str = "subcommand";
/// How often one alias below an operation may be expanded: the same bag of options may be named several times on a line,
/// but a bag that names itself would never end.
const MOST_EXPANSIONS: usize = 50;

/// The aliases of a run.
#[derive(Debug, Clone, Default)]
pub struct Aliases {
    file: oxaws_config::alias::Aliases,
    /// Those being followed, as their whole path: one that is met again would never end. Bags of options below an
    /// operation may be met [`MOST_EXPANSIONS`] times.
    followed: Vec<String>,
    /// Those that stand for a command of their own name, which is being run.
    passed: Vec<String>,
}

/// Reads the alias file.
///
/// # Errors
/// When it breaks the grammar (255).
pub fn load(world: &dyn World) -> Result<Aliases, Failure> {
    Ok(Aliases { file: oxaws_config::alias::Aliases::load(world)?, ..Aliases::default() })
}

impl Aliases {
    /// Whether `name` is an alias of a command.
    pub fn has_top_level(&self, name: &str) -> bool {
        self.top_level_names().any(|n| n == name)
    }

    /// The names of the aliases of commands.
    pub fn top_level_names(&self) -> impl Iterator<Item = &str> {
        self.file.top_level().into_iter().map(|(name, _)| name)
    }

    /// The names of the aliases below a command.
    pub fn names_below(&self, path: &[&str]) -> Vec<String> {
        self.file.below(path).into_iter().map(|(name, _)| name.to_owned()).collect()
    }

    /// What the alias `name` of a command stands for.
    pub(crate) fn top_level_value(&self, name: &str) -> Option<&str> {
        self.file.top_level().into_iter().rev().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// What the alias `name` below a command stands for.
    pub(crate) fn value_below(&self, path: &[&str], name: &str) -> Option<&str> {
        self.file.below(path).into_iter().rev().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// What is wrong with a name that is neither a command nor an alias of one.
    pub(crate) fn unknown_command(
        &self,
        services: &Services,
        registry: &'static Registry,
        name: &str,
    ) -> Option<String> {
        if is_command(services, registry, name) || self.has_top_level(name) {
            return None;
        }
        let names = services.names();
        let written = registry.commands_under(&[]).map(|c| c.name);
        let written = written.chain(registry.unbuilt_under(&[]).into_iter().map(|n| n as &str));
        let names = names.iter().map(String::as_str).chain(written).chain(["help"]);
        Some(invalid_choice(name, names.chain(self.top_level_names())))
    }

    /// These, with one more being followed. Python's CLI follows a loop until it runs out of stack.
    fn following(&self, name: &str, path: String, most: usize) -> Result<Aliases, Failure> {
        if self.followed.iter().filter(|p| **p == path).count() >= most {
            return Err(Failure::validation(format!("The alias \"{name}\" leads back to itself.")));
        }
        let mut following = self.clone();
        following.followed.push(path);
        Ok(following)
    }
}

/// What an alias stands for.
pub(crate) enum Expansion {
    /// A script for the shell, and the words behind it.
    Script(String, Vec<String>),
    /// The version of the program.
    Version,
    /// A command line.
    Line(Box<Expanded>),
}

/// A command line that an alias stands for.
pub(crate) struct Expanded {
    /// The alias.
    pub name: String,
    /// The global options, the command and its words.
    pub parsed: FirstParse,
    /// The aliases, with those that are being followed.
    pub aliases: Aliases,
    /// What its value says about exit codes.
    pub given: Given,
    /// Whether the command may be an alias of the top level itself.
    pub may_be_alias: bool,
}

impl Expansion {
    fn line(
        name: &str,
        (parsed, given): (FirstParse, Given),
        aliases: Aliases,
        may_be_alias: bool,
    ) -> Option<Expansion> {
        Some(Expansion::Line(Box::new(Expanded { name: name.to_owned(), parsed, aliases, given, may_be_alias })))
    }
}

/// What the alias that has a command's name stands for; `None` where none has it.
///
/// # Errors
/// When the alias is malformed, or leads back to itself.
pub(crate) fn top_level(tree: Tree, aliases: &Aliases, first: &FirstParse) -> Result<Option<Expansion>, Failure> {
    let name = first.command.as_str();
    let Some(value) = aliases.top_level_value(name) else { return Ok(None) };
    if let Some(script) = value.strip_prefix('!') {
        return Ok(Some(Expansion::Script(script.to_owned(), first.rest.clone())));
    }
    let unknown = |target: &str| aliases.unknown_command(tree.services, tree.registry, target);
    let words = value_words(name, value)?;
    let (line, given) = policy::take(&words);
    let Some(mut parsed) = first_parse_checked(&line, &unknown)? else { return Ok(Some(Expansion::Version)) };
    let followed = aliases.following(name, name.to_owned(), 1)?;
    parsed.rest.extend(first.rest.iter().cloned());
    // An alias may stand for the command whose name it has.
    let is_built_in = parsed.command == name && is_command(tree.services, tree.registry, name);
    Ok(Expansion::line(name, (parsed, given), followed, !is_built_in))
}

/// What the alias `name` below the command `path` stands for; `None` where there is none of that name.
///
/// # Errors
/// When the alias is malformed, or leads back to itself.
pub(crate) fn below(
    tree: Tree,
    aliases: &Aliases,
    path: &[&str],
    name: &str,
    rest: &[String],
) -> Result<Option<Expansion>, Failure> {
    let Some(value) = aliases.value_below(path, name) else { return Ok(None) };
    let full = format!("{} {name}", path.join(" "));
    if aliases.passed.contains(&full) {
        return Ok(None);
    }
    if let Some(script) = value.strip_prefix('!') {
        return Ok(Some(Expansion::Script(script.to_owned(), rest.to_vec())));
    }
    let Some((top, above)) = path.split_first() else { return Ok(None) };
    // The parser of the top level takes the global options out; it wants a command in front.
    let mut line = vec![(*top).to_owned()];
    let value = value_words(name, value)?;
    let (value, given) = policy::take(&value);
    line.extend(value.iter().cloned());
    let Some(mut parsed) = first_parse(&line)? else { return Ok(Some(Expansion::Version)) };
    parsed.rest.extend(rest.iter().cloned());
    let node = tree.at(path);
    let mut words: Vec<String> = above.iter().map(|w| (*w).to_owned()).collect();
    let inner = if node.is_some_and(|node| tree.child(node, path, name).is_some()) {
        // The value's first word is the command itself, whatever it says.
        words.push(name.to_owned());
        words.extend(parsed.rest.iter().skip(1).cloned());
        Aliases { passed: aliases.passed.iter().cloned().chain([full]).collect(), ..aliases.clone() }
    } else {
        words.extend(parsed.rest.iter().cloned());
        let most = if node.is_some_and(Node::takes_options) { MOST_EXPANSIONS } else { 1 };
        aliases.following(name, full, most)?
    };
    let parsed = FirstParse { command: (*top).to_owned(), rest: words, ..parsed };
    Ok(Expansion::line(name, (parsed, given), inner, false))
}

/// What the alias below an operation (or a waiter) that the words name stands for; `None` where they name none.
///
/// `specs` are the operation's arguments. They are parsed with one positional more, whose choices are the aliases
/// (`awscli.argparser.SubCommandArgParser`); none of them must be given, as an alias may give it. The alias' value then
/// stands before the other words, and what follows may name the next alias.
///
/// # Errors
/// When the words name something else, or the alias is malformed.
pub(crate) fn below_operation(
    tree: Tree,
    aliases: &Aliases,
    path: &[&str],
    specs: &[Spec],
    words: &[String],
) -> Result<Option<Expansion>, Failure> {
    let names = aliases.names_below(path);
    if names.is_empty() || words == ["help"] {
        return Ok(None);
    }
    let mut specs: Vec<Spec> = specs.iter().map(|s| Spec { required: false, ..s.clone() }).collect();
    specs.push(Spec { nargs: Nargs::Optional, ..Spec::option(SUBCOMMAND) });
    let unknown = |dest: &str, word: &str| {
        let known = || names.iter().map(String::as_str);
        (dest == SUBCOMMAND && known().all(|n| n != word)).then(|| invalid_choice(word, known()))
    };
    let parsed = parse_checked(&specs, words, &unknown)?;
    let Some(name) = parsed.word(SUBCOMMAND) else { return Ok(None) };
    let mut rest = words.to_vec();
    // The AWS CLI removes the first word of this text, be it the value of an option.
    if let Some(at) = rest.iter().position(|w| w == name) {
        rest.remove(at);
    }
    below(tree, aliases, path, name, &rest)
}

fn value_words(name: &str, value: &str) -> Result<Vec<String>, Failure> {
    let words = shlex::split(value).map_err(|e| {
        Failure::setting(format!(
            "Value of alias \"{name}\" could not be parsed. Received error: {e} when parsing:\n{value}"
        ))
    })?;
    Ok(words.into_iter().map(|w| w.trim_matches('\n').to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    fn aliases(text: &str) -> Aliases {
        load(&Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/cli/alias", text)).unwrap()
    }

    #[test]
    fn names() {
        let aliases = aliases("[toplevel]\nwho = sts get-caller-identity\n[command ec2]\nls = describe-vpcs\n");
        assert!(aliases.has_top_level("who") && !aliases.has_top_level("ls"));
        assert_eq!(aliases.names_below(&["ec2"]), ["ls"]);
    }

    #[test]
    fn loops_end() {
        let once = aliases("").following("a", "ec2 a".into(), 1).unwrap();
        let message = once.following("a", "ec2 a".into(), 1).unwrap_err().message();
        assert_eq!(message, "The alias \"a\" leads back to itself.");
        assert!(once.following("a", "s3 a".into(), 1).is_ok());
        assert!(once.following("a", "ec2 a".into(), 2).is_ok());
    }

    #[test]
    fn values_are_split_like_a_shell_line() {
        assert_eq!(value_words("x", "a 'b c' \"d\n\"").unwrap(), ["a", "b c", "d"]);
        let message = value_words("x", "sts 'get").unwrap_err().message();
        assert_eq!(
            message,
            "Value of alias \"x\" could not be parsed. Received error: No closing quotation when parsing:\nsts 'get"
        );
    }
}
