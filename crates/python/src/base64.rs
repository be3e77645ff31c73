//! Base64 where Python reads it more leniently than the standard allows.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};

/// Base64 as `base64.b64decode` reads it: what isn't of its alphabet is passed over, padding ends it.
pub fn b64decode(text: &str) -> Option<Vec<u8>> {
    // Nearly all of it is written as the standard has it.
    if let Ok(bytes) = general_purpose::STANDARD.decode(text) {
        return Some(bytes);
    }
    if text.chars().any(|c| c > '\u{ff}') {
        return None;
    }
    let (mut digits, mut pads) = (String::new(), 0);
    for c in text.chars() {
        match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' => {
                digits.push(c);
                pads = 0;
            }
            '=' => {
                pads += 1;
                if digits.len() % 4 >= 2 && digits.len() % 4 + pads >= 4 {
                    break;
                }
            }
            _ => {}
        }
    }
    if digits.len() % 4 != 0 && digits.len() % 4 + pads < 4 {
        return None;
    }
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&STANDARD, config).decode(digits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_python_reads_it() {
        for (text, want) in [
            ("aGVs\nbG8=", Some("hello")),
            ("aGVsbG8", None),
            ("aGVsbG8=ignored", Some("hello")),
            ("", Some("")),
            ("é!aGVsbG8=", Some("hello")),
            ("aGVsbG8=\u{100}", None),
            ("a===", None),
        ] {
            assert_eq!(b64decode(text).as_deref(), want.map(str::as_bytes), "{text}");
        }
    }
}
