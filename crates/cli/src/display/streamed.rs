//! Results printed as JSON whose lists become text while replies are read: neither all pages nor a long reply are ever
//! held as values.

use crate::context::Context;
use crate::error::Failure;
use oxaws_client::PageLists;
use oxaws_jmespath::Expression;
use oxaws_output::Format;
use oxaws_output::json::Listing;
use oxaws_value::{Map, Value};

/// What will be printed, as far as it is known.
pub(super) struct Streamed<'e> {
    listing: Listing,
    query: Option<Query<'e>>,
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

impl<'e> Streamed<'e> {
    /// For a result with lists at `paths`; `None` where `expression` asks for more than parts of one of them.
    pub(super) fn new(expression: Option<&'e Expression>, paths: &[Vec<String>]) -> Option<Streamed<'e>> {
        let Some(expression) = expression else {
            return Some(Streamed { listing: Listing::new(paths.to_vec()), query: None });
        };
        let mapped = expression.mapped_list()?;
        let list = paths.iter().position(|path| *path == mapped)?;
        let root = mapped.iter().rev().fold(Value::List(Vec::new()), |inner, name| {
            let outer: Map = [((*name).to_owned(), inner)].into_iter().collect();
            Value::Map(outer)
        });
        let query = Query { expression, list, root, failure: None, settled: false };
        // What the query gives is a list itself.
        Some(Streamed { listing: Listing::new([Vec::new()]), query: Some(query) })
    }

    /// Prints the result: `rest` has empty lists in place of those that were taken.
    pub(super) fn print(self, cx: &Context, pager: Option<&str>, rest: &Value) -> Result<(), Failure> {
        let failed = |e: oxaws_jmespath::RuntimeError| Failure::General(e.to_string());
        match self.query {
            None => cx.ui.formatted(Format::Json, pager, |out| Ok(self.listing.write(out, rest)?)),
            Some(Query { failure: Some(text), .. }) => Err(Failure::General(text)),
            Some(_) if self.listing.has(0) => {
                cx.ui.formatted(Format::Json, pager, |out| Ok(self.listing.write(out, &Value::List(Vec::new()))?))
            }
            Some(query) => {
                let shown = query.expression.search_cow(rest).map_err(failed)?;
                cx.ui.formatted(Format::Json, pager, |out| Ok(oxaws_output::json::write_json(out, &shown)?))
            }
        }
    }
}

impl PageLists for Streamed<'_> {
    fn element(&mut self, list: usize, element: Value) {
        let Some(query) = &mut self.query else { return self.listing.push(list, &element) };
        if query.list != list || query.failure.is_some() {
            return;
        }
        if let Some(only) = only_list(&mut query.root) {
            only.clear();
            only.push(element);
        }
        let listing = &mut self.listing;
        if let Err(e) = query.expression.search_each(&query.root, |part| listing.push(0, part)) {
            query.failure = Some(e.to_string());
        }
    }

    fn settle(&mut self, list: usize, keep: bool) {
        let Some(query) = &mut self.query else { return self.listing.settle(list, keep) };
        if query.list != list {
            return;
        }
        self.listing.settle(0, keep);
        if keep {
            query.settled = query.failure.is_some();
        } else if !query.settled {
            query.failure = None;
        }
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
