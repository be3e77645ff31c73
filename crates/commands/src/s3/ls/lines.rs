//! The lines of a listing.

use super::missing;
use super::page::Page;
use super::zone::Zone;
use oxaws_cli::Failure;
use oxaws_env::World;
use oxaws_failure::Cause;
use oxaws_python::{LocalClock, Timestamp};
use oxaws_value::visible::visible_name;
use std::borrow::Cow;
use std::io::Write;

const DAY: i64 = 86_400;
const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// Lines that are gathered until they are written.
pub(super) struct Lines<'a> {
    world: &'a dyn World,
    zone: Option<Zone<'a>>,
    human: bool,
    /// Whether control characters in names are spelled out, since a terminal would obey them.
    visible: bool,
    text: Vec<u8>,
    objects: u64,
    size: i128,
}

impl<'a> Lines<'a> {
    pub(super) fn new(world: &'a dyn World, human: bool, visible: bool) -> Self {
        Lines { world, zone: None, human, visible, text: Vec::new(), objects: 0, size: 0 }
    }

    /// Writes what is gathered.
    pub(super) fn write_to(&mut self, out: &mut dyn Write) -> Result<(), Failure> {
        out.write_all(&self.text)?;
        self.text.clear();
        Ok(out.flush()?)
    }

    /// The lines of a page: prefixes first. Those before an error are gathered all the same.
    pub(super) fn page(&mut self, page: &Page, basename: bool) -> Result<(), Failure> {
        if let Some(member) = page.lacks() {
            return Err(missing(member));
        }
        for prefix in page.prefixes() {
            let prefix = prefix.ok_or_else(|| missing("Prefix"))?;
            let mut parts = prefix.rsplit('/');
            let (_, name) = (parts.next(), parts.next());
            let name = name.ok_or_else(|| Failure::bad_reply("list index out of range"))?;
            self.text.extend_from_slice(b"                           PRE ");
            self.name(name);
            self.text.extend_from_slice(b"/\n");
        }
        for (entry, key) in page.entries() {
            let modified = entry.modified.as_deref().ok_or_else(|| missing("LastModified"))?;
            let size = entry.size.ok_or_else(|| missing("Size"))?;
            let key = key.ok_or_else(|| missing("Key"))?;
            self.size = self.size.saturating_add(size);
            self.objects += 1;
            self.date(modified)?;
            self.text.push(b' ');
            self.size_column(size);
            self.text.push(b' ');
            let name = if basename { key.rsplit('/').next().unwrap_or_default() } else { &key };
            self.name(name);
            self.text.push(b'\n');
        }
        Ok(())
    }

    /// The line of a bucket.
    pub(super) fn bucket(&mut self, created: Option<&str>, name: Option<&str>) -> Result<(), Failure> {
        let (created, name) = (created.ok_or_else(|| missing("CreationDate"))?, name.ok_or_else(|| missing("Name"))?);
        self.date(created)?;
        self.text.push(b' ');
        self.name(name);
        self.text.push(b'\n');
        Ok(())
    }

    fn name(&mut self, name: &str) {
        let name = if self.visible { visible_name(name) } else { Cow::Borrowed(name) };
        self.text.extend_from_slice(name.as_bytes());
    }

    /// How many objects there were, and their size.
    pub(super) fn summary(&mut self) {
        let size = if self.human { human_size(self.size) } else { self.size.to_string() };
        self.text.extend_from_slice(format!("\nTotal Objects: {}\n   Total Size: {size}\n", self.objects).as_bytes());
    }

    fn size_column(&mut self, size: i128) {
        let shown = if self.human { human_size(size) } else { size.to_string() };
        self.text.resize(self.text.len() + SIZE.saturating_sub(shown.len()), b' ');
        self.text.extend_from_slice(shown.as_bytes());
    }

    /// The moment in local time.
    fn date(&mut self, text: &str) -> Result<(), Failure> {
        let world = self.world;
        let seconds = match plain_moment(text.as_bytes()) {
            Some(seconds) => seconds,
            None => {
                let offset = |at: i64| world.local_offset(oxaws_env::Instant::from_secs(at));
                let clock = LocalClock { now: world.now().secs(), offset: &offset };
                Timestamp::parse(text, &clock).map_err(|e| Failure::bad_reply(Cause::of(e)))?.seconds
            }
        };
        let zone = self.zone.get_or_insert_with(|| Zone::new(world));
        let local = Timestamp::from_unix(seconds.saturating_add(i64::from(zone.offset(seconds)))).utc();
        let year = u16::try_from(local.year).unwrap_or(9999);
        let [y1, y2] = [pair((year / 100) as u8), pair((year % 100) as u8)];
        let [mo, d, h, mi, s] = [local.month, local.day, local.hour, local.minute, local.second].map(pair);
        let line = [
            y1[0], y1[1], y2[0], y2[1], b'-', mo[0], mo[1], b'-', d[0], d[1], b' ', h[0], h[1], b':', mi[0], mi[1],
            b':', s[0], s[1],
        ];
        // Years are not padded, the line is.
        let zeros = line.iter().take(3).take_while(|b| **b == b'0').count();
        self.text.extend_from_slice(&line[zeros..]);
        self.text.extend(std::iter::repeat_n(b' ', zeros));
        Ok(())
    }
}

/// The width of a date.
const DATE: usize = 19;
/// The width of a size.
const SIZE: usize = 10;

/// Two digits of a number below 100.
fn pair(n: u8) -> [u8; 2] {
    [b'0' + n / 10 % 10, b'0' + n % 10]
}

/// Seconds since the epoch of `2021-02-11T04:24:23.000Z`, or with Python's `+00:00`; `None` for any other form.
fn plain_moment(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_at_checked(DATE)?;
    let fraction = match rest.strip_suffix(b"Z") {
        Some(fraction) => fraction,
        None => rest.strip_suffix(b"+00:00")?,
    };
    let digits = fraction.strip_prefix(b".").unwrap_or(b"0");
    if (fraction.len() > 7) || digits.is_empty() || !(fraction.is_empty() || fraction[0] == b'.') {
        return None;
    }
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|(at, byte)| date[*at] != *byte) {
        return None;
    }
    let number = |from: usize, to: usize| {
        date[from..to].iter().try_fold(0i64, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    // Years in which a zone could lead out of the calendar are for the general reader.
    if !(1000..=9998).contains(&year) || !(1..=last).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let past = year - 1;
    let day_of_year = BEFORE.get(usize::try_from(month - 1).ok()?)? + i64::from(leap && month > 2) + day - 1;
    let days = past * 365 + past / 4 - past / 100 + past / 400 + day_of_year - 719_162;
    Some(days * DAY + hour * 3600 + minute * 60 + second)
}

/// A size for people: the largest binary unit that leaves at least one, to a tenth.
fn human_size(bytes: i128) -> String {
    let bytes = bytes as f64;
    if bytes == 1.0 {
        return "1 Byte".into();
    }
    if bytes < 1024.0 {
        return format!("{bytes:.0} Bytes");
    }
    let mut shown = bytes / 1024.0;
    for unit in UNITS {
        // Python rounds to even: 1023.5 already counts as the next unit.
        if shown < 1023.5 {
            return format!("{shown:.1} {unit}");
        }
        shown /= 1024.0;
    }
    "None".into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    #[test]
    fn sizes_for_people() {
        for (bytes, shown) in [
            (0, "0 Bytes"),
            (1, "1 Byte"),
            (1023, "1023 Bytes"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (1_047_552, "1023.0 KiB"),
            (1_048_064, "1.0 MiB"),
            (1_234_567_890, "1.1 GiB"),
            (i128::from(i64::MAX), "8.0 EiB"),
        ] {
            assert_eq!(human_size(bytes), shown);
        }
    }

    #[test]
    fn plain_moments() {
        assert_eq!(plain_moment(b"2021-02-11T04:24:23.000Z"), Some(1_613_017_463));
        assert_eq!(plain_moment(b"1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(plain_moment(b"2020-02-29T23:59:59+00:00"), Some(1_583_020_799));
        for other in
            ["2021-02-29T00:00:00Z", "2021-02-11T04:24:23", "2021-02-11 04:24:23Z", "2021-02-11T04:24:23.Z", ""]
        {
            assert_eq!(plain_moment(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn names_drive_no_terminal() {
        let world = Fixed::new();
        for (visible, shown) in [(true, "a\\x1b[2J\\nb\n"), (false, "a\x1b[2J\nb\n")] {
            let mut lines = Lines::new(&world, false, visible);
            lines.bucket(Some("2021-02-11T04:24:23.000Z"), Some("a\x1b[2J\nb")).unwrap();
            assert!(lines.text.ends_with(shown.as_bytes()), "{:?}", String::from_utf8_lossy(&lines.text));
        }
    }

    #[test]
    fn a_line_in_any_form_of_date() {
        let world = Fixed::new();
        let mut lines = Lines::new(&world, false, false);
        lines.bucket(Some("Thu, 11 Feb 2021 04:24:23 GMT"), Some("b")).unwrap();
        assert!(lines.text.ends_with(b":23 b\n"));
        assert!(lines.bucket(None, Some("b")).is_err());
        assert!(lines.bucket(Some("x"), Some("b")).is_err());
    }
}
