//! `max_bandwidth`.

use oxaws_http::Cancel;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A rate that all transfers share.
#[derive(Debug)]
pub struct Throttle {
    rate: f64,
    /// When the bytes taken so far have had their time.
    free_at: Mutex<Instant>,
}

impl Throttle {
    /// So many bytes a second.
    pub fn new(rate: u64) -> Self {
        Throttle { rate: rate.max(1) as f64, free_at: Mutex::new(Instant::now()) }
    }

    /// Waits until `bytes` may go on.
    pub(crate) fn take(&self, bytes: usize, cancel: &Cancel) {
        let start = {
            let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            let start = (*free_at).max(Instant::now());
            *free_at = start + Duration::from_secs_f64(bytes as f64 / self.rate);
            *free_at
        };
        while !cancel.is_cancelled() {
            let left = start.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(Duration::from_millis(100)));
        }
    }
}
