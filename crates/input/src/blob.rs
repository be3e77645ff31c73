//! Blobs on the command line: base64 as Python's `base64.b64decode` reads it, which drops every character that isn't of
//! the alphabet and stops at the padding that completes a group.

use oxaws_python::b64decode;
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
    b64decode(text).ok_or_else(|| BlobError::Invalid(text.into()))
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
        fn never_panics(text in any::<String>()) {
            let _ = decode(&text);
        }
    }
}
