//! Lists of replies that are handed on element by element: a long one need not be held.

use crate::call::{self, parse};
use crate::error::CallError;
use crate::services;
use crate::session::Session;
use crate::types::input::CallInput;
use oxaws_model::{Operation, Protocol};
use oxaws_protocol::{self as protocol, ListTaker};
use oxaws_value::{Map, Value};

/// Takes the elements of lists.
pub trait PageLists {
    /// Adds an element to the list of this number. It may be taken; what is left serves the next one.
    fn element(&mut self, list: usize, element: &mut Value);

    /// Ends a page of the list of this number: what came since the last page ended stays (`keep`), or is void.
    fn settle(&mut self, list: usize, keep: bool);

    /// Whether a list's elements are of no use one by one after all: the reply is then read again, whole.
    fn need_all(&self) -> bool {
        false
    }
}

/// The lists of one call, or of the calls of a listing.
pub struct Apart<'t> {
    /// The paths of the lists that may be handed on as they are read, and the numbers they go by.
    paths: Vec<Vec<String>>,
    numbers: Vec<usize>,
    /// By number: the elements of this page, where they were handed on as they were read.
    counts: Vec<Option<i64>>,
    taker: &'t mut dyn PageLists,
}

impl<'t> Apart<'t> {
    /// Lists at `paths`, of which those that are `read_apart` may be handed on as they are read.
    pub(crate) fn new(
        paths: &[Vec<String>],
        read_apart: impl Fn(&[String]) -> bool,
        taker: &'t mut dyn PageLists,
    ) -> Apart<'t> {
        let (mut wanted, mut numbers) = (Vec::new(), Vec::new());
        for (number, path) in paths.iter().enumerate().filter(|(_, path)| read_apart(path)) {
            wanted.push(path.clone());
            numbers.push(number);
        }
        Apart { paths: wanted, numbers, counts: vec![None; paths.len()], taker }
    }

    /// How many elements of a list were handed on as they were read; `None` where the reply holds it itself.
    pub(crate) fn count(&self, list: usize) -> Option<i64> {
        self.counts.get(list).copied().flatten()
    }

    /// Hands on the elements of a list that the reply holds itself.
    pub(crate) fn take(&mut self, list: usize, items: Vec<Value>) {
        items.into_iter().for_each(|mut item| self.taker.element(list, &mut item));
    }

    /// Ends a page of a list.
    pub(crate) fn settle(&mut self, list: usize, keep: bool) {
        self.taker.settle(list, keep);
        if let Some(count) = self.counts.get_mut(list) {
            *count = None;
        }
    }

    /// Ends the page that `reply` holds, which has the lists at `paths` that were handed on, unless something else came
    /// to stand in their place.
    pub(crate) fn settle_in(&mut self, paths: &[Vec<String>], reply: &Map) {
        for (list, path) in paths.iter().enumerate() {
            if self.count(list).is_some() {
                let found = path
                    .split_first()
                    .and_then(|(first, rest)| rest.iter().try_fold(reply.get(first)?, |value, name| value.get(name)));
                self.settle(list, matches!(found, Some(Value::List(_))));
            }
        }
    }

    /// Voids what was handed on and didn't come to be part of the result.
    pub(crate) fn settle_rest(&mut self) {
        for list in 0..self.counts.len() {
            if self.counts[list].is_some() {
                self.settle(list, false);
            }
        }
    }
}

impl ListTaker for Apart<'_> {
    fn begin(&mut self, list: usize) {
        let number = self.numbers[list];
        self.taker.settle(number, false);
        self.counts[number] = Some(0);
    }

    fn element(&mut self, list: usize, value: &mut Value) {
        let number = self.numbers[list];
        self.counts[number] = self.counts[number].map(|n| n + 1);
        self.taker.element(number, value);
    }
}

impl Session<'_> {
    /// Calls an operation. The elements of the lists at `paths` (names of members of its output) are handed to `taker`
    /// as they are read, where the protocol allows it: the reply then holds empty lists in their place.
    ///
    /// # Errors
    /// As [`Session::call`]. `taker` may have had elements by then.
    pub fn call_without_lists(
        &self,
        operation: Operation,
        input: CallInput,
        paths: &[Vec<String>],
        taker: &mut dyn PageLists,
    ) -> Result<Map, CallError> {
        let mut apart = Apart::new(paths, |_| true, taker);
        let reply = self.call_apart(operation, input, &mut apart)?;
        apart.settle_in(paths, &reply);
        Ok(reply)
    }

    pub(crate) fn call_apart(
        &self,
        operation: Operation,
        input: CallInput,
        apart: &mut Apart,
    ) -> Result<Map, CallError> {
        // Other bodies are not read so, and who watches wants to be told the whole reply, without its secrets.
        let json = matches!(operation.service().protocol(), Protocol::Json | Protocol::RestJson);
        let watched = self.observer.get().is_some();
        if !json
            || watched
            || apart.paths.is_empty()
            || operation.has_streaming_output()
            || operation.has_event_stream_output()
        {
            return Ok(self.call(operation, input)?.value);
        }
        let reply = self.call_raw(operation, input)?;
        let headers: Vec<(String, String)> = reply.headers.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let raw = protocol::Reply { status: reply.status, reason: "", headers: &headers, body: &reply.body };
        let paths = std::mem::take(&mut apart.paths);
        let mut parsed = self.parsing(|options| {
            let lists = protocol::Lists { paths: &paths, taker: apart };
            protocol::parse_without_lists(operation, &raw, options, lists)
        })?;
        apart.paths = paths;
        if parsed.is_ok() && apart.taker.need_all() {
            apart.settle_rest();
            parsed = self.parsing(|options| protocol::parse(operation, &raw, options))?;
        }
        let mut value = parse::map(parsed?.value);
        let client = self.client(operation.service())?;
        let state = call::state(self, &client, operation, CallInput::default());
        services::after_call(&state, &mut value, &reply.body)?;
        Ok(value)
    }
}
