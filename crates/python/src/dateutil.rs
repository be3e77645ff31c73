//! Dates in the many forms that Python's dateutil understands, with its rules for what an ambiguous number means: the
//! AWS CLI hands it every timestamp that isn't a number.

mod tokens;

use crate::calendar::{Civil, DAY, days_from_civil, days_in_month};
use crate::datetime::{LocalClock, Timestamp, TimestampError};
use tokens::{
    NotDigits, Number, afternoon, hour_of_day, integer, is_jump, is_utc, month, part, seconds, split, unit, weekday,
};

/// Why a text is no date.
enum Fault {
    /// It makes no sense.
    Format,
    /// A field is out of range, in Python's words.
    Field(String),
    /// A field doesn't fit 32 bits.
    Overflow,
    /// The zone's offset is a day or more.
    Offset,
}

type Step<T> = Result<T, Fault>;

impl From<NotDigits> for Fault {
    fn from(_: NotDigits) -> Self {
        Fault::Format
    }
}

/// Reads a date as `dateutil.parser.parse` does; what a partial date leaves open comes from today, at midnight.
///
/// # Errors
/// When the text is no date. [`TimestampError::reason`] has dateutil's words.
pub fn parse(text: &str, clock: &LocalClock<'_>) -> Result<Timestamp, TimestampError> {
    let today = Civil::of(clock.now.saturating_add(i64::from((clock.offset)(clock.now))));
    let mut reader =
        Reader { tokens: split(text), found: Found::default(), date: DateParts::default(), year: today.year };
    let result = reader.read().and_then(|()| {
        if reader.found.is_empty() {
            return Ok(None);
        }
        reader.found.complete(today).map(Some)
    });
    match result {
        Ok(Some(moment)) => Ok(moment),
        Ok(None) => Err(TimestampError::NoDate(text.into())),
        Err(Fault::Format) => Err(TimestampError::Format(text.into())),
        Err(Fault::Field(reason)) => Err(TimestampError::Field { text: text.into(), reason }),
        Err(Fault::Overflow) => Err(TimestampError::Unrepresentable(text.into())),
        Err(Fault::Offset) => Err(TimestampError::Offset),
    }
}

/// A year of two digits is the one within fifty years of `this_year`.
fn full_year(year: i64, this_year: i64) -> i64 {
    if year >= 100 {
        return year;
    }
    let year = year + this_year / 100 * 100;
    if year >= this_year + 50 {
        year - 100
    } else if year < this_year - 50 {
        year + 100
    } else {
        year
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Year,
    Month,
    Day,
}

/// The up to three numbers of a date, before it is known which is which.
#[derive(Default)]
struct DateParts {
    values: Vec<i64>,
    year_at: Option<usize>,
    month_at: Option<usize>,
    has_full_year: bool,
}

impl DateParts {
    fn push(&mut self, value: i64, role: Option<Role>) -> Step<()> {
        let slot = match role {
            Some(Role::Year) => &mut self.year_at,
            Some(Role::Month) => &mut self.month_at,
            _ => {
                self.values.push(value);
                return Ok(());
            }
        };
        if slot.replace(self.values.len()).is_some() {
            return Err(Fault::Format);
        }
        self.values.push(value);
        Ok(())
    }

    /// A number as written: three digits or more can only be a year.
    fn push_text(&mut self, token: &str, role: Option<Role>) -> Step<()> {
        let value = integer(token)?;
        self.has_full_year |= token.len() > 2;
        self.push(value, if token.len() > 2 { Some(Role::Year) } else { role })
    }

    fn push_number(&mut self, number: Number<'_>) -> Step<()> {
        let year = number.whole > 100 || (number.whole == 100 && !number.is_whole());
        self.has_full_year |= year;
        self.push(number.whole, year.then_some(Role::Year))
    }

    fn could_be_day(&self, number: Number<'_>) -> Step<bool> {
        let at = |at: usize| self.values.get(at).copied().unwrap_or(0);
        let last = match (self.month_at, self.year_at) {
            (None, _) => 31,
            // Without a year it may be a leap year.
            (Some(m), None) => days_in_month(2000, at(m)).ok_or(Fault::Format)?,
            (Some(m), Some(y)) => days_in_month(at(y), at(m)).ok_or(Fault::Format)?,
        };
        Ok(number.is_day_up_to(last))
    }

    /// Year, month and day, by what is marked, by size, and else in the American order.
    fn resolve(&self) -> Step<(Option<i64>, Option<i64>, Option<i64>)> {
        let v = &self.values;
        let in_order = |order: [Role; 3]| {
            let pick = |role| order.iter().position(|r| *r == role).and_then(|at| v.get(at)).copied();
            (pick(Role::Year), pick(Role::Month), pick(Role::Day))
        };
        use Role::{Day, Month, Year};
        Ok(match (v.len(), self.year_at, self.month_at) {
            (0, ..) => (None, None, None),
            (1, Some(_), None) => (Some(v[0]), None, None),
            (1, None, Some(_)) => (None, Some(v[0]), None),
            (2, Some(y), Some(m)) => (Some(v[y]), Some(v[m]), None),
            (3, Some(y), Some(m)) => (Some(v[y]), Some(v[m]), v.get(3 - y - m).copied()),
            (1, None, None) if v[0] > 31 => (Some(v[0]), None, None),
            (1, None, None) => (None, None, Some(v[0])),
            (2, None, Some(m)) if v[1 - m] > 31 => (Some(v[1 - m]), Some(v[m]), None),
            (2, None, Some(m)) => (None, Some(v[m]), Some(v[1 - m])),
            (2, _, None) if v[0] > 31 => (Some(v[0]), Some(v[1]), None),
            (2, _, None) if v[1] > 31 => (Some(v[1]), Some(v[0]), None),
            (2, _, None) => (None, Some(v[0]), Some(v[1])),
            (3, _, Some(0)) if v[1] > 31 => in_order([Month, Year, Day]),
            (3, _, Some(0)) => in_order([Month, Day, Year]),
            (3, _, Some(1)) if v[0] > 31 => in_order([Year, Month, Day]),
            (3, _, Some(1)) => in_order([Day, Month, Year]),
            (3, _, Some(_)) if v[1] > 31 => in_order([Day, Year, Month]),
            (3, _, Some(_)) => in_order([Year, Day, Month]),
            (3, y, None) if v[0] > 31 || y == Some(0) => in_order([Year, Month, Day]),
            (3, _, None) if v[0] > 12 => in_order([Day, Month, Year]),
            (3, _, None) => in_order([Month, Day, Year]),
            _ => return Err(Fault::Format),
        })
    }
}

/// What the tokens said.
#[derive(Default)]
struct Found {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    weekday: Option<u8>,
    hour: Option<i64>,
    minute: Option<i64>,
    second: Option<i64>,
    micros: Option<i64>,
    zone: Option<String>,
    offset: Option<i64>,
}

impl Found {
    fn is_empty(&self) -> bool {
        let numbers = [self.year, self.month, self.day, self.hour, self.minute, self.second, self.micros, self.offset];
        numbers.iter().all(Option::is_none) && self.weekday.is_none() && self.zone.is_none()
    }

    fn could_be_zone(&self, token: &str, offset: Option<i64>) -> bool {
        self.hour.is_some()
            && self.zone.is_none()
            && offset.is_none()
            && token.chars().count() <= 5
            && (token.bytes().all(|b| b.is_ascii_uppercase()) || token == "z")
    }

    /// The seconds east of UTC; `None` without a zone, or with the name of one that isn't known.
    fn zone_offset(&self) -> Step<Option<i32>> {
        let utc = self.zone.as_deref().is_some_and(is_utc);
        let Some(offset) = (if utc { Some(0) } else { self.offset }) else { return Ok(None) };
        // More than a billion days doesn't fit Python's differences of time either.
        if offset.unsigned_abs() >= 1_000_000_000 * DAY.unsigned_abs() {
            return Err(Fault::Overflow);
        }
        if offset.abs() >= DAY {
            return Err(Fault::Offset);
        }
        Ok(Some(offset as i32))
    }

    fn complete(&self, today: Civil) -> Step<Timestamp> {
        let year = self.year.unwrap_or(today.year);
        let month = self.month.unwrap_or(i64::from(today.month));
        let (hour, minute, second) = (self.hour.unwrap_or(0), self.minute.unwrap_or(0), self.second.unwrap_or(0));
        let day = match self.day {
            Some(day) => day,
            None => {
                let last = days_in_month(year, month)
                    .ok_or_else(|| Fault::Field(format!("bad month number {month}; must be 1-12")))?;
                i64::from(today.day).min(last)
            }
        };
        if [year, month, day, hour, minute, second].iter().any(|field| *field > i64::from(i32::MAX)) {
            return Err(Fault::Overflow);
        }
        if !(1..=9999).contains(&year) {
            return Err(Fault::Field(format!("year {year} is out of range")));
        }
        let last = days_in_month(year, month).ok_or_else(|| Fault::Field("month must be in 1..12".into()))?;
        if !(1..=last).contains(&day) {
            return Err(Fault::Field("day is out of range for month".into()));
        }
        for (value, limit, name) in [(hour, 24, "hour"), (minute, 60, "minute"), (second, 60, "second")] {
            if !(0..limit).contains(&value) {
                return Err(Fault::Field(format!("{name} must be in 0..{}", limit - 1)));
            }
        }
        let mut days = days_from_civil(year, month, day);
        if let Some(wanted) = self.weekday.filter(|_| self.day.is_none_or(|day| day == 0)) {
            days += (i64::from(wanted) - (days + 3)).rem_euclid(7);
        }
        if Civil::of(days * DAY).year > 9999 {
            return Err(Fault::Overflow);
        }
        let offset = self.zone_offset()?;
        let seconds = days * DAY + hour * 3600 + minute * 60 + second - i64::from(offset.unwrap_or(0));
        Ok(Timestamp { seconds, micros: self.micros.unwrap_or(0) as u32, offset })
    }
}

struct Reader {
    tokens: Vec<String>,
    found: Found,
    date: DateParts,
    /// This year.
    year: i64,
}

impl Reader {
    fn token(&self, at: usize) -> Step<&str> {
        self.tokens.get(at).map(String::as_str).ok_or(Fault::Format)
    }

    /// The token at `at`, where there is one and `meaning` knows it.
    fn means<T>(&self, at: Option<usize>, meaning: impl Fn(&str) -> Option<T>) -> Option<T> {
        meaning(self.tokens.get(at?)?)
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|t| t == text)
    }

    fn jump_at(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| is_jump(t))
    }

    fn read(&mut self) -> Step<()> {
        let mut at = 0;
        while let Some(token) = self.tokens.get(at).cloned() {
            at = if Number::of(&token).is_some() { self.number(at, &token)? } else { self.word(at, &token)? } + 1;
        }
        let (year, month, day) = self.date.resolve()?;
        self.found.year = match year {
            Some(year) if !self.date.has_full_year => Some(full_year(year, self.year)),
            other => other,
        };
        (self.found.month, self.found.day) = (month, day);
        Ok(())
    }

    /// A token that is no number; returns the last token it took.
    fn word(&mut self, at: usize, token: &str) -> Step<usize> {
        // These are numbers to Python, but none that a date can hold.
        if matches!(token.to_ascii_lowercase().as_str(), "nan" | "inf" | "infinity") {
            return Err(Fault::Format);
        }
        if let Some(day) = weekday(token) {
            self.found.weekday = Some(day);
            return Ok(at);
        }
        if let Some(value) = month(token) {
            self.date.push(value, Some(Role::Month))?;
            return self.after_month(at);
        }
        if let Some(afternoon) = afternoon(token) {
            let hour = self.found.hour.filter(|hour| (0..=12).contains(hour)).ok_or(Fault::Format)?;
            self.found.hour = Some(hour_of_day(hour, afternoon));
            return Ok(at);
        }
        if self.found.could_be_zone(token, self.found.offset) {
            self.found.zone = Some(token.to_owned());
            self.found.offset = (token == "z").then_some(0);
            // `GMT+3` means "my time plus 3 is GMT": the sign is the other way round.
            if let Some(sign) = self.tokens.get_mut(at + 1).filter(|t| *t == "+" || *t == "-") {
                *sign = if *sign == "+" { "-" } else { "+" }.into();
                self.found.offset = None;
                if is_utc(token) {
                    self.found.zone = None;
                }
            }
            return Ok(at);
        }
        if self.found.hour.is_some() && (token == "+" || token == "-") {
            return self.numbered_zone(at, if token == "+" { 1 } else { -1 });
        }
        if is_jump(token) { Ok(at) } else { Err(Fault::Format) }
    }

    /// What may follow the name of a month: `Jan-01`, `Jan-01-99`, `Jan of 01`.
    fn after_month(&mut self, at: usize) -> Step<usize> {
        if self.is(at + 1, "-") || self.is(at + 1, "/") {
            let separator = self.token(at + 1)?.to_owned();
            let second = self.token(at + 2)?.to_owned();
            self.date.push_text(&second, None)?;
            if self.is(at + 3, &separator) {
                let third = self.token(at + 4)?.to_owned();
                self.date.push_text(&third, None)?;
                return Ok(at + 4);
            }
            return Ok(at + 2);
        }
        let of = self.means(Some(at + 2), |t| t.eq_ignore_ascii_case("of").then_some(())).is_some();
        if of && self.is(at + 1, " ") && self.is(at + 3, " ") && self.tokens.len() > at + 4 {
            if let Ok(year) = integer(self.token(at + 4)?) {
                self.date.push_text(&full_year(year, self.year).to_string(), Some(Role::Year))?;
            }
            return Ok(at + 4);
        }
        Ok(at)
    }

    /// `+0300`, `+03:00`, `+3`, each perhaps with ` (NAME)` after it.
    fn numbered_zone(&mut self, at: usize, sign: i64) -> Step<usize> {
        let digits = self.token(at + 1)?;
        let length = digits.chars().count();
        let mut at = at;
        let (hours, minutes) = if length == 4 {
            (integer(part(digits, 0, 2))?, integer(part(digits, 2, 4))?)
        } else if self.is(at + 2, ":") {
            let parts = (integer(digits)?, integer(self.token(at + 3)?)?);
            at += 2;
            parts
        } else if length <= 2 {
            (integer(digits)?, 0)
        } else {
            return Err(Fault::Format);
        };
        self.found.offset = Some(sign * hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60)));
        let named = self.jump_at(at + 2)
            && self.is(at + 3, "(")
            && self.is(at + 5, ")")
            && self.tokens.get(at + 4).is_some_and(|t| t.chars().count() >= 3 && self.found.could_be_zone(t, None));
        if named {
            self.found.zone = self.tokens.get(at + 4).cloned();
            at += 4;
        }
        Ok(at + 1)
    }

    /// A number; returns the last token it took.
    fn number(&mut self, at: usize, token: &str) -> Step<usize> {
        let number = Number::of(token).ok_or(Fault::Format)?;
        let length = token.len();
        let count = self.tokens.len();
        let next_unit = self.means(Some(at + 1), unit);
        if self.date.values.len() == 3
            && (length == 2 || length == 4)
            && self.found.hour.is_none()
            && (at + 1 >= count || (!self.is(at + 1, ":") && next_unit.is_none()))
        {
            // The time of `19990101T23` and `19990101T2359`.
            self.found.hour = Some(integer(part(token, 0, 2))?);
            if length == 4 {
                self.found.minute = Some(integer(part(token, 2, 4))?);
            }
            return Ok(at);
        }
        if length == 6 || (length > 6 && token.find('.') == Some(6)) {
            if self.date.values.is_empty() && !token.contains('.') {
                for from in [0, 2, 4] {
                    self.date.push_text(part(token, from, from + 2), None)?;
                }
            } else {
                self.found.hour = Some(integer(part(token, 0, 2))?);
                self.found.minute = Some(integer(part(token, 2, 4))?);
                self.set_seconds(part(token, 4, length))?;
            }
            return Ok(at);
        }
        if matches!(length, 8 | 12 | 14) {
            self.date.push_text(part(token, 0, 4), Some(Role::Year))?;
            self.date.push_text(part(token, 4, 6), None)?;
            self.date.push_text(part(token, 6, 8), None)?;
            if length > 8 {
                self.found.hour = Some(integer(part(token, 8, 10))?);
                self.found.minute = Some(integer(part(token, 10, 12))?);
            }
            if length > 12 {
                self.found.second = Some(integer(part(token, 12, 14))?);
            }
            return Ok(at);
        }
        if let Some((unit, last)) = self.unit_near(at) {
            match unit {
                0 => {
                    self.found.hour = Some(number.whole);
                    if !number.is_whole() {
                        self.found.minute = Some(number.sixtieths());
                    }
                }
                1 => self.set_minutes(number),
                2 => self.set_seconds(token)?,
                _ => {}
            }
            return Ok(last);
        }
        if at + 2 < count && self.is(at + 1, ":") {
            self.found.hour = Some(number.whole);
            let minutes = self.token(at + 2)?.to_owned();
            self.set_minutes(Number::of(&minutes).ok_or(Fault::Format)?);
            if at + 4 < count && self.is(at + 3, ":") {
                let seconds = self.token(at + 4)?.to_owned();
                self.set_seconds(&seconds)?;
                return Ok(at + 4);
            }
            return Ok(at + 2);
        }
        if ["-", "/", "."].iter().any(|separator| self.is(at + 1, separator)) {
            return self.separated_date(at, token);
        }
        if at + 1 >= count || self.jump_at(at + 1) {
            if let Some(afternoon) = self.means(Some(at + 2), afternoon) {
                self.found.hour = Some(hour_of_day(number.whole, afternoon));
                return Ok(at + 2);
            }
            self.date.push_number(number)?;
            return Ok(at + 1);
        }
        if let Some(afternoon) = self.means(Some(at + 1), afternoon).filter(|_| number.whole < 24) {
            self.found.hour = Some(hour_of_day(number.whole, afternoon));
            return Ok(at + 1);
        }
        if self.date.could_be_day(number)? {
            self.date.push_number(number)?;
            return Ok(at);
        }
        Err(Fault::Format)
    }

    /// `01-02`, `01/Jan`, `01.02.2003`.
    fn separated_date(&mut self, at: usize, token: &str) -> Step<usize> {
        let separator = self.token(at + 1)?.to_owned();
        self.date.push_text(token, None)?;
        if at + 2 >= self.tokens.len() || self.jump_at(at + 2) {
            return Ok(at + 1);
        }
        let second = self.token(at + 2)?.to_owned();
        self.date_part(&second)?;
        if self.is(at + 3, &separator) {
            let third = self.token(at + 4)?.to_owned();
            self.date_part(&third)?;
            return Ok(at + 4);
        }
        Ok(at + 2)
    }

    fn date_part(&mut self, token: &str) -> Step<()> {
        match month(token) {
            Some(value) => self.date.push(value, Some(Role::Month)),
            None => self.date.push_text(token, None),
        }
    }

    fn set_minutes(&mut self, number: Number<'_>) {
        self.found.minute = Some(number.whole);
        self.found.second = (!number.is_whole()).then(|| number.sixtieths());
    }

    fn set_seconds(&mut self, token: &str) -> Step<()> {
        let (whole, micros) = seconds(token)?;
        (self.found.second, self.found.micros) = (Some(whole), Some(micros));
        Ok(())
    }

    /// The unit of the number at `at`, and the last token that is used up: the unit after it, or the one that follows
    /// the unit before it (`12h04` are hours and minutes; 3 follows seconds and means nothing).
    fn unit_near(&self, at: usize) -> Option<(u8, usize)> {
        if let Some(unit) = self.means(Some(at + 1), unit) {
            return Some((unit, at + 1));
        }
        if self.is(at + 1, " ")
            && let Some(unit) = self.means(Some(at + 2), unit)
        {
            return Some((unit, at + 2));
        }
        if let Some(unit) = self.means(at.checked_sub(1), unit) {
            return Some((unit + 1, at));
        }
        if at > 1 && at + 1 == self.tokens.len() && self.is(at - 1, " ") {
            return self.means(at.checked_sub(2), unit).map(|unit| (unit + 1, at));
        }
        None
    }
}
