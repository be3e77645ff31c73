//! What several customisations do with arguments and parameters.

use oxaws_cli::argv::argparse::{Given, Nargs};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_python::python_int_text;
use oxaws_value::repr::{self, MapClass};
use oxaws_value::{Map, Value};
use std::borrow::Cow;

/// A row of a list of customisations.
pub(crate) const fn tweak(service: &'static str, operation: &'static str, hook: Hook) -> Tweak {
    Tweak { service, operation, hook }
}

/// An argument that takes one or more words of text.
pub(crate) fn words(name: &str, help: &'static str) -> Arg {
    Arg { nargs: Nargs::OneOrMore, ..Arg::text(name, help) }
}

/// A flag that is no member of the input.
pub(crate) fn flag(name: &str, truth: bool, help: &'static str) -> Arg {
    Arg { nargs: Nargs::Flag(truth), ..Arg::text(name, help) }
}

/// Arguments needn't be given.
pub(crate) fn optional(table: &mut ArgTable, names: &[&str]) {
    for name in names {
        if let Some(arg) = table.get_mut(name) {
            arg.required = false;
        }
    }
}

/// Arguments stay usable, but stand in no help.
pub(crate) fn hide(table: &mut ArgTable, names: &[&str]) {
    for name in names {
        if let Some(arg) = table.get_mut(name) {
            arg.hidden = true;
        }
    }
}

/// Refuses arguments of more than one group: the first one in the table's order says which group is meant. Names are
/// destinations (`metric_data`).
///
/// # Errors
/// 252, with the CLI's text.
pub(crate) fn exclusive(call: &OperationCall, groups: &[&[&str]]) -> Result<(), Failure> {
    let given = call.table.iter().map(Arg::dest).filter(|dest| call.parsed.get(dest).is_some());
    let mut chosen: Option<&[&str]> = None;
    for dest in given {
        let Some(group) = groups.iter().find(|g| g.contains(&dest.as_str())) else { continue };
        match chosen {
            None => chosen = Some(group),
            Some(first) if first == *group => {}
            Some(first) => {
                return Err(Failure::validation(format!(
                    "The key \"{dest}\" cannot be specified when one of the following keys are also specified: {}",
                    first.join(", ")
                )));
            }
        }
    }
    Ok(())
}

/// Whether something other than Python's falsehoods was given for a destination.
pub(crate) fn truthy(call: &OperationCall, dest: &str) -> bool {
    match call.parsed.get(dest) {
        None => false,
        Some(Given::Flag(truth)) => *truth,
        Some(Given::Word(word)) => !word.is_empty(),
        Some(Given::Words(words)) => !words.is_empty(),
        Some(Given::Bytes(bytes)) => !bytes.is_empty(),
    }
}

/// The items that Python finds in what was given for several words: a file's text falls into its characters.
pub(crate) fn items(value: Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().map(|i| text(i).into_owned()).collect(),
        other => text(&other).chars().map(String::from).collect(),
    }
}

/// What was given, as text.
pub(crate) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Bytes(bytes) => String::from_utf8_lossy(bytes),
        other => Cow::Owned(repr::str(other, MapClass::Dict)),
    }
}

/// Python's `int(text)`.
///
/// # Errors
/// 255, with Python's words.
pub(crate) fn int(text: &str) -> Result<Value, Failure> {
    python_int(text).ok_or_else(|| {
        Failure::invalid(format!("invalid literal for int() with base 10: {}", oxaws_python::repr_str(text)))
    })
}

/// Python's `int(text)`, `None` where it raises.
pub(crate) fn python_int(text: &str) -> Option<Value> {
    let digits = python_int_text(text)?;
    Some(digits.parse().map_or_else(|_| Value::BigInt(digits.into()), Value::Int))
}

/// What the CLI says where Python doesn't find a key.
pub(crate) fn missing_key(key: &str) -> Failure {
    Failure::invalid(oxaws_python::repr_str(key))
}

/// The parameter `name`, made a map where it isn't one.
pub(crate) fn map<'m>(params: &'m mut Map, name: &'static str) -> &'m mut Map {
    as_map(params.entry_or_insert_with(name, || Value::Map(Map::new())))
}

/// The first structure of the list `name`, made where there is none.
///
/// # Errors
/// For an empty list, as Python.
pub(crate) fn first<'m>(params: &'m mut Map, name: &'static str) -> Result<&'m mut Map, Failure> {
    let list = params.entry_or_insert_with(name, || Value::List(vec![Value::Map(Map::new())]));
    if !matches!(list, Value::List(_)) {
        *list = Value::List(vec![Value::Map(Map::new())]);
    }
    match list {
        Value::List(items) => items.first_mut().map(as_map).ok_or_else(empty_list),
        _ => Err(empty_list()),
    }
}

/// What Python says of the first item of an empty list.
pub(crate) fn empty_list() -> Failure {
    Failure::invalid("list index out of range")
}

fn as_map(value: &mut Value) -> &mut Map {
    if !matches!(value, Value::Map(_)) {
        *value = Value::Map(Map::new());
    }
    match value {
        Value::Map(map) => map,
        _ => unreachable!("just made a map"),
    }
}

/// Adds the entries of `more` to the structure `name`; entries that are there are replaced.
pub(crate) fn merge(params: &mut Map, name: &'static str, more: Value) {
    match (params.get_mut(name), more) {
        (Some(Value::Map(there)), Value::Map(more)) if !there.is_empty() => {
            for (key, value) in more {
                there.insert(key, value);
            }
        }
        (_, more) => {
            params.insert(name, more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_are_made_and_merged() {
        let mut params = Map::new();
        map(&mut params, "A").insert("x", 1i64);
        merge(&mut params, "A", Value::Map([("y", Value::Int(2))].into_iter().collect()));
        merge(&mut params, "B", Value::Map([("z", Value::Int(3))].into_iter().collect()));
        first(&mut params, "L").unwrap().insert("w", 4i64);
        assert_eq!(
            oxaws_value::to_json(&Value::Map(params), oxaws_value::JsonStyle::COMPACT),
            r#"{"A":{"x":1,"y":2},"B":{"z":3},"L":[{"w":4}]}"#
        );
    }

    #[test]
    fn an_empty_list_has_no_first_item() {
        let mut params: Map = [("L", Value::List(Vec::new()))].into_iter().collect();
        assert_eq!(first(&mut params, "L").unwrap_err().message(), "list index out of range");
    }

    #[test]
    fn integers_as_in_python() {
        assert_eq!(int(" 1_0 ").unwrap(), Value::Int(10));
        assert_eq!(int("x").unwrap_err().message(), "invalid literal for int() with base 10: 'x'");
        assert_eq!(missing_key("Id").message(), "'Id'");
    }

    #[test]
    fn text_of_a_file_falls_into_characters() {
        assert_eq!(items(Value::from("ab")), ["a", "b"]);
        assert_eq!(items(Value::List(vec![Value::from("ab")])), ["ab"]);
    }
}
