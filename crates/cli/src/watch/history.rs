//! What `cli_history = enabled` records: which command ran, with what, what its calls did, and how it ended.

mod store;

pub use store::{HistoryError, Record, Run, Store, path};

use crate::exit::Exit;
use crate::plug::context::Context;
use crate::version;
use oxaws_client::{Observer, Step};
use oxaws_env::{Instant, uuid4};
use oxaws_value::{JsonStyle, Map, Value, to_json};
use std::sync::{Arc, Mutex, PoisonError};

/// Records the events of one run.
#[derive(Debug, Clone)]
pub struct Recorder(Arc<Book>);

/// Where the events of one run go.
#[derive(Debug)]
struct Book {
    store: Mutex<Store>,
    id: String,
}

/// Starts the record of a run, where the configuration asks for one. Nothing that goes wrong with it stops the run.
pub(crate) fn begin(cx: &Context, command: &str) -> Option<Recorder> {
    // The profile may not exist: then nothing is enabled.
    let enabled = cx.session.config().ok()?.scoped("cli_history").ok()? == Some("enabled");
    if !enabled || command == "history" {
        return None;
    }
    let path = path(cx.world);
    let store = match Store::open(&path) {
        Ok(store) => store,
        Err(_) => {
            let shown = path.display();
            cx.ui.warn_plain(&format!("Warning: Unable to record CLI history. Check file permissions for {shown}"));
            return None;
        }
    };
    let recorder = Recorder(Arc::new(Book { store: Mutex::new(store), id: uuid4(cx.world) }));
    recorder.0.record(cx.world.now(), "CLI_VERSION", None, &Value::from(version::text(cx.world)));
    let args = Value::List(cx.line.shown().iter().map(|word| Value::from(word.as_str())).collect());
    recorder.0.record(cx.world.now(), "CLI_ARGUMENTS", None, &args);
    Some(recorder)
}

impl Recorder {
    /// Records how the run ended.
    pub(crate) fn finish(self, cx: &Context, exit: Exit) {
        self.0.record(cx.world.now(), "CLI_RC", None, &Value::Int(exit.code().into()));
    }
}

impl Book {
    /// Records an event. `call` is an id that the events of one call share.
    fn record(&self, at: Instant, event: &str, call: Option<&str>, payload: &Value) {
        let record = Record {
            id: self.id.clone(),
            request_id: call.map(str::to_owned),
            source: if call.is_some() { "BOTOCORE" } else { "CLI" }.to_owned(),
            event_type: event.to_owned(),
            timestamp: i64::try_from(at.nanos / 1_000_000).unwrap_or(i64::MAX),
            payload: to_json(payload, JsonStyle::PYTHON),
        };
        // A record that can't be written is lost; the command has the user's attention.
        let _ = self.store.lock().unwrap_or_else(PoisonError::into_inner).write(&record);
    }
}

impl Observer for Recorder {
    fn observe(&self, at: Instant, call: Option<&str>, step: &Step) {
        if let (Some(_), Some((event, payload))) = (call, event(step)) {
            self.0.record(at, event, call, &payload);
        }
    }
}

/// A step of a call as the AWS CLI records it; it doesn't record every one.
fn event(step: &Step) -> Option<(&'static str, Value)> {
    let payload = |members: Vec<(&'static str, Value)>| Value::Map(members.into_iter().collect::<Map>());
    Some(match step {
        Step::Call { service, operation, params } => (
            "API_CALL",
            payload(vec![
                ("service", Value::from(*service)),
                ("operation", Value::from(*operation)),
                ("params", params.clone()),
            ]),
        ),
        Step::Request { method, url, headers, streaming, body } => (
            "HTTP_REQUEST",
            payload(vec![
                ("method", Value::from(method.as_str())),
                ("headers", headers.clone()),
                ("streaming", Value::Bool(*streaming)),
                ("url", Value::from(url.as_str())),
                ("body", body.clone()),
            ]),
        ),
        Step::Response { operation, status, headers, streaming, body } => (
            "HTTP_RESPONSE",
            payload(vec![
                ("headers", headers.clone()),
                ("status_code", Value::Int((*status).into())),
                ("context", payload(vec![("operation_name", Value::from(*operation))])),
                ("body", body.clone()),
                ("streaming", Value::Bool(*streaming)),
            ]),
        ),
        Step::Parsed(value) => ("PARSED_RESPONSE", value.clone()),
        Step::Credentials(_) | Step::Endpoint(_) | Step::Failed(_) | Step::Retry(..) => return None,
    })
}
