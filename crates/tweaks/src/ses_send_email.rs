//! `ses send-email`: addressees and text by simple options.

use crate::arguments::{exclusive, map, optional, tweak, words};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] =
    &[tweak("ses", "send-email", Hook::Arguments(arguments)), tweak("ses", "send-email", Hook::Parsed(check))];

fn arguments(table: &mut ArgTable, _: Operation) {
    optional(table, &["message", "destination"]);
    table.insert(words("to", "The addressees.").to(to));
    table.insert(words("cc", "Who gets a copy.").to(cc));
    table.insert(words("bcc", "Who gets a copy without the others knowing.").to(bcc));
    table.insert(Arg::text("subject", "The subject.").to(subject));
    table.insert(Arg::text("text", "The message as text.").to(body_text));
    table.insert(Arg::text("html", "The message as HTML.").to(body_html));
}

fn check(call: &mut OperationCall) -> Result<(), Failure> {
    exclusive(call, &[&["destination"], &["to", "cc", "bcc"]])?;
    exclusive(call, &[&["message"], &["text", "html"]])
}

fn addressees(params: &mut Map, key: &'static str, value: Value) -> Result<(), Failure> {
    if value.is_truthy() {
        map(params, "Destination").insert(key, value);
    }
    Ok(())
}

fn to(params: &mut Map, value: Value) -> Result<(), Failure> {
    addressees(params, "ToAddresses", value)
}
fn cc(params: &mut Map, value: Value) -> Result<(), Failure> {
    addressees(params, "CcAddresses", value)
}
fn bcc(params: &mut Map, value: Value) -> Result<(), Failure> {
    addressees(params, "BccAddresses", value)
}

fn data(value: Value) -> Value {
    Value::Map([("Data", value)].into_iter().collect())
}

fn message(params: &mut Map) -> &mut Map {
    params.entry_or_insert_with("Message", || {
        let empty = || Value::Map(Map::new());
        Value::Map([("Subject", empty()), ("Body", empty())].into_iter().collect())
    });
    map(params, "Message")
}

fn subject(params: &mut Map, value: Value) -> Result<(), Failure> {
    if value.is_truthy() {
        message(params).insert("Subject", data(value));
    }
    Ok(())
}

fn body(params: &mut Map, key: &'static str, value: Value) -> Result<(), Failure> {
    if !value.is_truthy() {
        return Ok(());
    }
    match message(params).get_mut("Body") {
        Some(Value::Map(body)) => {
            body.insert(key, data(value));
            Ok(())
        }
        _ => Err(crate::arguments::missing_key("Body")),
    }
}

fn body_text(params: &mut Map, value: Value) -> Result<(), Failure> {
    body(params, "Text", value)
}
fn body_html(params: &mut Map, value: Value) -> Result<(), Failure> {
    body(params, "Html", value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, to_json};

    #[test]
    fn a_message() {
        let mut params = Map::new();
        to(&mut params, Value::List(vec!["a".into(), "b".into()])).unwrap();
        cc(&mut params, Value::List(Vec::new())).unwrap();
        body_html(&mut params, "h".into()).unwrap();
        subject(&mut params, "s".into()).unwrap();
        body_text(&mut params, "".into()).unwrap();
        assert_eq!(
            to_json(&Value::Map(params), JsonStyle::COMPACT),
            r#"{"Destination":{"ToAddresses":["a","b"]},"Message":{"Subject":{"Data":"s"},"Body":{"Html":{"Data":"h"}}}}"#
        );
    }
}
