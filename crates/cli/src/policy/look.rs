//! What the answers of an operation say beside what is printed of them: failures of a part of the work, and results that
//! are empty.

use super::{Policy, partial};
use oxaws_jmespath::Expression;
use oxaws_model::{Operation, ShapeKind};
use oxaws_value::Value;
use std::cell::Cell;

/// Looks at each answer of one command.
#[derive(Debug)]
pub struct Look<'a> {
    policy: &'a Policy,
    operation: Operation,
    /// Failures are counted.
    counts: bool,
    /// The lists whose elements are the result; `None` where nobody asks whether there is a result.
    lists: Option<Vec<Expression>>,
    /// A result was there.
    found: Cell<bool>,
    /// Whether the result of a query was there; `None` without a query.
    queried: Cell<Option<bool>>,
}

impl<'a> Look<'a> {
    pub(super) fn new(policy: &'a Policy, operation: Operation, counts: bool, matches: bool) -> Look<'a> {
        let lists = matches.then(|| result_lists(operation));
        Look { policy, operation, counts, lists, found: Cell::new(false), queried: Cell::new(None) }
    }

    /// Looks at an answer, or at a page of one, as it is printed before `--query`.
    pub(crate) fn answer(&self, answer: &Value) {
        if self.counts {
            self.policy.partial(partial::of(self.operation, answer));
        }
        for list in self.lists.iter().flatten() {
            // An expression of the model that fails finds nothing.
            if list.search(answer).is_ok_and(|found| !is_empty(&found)) {
                self.found.set(true);
            }
        }
    }

    /// Whether the result of a query is asked about, whatever is printed.
    pub(crate) fn asks_for_matches(&self) -> bool {
        self.lists.is_some()
    }

    /// Looks at the result of `--query`, or at that of one page.
    pub(crate) fn queried(&self, result: &Value) {
        let before = self.queried.get().unwrap_or(false);
        self.queried.set(Some(before || !is_empty(result)));
    }

    /// The command has printed everything.
    pub(crate) fn finish(self) {
        let Some(lists) = &self.lists else { return };
        // An operation without a list of results has nothing that could be empty.
        let nothing = match self.queried.get() {
            Some(found) => !found,
            None => !lists.is_empty() && !self.found.get(),
        };
        if nothing {
            self.policy.nothing_matched();
        }
    }
}

/// The lists whose elements are an operation's result: those that paging merges, or the only list of its output.
fn result_lists(operation: Operation) -> Vec<Expression> {
    if let Some(paginator) = operation.paginator() {
        return paginator.result_keys().filter_map(|key| oxaws_jmespath::compile(key).ok()).collect();
    }
    let members = operation.output().into_iter().flat_map(|output| output.members());
    let mut lists = members.filter(|member| member.shape().kind() == ShapeKind::List);
    match (lists.next(), lists.next()) {
        (Some(list), None) => oxaws_jmespath::compile(&format!("\"{}\"", list.name())).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Nothing, in the forms in which a result shows it.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Bytes(_) => false,
    }
}
