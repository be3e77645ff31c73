//! The adaptive mode's limit of a client's own request rate: a bucket of tokens whose rate falls when the service is busy
//! and grows again along a cubic curve (the model is TCP CUBIC; numbers as in botocore).

use oxaws_env::World;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Tokens a second at least.
const MIN_RATE: f64 = 0.5;
/// How fast the curve grows.
const SCALE: f64 = 0.4;
/// What is left of the rate after the service was busy.
const BETA: f64 = 0.7;
/// The weight of the latest measurement.
const SMOOTHING: f64 = 0.8;
/// Measurements a second.
const MEASUREMENTS: f64 = 2.0;
/// The rate is at most this many times the measured one.
const MAX_LEAD: f64 = 2.0;

/// A limit of a client's own request rate. It does nothing until the service is busy once.
#[derive(Debug, Default)]
pub struct RateLimiter {
    state: Mutex<Option<State>>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    enabled: bool,
    // The bucket.
    fill_rate: f64,
    capacity: f64,
    tokens: f64,
    filled_at: f64,
    // The measured rate.
    measured: f64,
    bucket: f64,
    count: f64,
    // The curve.
    w_max: f64,
    k: f64,
    failed_at: f64,
}

impl State {
    fn new(now: f64) -> State {
        State {
            enabled: false,
            fill_rate: 1.0,
            capacity: 1.0,
            tokens: 0.0,
            filled_at: now,
            measured: 0.0,
            bucket: now.floor(),
            count: 0.0,
            w_max: 0.0,
            k: 0.0,
            failed_at: now,
        }
    }

    fn refill(&mut self, now: f64) {
        self.tokens = (self.tokens + (now - self.filled_at) * self.fill_rate).min(self.capacity);
        self.filled_at = now;
    }

    fn set_rate(&mut self, rate: f64, now: f64) {
        self.refill(now);
        self.fill_rate = rate.max(MIN_RATE);
        self.capacity = rate.max(1.0);
        self.tokens = self.tokens.min(self.capacity);
    }

    fn measure(&mut self, now: f64) -> f64 {
        let bucket = (now * MEASUREMENTS).floor() / MEASUREMENTS;
        self.count += 1.0;
        if bucket > self.bucket {
            let rate = self.count / (bucket - self.bucket);
            self.measured = rate * SMOOTHING + self.measured * (1.0 - SMOOTHING);
            self.count = 0.0;
            self.bucket = bucket;
        }
        self.measured
    }

    fn answered(&mut self, throttled: bool, now: f64) {
        let measured = self.measure(now);
        let rate = if throttled {
            let rate = if self.enabled { measured.min(self.fill_rate) } else { measured };
            self.w_max = rate;
            self.k = (self.w_max * (1.0 - BETA) / SCALE).cbrt();
            self.failed_at = now;
            self.enabled = true;
            rate * BETA
        } else {
            SCALE * (now - self.failed_at - self.k).powi(3) + self.w_max
        };
        self.set_rate(rate.min(MAX_LEAD * measured), now);
    }

    /// Takes a token, or tells how many seconds to wait for one.
    fn take(&mut self, now: f64) -> Option<f64> {
        if !self.enabled {
            return None;
        }
        self.refill(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return None;
        }
        Some((1.0 - self.tokens) / self.fill_rate)
    }
}

fn now(world: &dyn World) -> f64 {
    world.now().nanos as f64 / 1e9
}

impl RateLimiter {
    fn with<T>(&self, world: &dyn World, f: impl FnOnce(&mut State, f64) -> T) -> T {
        let now = now(world);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        f(state.get_or_insert_with(|| State::new(now)), now)
    }

    /// Waits until a request may be sent.
    pub fn before_request(&self, world: &dyn World) {
        // Bounded, should the clock stand still.
        for _ in 0..1000 {
            let Some(wait) = self.with(world, State::take) else { return };
            world.sleep(Duration::from_secs_f64(wait.clamp(0.001, 60.0)));
        }
    }

    /// Notes an attempt's outcome.
    pub fn after_attempt(&self, world: &dyn World, throttled: bool) {
        self.with(world, |state, now| state.answered(throttled, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_limited_before_the_service_is_busy() {
        let mut state = State::new(100.0);
        for i in 0..50 {
            assert_eq!(state.take(100.0 + f64::from(i) * 0.01), None);
            state.answered(false, 100.0 + f64::from(i) * 0.01);
        }
    }

    #[test]
    fn the_rate_falls_and_grows() {
        let mut state = State::new(0.0);
        for i in 1..=40 {
            state.answered(false, f64::from(i) * 0.1);
        }
        assert!((state.measured - 10.0).abs() < 1.5, "{}", state.measured);
        state.answered(true, 4.1);
        let fallen = state.fill_rate;
        assert!((fallen - state.w_max * BETA).abs() < 1e-9);
        assert!(state.take(4.1).is_some_and(|wait| wait > 0.0) || state.tokens >= 0.0);
        state.answered(false, 5.1);
        let later = state.fill_rate;
        state.answered(false, 6.1);
        assert!(later > fallen && state.fill_rate > 0.0, "{fallen} {later}");
    }
}
