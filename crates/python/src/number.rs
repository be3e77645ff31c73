//! Numbers as Python writes and reads them, which is what the AWS CLI's users see.

/// A float as Python's `repr` gives it: the shortest digits that read back, `1.0`, `1e+16`, `1e-05`, `inf`, `nan`.
pub fn python_float(f: f64) -> String {
    if f.is_nan() {
        return "nan".into();
    }
    if f.is_infinite() {
        return if f > 0.0 { "inf".into() } else { "-inf".into() };
    }
    if f == 0.0 {
        return if f.is_sign_negative() { "-0.0".into() } else { "0.0".into() };
    }
    // Rust's `{:e}` gives the shortest digits too, as `d.ddde±x`.
    let text = format!("{f:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |m| ("-", m));
    let mut digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    // Two shortest texts can be equally near: Python takes the even one. That takes more digits than every double has.
    if digits.len() > f64::DIGITS as usize {
        let even = format!("{:.*e}", digits.len() - 1, f.abs());
        if even.parse() == Ok(f.abs())
            && let Some((mantissa, same)) = even.split_once('e')
            && same.parse() == Ok(exponent)
        {
            digits = mantissa.chars().filter(|c| *c != '.').collect();
        }
    }
    if !(-4..16).contains(&exponent) {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let (exp_sign, exp) = if exponent < 0 { ('-', -exponent) } else { ('+', exponent) };
        return format!("{sign}{first}{point}{rest}e{exp_sign}{exp:02}");
    }
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let point = exponent as usize + 1;
    if digits.len() <= point {
        return format!("{sign}{digits}{}.0", "0".repeat(point - digits.len()));
    }
    format!("{sign}{}.{}", &digits[..point], &digits[point..])
}

/// The canonical digits of text that Python's `int()` accepts: surrounding blanks, a sign, digits of any script, and
/// single underscores between digits. `None` where `int()` raises.
pub fn python_int_text(text: &str) -> Option<String> {
    let text = crate::text::strip(text);
    let (negative, body) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let mut digits = String::with_capacity(body.len());
    let mut last_was_digit = false;
    for c in body.chars() {
        match decimal_digit(c) {
            Some(d) => {
                digits.push(char::from(b'0' + d));
                last_was_digit = true;
            }
            None if c == '_' && last_was_digit => last_was_digit = false,
            None => return None,
        }
    }
    if !last_was_digit {
        return None;
    }
    let trimmed = digits.trim_start_matches('0');
    Some(match (trimmed.is_empty(), negative) {
        (true, _) => "0".into(),
        (false, true) => format!("-{trimmed}"),
        (false, false) => trimmed.into(),
    })
}

/// The number that Python's `float()` makes of text: surrounding blanks, a sign, digits of any script with single
/// underscores between them, a fraction, an exponent, `inf`, `infinity`, `nan`. `None` where `float()` raises.
pub fn python_float_value(text: &str) -> Option<f64> {
    let text = crate::text::strip(text);
    if text.is_ascii() && !text.contains('_') {
        // The rest of the grammar is Rust's: `1.`, `.5`, exponents, and the names in any case.
        return text.parse().ok();
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let after_digit = plain.as_bytes().last().is_some_and(u8::is_ascii_digit);
        match c {
            '_' if after_digit && chars.peek().is_some_and(|c| decimal_digit(*c).is_some()) => {}
            '_' => return None,
            c if c.is_ascii() => plain.push(c),
            c => plain.push(char::from(b'0' + decimal_digit(c)?)),
        }
    }
    plain.parse().ok()
}

/// The first code points of the blocks of ten decimal digits (Unicode category Nd) in common use.
const DIGIT_ZEROS: [u32; 37] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

fn decimal_digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.is_ascii_digit().then(|| c as u8 - b'0');
    }
    let code = c as u32;
    DIGIT_ZEROS.iter().find(|z| (**z..**z + 10).contains(&code)).map(|z| (code - z) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_writes_them() {
        for (f, text) in [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e100, "1e+100"),
            (f64::INFINITY, "inf"),
            (-0.0, "-0.0"),
            // Exactly between two texts of sixteen digits: …277.25 and …276.75.
            (2782644472793109.0 / 4.0, "695661118198277.2"),
            (-2782644472793109.0 / 4.0, "-695661118198277.2"),
            (2782644472793107.0 / 4.0, "695661118198276.8"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (9007199254740993.0, "9007199254740992.0"),
            (0.1 + 0.2, "0.30000000000000004"),
        ] {
            assert_eq!(python_float(f), text);
        }
    }

    #[test]
    fn floats_are_read_as_python_reads_them() {
        for (text, want) in [
            (" 1e5 ", Some(1e5)),
            ("1_0.5", Some(10.5)),
            (".5", Some(0.5)),
            ("1.", Some(1.0)),
            ("-Infinity", Some(f64::NEG_INFINITY)),
            ("\u{661}.\u{662}", Some(1.2)),
            ("1__0", None),
            ("1_.5", None),
            ("_1", None),
            ("1_", None),
            ("e5", None),
            ("", None),
        ] {
            assert_eq!(python_float_value(text), want, "{text:?}");
        }
    }

    #[test]
    fn integers_are_read_as_python_reads_them() {
        for (text, want) in [
            (" 5\n", Some("5")),
            ("+5", Some("5")),
            ("-007", Some("-7")),
            ("1_000", Some("1000")),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("", None),
            ("-", None),
            ("abc", None),
            ("\u{0665}", Some("5")),
            ("99999999999999999999", Some("99999999999999999999")),
            ("-0", Some("0")),
        ] {
            assert_eq!(python_int_text(text).as_deref(), want, "{text:?}");
        }
    }
}
