//! When a call is tried again: botocore's standard mode.

use crate::error::CallError;
use oxaws_http::HttpError;
use oxaws_model::Operation;
use oxaws_protocol::ServiceError;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

/// Seconds that a pause grows to at most.
const MAX_BACKOFF: f64 = 20.0;

/// Error codes of a service that is busy.
const THROTTLING: [&str; 14] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

/// Error codes of faults that pass.
const TRANSIENT: [&str; 3] = ["RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"];

/// Whether an error answer is worth another attempt.
pub fn is_retryable(operation: Operation, error: &ServiceError) -> bool {
    let code = error.code.as_str();
    if THROTTLING.contains(&code) || TRANSIENT.contains(&code) || matches!(error.status, 500 | 502 | 503 | 504) {
        return true;
    }
    // STS asks an identity provider that may be busy.
    if code == "IDPCommunicationError" && operation.service().directory() == "sts" {
        return true;
    }
    operation.errors().any(|shape| shape.error_code() == code && shape.retryable())
}

/// Whether a fault of the connection is worth another attempt.
pub fn is_transient(error: &CallError) -> bool {
    matches!(error, CallError::Http(e) if e.is_transient())
}

/// Tokens that retries are paid with: a service that fails all the time is not asked for ever.
#[derive(Debug)]
pub struct RetryQuota {
    left: Mutex<u32>,
}

impl RetryQuota {
    const CAPACITY: u32 = 500;
    const COST: u32 = 5;
    const TIMEOUT_COST: u32 = 10;

    /// A full one.
    pub fn new() -> Self {
        RetryQuota { left: Mutex::new(Self::CAPACITY) }
    }

    /// Pays for one retry; `None` when too little is left.
    pub fn pay(&self, error: Option<&HttpError>) -> Option<u32> {
        let cost = if error.is_some_and(HttpError::is_timeout) { Self::TIMEOUT_COST } else { Self::COST };
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.checked_sub(cost)?;
        Some(cost)
    }

    /// Gives back what a retry that succeeded was paid with; a first attempt that succeeded gives one.
    pub fn give_back(&self, paid: Option<u32>) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + paid.unwrap_or(1)).min(Self::CAPACITY);
    }
}

impl Default for RetryQuota {
    fn default() -> Self {
        RetryQuota::new()
    }
}

/// The pause before attempt `attempt` + 1; `random` lies between 0 and 1.
pub fn pause(attempt: u32, random: f64) -> Duration {
    let base = 2f64.powi(i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX)).min(MAX_BACKOFF);
    Duration::from_secs_f64((random.clamp(0.0, 1.0) * base).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit() {
        assert_eq!(pause(1, 1.0), Duration::from_secs(1));
        assert_eq!(pause(3, 0.5), Duration::from_secs(2));
        assert_eq!(pause(40, 1.0), Duration::from_secs(20));
    }

    #[test]
    fn quota_runs_out_and_fills_again() {
        let quota = RetryQuota::new();
        let paid: Vec<_> = std::iter::from_fn(|| quota.pay(None)).collect();
        assert_eq!(paid.len(), 100);
        quota.give_back(Some(5));
        assert_eq!(quota.pay(None), Some(5));
    }
}
