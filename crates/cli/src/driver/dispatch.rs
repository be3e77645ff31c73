//! Finds the command that the words name, and runs it.

use super::aliases;
use crate::argv::argparse::{Nargs, ParseError, Spec, invalid_choice, parse_checked, parse_known};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help;
use crate::operation::{self, Prepared, wait};
use crate::plug::context::Context;
use crate::plug::registry::Command;
use crate::tree::alias::{self, Aliases, Expansion};
use crate::tree::{WAIT, find_operation, service_command_names};
use crate::{version, written};
use oxaws_model::{Operation, Service, Waiter};
use std::cell::OnceCell;

/// Runs the command `name` with the words left for it.
///
/// # Errors
/// Whatever ends it badly.
pub(super) fn top(cx: &Context, aliases: &Aliases, name: &str, words: &[String]) -> Result<Exit, Failure> {
    if name == "help" {
        return help::top(cx, words);
    }
    if let Some(command) = cx.registry.commands_under(&[]).find(|c| c.name == name) {
        return run_command(cx, aliases, command, vec![command.name], words);
    }
    match cx.services.find(name)? {
        Some(service) => run_service(cx, aliases, service, name, words),
        // The caller has checked the name.
        None => Err(Failure::from(ParseError::Syntax(format!(
            "argument command: {}",
            invalid_choice(name, std::iter::empty())
        )))),
    }
}

/// Runs what an alias stands for.
///
/// # Errors
/// Whatever ends it badly.
pub(super) fn expanded(cx: &Context, expansion: Expansion) -> Result<Exit, Failure> {
    let line = match expansion {
        Expansion::Script(script, words) => return aliases::run_script(cx, &script, &words),
        Expansion::Version => {
            cx.ui.line(&version::text(cx.world))?;
            return Ok(Exit::Success);
        }
        Expansion::Line(line) => *line,
    };
    cx.policy.alias(&line.name, line.given)?;
    aliases::with_globals_of(cx, &line.name, &line.parsed, |cx| {
        if line.may_be_alias
            && let Some(expansion) = alias::top_level(cx.tree(), &line.aliases, &line.parsed)?
        {
            return expanded(cx, expansion);
        }
        top(cx, &line.aliases, &line.parsed.command, &line.parsed.rest)
    })
}

fn run_service(
    cx: &Context,
    aliases: &Aliases,
    service: Service,
    command: &str,
    words: &[String],
) -> Result<Exit, Failure> {
    let specs = [Spec { required: true, ..Spec::option("operation") }];
    let parsed = parse_known(&specs, words)?;
    let name = parsed.word("operation").unwrap_or_default().to_owned();
    let rest = parsed.extras;
    if let Some(expansion) = alias::below(cx.tree(), aliases, &[command], &name, &rest)? {
        return expanded(cx, expansion);
    }
    run_operation(cx, aliases, service, command, &name, &rest)
}

/// Runs a command of a service.
///
/// # Errors
/// Whatever ends it badly.
fn run_operation(
    cx: &Context,
    aliases: &Aliases,
    service: Service,
    command: &str,
    name: &str,
    rest: &[String],
) -> Result<Exit, Failure> {
    cx.policy.command(&[command, name]);
    if let Some(custom) = cx.registry.commands_under(&[command]).find(|c| c.name == name) {
        let shown = service.cli_name();
        return run_command(cx, aliases, custom, vec![shown, custom.name], rest);
    }
    if name == WAIT && service.waiters().len() > 0 {
        return run_waiter(cx, aliases, service, command, rest);
    }
    if name == "help" {
        return help::service(cx, service, command, rest);
    }
    match find_operation(cx.registry, service, command, name) {
        Some(found) => {
            if let Some(expansion) = alias_below(cx, aliases, found, (command, name), &[command, name], rest)? {
                return expanded(cx, expansion);
            }
            cx.policy.operation(found);
            match operation::prepare(cx, found, command, name, rest)? {
                Prepared::Call(call) => operation::run(*call),
                Prepared::Help(table) => help::operation(cx, found, command, name, &table),
            }
        }
        None => {
            if let Some(failure) = cx.registry.unbuilt(&[command], name) {
                return Err(failure);
            }
            let names = service_command_names(cx.registry, service, command);
            let names = names.into_iter().chain(cx.registry.unbuilt_under(&[command])).map(|n| n as &str);
            let aliases = aliases.names_below(&[command]);
            let text = invalid_choice(name, names.chain(aliases.iter().map(String::as_str)));
            Err(Failure::from(ParseError::Syntax(format!("argument operation: {text}"))))
        }
    }
}

/// What the alias below an operation (or waiter) that the words name stands for; `path` is where the alias file has it.
fn alias_below(
    cx: &Context,
    aliases: &Aliases,
    operation: Operation,
    (service, name): (&str, &str),
    path: &[&str],
    words: &[String],
) -> Result<Option<Expansion>, Failure> {
    // The table costs something: it is made only for an operation that has aliases.
    if aliases.names_below(path).is_empty() {
        return Ok(None);
    }
    let table = operation::arguments(cx, operation, service, name)?;
    alias::below_operation(cx.tree(), aliases, path, &table.specs(), words)
}

/// Runs the waiter that the words after `wait` name.
fn run_waiter(
    cx: &Context,
    aliases: &Aliases,
    service: Service,
    command: &str,
    words: &[String],
) -> Result<Exit, Failure> {
    if words == ["help"] {
        return help::waiters(cx, service, command);
    }
    let specs = [Spec { nargs: Nargs::Optional, ..Spec::option("subcommand") }];
    let parsed = parse_known(&specs, words)?;
    let Some(name) = parsed.word("subcommand").map(str::to_owned) else {
        return Err(Failure::usage(match parsed.extras.as_slice() {
            [] => format!(
                "usage: aws [options] {command} wait <subcommand> [parameters]\naws: [ERROR]: too few arguments"
            ),
            extras => format!("Unknown options: {}", extras.join(",")),
        }));
    };
    let mut rest = words.to_vec();
    if let Some(at) = rest.iter().position(|word| *word == name) {
        rest.remove(at);
    }
    if let Some(expansion) = alias::below(cx.tree(), aliases, &[command, WAIT], &name, &rest)? {
        return expanded(cx, expansion);
    }
    let mut waiters: Vec<Waiter> = service.waiters().collect();
    let Some(waiter) = waiters.iter().copied().find(|waiter| waiter.cli_name() == name) else {
        waiters.sort_by_key(|waiter| waiter.name());
        let aliases = aliases.names_below(&[command, WAIT]);
        let names = waiters.iter().map(|w| w.cli_name()).chain(aliases.iter().map(String::as_str));
        let text = invalid_choice(&name, names);
        return Err(Failure::from(ParseError::Syntax(format!("argument subcommand: {text}"))));
    };
    let operation = wait::polled(service, waiter)?;
    let (name, path) = (waiter.cli_name(), [command, WAIT, waiter.cli_name()]);
    if let Some(expansion) = alias_below(cx, aliases, operation, (WAIT, name), &path, &rest)? {
        return expanded(cx, expansion);
    }
    cx.policy.command(&path);
    cx.policy.operation(operation);
    match operation::prepare(cx, operation, WAIT, name, &rest)? {
        Prepared::Call(call) => wait::run(*call, waiter),
        Prepared::Help(table) => help::operation(cx, operation, WAIT, name, &table),
    }
}

/// Runs a hand-written command, or the one below it that the words name.
///
/// # Errors
/// Whatever ends it badly.
fn run_command(
    cx: &Context,
    aliases: &Aliases,
    command: &'static Command,
    path: Vec<&'static str>,
    words: &[String],
) -> Result<Exit, Failure> {
    cx.policy.command(&path);
    if words == ["help"] {
        return help::command(cx, command, &path);
    }
    let placed: Vec<&'static Command> = cx.registry.commands_under(&path).collect();
    let below: Vec<&'static Command> = command.subcommands.iter().copied().chain(placed).collect();
    let alias_names = aliases.names_below(&path);
    if !below.is_empty() || !alias_names.is_empty() {
        let mut specs: Vec<Spec> = command.options.iter().map(|o| Spec { required: false, ..o.spec() }).collect();
        specs.push(Spec { nargs: Nargs::Optional, ..Spec::option("subcommand") });
        let missing = OnceCell::new();
        let unknown = |dest: &str, name: &str| {
            let names = || below.iter().map(|c| c.name).chain(alias_names.iter().map(String::as_str));
            if dest != "subcommand" || names().any(|n| n == name) {
                return None;
            }
            missing.get_or_init(|| cx.registry.unbuilt(&path, name));
            let missing = cx.registry.unbuilt_under(&path);
            Some(invalid_choice(name, names().chain(missing.iter().map(|n| *n as &str))))
        };
        let parsed = parse_checked(&specs, words, &unknown);
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(error) => return Err(missing.into_inner().flatten().unwrap_or_else(|| Failure::from(error))),
        };
        if let Some(name) = parsed.word("subcommand").map(str::to_owned) {
            let mut rest = words.to_vec();
            if let Some(at) = rest.iter().position(|w| *w == name) {
                rest.remove(at);
            }
            if let Some(expansion) = alias::below(cx.tree(), aliases, &path, &name, &rest)? {
                return expanded(cx, expansion);
            }
            if let Some(found) = below.iter().find(|c| c.name == name) {
                let path = path.into_iter().chain([found.name]).collect();
                return run_command(cx, aliases, found, path, &rest);
            }
        }
    }
    written::call(cx, command, path, words)
}
