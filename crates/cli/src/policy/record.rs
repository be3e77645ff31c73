//! The result record: one line of JSON about how a run ended, for scripts, supervisors and `aws explain --last`.
//!
//! It is gathered in a [`Book`], which observers of calls, commands and the driver write into while the run goes on, and
//! written once: at the end of the run, or by the thread that waits for signals.

use super::partial::Partial;
use super::{Class, End, Rules};
use crate::exit::Exit;
use crate::failure::{Failure, Shown};
use crate::term::ui::Ui;
use oxaws_client::{Observer, ServiceFailure, Step};
use oxaws_env::{Instant, Put, PutMode, World, descriptor};
use oxaws_python::{Timestamp, python_os_error_bare};
use oxaws_value::{JsonStyle, Map, Value, to_json};
use std::cell::Cell;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The version of the record's form. Members may be added without a new one.
const SCHEMA: i64 = 1;
/// Failures of transfers that a record lists; the others are counted.
const MAX_FAILURES: usize = 1000;
/// How long the reader of a pipe may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// The headers in which services say a request's id.
const ID_HEADERS: [&str; 3] = ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"];

/// Where the record goes.
#[derive(Debug)]
enum Target {
    /// A file that is replaced, or a device or pipe that is written to.
    Path(PathBuf),
    /// A descriptor that the process was started with, by what the user wrote.
    Descriptor(String, io::Result<OwnedFd>),
}

/// What a transfer command did.
#[derive(Debug, Default, Clone)]
pub struct Transfers {
    /// Transfers that were done.
    pub succeeded: u64,
    /// Transfers that failed.
    pub failed: u64,
    /// Files and objects that were skipped.
    pub skipped: u64,
    /// Bytes that were moved.
    pub bytes: u64,
}

/// A transfer that failed.
#[derive(Debug)]
struct FailedTransfer {
    source: String,
    destination: Option<String>,
    class: Class,
    message: String,
}

#[derive(Debug, Default)]
struct Notes {
    argv: Vec<String>,
    command: Vec<String>,
    service: Option<&'static str>,
    operation: Option<String>,
    error_code: Option<String>,
    message: Option<String>,
    region: Option<String>,
    profile: Option<String>,
    /// The last call that was made: its id among observers.
    call: Option<String>,
    status: Option<u16>,
    request_ids: Vec<String>,
    attempts: u32,
    /// The error of the last call.
    answered: Option<(String, String)>,
    transfers: Option<Transfers>,
    failures: Vec<FailedTransfer>,
    failures_left_out: u64,
    partial: Vec<(&'static str, u64)>,
    /// Nothing is written.
    dropped: bool,
}

/// What a run's record says, while it is gathered.
#[derive(Debug)]
pub struct Book {
    target: Target,
    /// Whether an option asked for it, not the environment.
    by_option: bool,
    started: Instant,
    notes: Mutex<Notes>,
    /// Whether it is written. Locked while it is being written, so that a second end waits for the first.
    written: Mutex<bool>,
}

thread_local! {
    /// Whether this thread writes the record: what ends the process when the file is written calls [`Book::finish`] again.
    static IS_WRITING: Cell<bool> = const { Cell::new(false) };
}

impl Book {
    /// Begins the record of a run that goes to `target`: a path, or `fd:N`.
    pub(super) fn begin(world: &dyn World, target: &str, by_option: bool) -> Book {
        let target = match target.strip_prefix("fd:") {
            // Before anything is opened that stays open: a number that is closed must not become that of a connection.
            Some(number) => Target::Descriptor(
                target.to_owned(),
                number.parse().map_err(|_| io::ErrorKind::InvalidInput.into()).and_then(descriptor::inherited),
            ),
            None => Target::Path(PathBuf::from(target)),
        };
        Book { target, by_option, started: world.now(), notes: Mutex::default(), written: Mutex::new(false) }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The arguments, without their secrets.
    pub(crate) fn argv(&self, argv: Vec<String>) {
        self.notes().argv = argv;
    }

    /// The command that runs: its path in the tree.
    pub(crate) fn command(&self, path: &[&str]) {
        self.notes().command = path.iter().map(|name| (*name).to_owned()).collect();
    }

    /// The operation that the command stands for: the folder of its service's model, and its name there.
    pub(crate) fn operation(&self, service: &'static str, operation: &'static str) {
        let mut notes = self.notes();
        notes.service = Some(service);
        notes.operation = Some(operation.to_owned());
    }

    /// Where the run takes place.
    pub(crate) fn place(&self, region: Option<String>, profile: Option<String>) {
        let mut notes = self.notes();
        notes.region = region.filter(|region| !region.is_empty());
        notes.profile = profile;
    }

    /// The failure that ends the run; its message repeats no secret.
    pub(super) fn failed(&self, failure: &Failure) {
        // What is written already was noted when it was.
        if matches!(failure, Failure::Written { .. }) {
            return;
        }
        let mut notes = self.notes();
        if let Shown::Coded(code) = failure.shown() {
            notes.error_code = Some(code.to_owned());
        }
        if let Some(failure) = service_failure(failure) {
            notes.error_code = Some(failure.code().to_owned());
            notes.operation = Some(failure.operation.clone());
            notes.status.get_or_insert(failure.error.status);
        }
        notes.message = Some(failure.message().trim().to_owned()).filter(|message| !message.is_empty());
    }

    /// A transfer failed.
    pub fn transfer_failed(&self, source: &str, destination: Option<&str>, class: Class, message: &str) {
        let mut notes = self.notes();
        if notes.failures.len() == MAX_FAILURES {
            notes.failures_left_out += 1;
            return;
        }
        let (destination, message) = (destination.map(str::to_owned), message.to_owned());
        notes.failures.push(FailedTransfer { source: source.to_owned(), destination, class, message });
    }

    /// A transfer command ended, and did so much.
    pub fn transferred(&self, transfers: Transfers) {
        self.notes().transfers = Some(transfers);
    }

    /// The command said this on standard error before it ended badly.
    pub fn said(&self, message: &str) {
        self.notes().message = Some(message.trim().to_owned());
    }

    pub(super) fn partial(&self, partial: &[Partial]) {
        self.notes().partial = partial.iter().map(|partial| (partial.member, partial.count)).collect();
    }

    /// Leaves the record that is there alone, unless an option asked for a new one: for a command that reads it.
    pub fn leave(&self) {
        self.notes().dropped = !self.by_option;
    }

    /// Writes the record of a run that ended so, once. A signal that comes while it is being written finds it written.
    pub(super) fn finish(&self, world: &dyn World, end: End, rules: Rules, code: Exit) {
        if IS_WRITING.replace(true) {
            return;
        }
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut *written, true) {
            self.write(world, end, rules, code);
        }
        IS_WRITING.set(false);
    }

    fn write(&self, world: &dyn World, end: End, rules: Rules, code: Exit) {
        let record = {
            let notes = self.notes();
            if notes.dropped {
                return;
            }
            notes.record(end, rules, code, self.started, world.now())
        };
        let mut line = to_json(&record, JsonStyle { ascii: false, ..JsonStyle::PYTHON });
        line.push('\n');
        let (name, done) = match &self.target {
            Target::Path(path) => (path.to_string_lossy().into_owned(), write_to(world, path, line.as_bytes())),
            Target::Descriptor(name, Ok(descriptor)) => {
                (name.clone(), descriptor::write_within(descriptor, line.as_bytes(), PATIENCE))
            }
            Target::Descriptor(name, Err(error)) => (name.clone(), Err(copy(error))),
        };
        if let Err(error) = done {
            let why = match error.kind() {
                io::ErrorKind::TimedOut => "Nobody reads it.".into(),
                io::ErrorKind::InvalidInput if error.raw_os_error().is_none() => "It is not a descriptor.".into(),
                _ => python_os_error_bare(&error),
            };
            Ui::new(world, false).warn_plain(&format!("Warning: Unable to write the result record to {name}: {why}"));
        }
    }
}

/// An error once more, as the system's can't be copied.
fn copy(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

/// Writes a line to a file, which is replaced as a whole, or to what else is there: a pipe that somebody reads, a device.
fn write_to(world: &dyn World, path: &Path, line: &[u8]) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo()) {
        // Without a reader this is an error at once.
        let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        let pipe = OpenOptions::new().write(true).custom_flags(flags).open(path)?;
        return descriptor::write_within(&pipe, line, PATIENCE);
    }
    world.put(path, line, Put { mode: PutMode::Private, follow: false, folders: false })
}

/// The error of a service that a failure is, or is made of.
fn service_failure(failure: &Failure) -> Option<&ServiceFailure> {
    match failure {
        Failure::Service(failure) => Some(failure),
        Failure::Framed(_, failure) => service_failure(failure),
        _ => None,
    }
}

impl Notes {
    fn record(&self, end: End, rules: Rules, code: Exit, started: Instant, now: Instant) -> Value {
        let mut record = Map::new();
        let texts = |texts: &[String]| Value::List(texts.iter().map(|text| text.as_str().into()).collect());
        let class = end.class;
        let row = class.row();
        record.insert("schema", SCHEMA);
        record.insert("exit_code", i64::from(code.code()));
        record.insert("mode", rules.mode.name());
        record.insert("class", row.name);
        record.insert("compat_code", i64::from(end.exit.code()));
        record.insert("strict_code", i64::from(end.strict().code()));
        if !self.command.is_empty() {
            record.insert("command", texts(&self.command));
        }
        record.insert("argv", texts(&self.argv));
        let mut text = |name: &'static str, value: Option<&str>| {
            if let Some(value) = value {
                record.insert(name, value);
            }
        };
        // An error of the last call is the failure's where the failure has none of its own: a transfer's, a waiter's.
        let answered = self.answered.as_ref().filter(|_| (30..40).contains(&row.number));
        text("service", self.service);
        text("operation", self.operation.as_deref());
        text("error_code", self.error_code.as_deref().or(answered.map(|(code, _)| code.as_str())));
        text("message", self.message.as_deref().or(answered.map(|(_, message)| message.as_str())));
        if let Some(status) = self.status {
            record.insert("http_status", i64::from(status));
        }
        if !self.request_ids.is_empty() {
            record.insert("request_ids", texts(&self.request_ids));
        }
        if self.attempts > 0 {
            record.insert("attempts", i64::from(self.attempts));
        }
        record.insert("retryable", row.retryable);
        let mut text = |name: &'static str, value: Option<&str>| {
            if let Some(value) = value {
                record.insert(name, value);
            }
        };
        text("region", self.region.as_deref());
        text("profile", self.profile.as_deref());
        record.insert("started", utc(started));
        let took = (now.nanos - started.nanos).max(0) / 1_000_000;
        record.insert("duration_ms", i64::try_from(took).unwrap_or(i64::MAX));
        if let Some(transfers) = &self.transfers {
            record.insert("transfers", self.transfers_value(transfers));
        }
        if !self.partial.is_empty() {
            let partial = |(member, count): &(&'static str, u64)| {
                let count = i64::try_from(*count).unwrap_or(i64::MAX);
                Value::Map([("member", Value::from(*member)), ("count", count.into())].into_iter().collect())
            };
            record.insert("partial", Value::List(self.partial.iter().map(partial).collect()));
        }
        if class != Class::Ok {
            record.insert("hint", super::catalogue::entry_of(class).action);
            record.insert("docs", format!("aws explain {}", row.name));
        }
        Value::Map(record)
    }

    fn transfers_value(&self, transfers: &Transfers) -> Value {
        let number = |n: u64| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let mut value: Map = [
            ("succeeded", number(transfers.succeeded)),
            ("failed", number(transfers.failed)),
            ("skipped", number(transfers.skipped)),
            ("bytes", number(transfers.bytes)),
        ]
        .into_iter()
        .collect();
        let failure = |failure: &FailedTransfer| {
            let mut value: Map = [("source", Value::from(failure.source.as_str()))].into_iter().collect();
            if let Some(destination) = &failure.destination {
                value.insert("destination", destination.as_str());
            }
            value.insert("class", failure.class.name());
            value.insert("message", failure.message.as_str());
            Value::Map(value)
        };
        value.insert("failures", Value::List(self.failures.iter().map(failure).collect()));
        if self.failures_left_out > 0 {
            value.insert("failures_left_out", number(self.failures_left_out));
        }
        Value::Map(value)
    }
}

/// `2026-12-01T10:00:00.123Z`
fn utc(at: Instant) -> String {
    let c = Timestamp::from_unix(at.secs()).utc();
    let millis = at.nanos.rem_euclid(1_000_000_000) / 1_000_000;
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{millis:03}Z", c.year, c.month, c.day, c.hour, c.minute, c.second)
}

impl Observer for Book {
    fn observe(&self, _at: Instant, call: Option<&str>, step: &Step) {
        let mut notes = self.notes();
        if let Step::Call { service, operation, .. } = step {
            notes.call = call.map(str::to_owned);
            (notes.status, notes.attempts, notes.answered) = (None, 0, None);
            notes.request_ids.clear();
            // A hand-written command has no operation of its own: its last call's is shown.
            notes.service = Some(service);
            notes.operation = Some((*operation).to_owned());
            return;
        }
        if notes.call.as_deref() != call {
            return;
        }
        match step {
            Step::Request { .. } => notes.attempts += 1,
            Step::Response { status, headers, .. } => {
                notes.status = Some(*status);
                notes.seen(id_in(headers));
            }
            Step::Parsed(value) => {
                let metadata = member(value, "ResponseMetadata");
                notes.seen(metadata.and_then(|m| member(m, "RequestId")).and_then(Value::as_str).map(str::to_owned));
                let error = member(value, "Error");
                let text = |name: &str| error.and_then(|e| member(e, name)).and_then(Value::as_str).map(str::to_owned);
                notes.answered = text("Code").map(|code| (code, text("Message").unwrap_or_default()));
            }
            Step::Call { .. } | Step::Credentials(_) | Step::Endpoint(_) | Step::Failed(_) | Step::Retry(..) => {}
        }
    }
}

impl Notes {
    /// A request's id was seen.
    fn seen(&mut self, id: Option<String>) {
        if let Some(id) = id.filter(|id| !id.is_empty() && !self.request_ids.contains(id)) {
            self.request_ids.push(id);
        }
    }
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Map(map) => map.get(name),
        _ => None,
    }
}

/// The request's id among a reply's headers.
fn id_in(headers: &Value) -> Option<String> {
    let Value::Map(headers) = headers else { return None };
    let id = |name: &&str| headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, v)| v.as_str());
    ID_HEADERS.iter().find_map(id).map(str::to_owned)
}
