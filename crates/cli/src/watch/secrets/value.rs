//! A word of a command line without the secrets that its option declares.

use crate::plug::argtable::{Arg, Unpack};
use crate::plug::common_args::{CLI_INPUT_JSON, CLI_INPUT_YAML};
use crate::plug::registry::{Opt, Secrecy, SecretMembers};
use oxaws_client::redact;
use oxaws_input::{json_arg, paramfile, shorthand, yaml};
use oxaws_model::{Member, Operation, Shape, ShapeKind};
use oxaws_value::secret::{HIDDEN, Secrets};
use oxaws_value::{JsonStyle, Value, parse_json, to_json};

/// What is secret of the value of an option or a positional.
#[derive(Debug, Clone, Copy)]
pub(super) enum Declared {
    /// Nothing.
    Open,
    /// All of it.
    Secret,
    /// All of it, as content that the model calls sensitive: no log shows the body of a request. It is not a credential, and
    /// a message about it repeats it, so that a user sees what was read (`rc/param/base64-payload-json`).
    Body,
    /// Members that the model calls sensitive.
    Shape(Shape),
    /// Entries of maps whose keys are names of secrets; a value that can't be read has none.
    Named(Shape),
    /// Members that a hand-written command declares.
    Members(&'static dyn SecretMembers),
    /// Members of the whole input, in a document of JSON or YAML.
    Document(Shape),
    /// All of it, where the positional in front says so.
    After(fn(&str) -> bool),
}

impl Declared {
    pub(super) fn of_option(option: &Opt) -> Declared {
        match option.secrecy {
            Secrecy::Open => Declared::Open,
            Secrecy::Secret => Declared::Secret,
            Secrecy::Members(members) => Declared::Members(members),
            Secrecy::After(names_one) => Declared::After(names_one),
        }
    }

    pub(super) fn of_arg(arg: &Arg, operation: Operation) -> Declared {
        match (arg.member, operation.input()) {
            _ if arg.secret => Declared::Secret,
            (Some(member), Some(input)) => Declared::of_member(input, member),
            (None, Some(input))
                if matches!(arg.name.as_str(), CLI_INPUT_JSON | CLI_INPUT_YAML)
                    && arg.unpack == Unpack::Text
                    && (redact::shape_holds_secret(input) || redact::holds_named_texts(input)) =>
            {
                Declared::Document(input)
            }
            _ => Declared::Open,
        }
    }

    fn of_member(input: Shape, member: Member) -> Declared {
        if redact::is_secret(input, member) {
            let is_body = member.shape().kind() == ShapeKind::Blob
                && input.payload().is_some_and(|payload| payload.name() == member.name());
            if is_body { Declared::Body } else { Declared::Secret }
        } else if redact::shape_holds_secret(member.shape()) {
            Declared::Shape(member.shape())
        } else if redact::holds_named_texts(member.shape()) {
            Declared::Named(member.shape())
        } else {
            Declared::Open
        }
    }

    /// `word` as it may be shown; `None` where nothing of it is secret. What is hidden is added to `secrets`.
    pub(super) fn hidden(&self, word: &str, previous: &str, secrets: &mut Secrets) -> Option<String> {
        match self {
            Declared::Open => None,
            Declared::After(names_one) if !names_one(previous) => None,
            Declared::Body => Some(HIDDEN.to_owned()),
            Declared::Secret | Declared::After(_) => Some(whole(word, secrets)),
            // The name of a file is not a secret; what is in it isn't shown.
            _ if paramfile::Reference::of(word).is_some() => None,
            Declared::Shape(shape) => {
                or_whole(inside(word, |value| masked(*shape, value), false, secrets), word, secrets)
            }
            Declared::Named(shape) => inside(word, |value| masked(*shape, value), false, secrets).ok().flatten(),
            Declared::Members(members) => {
                or_whole(inside(word, |value| members.without_secrets(value), false, secrets), word, secrets)
            }
            Declared::Document(shape) if !redact::shape_holds_secret(*shape) => {
                inside(word, |value| masked(*shape, value), true, secrets).ok().flatten()
            }
            Declared::Document(shape) => {
                or_whole(inside(word, |value| masked(*shape, value), true, secrets), word, secrets)
            }
        }
    }
}

/// A word that can't be read, where secrets were looked for inside.
struct Unreadable;

fn or_whole(hidden: Result<Option<String>, Unreadable>, word: &str, secrets: &mut Secrets) -> Option<String> {
    hidden.unwrap_or_else(|Unreadable| Some(whole(word, secrets)))
}

/// The whole word.
pub(super) fn whole(word: &str, secrets: &mut Secrets) -> String {
    if paramfile::Reference::of(word).is_none() {
        secrets.add(word);
    }
    HIDDEN.to_owned()
}

/// The word of a structure in JSON, shorthand, or YAML with the secrets in it replaced; `None` where it has none.
fn inside(
    word: &str,
    mask: impl Fn(&Value) -> Value,
    yaml: bool,
    secrets: &mut Secrets,
) -> Result<Option<String>, Unreadable> {
    let json = json_arg::looks_like_json(word);
    let parsed = match (json, yaml) {
        (true, _) => parse_json(word).ok().or_else(|| yaml.then(|| yaml::parse(word).ok()).flatten()),
        (false, true) => yaml::parse(word).ok(),
        (false, false) => {
            let mut as_written = |text: &str| Ok::<Value, String>(Value::from(text));
            shorthand::parse(word, &mut as_written).ok()
        }
    };
    let parsed = parsed.ok_or(Unreadable)?;
    let shown = mask(&parsed);
    if shown == parsed {
        return Ok(None);
    }
    collect(&parsed, &shown, secrets);
    let text = if json || yaml { Some(to_json(&shown, JsonStyle::PYTHON)) } else { shorthand::to_text(&shown) };
    Ok(Some(text.unwrap_or_else(|| HIDDEN.to_owned())))
}

/// `value` without its secrets. A list of structures is written one structure to a word.
fn masked(shape: Shape, value: &Value) -> Value {
    match value {
        Value::Map(_) if shape.kind() == ShapeKind::List => redact::value(shape.element().shape(), value).0,
        _ => redact::value(shape, value).0,
    }
}

/// Adds the texts that `value` has and `shown` hasn't.
fn collect(value: &Value, shown: &Value, secrets: &mut Secrets) {
    match (value, shown) {
        (Value::Map(before), Value::Map(after)) => {
            for (key, inner) in before.iter() {
                match after.get(key) {
                    Some(shown) => collect(inner, shown, secrets),
                    None => secrets.add(key),
                }
            }
        }
        (Value::List(before), Value::List(after)) => {
            before.iter().zip(after).for_each(|(inner, shown)| collect(inner, shown, secrets));
        }
        (value, Value::String(mark)) if mark == HIDDEN => leaves(value, secrets),
        _ => {}
    }
}

fn leaves(value: &Value, secrets: &mut Secrets) {
    match value {
        Value::String(text) => secrets.add(text),
        Value::List(items) => items.iter().for_each(|item| leaves(item, secrets)),
        Value::Map(map) => map.iter().for_each(|(key, inner)| {
            secrets.add(key);
            leaves(inner, secrets);
        }),
        _ => {}
    }
}
