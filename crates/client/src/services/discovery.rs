//! Endpoint discovery: some services (Timestream must, DynamoDB may) name the endpoint that an account has to use.

use crate::error::{CallError, ServiceFailure};
use crate::state::CallState;
use crate::types::input::CallInput;
use crate::types::outgoing::Outgoing;
use oxaws_model::{Operation, Service};
use oxaws_value::{Map, Value};

/// Seconds without another attempt after one that failed.
const PAUSE: i64 = 60;
/// Attempts after which an endpoint that is refused again and again is given up.
const MAX_ATTEMPTS: u32 = 10;

/// Sends the request to the discovered endpoint, where the operation has one. An endpoint that the user names on the
/// command line rules discovery out (one in the environment doesn't).
///
/// # Errors
/// When the endpoint is needed and can't be had.
pub(super) fn aim(state: &CallState, outgoing: &mut Outgoing) -> Result<(), CallError> {
    let Some(required) = state.operation.endpoint_discovery() else { return Ok(()) };
    if state.session.options().endpoint_url.is_some() {
        return Ok(());
    }
    let Some(discoverer) = state.client.service.operations().find(|o| o.endpoint_operation()) else { return Ok(()) };
    match mode(state)? {
        Mode::Always => {}
        Mode::WhereRequired if required => {}
        Mode::WhereRequired | Mode::Never => return Ok(()),
    }
    let Some(address) = address(state, discoverer, required)? else { return Ok(()) };
    let url = if address.starts_with("http") { address } else { format!("https://{address}") };
    outgoing.move_to(&url, true);
    // The discovered endpoint replaces the whole URL.
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    outgoing.path = rest.find('/').map_or("/", |at| &rest[at..]).to_owned();
    outgoing.query = String::new();
    Ok(())
}

/// Refuses an operation that needs discovery where the user turned that off.
///
/// # Errors
/// Then, and when the setting is no setting.
pub(super) fn check(state: &CallState) -> Result<(), CallError> {
    let Some(required) = state.operation.endpoint_discovery() else { return Ok(()) };
    if state.session.options().endpoint_url.is_none() && mode(state)? == Mode::Never && required {
        return Err(CallError::setting("Endpoint Discovery is not enabled but this operation requires it."));
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Always,
    WhereRequired,
    Never,
}

fn mode(state: &CallState) -> Result<Mode, CallError> {
    let value = state.session.config()?.text("endpoint_discovery_enabled")?.unwrap_or_else(|| "auto".into());
    match value.to_lowercase().trim() {
        "auto" => Ok(Mode::WhereRequired),
        "true" => Ok(Mode::Always),
        "false" => Ok(Mode::Never),
        other => Err(CallError::setting(format!(
            "Unsupported configuration value for endpoint_discovery_enabled. Expected one of (\"true\", \"false\", \
             \"auto\") but got {other}."
        ))),
    }
}

fn any_required(service: Service) -> bool {
    service.operations().any(|o| o.endpoint_discovery() == Some(true))
}

/// The address to use: one that is fresh, else a new one, else a stale one.
fn address(state: &CallState, discoverer: Operation, required: bool) -> Result<Option<String>, CallError> {
    let now = state.session.now();
    let (fresh, paused) = {
        let mut held = state.client.memory.discovered();
        if held.pause_until.is_some_and(|until| now >= until) {
            held.pause_until = None;
        }
        let fresh = held.endpoints.iter().find(|(_, stale)| now < *stale).map(|(address, _)| address.clone());
        (fresh, held.pause_until.is_some())
    };
    if fresh.is_some() {
        return Ok(fresh);
    }
    if !paused && let Some(address) = refresh(state, discoverer)? {
        return Ok(Some(address));
    }
    let stale = state.client.memory.discovered().endpoints.first().map(|(address, _)| address.clone());
    if stale.is_some() || !required {
        return Ok(stale);
    }
    if paused && let Some(address) = refresh(state, discoverer)? {
        return Ok(Some(address));
    }
    Err(CallError::bad_reply("Endpoint Discovery failed to refresh the required endpoints."))
}

/// Asks the service; `None` when it can't be reached.
fn refresh(state: &CallState, discoverer: Operation) -> Result<Option<String>, CallError> {
    let reply = match (state.again.call)(state, discoverer, CallInput::new(Map::new())) {
        Ok(reply) => reply,
        Err(CallError::Http(_)) => {
            state.client.memory.discovered().pause_until = Some(state.session.now() + PAUSE);
            return Ok(None);
        }
        Err(other) => return Err(other),
    };
    // Python's words for a reply without the member.
    let endpoints =
        reply.value.get("Endpoints").and_then(Value::as_list).ok_or_else(|| CallError::bad_reply("'Endpoints'"))?;
    let now = state.session.now();
    let endpoints: Vec<(String, i64)> = endpoints
        .iter()
        .filter_map(|e| {
            let minutes = e.get("CachePeriodInMinutes").and_then(Value::as_i64).unwrap_or(0);
            let address = e.get("Address").and_then(Value::as_str)?;
            Some((address.to_owned(), now.saturating_add(minutes.saturating_mul(60))))
        })
        .collect();
    let first = endpoints.first().map(|(address, _)| address.clone());
    let mut held = state.client.memory.discovered();
    held.endpoints = endpoints;
    held.pause_until = None;
    Ok(first)
}

/// Whether an error says that the endpoint is no longer the right one; it is then forgotten.
pub(super) fn forget(state: &CallState, failure: &ServiceFailure, attempt: u32) -> bool {
    if state.operation.endpoint_discovery().is_none() || state.session.options().endpoint_url.is_some() {
        return false;
    }
    let refused = failure.error.status == 421 || failure.error.code == "InvalidEndpointException";
    let active = match mode(state) {
        Ok(Mode::Always) => true,
        Ok(Mode::WhereRequired) => any_required(state.client.service),
        Ok(Mode::Never) | Err(_) => false,
    };
    if !refused || !active || attempt >= MAX_ATTEMPTS {
        return false;
    }
    state.client.memory.discovered().endpoints.clear();
    true
}
