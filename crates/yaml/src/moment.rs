//! YAML's timestamps, as Python's classes for dates and moments.

use oxaws_python::calendar::days_in_month;
use oxaws_python::{Civil, Timestamp, repr_str};

const DAY: i32 = 86_400;

/// A date or moment as Python shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// `datetime.date` or `datetime.datetime`.
    pub class: &'static str,
    /// Python's `str()`.
    pub shown: String,
    /// Python's `repr()`.
    pub repr: String,
}

impl Moment {
    /// The class of a date without a time of day.
    pub const DATE: &'static str = "datetime.date";
    /// The class of a moment.
    pub const DATETIME: &'static str = "datetime.datetime";
}

/// The parts of a timestamp's text.
struct Parts<'a> {
    year: &'a str,
    month: &'a str,
    day: &'a str,
    time: Option<Time<'a>>,
}

struct Time<'a> {
    hour: &'a str,
    minute: &'a str,
    second: &'a str,
    fraction: &'a str,
    /// The zone as written, and its seconds east.
    zone: Option<(&'a str, i32)>,
}

/// Whether a plain text is a timestamp: a date alone must have all its digits.
pub(crate) fn is_implicit(text: &str) -> bool {
    parts(text).is_some_and(|parts| parts.time.is_some() || (parts.month.len() == 2 && parts.day.len() == 2))
}

/// Reads a timestamp; `None` for a text of another form.
///
/// # Errors
/// With Python 3.11's words when a field is out of its range.
pub fn read(text: &str) -> Option<Result<Moment, String>> {
    parts(text).map(|parts| parts.build())
}

/// Takes `min` to `max` digits.
fn digits<'a>(rest: &mut &'a str, min: usize, max: usize) -> Option<&'a str> {
    let count = rest.bytes().take(max).take_while(u8::is_ascii_digit).count();
    let (taken, after) = rest.split_at(count);
    *rest = after;
    (count >= min).then_some(taken)
}

fn skip(rest: &mut &str, c: char) -> Option<()> {
    *rest = rest.strip_prefix(c)?;
    Some(())
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let mut rest = text;
    let year = digits(&mut rest, 4, 4)?;
    skip(&mut rest, '-')?;
    let month = digits(&mut rest, 1, 2)?;
    skip(&mut rest, '-')?;
    let day = digits(&mut rest, 1, 2)?;
    let time = if rest.is_empty() { None } else { Some(time(rest)?) };
    Some(Parts { year, month, day, time })
}

fn time(text: &str) -> Option<Time<'_>> {
    const BLANKS: [char; 2] = [' ', '\t'];
    let mut rest = match text.strip_prefix(['T', 't']) {
        Some(after) => after,
        None => text.strip_prefix(BLANKS)?.trim_start_matches(BLANKS),
    };
    let hour = digits(&mut rest, 1, 2)?;
    skip(&mut rest, ':')?;
    let minute = digits(&mut rest, 2, 2)?;
    skip(&mut rest, ':')?;
    let second = digits(&mut rest, 2, 2)?;
    let fraction = if skip(&mut rest, '.').is_some() { digits(&mut rest, 0, usize::MAX)? } else { "" };
    let zone = match rest {
        "" => None,
        _ => Some(zone(rest.trim_start_matches(BLANKS))?),
    };
    Some(Time { hour, minute, second, fraction, zone })
}

fn zone(text: &str) -> Option<(&str, i32)> {
    if text == "Z" {
        return Some((text, 0));
    }
    let mut rest = text.strip_prefix(['-', '+'])?;
    let mut size = number(digits(&mut rest, 1, 2)?) * 3600;
    if !rest.is_empty() {
        skip(&mut rest, ':')?;
        size += number(digits(&mut rest, 2, 2)?) * 60;
    }
    rest.is_empty().then_some((text, if text.starts_with('-') { -size } else { size }))
}

/// The number of at most a few digits.
fn number(digits: &str) -> i32 {
    digits.bytes().fold(0, |n, digit| n * 10 + i32::from(digit - b'0'))
}

fn field(digits: &str) -> u8 {
    u8::try_from(number(digits)).unwrap_or(u8::MAX)
}

fn within(ok: bool, words: &str) -> Result<(), String> {
    if ok { Ok(()) } else { Err(words.to_owned()) }
}

impl Parts<'_> {
    fn build(&self) -> Result<Moment, String> {
        // The zone is made before anything else is looked at.
        let zone = self.time.as_ref().and_then(|time| time.zone);
        if let Some((_, offset)) = zone
            && offset.abs() >= DAY
        {
            return Err(format!(
                "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {}.",
                timedelta(offset)
            ));
        }
        let (year, month, day) = (number(self.year), field(self.month), field(self.day));
        within(year >= 1, "year 0 is out of range")?;
        within((1..=12).contains(&month), "month must be in 1..12")?;
        let last = days_in_month(year.into(), month.into()).unwrap_or_default();
        within((1..=last).contains(&day.into()), "day is out of range for month")?;
        let Some(time) = &self.time else {
            let shown = format!("{year:04}-{month:02}-{day:02}");
            return Ok(Moment { class: Moment::DATE, shown, repr: format!("datetime.date({year}, {month}, {day})") });
        };
        let (hour, minute, second) = (field(time.hour), field(time.minute), field(time.second));
        within(hour <= 23, "hour must be in 0..23")?;
        within(minute <= 59, "minute must be in 0..59")?;
        within(second <= 59, "second must be in 0..59")?;
        let civil = Civil { year: year.into(), month, day, hour, minute, second, weekday: 0 };
        let (micros, carry) = micros(time.fraction);
        let mut moment = Timestamp::from_civil(civil, micros, zone.map(|(_, offset)| offset));
        moment.seconds += carry;
        within(moment.local().year <= 9999, "date value out of range")?;
        let (shown, repr) = (moment.isoformat().replacen('T', " ", 1), datetime(&moment, zone));
        Ok(Moment { class: Moment::DATETIME, shown, repr })
    }
}

/// Microseconds, rounded by the seventh digit alone, and a second to carry.
fn micros(fraction: &str) -> (u32, i64) {
    let digit = |i: usize| fraction.as_bytes().get(i).map_or(0, |digit| u32::from(digit - b'0'));
    let micros = (0..6).fold(0, |n, i| n * 10 + digit(i)) + u32::from(digit(6) > 4);
    if micros > 999_999 { (0, 1) } else { (micros, 0) }
}

/// `repr` of a moment.
fn datetime(moment: &Timestamp, zone: Option<(&str, i32)>) -> String {
    let c = moment.local();
    let mut out = format!("datetime.datetime({}, {}, {}, {}, {}", c.year, c.month, c.day, c.hour, c.minute);
    if c.second != 0 || moment.micros != 0 {
        out.push_str(&format!(", {}", c.second));
    }
    if moment.micros != 0 {
        out.push_str(&format!(", {}", moment.micros));
    }
    if let Some((name, offset)) = zone {
        out.push_str(&format!(", tzinfo=datetime.timezone({}, {})", timedelta(offset), repr_str(name)));
    }
    out.push(')');
    out
}

/// `repr` of a time span.
fn timedelta(seconds: i32) -> String {
    let parts = match (seconds.div_euclid(DAY), seconds.rem_euclid(DAY)) {
        (0, 0) => "0".to_owned(),
        (days, 0) => format!("days={days}"),
        (0, seconds) => format!("seconds={seconds}"),
        (days, seconds) => format!("days={days}, seconds={seconds}"),
    };
    format!("datetime.timedelta({parts})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        read(text).map_or("no".into(), |r| r.map_or_else(|e| format!("error: {e}"), |f| f.shown))
    }

    #[test]
    fn forms() {
        for (text, implicit, want) in [
            ("2020-01-01", true, "2020-01-01"),
            ("2020-1-1", false, "2020-01-01"),
            ("2020-1-1 1:02:03", true, "2020-01-01 01:02:03"),
            ("2020-01-01T00:00:00Z", true, "2020-01-01 00:00:00+00:00"),
            ("2020-01-01t10:00:00.1234567", true, "2020-01-01 10:00:00.123457"),
            ("2020-01-01 10:00:00.1", true, "2020-01-01 10:00:00.100000"),
            ("2020-01-01 10:00:00.", true, "2020-01-01 10:00:00"),
            ("2020-01-01   10:00:00.99999949", true, "2020-01-01 10:00:00.999999"),
            ("2020-12-31 23:59:59.9999999 -2", true, "2021-01-01 00:00:00-02:00"),
            ("2020-01-01 10:00:00+0:99", true, "2020-01-01 10:00:00+01:39"),
            ("2020-01-01 1:00", false, "no"),
            ("2020-01-01 10:00:00 ", false, "no"),
            ("2020-01-01 10:00:00+1:2", false, "no"),
            ("2020-01-01T 10:00:00", false, "no"),
            ("2020-13-01", true, "error: month must be in 1..12"),
            ("2020-02-30", true, "error: day is out of range for month"),
            ("2100-02-29", true, "error: day is out of range for month"),
            ("0000-13-01", true, "error: year 0 is out of range"),
            ("2020-01-01 24:60:60", true, "error: hour must be in 0..23"),
            ("2020-01-01 23:60:60", true, "error: minute must be in 0..59"),
            ("2020-01-01 23:59:60", true, "error: second must be in 0..59"),
            ("9999-12-31 23:59:59.9999995", true, "error: date value out of range"),
            (
                "2020-13-01 10:00:00-25:30",
                true,
                "error: offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not \
                 datetime.timedelta(days=-2, seconds=81000).",
            ),
        ] {
            assert_eq!((is_implicit(text), shown(text).as_str()), (implicit, want), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ]{0,2}[0-9:.]{0,20}[ Z+-]?[0-9:]{0,6})?|\\PC*") {
            let _ = (is_implicit(&text), read(&text));
        }
    }
}
