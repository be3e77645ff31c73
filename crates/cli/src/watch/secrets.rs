//! What of a command line is secret, as its options declare it: `.secret()` of a hand-written command's option or of a
//! customisation's argument, the `sensitive` trait of a generated operation's member.
//!
//! Each word is resolved to its option through the command tree, as the command itself will do it: global options,
//! aliases, abbreviations, positionals, values behind a `=`. Only words of a command that doesn't exist, or that the
//! command has no option for, are judged by names. None of this runs unless a line is written down: for `--debug`, for
//! the history, or in an error message.

mod guess;
mod value;

use crate::argv::argparse::{Nargs, Role, Spec, roles};
use crate::argv::globals;
use crate::failure::Failure;
use crate::plug::argtable::{Arg, ArgTable};
use crate::plug::context::CommandLine;
use crate::plug::registry::{Command, Registry};
use crate::plug::services::Services;
use crate::tree::alias::Aliases;
use crate::tree::{WAIT, find_operation};
use oxaws_model::{Operation, Service};
use oxaws_python::shlex;
use oxaws_value::secret::{HIDDEN, Secrets, url_without_user_info, without_user_info};
use std::cell::OnceCell;
use value::Declared;

/// Whether the value of an operation's argument is a secret, or may hold one.
pub fn is_declared(arg: &Arg, operation: Operation) -> bool {
    !matches!(Declared::of_arg(arg, operation), Declared::Open)
}

/// How many aliases one line may go through before it is taken for a loop.
const MAX_ALIASES: usize = 32;

/// A command line, for whoever writes it down.
pub struct Line<'a> {
    /// The arguments.
    pub(crate) args: &'a [String],
    pub(crate) aliases: &'a Aliases,
    pub(crate) services: &'a Services<'a>,
    pub(crate) registry: &'static Registry,
    found: OnceCell<Found>,
}

/// A line without its secrets, and the secrets.
struct Found {
    shown: Vec<String>,
    secrets: Secrets,
}

impl std::fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Line")
    }
}

impl<'a> Line<'a> {
    /// The line `args`; nothing is looked at yet.
    pub fn new(
        args: &'a [String],
        aliases: &'a Aliases,
        services: &'a Services<'a>,
        registry: &'static Registry,
    ) -> Line<'a> {
        Line { args, aliases, services, registry, found: OnceCell::new() }
    }

    fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            let mut walk = Walk {
                line: self,
                shown: vec![None; self.args.len()],
                secrets: Secrets::default(),
                aliases_left: MAX_ALIASES,
            };
            let words = self.args.iter().enumerate().map(|(at, text)| Word { text: text.clone(), at: Some(at) });
            walk.top(words.collect());
            let shown = walk.shown.into_iter().zip(self.args);
            let shown = shown.map(|(hidden, word)| match hidden {
                Some(hidden) => hidden,
                None if is_url(word) => url_without_user_info(word).into_owned(),
                None => without_user_info(word).into_owned(),
            });
            Found { shown: shown.collect(), secrets: walk.secrets }
        })
    }
}

/// Whether a word is a URL and nothing else, such as that of `--endpoint-url`.
fn is_url(word: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| word.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)))
}

impl CommandLine for Line<'_> {
    fn shown(&self) -> &[String] {
        &self.found().shown
    }

    fn without_secrets(&self, failure: Failure) -> Failure {
        failure.map_text(|text| {
            let hidden = self.found().secrets.hide(text);
            without_user_info(&hidden).into_owned()
        })
    }
}

/// A word, and its place on the line; the words of an alias have none.
#[derive(Debug, Clone)]
struct Word {
    text: String,
    at: Option<usize>,
}

struct Walk<'a> {
    line: &'a Line<'a>,
    /// The words of the line that aren't shown as they are.
    shown: Vec<Option<String>>,
    secrets: Secrets,
    aliases_left: usize,
}

impl Walk<'_> {
    /// The whole line: global options and the command.
    fn top(&mut self, words: Vec<Word>) {
        let (command, rest) = self.first(words);
        match command {
            Some(name) => self.named(&name, rest, None),
            None => self.guess(&rest),
        }
    }

    /// Takes the global options and the command's name out of a line. No global option is a secret.
    fn first(&self, words: Vec<Word>) -> (Option<String>, Vec<Word>) {
        let mut specs = globals::specs();
        specs.push(Spec::option("command"));
        let command = specs.len() - 1;
        let mut name = None;
        let mut rest = Vec::new();
        for (role, word) in roles(&specs, &texts(&words)).into_iter().zip(words) {
            match role {
                Role::Positional(index) if index == command => name = Some(word.text),
                Role::Unknown | Role::Extra => rest.push(word),
                Role::Positional(_) | Role::Option(..) | Role::Value(_) => {}
            }
        }
        (name, rest)
    }

    /// The words of the command `name`; an alias named `built_in` is not followed again.
    fn named(&mut self, name: &str, rest: Vec<Word>, built_in: Option<&str>) {
        if built_in != Some(name)
            && let Some(alias) = self.line.aliases.top_level_value(name).map(str::to_owned)
        {
            return self.top_alias(name, &alias, rest);
        }
        let registry = self.line.registry;
        if let Some(command) = registry.commands_under(&[]).find(|c| c.name == name) {
            return self.command(command, vec![command.name], rest);
        }
        match self.line.services.find(name) {
            Ok(Some(service)) => self.service(service, name, rest),
            _ => self.guess(&rest),
        }
    }

    fn top_alias(&mut self, name: &str, alias: &str, rest: Vec<Word>) {
        let Some(mut line) = self.alias_words(alias) else { return self.guess(&rest) };
        line.extend(rest);
        let (command, rest) = self.first(line);
        match command {
            Some(command) => self.named(&command, rest, Some(name)),
            None => self.guess(&rest),
        }
    }

    /// The words of an alias; `None` for a script, a value that can't be split, and the end of a loop.
    fn alias_words(&mut self, alias: &str) -> Option<Vec<Word>> {
        self.aliases_left = self.aliases_left.checked_sub(1)?;
        if alias.starts_with('!') {
            return None;
        }
        let words = shlex::split(alias).ok()?;
        Some(words.into_iter().map(|text| Word { text: text.trim_matches('\n').to_owned(), at: None }).collect())
    }

    /// Replaces the alias `name` below `path` by what it stands for; the words for the command at `path` come back.
    fn below_alias(&mut self, path: &[&str], name: &str, exists: bool, rest: &[Word]) -> Option<Result<Vec<Word>, ()>> {
        let alias = self.line.aliases.value_below(path, name)?.to_owned();
        let Some(line) = self.alias_words(&alias) else { return Some(Err(())) };
        // The parser of the top level takes the global options out; it wants a command in front.
        let top = Word { text: path.first().copied().unwrap_or_default().to_owned(), at: None };
        let (_, mut own) = self.first(std::iter::once(top).chain(line).collect());
        if exists && !own.is_empty() {
            own[0].text = name.to_owned();
        }
        own.extend(rest.iter().cloned());
        Some(Ok(own))
    }

    fn service(&mut self, service: Service, command: &str, words: Vec<Word>) {
        let (name, rest) = sub_command(&[], words);
        let Some(name) = name else { return self.guess(&rest) };
        let registry = self.line.registry;
        let written = registry.commands_under(&[command]).find(|c| c.name == name);
        let operation = find_operation(registry, service, command, &name);
        let exists = written.is_some() || operation.is_some();
        match self.below_alias(&[command], &name, exists, &rest) {
            Some(Err(())) => return self.guess(&rest),
            Some(Ok(words)) if !exists => return self.service(service, command, words),
            Some(Ok(words)) => {
                return self.service_command(service, command, &name, words.into_iter().skip(1).collect());
            }
            None => {}
        }
        self.service_command(service, command, &name, rest);
    }

    fn service_command(&mut self, service: Service, command: &str, name: &str, rest: Vec<Word>) {
        let registry = self.line.registry;
        if let Some(written) = registry.commands_under(&[command]).find(|c| c.name == name) {
            return self.command(written, vec![service.cli_name(), written.name], rest);
        }
        if name == WAIT {
            return self.waiter(service, rest);
        }
        match find_operation(registry, service, command, name) {
            Some(operation) => self.operation(operation, command, name, &rest),
            None => self.guess(&rest),
        }
    }

    fn waiter(&mut self, service: Service, words: Vec<Word>) {
        let (name, rest) = sub_command(&[], words);
        let waiter = name.and_then(|name| service.waiters().find(|w| w.cli_name() == name));
        match waiter.and_then(|w| service.operation_named(w.operation()).map(|operation| (w, operation))) {
            Some((waiter, operation)) => self.operation(operation, WAIT, waiter.cli_name(), &rest),
            None => self.guess(&rest),
        }
    }

    fn operation(&mut self, operation: Operation, service: &str, name: &str, words: &[Word]) {
        let table = ArgTable::of(operation, service, name, self.line.registry);
        let declared: Vec<Declared> = table.iter().map(|arg| Declared::of_arg(arg, operation)).collect();
        self.settle(&table.specs(), &declared, words);
    }

    fn command(&mut self, command: &'static Command, path: Vec<&'static str>, words: Vec<Word>) {
        let placed = self.line.registry.commands_under(&path);
        let below: Vec<&'static Command> = command.subcommands.iter().copied().chain(placed).collect();
        let specs: Vec<Spec> = command.options.iter().map(|o| o.spec()).collect();
        if !below.is_empty() || !self.line.aliases.names_below(&path).is_empty() {
            let (name, rest) = sub_command(&specs, words.clone());
            if let Some(name) = name {
                let found = below.iter().find(|c| c.name == name);
                match self.below_alias(&path, &name, found.is_some(), &rest) {
                    Some(Err(())) => return self.guess(&rest),
                    Some(Ok(words)) if found.is_none() => return self.command(command, path, words),
                    Some(Ok(words)) => {
                        let words = words.into_iter().skip(1).collect();
                        return self.below(found.copied(), path, words);
                    }
                    None if found.is_some() => return self.below(found.copied(), path, rest),
                    None => {}
                }
            }
        }
        let declared: Vec<Declared> = command.options.iter().map(Declared::of_option).collect();
        self.settle(&specs, &declared, &words);
    }

    fn below(&mut self, command: Option<&'static Command>, mut path: Vec<&'static str>, words: Vec<Word>) {
        match command {
            Some(command) => {
                path.push(command.name);
                self.command(command, path, words);
            }
            None => self.guess(&words),
        }
    }

    /// The words of a command whose options are known.
    fn settle(&mut self, specs: &[Spec], declared: &[Declared], words: &[Word]) {
        let mut positional = String::new();
        let mut left = Vec::new();
        let of = |index: usize| declared.get(index).copied().unwrap_or(Declared::Open);
        for (role, word) in roles(specs, &texts(words)).into_iter().zip(words) {
            let text = word.text.as_str();
            match role {
                Role::Option(options, Some(at)) => {
                    let (name, value) = text.split_at(at.min(text.len()));
                    let hidden = self.value(options.into_iter().map(of), value, &positional);
                    self.put(word, hidden.map(|hidden| format!("{name}{hidden}")));
                }
                Role::Option(_, None) => {}
                Role::Value(options) => {
                    let hidden = self.value(options.into_iter().map(of), text, &positional);
                    self.put(word, hidden);
                }
                Role::Positional(index) => {
                    let hidden = self.value([of(index)].into_iter(), text, &positional);
                    self.put(word, hidden);
                    text.clone_into(&mut positional);
                }
                Role::Unknown | Role::Extra => left.push(word.clone()),
            }
        }
        self.guess(&left);
    }

    /// A value that may be any of several options': hidden as the strictest of them says.
    fn value(&mut self, any: impl Iterator<Item = Declared>, word: &str, previous: &str) -> Option<String> {
        let hidden = any.filter_map(|declared| declared.hidden(word, previous, &mut self.secrets));
        hidden.reduce(|a, b| if a == HIDDEN { a } else { b })
    }

    /// Words that no option takes: judged by names.
    fn guess(&mut self, words: &[Word]) {
        let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        let hidden = guess::hidden(&texts, &mut self.secrets);
        for (word, hidden) in words.iter().zip(hidden) {
            self.put(word, hidden);
        }
    }

    fn put(&mut self, word: &Word, hidden: Option<String>) {
        if let (Some(hidden), Some(slot)) = (hidden, word.at.and_then(|at| self.shown.get_mut(at))) {
            *slot = Some(hidden);
        }
    }
}

/// The first word that is neither an option nor a value of `specs`, and the other words.
fn sub_command(specs: &[Spec], words: Vec<Word>) -> (Option<String>, Vec<Word>) {
    let mut specs = specs.to_vec();
    specs.push(Spec { nargs: Nargs::Optional, ..Spec::option("subcommand") });
    let index = specs.len() - 1;
    let roles = roles(&specs, &texts(&words));
    let mut name = None;
    let mut rest = Vec::with_capacity(words.len());
    for (role, word) in roles.into_iter().zip(words) {
        if role == Role::Positional(index) { name = Some(word.text) } else { rest.push(word) }
    }
    (name, rest)
}

fn texts(words: &[Word]) -> Vec<String> {
    words.iter().map(|w| w.text.clone()).collect()
}
