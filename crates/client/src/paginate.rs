//! Follows the pages of an operation, as botocore's paginators do.

use crate::call::{CallInput, Reply};
use crate::error::CallError;
use crate::session::Session;
use oxaws_input::token::{self, TRUNCATE_KEY};
use oxaws_jmespath::Expression;
use oxaws_model::{Operation, ShapeKind};
use oxaws_value::{Map, Value};

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
}

impl std::fmt::Debug for Pages<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pages({:?})", self.operation)
    }
}

fn compile(text: &str) -> Result<Expression, CallError> {
    oxaws_jmespath::compile(text).map_err(|e| CallError::Other(e.to_string()))
}

fn search(expression: &Expression, value: &Value) -> Result<Value, CallError> {
    expression.search(value).map_err(|e| CallError::Other(e.to_string()))
}

impl<'a, 'w> Pages<'a, 'w> {
    pub(crate) fn new(
        session: &'a Session<'w>,
        operation: Operation,
        mut input: CallInput,
        paging: &Paging,
    ) -> Result<Self, CallError> {
        let rules = operation
            .paginator()
            .ok_or_else(|| CallError::Other(format!("Operation cannot be paginated: {}", operation.name())))?;
        let list = |texts: &mut dyn Iterator<Item = &'static str>| texts.map(compile).collect::<Result<Vec<_>, _>>();
        let input_tokens: Vec<&'static str> = rules.input_tokens().collect();
        if let (Some(size), Some(key)) = (&paging.page_size, rules.limit_key()) {
            input.params.insert(key, page_size(operation, key, size)?);
        }
        let start = match &paging.starting_token {
            None => None,
            Some(text) => Some(token::decode(text, &input_tokens).map_err(|e| CallError::Other(e.to_string()))?),
        };
        let next_token = match &start {
            Some(start) => start.tokens.clone(),
            None => input_tokens.iter().map(|t| (*t, Value::Null)).collect(),
        };
        let mut pages = Pages {
            session,
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
        };
        if pages.start.is_some() {
            let token = pages.next_token.clone();
            pages.inject(&token);
        }
        Ok(pages)
    }

    /// The token to go on from, once the pages have ended before their end.
    pub fn resume_token(&self) -> Option<&str> {
        self.resume.as_deref()
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
        if let Some(error) = self.deferred.take() {
            self.done = true;
            return Err(error);
        }
        if self.done {
            return Ok(None);
        }
        let Reply { value, .. } = self.session.call(self.operation, self.input.clone())?;
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
        let found = search(primary, &page)?;
        let count = match &found {
            Value::Null => 0,
            Value::List(items) => items.len() as i64,
            Value::Map(map) => map.len() as i64,
            Value::String(text) => text.chars().count() as i64,
            other => {
                let kind = oxaws_input::python_repr::type_name(other, Default::default());
                return Err(CallError::Other(format!("object of type '{kind}' has no len()")));
            }
        };
        let truncate = self.max_items.map_or(0, |most| self.total + count - most);
        if truncate > 0 {
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
            let shown = oxaws_input::python_repr::repr(&Value::Map(next), Default::default());
            return Err(CallError::Other(format!(
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
            let sample = search(other, &Value::Map(page_map.clone()))?;
            let empty = match sample {
                Value::List(_) => Value::List(Vec::new()),
                Value::String(_) => Value::from(""),
                Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Bool(_) => sample,
                _ => Value::Null,
            };
            set_path(page_map, other.text(), empty);
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
            _ => return Err(CallError::Other("unhashable type: 'slice'".into())),
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
            let shown = oxaws_input::python_repr::repr(&Value::Map(token), Default::default());
            return Err(CallError::Other(format!("Bad starting token: {shown}")));
        }
        self.resume = Some(token::encode(&token));
        Ok(())
    }

    fn next_token_of(&self, page: &Value) -> Result<Map, CallError> {
        if let Some(more) = &self.more_results
            && !search(more, page)?.is_truthy()
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
    pub fn result_part(&self, page: &Value, first: bool) -> Result<Map, CallError> {
        let mut part = if first { self.non_aggregate_part.clone() } else { Map::new() };
        for key in &self.result_keys {
            let value = search(key, page)?;
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
            for key in &self.result_keys {
                let value = match key.simple_path().as_deref() {
                    // The common case moves the list out of the page.
                    Some([name]) => {
                        page.as_map_mut().and_then(|m| m.get_mut(name)).map(std::mem::take).unwrap_or_default()
                    }
                    _ => search(key, &page)?,
                };
                if value.is_null() {
                    continue;
                }
                add(&mut merged, key, value)?;
            }
        }
        for (key, value) in std::mem::take(&mut self.non_aggregate_part) {
            merge_into(&mut merged, key, value);
        }
        if let Some(token) = &self.resume {
            merged.insert("NextToken", token.as_str());
        }
        Ok(merged)
    }
}

/// Adds a page's value to what earlier pages gave: lists are extended, numbers and texts added.
fn add(merged: &mut Map, key: &Expression, value: Value) -> Result<(), CallError> {
    let existing = match key.simple_path().as_deref() {
        Some(path) => path_mut(merged, path),
        None => None,
    };
    match (existing, value) {
        (Some(there @ Value::Null), value) => *there = value,
        (Some(Value::List(there)), Value::List(more)) => there.extend(more),
        (Some(Value::String(there)), Value::String(more)) => there.push_str(&more),
        (Some(Value::Int(there)), Value::Int(more)) => *there = there.saturating_add(more),
        (Some(there @ (Value::Int(_) | Value::Float(_))), more @ (Value::Int(_) | Value::Float(_))) => {
            *there = Value::Float(there.as_f64().unwrap_or(0.0) + more.as_f64().unwrap_or(0.0));
        }
        // Anything else keeps its first value.
        (Some(_), _) => {}
        (None, value) => set_path(merged, key.text(), value),
    }
    Ok(())
}

fn path_mut<'m>(map: &'m mut Map, path: &[&str]) -> Option<&'m mut Value> {
    let (first, rest) = path.split_first()?;
    let value = map.get_mut(first)?;
    if rest.is_empty() {
        return Some(value);
    }
    path_mut(value.as_map_mut()?, rest)
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
    let digits = oxaws_value::python_int_text(text).ok_or_else(|| {
        CallError::Other(format!(
            "invalid literal for int() with base 10: {}",
            oxaws_input::python_repr::repr_str(text)
        ))
    })?;
    Ok(digits.parse().map_or_else(|_| Value::BigInt(digits.into()), Value::Int))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_set_and_merged() {
        let mut map = Map::new();
        set_path(&mut map, "A.B", Value::from(1i64));
        set_path(&mut map, "A.C", Value::List(vec![Value::from(1i64)]));
        let key = compile("A.C").unwrap();
        add(&mut map, &key, Value::List(vec![Value::from(2i64)])).unwrap();
        add(&mut map, &compile("A.B").unwrap(), Value::from(4i64)).unwrap();
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
