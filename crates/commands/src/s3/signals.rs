//! Signals while files are transferred: Ctrl-C, and those that end a program.

use oxaws_client::Cancel;
use oxaws_transfer::Stop;
use signal_hook::consts::{SIGHUP, SIGTERM};
use signal_hook::{flag, low_level};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How often the flags are looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Runs `work`, which `stop` ends when a signal comes. A signal that ends programs ends this one after the work has
/// stopped and cleaned up.
pub fn watched<T>(interrupt: &Cancel, stop: &Stop, tick: &(dyn Fn() + Sync), work: impl FnOnce() -> T) -> T {
    let ending = [SIGTERM, SIGHUP].map(|signal| {
        let noticed = Arc::new(AtomicBool::new(false));
        // Where there can be no handler the default action stays.
        let id = flag::register(signal, noticed.clone()).ok();
        (signal, noticed, id)
    });
    let done = Mutex::new(false);
    let changed = Condvar::new();
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut guard = done.lock().unwrap_or_else(PoisonError::into_inner);
            while !*guard {
                if ending.iter().any(|(_, noticed, _)| noticed.load(Ordering::Relaxed)) {
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
    });
    for (signal, noticed, id) in ending {
        if let Some(id) = id {
            low_level::unregister(id);
        }
        if noticed.load(Ordering::Relaxed) {
            let _ = low_level::emulate_default_handler(signal);
        }
    }
    result
}
