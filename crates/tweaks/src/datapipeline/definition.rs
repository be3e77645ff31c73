//! Pipeline definitions, to and from the API's lists.

use crate::arguments::missing_key;
use oxaws_cli::failure::Failure;
use oxaws_value::repr::{MapClass, type_name};
use oxaws_value::{JsonStyle, Map, Value, to_json};

fn structure<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::Map(entries.into_iter().collect())
}

fn broken(what: &str) -> Failure {
    Failure::validation(format!("Error in pipeline definition: {what}\n"))
}

/// Python's complaint about something of another type.
fn wrong(value: &Value, complaint: &str) -> Failure {
    Failure::invalid(format!("'{}' object {complaint}", type_name(value, MapClass::Dict)))
}

fn member<'v>(definition: &'v Value, key: &str) -> Result<Option<&'v Value>, Failure> {
    match definition {
        Value::Map(map) => Ok(map.get(key)),
        // Python looks for the key among the items.
        Value::List(_) | Value::String(_) => Ok(None),
        other => {
            let kind = type_name(other, MapClass::Dict);
            Err(Failure::invalid(format!("argument of type '{kind}' is not iterable")))
        }
    }
}

/// The elements of a list of structures.
fn elements(list: &Value) -> Result<Vec<&Map>, Failure> {
    let Value::List(items) = list else {
        return Err(match list {
            Value::Map(map) if map.is_empty() => return Ok(Vec::new()),
            Value::Map(_) | Value::String(_) => wrong(&Value::from(""), "has no attribute 'pop'"),
            other => wrong(other, "is not iterable"),
        });
    };
    items.iter().map(element).collect()
}

fn element(item: &Value) -> Result<&Map, Failure> {
    match item {
        Value::Map(map) => Ok(map),
        Value::List(_) => Err(Failure::invalid("'str' object cannot be interpreted as an integer")),
        other => Err(wrong(other, "has no attribute 'pop'")),
    }
}

/// A member of an element: its name and value.
type Entry<'m> = (&'m str, &'m Value);

/// The id of an element, and its other members sorted by name.
fn apart<'m>(element: &'m Map, kind: &str) -> Result<(Value, Vec<Entry<'m>>), Failure> {
    let Some(id) = element.get("id") else {
        let shown = to_json(&Value::Map(element.clone()), JsonStyle::PYTHON);
        return Err(broken(&format!("Missing \"id\" key of {kind}: {shown}")));
    };
    let mut rest: Vec<_> = element.iter().map(|(k, v)| (k.as_ref(), v)).filter(|(k, _)| *k != "id").collect();
    rest.sort_by_key(|(k, _)| *k);
    Ok((id.clone(), rest))
}

/// One field, or one for each item of a list. A value `{"ref": x}` names another object.
fn fields(key: &str, value: &Value) -> Vec<Value> {
    let one = |value: &Value| match value {
        Value::Map(map) if map.len() == 1 && map.contains_key("ref") => {
            structure([("key", key.into()), ("refValue", map.get("ref").cloned().unwrap_or_default())])
        }
        other => structure([("key", key.into()), ("stringValue", other.clone())]),
    };
    match value {
        Value::List(items) => items.iter().map(one).collect(),
        value => vec![one(value)],
    }
}

/// The `objects` of a definition as the API takes them.
///
/// # Errors
/// When there are none, or one has no id.
pub(super) fn objects(definition: &Value) -> Result<Value, Failure> {
    let Some(list) = member(definition, "objects")? else { return Err(broken("Missing \"objects\" key")) };
    let mut out = Vec::new();
    for element in elements(list)? {
        let (id, rest) = apart(element, "element")?;
        let name = element.get("name").unwrap_or(&id).clone();
        let fields: Vec<Value> =
            rest.into_iter().filter(|(k, _)| *k != "name").flat_map(|(k, v)| fields(k, v)).collect();
        out.push(structure([("id", id), ("name", name), ("fields", Value::List(fields))]));
    }
    Ok(Value::List(out))
}

/// The `parameters` of a definition, where it has some.
///
/// # Errors
/// When one has no id.
pub(super) fn parameters(definition: &Value) -> Result<Option<Value>, Failure> {
    let Some(list) = member(definition, "parameters")? else { return Ok(None) };
    let mut out = Vec::new();
    for element in elements(list)? {
        let (id, rest) = apart(element, "parameter")?;
        let attributes: Vec<Value> = rest.into_iter().flat_map(|(k, v)| fields(k, v)).collect();
        out.push(structure([("id", id), ("attributes", Value::List(attributes))]));
    }
    Ok(Some(Value::List(out)))
}

/// The `values` of a definition, where it has some.
///
/// # Errors
/// When they are no map.
pub(super) fn values(definition: &Value) -> Result<Option<Value>, Failure> {
    let map = match member(definition, "values")? {
        None => return Ok(None),
        Some(Value::Map(map)) => map,
        Some(Value::List(items)) if items.is_empty() => return Ok(Some(Value::List(Vec::new()))),
        Some(Value::List(_)) => {
            return Err(Failure::invalid("list indices must be integers or slices, not str"));
        }
        Some(other) => return Err(wrong(other, "is not iterable")),
    };
    let mut out = Vec::new();
    for (key, value) in map.iter() {
        let one = |value: &Value| structure([("id", key.as_ref().into()), ("stringValue", value.clone())]);
        match value {
            Value::List(items) => out.extend(items.iter().map(one)),
            value => out.push(one(value)),
        }
    }
    Ok(Some(Value::List(out)))
}

/// Adds to a map in which a repeated key gathers its values in a list.
pub(super) fn add(map: &mut Map, key: &str, value: Value) {
    match map.get_mut(key) {
        None => {
            map.insert(key.to_owned(), value);
        }
        Some(Value::List(list)) => list.push(value),
        Some(there) => *there = Value::List(vec![std::mem::take(there), value]),
    }
}

/// Turns the API's lists into a definition, in place.
///
/// # Errors
/// When an element lacks what it must have.
pub(super) fn from_api(reply: &mut Map) -> Result<(), Failure> {
    if let Some(list) = reply.remove("pipelineObjects") {
        let objects = each(&list, |element, out| {
            out.insert("name", get(element, "name")?);
            for field in items(&get(element, "fields")?) {
                let value = match field.get("stringValue") {
                    Some(text) => text.clone(),
                    None => structure([("ref", get(field, "refValue")?)]),
                };
                add(out, key_of(field)?, value);
            }
            Ok(())
        })?;
        reply.insert("objects", objects);
    }
    if let Some(list) = reply.remove("parameterObjects") {
        let parameters = each(&list, |element, out| {
            for attribute in items(&get(element, "attributes")?) {
                add(out, key_of(attribute)?, get(attribute, "stringValue")?);
            }
            Ok(())
        })?;
        reply.insert("parameters", parameters);
    }
    if let Some(list) = reply.remove("parameterValues") {
        let mut values = Map::new();
        for element in items(&list) {
            let id = get(element, "id")?;
            add(&mut values, id.as_str().unwrap_or_default(), get(element, "stringValue")?);
        }
        reply.insert("values", values);
    }
    Ok(())
}

fn each(list: &Value, fill: impl Fn(&Value, &mut Map) -> Result<(), Failure>) -> Result<Value, Failure> {
    let mut all = Vec::new();
    for element in items(list) {
        let mut out = Map::new();
        out.insert("id", get(element, "id")?);
        fill(element, &mut out)?;
        all.push(Value::Map(out));
    }
    Ok(Value::List(all))
}

fn items(list: &Value) -> &[Value] {
    list.as_list().unwrap_or_default()
}

fn get(element: &Value, key: &str) -> Result<Value, Failure> {
    element.get(key).cloned().ok_or_else(|| missing_key(key))
}

fn key_of(element: &Value) -> Result<&str, Failure> {
    element.get("key").and_then(Value::as_str).ok_or_else(|| missing_key("key"))
}
