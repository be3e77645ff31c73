//! Follows the pages of an operation, as botocore's paginators do.

pub mod lists;

use crate::error::CallError;
use crate::pages::lists::{Apart, PageLists};
use crate::session::{ClientOptions, Session};
use crate::types::input::CallInput;
use oxaws_failure::Cause;
use oxaws_input::token::{self, TRUNCATE_KEY};
use oxaws_jmespath::Expression;
use oxaws_model::{Operation, ShapeKind};
use oxaws_value::{Map, Value};
use std::borrow::Cow;

/// Where a merged result tells how to go on.
const RESUME_KEY: &str = "NextToken";

/// The paging options of a command line.
#[derive(Debug, Clone, Default)]
pub struct Paging {
    /// `--starting-token`
    pub starting_token: Option<String>,
    /// `--page-size`, as typed.
    pub page_size: Option<String>,
    /// `--max-items`
    pub max_items: Option<i64>,
}

/// The pages of one operation, fetched as they are asked for.
pub struct Pages<'a, 'w> {
    session: &'a Session<'w>,
    /// What the caller sets for the calls of the pages.
    options: ClientOptions,
    operation: Operation,
    input: CallInput,
    input_tokens: Vec<&'static str>,
    output_tokens: Vec<Expression>,
    more_results: Option<Expression>,
    result_keys: Vec<Expression>,
    non_aggregate: Vec<Expression>,
    max_items: Option<i64>,
    start: Option<token::StartingToken>,
    next_token: Map,
    previous: Option<Map>,
    total: i64,
    first: bool,
    done: bool,
    non_aggregate_part: Map,
    resume: Option<String>,
    deferred: Option<CallError>,
    /// Whether [`Pages::list_paths`] are to be had.
    disjoint: bool,
}

impl std::fmt::Debug for Pages<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pages({:?})", self.operation)
    }
}

fn compile(text: &str) -> Result<Expression, CallError> {
    oxaws_jmespath::compile(text).map_err(|e| CallError::bug(Cause::of(e)))
}

fn find<'a>(expression: &'a Expression, value: &'a Value) -> Result<Cow<'a, Value>, CallError> {
    expression.search_cow(value).map_err(|e| CallError::bad_reply(Cause::of(e)))
}

fn search(expression: &Expression, value: &Value) -> Result<Value, CallError> {
    find(expression, value).map(Cow::into_owned)
}

impl<'a, 'w> Pages<'a, 'w> {
    pub(crate) fn new(
        session: &'a Session<'w>,
        operation: Operation,
        input: CallInput,
        paging: &Paging,
    ) -> Result<Self, CallError> {
        let rules = operation
            .paginator()
            .ok_or_else(|| CallError::bug(format!("Operation cannot be paginated: {}", operation.name())))?;
        let list = |texts: &mut dyn Iterator<Item = &'static str>| texts.map(compile).collect::<Result<Vec<_>, _>>();
        let input_tokens: Vec<&'static str> = rules.input_tokens().collect();
        let limit = match (&paging.page_size, rules.limit_key()) {
            (Some(size), Some(key)) => Some((key, page_size(operation, key, size)?)),
            _ => None,
        };
        let start = match &paging.starting_token {
            None => None,
            Some(text) => Some(token::decode(text, &input_tokens).map_err(|e| CallError::invalid(Cause::of(e)))?),
        };
        let next_token = match &start {
            Some(start) => start.tokens.clone(),
            None => input_tokens.iter().map(|t| (*t, Value::Null)).collect(),
        };
        let mut pages = Pages {
            session,
            options: ClientOptions::default(),
            operation,
            input,
            output_tokens: list(&mut rules.output_tokens())?,
            more_results: rules.more_results().map(compile).transpose()?,
            result_keys: list(&mut rules.result_keys())?,
            non_aggregate: list(&mut rules.non_aggregate_keys())?,
            input_tokens,
            max_items: paging.max_items,
            start,
            next_token,
            previous: None,
            total: 0,
            first: true,
            done: false,
            non_aggregate_part: Map::new(),
            resume: None,
            deferred: None,
            disjoint: false,
        };
        pages.disjoint = pages.list_paths().is_some();
        if pages.start.is_some() {
            let token = pages.next_token.clone();
            pages.inject(&token);
        }
        // The AWS CLI puts the size of a page after the token to start from, and bodies show the order.
        if let Some((key, size)) = limit {
            pages.input.params.insert(key, size);
        }
        Ok(pages)
    }

    /// The same pages, called with settings of the caller's own.
    #[must_use]
    pub(crate) fn called_with(self, options: ClientOptions) -> Self {
        Pages { options, ..self }
    }

    /// The token to go on from, once the pages have ended before their end.
    pub fn resume_token(&self) -> Option<&str> {
        self.resume.as_deref()
    }

    /// Whether the page that came last was the last one.
    pub fn is_at_end(&self) -> bool {
        self.done && self.deferred.is_none()
    }

    fn inject(&mut self, token: &Map) {
        for (name, value) in token.iter() {
            if value.is_null() || value.as_str() == Some("None") {
                self.input.params.remove(name);
            } else {
                self.input.params.insert(name.clone(), value.clone());
            }
        }
    }

    /// The next page, cut where it goes beyond the wanted number of items.
    ///
    /// # Errors
    /// Those of the call; a token that repeats.
    #[allow(clippy::should_implement_trait, reason = "an iterator over results would hide the first error's finality")]
    pub fn next(&mut self) -> Result<Option<Value>, CallError> {
        self.fetch(None)
    }

    /// As [`Pages::next`]; the lists of result keys may go elsewhere as they are read.
    fn fetch(&mut self, apart: Option<&mut Apart>) -> Result<Option<Value>, CallError> {
        if let Some(error) = self.deferred.take() {
            self.done = true;
            return Err(error);
        }
        if self.done {
            return Ok(None);
        }
        let (value, taken) = match apart {
            Some(apart) => {
                let value = self.session.call_apart(self.operation, self.input.clone(), apart)?;
                (value, apart.count(0))
            }
            None => (self.session.call_with(self.operation, self.input.clone(), &self.options)?.value, None),
        };
        let mut page = Value::Map(value);
        let mut starting_truncation = 0;
        if self.first {
            if let Some(start) = self.start.as_ref().map(|s| s.truncate) {
                starting_truncation = start;
                self.cut_start(&mut page, start)?;
            }
            self.first = false;
            for expression in &self.non_aggregate {
                let value = search(expression, &page)?;
                set_path(&mut self.non_aggregate_part, expression.text(), value);
            }
        }
        let Some(primary) = self.result_keys.first() else {
            self.done = true;
            return Ok(Some(page));
        };
        let count = match &*find(primary, &page)? {
            Value::Null => 0,
            Value::List(items) => taken.unwrap_or(items.len() as i64),
            Value::Map(map) => map.len() as i64,
            Value::String(text) => text.chars().count() as i64,
            other => {
                let kind = oxaws_value::repr::type_name(other, Default::default());
                return Err(CallError::bad_reply(format!("object of type '{kind}' has no len()")));
            }
        };
        let truncate = self.max_items.map_or(0, |most| self.total + count - most);
        if truncate > 0 {
            let found = search(primary, &page)?;
            self.truncate(&mut page, found, truncate, starting_truncation)?;
            self.done = true;
            return Ok(Some(page));
        }
        self.total += count;
        // What goes wrong from here on concerns the page after this one: this one is shown first.
        if let Err(error) = self.advance(&page) {
            self.deferred = Some(error);
        }
        Ok(Some(page))
    }

    /// Prepares the request for the page after `page`, or ends.
    fn advance(&mut self, page: &Value) -> Result<(), CallError> {
        let next = self.next_token_of(page)?;
        self.next_token = next.clone();
        if next.values().all(Value::is_null) {
            self.done = true;
        } else if self.max_items == Some(self.total) {
            self.done = true;
            self.set_resume(next)?;
        } else if self.previous.as_ref() == Some(&next) {
            let shown = oxaws_value::repr::repr(&Value::Map(next), Default::default());
            return Err(CallError::bad_reply(format!(
                "Error during pagination: The same next token was received twice: {shown}"
            )));
        } else {
            self.inject(&next);
            self.previous = Some(next);
        }
        Ok(())
    }

    /// What a starting token said was shown already is taken off the first page.
    fn cut_start(&self, page: &mut Value, start: i64) -> Result<(), CallError> {
        let Some(primary) = self.result_keys.first() else { return Ok(()) };
        let all = search(primary, page)?;
        let kept = match all {
            Value::List(items) => Value::List(python_from(items, start)),
            Value::String(text) => Value::String(python_from(text.chars().collect(), start).into_iter().collect()),
            _ => Value::Null,
        };
        let Value::Map(page_map) = page else { return Ok(()) };
        set_path(page_map, primary.text(), kept);
        for other in &self.result_keys[1..] {
            let empty = match &*find(other, page)? {
                Value::List(_) => Value::List(Vec::new()),
                Value::String(_) => Value::from(""),
                sample @ (Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Bool(_)) => sample.clone(),
                _ => Value::Null,
            };
            if let Value::Map(page_map) = &mut *page {
                set_path(page_map, other.text(), empty);
            }
        }
        Ok(())
    }

    fn truncate(&mut self, page: &mut Value, found: Value, truncate: i64, start: i64) -> Result<(), CallError> {
        let Some(primary) = self.result_keys.first() else { return Ok(()) };
        let (kept, shown) = match found {
            Value::List(mut items) => {
                // Python's `[:n]` counts from the end for a negative n.
                let n = items.len() as i64 - truncate;
                items.truncate(if n >= 0 { n as usize } else { (items.len() as i64 + n).max(0) as usize });
                (n, Value::List(items))
            }
            Value::String(text) => {
                let n = text.chars().count() as i64 - truncate;
                (n, Value::String(text.chars().take(n.max(0) as usize).collect()))
            }
            Value::Null => (0, Value::Null),
            _ => return Err(CallError::bad_reply("unhashable type: 'slice'")),
        };
        if let Value::Map(map) = page {
            set_path(map, primary.text(), shown);
        }
        let mut token = self.next_token.clone();
        token.insert(TRUNCATE_KEY, kept + start);
        self.set_resume(token)
    }

    fn set_resume(&mut self, token: Map) -> Result<(), CallError> {
        let mut wanted: Vec<&str> = self.input_tokens.clone();
        if token.contains_key(TRUNCATE_KEY) {
            wanted.push(TRUNCATE_KEY);
        }
        let mut keys: Vec<&str> = token.keys().map(|k| k.as_ref()).collect();
        wanted.sort_unstable();
        keys.sort_unstable();
        if wanted != keys {
            let shown = oxaws_value::repr::repr(&Value::Map(token), Default::default());
            return Err(CallError::bad_reply(format!("Bad starting token: {shown}")));
        }
        self.resume = Some(token::encode(&token));
        Ok(())
    }

    fn next_token_of(&self, page: &Value) -> Result<Map, CallError> {
        if let Some(more) = &self.more_results
            && !find(more, page)?.is_truthy()
        {
            return Ok(Map::new());
        }
        let mut next = Map::new();
        for (expression, name) in self.output_tokens.iter().zip(&self.input_tokens) {
            let value = search(expression, page)?;
            // Empty text means the end just as an absent token does.
            next.insert(*name, if value.is_truthy() { value } else { Value::Null });
        }
        Ok(next)
    }

    /// What text output shows of a page: its result keys, on the first page after the keys that aren't aggregated.
    ///
    /// # Errors
    /// When an expression of the model fails.
    pub fn result_part(&self, mut page: Value, first: bool) -> Result<Map, CallError> {
        let mut part = if first { self.non_aggregate_part.clone() } else { Map::new() };
        for key in &self.result_keys {
            let value = self.take_value(key, &mut page)?;
            set_path(&mut part, key.text(), value);
        }
        Ok(part)
    }

    /// All pages merged: the full result. `each` sees every page before it is merged.
    ///
    /// # Errors
    /// Those of the calls, and of `each`.
    pub fn merge<E: From<CallError>>(&mut self, mut each: impl FnMut(&mut Value) -> Result<(), E>) -> Result<Map, E> {
        let mut merged = Map::new();
        while let Some(mut page) = self.next()? {
            each(&mut page)?;
            self.merge_page(&mut merged, &mut page, &mut |_, value| Some(value))?;
        }
        Ok(self.complete(merged))
    }

    /// As [`Pages::merge`], but the elements of lists are handed to `taker` as they are read, by the place of their
    /// result key in [`Pages::list_paths`]; what is returned has empty lists in their place. Lists of a result that is
    /// one page only may stay in it. `paths` is what [`Pages::list_paths`] gave.
    ///
    /// # Errors
    /// As [`Pages::merge`]. `taker` has had some elements by then.
    pub fn merge_without_lists<E: From<CallError>>(
        &mut self,
        paths: &[Vec<String>],
        taker: &mut dyn PageLists,
        mut each: impl FnMut(&mut Value) -> Result<(), E>,
    ) -> Result<Map, E> {
        let mut merged = Map::new();
        let mut begun = vec![false; paths.len()];
        let mut apart = self.apart(paths, taker);
        let mut first = true;
        while let Some(mut page) = self.fetch(Some(&mut apart))? {
            each(&mut page)?;
            let whole = std::mem::take(&mut first) && self.is_at_end();
            self.merge_page(&mut merged, &mut page, &mut |place, value| match value {
                Value::List(items) if apart.count(place).is_some() || !whole => {
                    apart.take(place, items);
                    apart.settle(place, true);
                    let begins = !std::mem::replace(&mut begun[place], true);
                    begins.then(|| Value::List(Vec::new()))
                }
                other => Some(other),
            })?;
            apart.settle_rest();
        }
        Ok(self.complete(merged))
    }

    /// As [`Pages::next`], after `each` has seen the page.
    ///
    /// # Errors
    /// As [`Pages::next`], and those of `each`.
    pub fn next_whole<E: From<CallError>>(
        &mut self,
        each: impl FnOnce(&mut Value) -> Result<(), E>,
    ) -> Result<Option<Value>, E> {
        let mut page = self.next()?;
        page.as_mut().map(each).transpose()?;
        Ok(page)
    }

    /// As [`Pages::next_whole`], but the elements of lists are handed to `taker` as they are read, by the place of their
    /// result key in [`Pages::list_paths`]: the page has empty lists in their place. Lists may stay in it. `paths` is
    /// what [`Pages::list_paths`] gave.
    ///
    /// # Errors
    /// As [`Pages::next_whole`]. `taker` may have had elements by then.
    pub fn next_without_lists<E: From<CallError>>(
        &mut self,
        paths: &[Vec<String>],
        taker: &mut dyn PageLists,
        each: impl FnOnce(&mut Value) -> Result<(), E>,
    ) -> Result<Option<Value>, E> {
        let mut apart = self.apart(paths, taker);
        let Some(mut page) = self.fetch(Some(&mut apart))? else { return Ok(None) };
        each(&mut page)?;
        if let Value::Map(page) = &page {
            apart.settle_in(paths, page);
        }
        Ok(Some(page))
    }

    /// What hands on those lists at `paths` that nothing else needs.
    fn apart<'t>(&self, paths: &[Vec<String>], taker: &'t mut dyn PageLists) -> Apart<'t> {
        // What counts or cuts elements, or looks at them to find the next page, needs them in the page.
        let whole_pages = self.max_items.is_some() || self.start.is_some();
        Apart::new(paths, |path| !whole_pages && !self.mentions(path), taker)
    }

    /// Whether the expressions that steer the paging, or that are no result keys, may look at the list at `path`.
    fn mentions(&self, path: &[String]) -> bool {
        let steering = self.output_tokens.iter().chain(&self.more_results).chain(&self.non_aggregate);
        path.first().is_none_or(|name| steering.into_iter().any(|expression| expression.text().contains(name.as_str())))
    }

    /// The paths of the result keys, where a list at any of them can be kept apart from the merged result: each is a
    /// path, and none lies at or in another.
    pub fn list_paths(&self) -> Option<Vec<Vec<String>>> {
        let mut paths = vec![vec![RESUME_KEY.to_owned()]];
        for key in &self.result_keys {
            let path: Vec<String> = key.simple_path()?.into_iter().map(str::to_owned).collect();
            if paths.iter().any(|other| path.iter().zip(other).all(|(a, b)| a == b)) {
                return None;
            }
            paths.push(path);
        }
        paths.remove(0);
        Some(paths)
    }

    /// The value of a result key, moved out of the page where no other key needs it.
    fn take_value(&self, key: &Expression, page: &mut Value) -> Result<Value, CallError> {
        match key.simple_path() {
            Some(path) if self.disjoint => Ok(path_mut(page, &path).map(std::mem::take).unwrap_or_default()),
            _ => search(key, page),
        }
    }

    /// Moves the result keys of a page to the merged result. `keep` gets each value with the place of its key, and
    /// gives back what is to be merged.
    fn merge_page(
        &self,
        merged: &mut Map,
        page: &mut Value,
        keep: &mut dyn FnMut(usize, Value) -> Option<Value>,
    ) -> Result<(), CallError> {
        for (place, key) in self.result_keys.iter().enumerate() {
            let value = self.take_value(key, page)?;
            if value.is_null() {
                continue;
            }
            let existing = key.simple_path().and_then(|path| merged_mut(merged, &path));
            match existing {
                // Of a list and something else the first one counts.
                Some(Value::List(_)) if !matches!(value, Value::List(_)) => {}
                Some(other) if !matches!(other, Value::List(_) | Value::Null) => add(other, value),
                Some(there) => {
                    if let Some(value) = keep(place, value) {
                        add(there, value);
                    }
                }
                None => {
                    if let Some(value) = keep(place, value) {
                        set_path(merged, key.text(), value);
                    }
                }
            }
        }
        Ok(())
    }

    /// What comes after the pages: the keys that aren't aggregated, and where to go on.
    fn complete(&mut self, mut merged: Map) -> Map {
        // botocore's first page shares its lists with the merged result: where a key that isn't aggregated holds one of
        // them, that is the full list too.
        let mut lists = Vec::new();
        for key in &self.result_keys {
            let Some(path) = key.simple_path() else { continue };
            if let Some(list @ Value::List(_)) = merged_mut(&mut merged, &path) {
                lists.push((path, std::mem::take(list)));
            }
        }
        for (key, value) in std::mem::take(&mut self.non_aggregate_part) {
            merge_into(&mut merged, key, value);
        }
        for (path, list) in lists {
            if let Some(there) = merged_mut(&mut merged, &path) {
                *there = list;
            }
        }
        if let Some(token) = &self.resume {
            merged.insert(RESUME_KEY, token.as_str());
        }
        merged
    }
}

/// Adds a page's value to what earlier pages gave: lists are extended, numbers and texts added.
fn add(there: &mut Value, value: Value) {
    match (there, value) {
        (there @ Value::Null, value) => *there = value,
        (Value::List(there), Value::List(more)) => there.extend(more),
        (Value::String(there), Value::String(more)) => there.push_str(&more),
        (Value::Int(there), Value::Int(more)) => *there = there.saturating_add(more),
        (there @ (Value::Int(_) | Value::Float(_)), more @ (Value::Int(_) | Value::Float(_))) => {
            *there = Value::Float(there.as_f64().unwrap_or(0.0) + more.as_f64().unwrap_or(0.0));
        }
        // Anything else keeps its first value.
        _ => {}
    }
}

fn merged_mut<'m>(map: &'m mut Map, path: &[&str]) -> Option<&'m mut Value> {
    let (first, rest) = path.split_first()?;
    path_mut(map.get_mut(first)?, rest)
}

fn path_mut<'m>(value: &'m mut Value, path: &[&str]) -> Option<&'m mut Value> {
    match path.split_first() {
        None => Some(value),
        Some((first, rest)) => path_mut(value.as_map_mut()?.get_mut(first)?, rest),
    }
}

/// Maps are merged, everything else is replaced.
fn merge_into(map: &mut Map, key: oxaws_value::Key, value: Value) {
    match (map.get_mut(&key), value) {
        (Some(Value::Map(there)), Value::Map(more)) => {
            for (key, value) in more {
                merge_into(there, key, value);
            }
        }
        (_, value) => {
            map.insert(key, value);
        }
    }
}

/// Sets the value at a path `a.b.c`, making maps on the way. (An expression that is no path is cut at its dots too, as
/// botocore does.)
fn set_path(map: &mut Map, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            map.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = map.entry_or_insert_with(first.to_owned(), || Value::Map(Map::new()));
            if !matches!(inner, Value::Map(_)) {
                *inner = Value::Map(Map::new());
            }
            if let Value::Map(inner) = inner {
                set_path(inner, rest, value);
            }
        }
    }
}

/// Python's `list[start:]`.
fn python_from<T>(items: Vec<T>, start: i64) -> Vec<T> {
    let skip = if start >= 0 { start as usize } else { (items.len() as i64 + start).max(0) as usize };
    items.into_iter().skip(skip).collect()
}

/// The page size as the limit member's type has it.
fn page_size(operation: Operation, key: &str, text: &str) -> Result<Value, CallError> {
    let kind = operation.input().and_then(|i| i.member(key)).map(|m| m.shape().kind());
    if kind == Some(ShapeKind::String) {
        return Ok(Value::from(text));
    }
    let digits = oxaws_python::python_int_text(text).ok_or_else(|| {
        CallError::invalid(format!("invalid literal for int() with base 10: {}", oxaws_python::repr_str(text)))
    })?;
    Ok(digits.parse().map_or_else(|_| Value::BigInt(digits.into()), Value::Int))
}

impl<'w> Session<'w> {
    /// The pages of an operation.
    ///
    /// # Errors
    /// When the paging options are wrong; the calls themselves come later.
    pub fn pages<'a>(
        &'a self,
        operation: Operation,
        input: CallInput,
        paging: &Paging,
    ) -> Result<Pages<'a, 'w>, CallError> {
        // The client is made first: what is wrong with the set-up is reported before the paging options.
        self.client(operation.service())?;
        Pages::new(self, operation, input, paging)
    }

    /// The same with settings of the caller's own.
    ///
    /// # Errors
    /// As [`Session::pages`].
    pub fn pages_with<'a>(
        &'a self,
        operation: Operation,
        input: CallInput,
        options: ClientOptions,
    ) -> Result<Pages<'a, 'w>, CallError> {
        self.client_with(operation.service(), &options)?;
        Ok(Pages::new(self, operation, input, &Paging::default())?.called_with(options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_set_and_merged() {
        let mut map = Map::new();
        set_path(&mut map, "A.B", Value::from(1i64));
        set_path(&mut map, "A.C", Value::List(vec![Value::from(1i64)]));
        add(merged_mut(&mut map, &["A", "C"]).expect("what was set"), Value::List(vec![Value::from(2i64)]));
        add(merged_mut(&mut map, &["A", "B"]).expect("what was set"), Value::from(4i64));
        assert!(merged_mut(&mut map, &["A", "B", "C"]).is_none());
        let text = oxaws_value::to_json(&Value::Map(map), oxaws_value::JsonStyle::COMPACT);
        assert_eq!(text, r#"{"A":{"B":5,"C":[1,2]}}"#);
    }

    #[test]
    fn slices_count_as_in_python() {
        assert_eq!(python_from(vec![1, 2, 3], 1), [2, 3]);
        assert_eq!(python_from(vec![1, 2, 3], -1), [3]);
        assert_eq!(python_from(vec![1, 2, 3], 9), [0; 0]);
    }
}
