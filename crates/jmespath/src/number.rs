//! Python's numbers: integers of any size beside floats, compared exactly, and its ways of summing and reading them.

use crate::error::RuntimeError;
use crate::item::Item;
use crate::lexer::MAX_INT_DIGITS;
use oxaws_python::{python_float_value, python_int_text};
use std::cmp::Ordering;

/// A number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Num<'v> {
    Int(i64),
    /// Beyond 64 bits: canonical decimal digits.
    Big(&'v str),
    Float(f64),
}

impl Num<'_> {
    /// As a float, which very large integers can't be.
    fn to_float(self) -> Result<f64, RuntimeError> {
        let float = match self {
            Num::Int(n) => n as f64,
            Num::Float(f) => return Ok(f),
            Num::Big(t) => t.parse().unwrap_or(f64::INFINITY),
        };
        if float.is_finite() { Ok(float) } else { Err(RuntimeError::IntTooLarge) }
    }
}

/// The exact order of two numbers; none with a NaN.
pub(crate) fn compare(a: Num, b: Num) -> Option<Ordering> {
    match (a, b) {
        (Num::Int(a), Num::Int(b)) => Some(a.cmp(&b)),
        (Num::Float(a), Num::Float(b)) => a.partial_cmp(&b),
        (Num::Big(a), Num::Big(b)) => Some(compare_decimal(a, b)),
        (Num::Big(a), Num::Int(b)) => Some(compare_decimal(a, &b.to_string())),
        (Num::Int(a), Num::Float(b)) => compare_int_float(a, b),
        (Num::Big(a), Num::Float(b)) => compare_big_float(a, b),
        (a, b) => compare(b, a).map(Ordering::reverse),
    }
}

fn compare_int_float(a: i64, b: f64) -> Option<Ordering> {
    // 2^63: from here on a float is beyond every i64.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if b.is_nan() {
        return None;
    }
    if b >= LIMIT {
        return Some(Ordering::Less);
    }
    if b < -LIMIT {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    Some(a.cmp(&(whole as i64)).then_with(|| whole.partial_cmp(&b).unwrap_or(Ordering::Equal)))
}

fn compare_big_float(a: &str, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b.is_infinite() {
        return Some(if b > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    // A fraction can't matter: such a float is nearer to zero than every big integer.
    Some(compare_decimal(a, &integer_digits(b.trunc())))
}

/// The exact decimal digits of a float without fraction.
fn integer_digits(f: f64) -> String {
    let digits = format!("{f:.0}");
    if digits == "-0" { "0".to_owned() } else { digits }
}

fn split_sign(digits: &str) -> (bool, &str) {
    digits.strip_prefix('-').map_or((false, digits), |d| (true, d))
}

fn compare_magnitude(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn compare_decimal(a: &str, b: &str) -> Ordering {
    match (split_sign(a), split_sign(b)) {
        ((false, a), (false, b)) => compare_magnitude(a, b),
        ((true, a), (true, b)) => compare_magnitude(b, a),
        ((true, _), (false, _)) => Ordering::Less,
        ((false, _), (true, _)) => Ordering::Greater,
    }
}

/// The sum of two integers in canonical decimal digits.
fn add_decimal(a: &str, b: &str) -> String {
    let ((a_negative, a), (b_negative, b)) = (split_sign(a), split_sign(b));
    let (larger, smaller, negative) =
        if compare_magnitude(a, b) == Ordering::Less { (b, a, b_negative) } else { (a, b, a_negative) };
    let subtract = a_negative != b_negative;
    let mut digits = Vec::with_capacity(larger.len() + 2);
    let mut carry = 0i8;
    let mut low = smaller.bytes().rev();
    for digit in larger.bytes().rev() {
        let other = low.next().map_or(0, |d| (d - b'0') as i8);
        let sum = (digit - b'0') as i8 + carry + if subtract { -other } else { other };
        carry = sum.div_euclid(10);
        digits.push(b'0' + sum.rem_euclid(10) as u8);
    }
    if carry > 0 {
        digits.push(b'1');
    }
    while digits.len() > 1 && digits.last() == Some(&b'0') {
        digits.pop();
    }
    if negative && digits != b"0" {
        digits.push(b'-');
    }
    digits.iter().rev().map(|b| char::from(*b)).collect()
}

/// Python's `sum`, from 3.12 on: exact over integers; from the first float on compensated (Neumaier), unless the
/// integers before it exceeded 64 bits.
pub(crate) enum Total {
    Small(i64),
    Large(String),
    Compensated { high: f64, low: f64 },
    Plain(f64),
}

impl Total {
    pub(crate) fn new() -> Self {
        Total::Small(0)
    }

    pub(crate) fn add(self, n: Num) -> Result<Self, RuntimeError> {
        Ok(match (self, n) {
            (Total::Small(sum), Num::Int(n)) => match sum.checked_add(n) {
                Some(sum) => Total::Small(sum),
                None => Total::Large(add_decimal(&sum.to_string(), &n.to_string())),
            },
            (Total::Small(sum), Num::Big(n)) => Total::Large(add_decimal(&sum.to_string(), n)),
            (Total::Small(sum), Num::Float(f)) => Total::Compensated { high: sum as f64 + f, low: 0.0 },
            (Total::Large(sum), Num::Int(n)) => Total::Large(add_decimal(&sum, &n.to_string())),
            (Total::Large(sum), Num::Big(n)) => Total::Large(add_decimal(&sum, n)),
            (Total::Large(sum), Num::Float(f)) => Total::Plain(Num::Big(&sum).to_float()? + f),
            (Total::Compensated { high, low }, n) => {
                let n = n.to_float()?;
                let sum = high + n;
                let lost = if high.abs() >= n.abs() { (high - sum) + n } else { (n - sum) + high };
                Total::Compensated { high: sum, low: low + lost }
            }
            (Total::Plain(sum), n) => Total::Plain(sum + n.to_float()?),
        })
    }

    pub(crate) fn into_item<'a>(self) -> Item<'a> {
        match self {
            Total::Small(n) => Item::Int(n),
            Total::Large(digits) => Item::integer(&digits),
            Total::Compensated { high, low } if low != 0.0 && low.is_finite() => Item::Float(high + low),
            Total::Compensated { high, .. } => Item::Float(high),
            Total::Plain(f) => Item::Float(f),
        }
    }

    /// The sum divided by `count` as a float.
    pub(crate) fn average<'a>(self, count: usize) -> Result<Item<'a>, RuntimeError> {
        let sum = match self.into_item() {
            Item::Int(n) => n as f64,
            Item::Big(digits) => Num::Big(&digits).to_float()?,
            Item::Float(f) => f,
            _ => 0.0,
        };
        Ok(Item::Float(sum / count as f64))
    }
}

/// Which way to the next integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounding {
    Up,
    Down,
}

/// `math.ceil` and `math.floor`: integers, however large.
pub(crate) fn round<'a>(n: Num, rounding: Rounding) -> Result<Item<'a>, RuntimeError> {
    match n {
        Num::Int(n) => Ok(Item::Int(n)),
        Num::Big(digits) => Ok(Item::Big(digits.into())),
        Num::Float(f) if f.is_nan() => Err(RuntimeError::NoInteger { of: "NaN" }),
        Num::Float(f) if f.is_infinite() => Err(RuntimeError::NoInteger { of: "infinity" }),
        Num::Float(f) => {
            let whole = if rounding == Rounding::Up { f.ceil() } else { f.floor() };
            Ok(Item::integer(&integer_digits(whole)))
        }
    }
}

/// The absolute value.
pub(crate) fn absolute<'a>(n: Num) -> Item<'a> {
    match n {
        Num::Int(n) => n.checked_abs().map_or_else(|| Item::integer(&n.unsigned_abs().to_string()), Item::Int),
        Num::Big(digits) => Item::Big(digits.trim_start_matches('-').into()),
        Num::Float(f) => Item::Float(f.abs()),
    }
}

/// Text as Python's `int` reads it, or else its `float`; null where both fail.
pub(crate) fn parse<'a>(text: &str) -> Item<'a> {
    if let Some(digits) = python_int_text(text)
        // Python counts leading zeros too, but no blanks, signs and underscores.
        && (text.len() <= MAX_INT_DIGITS || text.chars().filter(|c| c.is_numeric()).count() <= MAX_INT_DIGITS)
    {
        return Item::integer(&digits);
    }
    python_float_value(text).map_or(Item::Null, Item::Float)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exact_orders() {
        use Ordering::{Equal, Greater, Less};
        let big = "9223372036854775808";
        for (a, b, order) in [
            (Num::Int(1), Num::Float(1.0), Some(Equal)),
            (Num::Int(1), Num::Float(1.5), Some(Less)),
            (Num::Int(-1), Num::Float(-1.5), Some(Greater)),
            (Num::Int(9_007_199_254_740_993), Num::Float(9_007_199_254_740_992.0), Some(Greater)),
            (Num::Int(i64::MAX), Num::Float(9_223_372_036_854_775_808.0), Some(Less)),
            (Num::Big(big), Num::Float(9_223_372_036_854_775_808.0), Some(Equal)),
            (Num::Big(big), Num::Int(i64::MAX), Some(Greater)),
            (Num::Big(big), Num::Float(0.5), Some(Greater)),
            (Num::Big("-9223372036854775809"), Num::Float(f64::NEG_INFINITY), Some(Greater)),
            (Num::Int(0), Num::Float(f64::NAN), None),
        ] {
            assert_eq!(compare(a, b), order, "{a:?} {b:?}");
            assert_eq!(compare(b, a), order.map(Ordering::reverse), "{b:?} {a:?}");
        }
    }

    #[test]
    fn texts_read_as_python_reads_them() {
        for (text, want) in [
            ("1_0.5", "Float(10.5)"),
            (" 1e5 ", "Float(100000.0)"),
            ("0x10", "Null"),
            ("infinity", "Float(inf)"),
            ("+nan", "Float(NaN)"),
            ("1.e5", "Float(100000.0)"),
            (".5", "Float(0.5)"),
            ("1e", "Null"),
            ("1__0", "Null"),
            ("1_.5", "Null"),
            ("- 1", "Null"),
            ("", "Null"),
            ("\u{661}\u{662}", "Int(12)"),
            ("\u{661}.\u{662}", "Float(1.2)"),
            ("99999999999999999999", "Big(\"99999999999999999999\")"),
        ] {
            assert_eq!(format!("{:?}", parse(text)), want, "{text:?}");
        }
        assert_eq!(format!("{:?}", parse(&"9".repeat(5000))), "Float(inf)");
    }

    proptest! {
        #[test]
        fn decimal_sums(a in any::<i64>(), b in any::<i64>()) {
            prop_assert_eq!(add_decimal(&a.to_string(), &b.to_string()), (i128::from(a) + i128::from(b)).to_string());
        }
    }
}
