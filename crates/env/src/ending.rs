//! SIGTERM and SIGHUP while something must not be left half done.
//!
//! Outside of a [`Hold`] the two signals do what they always did: they end the process. Inside of one they wait: they set
//! the flag that Ctrl-C sets too, so that whatever blocks ends soon, and the last hold to be dropped ends the process by
//! the signal that came. A second signal of the same kind doesn't wait.
//!
//! Handlers belong to the process, hence the statics. They are installed by the first hold, so that a command that writes
//! nothing pays nothing for them.

use signal_hook::consts::{SIGHUP, SIGTERM};
use signal_hook::{flag, low_level};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What Ctrl-C sets, see [`also_set`].
static INTERRUPT: OnceLock<Arc<AtomicBool>> = OnceLock::new();
static HANDLERS: OnceLock<Handlers> = OnceLock::new();

struct Handlers {
    /// Nobody holds the signals back.
    outside: Arc<AtomicBool>,
    holders: Mutex<usize>,
    /// The signals that are held back, and whether one came.
    pending: Vec<(i32, Arc<AtomicBool>)>,
}

/// A flag that a signal sets while it is held back: the one that ends blocked calls. The first one counts.
pub fn also_set(interrupted: &Arc<AtomicBool>) {
    // Another run in the same process has installed its own already; it ends the process all the same.
    let _ = INTERRUPT.set(interrupted.clone());
}

/// Holds SIGTERM and SIGHUP back until it is dropped. Holds may overlap, also between threads.
#[derive(Debug)]
#[must_use = "signals are held back only as long as this lives"]
pub struct Hold(());

/// Holds SIGTERM and SIGHUP back until the result is dropped.
pub fn hold_signals() -> Hold {
    let handlers = HANDLERS.get_or_init(Handlers::install);
    let mut holders = handlers.holders.lock().unwrap_or_else(PoisonError::into_inner);
    *holders += 1;
    handlers.outside.store(false, Ordering::SeqCst);
    Hold(())
}

impl Hold {
    /// Whether a signal waits that will end the process.
    pub fn is_pending(&self) -> bool {
        HANDLERS.get().is_some_and(|h| h.pending.iter().any(|(_, came)| came.load(Ordering::SeqCst)))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let Some(handlers) = HANDLERS.get() else { return };
        let mut holders = handlers.holders.lock().unwrap_or_else(PoisonError::into_inner);
        *holders = holders.saturating_sub(1);
        if *holders > 0 {
            return;
        }
        // In this order: a signal that comes from here on ends the process by itself.
        handlers.outside.store(true, Ordering::SeqCst);
        for (signal, came) in &handlers.pending {
            if came.load(Ordering::SeqCst) {
                // It returns only for signals that it doesn't know.
                let _ = low_level::emulate_default_handler(*signal);
            }
        }
    }
}

impl Handlers {
    fn install() -> Handlers {
        let outside = Arc::new(AtomicBool::new(true));
        let ignored = ignored_signals();
        let pending = [SIGTERM, SIGHUP].into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0);
        let pending = pending.map(|signal| {
            let came = Arc::new(AtomicBool::new(false));
            // In this order: the first signal inside of a hold sets the flag, the second one finds it set. Where there can
            // be no handler the default stays, which ends the process at once.
            let _ = flag::register_conditional_default(signal, outside.clone());
            let _ = flag::register_conditional_default(signal, came.clone());
            let _ = flag::register(signal, came.clone());
            if let Some(interrupted) = INTERRUPT.get() {
                let _ = flag::register(signal, interrupted.clone());
            }
            (signal, came)
        });
        Handlers { pending: pending.collect(), outside, holders: Mutex::new(0) }
    }
}

/// The signals that this process ignores, as `nohup` has it: a bit each, the lowest for signal 1. Installing a
/// handler would end that. Linux reports the mask in `/proc`; other systems need unsafe code to ask for it, so there no
/// signal counts as ignored.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_read() {
        // The test runner ignores SIGPIPE (13), as every Rust program does.
        assert_eq!(ignored_signals() & (1 << 12) != 0, cfg!(target_os = "linux"));
    }

    #[test]
    fn holds_overlap() {
        let (first, second) = (hold_signals(), hold_signals());
        drop(first);
        let outside = || HANDLERS.get().unwrap().outside.load(Ordering::SeqCst);
        assert!(!outside() && !second.is_pending());
    }
}
