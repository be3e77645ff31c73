//! The YAML that the commands print.

use super::types::{map_node, node};
use oxaws_cli::{Context, Failure};
use oxaws_failure::Cause;
use oxaws_output::yaml::write_document;
use oxaws_value::{Map, Value};
use oxaws_yaml::{BinaryStyle, Node, Options};

/// Prints a reply of a scan or query: attributes in their own types, after `--query`.
///
/// # Errors
/// When the query fails or the output can't be written.
pub fn print(cx: &Context, reply: Map) -> Result<(), Failure> {
    let mut entries: Vec<(String, Node)> = Vec::new();
    for (key, value) in reply {
        let shown = match (&*key, &value) {
            ("ConsumedCapacity", Value::Null) => continue,
            ("Items", Value::List(items)) => {
                let item = |item: &Value| match item {
                    Value::Map(map) => map_node(map),
                    other => node(other),
                };
                Node::List(items.iter().map(item).collect::<Result<_, _>>()?)
            }
            ("LastEvaluatedKey", Value::Map(map)) => map_node(map)?,
            _ => sorted(Node::of_value(&value)),
        };
        entries.push((key.into_owned(), shown));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    let node = Node::Map(entries.into_iter().map(|(k, v)| (Node::Text(k), v)).collect());
    let node = match &cx.globals.query {
        None => node,
        Some(query) => {
            let found = query.search(&calculable(&node)).map_err(|e| Failure::invalid(Cause::of(e)))?;
            Node::of_value(&found)
        }
    };
    // An empty reply prints nothing.
    if node == Node::Map(Vec::new()) {
        return Ok(());
    }
    let pager = cx.pager()?;
    cx.ui.output(pager.as_deref(), |out| match printable(&node) {
        Some(value) => Ok(write_document(out, &value, BinaryStyle::Quoted)?),
        // Only sets need the other writer.
        None => {
            oxaws_yaml::write(out, &node, Options { binary: BinaryStyle::Quoted, ..Options::default() })?;
            Ok(())
        }
    })
}

/// The same with the keys of its maps sorted.
fn sorted(node: Node) -> Node {
    match node {
        Node::List(items) => Node::List(items.into_iter().map(sorted).collect()),
        Node::Map(mut entries) => {
            entries.sort_by(|a, b| a.0.as_text().cmp(&b.0.as_text()));
            Node::Map(entries.into_iter().map(|(k, v)| (k, sorted(v))).collect())
        }
        other => other,
    }
}

/// A value that prints as the node does; `None` where the node holds a set.
fn printable(node: &Node) -> Option<Value> {
    Some(match node {
        Node::Set(_) => return None,
        Node::Int(text) => Value::BigInt(text.as_str().into()),
        Node::Binary(bytes) => Value::Bytes(bytes.clone()),
        Node::List(items) => Value::List(items.iter().map(printable).collect::<Option<_>>()?),
        Node::Map(entries) => {
            let entry = |(k, v): &(Node, Node)| Some((k.as_text()?.to_owned(), printable(v)?));
            Value::Map(entries.iter().map(entry).collect::<Option<Map>>()?)
        }
        Node::Date(text) => Value::from(text.as_str()),
        other => other.to_value().ok()?,
    })
}

/// A value for queries: numbers can be compared, sets are lists.
fn calculable(node: &Node) -> Value {
    match node {
        Node::Int(text) => match (text.parse::<i64>(), text.trim_start_matches("!!int ").parse::<f64>()) {
            (Ok(n), _) => Value::Int(n),
            // A number whose digits a float would lose stays as it is written.
            (_, Ok(f)) if text.contains(['.', 'E']) && oxaws_python::python_float(f) == *text => Value::Float(f),
            _ => Value::BigInt(text.as_str().into()),
        },
        Node::Binary(bytes) => Value::Bytes(bytes.clone()),
        Node::List(items) | Node::Set(items) => Value::List(items.iter().map(calculable).collect()),
        Node::Map(entries) => Value::Map(
            entries.iter().map(|(k, v)| (k.as_text().unwrap_or_default().to_owned(), calculable(v))).collect(),
        ),
        other => other.to_value().unwrap_or_default(),
    }
}
