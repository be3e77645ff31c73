//! What `cli_history = enabled` records: which command ran, with what, and how it ended.

mod secrets;
mod store;

pub use store::{HistoryError, Record, Run, Store, path};

use crate::context::Context;
use crate::exit::Exit;
use crate::version;
use oxaws_env::{World, uuid4};
use oxaws_value::{JsonStyle, Value, to_json};

/// Records the events of one run.
pub struct Recorder<'a> {
    world: &'a dyn World,
    store: Store,
    id: String,
}

impl std::fmt::Debug for Recorder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Recorder({})", self.id)
    }
}

/// Starts the record of a run, where the configuration asks for one. Nothing that goes wrong with it stops the run.
pub(crate) fn begin<'a>(cx: &Context<'a>, command: &str, args: &[String]) -> Option<Recorder<'a>> {
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
    let recorder = Recorder { world: cx.world, store, id: uuid4(cx.world) };
    recorder.record("CLI", "CLI_VERSION", None, &Value::from(version::text(cx.world)));
    let args = secrets::redacted(args, cx.session.pack());
    recorder.record("CLI", "CLI_ARGUMENTS", None, &Value::List(args.into_iter().map(Value::from).collect()));
    Some(recorder)
}

impl Recorder<'_> {
    /// Records an event. `request` is an id that the events of one call share.
    pub fn record(&self, source: &str, event: &str, request: Option<&str>, payload: &Value) {
        let record = Record {
            id: self.id.clone(),
            request_id: request.map(str::to_owned),
            source: source.to_owned(),
            event_type: event.to_owned(),
            timestamp: i64::try_from(self.world.now().nanos / 1_000_000).unwrap_or(i64::MAX),
            payload: to_json(payload, JsonStyle::PYTHON),
        };
        // A record that can't be written is lost; the command has the user's attention.
        let _ = self.store.write(&record);
    }

    /// Records how the run ended.
    pub fn finish(self, exit: Exit) {
        self.record("CLI", "CLI_RC", None, &Value::Int(exit.code().into()));
    }
}
