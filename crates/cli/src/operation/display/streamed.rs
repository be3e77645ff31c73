//! Results whose lists become text while replies are read: neither all pages nor a long reply are ever
//! held as values.

use crate::failure::Failure;
use oxaws_client::PageLists;
use oxaws_jmespath::Expression;
use oxaws_output::text::Lines;
use oxaws_output::{Format, Listing, OutputError};
use oxaws_value::{Map, Value};
use std::io::Write;

/// What will be printed, as far as it is known.
pub(super) struct Streamed<'e> {
    lists: Lists,
    query: Option<Query<'e>>,
}

/// The lists as they will be printed.
enum Lists {
    Listing(Listing),
    Text(Lines),
}

/// A `--query` that maps the elements of a list: it is applied to each by itself.
struct Query<'e> {
    expression: &'e Expression,
    /// The number of the list it maps.
    list: usize,
    /// A result with a list of the one element that the expression is applied to.
    root: Value,
    /// The first failure, and whether it is one of the result: it shows once all pages have come.
    failure: Option<String>,
    settled: bool,
}

impl Lists {
    fn new(format: Format, paths: impl IntoIterator<Item = Vec<String>>) -> Option<Lists> {
        match format {
            Format::Text => Some(Lists::Text(Lines::new(paths))),
            _ => Listing::new(format, paths).map(Lists::Listing),
        }
    }

    fn push(&mut self, list: usize, element: &Value) {
        match self {
            Lists::Listing(listing) => listing.push(list, element),
            Lists::Text(lines) => lines.push(list, element),
        }
    }

    fn settle(&mut self, list: usize, keep: bool) {
        match self {
            Lists::Listing(listing) => listing.settle(list, keep),
            Lists::Text(lines) => lines.settle(list, keep),
        }
    }

    fn has(&self, list: usize) -> bool {
        match self {
            Lists::Listing(listing) => listing.has(list),
            Lists::Text(lines) => lines.has(list),
        }
    }

    fn write(&self, out: &mut dyn Write, rest: &Value) -> Result<(), OutputError> {
        match self {
            Lists::Listing(listing) => listing.write(out, rest),
            Lists::Text(lines) => lines.write(out, rest),
        }
    }

    fn clear(&mut self) {
        match self {
            Lists::Listing(listing) => listing.clear(),
            Lists::Text(lines) => lines.clear(),
        }
    }
}

impl<'e> Streamed<'e> {
    /// For a result with lists at `paths`; `None` where there is none, where `expression` asks for more than parts of one
    /// of them, and in formats that need all of a result.
    pub(super) fn new(
        format: Format,
        expression: Option<&'e Expression>,
        paths: &[Vec<String>],
    ) -> Option<Streamed<'e>> {
        if paths.is_empty() {
            return None;
        }
        // What isn't printed isn't searched.
        let Some(expression) = expression.filter(|_| format != Format::Off) else {
            return Some(Streamed { lists: Lists::new(format, paths.to_vec())?, query: None });
        };
        let mapped = expression.mapped_list()?;
        let list = paths.iter().position(|path| *path == mapped)?;
        let root = mapped.iter().rev().fold(Value::List(Vec::new()), |inner, name| {
            let outer: Map = [((*name).to_owned(), inner)].into_iter().collect();
            Value::Map(outer)
        });
        let query = Query { expression, list, root, failure: None, settled: false };
        // What the query gives is a list itself.
        Some(Streamed { lists: Lists::new(format, [Vec::new()])?, query: Some(query) })
    }

    /// Writes the result, or a page of it: `rest` has empty lists in place of those that were taken.
    pub(super) fn write(&self, out: &mut dyn Write, rest: &Value) -> Result<(), Failure> {
        match &self.query {
            None => Ok(self.lists.write(out, rest)?),
            Some(Query { failure: Some(text), .. }) => Err(Failure::invalid(text.clone())),
            Some(_) if self.lists.has(0) => Ok(self.lists.write(out, &Value::List(Vec::new()))?),
            // Where there is no such list, the result is null, or whatever stands in its place.
            Some(query) => Ok(self.lists.write(out, &*super::query(Some(query.expression), rest)?)?),
        }
    }

    /// Makes room for the next page, where each is a result of its own.
    pub(super) fn next_page(&mut self) {
        self.lists.clear();
    }
}

impl PageLists for Streamed<'_> {
    fn element(&mut self, list: usize, element: &mut Value) {
        let Some(query) = &mut self.query else { return self.lists.push(list, element) };
        if query.list != list || query.failure.is_some() {
            return;
        }
        if let Some(only) = only_list(&mut query.root) {
            only.clear();
            only.push(std::mem::take(element));
        }
        let lists = &mut self.lists;
        if let Err(e) = query.expression.search_each(&query.root, |part| lists.push(0, part)) {
            query.failure = Some(e.to_string());
        }
        if let Some(searched) = only_list(&mut query.root).and_then(Vec::pop) {
            *element = searched;
        }
    }

    fn settle(&mut self, list: usize, keep: bool) {
        let Some(query) = &mut self.query else { return self.lists.settle(list, keep) };
        if query.list != list {
            return;
        }
        self.lists.settle(0, keep);
        if keep {
            query.settled = query.failure.is_some();
        } else if !query.settled {
            query.failure = None;
        }
    }

    fn need_all(&self) -> bool {
        matches!(&self.lists, Lists::Text(lines) if lines.need_all())
    }
}

/// The list at the end of maps of one entry.
fn only_list(value: &mut Value) -> Option<&mut Vec<Value>> {
    match value {
        Value::List(list) => Some(list),
        Value::Map(map) => only_list(map.iter_mut().next()?.1),
        _ => None,
    }
}
