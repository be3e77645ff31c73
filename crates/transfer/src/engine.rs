//! The threads that do the work: jobs wait in a bounded queue; a large transfer is opened by one thread, and all threads
//! take parts of the open ones before they begin another.

use crate::client::{Around, S3};
use crate::config::TransferConfig;
use crate::error::TransferError;
use crate::options::Prepared;
use crate::plan::{Action, Job, Place};
use crate::report::{Report, Subject, shown};
use crate::stop::Stop;
use crate::written::Written;
use crate::{copy, delete, download, limits, parts::Open, upload};
use oxaws_client::CallError;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Scope;

/// What all transfers of a command share.
pub(crate) struct Shared<'a> {
    /// Where objects go, or come from in a download.
    pub s3: &'a S3<'a>,
    /// Where the sources of copies are.
    pub source: &'a S3<'a>,
    pub prepared: &'a Prepared,
    pub config: &'a TransferConfig,
    pub report: &'a dyn Report,
    pub stop: &'a Stop,
    pub cwd: Option<&'a Path>,
    pub is_move: bool,
    pub recursive: bool,
    /// Whether a transfer was cut short by a stop.
    pub cut: AtomicBool,
    /// The files that were put in place.
    pub written: Written,
}

impl<'a> Shared<'a> {
    /// For requests that can simply be ended.
    pub(crate) fn now<'b>(&'b self, progress: &'b (dyn Fn(i64) + Sync)) -> Around<'b> {
        Around { cancel: &self.stop.now, progress }
    }

    /// For single requests that change something.
    pub(crate) fn later<'b>(&'b self, progress: &'b (dyn Fn(i64) + Sync)) -> Around<'b> {
        Around { cancel: &self.stop.later, progress }
    }

    /// For cleaning up.
    pub(crate) fn last<'b>(&'b self, progress: &'b (dyn Fn(i64) + Sync)) -> Around<'b> {
        Around { cancel: &self.stop.last, progress }
    }

    fn word(&self, action: Action) -> &'static str {
        if self.is_move { "move" } else { action.word() }
    }

    /// Tells how a job ended.
    pub(crate) fn tell(&self, job: &Job, moved: u64, outcome: Result<(), TransferError>) {
        let (from, to) = job_shown(job, self.cwd);
        let subject = Subject { word: self.word(job.action), source: &from, dest: to.as_deref() };
        match outcome {
            Ok(()) => self.report.success(subject),
            Err(error) if self.stop.is_stopping() && error.is_cancelled() => {
                self.cut.store(true, Ordering::Relaxed);
            }
            Err(error) if self.prepared.options.no_overwrite && error.has_code("PreconditionFailed") => {
                self.report.skipped();
            }
            Err(TransferError::Taken(why)) => {
                self.report.warning(why.text());
                self.report.skipped();
            }
            Err(error) => {
                let left = job.source.size.unwrap_or(0).saturating_sub(moved);
                self.report.failure(subject, &error, left);
            }
        }
    }

    pub(crate) fn tell_dry_run(&self, job: &Job) {
        let (from, to) = job_shown(job, self.cwd);
        self.report.dry_run(Subject { word: self.word(job.action), source: &from, dest: to.as_deref() });
    }
}

fn job_shown(job: &Job, cwd: Option<&Path>) -> (String, Option<String>) {
    (shown(&job.source.place, cwd), job.dest.as_ref().map(|d| shown(d, cwd)))
}

/// What waits.
enum Task {
    Job(Job),
    Batch(Vec<Job>),
}

#[derive(Default)]
struct State<'a> {
    tasks: VecDeque<Task>,
    open: Vec<Arc<Open<'a>>>,
    /// Nothing more comes.
    closed: bool,
    idle: usize,
    threads: usize,
    /// Whether the planner waits for room.
    full: bool,
}

/// The queue and its threads.
pub(crate) struct Engine<'a> {
    pub(crate) shared: &'a Shared<'a>,
    state: Mutex<State<'a>>,
    work: Condvar,
    room: Condvar,
}

impl<'a> Engine<'a> {
    pub(crate) fn new(shared: &'a Shared<'a>) -> Self {
        Engine { shared, state: Mutex::default(), work: Condvar::new(), room: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a job to the threads; waits while too many wait.
    pub(crate) fn submit<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, job: Job) {
        self.shared.report.queued(if job.action == Action::Delete { None } else { job.source.size });
        self.push(scope, Task::Job(job));
    }

    /// Hands over deletes that go in one request.
    pub(crate) fn submit_batch<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, jobs: Vec<Job>) {
        for _ in &jobs {
            self.shared.report.queued(None);
        }
        self.push(scope, Task::Batch(jobs));
    }

    fn push<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, task: Task) {
        let mut state = self.lock();
        while state.tasks.len() >= self.shared.config.queue && !self.shared.stop.is_stopping() {
            state.full = true;
            let waited = self.room.wait_timeout(state, std::time::Duration::from_millis(100));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.full = false;
        state.tasks.push_back(task);
        self.grow(scope, &mut state);
        // Waking costs a system call even where no one sleeps.
        let wake = state.idle > 0;
        drop(state);
        if wake {
            self.work.notify_one();
        }
    }

    /// Starts another thread where all are busy.
    fn grow<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, state: &mut State<'a>) {
        let waiting: usize = state.tasks.len() + state.open.iter().map(|o| o.unclaimed()).sum::<usize>();
        if waiting > state.idle && state.threads < self.shared.config.concurrency {
            state.threads += 1;
            scope.spawn(move || self.work(scope));
        }
    }

    /// Says that nothing more comes.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
    }

    fn work<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) {
        let mut buffer = Vec::new();
        let mut state = self.lock();
        loop {
            if let Some((open, part)) = claim(&mut state) {
                self.grow(scope, &mut state);
                drop(state);
                if open.run(self.shared, part, &mut buffer) {
                    open.finish(self.shared);
                }
                state = self.lock();
                state.open.retain(|o| !o.is_done());
                if open.is_done() {
                    self.work.notify_all();
                }
                continue;
            }
            if self.shared.stop.is_stopping() {
                if !state.tasks.is_empty() {
                    self.shared.cut.store(true, Ordering::Relaxed);
                    state.tasks.clear();
                }
                if state.open.is_empty() {
                    return;
                }
            }
            let may_begin = state.open.len() < limits::MAX_OPEN_TRANSFERS;
            if may_begin && let Some(task) = state.tasks.pop_front() {
                // Not for every place: the planner fills many at a time.
                let room = state.full && state.tasks.len() * 2 <= self.shared.config.queue;
                drop(state);
                if room {
                    self.room.notify_one();
                }
                let opened = self.begin(task, &mut buffer);
                state = self.lock();
                if let Some(open) = opened {
                    state.open.push(Arc::new(open));
                    self.work.notify_all();
                }
                continue;
            }
            if state.closed && state.tasks.is_empty() && state.open.is_empty() {
                self.work.notify_all();
                return;
            }
            state.idle += 1;
            let waited = self.work.wait_timeout(state, std::time::Duration::from_millis(200));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.idle -= 1;
        }
    }

    /// Does a small job, or opens a large one.
    fn begin(&self, task: Task, buffer: &mut Vec<u8>) -> Option<Open<'a>> {
        let cx = self.shared;
        let job = match task {
            Task::Batch(jobs) => {
                delete::batch(cx, jobs);
                return None;
            }
            Task::Job(job) => job,
        };
        let large = job.source.size.unwrap_or(0) >= cx.config.threshold;
        let outcome = match job.action {
            Action::Upload if large => return upload::open(cx, job),
            Action::Upload => upload::whole(cx, &job, buffer),
            Action::Download => match download::begin(cx, &job, buffer) {
                Ok(Some(parts)) => return Some(Open::new(job, parts)),
                Ok(None) => Ok(()),
                Err(e) => Err(e),
            },
            Action::Copy => match copy::begin(cx, &job) {
                Ok(Some(parts)) => return Some(Open::new(job, parts)),
                Ok(None) => Ok(()),
                Err(e) => Err(e),
            },
            Action::Delete => delete::one(cx, &job.source.place, cx.s3),
            Action::DeleteLocal => delete::local(cx, &job.source.place).map(|_| ()),
        };
        cx.tell(&job, 0, outcome);
        None
    }
}

fn claim<'a>(state: &mut State<'a>) -> Option<(Arc<Open<'a>>, u64)> {
    state.open.iter().find_map(|open| open.claim().map(|part| (open.clone(), part)))
}

/// Bucket and key of an object.
pub(crate) fn object(place: &Place) -> Result<(&str, &str), TransferError> {
    match place {
        Place::Object { bucket, key } => Ok((bucket, key)),
        _ => Err(TransferError::Call(CallError::bug("not an object"))),
    }
}

/// The path of a file.
pub(crate) fn file(place: &Place) -> Result<&Path, TransferError> {
    match place {
        Place::Local(path) => Ok(path),
        _ => Err(TransferError::Call(CallError::bug("not a file"))),
    }
}
