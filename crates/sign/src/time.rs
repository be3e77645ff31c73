//! Moments in the forms that signatures use.

/// A moment as `20150830T123600Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmzDate([u8; 16]);

impl AmzDate {
    /// The moment `secs` after 1970-01-01T00:00:00Z. Years outside 0–9999 are cut to that range.
    pub fn from_secs(secs: i64) -> Self {
        let t = Civil::from_secs(secs);
        let mut out = *b"00000000T000000Z";
        put(&mut out[..4], t.year);
        put(&mut out[4..6], t.month);
        put(&mut out[6..8], t.day);
        put(&mut out[9..11], t.hour);
        put(&mut out[11..13], t.minute);
        put(&mut out[13..15], t.second);
        AmzDate(out)
    }

    /// `20150830T123600Z`
    pub fn stamp(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `20150830`
    pub fn date(&self) -> &str {
        &self.stamp()[..8]
    }
}

/// The `Date` header's form, as Python's `formatdate` writes it: `Sun, 30 Aug 2015 12:36:00 -0000`.
pub fn http_date(secs: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let t = Civil::from_secs(secs);
    let weekday = DAYS[usize::from(t.weekday)];
    let month = MONTHS[usize::from(t.month - 1)];
    format!("{weekday}, {:02} {month} {:04} {:02}:{:02}:{:02} -0000", t.day, t.year, t.hour, t.minute, t.second)
}

/// `2015-08-30T12:36:00Z`
pub(crate) fn iso(secs: i64) -> String {
    let t = Civil::from_secs(secs);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", t.year, t.month, t.day, t.hour, t.minute, t.second)
}

fn put(out: &mut [u8], mut value: u16) {
    for digit in out.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

/// A moment by the calendar, in UTC.
struct Civil {
    year: u16,
    /// From 1.
    month: u16,
    /// From 1.
    day: u16,
    hour: u16,
    minute: u16,
    second: u16,
    /// Days since a Thursday.
    weekday: u8,
}

impl Civil {
    fn from_secs(secs: i64) -> Self {
        // 0000-01-01 and 9999-12-31.
        let secs = secs.clamp(-62_167_219_200, 253_402_300_799);
        let (days, rest) = (secs.div_euclid(86_400), secs.rem_euclid(86_400));
        // Days since 0000-03-01 in eras of 400 years: March first, so that the leap day comes last.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Civil {
            year: year as u16,
            month: month as u16,
            day: day as u16,
            hour: (rest / 3600) as u16,
            minute: (rest / 60 % 60) as u16,
            second: (rest % 60) as u16,
            weekday: days.rem_euclid(7) as u8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_moments() {
        assert_eq!(AmzDate::from_secs(1_440_938_160).stamp(), "20150830T123600Z");
        assert_eq!(AmzDate::from_secs(1_440_938_160).date(), "20150830");
        assert_eq!(AmzDate::from_secs(951_782_399).stamp(), "20000228T235959Z");
        assert_eq!(AmzDate::from_secs(951_782_400).stamp(), "20000229T000000Z");
        assert_eq!(AmzDate::from_secs(-1).stamp(), "19691231T235959Z");
        assert_eq!(AmzDate::from_secs(i64::MAX).stamp(), "99991231T235959Z");
        assert_eq!(AmzDate::from_secs(i64::MIN).stamp(), "00000101T000000Z");
        assert_eq!(http_date(1_440_938_160), "Sun, 30 Aug 2015 12:36:00 -0000");
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
    }

    proptest! {
        #[test]
        fn later_is_greater(a in any::<i64>(), b in any::<i64>()) {
            let (a, b) = (a.min(b), a.max(b));
            prop_assert!(AmzDate::from_secs(a).stamp() <= AmzDate::from_secs(b).stamp());
            http_date(a);
        }
    }
}
