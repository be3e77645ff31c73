//! Which quotes a string needs so that it reads back as that string.

/// How a string is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
}

/// The lightest style that keeps `text`.
pub(super) fn style(text: &str) -> Style {
    if is_plain_word(text) {
        return Style::Plain;
    }
    match analyse(text) {
        Style::Plain if is_other_type(text) => Style::Single,
        style => style,
    }
}

/// The short way for most of what replies hold: names, identifiers, ARNs without a blank.
fn is_plain_word(text: &str) -> bool {
    let bytes = text.as_bytes();
    let starts_plainly = match bytes.first() {
        // What may be `true`, `false` or `null`, or a number, takes the long way.
        Some(b't' | b'T' | b'f' | b'F' | b'n' | b'N') | None => false,
        Some(b) => b.is_ascii_alphabetic() || *b == b'/',
    };
    starts_plainly && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'/' | b'.'))
}

pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters that stand for themselves. Tabs don't, nor does anything beyond U+FFFF.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

fn ends_word(c: Option<char>) -> bool {
    c.is_none_or(|c| matches!(c, ' ' | '\t' | '\0') || is_break(c))
}

/// The style by the characters alone.
fn analyse(text: &str) -> Style {
    if text.is_empty() {
        return Style::Single;
    }
    let mut plain = !text.starts_with("---") && !text.starts_with("...");
    let mut single = true;
    let mut previous: Option<char> = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied();
        let edge = previous.is_none() || next.is_none();
        match c {
            ' ' => {
                // A blank at the edge would be trimmed, one after a line break folded away.
                plain &= !edge;
                single &= !previous.is_some_and(is_break);
            }
            _ if is_break(c) => {
                plain = false;
                single &= previous != Some(' ');
            }
            ':' => plain &= !ends_word(next),
            '#' => plain &= !ends_word(previous),
            '?' | '-' if previous.is_none() => plain &= !ends_word(next),
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
                plain &= previous.is_some();
            }
            _ => {}
        }
        single &= is_printable(c);
        previous = Some(c);
    }
    match (plain, single) {
        (_, false) => Style::Double,
        (true, true) => Style::Plain,
        (false, true) => Style::Single,
    }
}

/// Whether plain `text` would read as something other than a string under YAML 1.2: a number, a date, `null`, a truth
/// value, or the keys `=` and `<<`.
fn is_other_type(text: &str) -> bool {
    match text.as_bytes() {
        [] | b"~" | b"null" | b"Null" | b"NULL" | b"=" | b"<<" => true,
        b"true" | b"True" | b"TRUE" | b"false" | b"False" | b"FALSE" => true,
        bytes @ [b'-' | b'+' | b'.' | b'0'..=b'9', ..] => is_integer(bytes) || is_float(bytes) || is_timestamp(bytes),
        _ => false,
    }
}

fn unsigned(bytes: &[u8]) -> &[u8] {
    match bytes {
        [b'-' | b'+', rest @ ..] => rest,
        _ => bytes,
    }
}

/// Splits off the longest run of bytes that `accept`s.
fn run(bytes: &[u8], accept: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    bytes.split_at(bytes.iter().position(|b| !accept(*b)).unwrap_or(bytes.len()))
}

fn is_digit_or_low_line(b: u8) -> bool {
    b.is_ascii_digit() || b == b'_'
}

fn is_integer(bytes: &[u8]) -> bool {
    let digits = unsigned(bytes);
    let all = |digits: &[u8], accept: fn(u8) -> bool| !digits.is_empty() && digits.iter().all(|b| accept(*b));
    match digits {
        [b'0', b'b', bits @ ..] => all(bits, |b| matches!(b, b'0' | b'1' | b'_')),
        [b'0', b'o', octal @ ..] => all(octal, |b| matches!(b, b'0'..=b'7' | b'_')),
        [b'0', b'x', hex @ ..] => all(hex, |b| b.is_ascii_hexdigit() || b == b'_'),
        _ => all(digits, is_digit_or_low_line),
    }
}

/// `e5`, `E-5`, …: a whole exponent; `sign` says whether it must have a sign.
fn is_exponent(bytes: &[u8], sign: bool) -> bool {
    let [b'e' | b'E', power @ ..] = bytes else { return false };
    let digits = unsigned(power);
    (!sign || digits.len() < power.len()) && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

fn is_float(bytes: &[u8]) -> bool {
    if matches!(bytes, b".nan" | b".NaN" | b".NAN") {
        return true;
    }
    let number = unsigned(bytes);
    match number {
        b".inf" | b".Inf" | b".INF" => true,
        [b'.', rest @ ..] => {
            let (digits, rest) = run(rest, is_digit_or_low_line);
            !digits.is_empty() && (rest.is_empty() || is_exponent(rest, true))
        }
        [b'0'..=b'9', ..] => match run(number, is_digit_or_low_line).1 {
            [b'.', rest @ ..] => {
                let rest = run(rest, is_digit_or_low_line).1;
                rest.is_empty() || is_exponent(rest, false)
            }
            rest => is_exponent(rest, false),
        },
        _ => false,
    }
}

/// Takes `least..=most` digits off the front of `bytes`.
fn digits(bytes: &[u8], least: usize, most: usize) -> Option<&[u8]> {
    let n = bytes.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
    (n >= least).then(|| &bytes[n..])
}

fn is_timestamp(bytes: &[u8]) -> bool {
    date_and_time(bytes).is_some()
}

/// `YYYY-MM-DD`, or `YYYY-M-D` with a time and maybe a zone. `None` where `bytes` are anything else.
fn date_and_time(bytes: &[u8]) -> Option<()> {
    let month = digits(bytes, 4, 4)?.strip_prefix(b"-")?;
    let day = digits(month, 1, 2)?.strip_prefix(b"-")?;
    let rest = digits(day, 1, 2)?;
    if rest.is_empty() {
        return (bytes.len() == 10).then_some(());
    }
    let hour = match rest {
        [b't' | b'T', hour @ ..] => hour,
        [b' ' | b'\t', ..] => run(rest, is_blank).1,
        _ => return None,
    };
    let minute = digits(hour, 1, 2)?.strip_prefix(b":")?;
    let second = digits(minute, 2, 2)?.strip_prefix(b":")?;
    let mut rest = digits(second, 2, 2)?;
    if let [b'.', fraction @ ..] = rest {
        rest = run(fraction, |b| b.is_ascii_digit()).1;
    }
    if rest.is_empty() {
        return Some(());
    }
    match run(rest, is_blank).1 {
        b"Z" => Some(()),
        [b'-' | b'+', zone @ ..] => match digits(zone, 1, 2)? {
            [] => Some(()),
            [b':', minutes @ ..] => digits(minutes, 2, 2)?.is_empty().then_some(()),
            _ => None,
        },
        _ => None,
    }
}

fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_that_look_like_other_types_are_quoted() {
        for text in [
            "1",
            "-1",
            "+1",
            "012",
            "0o17",
            "0x1f",
            "-0b1_0",
            "1_000",
            "-_",
            "1e3",
            "1.",
            ".5",
            "1.5E+3",
            ".inf",
            "-.INF",
            ".NaN",
            "~",
            "null",
            "NULL",
            "true",
            "FALSE",
            "=",
            "<<",
            "2020-01-01",
            "2020-01-02T03:04:05+00:00",
            "2020-1-2 3:04:05",
            "2020-01-02 03:04:05.67 Z",
            "2020-01-02t3:04:05 -5:30",
        ] {
            assert_eq!(style(text), Style::Single, "{text}");
        }
        for text in [
            "a",
            "yes",
            "No",
            "on",
            "_1",
            "1a",
            "0b2",
            "0x",
            "0o8",
            "1e",
            "e1",
            "1.5.2",
            ".5e3",
            "nUll",
            "tRUE",
            "2020-1-1",
            "2020-01-01T00:00:00.000+0000",
            "2020-01-02T03:04",
            "+.nan",
            "a#b",
            "a:b",
            "-a",
            "?a",
            "a b",
            "1 2",
            "http://x/y?z=1",
        ] {
            assert_eq!(style(text), Style::Plain, "{text}");
        }
    }

    #[test]
    fn strings_with_structure_are_quoted() {
        for text in [
            "", "- a", "-", "a: b", "a:", ":", "#a", "a #b", "'q'", "\"dq\"", " a", "a ", "[x]", "{x}", "&a", "*a",
            "!a", "|", ">", "%a", "@a", "`a", ",", "? x", "---", "...a", "a\nb", "a\n",
        ] {
            assert_eq!(style(text), Style::Single, "{text}");
        }
        for text in ["a\tb", "a\n b", "a \nb", "\u{1}", "\u{7f}", "\u{85}", "\u{feff}", "\u{ffff}", "😀"] {
            assert_eq!(style(text), Style::Double, "{text}");
        }
    }
}
