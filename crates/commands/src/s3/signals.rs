//! Signals while files are transferred: Ctrl-C, and those that end a program.

use oxaws_client::Cancel;
use oxaws_env::hold_signals;
use oxaws_transfer::Stop;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How often the flags are looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Runs `work`, which `stop` ends when a signal comes. A signal that ends programs ends this one after the work has
/// stopped and cleaned up.
pub fn watched<T>(interrupt: &Cancel, stop: &Stop, tick: &(dyn Fn() + Sync), work: impl FnOnce() -> T) -> T {
    let hold = hold_signals();
    let done = Mutex::new(false);
    let changed = Condvar::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut guard = done.lock().unwrap_or_else(PoisonError::into_inner);
            while !*guard {
                // First: a signal that ends programs sets the flag of Ctrl-C as well.
                if hold.is_pending() {
                    stop.stop_silently();
                } else if interrupt.is_cancelled() {
                    stop.stop();
                }
                tick();
                guard = changed.wait_timeout(guard, LOOK).unwrap_or_else(PoisonError::into_inner).0;
            }
        });
        let result = work();
        *done.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
        result
    })
}
