//! CBOR → [`Json`]: byte strings become `{"bytes": base64}`, tags `{"tag", "value"}`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::conformance::json::Json;

/// Deeper nesting isn't read.
const MAX_DEPTH: usize = 500;

/// The value a body starts with; `None` where it isn't CBOR or is cut off.
pub fn parse(data: &[u8]) -> Option<Json> {
    Reader { data, at: 0 }.value(0)?
}

struct Reader<'d> {
    data: &'d [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, length: usize) -> Option<&[u8]> {
        let taken = self.data.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    fn unsigned(&mut self, width: usize) -> Option<u64> {
        Some(self.take(width)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The next value; `Some(None)` for the code that ends something of indefinite length.
    fn value(&mut self, depth: usize) -> Option<Option<Json>> {
        let head = *self.take(1)?.first()?;
        if head == 0xff {
            return Some(None);
        }
        let (major, extra) = (head >> 5, head & 31);
        let endless = extra == 31;
        let argument = match extra {
            24..=27 => self.unsigned(1 << (extra - 24))?,
            _ => u64::from(extra),
        };
        let value = match major {
            0 => Json::int(argument),
            1 => Json::int(-1 - i128::from(argument)),
            2 | 3 if endless => self.chunks(major == 3, depth)?,
            2 => Json::map([("bytes", Json::Text(STANDARD.encode(self.take(usize::try_from(argument).ok()?)?)))]),
            3 => Json::text(std::str::from_utf8(self.take(usize::try_from(argument).ok()?)?).ok()?),
            4 => Json::List(self.items(if endless { None } else { Some(argument) }, depth)?),
            5 => self.map(if endless { None } else { Some(argument.checked_mul(2)?) }, depth)?,
            6 => Json::map([("tag", Json::int(argument)), ("value", self.nested(depth)??)]),
            _ => simple(extra, argument),
        };
        Some(Some(value))
    }

    fn nested(&mut self, depth: usize) -> Option<Option<Json>> {
        if depth < MAX_DEPTH { self.value(depth + 1) } else { None }
    }

    /// So many values, or all up to the code that ends them.
    fn items(&mut self, count: Option<u64>, depth: usize) -> Option<Vec<Json>> {
        let mut items = Vec::new();
        while count.is_none_or(|count| (items.len() as u64) < count) {
            match self.nested(depth)? {
                Some(item) => items.push(item),
                None => break,
            }
        }
        Some(items)
    }

    fn map(&mut self, count: Option<u64>, depth: usize) -> Option<Json> {
        let mut items = self.items(count, depth)?.into_iter();
        let mut entries = Vec::new();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            // A key that isn't text gets the text that JSON has for it.
            let key = key.as_text().map_or_else(|| key.dump(), str::to_owned);
            entries.push((key, value));
        }
        Some(Json::unique(entries))
    }

    /// A string in pieces.
    fn chunks(&mut self, is_text: bool, depth: usize) -> Option<Json> {
        let mut joined = String::new();
        for chunk in self.items(None, depth)? {
            joined.push_str(if is_text { chunk.as_text()? } else { chunk.get("bytes")?.as_text()? });
        }
        Some(if is_text { Json::Text(joined) } else { Json::map([("bytes", Json::Text(joined))]) })
    }
}

/// Simple values and floating point numbers.
fn simple(extra: u8, argument: u64) -> Json {
    let bits = |bits: u64| u32::try_from(bits).unwrap_or_default();
    match extra {
        20 => Json::Bool(false),
        21 => Json::Bool(true),
        22 | 23 => Json::Null,
        25 => Json::Float(half(u16::try_from(argument).unwrap_or_default())),
        26 => Json::Float(f64::from(f32::from_bits(bits(argument)))),
        27 => Json::Float(f64::from_bits(argument)),
        other => Json::int(other),
    }
}

/// A number of half precision.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of RFC 8949, appendix A.
    #[test]
    fn reads_the_examples() {
        for (data, json) in [
            (&[0x18, 0x64][..], "100"),
            (&[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "18446744073709551615"),
            (&[0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "-18446744073709551616"),
            (&[0xf9, 0x3e, 0x00], "1.5"),
            (&[0xf9, 0xc4, 0x00], "-4.0"),
            (&[0xf9, 0x00, 0x01], "5.960464477539063e-8"),
            (&[0xf9, 0x7c, 0x00], "Infinity"),
            (&[0xfa, 0x47, 0xc3, 0x50, 0x00], "100000.0"),
            (&[0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a], "1.1"),
            (&[0x84, 0xf4, 0xf5, 0xf6, 0xf7], "[false, true, null, null]"),
            (&[0xc1, 0x1a, 0x51, 0x4b, 0x67, 0xb0], r#"{"tag": 1, "value": 1363896240}"#),
            (&[0x44, 1, 2, 3, 4], r#"{"bytes": "AQIDBA=="}"#),
            (&[0x62, 0xc3, 0xbc], "\"\\u00fc\""),
            (&[0x9f, 0x01, 0x82, 0x02, 0x03, 0xff], "[1, [2, 3]]"),
            (&[0xbf, 0x61, b'a', 0x01, 0x61, b'b', 0xff], r#"{"a": 1}"#),
            (&[0xa1, 0x01, 0x02], r#"{"1": 2}"#),
            (&[0x7f, 0x61, b'a', 0x61, b'b', 0xff], "\"ab\""),
            (&[0xf8, 0x20], "24"),
        ] {
            assert_eq!(parse(data).map(|v| v.dump()).as_deref(), Some(json), "{data:x?}");
        }
    }

    #[test]
    fn refuses_what_is_cut_off() {
        for data in [
            &[][..],
            &[0x18],
            &[0x62, b'a'],
            &[0x82, 1],
            &[0x61, 0xff],
            &[0xff],
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ] {
            assert!(parse(data).is_none(), "{data:x?}");
        }
        assert!(parse(&[0x81; 10_000]).is_none());
    }
}
