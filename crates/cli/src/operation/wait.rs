//! `aws SERVICE wait CONDITION`: the condition is a command, whose arguments are those of the operation it polls.

use crate::argv::argparse::{Nargs, ParseError, Spec, invalid_choice, parse_known};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plug::context::Context;
use crate::{help, operation, operation::skeleton};
use oxaws_model::{Service, Waiter};

/// What customisations know waiters by: none of a service's own apply to them, those of all services do.
pub(crate) const PARENT: &str = "wait";

/// Waits, as the words after `wait` say.
///
/// # Errors
/// Whatever ends it badly.
pub(crate) fn run(
    cx: &Context,
    aliases: &crate::tree::alias::Aliases,
    service: Service,
    command: &str,
    words: &[String],
) -> Result<Exit, Failure> {
    if words == ["help"] {
        return help::waiters(cx, service, command);
    }
    let specs = [Spec { nargs: Nargs::Optional, ..Spec::option("subcommand") }];
    let parsed = parse_known(&specs, words).map_err(|e| Failure::parse(e))?;
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
    let path = [command, PARENT];
    if let Some(exit) = crate::tree::alias::run_below(cx, aliases, &path, &name, &rest)? {
        return Ok(exit);
    }
    let mut waiters: Vec<Waiter> = service.waiters().collect();
    match waiters.iter().find(|waiter| waiter.cli_name() == name) {
        Some(waiter) => wait(cx, aliases, service, (command, *waiter), &rest),
        None => {
            waiters.sort_by_key(|waiter| waiter.name());
            let aliases = aliases.names_below(&path);
            let names = waiters.iter().map(|w| w.cli_name()).chain(aliases.iter().map(String::as_str));
            let text = invalid_choice(&name, names);
            Err(Failure::parse(ParseError::Syntax(format!("argument subcommand: {text}"))))
        }
    }
}

fn wait(
    cx: &Context,
    aliases: &crate::tree::alias::Aliases,
    service: Service,
    (command, waiter): (&str, Waiter),
    words: &[String],
) -> Result<Exit, Failure> {
    let operation = service.operation_named(waiter.operation()).ok_or_else(|| {
        Failure::bug(format!("the models have no operation {} for {}", waiter.operation(), waiter.name()))
    })?;
    let path = [command, PARENT, waiter.cli_name()];
    if let Some(exit) = operation::run_alias(cx, aliases, operation, (PARENT, waiter.cli_name()), &path, words)? {
        return Ok(exit);
    }
    let mut call = operation::prepare(cx, operation, PARENT, waiter.cli_name(), words)?;
    if let Some(exit) = skeleton::print_if_asked(&mut call)? {
        return Ok(exit);
    }
    // A waiter follows no pages: botocore's validation stumbles over the paging options. What customisations do before a
    // call of the operation isn't done: they know the command, and this one has another name.
    call.paging_as_parameters();
    oxaws_client::wait(cx.session, waiter, operation, call.input()?)?;
    Ok(Exit::Success)
}
