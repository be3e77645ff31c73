//! `aws ddb put`: one item, or several in batches.

use super::expression::Placeholders;
use super::types::{Item, attributes, note_keys};
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Exit, Failure};
use oxaws_client::Classes;
use oxaws_client::{CallError, CallInput};
use oxaws_input::yaml::{Marks, Step};
use oxaws_value::{Map, Value};
use oxaws_yaml::{Dialect, Node};

/// Items of one batch.
const BATCH: usize = 25;

/// The command.
pub static PUT: Command = Command {
    name: "put",
    options: &[
        Opt::positional("table_name", Nargs::One, "The table."),
        Opt::positional("items", Nargs::One, "An item or a list of items in YAML; - reads standard input."),
        Opt::value("condition", "A condition that must hold for the item to be put.").taking(Nargs::OneOrMore),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Puts one or more items into a table.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let (cx, args) = (call.cx, &call.args);
    reply::make_client(cx, "dynamodb")?;
    let typed = args.word("items").unwrap_or_default();
    let text = if typed == "-" { standard_input(call)? } else { typed.to_owned() };
    let items = match oxaws_yaml::read(&text, Dialect::default()).map_err(|e| Failure::invalid(e.to_string()))? {
        Node::List(items) => items,
        one => vec![one],
    };
    let table = args.word("table_name").unwrap_or_default();
    let mut params = reply::params([("ReturnConsumedCapacity", Value::from("NONE"))]);
    if items.len() > 1 && args.get("condition").is_none() {
        batches(call, table, &items, params)?;
        return Ok(Exit::Success);
    }
    if items.len() > 1 {
        return Err(Failure::validation("--condition is not supported for multiple items"));
    }
    if args.get("condition").is_some() {
        let mut placeholders = Placeholders::default();
        placeholders.add(&mut params, "ConditionExpression", args.words("condition"))?;
        placeholders.finish(&mut params)?;
    }
    params.insert("TableName", table);
    if let Some(item) = items.first() {
        params.insert("Item", item_value(item)?);
        let mut marks = Marks::default();
        note_keys(item, &[Step::Key("Item")], &mut marks);
        put(call, "PutItem", params, marks)?;
    }
    Ok(Exit::Success)
}

fn standard_input(call: &CommandCall) -> Result<String, Failure> {
    let mut text = String::new();
    while let Some(line) = call.cx.world.read_line(&|| call.cx.session.cancel().is_cancelled())? {
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

/// An item's attributes; what is no map stays what it is, for the call to complain about.
fn item_value(node: &Node) -> Result<Value, Failure> {
    match Item::of_node(node)? {
        Item::Map(entries) => Ok(Value::Map(attributes(&entries)?)),
        Item::Number(_)
        | Item::Null
        | Item::Bool(_)
        | Item::Text(_)
        | Item::Bytes(_)
        | Item::List(_)
        | Item::Set(_) => Ok(node.to_value().unwrap_or_default()),
    }
}

/// Calls an operation that puts items; `marks` knows which of their keys aren't text.
fn put(call: &CommandCall, operation: &str, params: Map, marks: Marks) -> Result<Map, CallError> {
    let operation = reply::operation_of(call.cx, "dynamodb", operation)?;
    let input = CallInput { classes: Classes { marks, ..Classes::default() }, ..CallInput::new(params) };
    Ok(call.cx.session.call(operation, input)?.value)
}

fn batches(call: &CommandCall, table: &str, items: &[Node], base: Map) -> Result<(), Failure> {
    let request = |item: &Node| -> Result<Value, Failure> {
        let put = reply::params([("Item", item_value(item)?)]);
        Ok(Value::Map(reply::params([("PutRequest", Value::Map(put))])))
    };
    let mut waiting: Vec<Value> = items.iter().map(request).collect::<Result<_, _>>()?;
    let mut fresh = items;
    while !waiting.is_empty() {
        let rest = waiting.split_off(waiting.len().min(BATCH));
        let mut params = base.clone();
        params.insert("RequestItems", Value::Map(reply::params([(table, Value::List(waiting))])));
        let (batch, later) = fresh.split_at(fresh.len().min(BATCH));
        fresh = later;
        let mut marks = Marks::default();
        for (at, item) in batch.iter().enumerate() {
            let path = ["RequestItems", table].map(Step::Key);
            let below = [Step::Item(at), Step::Key("PutRequest"), Step::Key("Item")];
            note_keys(item, &[&path[..], &below[..]].concat(), &mut marks);
        }
        let reply = put(call, "BatchWriteItem", params, marks)?;
        waiting = rest;
        let unprocessed = reply.get("UnprocessedItems").and_then(|u| u.get(table)).and_then(Value::as_list);
        waiting.extend(unprocessed.unwrap_or_default().iter().cloned());
        if call.cx.session.cancel().is_cancelled() {
            return Err(Failure::Interrupted);
        }
    }
    Ok(())
}
