//! From a value to sections.

use super::section::{Cell, Section};
use crate::{MAX_DEPTH, OutputError};
use oxaws_value::repr::{MapClass, type_name};
use oxaws_value::{Map, Value};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Hands the sections of `value`, which is truthy, to `each`, in their order.
pub(super) fn sections<'a>(
    title: &'a str,
    value: &'a Value,
    each: &mut dyn FnMut(&Section<'a>) -> Result<(), OutputError>,
) -> Result<(), OutputError> {
    let mut builder = Builder { last: None, each, scratch: String::new() };
    builder.value(Some(title), value, 0, 0)?;
    builder.end_section()
}

struct Builder<'a, 'e> {
    /// The section that was begun last, which is where rows go.
    last: Option<Section<'a>>,
    each: &'e mut dyn FnMut(&Section<'a>) -> Result<(), OutputError>,
    scratch: String,
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Map(_))
}

impl<'a> Builder<'a, '_> {
    fn begin(&mut self, title: Option<&'a str>, indent: usize) -> Result<(), OutputError> {
        self.end_section()?;
        self.last = Some(Section::new(title, indent));
        Ok(())
    }

    fn end_section(&mut self) -> Result<(), OutputError> {
        self.last.take().map_or(Ok(()), |section| (self.each)(&section))
    }

    fn current(&mut self) -> &mut Section<'a> {
        self.last.get_or_insert_with(|| Section::new(None, 0))
    }

    fn add_row(&mut self, count: usize, cells: impl Iterator<Item = Cell<'a>>) -> Result<(), OutputError> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let result = self.current().add_row(count, cells, &mut scratch);
        self.scratch = scratch;
        result
    }

    /// Without a title the rows go to the section that was begun last.
    fn value(
        &mut self,
        title: Option<&'a str>,
        value: &'a Value,
        indent: usize,
        depth: usize,
    ) -> Result<(), OutputError> {
        if depth > MAX_DEPTH {
            return Err(OutputError::TooDeep);
        }
        if !value.is_truthy() {
            return Ok(());
        }
        if title.is_some() {
            self.begin(title, indent)?;
        }
        match value {
            Value::Map(map) => self.map(map, indent, depth),
            Value::List(items) if matches!(items.first(), Some(Value::Map(_))) => {
                self.maps(title, items, indent, depth)
            }
            Value::List(items) => self.list(items, depth),
            _ => Ok(()),
        }
    }

    /// A list that doesn't begin with a map.
    fn list(&mut self, items: &'a [Value], depth: usize) -> Result<(), OutputError> {
        for item in items {
            match item {
                Value::List(cells) if cells.iter().all(is_scalar) => {
                    self.add_row(cells.len(), cells.iter().map(Cell::Value))?;
                }
                // Iterating over a map gives its keys.
                Value::Map(map) => self.add_row(map.len(), map.keys().map(|key| Cell::Text(key)))?,
                Value::List(_) => self.value(None, item, 0, depth + 1)?,
                scalar => self.add_row(1, std::iter::once(Cell::Value(scalar)))?,
            }
        }
        Ok(())
    }

    /// The scalars of a map as one row, or `key | value` where there is only one; then the rest as sections.
    fn map(&mut self, map: &'a Map, indent: usize, depth: usize) -> Result<(), OutputError> {
        let mut entries: Vec<(&'a str, &'a Value)> = map.iter().map(|(k, v)| (&**k, v)).collect();
        entries.sort_unstable_by_key(|(k, _)| *k);
        let scalars = || entries.iter().filter(|(_, v)| is_scalar(v));
        match scalars().count() {
            0 => {}
            1 => {
                for (key, value) in scalars() {
                    self.add_row(2, [Cell::Text(key), Cell::Value(value)].into_iter())?;
                }
            }
            count => {
                let heads = scalars().map(|(key, _)| *key).collect();
                self.current().set_heads(heads)?;
                self.add_row(count, scalars().map(|(_, value)| Cell::Value(value)))?;
            }
        }
        for (key, value) in entries.iter().filter(|(_, v)| !is_scalar(v)) {
            self.value(Some(key), value, indent + 1, depth + 1)?;
        }
        Ok(())
    }

    /// A list of maps: a row each under common heads. Where any map holds more than scalars, each begins a section, so
    /// that its own sections can follow it.
    fn maps(
        &mut self,
        title: Option<&'a str>,
        items: &'a [Value],
        indent: usize,
        depth: usize,
    ) -> Result<(), OutputError> {
        let Keys { heads, more, numbers } = keys(items)?;
        self.current().set_heads(Rc::clone(&heads))?;
        for (i, item) in items.iter().enumerate() {
            if i > 0 && !more.is_empty() {
                self.begin(title, indent)?;
                self.current().set_heads(Rc::clone(&heads))?;
            }
            let Value::Map(map) = item else {
                self.stray(item, heads.is_empty() && !numbers, &more)?;
                continue;
            };
            let cell = |head: &&'a str| map.get(head).map_or(Cell::Text(""), Cell::Value);
            self.add_row(heads.len(), heads.iter().map(cell))?;
            for key in &more {
                if let Some(value) = map.get(key) {
                    self.value(Some(key), value, indent + 1, depth + 1)?;
                }
            }
        }
        Ok(())
    }

    /// An item that is no map in a list that begins with one: passes as an empty row while no column asks it for a cell.
    fn stray(&mut self, item: &Value, no_heads: bool, more: &[&str]) -> Result<(), OutputError> {
        if !no_heads {
            return Err(OutputError::NoAttribute { kind: type_name(item, MapClass::Dict), attribute: "get" });
        }
        self.add_row(0, std::iter::empty())?;
        // Python finds the empty key in the empty string, and then looks it up there.
        if matches!(item, Value::String(_)) && more.contains(&"") { Err(OutputError::StringIndices) } else { Ok(()) }
    }
}

/// What the maps of a list hold.
struct Keys<'a> {
    /// The keys that hold a scalar in any of them, sorted.
    heads: Rc<[&'a str]>,
    /// The keys that hold anything else in any of them, sorted.
    more: Vec<&'a str>,
    /// Whether a list of numbers stands among the maps, whose numbers count as heads.
    numbers: bool,
}

fn keys(items: &[Value]) -> Result<Keys<'_>, OutputError> {
    let (mut heads, mut more, mut numbers) = (BTreeSet::new(), BTreeSet::new(), false);
    let mut before: Vec<(&str, bool)> = Vec::new();
    for item in items {
        match item {
            Value::Map(map) => {
                let kinds = || map.iter().map(|(key, value)| (&**key, is_scalar(value)));
                // Most maps have the keys of the one before.
                if !kinds().eq(before.iter().copied()) {
                    before.clear();
                    before.extend(kinds());
                    for (key, scalar) in kinds() {
                        let set = if scalar { &mut heads } else { &mut more };
                        set.insert(key);
                    }
                }
            }
            // The AWS CLI takes whatever it is for a map, and looks up its items in it.
            Value::String(s) if s.is_empty() => {}
            Value::String(_) => return Err(OutputError::StringIndices),
            Value::List(list) => {
                for index in list {
                    let number = match index {
                        Value::Int(n) => *n,
                        Value::Bool(b) => i64::from(*b),
                        Value::BigInt(_) => return Err(OutputError::HugeIndex),
                        other => return Err(OutputError::ListIndices { kind: type_name(other, MapClass::Dict) }),
                    };
                    let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
                    if !(-length..length).contains(&number) {
                        return Err(OutputError::IndexRange);
                    }
                    numbers = true;
                }
            }
            scalar => return Err(OutputError::NotIterable { kind: type_name(scalar, MapClass::Dict) }),
        }
    }
    Ok(Keys { heads: heads.into_iter().collect(), more: more.into_iter().collect(), numbers })
}
