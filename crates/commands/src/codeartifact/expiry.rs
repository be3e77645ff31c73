//! How long a login lasts, in words.

use oxaws_python::calendar::days_in_month;
use oxaws_python::{Civil, Timestamp};

/// Seconds added, so that 11 hours and almost 60 minutes are 12 hours.
const GRACE: i64 = 30;

/// The time left at `now` until `end`: its largest unit, and the next one below if that isn't zero.
pub fn left(now: i64, end: i64) -> String {
    let mut parts = difference(now, end + GRACE);
    // The grace may complete a month only by the calendar, which the difference has seen already.
    parts.iter_mut().for_each(|n| *n = (*n).max(0));
    let units = ["year", "month", "day", "hour", "minute"];
    let mut words: Vec<String> = Vec::new();
    let mut before = false;
    for (unit, n) in units.into_iter().zip(parts) {
        if n > 0 {
            if before {
                words.push("and".into());
            }
            words.push(n.to_string());
            words.push(if n == 1 { unit.to_owned() } else { format!("{unit}s") });
        }
        if before {
            break;
        }
        before = n > 0;
    }
    words.join(" ")
}

/// Whole years, months, days, hours and minutes between two moments, by the calendar.
fn difference(from: i64, to: i64) -> [i64; 5] {
    if to <= from {
        return [0; 5];
    }
    let (start, end) = (Timestamp::from_unix(from).utc(), Timestamp::from_unix(to).utc());
    let mut months = (end.year - start.year) * 12 + i64::from(end.month) - i64::from(start.month);
    while months > 0 && plus_months(&start, months) > to {
        months -= 1;
    }
    let rest = to - plus_months(&start, months);
    [months / 12, months % 12, rest / 86_400, rest / 3600 % 24, rest / 60 % 60]
}

/// The moment so many months later; a day that the month doesn't have becomes its last.
fn plus_months(start: &Civil, months: i64) -> i64 {
    let total = start.year * 12 + i64::from(start.month) - 1 + months;
    let (year, month) = (total.div_euclid(12), u8::try_from(total.rem_euclid(12) + 1).unwrap_or(1));
    let last = days_in_month(year, month.into()).and_then(|last| u8::try_from(last).ok()).unwrap_or(31);
    let there = Civil { year, month, day: start.day.min(last), ..*start };
    there.seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_largest_units() {
        assert_eq!(left(0, 12 * 3600 - 29), "12 hours");
        assert_eq!(left(0, 3600 + 60), "1 hour and 1 minute");
        assert_eq!(left(0, 90), "2 minutes");
        // 2026-11-23 to 2100-01-01
        assert_eq!(left(1_795_445_262, 4_102_444_800), "73 years and 1 month");
        assert_eq!(left(10, 0), "");
    }
}
