//! `--monitoring-configuration`: what has to go together.

use super::refuse;
use oxaws_cli::Failure;
use oxaws_value::Value;

/// Checks where logs go.
///
/// # Errors
/// For log types and policies that aren't known, and when `--log-uri` is missing or pointless.
pub fn check(configuration: &Value, log_uri: Option<&str>) -> Result<(), Failure> {
    let policies = configuration.get("S3LoggingConfiguration").and_then(|c| c.get("LogTypeUploadPolicy"));
    let Some(policies) = policies.and_then(Value::as_map).filter(|p| !p.is_empty()) else { return Ok(()) };
    for (kind, policy) in policies.iter() {
        if !matches!(&**kind, "system-logs" | "application-logs" | "persistent-ui-logs") {
            return refuse(
                "Invalid log type specified for the current S3LoggingConfiguration. Supported log types: system-logs, \
                 application-logs, persistent-ui-logs",
            );
        }
        let policy = policy.as_str().unwrap_or_default();
        if !matches!(policy, "emr-managed" | "on-customer-s3only" | "disabled") {
            return refuse(
                "Invalid policy specified for the current S3LoggingConfiguration. Supported policies: emr-managed, \
                 on-customer-s3only, disabled",
            );
        }
        if kind == "persistent-ui-logs" && policy == "on-customer-s3only" {
            return refuse(
                "Invalid policy for log type 'persistent-ui-logs'. Supported values for persistent-ui-logs: emr-managed, \
                 disabled",
            );
        }
    }
    let disabled = |kind: &str| policies.get(kind).and_then(Value::as_str) == Some("disabled");
    let needed = !disabled("system-logs") || !disabled("application-logs");
    match (needed, log_uri.is_some_and(|u| !u.trim().is_empty())) {
        (true, false) => refuse(
            "A valid S3 location (LogUri) is required for the current S3LoggingConfiguration. Please specify an S3 bucket and \
             try again.",
        ),
        (false, true) => refuse(
            "LogUri must not be specified when system-logs and application-logs policies are both disabled in \
             S3LoggingConfiguration",
        ),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_together() {
        let of = |policies: &str, uri| {
            let json = format!("{{\"S3LoggingConfiguration\": {{\"LogTypeUploadPolicy\": {policies}}}}}");
            check(&oxaws_value::parse_json(&json).unwrap(), uri).is_ok()
        };
        assert!(of("{}", None) && of(r#"{"system-logs": "emr-managed"}"#, Some("s3://x")));
        assert!(!of(r#"{"system-logs": "emr-managed"}"#, None) && !of(r#"{"x": "disabled"}"#, Some("s3://x")));
        let off = r#"{"system-logs": "disabled", "application-logs": "disabled"}"#;
        assert!(of(off, None) && !of(off, Some("s3://x")));
        assert!(!of(r#"{"persistent-ui-logs": "on-customer-s3only"}"#, Some("s3://x")));
    }
}
