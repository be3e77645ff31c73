//! Timestamps between the value and the wire.

use crate::failure::ParseFailure;
use crate::reply::{ParseOptions, Timestamps};
use crate::request::SerializeError;
use oxaws_model::{Member, TimestampFormat};
use oxaws_python::{LocalClock, Timestamp};
use oxaws_value::{JsonStyle, Value, to_json};

/// The format that the model sets for a member; otherwise its place in the message decides.
pub(crate) fn format_of(member: Member) -> Option<TimestampFormat> {
    member.shape().timestamp_format()
}

fn read(value: &Value, clock: LocalClock<'_>) -> Result<Timestamp, SerializeError> {
    oxaws_value::timestamp(value, &clock).map_err(|e| SerializeError::Timestamp(e.to_string()))
}

/// The wire's text for a timestamp as the user typed it.
pub(crate) fn wire_text(
    value: &Value,
    format: TimestampFormat,
    clock: LocalClock<'_>,
) -> Result<String, SerializeError> {
    Ok(text(read(value, clock)?, format))
}

/// The same without the fraction of a second, as in headers.
pub(crate) fn whole_second_text(
    value: &Value,
    format: TimestampFormat,
    clock: LocalClock<'_>,
) -> Result<String, SerializeError> {
    Ok(text(Timestamp { micros: 0, ..read(value, clock)? }, format))
}

/// Seconds since 1970, an integer or a float (`botocore.serialize: Serializer._timestamp_unixtimestamp`).
pub(crate) fn wire_unix(value: &Value, clock: LocalClock<'_>) -> Result<Value, SerializeError> {
    Ok(unix(read(value, clock)?))
}

/// An integer for whole seconds, else the nearest float, as Python divides the microseconds since the epoch by a million.
fn unix(moment: Timestamp) -> Value {
    if moment.micros == 0 {
        return Value::Int(moment.seconds);
    }
    let micros = i128::from(moment.seconds) * 1_000_000 + i128::from(moment.micros);
    let (sign, size) = (if micros < 0 { "-" } else { "" }, micros.unsigned_abs());
    // Reading decimal digits rounds once, where dividing two floats would round twice.
    let text = format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000);
    Value::Float(text.parse().unwrap_or(moment.seconds as f64))
}

fn text(moment: Timestamp, format: TimestampFormat) -> String {
    match format {
        TimestampFormat::Iso8601 => moment.wire_iso8601(),
        TimestampFormat::Rfc822 => moment.wire_rfc822(),
        TimestampFormat::Unix => to_json(&unix(moment), JsonStyle::PYTHON),
    }
}

/// What the CLI shows for a timestamp of a reply: as it came, or as Python's `isoformat`.
pub(crate) fn shown(value: Value, o: &ParseOptions) -> Result<Value, ParseFailure> {
    if o.timestamps == Timestamps::Wire {
        return Ok(value);
    }
    if let Value::String(text) = &value
        && let Some(iso) = iso_of_utc(text)
    {
        return Ok(Value::String(iso));
    }
    match oxaws_value::timestamp(&value, &o.clock) {
        Ok(moment) => Ok(Value::String(moment.isoformat())),
        Err(e) => Err(ParseFailure::Timestamp(e.to_string())),
    }
}

/// `isoformat` of the form nearly every service sends, `2020-01-02T03:04:05[.678]Z`, without reading it as a moment.
fn iso_of_utc(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let (head, fraction) = match bytes.get(19)? {
        b'Z' if bytes.len() == 20 => (&text[..19], ""),
        b'.' if bytes.last() == Some(&b'Z') && (22..=27).contains(&bytes.len()) => {
            (text.get(..19)?, text.get(20..bytes.len() - 1)?)
        }
        _ => return None,
    };
    for (i, b) in head.bytes().enumerate() {
        let fits = match i {
            4 | 7 => b == b'-',
            10 => b == b'T',
            13 | 16 => b == b':',
            _ => b.is_ascii_digit(),
        };
        if !fits {
            return None;
        }
    }
    let two = |at: usize| (bytes[at] - b'0') * 10 + (bytes[at + 1] - b'0');
    let in_range = !head.starts_with("0000")
        && (1..=12).contains(&two(5))
        && (1..=28).contains(&two(8))
        && two(11) < 24
        && two(14) < 60
        && two(17) < 60;
    if !in_range || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut out = String::with_capacity(32);
    out.push_str(head);
    if fraction.bytes().any(|b| b != b'0') {
        out.push('.');
        out.push_str(fraction);
        out.extend(std::iter::repeat_n('0', 6 - fraction.len()));
    }
    out.push_str("+00:00");
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CLOCK: LocalClock<'_> = LocalClock { now: 0, offset: &|_| 0 };

    #[test]
    fn seconds_with_their_fraction() {
        let of = |seconds, micros| unix(Timestamp { seconds, micros, offset: None });
        assert_eq!(of(1_033_563_600, 500_000), Value::Float(1_033_563_600.5));
        assert_eq!(of(1_033_563_600, 0), Value::Int(1_033_563_600));
        assert_eq!(of(1_577_934_245, 678_901), Value::Float(1_577_934_245.678_901));
        assert_eq!(of(-1, 500_000), Value::Float(-0.5));
        assert_eq!(of(-2, 250_000), Value::Float(-1.75));
    }

    proptest! {
        #[test]
        fn the_short_way_agrees_with_the_long_one(
            text in "[012][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,7})?Z"
        ) {
            if let Some(short) = iso_of_utc(&text) {
                prop_assert_eq!(Ok(short), Timestamp::parse(&text, &CLOCK).map(|t| t.isoformat()));
            }
        }
    }

    #[test]
    fn the_short_way_is_taken() {
        assert_eq!(iso_of_utc("2020-01-02T03:04:05Z").as_deref(), Some("2020-01-02T03:04:05+00:00"));
        assert_eq!(iso_of_utc("2020-01-02T03:04:05.000Z").as_deref(), Some("2020-01-02T03:04:05+00:00"));
        assert_eq!(iso_of_utc("2020-01-02T03:04:05.12Z").as_deref(), Some("2020-01-02T03:04:05.120000+00:00"));
        for text in ["", "2020-01-02", "2020-01-31T03:04:05Z", "2020-01-02T03:04:05é.Z", "2020-01-02T03:04:05."] {
            assert_eq!(iso_of_utc(text), None, "{text:?}");
        }
    }
}
