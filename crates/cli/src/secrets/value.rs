//! A word of a command line without the secrets that its option declares.

use crate::argtable::{Arg, Unpack};
use crate::common_args::{CLI_INPUT_JSON, CLI_INPUT_YAML};
use crate::registry::{Opt, Secrecy, SecretMembers};
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
    /// Members that the model calls sensitive.
    Shape(Shape),
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
            (Some(member), _) => Declared::of_member(member),
            (None, Some(input))
                if matches!(arg.name.as_str(), CLI_INPUT_JSON | CLI_INPUT_YAML)
                    && arg.unpack == Unpack::Text
                    && redact::shape_holds_secret(input) =>
            {
                Declared::Document(input)
            }
            _ => Declared::Open,
        }
    }

    fn of_member(member: Member) -> Declared {
        if redact::is_secret(member) {
            Declared::Secret
        } else if redact::shape_holds_secret(member.shape()) {
            Declared::Shape(member.shape())
        } else {
            Declared::Open
        }
    }

    /// `word` as it may be shown; `None` where nothing of it is secret. What is hidden is added to `secrets`.
    pub(super) fn hidden(&self, word: &str, previous: &str, secrets: &mut Secrets) -> Option<String> {
        match self {
            Declared::Open => None,
            Declared::After(names_one) if !names_one(previous) => None,
            Declared::Secret | Declared::After(_) => Some(whole(word, secrets)),
            // The name of a file is no secret; what is in it isn't shown.
            _ if paramfile::Reference::of(word).is_some() => None,
            Declared::Shape(shape) => inside(word, |value| masked(*shape, value), false, secrets),
            Declared::Members(members) => inside(word, |value| members.without_secrets(value), false, secrets),
            Declared::Document(shape) => inside(word, |value| masked(*shape, value), true, secrets),
        }
    }
}

/// The whole word.
pub(super) fn whole(word: &str, secrets: &mut Secrets) -> String {
    if paramfile::Reference::of(word).is_none() {
        secrets.add(word);
    }
    HIDDEN.to_owned()
}

/// The secrets inside a structure that a word writes in JSON, shorthand, or YAML. One that can't be read is hidden whole.
fn inside(word: &str, mask: impl Fn(&Value) -> Value, yaml: bool, secrets: &mut Secrets) -> Option<String> {
    let json = json_arg::looks_like_json(word);
    let parsed = match (json, yaml) {
        (true, _) => parse_json(word).ok().or_else(|| yaml.then(|| yaml::parse(word).ok()).flatten()),
        (false, true) => yaml::parse(word).ok(),
        (false, false) => {
            let mut as_written = |text: &str| Ok::<Value, String>(Value::from(text));
            shorthand::parse(word, &mut as_written).ok()
        }
    };
    let Some(parsed) = parsed else { return Some(whole(word, secrets)) };
    let shown = mask(&parsed);
    if shown == parsed {
        return None;
    }
    collect(&parsed, &shown, secrets);
    let text = if json || yaml { Some(to_json(&shown, JsonStyle::PYTHON)) } else { shorthand::to_text(&shown) };
    Some(text.unwrap_or_else(|| HIDDEN.to_owned()))
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
