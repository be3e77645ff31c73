//! Hand-written commands: their words become options, and they run. The modules are what such commands share: readers of
//! options and replies, questions to the user, files that are edited, programs that are run.

pub mod formatted;
pub mod kept_files;
pub mod list_option;
pub mod map_option;
pub mod number;
pub mod profile_file;
pub mod program;
pub mod prompt;
pub mod reply;
pub mod schema;

use crate::argv::argparse::{Given, Nargs, Parsed, Spec, parse_known};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operation::bind::{Binder, param_file_error};
use crate::plug::context::Context;
use crate::plug::registry::{Command, CommandCall, Opt, Reading, Secrecy};
use oxaws_value::Value;
use oxaws_value::secret::HIDDEN;

/// Runs a hand-written command.
///
/// # Errors
/// When its words are wrong, and whatever ends it badly.
pub(crate) fn call(
    cx: &Context,
    command: &'static Command,
    path: Vec<&'static str>,
    words: &[String],
) -> Result<Exit, Failure> {
    let specs: Vec<Spec> = command.options.iter().map(|o| o.spec()).collect();
    let mut args = parse_known(&specs, words)?;
    // Values are read before unknown options are complained about; with the commands of a service it is the other way.
    for option in command.options {
        read_option(cx, option, &mut args)?;
    }
    if !args.extras.is_empty() {
        return Err(Failure::usage(format!("Unknown options: {}", args.extras.join(","))));
    }
    match command.run {
        Some(run) => run(&CommandCall { cx, command, path, args }),
        None => Err(Failure::usage(format!(
            "usage: aws [options] {} <subcommand> [parameters]\naws: [ERROR]: too few arguments",
            path.join(" ")
        ))),
    }
}

/// Reads what was given for an option of a hand-written command: the file that it names, and its word as its type says.
fn read_option(cx: &Context, option: &Opt, args: &mut Parsed) -> Result<(), Failure> {
    let spec = option.spec();
    // The AWS CLI looks for the option by its destination, and finds none where that is another word.
    if spec.dest != option.name.replace('-', "_") {
        return Ok(());
    }
    let word = match args.get(&spec.dest) {
        Some(Given::Word(word)) => word.as_str(),
        // Several words are for the command to look at: it knows whether one that names a file is a list or a text.
        Some(Given::Words(words)) if option.nargs == Nargs::Exactly(1) => words.first().map_or("", String::as_str),
        _ => return Ok(()),
    };
    let binder = Binder { world: cx.world, bare_lists: &[] };
    let loaded = binder.paramfile(word).map_err(|e| param_file_error(&spec.name, e))?;
    let is_open = matches!(option.secrecy, Secrecy::Open);
    let text = match loaded {
        Some(Value::String(text)) => Some(text),
        Some(Value::Bytes(bytes)) => match option.reading {
            // Text is checked against its type where it is a single word.
            Reading::Text if option.nargs == Nargs::One => {
                return Err(not_text(is_open.then_some(Value::Bytes(bytes))));
            }
            Reading::Bytes => {
                args.set(&spec.dest, Given::Bytes(bytes));
                None
            }
            _ => Some(String::from_utf8_lossy(&bytes).into_owned()),
        },
        _ => None,
    };
    if let Some(text) = text {
        let is_list = option.nargs == Nargs::Exactly(1);
        args.set(&spec.dest, if is_list { Given::Words(vec![text]) } else { Given::Word(text) });
    }
    match (option.reading, args.word(&spec.dest)) {
        (Reading::Int, Some(word)) if oxaws_python::python_int_text(word).is_none() => {
            Err(Failure::invalid(crate::argv::globals::not_an_int(word)))
        }
        (Reading::Checked(check), Some(_)) => check(cx, args),
        _ => Ok(()),
    }
}

/// botocore's complaint about bytes where a text is wanted; of a secret they aren't shown.
fn not_text(value: Option<Value>) -> Failure {
    let shown = value.map_or_else(|| HIDDEN.into(), |value| oxaws_value::repr::repr(&value, Default::default()));
    Failure::validation(format!(
        "Parameter validation failed:\nInvalid type for parameter input, value: {shown}, type: <class 'bytes'>, valid \
         types: <class 'str'>"
    ))
}
