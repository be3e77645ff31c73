//! What the parser doesn't keep of the words typed: options that may be repeated, in their order, options whose value
//! may be left out, and words that name binary files.

use oxaws_cli::Failure;
use oxaws_cli::argparse::Nargs;
use oxaws_cli::registry::{CommandCall, Opt};
use oxaws_value::Value;

/// An option as it was typed: its name, and its first value where it has one.
struct Typed {
    name: &'static str,
    value: Option<String>,
}

/// The command's options among the arguments, in their order.
fn typed(call: &CommandCall) -> Vec<Typed> {
    let words: Vec<String> = call.cx.world.args().into_iter().filter_map(|a| a.into_string().ok()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let word = &words[at];
        at += 1;
        if word == "--" {
            break;
        }
        let Some(rest) = word.strip_prefix("--") else { continue };
        let (name, explicit) = match rest.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (rest, None),
        };
        let Some(option) = find(call.command.options, name) else { continue };
        let next = || words.get(at).filter(|w| !w.starts_with('-') || w.len() == 1).cloned();
        let value = match (explicit, option.nargs) {
            (Some(value), _) => Some(value),
            (None, Nargs::Flag(_)) => None,
            (None, _) => {
                let value = next();
                at += usize::from(value.is_some());
                value
            }
        };
        found.push(Typed { name: option.name, value });
    }
    found
}

/// The option of this name, or the only one that begins with it.
fn find(options: &'static [Opt], name: &str) -> Option<&'static Opt> {
    let mut named = options.iter().filter(|o| !o.positional);
    if let Some(exact) = named.clone().find(|o| o.name == name) {
        return Some(exact);
    }
    let first = named.find(|o| o.name.starts_with(name))?;
    let others = options.iter().filter(|o| !o.positional && o.name.starts_with(name)).count();
    (others == 1).then_some(first)
}

/// The rules of `--include` (true) and `--exclude`, in their order.
pub fn filters(call: &CommandCall) -> Vec<(bool, String)> {
    if call.args.get("filters").is_none() {
        return Vec::new();
    }
    let rules = typed(call).into_iter().filter_map(|t| match t.name {
        "include" => Some((true, t.value?)),
        "exclude" => Some((false, t.value?)),
        _ => None,
    });
    rules.collect()
}

/// The value of an option that may stand alone, with the value that it then has.
pub fn or_constant(call: &CommandCall, option: &str, dest: &str, constant: &str) -> Option<String> {
    if let Some(word) = call.args.word(dest) {
        return Some(word.to_owned());
    }
    let knows = call.command.options.iter().any(|o| o.name == option);
    (knows && typed(call).iter().any(|t| t.name == option)).then(|| constant.to_owned())
}

/// The bytes of an option's value: of the file that it names, or its own.
///
/// # Errors
/// When the file can't be read.
pub fn bytes(call: &CommandCall, option: &str, dest: &str) -> Result<Option<Vec<u8>>, Failure> {
    let Some(word) = call.args.word(dest) else { return Ok(None) };
    let raw = typed(call).into_iter().rev().find(|t| t.name == option).and_then(|t| t.value);
    if let Some(raw) = raw
        && let Some(loaded) = oxaws_input::paramfile::load(call.cx.world, &raw)
    {
        let value = loaded.map_err(|e| oxaws_cli::bind::param_error(&format!("--{option}"), e))?;
        return Ok(Some(match value {
            Value::Bytes(bytes) => bytes,
            Value::String(text) => text.into_bytes(),
            _ => Vec::new(),
        }));
    }
    Ok(Some(word.as_bytes().to_vec()))
}
