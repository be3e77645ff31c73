//! `aws explain`: what an exit code, a class of failures or an error code means, and what to do about it.

use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::operation::display;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::policy::Class;
use oxaws_cli::policy::explain::{Subject, last_text, last_value};
use oxaws_cli::{Exit, Failure};
use oxaws_env::var;
use oxaws_value::Value;
use std::path::Path;

/// `aws explain`
pub static EXPLAIN: Command = Command {
    name: "explain",
    options: &[
        Opt::positional(
            "subject",
            Nargs::Optional,
            "A class of failures (not-found), an exit code (31, 254) or an error code (NoSuchBucket). Without it, all \
             classes are listed.",
        ),
        Opt::flag("last", "Explains the result record in the file that AWS_CLI_RESULT_FILE names."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Explains an exit code, a class of failures or an error code: what it means and what to do. The explanation is \
           text; with --output json or --output yaml it is data.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    // The record that it reads stays, and so does that of the command before a look at the catalogue.
    if let Some(book) = cx.policy.book() {
        book.leave();
    }
    let subject = call.args.word("subject");
    if call.args.flag("last") == Some(true) {
        if subject.is_some() {
            return Err(Failure::usage("--last explains the record alone."));
        }
        return last(call);
    }
    let subject = match subject {
        None => Subject::All,
        Some(word) => Subject::named(word, |code| class_of(call, code)).ok_or_else(|| {
            Failure::validation(format!("\"{word}\" is not a class, an exit code or an error code that is known."))
        })?,
    };
    show(call, &subject.text(), || subject.value())
}

/// Prints text, or data where an option asks for it. The configuration's format is that of operations.
fn show(call: &CommandCall, text: &str, value: impl FnOnce() -> Value) -> Result<Exit, Failure> {
    match call.cx.globals.output.as_deref() {
        Some("json" | "yaml" | "yaml-stream" | "off") => display::print(call.cx, call.command.name, value())?,
        _ => call.cx.ui.text(text)?,
    }
    Ok(Exit::Success)
}

fn last(call: &CommandCall) -> Result<Exit, Failure> {
    let world = call.cx.world;
    let path = world.var(var::AWS_CLI_RESULT_FILE).filter(|path| !path.is_empty());
    let Some(path) = path else {
        return Err(Failure::configuration("AWS_CLI_RESULT_FILE is not set: there is no record of the last command."));
    };
    if path.starts_with("fd:") {
        return Err(Failure::configuration("AWS_CLI_RESULT_FILE names a descriptor, which cannot be read again."));
    }
    let text = world.read(Path::new(&path)).map_err(|error| Failure::unreadable(error, &path))?;
    let record = oxaws_value::parse_json(&String::from_utf8_lossy(&text)).unwrap_or_default();
    match (last_text(&record), last_value(&record)) {
        (Some(text), Some(value)) => show(call, &text, || value),
        _ => Err(Failure::input_file(format!("{path} does not hold the record of a command."))),
    }
}

/// The class of an error code: by the codes themselves, else by what a model says of an error of that name.
fn class_of(call: &CommandCall, code: &str) -> Option<Class> {
    oxaws_client::class_of_code(code, None).or_else(|| {
        let services = call.cx.session.pack().services();
        let shapes = services.flat_map(|service| service.shapes()).filter(|shape| shape.exception());
        shapes
            .filter(|shape| shape.error_code() == code)
            .find_map(|shape| oxaws_client::class_of_code(code, Some(shape)))
    })
}
