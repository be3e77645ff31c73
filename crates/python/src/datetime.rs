//! Moments as the AWS CLI reads and writes them: whatever its users type (numbers since the epoch, ISO 8601, RFC 822 and
//! looser forms), the forms of the wire, and Python's `isoformat`, which is what it prints.

use crate::calendar::Civil;
use crate::dateutil;
use crate::number::{python_float, python_float_value};
use std::fmt;

/// A moment with microseconds, and the offset it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down. A time written without a zone counts as UTC.
    pub seconds: i64,
    /// Microseconds after `seconds`, below 1,000,000.
    pub micros: u32,
    /// Seconds east of UTC as written; `None` for a time written without a zone.
    pub offset: Option<i32>,
}

/// What the machine says about local time: partial dates are completed from today, and numbers since the epoch are
/// shown in the local zone.
#[derive(Clone, Copy)]
pub struct LocalClock<'a> {
    /// Now, in seconds since the epoch.
    pub now: i64,
    /// The local zone's offset, in seconds east, at a moment in seconds since the epoch.
    pub offset: &'a dyn Fn(i64) -> i32,
}

impl fmt::Debug for LocalClock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalClock").field("now", &self.now).field("offset", &(self.offset)(self.now)).finish()
    }
}

/// Why something isn't a moment. Displays with the words of botocore's `parse_timestamp` on Python 3.11.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimestampError {
    /// The text has no form that is understood.
    Format(String),
    /// The text is understood but says nothing (blank, or only punctuation).
    NoDate(String),
    /// A field is out of its range.
    Field {
        /// The text.
        text: String,
        /// Python's words for the field.
        reason: String,
    },
    /// The zone's offset is a day or more.
    Offset,
    /// A number (not text) that leads to this year, which isn't in 1 to 9999.
    Year(i64),
    /// A number that isn't one.
    NotANumber,
    /// Neither text nor number.
    NotATime {
        /// The value as Python shows it.
        shown: String,
        /// The value's Python type, such as `list`.
        kind: &'static str,
    },
    /// Beyond all calendars.
    Unrepresentable(String),
}

impl TimestampError {
    /// Whether parameter validation reports this as a value of the wrong type. The others end the command with their own
    /// text (exit code 255).
    pub fn is_invalid_type(&self) -> bool {
        !matches!(self, TimestampError::Unrepresentable(_))
    }

    /// The words of Python's own error, as dateutil raises it: without what botocore puts in front.
    pub fn reason(&self) -> String {
        struct Reason<'a>(&'a TimestampError);
        impl fmt::Display for Reason<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write_reason(f)
            }
        }
        Reason(self).to_string()
    }

    fn write_reason(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TimestampError::Format(t) => write!(f, "Unknown string format: {t}"),
            TimestampError::NoDate(t) => write!(f, "String does not contain a date: {t}"),
            TimestampError::Field { text, reason } => write!(f, "{reason}: {text}"),
            TimestampError::Offset => {
                f.write_str("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).")
            }
            TimestampError::Year(year) => write!(f, "year {year} is out of range"),
            TimestampError::NotANumber => f.write_str("Invalid value NaN (not a number)"),
            TimestampError::NotATime { kind, .. } => {
                write!(f, "Parser must be a string or character stream, not {kind}")
            }
            TimestampError::Unrepresentable(t) => write!(f, "Unable to calculate correct timezone offset for \"{t}\""),
        }
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let TimestampError::Format(t)
        | TimestampError::NoDate(t)
        | TimestampError::Field { text: t, .. }
        | TimestampError::NotATime { shown: t, .. } = self
        {
            write!(f, "Invalid timestamp \"{t}\": ")?;
        }
        self.write_reason(f)
    }
}

impl std::error::Error for TimestampError {}

/// How a number fails to be a moment.
enum EpochFault {
    NotANumber,
    Year(i64),
    Overflow,
}

impl EpochFault {
    /// The error for a value that is a number (not text), whose text `shown` gives.
    fn of_number(self, shown: impl FnOnce() -> String) -> TimestampError {
        match self {
            EpochFault::NotANumber => TimestampError::NotANumber,
            EpochFault::Year(year) => TimestampError::Year(year),
            EpochFault::Overflow => TimestampError::Unrepresentable(shown()),
        }
    }
}

impl Timestamp {
    /// Reads text as botocore's `parse_timestamp` does: a number of seconds since the epoch (shown in the local zone), or
    /// any date that Python's dateutil takes; what a partial date leaves open comes from today, at midnight.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn parse(text: &str, clock: &LocalClock<'_>) -> Result<Self, TimestampError> {
        if let Some(number) = python_float_value(text) {
            match epoch_float(number, clock) {
                Ok(moment) => return Ok(moment),
                Err(EpochFault::Overflow) => return Err(TimestampError::Unrepresentable(text.into())),
                // Too far for a number of seconds, but it may be digits of a date.
                Err(EpochFault::Year(_) | EpochFault::NotANumber) => {}
            }
        }
        dateutil::parse(text, clock)
    }

    /// A number of seconds since the epoch, shown in the local zone.
    ///
    /// # Errors
    /// When the year isn't one of Python's.
    pub fn from_int(seconds: i64, clock: &LocalClock<'_>) -> Result<Self, TimestampError> {
        epoch_int(seconds, 0, clock).map_err(|fault| fault.of_number(|| seconds.to_string()))
    }

    /// The same for a number with a fraction, rounded to microseconds.
    ///
    /// # Errors
    /// As [`Timestamp::from_int`], and for NaN and infinities.
    pub fn from_float(seconds: f64, clock: &LocalClock<'_>) -> Result<Self, TimestampError> {
        epoch_float(seconds, clock).map_err(|fault| fault.of_number(|| python_float(seconds)))
    }

    /// The moment `seconds` after the epoch, in UTC.
    pub fn from_unix(seconds: i64) -> Self {
        Timestamp { seconds, micros: 0, offset: Some(0) }
    }

    /// The moment at a date and time of day that is `offset` seconds east of UTC (`None`: without a zone). Fields out of
    /// their range carry over, as in day 32.
    pub fn from_civil(civil: Civil, micros: u32, offset: Option<i32>) -> Self {
        let seconds = civil.seconds().saturating_sub(i64::from(offset.unwrap_or(0)));
        Timestamp { seconds, micros, offset }
    }

    /// The date and time of day in UTC.
    pub fn utc(&self) -> Civil {
        Civil::of(self.seconds)
    }

    /// The date and time of day as written, in the zone of `offset`.
    pub fn local(&self) -> Civil {
        Civil::of(self.seconds.saturating_add(i64::from(self.offset.unwrap_or(0))))
    }

    /// Seconds since the epoch with their fraction.
    pub fn unix_float(&self) -> f64 {
        self.seconds as f64 + f64::from(self.micros) / 1e6
    }

    /// Python's `isoformat()`: `2020-01-02T03:04:05.600000+00:00`, microseconds only where there are some, the offset
    /// only where one was written.
    pub fn isoformat(&self) -> String {
        let mut out = self.local().to_string();
        if self.micros != 0 {
            out.push_str(&format!(".{:06}", self.micros));
        }
        if let Some(offset) = self.offset {
            let size = offset.unsigned_abs();
            let sign = if offset < 0 { '-' } else { '+' };
            out.push_str(&format!("{sign}{:02}:{:02}", size / 3600, size / 60 % 60));
            if size % 60 != 0 {
                out.push_str(&format!(":{:02}", size % 60));
            }
        }
        out
    }

    /// The wire's `iso8601`: `2020-01-02T03:04:05Z`, or with `.600000` where there are microseconds.
    pub fn wire_iso8601(&self) -> String {
        let c = self.utc();
        // The year isn't padded: it is written by the C library's `%Y`.
        let date = format!("{}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second);
        if self.micros == 0 { format!("{date}Z") } else { format!("{date}.{:06}Z", self.micros) }
    }

    /// The wire's `rfc822`: `Wed, 02 Oct 2002 13:00:00 GMT`, without microseconds.
    pub fn wire_rfc822(&self) -> String {
        let c = self.utc();
        let (day, month) = (c.day_name(), c.month_name());
        format!("{day}, {:02} {month} {:04} {:02}:{:02}:{:02} GMT", c.day, c.year, c.hour, c.minute, c.second)
    }
}

fn epoch_int(seconds: i64, micros: u32, clock: &LocalClock<'_>) -> Result<Timestamp, EpochFault> {
    let year = Civil::of(seconds).year;
    // The C library counts years from 1900 in 32 bits; Python has 1 to 9999.
    if i32::try_from(year - 1900).is_err() {
        return Err(EpochFault::Overflow);
    }
    if !(1..=9999).contains(&year) {
        return Err(EpochFault::Year(year));
    }
    let offset = (clock.offset)(seconds);
    let moment = Timestamp { seconds, micros, offset: Some(offset) };
    if (1..=9999).contains(&moment.local().year) { Ok(moment) } else { Err(EpochFault::Overflow) }
}

fn epoch_float(seconds: f64, clock: &LocalClock<'_>) -> Result<Timestamp, EpochFault> {
    if seconds.is_nan() {
        return Err(EpochFault::NotANumber);
    }
    // The whole part must fit the C library's `time_t`.
    if !(-9.2e18..9.2e18).contains(&seconds) {
        return Err(EpochFault::Overflow);
    }
    let mut whole = seconds.trunc();
    let mut micros = ((seconds - whole) * 1e6).round_ties_even();
    if micros >= 1e6 {
        (whole, micros) = (whole + 1.0, micros - 1e6);
    } else if micros < 0.0 {
        (whole, micros) = (whole - 1.0, micros + 1e6);
    }
    epoch_int(whole as i64, micros as u32, clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCK: LocalClock<'_> = LocalClock { now: 1_577_934_245, offset: &|_| 0 };

    fn iso(text: &str) -> String {
        Timestamp::parse(text, &CLOCK).map_or_else(|e| e.to_string(), |t| t.isoformat())
    }

    #[test]
    fn reads_what_users_type() {
        for (text, want) in [
            ("2020-01-02T03:04:05Z", "2020-01-02T03:04:05+00:00"),
            ("2020-01-02", "2020-01-02T00:00:00"),
            ("20200102T030405Z", "2020-01-02T03:04:05+00:00"),
            ("1577934245", "2020-01-02T03:04:05+00:00"),
            ("1577934245.678", "2020-01-02T03:04:05.678000+00:00"),
            ("-1.5", "1969-12-31T23:59:58.500000+00:00"),
            ("1_000", "1970-01-01T00:16:40+00:00"),
            ("Thu, 02 Jan 2020 03:04:05 GMT", "2020-01-02T03:04:05+00:00"),
            ("2020-01-02 03:04:05", "2020-01-02T03:04:05"),
            ("2020-02", "2020-02-02T00:00:00"),
            ("2020-01-02T03:04:05 UTC", "2020-01-02T03:04:05+00:00"),
            ("2020-01-02T03:04:05.123456789+05:30", "2020-01-02T03:04:05.123456+05:30"),
            ("Mon Jan 2 2006", "2006-01-02T00:00:00"),
            ("2020-01-01 10:00 PM", "2020-01-01T22:00:00"),
            ("Jan 5, 2020", "2020-01-05T00:00:00"),
            ("01/02/2020", "2020-01-02T00:00:00"),
            ("13/02/2020", "2020-02-13T00:00:00"),
            ("10:30", "2020-01-02T10:30:00"),
            ("Mon", "2020-01-06T00:00:00"),
            ("10h36m28.5s", "2020-01-02T10:36:28.500000"),
            ("2020-01-01 GMT+3", "Invalid timestamp \"2020-01-01 GMT+3\": Unknown string format: 2020-01-01 GMT+3"),
            ("2020-01-01 10:00 GMT+3", "2020-01-01T10:00:00-03:00"),
            ("Tue Jan  7 10:11:12 -0300 (BRST) 2020", "2020-01-07T10:11:12-03:00"),
            ("99", "1970-01-01T00:01:39+00:00"),
            ("Jan 99", "1999-01-02T00:00:00"),
            ("not a date", "Invalid timestamp \"not a date\": Unknown string format: not a date"),
            ("", "Invalid timestamp \"\": String does not contain a date: "),
            ("2020-13", "Invalid timestamp \"2020-13\": bad month number 13; must be 1-12: 2020-13"),
            ("2020-02-30", "Invalid timestamp \"2020-02-30\": day is out of range for month: 2020-02-30"),
            ("99999999999999999999", "Unable to calculate correct timezone offset for \"99999999999999999999\""),
            ("inf", "Unable to calculate correct timezone offset for \"inf\""),
            ("nan", "Invalid timestamp \"nan\": Unknown string format: nan"),
        ] {
            assert_eq!(iso(text), want, "{text:?}");
        }
    }

    #[test]
    fn writes_the_wire_forms() {
        let t = Timestamp::parse("2002-10-02T15:00:00.5+02:00", &CLOCK).unwrap();
        assert_eq!(t.wire_iso8601(), "2002-10-02T13:00:00.500000Z");
        assert_eq!(t.wire_rfc822(), "Wed, 02 Oct 2002 13:00:00 GMT");
        assert_eq!(t.unix_float(), 1_033_563_600.5);
        assert_eq!(Timestamp::parse("-86400", &CLOCK).unwrap().wire_iso8601(), "1969-12-31T00:00:00Z");
    }

    #[test]
    fn numbers_are_shown_in_the_local_zone() {
        let clock = LocalClock { now: 0, offset: &|_| -18_000 };
        assert_eq!(Timestamp::from_int(0, &clock).unwrap().isoformat(), "1969-12-31T19:00:00-05:00");
        assert_eq!(Timestamp::from_float(1.25, &CLOCK).unwrap().micros, 250_000);
        assert_eq!(Timestamp::from_int(253_402_300_800, &CLOCK).unwrap_err().to_string(), "year 10000 is out of range");
        assert_eq!(
            Timestamp::from_float(1e20, &CLOCK).unwrap_err().to_string(),
            "Unable to calculate correct timezone offset for \"1e+20\""
        );
        for seconds in [i64::MIN, i64::MAX] {
            assert!(Timestamp::from_int(seconds, &CLOCK).is_err());
            let _ = (Timestamp::from_unix(seconds).isoformat(), Timestamp::from_unix(seconds).wire_rfc822());
        }
    }
}
