//! Query strings, written and read.

use oxaws_python::{percent_encode, unquote_plus};

/// `k=v&…`, percent-encoded; a blank is `%20`.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    let pair = |(key, value): &(&str, &str)| format!("{}={}", percent_encode(key, b""), percent_encode(value, b""));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// The pairs of a query string; those without a value are left out (Python's `parse_qsl`).
pub fn decode(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(_, value)| !value.is_empty()).map(|(key, value)| (unquote_plus(key), unquote_plus(value))).collect()
}

/// The first value of a key.
pub fn first<'p>(pairs: &'p [(String, String)], key: &str) -> Option<&'p str> {
    pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_ways() {
        let text = encode(&[("redirect_uri", "http://127.0.0.1:1/cb"), ("s", "a b~é")]);
        assert_eq!(text, "redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&s=a%20b~%C3%A9");
        let pairs = decode("code=a%2Bb&state=x+y&empty=&none&bad=%zz%4");
        assert_eq!(first(&pairs, "code"), Some("a+b"));
        assert_eq!(first(&pairs, "state"), Some("x y"));
        assert_eq!(first(&pairs, "bad"), Some("%zz%4"));
        assert_eq!((first(&pairs, "empty"), pairs.len()), (None, 3));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(key in "[^&=]{1,5}", value in ".{1,8}") {
            prop_assert_eq!(decode(&encode(&[(&key, &value)])), vec![(key, value)]);
        }

        #[test]
        fn nothing_panics(text in any::<String>()) {
            let _ = decode(&text);
        }
    }
}
