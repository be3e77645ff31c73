//! Moments as credentials carry them: read leniently, written as the caches and `export-credentials` have them.

use crate::CredsError;
use oxaws_env::Instant;
use oxaws_python::{Civil, LocalClock, Timestamp, dateutil};

/// A moment with the offset it was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The moment.
    pub at: Instant,
    /// Seconds east of UTC in which it was written.
    pub offset: i32,
}

impl Moment {
    /// Python's complaint about a text without an offset.
    pub(crate) const NO_OFFSET: &str = "can't subtract offset-naive and offset-aware datetimes";

    /// A moment in UTC.
    pub fn utc(at: Instant) -> Moment {
        Moment { at, offset: 0 }
    }

    /// Reads a date as dateutil does, as the AWS CLI has it read (`botocore.credentials: _parse_if_needed`).
    ///
    /// # Errors
    /// With Python's words for a text that isn't a date, or one without an offset, which can't be compared with the
    /// clock.
    pub fn parse(text: &str) -> Result<Moment, CredsError> {
        // A date that leaves the day open is of no use here, whichever day completes it.
        let clock = LocalClock { now: 0, offset: &|_| 0 };
        let read = dateutil::parse(text, &clock).map_err(|e| CredsError::python(e.reason()))?;
        let offset = read.offset.ok_or_else(|| CredsError::python(Moment::NO_OFFSET))?;
        let nanos = i128::from(read.seconds) * 1_000_000_000 + i128::from(read.micros) * 1000;
        Ok(Moment { at: Instant { nanos }, offset })
    }

    /// Seconds from `now` until this moment; negative once it is past.
    pub fn seconds_from(&self, now: Instant) -> f64 {
        (self.at.nanos - now.nanos) as f64 / 1e9
    }

    /// `2030-01-02T03:04:05+00:00`, with microseconds where there are any.
    pub fn isoformat(&self) -> String {
        let micros = (self.at.nanos.rem_euclid(1_000_000_000) / 1000) as u32;
        Timestamp { seconds: self.at.secs(), micros, offset: Some(self.offset) }.isoformat()
    }

    /// `2030-01-02T03:04:05Z`, in UTC, without a fraction.
    pub fn zulu(&self) -> String {
        format!("{}Z", Civil::of(self.at.secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_read_and_written() {
        for (text, iso) in [
            ("2099-01-01T00:00:00Z", "2099-01-01T00:00:00+00:00"),
            ("2099-01-01T00:00:00UTC", "2099-01-01T00:00:00+00:00"),
            ("2099-01-01 00:00:00 UTC", "2099-01-01T00:00:00+00:00"),
            ("2099-01-01T00:00:00.25+02:30", "2099-01-01T00:00:00.250000+02:30"),
            ("2000-02-29T23:59:59-0800", "2000-02-29T23:59:59-08:00"),
            ("20300102T030405Z", "2030-01-02T03:04:05+00:00"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59+00:00"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"),
        ] {
            assert_eq!(Moment::parse(text).unwrap().isoformat(), iso);
        }
        assert_eq!(Moment::parse("2099-01-01T02:00:00+02:00").unwrap().zulu(), "2099-01-01T00:00:00Z");
        assert_eq!(Moment::parse("2099-01-01T00:00:00Z").unwrap().at.secs(), 4_070_908_800);
    }

    #[test]
    fn what_is_no_date() {
        let error = |text| Moment::parse(text).unwrap_err().to_string();
        assert_eq!(error("soon"), "Unknown string format: soon");
        assert_eq!(error(""), "String does not contain a date: ");
        assert_eq!(error("2099-13-01T00:00:00Z"), "month must be in 1..12: 2099-13-01T00:00:00Z");
        assert_eq!(error("2099-01-01T00:00:00"), "can't subtract offset-naive and offset-aware datetimes");
    }

    proptest! {
        #[test]
        fn seconds_survive(seconds in -62_135_596_800i64..253_402_300_800) {
            let moment = Moment::utc(Instant::from_secs(seconds));
            prop_assert_eq!(Moment::parse(&moment.zulu()).unwrap(), moment);
            prop_assert_eq!(Moment::parse(&moment.isoformat()).unwrap(), moment);
        }

        #[test]
        fn nothing_panics(text in any::<String>(), like in "[0-9]{1,5}-?[0-9]{2}-?[0-9]{2}[T ]?[0-9:]{0,9}[.Z+-]?[0-9:é]{0,6}") {
            let _ = Moment::parse(&text);
            let _ = Moment::parse(&like);
        }
    }
}
