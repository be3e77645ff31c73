//! Stopping from outside: Ctrl-C and signals.

use crate::limits;
use oxaws_http::Cancel;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What ends a command's transfers. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    asked: Arc<AtomicBool>,
    faulty: Arc<AtomicBool>,
    silent: Arc<AtomicBool>,
    /// Ends what can be begun again: listing, downloads, parts.
    pub(crate) now: Cancel,
    /// Ends single requests that change something: a little later, so that their outcome is known.
    pub(crate) later: Cancel,
    /// Ends even the cleaning up.
    pub(crate) last: Cancel,
}

impl Stop {
    /// Nothing is to stop yet.
    pub fn new() -> Self {
        Stop::default()
    }

    /// Stops everything: nothing new begins; what is under way is ended, single requests after a moment's grace.
    /// Returns at once.
    pub fn stop(&self) {
        if self.asked.swap(true, Ordering::AcqRel) {
            return;
        }
        self.now.cancel();
        let (later, last) = (self.later.clone(), self.last.clone());
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(limits::GRACE_MS));
            later.cancel();
            std::thread::sleep(Duration::from_millis(limits::ABORT_MS));
            last.cancel();
        });
    }

    /// As [`Stop::stop`], and nothing is told of it: a signal ends the program.
    pub fn stop_silently(&self) {
        self.silent.store(true, Ordering::Release);
        self.stop();
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.silent.load(Ordering::Acquire)
    }

    /// Ends everything because the command itself can't go on.
    pub(crate) fn now_and_later(&self) {
        self.faulty.store(true, Ordering::Release);
        self.now.cancel();
    }

    /// Whether it was asked to stop from outside.
    pub fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Acquire)
    }

    /// Whether it is to stop, for whatever reason.
    pub fn is_stopping(&self) -> bool {
        self.asked.load(Ordering::Acquire) || self.faulty.load(Ordering::Acquire)
    }
}
