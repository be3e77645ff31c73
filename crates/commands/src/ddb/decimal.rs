//! Decimal numbers with all their digits, written as Python's `Decimal` writes them.

/// Digits that DynamoDB keeps.
const PRECISION: usize = 38;

/// A decimal number: its digits times ten to the power of an exponent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// Without leading zeros; at least one digit.
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Reads `-1.50e+3`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (number, power) = match rest.split_once(['e', 'E']) {
            Some((number, power)) => (number, power.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all: String = [whole, fraction].concat();
        if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let bare = all.trim_start_matches('0');
        let digits = if bare.is_empty() { "0" } else { bare }.to_owned();
        let exponent = power.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        Some(Decimal { negative, digits, exponent })
    }

    /// Whether it is a whole number.
    pub fn is_whole(&self) -> bool {
        if self.exponent >= 0 || self.digits == "0" {
            return true;
        }
        let after = usize::try_from(-self.exponent).unwrap_or(usize::MAX);
        after <= self.digits.len() && self.digits[self.digits.len() - after..].bytes().all(|b| b == b'0')
    }

    /// Whether it has more digits, or is larger or smaller, than DynamoDB keeps.
    pub fn fits(&self) -> bool {
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        let adjusted = self.exponent.saturating_add(length - 1);
        self.digits.len() <= PRECISION && (self.digits == "0" || (-128..=126).contains(&adjusted))
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        // Where the point stands, counted from the digits' left.
        let left = self.exponent.saturating_add(length);
        let scientific = self.exponent > 0 || left <= -6;
        let point = if scientific { 1 } else { left };
        let (whole, fraction) = if point <= 0 {
            let zeros = usize::try_from(-point).unwrap_or(0);
            ("0".to_owned(), format!("{}{}", "0".repeat(zeros), self.digits))
        } else {
            let at = usize::try_from(point).unwrap_or(0).min(self.digits.len());
            (self.digits[..at].to_owned(), self.digits[at..].to_owned())
        };
        if self.negative {
            f.write_str("-")?;
        }
        f.write_str(&whole)?;
        if !fraction.is_empty() {
            write!(f, ".{fraction}")?;
        }
        if scientific { write!(f, "E{:+}", left - 1) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_as_in_python() {
        for (text, shown) in [
            ("1.50", "1.50"),
            ("-0.5", "-0.5"),
            ("1e5", "1E+5"),
            ("1E-7", "1E-7"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1E-7"),
            ("12e-1", "1.2"),
            ("007", "7"),
            ("0", "0"),
            ("123e-10", "1.23E-8"),
            ("15e3", "1.5E+4"),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), shown, "{text}");
        }
        for bad in ["", "-", ".", "1e", "x", "1.2.3", "1e999999999999999999999"] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn whole_and_fitting() {
        for whole in ["1", "1.0", "1e3", "10e-1", "0.00"] {
            assert!(Decimal::parse(whole).unwrap().is_whole(), "{whole}");
        }
        assert!(!Decimal::parse("1.5").unwrap().is_whole() && !Decimal::parse("1e-3").unwrap().is_whole());
        assert!(Decimal::parse(&"9".repeat(38)).unwrap().fits());
        assert!(!Decimal::parse(&"9".repeat(39)).unwrap().fits() && !Decimal::parse("1e127").unwrap().fits());
    }
}
