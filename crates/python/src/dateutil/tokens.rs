//! The parts of a date: how text is cut into tokens, and what the words and numbers among them mean.

/// A text that isn't the digits it should be.
#[derive(Debug)]
pub(super) struct NotDigits;

/// Cuts text into runs of letters, runs of digits (with a decimal point), single blanks and single other characters.
/// Dots can join words and numbers; such a run is cut at its dots once it is clear that it is no decimal number.
pub(super) fn split(text: &str) -> Vec<String> {
    #[derive(PartialEq, Clone, Copy)]
    enum Run {
        Word,
        Number,
        DottedWord,
        DottedNumber,
    }
    let digit = |c: char| c.is_ascii_digit();
    let letter = |c: char| c.is_alphabetic();
    let mut out: Vec<String> = Vec::new();
    let mut rest = text.chars().filter(|c| *c != '\0').peekable();
    while let Some(first) = rest.next() {
        let mut run = if letter(first) {
            Run::Word
        } else if digit(first) {
            Run::Number
        } else {
            out.push(if first.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&first) { ' ' } else { first }.into());
            continue;
        };
        let mut token = String::from(first);
        let mut letters = false;
        while let Some(&c) = rest.peek() {
            letters |= matches!(run, Run::Word | Run::DottedWord);
            let after_dot = token.ends_with('.');
            run = match run {
                Run::Word if letter(c) => Run::Word,
                Run::Word if c == '.' => Run::DottedWord,
                Run::Number if digit(c) => Run::Number,
                // A comma is a decimal point from the second digit on, as in `05,123`.
                Run::Number if c == '.' || (c == ',' && token.len() >= 2) => Run::DottedNumber,
                Run::DottedWord if c == '.' || letter(c) => Run::DottedWord,
                Run::DottedWord if digit(c) && after_dot => Run::DottedNumber,
                Run::DottedNumber if c == '.' || digit(c) => Run::DottedNumber,
                Run::DottedNumber if letter(c) && after_dot => Run::DottedWord,
                _ => break,
            };
            token.push(c);
            rest.next();
        }
        let dotted = matches!(run, Run::DottedWord | Run::DottedNumber);
        if dotted && (letters || token.matches('.').count() > 1 || token.ends_with(['.', ','])) {
            let mut piece = String::new();
            for c in token.chars() {
                if c == '.' || c == ',' {
                    if !piece.is_empty() {
                        out.push(std::mem::take(&mut piece));
                    }
                    out.push(c.into());
                } else {
                    piece.push(c);
                }
            }
            if !piece.is_empty() {
                out.push(piece);
            }
        } else if run == Run::DottedNumber && !token.contains('.') {
            out.push(token.replace(',', "."));
        } else {
            out.push(token);
        }
    }
    out
}

/// A token that is a decimal number.
#[derive(Clone, Copy)]
pub(super) struct Number<'a> {
    pub(super) whole: i64,
    fraction: &'a str,
}

impl<'a> Number<'a> {
    pub(super) fn of(token: &'a str) -> Option<Self> {
        let (whole, fraction) = token.split_once('.').unwrap_or((token, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        Some(Number { whole: integer(whole).ok()?, fraction })
    }

    pub(super) fn is_whole(&self) -> bool {
        self.fraction.bytes().all(|b| b == b'0')
    }

    /// The fraction in sixtieths, rounded down.
    pub(super) fn sixtieths(&self) -> i64 {
        let (mut value, mut scale) = (0u64, 1u64);
        for b in self.fraction.bytes().take(16) {
            value = value * 10 + u64::from(b - b'0');
            scale *= 10;
        }
        (value * 60 / scale) as i64
    }

    /// Whether this is between 1 and `last`.
    pub(super) fn is_day_up_to(&self, last: i64) -> bool {
        self.whole >= 1 && (self.whole < last || (self.whole == last && self.is_whole()))
    }
}

/// Digits only; more than fit count as the greatest number.
pub(super) fn integer(text: &str) -> Result<i64, NotDigits> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotDigits);
    }
    Ok(text.parse().unwrap_or(i64::MAX))
}

/// Seconds with up to six digits of fraction: seconds and microseconds.
pub(super) fn seconds(text: &str) -> Result<(i64, i64), NotDigits> {
    match text.split_once('.') {
        None => Ok((integer(text)?, 0)),
        Some((whole, fraction)) => {
            let whole = integer(whole)?;
            if fraction.is_empty() {
                return Ok((whole, 0));
            }
            integer(fraction)?;
            Ok((whole, integer(&format!("{:0<6}", fraction)[..6])?))
        }
    }
}

pub(super) fn part(token: &str, from: usize, to: usize) -> &str {
    token.get(from..to.min(token.len())).unwrap_or("")
}

pub(super) fn is_jump(token: &str) -> bool {
    const JUMPS: [&str; 18] =
        [" ", ".", ",", ";", "-", "/", "'", "at", "on", "and", "ad", "m", "t", "of", "st", "nd", "rd", "th"];
    JUMPS.contains(&token.to_lowercase().as_str())
}

pub(super) fn is_utc(token: &str) -> bool {
    matches!(token.to_lowercase().as_str(), "utc" | "gmt" | "z")
}

/// 0 for Monday.
pub(super) fn weekday(token: &str) -> Option<u8> {
    Some(match token.to_lowercase().as_str() {
        "mon" | "monday" => 0,
        "tue" | "tuesday" => 1,
        "wed" | "wednesday" => 2,
        "thu" | "thursday" => 3,
        "fri" | "friday" => 4,
        "sat" | "saturday" => 5,
        "sun" | "sunday" => 6,
        _ => return None,
    })
}

/// 1 for January.
pub(super) fn month(token: &str) -> Option<i64> {
    Some(match token.to_lowercase().as_str() {
        "jan" | "january" => 1,
        "feb" | "february" => 2,
        "mar" | "march" => 3,
        "apr" | "april" => 4,
        "may" => 5,
        "jun" | "june" => 6,
        "jul" | "july" => 7,
        "aug" | "august" => 8,
        "sep" | "sept" | "september" => 9,
        "oct" | "october" => 10,
        "nov" | "november" => 11,
        "dec" | "december" => 12,
        _ => return None,
    })
}

/// Units of time: 0 hours, 1 minutes, 2 seconds.
pub(super) fn unit(token: &str) -> Option<u8> {
    Some(match token.to_lowercase().as_str() {
        "h" | "hour" | "hours" => 0,
        "m" | "minute" | "minutes" => 1,
        "s" | "second" | "seconds" => 2,
        _ => return None,
    })
}

/// Whether a token says morning (`false`) or afternoon (`true`).
pub(super) fn afternoon(token: &str) -> Option<bool> {
    match token.to_lowercase().as_str() {
        "am" | "a" => Some(false),
        "pm" | "p" => Some(true),
        _ => None,
    }
}

pub(super) fn hour_of_day(hour: i64, afternoon: bool) -> i64 {
    match (hour, afternoon) {
        (..12, true) => hour + 12,
        (12, false) => 0,
        _ => hour,
    }
}
