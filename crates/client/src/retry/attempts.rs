//! When a call is tried again: botocore's standard mode, and what the adaptive mode adds (see `rate`).

use crate::class::is_throttling_code;
use crate::error::CallError;
use crate::retry::quota::RetryQuota;
use oxaws_env::World;
use oxaws_http::{Headers, HttpError};
use oxaws_model::Operation;
use oxaws_protocol::ServiceError;
use oxaws_python::{LocalClock, Timestamp};
use oxaws_sign::AmzDate;
use std::time::Duration;

/// Seconds that a pause grows to at most.
const MAX_BACKOFF: f64 = 20.0;

/// Error codes of faults that pass.
const TRANSIENT: [&str; 3] = ["RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"];

/// Whether an error code alone makes another attempt worth it (botocore's standard mode).
fn is_retryable_code(code: &str) -> bool {
    is_throttling_code(code) || TRANSIENT.contains(&code)
}

/// Operations that wait for something to happen: out of tokens they still pause before they give up, so that a loop
/// around them doesn't spin (only with `AWS_NEW_RETRIES_2026`).
const LONG_POLLING: [(&str, &str); 4] = [
    ("sqs", "ReceiveMessage"),
    ("stepfunctions", "GetActivityTask"),
    ("swf", "PollForActivityTask"),
    ("swf", "PollForDecisionTask"),
];

/// Whether an error answer is worth another attempt.
pub fn is_retryable(operation: Operation, error: &ServiceError) -> bool {
    let code = error.code.as_str();
    if is_retryable_code(code) || matches!(error.status, 500 | 502 | 503 | 504) {
        return true;
    }
    // STS asks an identity provider that may be busy.
    if code == "IDPCommunicationError" && operation.service().directory() == "sts" {
        return true;
    }
    operation.errors().any(|shape| shape.error_code() == code && shape.retryable())
}

/// Whether an error answer says that the service is busy.
pub fn is_throttling(operation: Operation, error: &ServiceError) -> bool {
    let code = error.code.as_str();
    is_throttling_code(code) || operation.errors().any(|s| s.error_code() == code && s.retryable() && s.throttling())
}

/// What one attempt ended in, as far as the next one depends on it.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// An error answer.
    Error(&'a ServiceError),
    /// No answer.
    Fault(&'a CallError),
    /// An answer that is damaged.
    Damaged,
}

/// The attempts of one call.
#[derive(Debug)]
pub struct Attempts<'a> {
    operation: Operation,
    quota: &'a RetryQuota,
    /// The attempt under way, from 1.
    number: u32,
    max: u32,
    /// Whether the header tells the maximum: from the second attempt on.
    tells_max: bool,
    ttl: Option<String>,
    paid: Option<u32>,
    /// `AWS_NEW_RETRIES_2026`: other pauses and prices.
    new_rules: bool,
}

impl<'a> Attempts<'a> {
    /// The first attempt.
    pub fn new(operation: Operation, quota: &'a RetryQuota, max: u32, world: &dyn World) -> Self {
        Attempts {
            operation,
            quota,
            number: 1,
            max,
            tells_max: false,
            ttl: None,
            paid: None,
            new_rules: quota.new_rules(world),
        }
    }

    /// The attempt under way, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Whether there is only this one.
    pub fn is_single(&self) -> bool {
        self.max <= 1
    }

    /// Retries made, where no other is allowed.
    pub fn exhausted(&self) -> Option<u32> {
        (self.number >= self.max).then(|| self.number - 1)
    }

    /// The value of `amz-sdk-request`.
    pub fn header(&self) -> String {
        let ttl = self.ttl.as_ref().map(|ttl| format!("ttl={ttl}; ")).unwrap_or_default();
        let max = if self.tells_max { format!("; max={}", self.max) } else { String::new() };
        format!("{ttl}attempt={}{max}", self.number)
    }

    /// The call succeeded.
    pub fn succeeded(&self) {
        self.quota.give_back(self.paid);
    }

    /// Whether an outcome is worth another attempt that is allowed and can be paid, and how long to wait before it.
    /// A long-polling operation that can't pay waits here.
    pub fn retry(&mut self, outcome: Outcome, headers: Option<&Headers>, world: &dyn World) -> Option<Duration> {
        self.tells_max = true;
        let worth = match outcome {
            Outcome::Error(error) => is_retryable(self.operation, error),
            Outcome::Fault(CallError::Http(e)) => e.is_transient(),
            Outcome::Fault(_) => false,
            Outcome::Damaged => true,
        };
        if self.number >= self.max || !worth {
            return None;
        }
        let throttled = matches!(outcome, Outcome::Error(error) if is_throttling(self.operation, error));
        let timed_out = matches!(outcome, Outcome::Fault(CallError::Http(e)) if HttpError::is_timeout(e));
        let cost = match (self.new_rules, throttled, timed_out) {
            (true, true, _) => 5,
            (true, false, _) => 14,
            (false, _, true) => 10,
            (false, _, false) => 5,
        };
        let pause = self.pause(throttled, headers, random(world));
        if !self.quota.pay(cost) {
            let waits = (self.operation.service().directory(), self.operation.name());
            if self.new_rules && LONG_POLLING.contains(&waits) {
                world.sleep(pause);
            }
            return None;
        }
        self.paid = Some(cost);
        Some(pause)
    }

    fn pause(&self, throttled: bool, headers: Option<&Headers>, random: f64) -> Duration {
        if !self.new_rules {
            return pause(self.number, 1.0, random);
        }
        let scale = match self.operation.service().directory() {
            _ if throttled => 1.0,
            "dynamodb" | "dynamodbstreams" => 0.025,
            _ => 0.05,
        };
        let own = pause(self.number, scale, random);
        let asked = headers.and_then(|h| h.get("x-amz-retry-after"));
        match asked.and_then(|text| oxaws_python::python_int_text(text)?.parse::<u64>().ok()) {
            // The service may lengthen the pause, by five seconds at most.
            Some(millis) => own.max(Duration::from_millis(millis).min(own + Duration::from_secs(5))),
            None => own,
        }
    }

    /// The next attempt begins. `answered` are the headers of an answer and the seconds after which a request is given
    /// up: what the service's clock will show then is told to the service.
    pub fn next(&mut self, answered: Option<(&Headers, Option<i64>)>, clock: &LocalClock) {
        self.number += 1;
        if let Some((headers, Some(timeout))) = answered
            && let Some(date) = headers.get("date")
            && let Ok(date) = Timestamp::parse(date, clock)
        {
            let end = AmzDate::from_secs(date.seconds.saturating_add(timeout));
            self.ttl = Some(end.stamp().to_owned());
        }
    }
}

/// A number between 0 and 1.
fn random(world: &dyn World) -> f64 {
    let mut bytes = [0u8; 4];
    world.random(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

/// The pause before attempt `attempt` + 1; `random` lies between 0 and 1.
fn pause(attempt: u32, scale: f64, random: f64) -> Duration {
    let growth = 2f64.powi(i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX));
    Duration::from_secs_f64((random.clamp(0.0, 1.0) * (scale * growth).min(MAX_BACKOFF)).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit() {
        assert_eq!(pause(1, 1.0, 1.0), Duration::from_secs(1));
        assert_eq!(pause(3, 1.0, 0.5), Duration::from_secs(2));
        assert_eq!(pause(40, 1.0, 1.0), Duration::from_secs(20));
        assert_eq!(pause(3, 0.05, 1.0), Duration::from_millis(200));
    }
}
