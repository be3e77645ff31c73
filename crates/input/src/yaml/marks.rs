//! What Python's reader makes of YAML that a [`Value`] can't tell: moments, and keys that aren't text.

use oxaws_value::Value;
use oxaws_value::repr::{self, MapClass};
use oxaws_yaml::moment::Moment;
use std::collections::BTreeMap;

/// How Python names and shows something that has no [`Value`] of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    class: &'static str,
    shown: String,
    repr: String,
}

impl From<Moment> for Foreign {
    fn from(Moment { class, shown, repr }: Moment) -> Self {
        Foreign { class, shown, repr }
    }
}

impl Foreign {
    /// The class of a date without a time of day.
    pub const DATE: &'static str = Moment::DATE;
    /// The class of a moment.
    pub const DATETIME: &'static str = Moment::DATETIME;

    /// A map's key that isn't text, with its class and Python's `str()`.
    pub fn of_key(class: &'static str, shown: &str) -> Self {
        Foreign { class, shown: shown.to_owned(), repr: shown.to_owned() }
    }

    /// The class, such as `datetime.date`.
    pub fn class(&self) -> &'static str {
        self.class
    }

    /// Python's `str()`; also the text of a map's key, and the bytes that stand for a value.
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

/// The foreign things in a value, by their places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    pub(super) own: Option<Foreign>,
    pub(super) entries: BTreeMap<String, Entry>,
    pub(super) items: BTreeMap<usize, Marks>,
}

/// A map's entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Entry {
    pub(super) key: Option<Foreign>,
    pub(super) value: Marks,
}

/// A step from a value to one that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// To the value under a map's key.
    Key(&'a str),
    /// To a list's item.
    Item(usize),
}

static NONE: Marks = Marks { own: None, entries: BTreeMap::new(), items: BTreeMap::new() };

impl Marks {
    /// Whether nothing is foreign.
    pub fn is_empty(&self) -> bool {
        self.own.is_none() && self.entries.is_empty() && self.items.is_empty()
    }

    /// What the value itself is, unless it is another one than was read.
    pub fn own(&self, value: &Value) -> Option<&Foreign> {
        let Value::Bytes(bytes) = value else { return None };
        self.own.as_ref().filter(|foreign| foreign.shown.as_bytes() == bytes)
    }

    /// What a map's key is, when it isn't text.
    pub fn key(&self, key: &str) -> Option<&Foreign> {
        self.entries.get(key)?.key.as_ref()
    }

    /// The marks of the value under a map's key.
    pub fn entry(&self, key: &str) -> &Marks {
        self.entries.get(key).map_or(&NONE, |entry| &entry.value)
    }

    /// The marks of a list's item.
    pub fn item(&self, index: usize) -> &Marks {
        self.items.get(&index).unwrap_or(&NONE)
    }

    /// Notes that `key` of the map at `path` isn't text.
    pub fn note_key(&mut self, path: &[Step], key: &str, foreign: Foreign) {
        match path.split_first() {
            None => self.entries.entry(key.to_owned()).or_default().key = Some(foreign),
            Some((Step::Key(name), rest)) => {
                self.entries.entry((*name).to_owned()).or_default().value.note_key(rest, key, foreign);
            }
            Some((Step::Item(index), rest)) => self.items.entry(*index).or_default().note_key(rest, key, foreign),
        }
    }

    /// Whether some key of the map itself isn't text.
    pub fn has_foreign_key(&self) -> bool {
        self.entries.values().any(|entry| entry.key.is_some())
    }

    /// Leaves out the entries for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.entries.retain(|key, _| keep(key));
    }

    /// Sets a map's entry. A key that is there twice, as text and as something else, counts as the latter.
    pub(super) fn set(&mut self, key: &str, mut entry: Entry) {
        if let Some(before) = self.entries.remove(key) {
            entry.key = entry.key.or(before.key);
        }
        if entry.key.is_some() || !entry.value.is_empty() {
            self.entries.insert(key.to_owned(), entry);
        }
    }

    /// Python's `str(value)`. Without marks, its maps are of the given class.
    pub fn str(&self, value: &Value, maps: MapClass) -> String {
        if let Some(foreign) = self.own(value) {
            return foreign.shown.clone();
        }
        if self.is_empty() { repr::str(value, maps) } else { self.repr(value) }
    }

    /// Python's `repr(value)`.
    fn repr(&self, value: &Value) -> String {
        // No deeper than the marks themselves, which the reader limits.
        if let Some(foreign) = self.own(value) {
            return foreign.repr.clone();
        }
        match value {
            Value::List(items) if !self.is_empty() => {
                let items = items.iter().enumerate().map(|(i, item)| self.item(i).repr(item));
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
            Value::Map(map) if !self.is_empty() => {
                let entry = |(key, value): (&oxaws_value::Key, &Value)| {
                    let name =
                        self.key(key).map_or_else(|| oxaws_python::repr_str(key), |foreign| foreign.repr.clone());
                    format!("{name}: {}", self.entry(key).repr(value))
                };
                format!("{{{}}}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
            other => repr::repr(other, MapClass::Dict),
        }
    }
}
