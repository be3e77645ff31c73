//! What retries are paid with.

use crate::retry::rate::RateLimiter;
use oxaws_config::client::RetryMode;
use oxaws_env::World;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Tokens that retries are paid with: a service that fails all the time is not asked for ever. In adaptive mode also the
/// limit of the client's own rate.
#[derive(Debug)]
pub struct RetryQuota {
    left: Mutex<u32>,
    limiter: Option<RateLimiter>,
    /// Read once: transfers make thousands of calls.
    new_rules: OnceLock<bool>,
}

impl RetryQuota {
    const CAPACITY: u32 = 500;

    /// A full one.
    pub fn new(mode: RetryMode) -> Self {
        let limiter = (mode == RetryMode::Adaptive).then(RateLimiter::default);
        RetryQuota { left: Mutex::new(Self::CAPACITY), limiter, new_rules: OnceLock::new() }
    }

    /// `AWS_NEW_RETRIES_2026`
    pub(crate) fn new_rules(&self, world: &dyn World) -> bool {
        let read = || world.var(oxaws_env::var::AWS_NEW_RETRIES_2026).is_some_and(|v| v.eq_ignore_ascii_case("true"));
        *self.new_rules.get_or_init(read)
    }

    /// The limit of the client's own rate.
    pub fn limiter(&self) -> Option<&RateLimiter> {
        self.limiter.as_ref()
    }

    /// Pays for one retry; false when too little is left.
    pub(crate) fn pay(&self, cost: u32) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        match left.checked_sub(cost) {
            Some(rest) => {
                *left = rest;
                true
            }
            None => false,
        }
    }

    /// Gives back what a retry that succeeded was paid with; a first attempt that succeeded gives one.
    pub(crate) fn give_back(&self, paid: Option<u32>) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + paid.unwrap_or(1)).min(Self::CAPACITY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quota_runs_out_and_fills_again() {
        let quota = RetryQuota::new(RetryMode::Standard);
        let paid = std::iter::from_fn(|| quota.pay(5).then_some(())).count();
        assert_eq!(paid, 100);
        quota.give_back(Some(5));
        assert!(quota.pay(5) && !quota.pay(1));
        quota.give_back(None);
        assert!(quota.pay(1));
    }
}
