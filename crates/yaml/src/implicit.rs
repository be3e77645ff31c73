//! What a plain scalar is by its form under YAML 1.2, as ruamel has it: for the reader, which makes it that, and for the
//! writer, which quotes text that would become something else.

use crate::moment;

/// What a plain scalar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Int,
    Float,
    Timestamp,
    /// `<<`
    Merge,
    /// `=`
    Default,
    Text,
}

pub(crate) fn kind(text: &str) -> Kind {
    match text.as_bytes() {
        [] | b"~" | b"null" | b"Null" | b"NULL" => Kind::Null,
        b"true" | b"True" | b"TRUE" => Kind::Bool(true),
        b"false" | b"False" | b"FALSE" => Kind::Bool(false),
        b"<<" => Kind::Merge,
        b"=" => Kind::Default,
        bytes @ [b'-' | b'+' | b'.' | b'0'..=b'9', ..] => {
            if is_float(bytes) {
                Kind::Float
            } else if is_integer(bytes) {
                Kind::Int
            } else if moment::is_implicit(text) {
                Kind::Timestamp
            } else {
                Kind::Text
            }
        }
        _ => Kind::Text,
    }
}

/// YAML 1.1's truths.
pub(crate) fn old_truth(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// A number without its sign.
pub(crate) fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

fn unsigned_bytes(bytes: &[u8]) -> &[u8] {
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
    let digits = unsigned_bytes(bytes);
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
    let digits = unsigned_bytes(power);
    (!sign || digits.len() < power.len()) && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

fn is_float(bytes: &[u8]) -> bool {
    if matches!(bytes, b".nan" | b".NaN" | b".NAN") {
        return true;
    }
    let number = unsigned_bytes(bytes);
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
