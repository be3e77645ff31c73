//! Aliases of commands: `~/.aws/cli/alias` (grammar and lookup are in `oxaws_config`).
//!
//! A value that begins with `!` goes to the shell. Any other is words: global options in it override the command line's,
//! what is left stands before the words that the user gave.

use crate::argparse::{Nargs, Spec, invalid_choice, parse_checked};
use crate::context::Context;
use crate::driver;
use crate::error::Failure;
use crate::exit::Exit;
use crate::globals::{FirstParse, Globals, first_parse, first_parse_checked};
use crate::registry::{Command, Registry};
use crate::{version, wait};
use oxaws_client::{Session, SessionOptions};
use oxaws_env::World;
use oxaws_python::shlex;
use std::os::unix::process::ExitStatusExt;

/// The options of a value that would come too late: the session exists already.
const REFUSED: [&str; 2] = ["debug", "profile"];
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

    /// These, with one more being followed. Python's CLI follows a loop until it runs out of stack.
    fn following(&self, name: &str, path: String, most: usize) -> Result<Aliases, Failure> {
        if self.followed.iter().filter(|p| **p == path).count() >= most {
            return Err(Failure::ParamValidation(format!("The alias \"{name}\" leads back to itself.")));
        }
        let mut following = self.clone();
        following.followed.push(path);
        Ok(following)
    }
}

/// Runs the alias that stands for a command; `None` where none has its name.
///
/// # Errors
/// Whatever ends it badly.
pub(crate) fn run_top_level(cx: &Context, aliases: &Aliases, first: &FirstParse) -> Result<Option<Exit>, Failure> {
    let name = first.command.as_str();
    let Some(value) = aliases.top_level_value(name) else { return Ok(None) };
    if let Some(script) = value.strip_prefix('!') {
        return run_script(cx, script, &first.rest).map(Some);
    }
    let unknown = |target: &str| driver::unknown_command(cx.services, cx.registry, aliases, target);
    let line = value_words(name, value)?;
    let Some(mut parsed) = first_parse_checked(&line, &unknown).map_err(|e| Failure::usage(&e))? else {
        cx.ui.line(&version::text(cx.world))?;
        return Ok(Some(Exit::Success));
    };
    let followed = aliases.following(name, name.to_owned(), 1)?;
    parsed.rest.extend(first.rest.iter().cloned());
    with_globals_of(cx, name, &parsed, |cx| {
        // An alias may stand for the command whose name it has.
        let built_in = parsed.command == name && driver::is_command(cx.services, cx.registry, name);
        if !built_in && let Some(exit) = run_top_level(cx, &followed, &parsed)? {
            return Ok(exit);
        }
        driver::dispatch(cx, &followed, &parsed.command, &parsed.rest)
    })
    .map(Some)
}

/// Runs the alias `name` below the command `path`; `None` where there is none of that name.
///
/// # Errors
/// Whatever ends it badly.
pub(crate) fn run_below(
    cx: &Context,
    aliases: &Aliases,
    path: &[&str],
    name: &str,
    rest: &[String],
) -> Result<Option<Exit>, Failure> {
    let Some(value) = aliases.value_below(path, name) else { return Ok(None) };
    let full = format!("{} {name}", path.join(" "));
    if aliases.passed.contains(&full) {
        return Ok(None);
    }
    if let Some(script) = value.strip_prefix('!') {
        return run_script(cx, script, rest).map(Some);
    }
    let Some((top, above)) = path.split_first() else { return Ok(None) };
    // The parser of the top level takes the global options out; it wants a command in front.
    let mut line = vec![(*top).to_owned()];
    line.extend(value_words(name, value)?);
    let Some(mut parsed) = first_parse(&line).map_err(|e| Failure::usage(&e))? else {
        cx.ui.line(&version::text(cx.world))?;
        return Ok(Some(Exit::Success));
    };
    parsed.rest.extend(rest.iter().cloned());
    with_globals_of(cx, name, &parsed, |cx| {
        let mut words: Vec<String> = above.iter().map(|w| (*w).to_owned()).collect();
        let mut inner = aliases.clone();
        if exists_below(cx, path, name) {
            // The value's first word is the command itself, whatever it says.
            words.push(name.to_owned());
            words.extend(parsed.rest.iter().skip(1).cloned());
            inner.passed.push(full);
        } else {
            words.extend(parsed.rest.iter().cloned());
            let most = if takes_options(cx, path) { MOST_EXPANSIONS } else { 1 };
            inner = inner.following(name, full, most)?;
        }
        driver::dispatch(cx, &inner, top, &words)
    })
    .map(Some)
}

/// Runs the alias below an operation (or a waiter) that the words name; `None` where they name none.
///
/// `specs` are the operation's arguments. They are parsed with one positional more, whose choices are the aliases
/// (`awscli.argparser.SubCommandArgParser`); none of them must be given, as an alias may give it. The alias' value then
/// stands before the other words, and what follows may name the next alias.
///
/// # Errors
/// When the words name something else, and whatever ends the alias badly.
pub(crate) fn run_below_operation(
    cx: &Context,
    aliases: &Aliases,
    path: &[&str],
    specs: &[Spec],
    words: &[String],
) -> Result<Option<Exit>, Failure> {
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
    let parsed = parse_checked(&specs, words, &unknown).map_err(|e| Failure::usage(&e))?;
    let Some(name) = parsed.word(SUBCOMMAND) else { return Ok(None) };
    let mut rest = words.to_vec();
    // The AWS CLI removes the first word of this text, be it the value of an option.
    if let Some(at) = rest.iter().position(|w| w == name) {
        rest.remove(at);
    }
    run_below(cx, aliases, path, name, &rest)
}

/// Whether the command at `path` takes options of its own: an operation, a waiter, or a hand-written command that does
/// something. What stands below those is a bag of options.
fn takes_options(cx: &Context, path: &[&str]) -> bool {
    if let Some(command) = written_at(cx.registry, path) {
        return command.run.is_some();
    }
    match path {
        [_, wait::PARENT] => false,
        [above @ .., last] if !above.is_empty() => exists_below(cx, above, last),
        _ => false,
    }
}

/// Whether `name` is a command below `path` without any alias.
fn exists_below(cx: &Context, path: &[&str], name: &str) -> bool {
    if let Some(command) = written_at(cx.registry, path) {
        return below(cx.registry, command, path, name).is_some();
    }
    let service = path.first().and_then(|top| cx.services.find(top).ok().flatten());
    match (path, service) {
        ([top], Some(service)) => {
            driver::service_command_names(cx.registry, service, top).contains(&name)
                || driver::find_operation(cx.registry, service, top, name).is_some()
        }
        ([_, wait::PARENT], Some(service)) => service.waiters().any(|w| w.cli_name() == name),
        _ => false,
    }
}

/// The hand-written command at `path`.
fn written_at(registry: &Registry, path: &[&str]) -> Option<&'static Command> {
    let mut found: Option<&'static Command> = None;
    for (at, name) in path.iter().enumerate() {
        let above = &path[..at];
        found = match found {
            Some(command) => Some(below(registry, command, above, name)?),
            None => registry.commands_under(above).find(|c| c.name == *name),
        };
    }
    found
}

fn below(registry: &Registry, command: &'static Command, path: &[&str], name: &str) -> Option<&'static Command> {
    let placed = registry.commands_under(path).find(|c| c.name == name);
    placed.or_else(|| command.subcommands.iter().copied().find(|c| c.name == name))
}

fn value_words(name: &str, value: &str) -> Result<Vec<String>, Failure> {
    let words = shlex::split(value).map_err(|e| {
        Failure::General(format!(
            "Value of alias \"{name}\" could not be parsed. Received error: {e} when parsing:\n{value}"
        ))
    })?;
    Ok(words.into_iter().map(|w| w.trim_matches('\n').to_owned()).collect())
}

/// Runs `then` with the global options that an alias' value gave over those of the command line.
fn with_globals_of(
    cx: &Context,
    name: &str,
    parsed: &FirstParse,
    then: impl FnOnce(&Context) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let given = |dest: &str| parsed.options.get(dest).is_some();
    for option in REFUSED {
        if given(option) {
            return Err(Failure::General(format!(
                "Global parameter \"--{option}\" detected in alias \"{name}\" which is not supported in subcommand \
                 aliases."
            )));
        }
    }
    let typed = Globals::from_parsed(&parsed.options)?;
    let mut globals = cx.globals.clone();
    let mut options: SessionOptions = cx.session.options().clone();
    let mut new_session = false;
    macro_rules! take {
        ($($field:ident = $dest:literal;)*) => {$(
            if given($dest) {
                globals.$field = typed.$field.clone();
            }
        )*};
    }
    macro_rules! take_for_session {
        ($($field:ident = $dest:literal;)*) => {$(
            if given($dest) {
                globals.$field = typed.$field.clone();
                options.$field = typed.$field.clone();
                new_session = true;
            }
        )*};
    }
    take! {
        paginate = "paginate";
        output = "output";
        query = "query";
        binary_format = "cli_binary_format";
        no_pager = "no_cli_pager";
        error_format = "cli_error_format";
    }
    take_for_session! {
        endpoint_url = "endpoint_url";
        verify_ssl = "verify_ssl";
        region = "region";
        sign_request = "sign_request";
        ca_bundle = "ca_bundle";
        read_timeout = "read_timeout";
        connect_timeout = "connect_timeout";
    }
    // The default of this one counts as not given.
    if typed.color != "auto" {
        globals.color = typed.color.clone();
    }
    let session;
    let mut inner = Context { globals: &globals, ..*cx };
    if new_session {
        session =
            Session::new(cx.world, cx.session.pack(), options, cx.session.cancel().clone()).observed_as(cx.session);
        inner.session = &session;
    }
    let result = then(&inner);
    match (result, &typed.error_format) {
        // Only here it is known that the alias asked for another form.
        (Err(failure), Some(format)) => {
            let failure = cx.line.without_secrets(failure);
            Err(Failure::Written(cx.ui.report(&failure, format, &globals.color)))
        }
        (result, _) => result,
    }
}

/// Runs a shell script with the user's words behind it.
fn run_script(cx: &Context, script: &str, args: &[String]) -> Result<Exit, Failure> {
    let mut line = script.to_owned();
    for arg in args {
        line.push(' ');
        line.push_str(&shlex::quote(arg));
    }
    let status = std::process::Command::new("/bin/sh")
        .args(["-c", &line])
        .status()
        .map_err(|e| Failure::General(oxaws_python::python_os_error(&e, "/bin/sh")))?;
    if cx.session.cancel().is_cancelled() {
        return Err(Failure::Interrupted);
    }
    Ok(Exit::Child(exit_byte(status.code(), status.signal())))
}

/// A child's end as a byte; a signal as Python's negative number.
fn exit_byte(code: Option<i32>, signal: Option<i32>) -> u8 {
    let number = match (code, signal) {
        (Some(code), _) => code,
        (None, Some(signal)) => -signal,
        (None, None) => -1,
    };
    number.rem_euclid(256) as u8
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

    #[test]
    fn ends_of_children() {
        assert_eq!(exit_byte(Some(3), None), 3);
        assert_eq!(exit_byte(None, Some(9)), 247);
    }
}
