//! Blobs on the command line: base64 as Python's `base64.b64decode` reads it, which drops every character that isn't of
//! the alphabet and stops at the padding that completes a group.

use std::fmt;

/// Why a text isn't base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobError {
    /// The text's characters don't make whole bytes.
    Invalid(String),
    /// The text isn't ASCII.
    NotAscii,
}

impl fmt::Display for BlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BlobError::Invalid(text) => write!(f, "Invalid base64: \"{text}\""),
            BlobError::NotAscii => f.write_str("string argument should contain only ASCII characters"),
        }
    }
}

impl std::error::Error for BlobError {}

/// The bytes of a blob member given as text under `cli_binary_format = base64`.
///
/// # Errors
/// When it isn't base64 to Python (exit code 255).
pub fn decode(text: &str) -> Result<Vec<u8>, BlobError> {
    if !text.is_ascii() {
        return Err(BlobError::NotAscii);
    }
    decode_bytes(text.as_bytes()).ok_or_else(|| BlobError::Invalid(text.into()))
}

/// As [`decode`], of bytes; `None` for a last group that isn't whole.
pub fn decode_bytes(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut digits, mut pads) = (0u32, 0u32, 0u32);
    for &b in text {
        let digit = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                if digits >= 2 {
                    pads += 1;
                    if digits + pads >= 4 {
                        return Some(out);
                    }
                }
                continue;
            }
            _ => continue,
        };
        pads = 0;
        group = (group << 6 | u32::from(digit)) & 0xffffff;
        digits = (digits + 1) % 4;
        // Bytes are out as soon as their bits are in.
        match digits {
            2 => out.push((group >> 4) as u8),
            3 => out.push((group >> 2) as u8),
            0 => out.push(group as u8),
            _ => {}
        }
    }
    (digits == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    #[test]
    fn as_python_reads_it() {
        for (text, want) in [
            ("aGVsbG8=", Some("hello")),
            ("aGVs\nbG8=\n", Some("hello")),
            ("aGVs!!bG8=", Some("hello")),
            ("aGVsbG8=garbage", Some("hello")),
            ("", Some("")),
            ("====", Some("")),
            ("aG=Vs", Some("hel")),
            ("YQ==YQ==", Some("a")),
            ("YQ=", None),
            ("abc", None),
            ("a", None),
            ("hello!\n", None),
            ("not base64!", None),
        ] {
            assert_eq!(decode(text).ok().as_deref(), want.map(str::as_bytes), "{text:?}");
        }
        assert_eq!(decode("abc").unwrap_err().to_string(), "Invalid base64: \"abc\"");
        assert_eq!(decode("é").unwrap_err(), BlobError::NotAscii);
    }

    proptest! {
        #[test]
        fn reads_what_is_written(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(decode(&STANDARD.encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = decode_bytes(&bytes);
        }
    }
}
