//! What resolving can end in, in the AWS CLI's words.

use std::fmt;

/// Why there is no endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolveError {
    /// A rule says so: its text.
    Rule(String),
    /// A required parameter has no value: its name.
    Missing(String),
    /// A parameter's value is of another kind.
    WrongType {
        /// The parameter.
        name: String,
        /// The Python type it has to be.
        expected: &'static str,
    },
    /// A variable was to be given a second value: its name.
    Assigned(String),
    /// A variable or an attribute that a text or a function needs isn't there: its name.
    Absent(String),
    /// A function was given a value of another kind: the whole text.
    Argument(String),
    /// No rule fits: the parameters, one a line.
    NoRule(String),
    /// The compiled rules or partitions are damaged.
    Malformed,
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ResolveError::Rule(text) | ResolveError::Argument(text) => f.write_str(text),
            ResolveError::Missing(name) => write!(f, "Cannot find value for required parameter {name}"),
            ResolveError::WrongType { name, expected } => {
                write!(f, "Value ({name}) is the wrong type. Must be {expected}.")
            }
            ResolveError::Assigned(name) => {
                write!(f, "Assignment {name} already exists in scoped variables and cannot be overwritten")
            }
            ResolveError::Absent(name) => write!(f, "'{name}'"),
            ResolveError::NoRule(params) => write!(f, "No endpoint found for parameters:\n{params}"),
            ResolveError::Malformed => f.write_str("the compiled endpoint rules are damaged"),
        }
    }
}

impl std::error::Error for ResolveError {}

/// How the AWS CLI words a rule's error to its user: some services' texts are told apart by how they begin
/// (`EndpointRulesetResolver.ruleset_error_to_botocore_exception`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleFailure {
    /// As the rule words it.
    Plain(String),
    /// A part of an ARN can't be part of a host name: the part.
    InvalidHostLabel(String),
    /// S3 settings that exclude each other.
    S3(String),
    /// S3 settings that an access point excludes.
    S3AccessPoint(String),
    /// A parameter of the command is wrong, exit code 252.
    ParamValidation(String),
    /// An ARN that S3 Control can't use.
    S3ControlArn {
        /// The `Bucket` parameter; `None` when there was none.
        arn: Option<String>,
        /// The rule's text.
        text: String,
    },
    /// S3 Control settings that exclude each other.
    S3Control(String),
    /// EventBridge settings that exclude each other.
    EndpointConfiguration(String),
}

impl RuleFailure {
    /// Sorts `text`, an error of the rules of `service` (its directory's name); `bucket` is the `Bucket` parameter.
    pub fn new(service: &str, text: &str, bucket: Option<&str>) -> RuleFailure {
        let begins = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
        let owned = || text.to_owned();
        if begins(&["Invalid region in ARN: "]) {
            return RuleFailure::InvalidHostLabel(text.split('`').nth(1).unwrap_or(text).to_owned());
        }
        match service {
            "s3" if text == "S3 Object Lambda does not support S3 Accelerate"
                || text == "Accelerate cannot be used with FIPS" =>
            {
                RuleFailure::S3(owned())
            }
            "s3" if begins(&[
                "S3 Outposts does not support",
                "S3 MRAP does not support",
                "S3 Object Lambda does not support",
                "Access Points do not support",
                "Invalid configuration:",
                "Client was configured for partition",
            ]) =>
            {
                RuleFailure::S3AccessPoint(owned())
            }
            "s3" if text.to_lowercase().starts_with("invalid arn:") => RuleFailure::ParamValidation(owned()),
            "s3control" if begins(&["Invalid ARN:"]) => {
                RuleFailure::S3ControlArn { arn: bucket.map(str::to_owned), text: owned() }
            }
            "s3control" if begins(&["Invalid configuration:", "Client was configured for partition"]) => {
                RuleFailure::S3Control(owned())
            }
            "s3control" if text == "AccountId is required but not set" => RuleFailure::ParamValidation(owned()),
            "events"
                if text == "EndpointId must be a valid host label."
                    || begins(&[
                        "Invalid Configuration: FIPS is not supported with EventBridge multi-region endpoints.",
                    ]) =>
            {
                RuleFailure::EndpointConfiguration(owned())
            }
            _ => RuleFailure::Plain(owned()),
        }
    }
}

impl std::error::Error for RuleFailure {}

impl fmt::Display for RuleFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleFailure::Plain(text) => f.write_str(text),
            RuleFailure::InvalidHostLabel(label) => {
                write!(f, "Invalid host label to be bound to the hostname of the endpoint: \"{label}\".")
            }
            RuleFailure::S3(text) => write!(f, "Unsupported configuration when using S3: {text}"),
            RuleFailure::S3AccessPoint(text) => {
                write!(f, "Unsupported configuration when using S3 access-points: {text}")
            }
            RuleFailure::ParamValidation(text) => write!(f, "Parameter validation failed:\n{text}"),
            RuleFailure::S3ControlArn { arn, text } => {
                let arn = arn.as_deref().unwrap_or("None");
                write!(f, "S3 ARN \"{arn}\" provided is invalid for this operation. {text}")
            }
            RuleFailure::S3Control(text) => write!(f, "Unsupported configuration when using S3 Control: {text}"),
            RuleFailure::EndpointConfiguration(text) => write!(f, "Invalid endpoint configuration: {text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_the_user() {
        let text = |service, text| RuleFailure::new(service, text, Some("arn:x")).to_string();
        assert_eq!(
            text("s3", "Invalid region in ARN: `us-we$t-2` (invalid DNS name)"),
            "Invalid host label to be bound to the hostname of the endpoint: \"us-we$t-2\"."
        );
        assert_eq!(
            text("s3", "Accelerate cannot be used with FIPS"),
            "Unsupported configuration when using S3: Accelerate cannot be used with FIPS"
        );
        assert_eq!(
            text("s3control", "Invalid ARN: no"),
            "S3 ARN \"arn:x\" provided is invalid for this operation. Invalid ARN: no"
        );
        assert_eq!(text("kinesis", "Invalid ARN: no"), "Invalid ARN: no");
        assert!(matches!(RuleFailure::new("s3", "Invalid ARN: no", None), RuleFailure::ParamValidation(_)));
    }
}
