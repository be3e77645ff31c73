//! What the identity token of a login says. Its signature isn't checked: it comes from the service itself, over TLS.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use oxaws_cli::Failure;
use oxaws_failure::Cause;
use oxaws_value::{Value, parse_json_bytes};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Who logged in: an ARN, which names the session.
pub(super) fn subject(token: &str) -> Result<String, Failure> {
    let unreadable = || Failure::bad_reply("Invalid JWT token - cannot extract payload");
    let parts: Vec<&str> = token.split('.').collect();
    let [_, payload, _] = parts[..] else { return Err(unreadable()) };
    let payload = LENIENT.decode(payload).map_err(|_| unreadable())?;
    let payload = parse_json_bytes(&payload).map_err(|e| Failure::bad_reply(Cause::of(e)))?;
    let subject = payload.get("sub").and_then(Value::as_str);
    subject.map(str::to_owned).ok_or_else(|| Failure::bad_reply("Invalid JWT token - missing sub"))
}

/// The account of an ARN.
pub(super) fn account(arn: &str) -> Result<&str, Failure> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        [_, _, _, _, account, _] => Ok(account),
        _ => Err(Failure::bad_reply(format!(
            "Provided ARN: {arn} must be of the format: arn:partition:service:region:account:resource"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects() {
        let token = |payload: &str| format!("h.{}.s", LENIENT.encode(payload));
        assert_eq!(subject(&token("{\"sub\": \"arn:x\"}")).unwrap(), "arn:x");
        assert_eq!(subject(&token("{\"sub\": \"arn:x\"}").replace('=', "")).unwrap(), "arn:x");
        let error = |token: &str| subject(token).unwrap_err().message();
        assert_eq!(error("a.b"), "Invalid JWT token - cannot extract payload");
        assert_eq!(error(&token("{}")), "Invalid JWT token - missing sub");
        assert_eq!(account("arn:aws:sts::123456789012:assumed-role/a:b/c").unwrap(), "123456789012");
        assert!(account("arn:x").unwrap_err().message().starts_with("Provided ARN: arn:x must be"));
    }
}
