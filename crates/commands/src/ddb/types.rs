//! Values of items, and the form that DynamoDB's interface gives them.

use super::decimal::Decimal;
use oxaws_cli::Failure;
use oxaws_cli::written::reply;
use oxaws_input::yaml::{Foreign, Marks, Step};
use oxaws_value::{Map, Value};
use oxaws_yaml::Node;

/// A value as an expression or an item has it.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `null`
    Null,
    /// A truth.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Item>),
    /// A map, in its order.
    Map(Vec<(String, Item)>),
    /// A set of numbers, texts or bytes.
    Set(Vec<Item>),
}

fn tagged(tag: &str, value: Value) -> Value {
    Value::Map(reply::params([(tag, value)]))
}

fn number(number: &Decimal) -> Result<Value, Failure> {
    if number.fits() {
        return Ok(Value::from(number.to_string()));
    }
    Err(Failure::invalid("[<class 'decimal.Inexact'>, <class 'decimal.Rounded'>]"))
}

impl Item {
    /// As DynamoDB's `AttributeValue`.
    ///
    /// # Errors
    /// For a number with too many digits, or a set of different types.
    pub fn attribute(&self) -> Result<Value, Failure> {
        Ok(match self {
            Item::Null => tagged("NULL", Value::Bool(true)),
            Item::Bool(b) => tagged("BOOL", Value::Bool(*b)),
            Item::Number(n) => tagged("N", number(n)?),
            Item::Text(text) => tagged("S", Value::from(text.as_str())),
            Item::Bytes(bytes) => tagged("B", Value::Bytes(bytes.clone())),
            Item::List(items) => tagged("L", Value::List(items.iter().map(Item::attribute).collect::<Result<_, _>>()?)),
            Item::Map(entries) => tagged("M", Value::Map(attributes(entries)?)),
            Item::Set(items) => set(items)?,
        })
    }

    /// An item as YAML has it.
    ///
    /// # Errors
    /// For what DynamoDB has no type for.
    pub fn of_node(node: &Node) -> Result<Item, Failure> {
        let decimal = |text: &str| {
            let number = Decimal::parse(&text.replace('_', ""));
            number.map(Item::Number).ok_or_else(|| Failure::invalid("[<class 'decimal.ConversionSyntax'>]"))
        };
        Ok(match node {
            Node::Null => Item::Null,
            Node::Bool(b) => Item::Bool(*b),
            Node::Int(text) | Node::Float(_, text) => decimal(text)?,
            Node::Text(text) => Item::Text(text.clone()),
            Node::Binary(bytes) => Item::Bytes(bytes.clone()),
            Node::List(items) => Item::List(items.iter().map(Item::of_node).collect::<Result<_, _>>()?),
            Node::Set(items) => Item::Set(items.iter().map(Item::of_node).collect::<Result<_, _>>()?),
            Node::Map(entries) => Item::Map(
                entries
                    .iter()
                    .map(|(key, value)| Ok((key_text(key), Item::of_node(value)?)))
                    .collect::<Result<_, Failure>>()?,
            ),
            Node::Date(text) => {
                let kind = node.python_type("dict");
                return Err(Failure::invalid(format!("Unsupported type \"<class '{kind}'>\" for value \"{text}\"")));
            }
        })
    }
}

/// Notes the keys in an item that aren't text, at the places where they are in the request that has the item at `path`.
/// DynamoDB has no other keys: the check of the call's parameters complains about them.
pub fn note_keys(item: &Node, path: &[Step], marks: &mut Marks) {
    let Node::Map(entries) = item else { return };
    for (key, value) in entries {
        let text = key_text(key);
        if !matches!(key, Node::Text(_)) {
            let class = if matches!(key, Node::Float(..)) { "decimal.Decimal" } else { key.python_type("dict") };
            marks.note_key(path, &text, Foreign::of_key(class, &text));
        }
        let below = [path, &[Step::Key(&text)]].concat();
        match value {
            Node::Map(_) => note_keys(value, &[below.as_slice(), &[Step::Key("M")]].concat(), marks),
            Node::List(_) => note_keys_of_items(value, &below, marks),
            _ => {}
        }
    }
}

/// The same for an attribute that is a list.
fn note_keys_of_items(list: &Node, path: &[Step], marks: &mut Marks) {
    let Node::List(items) = list else { return };
    for (at, item) in items.iter().enumerate() {
        let below = [path, &[Step::Key("L"), Step::Item(at)]].concat();
        match item {
            Node::Map(_) => note_keys(item, &[below.as_slice(), &[Step::Key("M")]].concat(), marks),
            Node::List(_) => note_keys_of_items(item, &below, marks),
            _ => {}
        }
    }
}

fn key_text(key: &Node) -> String {
    match key {
        Node::Text(text) | Node::Int(text) | Node::Date(text) | Node::Float(_, text) => text.clone(),
        Node::Null => "None".into(),
        Node::Bool(b) => if *b { "True" } else { "False" }.into(),
        Node::Binary(_) | Node::List(_) | Node::Map(_) | Node::Set(_) => String::new(),
    }
}

/// The attributes of an item.
///
/// # Errors
/// As [`Item::attribute`].
pub fn attributes(entries: &[(String, Item)]) -> Result<Map, Failure> {
    entries.iter().map(|(k, v)| Ok((k.clone(), v.attribute()?))).collect()
}

fn set(items: &[Item]) -> Result<Value, Failure> {
    let all = |is: fn(&Item) -> bool| items.iter().all(is);
    if all(|i| matches!(i, Item::Number(_))) {
        let numbers = items.iter().filter_map(|i| if let Item::Number(n) = i { Some(number(n)) } else { None });
        return Ok(tagged("NS", Value::List(numbers.collect::<Result<_, _>>()?)));
    }
    if all(|i| matches!(i, Item::Text(_))) {
        let texts =
            items.iter().filter_map(|i| if let Item::Text(t) = i { Some(Value::from(t.as_str())) } else { None });
        return Ok(tagged("SS", Value::List(texts.collect())));
    }
    if all(|i| matches!(i, Item::Bytes(_))) {
        let blobs =
            items.iter().filter_map(|i| if let Item::Bytes(b) = i { Some(Value::Bytes(b.clone())) } else { None });
        return Ok(tagged("BS", Value::List(blobs.collect())));
    }
    Err(Failure::invalid("Unsupported type \"<class 'set'>\" for value of different types"))
}

/// An `AttributeValue` of a reply as a node; maps are sorted by key, as YAML shows them.
///
/// # Errors
/// For a type that isn't known.
pub fn node(attribute: &Value) -> Result<Node, Failure> {
    let entry = attribute.as_map().and_then(|m| m.iter().next());
    let (tag, value) = entry
        .ok_or_else(|| Failure::bad_reply("Value must be a nonempty dictionary whose key is a valid dynamodb type."))?;
    let items = || value.as_list().unwrap_or_default();
    Ok(match &**tag {
        "NULL" => Node::Null,
        "BOOL" => Node::Bool(value.as_bool() == Some(true)),
        "N" => number_node(value)?,
        "S" => Node::text(value.as_str().unwrap_or_default()),
        "B" => blob_node(value),
        "SS" => Node::Set(items().iter().map(|v| Node::text(v.as_str().unwrap_or_default())).collect()),
        "NS" => Node::Set(items().iter().map(number_node).collect::<Result<_, _>>()?),
        "BS" => Node::Set(items().iter().map(blob_node).collect()),
        "L" => Node::List(items().iter().map(node).collect::<Result<_, _>>()?),
        "M" => match value {
            Value::Map(map) => map_node(map)?,
            _ => Node::Map(Vec::new()),
        },
        other => return Err(Failure::bad_reply(format!("Dynamodb type {other} is not supported"))),
    })
}

/// A map of attributes as a node.
///
/// # Errors
/// As [`node`].
pub fn map_node(map: &Map) -> Result<Node, Failure> {
    let mut entries: Vec<(&str, &Value)> = map.iter().map(|(k, v)| (&**k, v)).collect();
    entries.sort_by_key(|(k, _)| *k);
    Ok(Node::Map(entries.into_iter().map(|(k, v)| Ok((Node::text(k), node(v)?))).collect::<Result<_, Failure>>()?))
}

fn number_node(value: &Value) -> Result<Node, Failure> {
    let text = value.as_str().unwrap_or_default();
    let number = Decimal::parse(text).ok_or_else(|| Failure::bad_reply("[<class 'decimal.ConversionSyntax'>]"))?;
    let shown = number.to_string();
    // A whole number that isn't written as one needs its tag.
    let plain = !number.is_whole() || shown.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit());
    Ok(Node::Int(if plain { shown } else { format!("!!int {shown}") }))
}

fn blob_node(value: &Value) -> Node {
    match value {
        Value::Bytes(bytes) => Node::Binary(bytes.clone()),
        other => Node::Binary(oxaws_input::blob::decode(other.as_str().unwrap_or_default()).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, parse_json, to_json};

    #[test]
    fn items_become_attributes() {
        let yaml = "{a: x, n: 1.50, l: [null, true], m: {k: 2}, s: !!set {1, 2}}";
        let node = oxaws_yaml::read(yaml, Default::default()).unwrap();
        let Item::Map(entries) = Item::of_node(&node).unwrap() else { panic!("no map") };
        assert_eq!(
            to_json(&Value::Map(attributes(&entries).unwrap()), JsonStyle::COMPACT),
            r#"{"a":{"S":"x"},"n":{"N":"1.50"},"l":{"L":[{"NULL":true},{"BOOL":true}]},"m":{"M":{"k":{"N":"2"}}},"s":{"NS":["1","2"]}}"#
        );
        assert!(Item::of_node(&Node::Date("2020-01-01".into())).is_err());
    }

    #[test]
    fn keys_that_are_not_text_are_noted() {
        let node = oxaws_yaml::read("{1: x, a: [{true: [{1.5: y}]}], b: {null: z}}", Default::default()).unwrap();
        let mut marks = Marks::default();
        note_keys(&node, &[Step::Key("Item")], &mut marks);
        let item = marks.entry("Item");
        assert_eq!(item.key("1").unwrap().class(), "int");
        let first = item.entry("a").entry("L").item(0).entry("M");
        assert_eq!(first.key("True").unwrap().class(), "bool");
        assert_eq!(
            first.entry("True").entry("L").item(0).entry("M").key("1.5").map(Foreign::class),
            Some("decimal.Decimal")
        );
        assert_eq!(item.entry("b").entry("M").key("None").map(Foreign::shown), Some("None"));
        assert!(item.key("a").is_none() && !marks.has_foreign_key());
    }

    #[test]
    fn attributes_become_nodes() {
        let value = parse_json(r#"{"M": {"b": {"N": "1.5"}, "a": {"SS": ["x"]}, "c": {"N": "1E+3"}}}"#).unwrap();
        let text = oxaws_yaml::to_text(&node(&value).unwrap(), Default::default());
        assert_eq!(text, "a: !!set\n  x: null\nb: 1.5\nc: !!int 1E+3\n");
        assert!(node(&parse_json(r#"{"X": 1}"#).unwrap()).is_err() && node(&Value::Null).is_err());
    }
}
