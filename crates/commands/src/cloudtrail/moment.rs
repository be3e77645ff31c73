//! Moments as this family reads and shows them: whatever zone was written, they count as UTC.

use oxaws_cli::{Context, Failure};
use oxaws_python::{Civil, Timestamp};

/// A moment in UTC, in microseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

const SECOND: i64 = 1_000_000;

impl Moment {
    /// Now.
    pub fn now(cx: &Context) -> Moment {
        Moment(i64::try_from(cx.world.now().nanos / 1000).unwrap_or(i64::MAX))
    }

    /// Reads a date in free form.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn parse(cx: &Context, text: &str) -> Result<Moment, Failure> {
        Moment::read(cx, text).ok_or_else(|| Failure::invalid(format!("Unable to parse date value: {text}")))
    }

    fn read(cx: &Context, text: &str) -> Option<Moment> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return digits(text);
        }
        let stamp = cx.session.with_clock(|clock| Timestamp::parse(text, &clock)).ok()?;
        let as_written = Timestamp::from_civil(stamp.local(), stamp.micros, None);
        Some(Moment(as_written.seconds * SECOND + i64::from(as_written.micros)))
    }

    /// The moment so many seconds later.
    pub fn plus(self, seconds: i64) -> Moment {
        Moment(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }

    fn civil(self) -> Civil {
        Civil::of(self.0.div_euclid(SECOND))
    }

    /// `2026-01-02T03:04:05Z`
    pub fn shown(self) -> String {
        format!("{}Z", self.civil())
    }

    /// The same, with the fraction of a second where there is one.
    pub fn exact(self) -> String {
        match self.0.rem_euclid(SECOND) {
            0 => self.shown(),
            micros => format!("{}.{micros:06}Z", self.shown().trim_end_matches('Z')),
        }
    }

    /// `20260102T030405Z`
    pub fn compact(self) -> String {
        self.shown().replace(['-', ':'], "")
    }

    /// `2026/01/02`
    pub fn folder(self) -> String {
        let c = self.civil();
        format!("{:04}/{:02}/{:02}", c.year, c.month, c.day)
    }
}

/// Dates of digits alone: `YYYYMMDD`, with or without `hhmm` and `ss`.
fn digits(text: &str) -> Option<Moment> {
    let part = |from: usize, to: usize| text.get(from..to).map_or(Some(0), |t| t.parse::<u8>().ok());
    if !matches!(text.len(), 8 | 12 | 14) {
        return None;
    }
    let civil = Civil {
        year: text.get(..4)?.parse().ok()?,
        month: part(4, 6)?,
        day: part(6, 8)?,
        hour: part(8, 10)?,
        minute: part(10, 12)?,
        second: part(12, 14)?,
        weekday: 0,
    };
    let seconds = civil.seconds();
    // A day or hour that doesn't exist would have become another one.
    let real = Civil { weekday: 0, ..Civil::of(seconds) };
    (real == civil).then_some(Moment(seconds * SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown() {
        let moment = digits("20150108052142").unwrap();
        assert_eq!(moment.shown(), "2015-01-08T05:21:42Z");
        assert_eq!(moment.plus(-60).compact(), "20150108T052042Z");
        assert_eq!(moment.folder(), "2015/01/08");
        assert_eq!((moment.exact(), Moment(1_500_000).exact()), (moment.shown(), "1970-01-01T00:00:01.500000Z".into()));
        assert_eq!(digits("20150108"), Some(digits("201501080000").unwrap()));
        for bad in ["1", "20151301", "2015010125", "20150230"] {
            assert_eq!(digits(bad), None, "{bad}");
        }
    }
}
