//! The proleptic Gregorian calendar, as Python's `datetime` and C's `gmtime` have it.

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// English names of the days, from Monday.
const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// English names of the months, from January.
const MONTH_NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A date and time of day on the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// The year; 1 to 9999 for every timestamp that was read from text.
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

impl Civil {
    /// The date and time of day `seconds` after 1970-01-01T00:00:00, in whichever zone the seconds are counted.
    pub fn of(seconds: i64) -> Civil {
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

    /// Seconds from 1970-01-01T00:00:00 in the same zone. Fields out of their range carry over, as in day 32; the weekday
    /// doesn't count.
    pub fn seconds(&self) -> i64 {
        let time = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        days_from_civil(self.year, i64::from(self.month), i64::from(self.day)).saturating_mul(DAY).saturating_add(time)
    }

    /// The name of the weekday: `Mon`.
    pub fn day_name(&self) -> &'static str {
        DAY_NAMES.get(usize::from(self.weekday)).unwrap_or(&"")
    }

    /// The name of the month: `Jan`.
    pub fn month_name(&self) -> &'static str {
        MONTH_NAMES.get(usize::from(self.month).wrapping_sub(1)).unwrap_or(&"")
    }
}

impl std::fmt::Display for Civil {
    /// `2020-01-02T03:04:05`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Civil { year, month, day, hour, minute, second, .. } = self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

/// Days from 1970-01-01 to a date. The calendar repeats every 400 years, which starting on 1 March end with the leap day.
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year.saturating_sub(1) } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9).rem_euclid(12);
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    era.saturating_mul(146_097)
        .saturating_add(year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

/// Days of a month; `None` where the month is not one of 1 to 12.
pub fn days_in_month(year: i64, month: i64) -> Option<i64> {
    (1..=12).contains(&month).then_some(match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_is_its_own_inverse() {
        for days in (-719_162..2_932_897).step_by(97) {
            let seconds = days * DAY + 12_345;
            assert_eq!(Civil::of(seconds).seconds(), seconds);
        }
        assert_eq!(Civil::of(0).weekday, 3);
        for seconds in [i64::MIN, i64::MAX] {
            let _ = Civil::of(seconds).seconds();
        }
    }

    #[test]
    fn months_have_their_days() {
        for (year, month, days) in [(2000, 2, 29), (1900, 2, 28), (2024, 2, 29), (2023, 4, 30), (2023, 12, 31)] {
            assert_eq!(days_in_month(year, month), Some(days));
        }
        assert_eq!((days_in_month(2023, 0), days_in_month(2023, 13)), (None, None));
    }
}
