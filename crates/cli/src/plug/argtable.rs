//! The arguments of an operation: one for each member of its input, then what every operation has, then what
//! customisations make of them.

use crate::argv::argparse::{Nargs, Spec, WordType};
use crate::failure::Failure;
use crate::plug::call::OperationCall;
use crate::plug::registry::{Hook, Registry};
use oxaws_client::redact;
use oxaws_model::names::cli_name;
use oxaws_model::{Member, Operation, ShapeKind};
use oxaws_value::{Map, Value};

/// Where an argument's value goes.
#[derive(Clone, Copy)]
pub enum Target {
    /// Into the parameters, under the member's name.
    Member,
    /// Into the paging options: their name.
    Paging(&'static str),
    /// Nowhere by itself: the driver or a customisation looks at what was parsed.
    Nothing,
    /// Where a function puts it. It is called only for arguments that were given.
    Custom(fn(&mut Map, Value) -> Result<(), Failure>),
    /// As [`Target::Custom`], for a function that needs what is around the call.
    Call(fn(&mut OperationCall, Value) -> Result<(), Failure>),
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Target::Member => "Member",
            Target::Paging(name) => name,
            Target::Nothing => "Nothing",
            Target::Custom(_) => "Custom",
            Target::Call(_) => "Call",
        })
    }
}

/// How an argument's words become a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpack {
    /// By the shape of the member: shorthand, JSON, numbers, blobs.
    Shape,
    /// Text as it is (paramfiles are read).
    Text,
}

/// One argument.
#[derive(Debug, Clone)]
pub struct Arg {
    /// Its name without dashes.
    pub name: String,
    /// The destination, where it isn't the name with underscores (flags share one).
    pub dest: Option<String>,
    /// How many words it takes.
    pub nargs: Nargs,
    /// What words are turned into while parsing.
    pub word_type: WordType,
    /// Must be given.
    pub required: bool,
    /// Stands without dashes.
    pub positional: bool,
    /// Usable, but in no help.
    pub hidden: bool,
    /// What values may be; empty: anything.
    pub choices: Vec<&'static str>,
    /// The member it stands for, whose shape unpacks it.
    pub member: Option<Member>,
    /// How its words become a value.
    pub unpack: Unpack,
    /// Where its value goes.
    pub target: Target,
    /// Its value is a secret, whatever the model says of its member.
    pub secret: bool,
    /// Its help text, where it isn't the member's documentation.
    pub help: &'static str,
}

impl Arg {
    /// An argument that takes one word of text and that a customisation looks at.
    pub fn text(name: &str, help: &'static str) -> Arg {
        Arg {
            name: name.to_owned(),
            dest: None,
            nargs: Nargs::One,
            word_type: WordType::Text,
            required: false,
            positional: false,
            hidden: false,
            choices: Vec::new(),
            member: None,
            unpack: Unpack::Text,
            target: Target::Nothing,
            secret: false,
            help,
        }
    }

    /// The same, with a value that is a secret.
    pub fn secret(self) -> Arg {
        Arg { secret: true, ..self }
    }

    /// Whether its value is a secret or may hold one.
    pub fn may_be_secret(&self) -> bool {
        self.secret || self.member.is_some_and(redact::may_be_secret)
    }

    /// The argument of a member; a boolean has a second one, [`Arg::negation`].
    pub fn of_member(member: Member) -> Arg {
        let kind = member.shape().kind();
        let mut arg = Arg {
            member: Some(member),
            unpack: Unpack::Shape,
            target: Target::Member,
            required: member.required() && !member.idempotency_token(),
            ..Arg::text(&cli_name(member.name()), "")
        };
        match kind {
            ShapeKind::Boolean => {
                arg.nargs = Nargs::Flag(true);
                arg.required = false;
                arg.dest = Some(arg.python_name());
            }
            ShapeKind::List => arg.nargs = Nargs::ZeroOrMore,
            ShapeKind::Long => arg.word_type = WordType::Int,
            ShapeKind::Float | ShapeKind::Double => arg.word_type = WordType::Float,
            _ => {}
        }
        arg
    }

    /// The `--no-x` of a flag.
    pub fn negation(&self) -> Arg {
        Arg { name: format!("no-{}", self.name), nargs: Nargs::Flag(false), target: Target::Nothing, ..self.clone() }
    }

    /// The same, with the value put where `function` puts it.
    pub fn to(mut self, function: fn(&mut Map, Value) -> Result<(), Failure>) -> Arg {
        self.target = Target::Custom(function);
        self
    }

    /// The name with underscores.
    pub fn python_name(&self) -> String {
        self.name.replace('-', "_")
    }

    /// Where its value is found among what was parsed.
    pub fn dest(&self) -> String {
        self.dest.clone().unwrap_or_else(|| self.python_name())
    }

    /// As it stands on a command line, for messages.
    pub fn cli_name(&self) -> String {
        if self.positional { self.name.clone() } else { format!("--{}", self.name) }
    }

    fn spec(&self) -> Spec {
        Spec {
            name: self.cli_name(),
            dest: self.dest(),
            nargs: self.nargs,
            required: self.required,
            choices: self.choices.iter().map(|c| (*c).to_owned()).collect(),
            word_type: self.word_type,
            constant: None,
        }
    }
}

/// The arguments of an operation, in order; a name stands once.
#[derive(Debug, Clone, Default)]
pub struct ArgTable {
    args: Vec<Arg>,
}

impl ArgTable {
    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Arg> {
        self.args.iter()
    }

    /// By name.
    pub fn get(&self, name: &str) -> Option<&Arg> {
        self.args.iter().find(|a| a.name == name)
    }

    /// By name, to change.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Arg> {
        self.args.iter_mut().find(|a| a.name == name)
    }

    /// Adds an argument; one of the same name is replaced in its place and returned.
    pub fn insert(&mut self, arg: Arg) -> Option<Arg> {
        match self.get_mut(&arg.name) {
            Some(there) => Some(std::mem::replace(there, arg)),
            None => {
                self.args.push(arg);
                None
            }
        }
    }

    /// Takes an argument out.
    pub fn remove(&mut self, name: &str) -> Option<Arg> {
        let at = self.args.iter().position(|a| a.name == name)?;
        Some(self.args.remove(at))
    }

    /// Gives an argument another name; it moves to the end, as in the CLI.
    pub fn rename(&mut self, from: &str, to: &str) {
        if let Some(mut arg) = self.remove(from) {
            arg.name = to.to_owned();
            self.insert(arg);
        }
    }

    /// Makes all arguments optional.
    pub fn require_nothing(&mut self) {
        self.args.iter_mut().for_each(|a| a.required = false);
    }

    /// For the parser. An option whose name comes again later is replaced by the later one.
    pub fn specs(&self) -> Vec<Spec> {
        self.args.iter().map(Arg::spec).collect()
    }

    /// The arguments of `operation`, known as the command `name` of the service `service`.
    pub fn of(operation: Operation, service: &str, name: &str, registry: &Registry) -> ArgTable {
        let mut table = ArgTable::default();
        for member in operation.input().into_iter().flat_map(|i| i.members()) {
            let arg = Arg::of_member(member);
            let negation = matches!(arg.nargs, Nargs::Flag(_)).then(|| arg.negation());
            table.insert(arg);
            if let Some(negation) = negation {
                table.insert(negation);
            }
        }
        for rename in registry.arg_renames {
            if rename.service != service || (rename.operation != "*" && rename.operation != name) {
                continue;
            }
            if !rename.keep {
                table.rename(rename.from, rename.to);
            } else if let Some(arg) = table.get_mut(rename.from) {
                // Both names work, so neither can be required.
                arg.required = false;
                let alias = Arg { name: rename.to.to_owned(), hidden: true, ..arg.clone() };
                table.insert(alias);
            }
        }
        for hook in registry.tweaks_of(service, name) {
            if let Hook::Arguments(change) = hook {
                change(&mut table, operation);
            }
        }
        crate::plug::common_args::add(&mut table, operation);
        table
    }
}
