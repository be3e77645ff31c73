//! What the layers above plug in: hand-written commands and customisations, as explicit static lists.

use crate::argv::argparse::{Nargs, Parsed, Spec, WordType};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plug::argtable::ArgTable;
use crate::plug::call::OperationCall;
use crate::plug::context::Context;
use crate::plug::unbuilt::Unbuilt;
use oxaws_model::Operation;
use oxaws_value::Value;

/// Everything that is plugged in.
#[derive(Debug, Clone, Copy)]
pub struct Registry {
    /// Hand-written commands, with the command they stand under.
    pub commands: &'static [Placement],
    /// Commands of the AWS CLI that are missing here.
    pub unbuilt: &'static [Unbuilt],
    /// Operations that are no commands.
    pub removals: &'static [Removal],
    /// Operations under another name.
    pub renames: &'static [OperationRename],
    /// Arguments under another name.
    pub arg_renames: &'static [ArgRename],
    /// Customisations.
    pub tweaks: &'static [&'static [Tweak]],
}

/// A hand-written command and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Placement {
    /// The commands above it: empty for the top level.
    pub under: &'static [&'static str],
    /// The command.
    pub command: &'static Command,
}

/// A hand-written command.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// Its options and positionals, in the order of its help.
    pub options: &'static [Opt],
    /// Commands below it.
    pub subcommands: &'static [&'static Command],
    /// What it does; `None` where only its sub-commands do something.
    pub run: Option<fn(&CommandCall) -> Result<Exit, Failure>>,
    /// Its help text.
    pub help: &'static str,
}

/// An option or positional of a hand-written command.
#[derive(Debug, Clone, Copy)]
pub struct Opt {
    /// Its name without dashes.
    pub name: &'static str,
    /// The destination, where it isn't the name with underscores.
    pub dest: Option<&'static str>,
    /// How many words it takes.
    pub nargs: Nargs,
    /// Stands without dashes.
    pub positional: bool,
    /// Must be given.
    pub required: bool,
    /// What values may be; empty: anything.
    pub choices: &'static [&'static str],
    /// What it has when it stands alone ([`Nargs::Optional`]).
    pub constant: Option<&'static str>,
    /// What is made of its word before anything else is looked at.
    pub reading: Reading,
    /// Whether its value is a secret.
    pub secrecy: Secrecy,
    /// Its help text.
    pub help: &'static str,
}

/// Whether the value of an option or positional of a hand-written command is a secret: what neither `--debug`, nor the
/// history, nor an error message may show.
#[derive(Debug, Clone, Copy)]
pub enum Secrecy {
    /// It is none.
    Open,
    /// It is one.
    Secret,
    /// It is a structure, and some of its members are secrets.
    Members(&'static dyn SecretMembers),
    /// It is one where this says so of the positional in front of it (`configure set NAME VALUE`).
    After(fn(&str) -> bool),
}

/// A description of structures that knows which of their members are secrets.
pub trait SecretMembers: std::fmt::Debug + Sync {
    /// `value` with its secrets replaced.
    fn without_secrets(&self, value: &Value) -> Value;
    /// The path of every member, and whether it is a secret.
    fn members(&self) -> Vec<(String, bool)>;
}

/// What is made of an option's word once the line is parsed and files are read: before unknown options are complained
/// about, in the order of the command's options.
#[derive(Debug, Clone, Copy)]
pub enum Reading {
    /// Text, and nothing else.
    Text,
    /// A number, as Python's `int()` reads it; the word is kept.
    Int,
    /// Text or bytes.
    Bytes,
    /// Whatever this finds nothing wrong with.
    Checked(fn(&Context, &Parsed) -> Result<(), Failure>),
}

impl Opt {
    /// An option that takes one word.
    pub const fn value(name: &'static str, help: &'static str) -> Opt {
        Opt {
            name,
            dest: None,
            nargs: Nargs::One,
            positional: false,
            required: false,
            choices: &[],
            constant: None,
            reading: Reading::Text,
            secrecy: Secrecy::Open,
            help,
        }
    }
    /// A flag.
    pub const fn flag(name: &'static str, help: &'static str) -> Opt {
        Opt { nargs: Nargs::Flag(true), ..Opt::value(name, help) }
    }
    /// A flag that sets `dest` to `truth`.
    pub const fn switch(name: &'static str, dest: &'static str, truth: bool, help: &'static str) -> Opt {
        Opt { nargs: Nargs::Flag(truth), dest: Some(dest), ..Opt::value(name, help) }
    }
    /// A positional.
    pub const fn positional(name: &'static str, nargs: Nargs, help: &'static str) -> Opt {
        Opt { nargs, positional: true, ..Opt::value(name, help) }
    }
    /// The same, required.
    pub const fn required(self) -> Opt {
        Opt { required: true, ..self }
    }
    /// The same, with choices.
    pub const fn one_of(self, choices: &'static [&'static str]) -> Opt {
        Opt { choices, ..self }
    }
    /// The same, with another number of words.
    pub const fn taking(self, nargs: Nargs) -> Opt {
        Opt { nargs, ..self }
    }

    /// The same, with what it has when it stands alone.
    pub const fn alone(self, constant: &'static str) -> Opt {
        Opt { nargs: Nargs::Optional, constant: Some(constant), ..self }
    }
    /// The same, with its word read in another way.
    pub const fn reading(self, reading: Reading) -> Opt {
        Opt { reading, ..self }
    }

    /// The same, with a value that is a secret.
    pub const fn secret(self) -> Opt {
        self.secrecy(Secrecy::Secret)
    }
    /// The same, with a structure for its value, described by `members`.
    pub const fn structure(self, members: &'static dyn SecretMembers) -> Opt {
        self.secrecy(Secrecy::Members(members))
    }
    /// The same, with another secrecy.
    pub const fn secrecy(self, secrecy: Secrecy) -> Opt {
        Opt { secrecy, ..self }
    }

    /// For the parser.
    pub fn spec(&self) -> Spec {
        let dashes = if self.positional { "" } else { "--" };
        Spec {
            name: format!("{dashes}{}", self.name),
            dest: self.dest.map_or_else(|| self.name.replace('-', "_"), str::to_owned),
            nargs: self.nargs,
            required: self.required || self.positional && !matches!(self.nargs, Nargs::Optional | Nargs::ZeroOrMore),
            choices: self.choices.iter().map(|c| (*c).to_owned()).collect(),
            word_type: WordType::Text,
            constant: self.constant,
        }
    }
}

/// A call of a hand-written command.
#[derive(Debug)]
pub struct CommandCall<'a> {
    /// Everything around it.
    pub cx: &'a Context<'a>,
    /// The command.
    pub command: &'static Command,
    /// The names from the top to it.
    pub path: Vec<&'static str>,
    /// What was given.
    pub args: Parsed,
}

/// Operations of a service that are no commands.
#[derive(Debug, Clone, Copy)]
pub struct Removal {
    /// The service's command name.
    pub service: &'static str,
    /// The operations' command names.
    pub operations: &'static [&'static str],
}

/// An operation under another name.
#[derive(Debug, Clone, Copy)]
pub struct OperationRename {
    /// The service's command name.
    pub service: &'static str,
    /// The name by the rule.
    pub from: &'static str,
    /// The name it has.
    pub to: &'static str,
    /// Whether the name by the rule works too, undocumented.
    pub keep: bool,
}

/// An argument under another name. `operation` may be `*`.
#[derive(Debug, Clone, Copy)]
pub struct ArgRename {
    /// The service's command name.
    pub service: &'static str,
    /// The operation's command name, or `*`.
    pub operation: &'static str,
    /// The name by the rule.
    pub from: &'static str,
    /// The name it has.
    pub to: &'static str,
    /// Whether the name by the rule stays the shown one and `to` is an undocumented alias.
    pub keep: bool,
}

/// A customisation of one operation, or of all of a service's (`*`).
#[derive(Debug, Clone, Copy)]
pub struct Tweak {
    /// The service's command name, or `*`.
    pub service: &'static str,
    /// The operation's command name, or `*`.
    pub operation: &'static str,
    /// What it does, and when.
    pub hook: Hook,
}

/// The moments at which a customisation can act: a closed list.
#[derive(Debug, Clone, Copy)]
pub enum Hook {
    /// The argument table is made: arguments are added, replaced, hidden.
    Arguments(fn(&mut ArgTable, Operation)),
    /// The words are about to be parsed: arguments are changed where the configuration decides. Not for help.
    BeforeParse(fn(&Context, &mut ArgTable) -> Result<(), Failure>),
    /// The words are parsed, the parameters are not built yet.
    Parsed(fn(&mut OperationCall) -> Result<(), Failure>),
    /// The parameters are built from the arguments (and the `--cli-input-*` document).
    Parameters(fn(&mut OperationCall) -> Result<(), Failure>),
    /// Just before the call: changes whatever the parameters came from.
    BeforeCall(fn(&mut OperationCall) -> Result<(), Failure>),
    /// As the client takes the parameters, after [`Hook::BeforeCall`]: also for a sample of the output, which a client
    /// makes, and which it checks the input for.
    Client(fn(&mut OperationCall) -> Result<(), Failure>),
    /// In place of calling and printing; `None` goes on as usual.
    Invoke(fn(&mut OperationCall) -> Result<Option<Exit>, Failure>),
    /// The reply is parsed, nothing is printed yet.
    Reply(fn(&OperationCall, &mut Value) -> Result<(), Failure>),
}

impl Registry {
    /// The customisations of an operation, in the order of the list.
    pub fn tweaks_of<'a>(&'a self, service: &'a str, operation: &'a str) -> impl Iterator<Item = Hook> + 'a {
        self.tweaks
            .iter()
            .copied()
            .flatten()
            .filter(move |t| {
                (t.service == service || t.service == "*") && (t.operation == operation || t.operation == "*")
            })
            .map(|t| t.hook)
    }

    /// The hand-written commands under `path`.
    pub fn commands_under<'a>(&'a self, path: &'a [&str]) -> impl Iterator<Item = &'static Command> + 'a {
        self.commands.iter().filter(move |p| p.under == path).map(|p| p.command)
    }

    /// Whether an operation is no command.
    pub fn is_removed(&self, service: &str, operation: &str) -> bool {
        self.removals.iter().any(|r| r.service == service && r.operations.contains(&operation))
    }

    /// The command names of an operation, the shown one first; empty where it is no command.
    pub fn operation_commands(&self, service: &str, name: &'static str) -> Vec<&'static str> {
        if self.is_removed(service, name) {
            return Vec::new();
        }
        let mut names: Vec<&'static str> = Vec::new();
        let mut kept = true;
        for rename in self.renames.iter().filter(|r| r.service == service && r.from == name) {
            names.push(rename.to);
            kept = rename.keep;
        }
        if kept {
            names.push(name);
        }
        names
    }
}
