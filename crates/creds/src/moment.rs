//! Moments as credentials carry them: read leniently, written as the caches and `export-credentials` have them.

use crate::CredsError;
use oxaws_env::Instant;

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

    /// Reads `2030-01-02T03:04:05Z` and its kin: a blank for the `T`, a fraction, `UTC`, `GMT` or an offset for the `Z`,
    /// and the compact `20300102T030405Z`.
    ///
    /// # Errors
    /// With Python's words for a text that isn't a date, or one without an offset, which can't be compared with the
    /// clock.
    pub fn parse(text: &str) -> Result<Moment, CredsError> {
        let unknown = || match text.trim().is_empty() {
            true => CredsError::python("String does not contain a date: "),
            false => CredsError::python(format!("Unknown string format: {text}")),
        };
        let mut rest = Scan(text.trim());
        let nanos = read_date_time(&mut rest).ok_or_else(unknown)?;
        let zone = rest.0.trim_start();
        if zone.is_empty() {
            return Err(CredsError::python(Moment::NO_OFFSET));
        }
        let offset = read_offset(zone).ok_or_else(unknown)?;
        Ok(Moment { at: Instant { nanos: nanos - i128::from(offset) * 1_000_000_000 }, offset })
    }

    /// Seconds from `now` until this moment; negative once it is past.
    pub fn seconds_from(&self, now: Instant) -> f64 {
        (self.at.nanos - now.nanos) as f64 / 1e9
    }

    /// `2030-01-02T03:04:05+00:00`, with microseconds where there are any.
    pub fn isoformat(&self) -> String {
        let local = self.at.nanos + i128::from(self.offset) * 1_000_000_000;
        let micros = local.rem_euclid(1_000_000_000) / 1000;
        let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.unsigned_abs() / 60;
        format!(
            "{}{fraction}{sign}{:02}:{:02}",
            date_time(local.div_euclid(1_000_000_000) as i64),
            minutes / 60,
            minutes % 60
        )
    }

    /// `2030-01-02T03:04:05Z`, in UTC, without a fraction.
    pub fn zulu(&self) -> String {
        format!("{}Z", date_time(self.at.secs()))
    }
}

struct Scan<'a>(&'a str);

impl Scan<'_> {
    fn digits(&mut self, count: usize) -> Option<i64> {
        let head = self.0.get(..count).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
        self.0 = &self.0[count..];
        head.parse().ok()
    }
    fn skip(&mut self, set: &[char]) -> bool {
        match self.0.strip_prefix(set) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }
}

/// Nanoseconds from the epoch to a date and time as if it were in UTC.
fn read_date_time(text: &mut Scan<'_>) -> Option<i128> {
    let year = text.digits(4)?;
    let dashed = text.skip(&['-']);
    let month = text.digits(2).filter(|m| (1..=12).contains(m))?;
    if dashed && !text.skip(&['-']) {
        return None;
    }
    let day = text.digits(2).filter(|d| *d >= 1 && *d <= days_in(year, month))?;
    let (mut seconds, mut nanos) = (0, 0);
    if text.skip(&['T', 't', ' ']) {
        let hour = text.digits(2).filter(|h| *h < 24)?;
        let colon = text.skip(&[':']);
        let minute = text.digits(2).filter(|m| *m < 60)?;
        let mut second = 0;
        if !colon || text.skip(&[':']) {
            second = text.digits(2).filter(|s| *s < 60)?;
            if text.skip(&['.', ',']) {
                let count = text.0.bytes().take_while(u8::is_ascii_digit).count();
                let fraction = text.0.get(..count.min(9)).filter(|f| !f.is_empty())?;
                nanos = format!("{fraction:0<9}").parse().ok()?;
                text.0 = &text.0[count..];
            }
        }
        seconds = hour * 3600 + minute * 60 + second;
    }
    Some((i128::from(days_from_epoch(year, month, day)) * 86_400 + i128::from(seconds)) * 1_000_000_000 + nanos)
}

fn read_offset(zone: &str) -> Option<i32> {
    if ["z", "utc", "gmt"].iter().any(|name| zone.eq_ignore_ascii_case(name)) {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let mut rest = Scan(&zone[1..]);
    let hours = rest.digits(2)?;
    rest.skip(&[':']);
    let minutes = if rest.0.is_empty() { 0 } else { rest.digits(2)? };
    let valid = rest.0.is_empty() && hours < 24 && minutes < 60;
    valid.then(|| sign * (hours * 3600 + minutes * 60) as i32)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years begin in March here, so that the leap day is the last.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

/// `2030-01-02T03:04:05` for seconds since the epoch.
fn date_time(seconds: i64) -> String {
    let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let mut year = 1970 + days.div_euclid(366).min(days.div_euclid(365));
    while days_from_epoch(year + 1, 1, 1) <= days {
        year += 1;
    }
    while days_from_epoch(year, 1, 1) > days {
        year -= 1;
    }
    let mut month = 1;
    while month < 12 && days_from_epoch(year, month + 1, 1) <= days {
        month += 1;
    }
    let day = days - days_from_epoch(year, month, 1) + 1;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60)
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
        assert_eq!(error("2099-13-01T00:00:00Z"), "Unknown string format: 2099-13-01T00:00:00Z");
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
