//! What attempts after the first are paid with.

use std::sync::{Mutex, PoisonError};

/// Tokens that attempts after the first are paid with: a server that fails all the time is not asked for ever.
pub(crate) struct Quota(Mutex<u32>);

impl Default for Quota {
    fn default() -> Self {
        Quota(Mutex::new(Self::FULL))
    }
}

impl Quota {
    const FULL: u32 = 500;

    /// Pays for another attempt: what it cost.
    pub(crate) fn pay(&self, timed_out: bool) -> Option<u32> {
        let cost = if timed_out { 10 } else { 5 };
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.checked_sub(cost)?;
        Some(cost)
    }

    /// Gives back what a retry that succeeded was paid with.
    pub(crate) fn give_back(&self, paid: u32) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + paid).min(Self::FULL);
    }
}
