//! A transfer in parts: which are taken, which are done, and the first thing that went wrong.

use crate::engine::Shared;
use crate::error::TransferError;
use crate::plan::Job;
use crate::{copy, download, upload};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is done part by part.
pub(crate) enum Kind {
    Upload(upload::Parts),
    Download(download::Parts),
    Copy(copy::Parts),
}

impl Kind {
    fn count(&self) -> u64 {
        match self {
            Kind::Upload(parts) => parts.count,
            Kind::Download(parts) => parts.count,
            Kind::Copy(parts) => parts.count,
        }
    }
}

#[derive(Default)]
struct State {
    next: u64,
    running: u64,
    error: Option<TransferError>,
    finishing: bool,
    done: bool,
}

/// An open transfer.
pub(crate) struct Open<'a> {
    job: Job,
    kind: Kind,
    state: Mutex<State>,
    moved: AtomicU64,
    marker: std::marker::PhantomData<&'a ()>,
}

impl<'a> Open<'a> {
    pub(crate) fn new(job: Job, kind: Kind) -> Self {
        Open { job, kind, state: Mutex::default(), moved: AtomicU64::new(0), marker: std::marker::PhantomData }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a part that no one has yet.
    pub(crate) fn claim(&self) -> Option<u64> {
        let mut state = self.lock();
        if state.error.is_some() || state.next >= self.kind.count() {
            return None;
        }
        state.next += 1;
        state.running += 1;
        Some(state.next - 1)
    }

    pub(crate) fn unclaimed(&self) -> usize {
        let state = self.lock();
        if state.error.is_some() { 0 } else { usize::try_from(self.kind.count() - state.next).unwrap_or(usize::MAX) }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.lock().done
    }

    /// Does a part; whether it was the last under way, so that the caller finishes.
    pub(crate) fn run(&self, cx: &Shared<'a>, part: u64, buffer: &mut Vec<u8>) -> bool {
        let progress = |n: i64| {
            self.moved.fetch_add(n as u64, Ordering::Relaxed);
            cx.report.progress(n);
        };
        let outcome = if cx.stop.is_stopping() {
            Err(TransferError::Cancelled)
        } else {
            match &self.kind {
                Kind::Upload(parts) => parts.run(cx, part, &progress),
                Kind::Download(parts) => parts.run(cx, part, buffer, &progress),
                Kind::Copy(parts) => parts.run(cx, part, &progress),
            }
        };
        let mut state = self.lock();
        if let Err(error) = outcome {
            // The first is shown; what a stop cut short is no reason beside a real one.
            state.error.get_or_insert(error);
        }
        state.running -= 1;
        let last = state.running == 0 && !state.finishing && (state.error.is_some() || state.next >= self.kind.count());
        state.finishing |= last;
        last
    }

    /// Ends the transfer, well or badly, and tells of it.
    pub(crate) fn finish(&self, cx: &Shared<'a>) {
        let error = self.lock().error.take();
        let outcome = match (&self.kind, error) {
            (Kind::Upload(parts), None) => parts.complete(cx, &self.job),
            (Kind::Upload(parts), Some(e)) => {
                parts.abort(cx);
                Err(e)
            }
            (Kind::Download(parts), None) => parts.complete(cx, &self.job),
            (Kind::Download(parts), Some(e)) => {
                parts.abort();
                Err(e)
            }
            (Kind::Copy(parts), None) => parts.complete(cx, &self.job),
            (Kind::Copy(parts), Some(e)) => {
                parts.abort(cx);
                Err(e)
            }
        };
        cx.tell(&self.job, self.moved.load(Ordering::Relaxed), outcome);
        self.lock().done = true;
    }
}
