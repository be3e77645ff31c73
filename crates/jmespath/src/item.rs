//! What evaluation passes about: values borrowed from the input or the expression wherever that can be, so that a query
//! of a large reply copies only what it prints.

use crate::ast::Id;
use crate::error::RuntimeError;
use crate::number::{self, Num};
use crate::pytext;
use oxaws_value::{Map, Value};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

/// A value in flight; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) enum Item<'a> {
    /// A part of the input, or a literal of the expression.
    Ref(&'a Value),
    Null,
    Bool(bool),
    Int(i64),
    /// As [`Value::BigInt`].
    Big(Rc<str>),
    Float(f64),
    /// A member's name.
    Text(&'a str),
    Str(Rc<str>),
    List(Rc<Vec<Item<'a>>>),
    Map(Rc<ItemMap<'a>>),
    Expref(Id),
}

/// What an [`Item`] is, however it is held.
pub(crate) enum View<'v, 'a> {
    Null,
    Bool(bool),
    Number(Num<'v>),
    Str(&'v str),
    Bytes(&'v [u8]),
    List(List<'v, 'a>),
    Map(Members<'v, 'a>),
    Expref,
}

/// A list, however it is held.
#[derive(Clone, Copy)]
pub(crate) enum List<'v, 'a> {
    Plain(&'a [Value]),
    Made(&'v [Item<'a>]),
}

impl<'v, 'a> List<'v, 'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            List::Plain(l) => l.len(),
            List::Made(l) => l.len(),
        }
    }

    pub(crate) fn get(self, i: usize) -> Option<Item<'a>> {
        match self {
            List::Plain(l) => l.get(i).map(Item::Ref),
            List::Made(l) => l.get(i).cloned(),
        }
    }

    pub(crate) fn iter(self) -> impl DoubleEndedIterator<Item = Item<'a>> + 'v {
        let (plain, made): (&'a [Value], &'v [Item<'a>]) = match self {
            List::Plain(l) => (l, &[]),
            List::Made(l) => (&[], l),
        };
        plain.iter().map(Item::Ref).chain(made.iter().cloned())
    }
}

/// A map, however it is held.
#[derive(Clone, Copy)]
pub(crate) enum Members<'v, 'a> {
    Plain(&'a Map),
    Made(&'v ItemMap<'a>),
}

impl<'v, 'a> Members<'v, 'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            Members::Plain(m) => m.len(),
            Members::Made(m) => m.entries.len(),
        }
    }

    pub(crate) fn get(self, key: &str) -> Option<Item<'a>> {
        match self {
            Members::Plain(m) => m.get(key).map(Item::Ref),
            Members::Made(m) => m.get(key),
        }
    }

    pub(crate) fn iter(self) -> Box<dyn Iterator<Item = (Cow<'a, str>, Item<'a>)> + 'v> {
        match self {
            Members::Plain(m) => Box::new(m.iter().map(|(k, v)| (Cow::Borrowed(k.as_ref()), Item::Ref(v)))),
            Members::Made(m) => Box::new(m.entries.iter().cloned()),
        }
    }
}

/// Above this many entries an index is kept.
const INDEX_FROM: usize = 24;

/// A map that evaluation made: insertion-ordered, as Python's.
#[derive(Debug, Default)]
pub(crate) struct ItemMap<'a> {
    entries: Vec<(Cow<'a, str>, Item<'a>)>,
    index: HashMap<Cow<'a, str>, usize>,
}

impl<'a> ItemMap<'a> {
    pub(crate) fn with_capacity(n: usize) -> Self {
        ItemMap { entries: Vec::with_capacity(n), index: HashMap::new() }
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.index.is_empty() {
            return self.entries.iter().position(|(k, _)| k == key);
        }
        self.index.get(key).copied()
    }

    pub(crate) fn get(&self, key: &str) -> Option<Item<'a>> {
        self.position(key).map(|i| self.entries[i].1.clone())
    }

    /// Sets `key`; one that is there keeps its place.
    pub(crate) fn insert(&mut self, key: Cow<'a, str>, value: Item<'a>) {
        if let Some(i) = self.position(&key) {
            self.entries[i].1 = value;
            return;
        }
        if !self.index.is_empty() {
            self.index.insert(key.clone(), self.entries.len());
        }
        self.entries.push((key, value));
        if self.entries.len() == INDEX_FROM {
            self.index = self.entries.iter().enumerate().map(|(i, (k, _))| (k.clone(), i)).collect();
        }
    }
}

impl<'a> Item<'a> {
    pub(crate) fn view(&self) -> View<'_, 'a> {
        match self {
            Item::Ref(value) => match value {
                Value::Null => View::Null,
                Value::Bool(b) => View::Bool(*b),
                Value::Int(n) => View::Number(Num::Int(*n)),
                Value::BigInt(t) => View::Number(Num::Big(t)),
                Value::Float(f) => View::Number(Num::Float(*f)),
                Value::String(s) => View::Str(s),
                Value::Bytes(b) => View::Bytes(b),
                Value::List(l) => View::List(List::Plain(l)),
                Value::Map(m) => View::Map(Members::Plain(m)),
            },
            Item::Null => View::Null,
            Item::Bool(b) => View::Bool(*b),
            Item::Int(n) => View::Number(Num::Int(*n)),
            Item::Big(t) => View::Number(Num::Big(t)),
            Item::Float(f) => View::Number(Num::Float(*f)),
            Item::Text(s) => View::Str(s),
            Item::Str(s) => View::Str(s),
            Item::List(l) => View::List(List::Made(l)),
            Item::Map(m) => View::Map(Members::Made(m)),
            Item::Expref(_) => View::Expref,
        }
    }

    pub(crate) fn list(items: Vec<Item<'a>>) -> Self {
        Item::List(Rc::new(items))
    }

    pub(crate) fn string(text: &str) -> Self {
        Item::Str(text.into())
    }

    pub(crate) fn key(key: Cow<'a, str>) -> Self {
        match key {
            Cow::Borrowed(k) => Item::Text(k),
            Cow::Owned(k) => Item::Str(k.into()),
        }
    }

    /// An integer of any size, from its canonical digits.
    pub(crate) fn integer(digits: &str) -> Self {
        digits.parse().map_or_else(|_| Item::Big(digits.into()), Item::Int)
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Item::Null | Item::Ref(Value::Null))
    }

    /// The language's own truth: null, `false` and empty texts, lists and maps are false, every number is true.
    pub(crate) fn is_true(&self) -> bool {
        match self.view() {
            View::Null => false,
            View::Bool(b) => b,
            View::Str(s) => !s.is_empty(),
            View::List(l) => l.len() > 0,
            View::Map(m) => m.len() > 0,
            View::Number(_) | View::Bytes(_) | View::Expref => true,
        }
    }

    /// `!`: Python's truth, but for zero.
    pub(crate) fn negated(&self) -> bool {
        match self.view() {
            View::Bytes(b) => b.is_empty(),
            _ => !self.is_true(),
        }
    }

    /// The name of its type in Python.
    pub(crate) fn python_type(&self) -> &'static str {
        match self.view() {
            View::Null => "NoneType",
            View::Bool(_) => "bool",
            View::Number(Num::Float(_)) => "float",
            View::Number(_) => "int",
            View::Str(_) => "str",
            View::Bytes(_) => "bytes",
            View::List(_) => "list",
            View::Map(_) => "dict",
            View::Expref => "_Expression",
        }
    }

    /// The name of its type in the language.
    pub(crate) fn type_name(&self) -> &'static str {
        match self.view() {
            View::Null => "null",
            View::Bool(_) => "boolean",
            View::Number(_) => "number",
            View::Str(_) => "string",
            View::Bytes(_) => "unknown",
            View::List(_) => "array",
            View::Map(_) => "object",
            View::Expref => "expref",
        }
    }

    /// Whether `==` holds: Python's equality, but no boolean equals a number.
    pub(crate) fn equals(&self, other: &Item<'_>) -> bool {
        match (self.view(), other.view()) {
            (View::Bool(_), View::Number(_)) | (View::Number(_), View::Bool(_)) => false,
            (a, b) => equal_views(a, b),
        }
    }

    /// How Python's `in` and `==` of lists compare elements: `True` equals 1, and what is the same object is equal.
    pub(crate) fn same_or_equal(&self, other: &Item<'_>) -> bool {
        match (self, other) {
            (Item::Ref(a), Item::Ref(b)) if std::ptr::eq(*a, *b) => true,
            _ => equal_views(self.view(), other.view()),
        }
    }

    /// Their order, if there is one. `operator` names what asked for it.
    pub(crate) fn compare(&self, operator: &'static str, other: &Item<'a>) -> Result<Option<Ordering>, RuntimeError> {
        match (self.view(), other.view()) {
            (View::Number(a), View::Number(b)) => Ok(number::compare(a, b)),
            (View::Str(a), View::Str(b)) => Ok(Some(a.cmp(b))),
            _ => Err(RuntimeError::NotOrdered { operator, left: self.python_type(), right: other.python_type() }),
        }
    }

    /// As a value of its own.
    pub(crate) fn into_value(self) -> Result<Value, RuntimeError> {
        Ok(match self {
            Item::Ref(v) => v.clone(),
            Item::Null => Value::Null,
            Item::Bool(b) => Value::Bool(b),
            Item::Int(n) => Value::Int(n),
            Item::Big(t) => Value::BigInt(t.as_ref().into()),
            Item::Float(f) => Value::Float(f),
            Item::Text(s) => Value::String(s.to_owned()),
            Item::Str(s) => Value::String(s.as_ref().to_owned()),
            Item::List(l) => {
                let mut list = Vec::with_capacity(l.len());
                for item in l.iter() {
                    list.push(item.clone().into_value()?);
                }
                Value::List(list)
            }
            Item::Map(m) => {
                let mut map = Map::with_capacity(m.entries.len());
                for (k, v) in &m.entries {
                    map.insert(k.clone().into_owned(), v.clone().into_value()?);
                }
                Value::Map(map)
            }
            Item::Expref(_) => return Err(RuntimeError::ExpressionResult),
        })
    }

    /// As `json.dumps(default=str)` sees it: bytes and expression references are their Python text.
    pub(crate) fn to_printable(&self) -> Cow<'a, Value> {
        match (self, self.view()) {
            (Item::Ref(v), _) if !has_bytes(v) => Cow::Borrowed(*v),
            (_, View::List(l)) => Cow::Owned(Value::List(l.iter().map(|i| i.to_printable().into_owned()).collect())),
            (_, View::Map(m)) => {
                let entries = m.iter().map(|(k, v)| (k.into_owned(), v.to_printable().into_owned()));
                Cow::Owned(Value::Map(entries.collect()))
            }
            (_, View::Bytes(_) | View::Expref) => Cow::Owned(Value::String(pytext::item_text(self))),
            // Nothing but an expression reference has no value.
            _ => Cow::Owned(self.clone().into_value().unwrap_or_default()),
        }
    }
}

fn has_bytes(value: &Value) -> bool {
    match value {
        Value::Bytes(_) => true,
        Value::List(l) => l.iter().any(has_bytes),
        Value::Map(m) => m.values().any(has_bytes),
        _ => false,
    }
}

fn equal_views(a: View, b: View) -> bool {
    match (a, b) {
        (View::Null, View::Null) => true,
        (View::Bool(a), View::Bool(b)) => a == b,
        (View::Bool(a), View::Number(b)) | (View::Number(b), View::Bool(a)) => {
            number::compare(Num::Int(a.into()), b) == Some(Ordering::Equal)
        }
        (View::Number(a), View::Number(b)) => number::compare(a, b) == Some(Ordering::Equal),
        (View::Str(a), View::Str(b)) => a == b,
        (View::Bytes(a), View::Bytes(b)) => a == b,
        (View::List(a), View::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same_or_equal(&b))
        }
        (View::Map(a), View::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(&k).is_some_and(|w| v.same_or_equal(&w)))
        }
        _ => false,
    }
}
