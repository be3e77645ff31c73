//! Percent encoding as Python's `urllib.parse` does it.

/// Characters that are never encoded, besides letters and digits.
const UNRESERVED: &str = "_.-~";

/// `quote`: encodes the UTF-8 bytes of all but letters, digits, `_.-~` and the characters in `safe`.
pub fn quote(text: &str, safe: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric()
            || (letter.is_ascii() && (UNRESERVED.contains(letter) || safe.contains(letter)))
        {
            out.push(letter);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `unquote`: an invalid escape stays as it is, bytes that aren't UTF-8 become U+FFFD.
pub fn unquote(text: &str) -> String {
    let (mut out, mut at) = (Vec::new(), 0);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        let digits = text.get(at + 1..at + 3).filter(|d| *byte == b'%' && d.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `parse_qsl` with blank values kept: the pairs of a query or a form in their order.
pub fn parse_query(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| unquote(&text.replace('+', " "));
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(split_pair);
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}

/// A name and its value, still encoded; the value is empty where there is no `=`.
pub fn split_pair(pair: &str) -> (&str, &str) {
    pair.split_once('=').unwrap_or((pair, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_and_decodes() {
        assert_eq!(quote("a/é ~+", "/"), "a/%C3%A9%20~%2B");
        assert_eq!(unquote("%C3%A9%zz%4+%ff%"), "é%zz%4+\u{fffd}%");
        assert_eq!(
            parse_query("a=1&&b&c=%3D+x=y"),
            [("a", "1"), ("b", ""), ("c", "= x=y")].map(|(n, v)| (n.to_owned(), v.to_owned()))
        );
    }
}
