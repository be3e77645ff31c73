//! Moments as the AWS CLI reads and writes them: whatever its users type (numbers since the epoch, ISO 8601, RFC 822 and
//! looser forms), the forms of the wire, and Python's `isoformat`, which is what it prints.

mod free_form;
mod tokens;

use crate::Value;
use crate::python::{self, MapClass};
use std::fmt;

const DAY: i64 = 86_400;

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

/// A date and time of day on the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// The year; 1 to 9999 for every moment that was read by this module.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 for Monday to 6 for Sunday.
    pub weekday: u8,
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
    fn not_a_time(value: &Value) -> TimestampError {
        let (shown, kind) = (python::repr(value, MapClass::Dict), python::type_name(value, MapClass::Dict));
        TimestampError::NotATime { shown, kind }
    }

    /// Whether parameter validation reports this as a value of the wrong type. The others end the command with their own
    /// text (exit code 255).
    pub fn is_invalid_type(&self) -> bool {
        !matches!(self, TimestampError::Unrepresentable(_))
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TimestampError::Format(t) => write!(f, "Invalid timestamp \"{t}\": Unknown string format: {t}"),
            TimestampError::NoDate(t) => write!(f, "Invalid timestamp \"{t}\": String does not contain a date: {t}"),
            TimestampError::Field { text, reason } => write!(f, "Invalid timestamp \"{text}\": {reason}: {text}"),
            TimestampError::Offset => {
                f.write_str("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).")
            }
            TimestampError::Year(year) => write!(f, "year {year} is out of range"),
            TimestampError::NotANumber => f.write_str("Invalid value NaN (not a number)"),
            TimestampError::NotATime { shown, kind } => {
                write!(f, "Invalid timestamp \"{shown}\": Parser must be a string or character stream, not {kind}")
            }
            TimestampError::Unrepresentable(t) => write!(f, "Unable to calculate correct timezone offset for \"{t}\""),
        }
    }
}

impl std::error::Error for TimestampError {}

/// How a number fails to be a moment.
enum EpochFault {
    NotANumber,
    Year(i64),
    Overflow,
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
        free_form::parse(text, clock)
    }

    /// Reads a value of a request or reply: a number since the epoch, or text as [`Timestamp::parse`] takes it.
    ///
    /// # Errors
    /// When it is no moment.
    pub fn from_value(value: &Value, clock: &LocalClock<'_>) -> Result<Self, TimestampError> {
        let number = |fault, shown: String| match fault {
            EpochFault::NotANumber => TimestampError::NotANumber,
            EpochFault::Year(year) => TimestampError::Year(year),
            EpochFault::Overflow => TimestampError::Unrepresentable(shown),
        };
        match value {
            Value::String(text) => Timestamp::parse(text, clock),
            Value::Int(n) => epoch_int(*n, 0, clock).map_err(|fault| number(fault, n.to_string())),
            Value::Bool(b) => epoch_int(i64::from(*b), 0, clock).map_err(|fault| number(fault, b.to_string())),
            Value::Float(n) => epoch_float(*n, clock).map_err(|fault| number(fault, crate::python_float(*n))),
            Value::BigInt(digits) => Err(TimestampError::Unrepresentable(digits.to_string())),
            Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Timestamp::parse(text, clock),
                Err(_) => Err(TimestampError::not_a_time(value)),
            },
            Value::Null | Value::List(_) | Value::Map(_) => Err(TimestampError::not_a_time(value)),
        }
    }

    /// The moment `seconds` after the epoch, in UTC.
    pub fn from_unix(seconds: i64) -> Self {
        Timestamp { seconds, micros: 0, offset: Some(0) }
    }

    /// The moment at a date and time of day that is `offset` seconds east of UTC (`None`: without a zone). Fields out of
    /// their range carry over, as in day 32.
    pub fn from_civil(civil: Civil, micros: u32, offset: Option<i32>) -> Self {
        let days = days_from_civil(civil.year, i64::from(civil.month), i64::from(civil.day));
        let time = i64::from(civil.hour) * 3600 + i64::from(civil.minute) * 60 + i64::from(civil.second);
        let seconds = days.saturating_mul(DAY).saturating_add(time - i64::from(offset.unwrap_or(0)));
        Timestamp { seconds, micros, offset }
    }

    /// The date and time of day in UTC.
    pub fn utc(&self) -> Civil {
        civil(self.seconds)
    }

    /// The date and time of day as written, in the zone of `offset`.
    pub fn local(&self) -> Civil {
        civil(self.seconds.saturating_add(i64::from(self.offset.unwrap_or(0))))
    }

    /// Seconds since the epoch with their fraction.
    pub fn unix_float(&self) -> f64 {
        self.seconds as f64 + f64::from(self.micros) / 1e6
    }

    /// Python's `isoformat()`: `2020-01-02T03:04:05.600000+00:00`, microseconds only where there are some, the offset
    /// only where one was written.
    pub fn isoformat(&self) -> String {
        let c = self.local();
        let mut out =
            format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second);
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
        let day = DAY_NAMES.get(usize::from(c.weekday)).unwrap_or(&"");
        let month = MONTH_NAMES.get(usize::from(c.month).wrapping_sub(1)).unwrap_or(&"");
        format!("{day}, {:02} {month} {:04} {:02}:{:02}:{:02} GMT", c.day, c.year, c.hour, c.minute, c.second)
    }

    /// The wire's `unixTimestamp`: an integer for whole seconds, else the nearest float, as Python divides the
    /// microseconds since the epoch by a million.
    pub fn wire_unix(&self) -> Value {
        if self.micros == 0 {
            return Value::Int(self.seconds);
        }
        let micros = i128::from(self.seconds) * 1_000_000 + i128::from(self.micros);
        let (sign, size) = (if micros < 0 { "-" } else { "" }, micros.unsigned_abs());
        // Reading decimal digits rounds once, where dividing two floats would round twice.
        let text = format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000);
        Value::Float(text.parse().unwrap_or(self.seconds as f64))
    }
}

const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTH_NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Days from 1970-01-01 to a date. The calendar repeats every 400 years, which starting on 1 March end with the leap day.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year.saturating_sub(1) } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9).rem_euclid(12);
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    era.saturating_mul(146_097)
        .saturating_add(year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

fn civil(seconds: i64) -> Civil {
    let (days, time) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month: month as u8,
        day: (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u8,
        hour: (time / 3600) as u8,
        minute: (time / 60 % 60) as u8,
        second: (time % 60) as u8,
        // 1970-01-01 was a Thursday.
        weekday: (days + 3).rem_euclid(7) as u8,
    }
}

fn epoch_int(seconds: i64, micros: u32, clock: &LocalClock<'_>) -> Result<Timestamp, EpochFault> {
    let year = civil(seconds).year;
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

/// The number that Python's `float()` makes of text: surrounding blanks, a sign, digits with single underscores between
/// them, a fraction, an exponent, `inf`, `infinity`, `nan`. `None` where `float()` raises.
pub fn python_float_value(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c));
    if !text.contains('_') {
        return text.parse().ok();
    }
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let joined =
        bytes.iter().enumerate().all(|(at, b)| *b != b'_' || (digit(at.checked_sub(1)) && digit(Some(at + 1))));
    if joined { text.replace('_', "").parse().ok() } else { None }
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
        assert_eq!(t.wire_unix(), Value::Float(1_033_563_600.5));
        assert_eq!(Timestamp { micros: 0, ..t }.wire_unix(), Value::Int(1_033_563_600));
        let fraction = |seconds, micros| Timestamp { seconds, micros, offset: None }.wire_unix();
        assert_eq!(fraction(1_577_934_245, 678_901), Value::Float(1_577_934_245.678_901));
        assert_eq!(fraction(-1, 500_000), Value::Float(-0.5));
        assert_eq!(fraction(-2, 250_000), Value::Float(-1.75));
        assert_eq!(t.unix_float(), 1_033_563_600.5);
        assert_eq!(Timestamp::parse("-86400", &CLOCK).unwrap().wire_iso8601(), "1969-12-31T00:00:00Z");
    }

    #[test]
    fn numbers_are_shown_in_the_local_zone() {
        let clock = LocalClock { now: 0, offset: &|_| -18_000 };
        assert_eq!(Timestamp::from_value(&Value::Int(0), &clock).unwrap().isoformat(), "1969-12-31T19:00:00-05:00");
        assert_eq!(Timestamp::from_value(&Value::Float(1.25), &CLOCK).unwrap().micros, 250_000);
        for (value, text) in [
            (Value::Int(253_402_300_800), "year 10000 is out of range"),
            (Value::Float(1e20), "Unable to calculate correct timezone offset for \"1e+20\""),
            (Value::List(vec![]), "Invalid timestamp \"[]\": Parser must be a string or character stream, not list"),
            (Value::Null, "Invalid timestamp \"None\": Parser must be a string or character stream, not NoneType"),
        ] {
            assert_eq!(Timestamp::from_value(&value, &CLOCK).unwrap_err().to_string(), text);
        }
        for seconds in [i64::MIN, i64::MAX] {
            assert!(Timestamp::from_value(&Value::Int(seconds), &CLOCK).is_err());
            let _ = (Timestamp::from_unix(seconds).isoformat(), Timestamp::from_unix(seconds).wire_rfc822());
        }
    }

    #[test]
    fn the_calendar_is_its_own_inverse() {
        for days in (-719_162..2_932_897).step_by(97) {
            let c = civil(days * DAY + 12_345);
            assert_eq!(Timestamp::from_civil(c, 0, None).seconds, days * DAY + 12_345);
        }
        assert_eq!(civil(0).weekday, 3);
    }
}
