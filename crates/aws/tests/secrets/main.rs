//! Every option whose name or help speaks of a secret declares it as one, or is listed in the table of `reasons.rs`: of
//! hand-written commands, of operations (with what customisations make of their arguments), and global ones; members of
//! structures too.
//!
//! The word "key" counts in names only: the help of every second option speaks of the keys of objects, tags, tables, and
//! KMS.

mod lines;
mod reasons;

use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::argv::globals;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::registry::{Command, Opt, Registry, Secrecy};
use oxaws_cli::watch::secrets::is_declared;
use oxaws_client::redact;
use oxaws_model::names::cli_name;
use oxaws_model::{Member, Operation, Shape, ShapeKind};
use oxaws_pack::ServiceDocs;
use reasons::{HARMLESS_PHRASES, REASONS};
use std::collections::{BTreeSet, HashSet};

static REGISTRY: Registry = Registry {
    commands: oxaws_commands::COMMANDS,
    unbuilt: oxaws_commands::UNBUILT,
    removals: oxaws_tweaks::REMOVALS,
    renames: oxaws_tweaks::RENAMES,
    arg_renames: oxaws_tweaks::ARG_RENAMES,
    tweaks: &[oxaws_tweaks::TWEAKS, oxaws_commands::TWEAKS],
};

/// What names of secrets speak of.
const NAMES: [&str; 6] = ["key", "secret", "passw", "passphrase", "token", "credential"];
/// What help of secrets speaks of.
const HELP: [&str; 7] = ["secret", "password", "passphrase", "token", "credential", "private key", "api key"];
/// How deep structures are walked.
const MAX_DEPTH: usize = 12;

/// What isn't declared, each with where it was found first.
#[derive(Default)]
struct Audit {
    /// Options and members that have neither a declaration nor a reason.
    found: BTreeSet<String>,
    /// The patterns of the table that some option needed.
    used: HashSet<&'static str>,
    /// Names that have a reason wherever they are.
    known: HashSet<String>,
}

impl Audit {
    /// An option or member that is not declared. `place` is a command or a shape.
    fn open(&mut self, place: &str, name: &str, help: &str) {
        let speaks = NAMES.iter().any(|word| name.contains(word)) || speaks_of_secrets(help);
        if !speaks || self.known.contains(name) {
            return;
        }
        let full = format!("{place} {name}");
        let mut has_reason = false;
        for pattern in REASONS.iter().flat_map(|(_, patterns)| *patterns) {
            let subject = if pattern.contains(' ') { full.as_str() } else { name };
            if matches(pattern, subject) {
                has_reason = true;
                self.used.insert(pattern);
                if !pattern.contains(' ') {
                    self.known.insert(name.to_owned());
                }
            }
        }
        if !has_reason {
            self.found.insert(full);
        }
    }
}

fn speaks_of_secrets(help: &str) -> bool {
    // Most help needs no closer look.
    let may_speak = |word: &&str| {
        let mut letters = word.chars();
        let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        help.contains(*word) || help.contains(&capital)
    };
    if !HELP.iter().any(may_speak) {
        return false;
    }
    let pieces = help.split('<').enumerate().map(|(i, piece)| match piece.split_once('>') {
        Some((_, text)) if i > 0 => text,
        _ => piece,
    });
    let mut text = pieces.collect::<String>().to_ascii_lowercase();
    for phrase in HARMLESS_PHRASES {
        text = text.replace(phrase, "");
    }
    HELP.iter().any(|word| text.contains(word))
}

/// Whether `text` is what `pattern` says, in which `*` is any text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((front, rest)) => {
            let Some(left) = text.strip_prefix(front) else { return false };
            (0..=left.len()).filter(|at| left.is_char_boundary(*at)).any(|at| matches(rest, &left[at..]))
        }
    }
}

/// Text that can be a secret: no truth, no number, no timestamp, no word of a list.
fn is_text(shape: Shape) -> bool {
    match shape.kind() {
        ShapeKind::String => shape.enum_values().next().is_none(),
        ShapeKind::Blob => true,
        ShapeKind::List => is_text(shape.element().shape()),
        _ => false,
    }
}

fn of_operation(audit: &mut Audit, docs: &ServiceDocs, operation: Operation, place: &str, table: &ArgTable) {
    for arg in table.iter().filter(|arg| !is_declared(arg, operation)) {
        let text = match arg.member {
            Some(member) => is_text(member.shape()) && !member.idempotency_token(),
            None => !matches!(arg.nargs, Nargs::Flag(_)) && arg.choices.is_empty(),
        };
        if text {
            audit.open(place, &arg.name, help_of(arg, docs));
        }
    }
}

fn help_of<'a>(arg: &'a Arg, docs: &'a ServiceDocs) -> &'a str {
    match arg.member {
        Some(member) if arg.help.is_empty() => docs.member(member),
        _ => arg.help,
    }
}

fn of_shape(audit: &mut Audit, seen: &mut HashSet<&'static str>, shape: Shape, depth: usize) {
    if shape.sensitive() || depth > MAX_DEPTH {
        return;
    }
    let inner = |audit: &mut Audit, seen: &mut HashSet<&'static str>, member: Member| {
        if !redact::is_secret(shape, member) {
            of_shape(audit, seen, member.shape(), depth + 1);
        }
    };
    match shape.kind() {
        ShapeKind::Structure if seen.insert(shape.name()) => {
            for member in shape.members() {
                // A member of the input itself is an option, which `of_operation` looks at.
                if depth > 0
                    && !redact::is_secret(shape, member)
                    && is_text(member.shape())
                    && !member.idempotency_token()
                {
                    audit.open(shape.name(), &cli_name(member.name()), "");
                }
                inner(audit, seen, member);
            }
        }
        ShapeKind::List => inner(audit, seen, shape.element()),
        ShapeKind::Map => [shape.key(), shape.value()].into_iter().for_each(|member| inner(audit, seen, member)),
        _ => {}
    }
}

fn of_command(audit: &mut Audit, command: &Command, path: &str) {
    let path = format!("{path}{}", command.name);
    for option in command.options {
        of_option(audit, option, &path);
    }
    for below in command.subcommands {
        of_command(audit, below, &format!("{path} "));
    }
}

fn of_option(audit: &mut Audit, option: &Opt, path: &str) {
    match option.secrecy {
        Secrecy::Secret | Secrecy::After(_) => {}
        Secrecy::Members(members) => {
            for (member, _) in members.members().into_iter().filter(|(_, secret)| !secret) {
                let last = member.rsplit('.').next().unwrap_or(&member);
                audit.open(&format!("{path} {}", option.name), &cli_name(last), "");
            }
        }
        Secrecy::Open if matches!(option.nargs, Nargs::Flag(_)) || !option.choices.is_empty() => {}
        Secrecy::Open => audit.open(path, option.name, option.help),
    }
}

#[test]
fn secrets_are_declared() {
    let mut audit = Audit::default();
    for spec in globals::specs() {
        if !matches!(spec.nargs, Nargs::Flag(_)) && spec.choices.is_empty() {
            audit.open("aws", spec.name.trim_start_matches('-'), "");
        }
    }
    for placement in REGISTRY.commands {
        let path: String = placement.under.iter().map(|name| format!("{name} ")).collect();
        of_command(&mut audit, placement.command, &path);
    }
    for service in oxaws_pack::facts().services() {
        let docs = oxaws_pack::docs(service).expect("documentation");
        let mut seen = HashSet::new();
        let command = service.cli_name();
        for (name, operation) in service.operation_names() {
            for name in REGISTRY.operation_commands(command, name) {
                let table = ArgTable::of(operation, command, name, &REGISTRY);
                of_operation(&mut audit, &docs, operation, &format!("{command} {name}"), &table);
            }
            // A shape that is an input may be a member somewhere else: it isn't noted as seen.
            if let Some(input) = operation.input() {
                for member in input.members().filter(|m| !redact::is_secret(input, *m)) {
                    of_shape(&mut audit, &mut seen, member.shape(), 1);
                }
            }
        }
    }
    let patterns = REASONS.iter().flat_map(|(_, patterns)| *patterns);
    let unused: Vec<_> = patterns.filter(|pattern| !audit.used.contains(**pattern)).collect();
    let found: Vec<_> = audit.found.iter().map(String::as_str).collect();
    assert!(
        found.is_empty(),
        "neither declared secret nor in the table:\n{}\n{} in all",
        found.join("\n"),
        found.len()
    );
    assert!(unused.is_empty(), "patterns that nothing needs: {unused:?}");
}

#[test]
fn the_test_sees_what_it_should() {
    assert!(matches("*kms-key*", "volume-kms-key-id") && !matches("tag-key", "tag-keys"));
    assert!(speaks_of_secrets("<p>The <i>password</i> of it.</p>") && !speaks_of_secrets("<a href=\"secret\">x</a>"));
    let mut audit = Audit::default();
    audit.open("some command", "ultra-secret", "");
    audit.open("some command", "phrase", "A passphrase.");
    audit.open("some command", "phrase", "A phrase.");
    assert_eq!(audit.found.len(), 2);
    of_option(&mut audit, &Opt::value("x-secret", "").secret(), "some command");
    assert_eq!(audit.found.len(), 2);
}
