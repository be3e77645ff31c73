//! Operations that go to a place or in a form of their own.

use super::form;
use crate::types::outgoing::Outgoing;
use oxaws_value::parse_json_bytes;

/// Machine Learning's `Predict` goes to the endpoint that its input names.
pub(super) fn predict(outgoing: &mut Outgoing) {
    let Ok(body) = parse_json_bytes(outgoing.source.bytes()) else { return };
    if let Some(endpoint) = body.get("PredictEndpoint").and_then(|e| e.as_str()).filter(|e| !e.is_empty()) {
        outgoing.move_to(endpoint, true);
    }
}

/// CloudSearch's `Search` sends its query as a form, which may be longer than a URL.
pub(super) fn query_as_form(outgoing: &mut Outgoing) {
    if outgoing.method != "GET" || outgoing.query.is_empty() {
        return;
    }
    outgoing.set_header("Content-Type", "application/x-www-form-urlencoded");
    outgoing.method = "POST".into();
    let query = std::mem::take(&mut outgoing.query);
    debug_assert!(!form::pairs(query.as_bytes()).is_empty());
    outgoing.set_body(query.into_bytes());
}
