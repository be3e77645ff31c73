//! The entries of maps, whose keys may be anything that Python can hash.

use super::marks::{Entry, Foreign, Marks};
use super::{Node, Role, YamlError, invalid};
use oxaws_value::repr::{self, MapClass};
use oxaws_value::{Map, Value};

/// A map's key.
pub(super) struct Key {
    pub(super) text: String,
    pub(super) foreign: Option<Foreign>,
    pub(super) role: Role,
}

impl Key {
    /// What Python compares: whole floats and truths are equal to integers.
    pub(super) fn identity(&self) -> (bool, &str) {
        match &self.foreign {
            None => (false, &self.text),
            Some(foreign) => match (foreign.class(), foreign.shown()) {
                ("bool", truth) => (true, if truth == "True" { "1" } else { "0" }),
                ("float", number) => (true, number.strip_suffix(".0").unwrap_or(number)),
                (_, shown) => (true, shown),
            },
        }
    }
}

/// An entry of a map.
pub(super) type Pair = (Key, Value, Marks);

/// The map of some entries, of which later ones replace earlier ones.
pub(super) fn map_of(pairs: impl Iterator<Item = Pair>) -> (Value, Marks) {
    let (mut map, mut marks) = (Map::new(), Marks::default());
    for (Key { text, foreign, .. }, value, inside) in pairs {
        marks.set(&text, Entry { key: foreign, value: inside });
        map.insert(text, value);
    }
    (Value::Map(map), marks)
}

impl Default for Key {
    fn default() -> Self {
        Key { text: String::new(), foreign: None, role: Role::Usual }
    }
}

impl Key {
    pub(super) fn of(node: Node) -> Result<Key, YamlError> {
        let Node { value, marks, role, .. } = node;
        let unhashable = |item: &Value| match item {
            Value::List(_) => Some("list"),
            Value::Map(_) => Some("dict"),
            _ => None,
        };
        let foreign = match &value {
            Value::String(_) => None,
            Value::Map(_) => return Err(invalid("found unhashable key")),
            Value::List(items) => match items.iter().find_map(unhashable) {
                Some(class) => return Err(YamlError::Python(format!("unhashable type: '{class}'"))),
                None => Some(marks.tuple(items)),
            },
            other => Some(marks.own(other).cloned().unwrap_or_else(|| {
                let shown = repr::str(other, MapClass::Dict);
                Foreign::new(repr::type_name(other, MapClass::Dict), shown.clone(), shown)
            })),
        };
        let text = match (value, &foreign) {
            (Value::String(text), _) => text,
            (_, foreign) => foreign.as_ref().map(|foreign| foreign.shown().to_owned()).unwrap_or_default(),
        };
        Ok(Key { text, foreign, role })
    }
}

/// The entries of a map, with their marks.
fn pairs(map: Map, mut marks: Marks) -> impl Iterator<Item = Pair> {
    map.into_iter().map(move |(text, value)| {
        let Entry { key: foreign, value: inside } = marks.take(&text);
        (Key { text: text.into_owned(), foreign, role: Role::Usual }, value, inside)
    })
}

/// The entries that `<<` brings: those of a map, or of the maps of a list, where the earlier ones win.
pub(super) fn merge_entries(value: Value, mut marks: Marks) -> Result<Vec<Pair>, YamlError> {
    match value {
        Value::Map(map) => Ok(pairs(map, marks).collect()),
        Value::List(items) => {
            let mut all = Vec::new();
            for (i, item) in items.into_iter().enumerate().rev() {
                match item {
                    Value::Map(map) => all.extend(pairs(map, marks.items.remove(&i).unwrap_or_default())),
                    _ => return Err(invalid("expected a mapping for merging")),
                }
            }
            Ok(all)
        }
        _ => Err(invalid("expected a mapping or list of mappings for merging")),
    }
}

/// The map of an ordered map's list.
pub(super) fn single_entries(items: Vec<Value>, mut marks: Marks) -> Result<(Value, Marks), YamlError> {
    let mut all = Vec::with_capacity(items.len());
    for (i, item) in items.into_iter().enumerate() {
        match item {
            Value::Map(map) if map.len() == 1 => {
                all.extend(pairs(map, marks.items.remove(&i).unwrap_or_default()));
            }
            _ => return Err(invalid("expected a mapping of length 1")),
        }
    }
    Ok(map_of(all.into_iter()))
}
