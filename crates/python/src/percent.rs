//! Percent coding as `urllib.parse` does it: `quote`, `unquote_to_bytes`, `urlencode`.

use std::borrow::Cow;

/// Encodes everything but letters, digits, `_.-~` and the bytes of `safe`.
pub fn percent_encode(text: impl AsRef<[u8]>, safe: &[u8]) -> String {
    let text = text.as_ref();
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    push_encoded(&mut out, text, safe);
    out
}

/// Appends what [`percent_encode`] returns.
pub fn push_encoded(out: &mut String, text: &[u8], safe: &[u8]) {
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

/// Pairs for a form body (`urlencode`): blanks as `+`.
pub fn form_encode(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (i, (name, value)) in pairs.iter().enumerate() {
        out.push_str(if i > 0 { "&" } else { "" });
        for (mark, text) in [("", name), ("=", value)] {
            out.push_str(mark);
            for (at, word) in text.split(' ').enumerate() {
                out.push_str(if at > 0 { "+" } else { "" });
                push_encoded(&mut out, word.as_bytes(), b"");
            }
        }
    }
    out
}

/// Text with `%XX` decoded (`unquote`); what isn't UTF-8 then becomes U+FFFD.
pub fn unquote(text: &str) -> Cow<'_, str> {
    match percent_decode(text) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// The same for a form's text (`unquote_plus`), where `+` is a blank.
pub fn unquote_plus(text: &str) -> String {
    unquote(&text.replace('+', " ")).into_owned()
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

/// Whether a byte never needs encoding.
pub fn is_unreserved(byte: u8) -> bool {
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
        assert_eq!((unquote("%"), unquote("%E9%41")), ("%".into(), "\u{fffd}A".into()));
    }

    #[test]
    fn forms() {
        assert_eq!(form_encode(&[("a b".into(), "~é&".into()), ("c".into(), String::new())]), "a+b=~%C3%A9%26&c=");
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
