//! Puts a request together: what the endpoint and the protocol say.

use crate::call::endpoint;
use crate::call::sign;
use crate::call::validate::{self, Streamed};
use crate::error::CallError;
use crate::services;
use crate::state::CallState;
use crate::types::outgoing::{Outgoing, Source};
use crate::types::signing::Signing;
use oxaws_failure::Cause;
use oxaws_model::Operation;
use oxaws_protocol::{self as protocol, Body, SerializeOptions};
use oxaws_value::Value;
use std::borrow::Cow;

/// The request as the endpoint and the protocol make it, without what is only for sending, and how it is to be signed.
///
/// # Errors
/// When the endpoint can't be told or the parameters don't fit.
pub fn build(state: &CallState) -> Result<(Outgoing<'static>, Signing), CallError> {
    let (session, client, operation) = (state.session, state.client, state.operation);
    if let Some(problem) = state.classes.problem_of_names() {
        return Err(CallError::invalid(problem));
    }
    let endpoint = endpoint::resolve(session, client, operation, state)?;
    if let Some(trail) = &state.trail {
        trail.endpoint(&endpoint.url);
    }
    let signing = sign::choose(state, &endpoint)?;
    let streamed = Streamed(state.body_file.is_some());
    if client.settings.parameter_validation
        && let Some(problems) = session
            .with_clock(|clock| validate::problems(operation.input(), &state.params, &state.classes, streamed, &clock))
    {
        return Err(CallError::Validation(problems));
    }
    let world = session.world();
    let request = session.with_clock(|clock| {
        protocol::serialize(
            operation,
            &Value::Map(state.params.clone()),
            &mut SerializeOptions {
                stream_given: state.body_file.is_some(),
                idempotency_token: &mut || oxaws_env::uuid4(world),
                inject_host_prefix: client.settings.inject_host_prefix && !services::drops_host_prefix(operation),
                clock,
            },
        )
    });
    let request = request.map_err(|e| CallError::invalid(Cause::of(e)))?;
    let mut outgoing = assemble(&endpoint, request, state)?;
    for header in &endpoint.headers {
        if let Some(value) = header.values.first() {
            outgoing.set_header(&header.name, value);
        }
    }
    Ok((outgoing, signing))
}

/// Joins the endpoint and the serialised request to what is sent.
fn assemble(
    endpoint: &oxaws_endpoint::Endpoint,
    request: protocol::Request,
    state: &CallState,
) -> Result<Outgoing<'static>, CallError> {
    let base = endpoint.url.as_str();
    let (scheme, rest) =
        base.split_once("://").ok_or_else(|| CallError::invalid(format!("Invalid endpoint: {base}")))?;
    let (rest, fragment) = rest.split_at(rest.find('#').unwrap_or(rest.len()));
    let (rest, base_query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, base_path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let prefix = request.host_prefix.as_deref().unwrap_or("");
    // What the model's URI fixes stays as it stands there: `?uploads`, not `?uploads=`.
    let fixed = operation_query(state.operation);
    let own = request.query.iter().enumerate().map(|(i, (k, v))| match fixed.get(i) {
        Some(text) if !text.contains(['=', '{']) => (*text).to_owned(),
        _ => format!("{}={}", oxaws_python::percent_encode(k, b"-._~"), oxaws_python::percent_encode(v, b"-._~")),
    });
    let (query, fragment) = join_query(base_query, own.collect(), fragment);
    // A bare `/` adds nothing to the endpoint's own path.
    let path = match services::path(state, &request.path).as_str() {
        "" | "/" => base_path.to_owned(),
        path => format!("{}{path}", base_path.strip_suffix('/').unwrap_or(base_path)),
    };
    let mut outgoing =
        Outgoing::new(request.method, &scheme.to_ascii_lowercase(), format!("{prefix}{authority}"), path);
    (outgoing.query, outgoing.fragment) = (query, fragment);
    outgoing.headers = request.headers.into_iter().map(|(k, v)| (Cow::Owned(k), Cow::Owned(v.into_bytes()))).collect();
    match (request.body, &state.body_file) {
        (Body::Bytes(bytes), _) => outgoing.set_body(bytes),
        (Body::Stream, Some(file)) => outgoing.source = Source::file(file)?,
        (Body::Stream, None) | (Body::Empty, _) => {}
    }
    Ok(outgoing)
}

/// The query of the endpoint with the call's own, and what follows it. botocore writes the call's own at the end of the
/// URL's text, behind a fragment too, which takes it with it.
fn join_query(base: &str, own: Vec<String>, fragment: &str) -> (String, String) {
    let base = Some(base.to_owned()).filter(|q| !q.is_empty());
    if fragment.len() < 2 || own.is_empty() {
        let all: Vec<String> = base.into_iter().chain(own).collect();
        let fragment = if fragment.len() < 2 { "" } else { fragment };
        return (all.join("&"), fragment.to_owned());
    }
    let mark = if base.is_some() || fragment.contains('?') { '&' } else { '?' };
    (base.unwrap_or_default(), format!("{fragment}{mark}{}", own.join("&")))
}

/// The parts of the query in the model's URI.
fn operation_query(operation: Operation) -> Vec<&'static str> {
    let query = operation.uri().split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_swallows_the_calls_own_query() {
        let of =
            |base, own: &[&str], fragment| join_query(base, own.iter().map(|s| (*s).to_owned()).collect(), fragment);
        for (base, own, fragment, query, rest) in [
            ("", &[][..], "", "", ""),
            ("q=1", &["a=b", "c"], "", "q=1&a=b&c", ""),
            ("q=1", &["a=b"], "#", "q=1&a=b", ""),
            ("q=1", &[], "#f", "q=1", "#f"),
            ("q=1", &["a=b", "c=d"], "#f", "q=1", "#f&a=b&c=d"),
            ("", &["a=b"], "#f", "", "#f?a=b"),
            ("", &["a=b"], "#f?x", "", "#f?x&a=b"),
        ] {
            assert_eq!(of(base, own, fragment), (query.to_owned(), rest.to_owned()));
        }
    }
}
