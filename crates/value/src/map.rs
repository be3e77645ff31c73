//! An insertion-ordered map that is a plain vector while small, and indexed once it isn't.

use crate::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// A map key: the models' member names are static, everything else is owned.
pub type Key = Cow<'static, str>;

/// Above this many entries a hash index is kept beside the vector.
const INDEX_FROM: usize = 24;

/// An insertion-ordered map from text to [`Value`]. Setting a key that is there replaces its value in place.
#[derive(Debug, Clone, Default)]
pub struct Map {
    entries: Vec<(Key, Value)>,
    #[allow(clippy::box_collection, reason = "most maps have no index: a pointer keeps them small")]
    index: Option<Box<HashMap<Key, usize>>>,
}

impl Map {
    /// An empty map.
    pub fn new() -> Self {
        Map::default()
    }

    /// An empty map with room for `n` entries.
    pub fn with_capacity(n: usize) -> Self {
        Map { entries: Vec::with_capacity(n), index: None }
    }

    /// The map of these entries. A key that repeats keeps its first place and its last value.
    pub fn from_entries(entries: Vec<(Key, Value)>) -> Self {
        // Few keys are compared with each other faster than they are looked up.
        const FEW: usize = 8;
        let repeats = |at: usize, (key, _): &(Key, Value)| entries[..at].iter().any(|(other, _)| other == key);
        if entries.len() <= FEW && !entries.iter().enumerate().any(|(at, entry)| repeats(at, entry)) {
            return Map { entries, index: None };
        }
        let mut map = Map::with_capacity(entries.len());
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }

    /// The map of these entries, whose keys are known to differ: names of a structure's members.
    ///
    /// With keys that repeat, which of their values counts is open.
    pub fn from_distinct(entries: Vec<(Key, Value)>) -> Self {
        if entries.len() > INDEX_FROM { Map::from_entries(entries) } else { Map { entries, index: None } }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn position(&self, key: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(key).copied(),
            None => self.entries.iter().position(|(k, _)| k == key),
        }
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.position(key).map(|i| &self.entries[i].1)
    }

    /// The value of `key`, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.position(key).map(|i| &mut self.entries[i].1)
    }

    /// Whether `key` is there.
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// Sets `key`; returns the value it had. A key that was there keeps its place.
    pub fn insert(&mut self, key: impl Into<Key>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        if let Some(i) = self.position(&key) {
            return Some(std::mem::replace(&mut self.entries[i].1, value));
        }
        if let Some(index) = &mut self.index {
            index.insert(key.clone(), self.entries.len());
        } else if self.entries.len() + 1 > INDEX_FROM {
            let mut index: HashMap<Key, usize> =
                self.entries.iter().enumerate().map(|(i, e)| (e.0.clone(), i)).collect();
            index.insert(key.clone(), self.entries.len());
            self.index = Some(Box::new(index));
        }
        self.entries.push((key, value));
        None
    }

    /// Takes `key` out; the order of the rest stays.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.position(key)?;
        let (_, value) = self.entries.remove(at);
        if let Some(index) = &mut self.index {
            index.remove(key);
            index.values_mut().filter(|i| **i > at).for_each(|i| *i -= 1);
        }
        Some(value)
    }

    /// The value of `key`, set to what `default` gives when it isn't there.
    pub fn entry_or_insert_with(&mut self, key: impl Into<Key>, default: impl FnOnce() -> Value) -> &mut Value {
        let key = key.into();
        let at = match self.position(&key) {
            Some(at) => at,
            None => {
                self.insert(key, default());
                self.entries.len() - 1
            }
        };
        &mut self.entries[at].1
    }

    /// The entries, in the vector that holds them.
    pub fn into_entries(self) -> Vec<(Key, Value)> {
        self.entries
    }

    /// The entries in order.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.entries.iter())
    }

    /// The entries in order, values to change.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&Key, &mut Value)> {
        self.entries.iter_mut().map(|(k, v)| (&*k, v))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Key> + ExactSizeIterator {
        self.entries.iter().map(|(k, _)| k)
    }

    /// The values in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.entries.iter().map(|(_, v)| v)
    }
}

/// The entries of a [`Map`] in order.
#[derive(Debug, Clone)]
pub struct Iter<'a>(std::slice::Iter<'a, (Key, Value)>);

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Key, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(k, v)| (k, v))
    }

    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.0.nth(n).map(|(k, v)| (k, v))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(k, v)| (k, v))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl IntoIterator for Map {
    type Item = (Key, Value);
    type IntoIter = std::vec::IntoIter<(Key, Value)>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<K: Into<Key>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Map::new();
        for (k, v) in entries {
            map.insert(k, v);
        }
        map
    }
}

/// Maps are equal when they hold the same entries, in any order.
impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(k, v)| other.get(k) == Some(v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_replaces_in_place_at_every_size() {
        let mut map = Map::new();
        for i in 0..100i64 {
            assert!(map.insert(format!("k{i}"), i).is_none());
        }
        assert_eq!(map.insert("k3", 33i64), Some(Value::Int(3)));
        assert_eq!(map.remove("k0"), Some(Value::Int(0)));
        let keys: Vec<_> = map.keys().take(3).map(|k| k.to_string()).collect();
        assert_eq!(keys, ["k1", "k2", "k3"]);
        assert_eq!(map.get("k99"), Some(&Value::Int(99)));
        assert_eq!(map.get("k3"), Some(&Value::Int(33)));
        assert!(map.get("k0").is_none());
    }
}
