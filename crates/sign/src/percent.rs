//! Percent encoding as Python's `quote` and `unquote` do it.

use std::borrow::Cow;

/// Encodes everything but letters, digits, `_.-~` and the bytes of `safe`.
pub fn percent_encode<'a>(text: impl Into<Cow<'a, [u8]>>, safe: &[u8]) -> String {
    let text = text.into();
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    push_encoded(&mut out, &text, safe);
    out
}

pub(crate) fn push_encoded(out: &mut String, text: &[u8], safe: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text {
        if is_unreserved(*byte) || safe.contains(byte) {
            out.push(char::from(*byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// Decodes `%XX`; anything else stays, also a `%` without two digits after it, and `+`.
pub fn percent_decode(text: &str) -> Cow<'_, [u8]> {
    let bytes = text.as_bytes();
    if !bytes.contains(&b'%') {
        return Cow::Borrowed(bytes);
    }
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1).copied().and_then(digit), bytes.get(at + 2).copied().and_then(digit)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_ways() {
        assert_eq!(percent_encode("a b/~\u{e9}+".as_bytes(), b"/"), "a%20b/~%C3%A9%2B");
        assert_eq!(percent_decode("%41%zz%4").as_ref(), b"A%zz%4");
    }

    proptest! {
        #[test]
        fn encoded_text_decodes(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(percent_decode(&percent_encode(&bytes, b"/")).into_owned(), bytes);
        }

        #[test]
        fn decoding_never_panics(text in ".{0,40}") {
            percent_decode(&text);
        }
    }
}
