//! The password in an authorization token of a container registry.

use oxaws_cli::Failure;

/// The part after the user's name in a base64 token `user:password`.
///
/// # Errors
/// In Python's words, when it isn't one.
pub fn password(token: &str) -> Result<String, Failure> {
    let general = |text: &str| Failure::invalid(text.to_owned());
    let bytes = oxaws_input::blob::decode(token).map_err(|e| match e {
        oxaws_input::blob::BlobError::NotAscii => Failure::invalid(e.to_string()),
        oxaws_input::blob::BlobError::Invalid(_) => {
            let digits = token.bytes().filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).count();
            if digits % 4 == 1 {
                return Failure::invalid(format!(
                    "Invalid base64-encoded string: number of data characters ({digits}) cannot be 1 more than a multiple of 4"
                ));
            }
            general("Incorrect padding")
        }
    })?;
    let text = String::from_utf8(bytes).map_err(|e| undecodable(e.as_bytes(), e.utf8_error().valid_up_to()))?;
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        [_, password] => Ok((*password).to_owned()),
        [_] => Err(general("not enough values to unpack (expected 2, got 1)")),
        _ => Err(general("too many values to unpack (expected 2)")),
    }
}

fn undecodable(bytes: &[u8], at: usize) -> Failure {
    let byte = bytes.get(at).copied().unwrap_or_default();
    Failure::invalid(format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: invalid start byte"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        assert_eq!(password("QVdTOnNlY3JldA==").unwrap(), "secret");
        assert_eq!(password("!!").unwrap_err().message(), "not enough values to unpack (expected 2, got 1)");
        assert_eq!(password("YTpiOmM=").unwrap_err().message(), "too many values to unpack (expected 2)");
        assert_eq!(password("QVd").unwrap_err().message(), "Incorrect padding");
        assert!(password("/w==").is_err());
    }
}
