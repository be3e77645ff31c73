//! SIGTERM and SIGHUP while something must not be left half done.
//!
//! Outside of a [`Hold`] the two signals do what they always did: they end the process. Inside of one they wait: they set
//! the flag that Ctrl-C sets too, so that whatever blocks ends soon, and the last hold to be dropped ends the process by
//! the signal that came. A second signal of the same kind doesn't wait.
//!
//! Handlers belong to the process, hence the statics. They are installed by the first hold, so that a command that writes
//! nothing pays nothing for them.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};
use std::cell::Cell;
use std::io::Read;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What Ctrl-C sets, see [`also_set`].
static INTERRUPT: OnceLock<Arc<AtomicBool>> = OnceLock::new();
static HANDLERS: OnceLock<Handlers> = OnceLock::new();
/// What is done before a signal ends the process, see [`before_ending`].
static LAST: OnceLock<Last> = OnceLock::new();

type Last = Box<dyn Fn(i32) + Send + Sync>;

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

/// Has `last` called, with the signal's number, before SIGTERM, SIGHUP or a second SIGINT ends the process. From then on a
/// thread waits for them: a signal handler itself may do next to nothing. The first call counts.
pub fn before_ending(last: impl Fn(i32) + Send + Sync + 'static) {
    if LAST.set(Box::new(last)).is_ok() {
        HANDLERS.get_or_init(Handlers::install);
    }
}

/// Whether [`before_ending`] was called: then a second SIGINT is its thread's to handle.
pub fn is_watched() -> bool {
    LAST.get().is_some()
}

thread_local! {
    /// Whether this thread does what is done last. A hold of its own that ends meanwhile must not begin again.
    static IS_ENDING: Cell<bool> = const { Cell::new(false) };
}

/// Ends the process as `signal` does.
fn end(signal: i32) {
    if IS_ENDING.replace(true) {
        return;
    }
    if let Some(last) = LAST.get() {
        last(signal);
    }
    if signal == SIGINT {
        low_level::exit(130);
    }
    // It returns only for signals that it doesn't know.
    let _ = low_level::emulate_default_handler(signal);
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
        // What is done last may hold signals back itself.
        drop(holders);
        for (signal, came) in &handlers.pending {
            if came.load(Ordering::SeqCst) {
                end(*signal);
            }
        }
    }
}

impl Handlers {
    fn install() -> Handlers {
        let outside = Arc::new(AtomicBool::new(true));
        let ignored = ignored_signals();
        let taken = |signal: &i32| ignored & (1 << (signal - 1)) == 0;
        if LAST.get().is_some() {
            let watched: Vec<i32> = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(taken).collect();
            return Handlers { pending: watch(&watched, &outside), outside, holders: Mutex::new(0) };
        }
        let pending = [SIGTERM, SIGHUP].into_iter().filter(taken);
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

/// Starts the thread that waits for `signals`: it ends the process for the first of them, or for the second where the
/// first only asks to stop, as SIGINT does everywhere and the others do inside of a hold. The result is as
/// [`Handlers::pending`].
fn watch(signals: &[i32], outside: &Arc<AtomicBool>) -> Vec<(i32, Arc<AtomicBool>)> {
    let Ok((mut reader, writer)) = std::io::pipe() else { return Vec::new() };
    let mut came = Vec::new();
    for signal in signals {
        let flag_of = Arc::new(AtomicBool::new(false));
        // In this order: the thread that is woken finds the flag set. Where there can be no handler the default stays.
        let _ = flag::register(*signal, flag_of.clone());
        let _ = writer.try_clone().map(|writer| low_level::pipe::register(*signal, writer));
        came.push((*signal, flag_of));
    }
    let (outside, watched) = (outside.clone(), came.clone());
    std::thread::spawn(move || {
        let mut asked = vec![false; watched.len()];
        while matches!(reader.read(&mut [0]), Ok(1)) {
            for ((signal, came), asked) in watched.iter().zip(&mut asked) {
                let asks = *signal == SIGINT || !outside.load(Ordering::SeqCst);
                // A hold that ends looks at the flag, so that it stays set there.
                let is_new =
                    if *signal == SIGINT { came.swap(false, Ordering::SeqCst) } else { came.load(Ordering::SeqCst) };
                if is_new && (*asked || !asks) {
                    end(*signal);
                }
                if is_new && let Some(interrupted) = INTERRUPT.get() {
                    interrupted.store(true, Ordering::SeqCst);
                }
                *asked |= is_new;
            }
        }
    });
    came.retain(|(signal, _)| *signal != SIGINT);
    came
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
