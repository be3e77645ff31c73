//! Signals: Ctrl-C is a flag that every blocking step looks at; a file at its limit is an error like others.

use signal_hook::consts::{SIGINT, SIGXFSZ};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Makes SIGINT set a flag, and SIGXFSZ do nothing. A second one, when the first was not noticed, ends the program at once
/// with 130. `last` is called before a signal ends the process.
pub(crate) fn install(last: Option<impl Fn(i32) + Send + Sync + 'static>) -> Arc<AtomicBool> {
    let noticed = Arc::new(AtomicBool::new(false));
    let armed = Arc::new(AtomicBool::new(false));
    // SIGTERM and SIGHUP end the program at once, but for the time in which something must be finished first.
    oxaws_env::also_set(&noticed);
    if let Some(last) = last {
        oxaws_env::before_ending(last);
    }
    // In this order: the first SIGINT arms the shutdown, the second one finds it armed. Where a handler can't be had the
    // default action stays, which ends the program too.
    if !oxaws_env::is_watched() {
        let _ = flag::register_conditional_shutdown(SIGINT, 130, armed.clone());
        let _ = flag::register(SIGINT, armed);
    }
    let _ = flag::register(SIGINT, noticed.clone());
    // A file that grows past the limit is an error to tell, not a signal to die of.
    let _ = flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    noticed
}

/// Whether Ctrl-C was pressed.
pub(crate) fn is_set(flag: &AtomicBool) -> bool {
    flag.load(Ordering::Relaxed)
}
