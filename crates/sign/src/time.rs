//! Moments in the forms that signatures use.

use oxaws_python::Civil;

/// A moment as `20150830T123600Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmzDate([u8; 16]);

impl AmzDate {
    /// The moment `secs` after 1970-01-01T00:00:00Z. Years outside 0–9999 are cut to that range.
    pub fn from_secs(secs: i64) -> Self {
        let t = civil(secs);
        let mut out = *b"00000000T000000Z";
        put(&mut out[..4], t.year as u16);
        for (at, value) in [(4, t.month), (6, t.day), (9, t.hour), (11, t.minute), (13, t.second)] {
            put(&mut out[at..at + 2], value.into());
        }
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
    let t = civil(secs);
    let (weekday, month) = (t.day_name(), t.month_name());
    format!("{weekday}, {:02} {month} {:04} {:02}:{:02}:{:02} -0000", t.day, t.year, t.hour, t.minute, t.second)
}

/// `2015-08-30T12:36:00Z`
pub(crate) fn iso(secs: i64) -> String {
    format!("{}Z", civil(secs))
}

fn put(out: &mut [u8], mut value: u16) {
    for digit in out.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

/// The date and time of day in UTC; years outside 0–9999 are cut to that range.
fn civil(secs: i64) -> Civil {
    // 0000-01-01 and 9999-12-31.
    Civil::of(secs.clamp(-62_167_219_200, 253_402_300_799))
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
