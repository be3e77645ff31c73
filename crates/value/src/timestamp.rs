//! Timestamps that are values of requests and replies.

use crate::Value;
use crate::repr::{self, MapClass};
use oxaws_python::{LocalClock, Timestamp, TimestampError};

/// Reads a value of a request or reply as botocore's `parse_timestamp` does: a number since the epoch, or text as
/// [`Timestamp::parse`] takes it.
///
/// # Errors
/// When it isn't a timestamp.
pub fn timestamp(value: &Value, clock: &LocalClock<'_>) -> Result<Timestamp, TimestampError> {
    let not_a_time = || TimestampError::NotATime {
        shown: repr::repr(value, MapClass::Dict),
        kind: repr::type_name(value, MapClass::Dict),
    };
    match value {
        Value::String(text) => Timestamp::parse(text, clock),
        Value::Int(n) => Timestamp::from_int(*n, clock),
        Value::Bool(b) => Timestamp::from_int(i64::from(*b), clock),
        Value::Float(n) => Timestamp::from_float(*n, clock),
        Value::BigInt(digits) => Err(TimestampError::Unrepresentable(digits.to_string())),
        Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Timestamp::parse(text, clock),
            Err(_) => Err(not_a_time()),
        },
        Value::Null | Value::List(_) | Value::Map(_) => Err(not_a_time()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_no_timestamps() {
        let clock = LocalClock { now: 0, offset: &|_| 0 };
        assert_eq!(timestamp(&Value::Bool(true), &clock).map(|t| t.seconds), Ok(1));
        for (value, text) in [
            (Value::Int(253_402_300_800), "year 10000 is out of range"),
            (Value::List(vec![]), "Invalid timestamp \"[]\": Parser must be a string or character stream, not list"),
            (Value::Null, "Invalid timestamp \"None\": Parser must be a string or character stream, not NoneType"),
        ] {
            assert_eq!(timestamp(&value, &clock).unwrap_err().to_string(), text);
        }
    }
}
