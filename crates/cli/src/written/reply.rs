//! Calls made by a command, and the members of their replies: one that is missing fails as in Python.

use crate::{failure::Failure, plug::context::Context};
use oxaws_client::{CallError, ClientOptions};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

/// Parameters.
pub fn params<const N: usize>(entries: [(&str, Value); N]) -> Map {
    entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
}

/// Calls an operation by its names in the model, as the command line says.
///
/// # Errors
/// Those of the call.
pub fn call(cx: &Context, service: &str, operation: &str, params: Map) -> Result<Map, CallError> {
    call_with(cx, service, operation, params, &ClientOptions::default())
}

/// The same with settings of the command's own.
///
/// # Errors
/// Those of the call.
pub fn call_with(
    cx: &Context,
    service: &str,
    operation: &str,
    params: Map,
    options: &ClientOptions,
) -> Result<Map, CallError> {
    Ok(cx.session.call_named(service, operation, params, options)?.value)
}

/// An operation by its names in the model.
///
/// # Errors
/// When there is none.
pub fn operation_of(cx: &Context, service: &str, operation: &str) -> Result<Operation, CallError> {
    let found = cx.session.pack().service_by_directory(service).and_then(|s| s.operation_named(operation));
    found.ok_or_else(|| CallError::no_operation(service, operation))
}

/// Makes the client of a service, so that what is wrong with the set-up is told now.
///
/// # Errors
/// As a call's before it is made.
pub fn make_client(cx: &Context, service: &str) -> Result<(), CallError> {
    let found = cx.session.pack().service_by_directory(service);
    let found = found.ok_or_else(|| CallError::bug(format!("Unknown service: '{service}'")))?;
    cx.session.client(found).map(|_| ())
}

/// Python's complaint about a key that isn't there.
pub fn missing(key: &str) -> Failure {
    Failure::bad_reply(oxaws_python::repr_str(key))
}

/// A member that has to be there.
///
/// # Errors
/// When it isn't.
pub fn member<'v>(map: &'v Map, key: &str) -> Result<&'v Value, Failure> {
    map.get(key).ok_or_else(|| missing(key))
}

/// A structure that has to be there.
///
/// # Errors
/// When it isn't.
pub fn structure<'v>(map: &'v Map, key: &str) -> Result<&'v Map, Failure> {
    member(map, key)?.as_map().ok_or_else(|| missing(key))
}

/// A text that has to be there.
///
/// # Errors
/// When it isn't.
pub fn text<'v>(map: &'v Map, key: &str) -> Result<&'v str, Failure> {
    member(map, key)?.as_str().ok_or_else(|| missing(key))
}

/// A list; an absent one is empty.
pub fn list<'v>(map: &'v Map, key: &str) -> &'v [Value] {
    map.get(key).and_then(Value::as_list).unwrap_or_default()
}

/// A word list as a value.
pub fn words(words: &[String]) -> Value {
    Value::List(words.iter().map(|w| Value::from(w.as_str())).collect())
}
