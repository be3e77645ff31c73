//! What can be wrong with configuration, in the AWS CLI's words.

use oxaws_failure::Class;
use oxaws_python::repr_str as repr;
use std::fmt;

/// A configuration fault. Its `Display` is the message of the AWS CLI, without the `aws: [ERROR]:` frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigError {
    /// A file that breaks the grammar.
    Unparsable {
        /// The file's path, expanded.
        path: String,
    },
    /// A file that must exist and is no regular file.
    FileNotFound {
        /// The file's path, expanded.
        path: String,
    },
    /// A profile was named and neither file has it.
    ProfileNotFound {
        /// The profile's name.
        profile: String,
    },
    /// A number was needed.
    NotAnInteger {
        /// What stands there.
        value: String,
    },
    /// A region that can't be part of a host name.
    InvalidRegion {
        /// The region.
        region: String,
    },
    /// `retry_mode` is neither `standard` nor `adaptive`.
    InvalidRetryMode {
        /// What stands there.
        value: String,
    },
    /// `max_attempts` is below one.
    InvalidMaxAttempts {
        /// What stands there.
        value: i64,
    },
    /// `request_min_compression_size_bytes` is no number.
    CompressionSizeNotAnInteger {
        /// What stands there.
        value: String,
    },
    /// `request_min_compression_size_bytes` is out of range.
    CompressionSizeOutOfRange {
        /// What stands there.
        value: String,
    },
    /// A checksum setting is neither `when_supported` nor `when_required`.
    InvalidChecksumSetting {
        /// The variable.
        key: &'static str,
        /// What stands there, in lower case.
        value: String,
    },
    /// `account_id_endpoint_mode` is none of its choices.
    InvalidAccountIdEndpointMode {
        /// What stands there, in lower case.
        value: String,
    },
    /// `s3_disable_express_session_auth` is no boolean.
    InvalidExpressSessionAuth {
        /// What stands there.
        value: String,
    },
    /// `s3.addressing_style` is none of its choices.
    InvalidAddressingStyle {
        /// What stands there.
        value: String,
    },
    /// A nested section was needed and plain text stands there.
    NotASection,
    /// `ec2_metadata_service_endpoint_mode` is neither `ipv4` nor `ipv6`.
    InvalidMetadataEndpointMode {
        /// What stands there.
        value: String,
    },
    /// The profile names a `[services]` section that isn't there.
    MissingServices {
        /// The section's name.
        name: String,
    },
    /// `cli_timestamp_format` is neither `wire` nor `iso8601`.
    InvalidTimestampFormat {
        /// What stands there.
        value: String,
    },
    /// `cli_binary_format` is none of its choices.
    InvalidBinaryFormat {
        /// What stands there.
        value: String,
    },
    /// A line end in a name that is to be written to a file.
    LineEndInName {
        /// `section name` or `key`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A line end in a value that is to be written to a file. The value isn't shown: it may be a secret.
    LineEndInValue {
        /// The key.
        key: String,
    },
    /// A nested value is to be written below a key that holds plain text.
    NestedBelowText,
    /// A dotted name with too few parts.
    TooFewParts,
}

impl ConfigError {
    /// What kind of failure it is.
    pub fn class(&self) -> Class {
        match self {
            ConfigError::ProfileNotFound { .. } => Class::NoProfile,
            // A name or a value that a command was asked to write.
            ConfigError::LineEndInName { .. } | ConfigError::LineEndInValue { .. } | ConfigError::TooFewParts => {
                Class::InvalidValue
            }
            ConfigError::Unparsable { .. }
            | ConfigError::FileNotFound { .. }
            | ConfigError::NotAnInteger { .. }
            | ConfigError::InvalidRegion { .. }
            | ConfigError::InvalidRetryMode { .. }
            | ConfigError::InvalidMaxAttempts { .. }
            | ConfigError::CompressionSizeNotAnInteger { .. }
            | ConfigError::CompressionSizeOutOfRange { .. }
            | ConfigError::InvalidChecksumSetting { .. }
            | ConfigError::InvalidAccountIdEndpointMode { .. }
            | ConfigError::InvalidExpressSessionAuth { .. }
            | ConfigError::InvalidAddressingStyle { .. }
            | ConfigError::NotASection
            | ConfigError::InvalidMetadataEndpointMode { .. }
            | ConfigError::MissingServices { .. }
            | ConfigError::InvalidTimestampFormat { .. }
            | ConfigError::InvalidBinaryFormat { .. }
            | ConfigError::NestedBelowText => Class::Configuration,
        }
    }

    /// Whether this is a fault of the class `Configuration` (exit code 253); all others end with 255.
    pub fn is_configuration(&self) -> bool {
        matches!(self, ConfigError::InvalidTimestampFormat { .. })
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ConfigError::*;
        match self {
            Unparsable { path } => write!(f, "Unable to parse config file: {path}"),
            FileNotFound { path } => write!(f, "The specified config file ({path}) could not be found."),
            ProfileNotFound { profile } => write!(f, "The config profile ({profile}) could not be found"),
            NotAnInteger { value } => write!(f, "invalid literal for int() with base 10: {}", repr(value)),
            InvalidRegion { region } => {
                write!(f, "Provided region_name '{region}' doesn't match a supported format.")
            }
            InvalidRetryMode { value } => write!(
                f,
                "Invalid value provided to \"mode\": \"{value}\" must be one of: \"standard\" or \"adaptive\""
            ),
            InvalidMaxAttempts { value } => write!(
                f,
                "Value provided to \"max_attempts\": {value} must be an integer greater than or equal to one."
            ),
            CompressionSizeNotAnInteger { value } => write!(
                f,
                "Invalid value \"{value}\" for request_min_compression_size_bytes. Value must be an integer. Received \
                 <class 'str'> instead."
            ),
            CompressionSizeOutOfRange { value } => write!(
                f,
                "Invalid value \"{value}\" for request_min_compression_size_bytes. Value must be between 1 and 1048576."
            ),
            InvalidChecksumSetting { key, value } => write!(
                f,
                "Unsupported configuration value for {key}. Expected one of ('when_supported', 'when_required') but \
                 got {value}."
            ),
            InvalidAccountIdEndpointMode { value } => write!(
                f,
                "The configured value '{value}' for 'account_id_endpoint_mode' is invalid. Valid values are: \
                 ('preferred', 'disabled', 'required')."
            ),
            InvalidExpressSessionAuth { value } => {
                write!(f, "Invalid value \"{value}\" for s3_disable_express_session_auth. Value must be a boolean")
            }
            InvalidAddressingStyle { value } => {
                write!(f, "S3 addressing style {value} is invalid. Valid options are: 'auto', 'virtual', and 'path'")
            }
            NotASection => f.write_str("'str' object has no attribute 'get'"),
            InvalidMetadataEndpointMode { value } => write!(
                f,
                "Invalid EC2 Instance Metadata endpoint mode: {value} Valid endpoint modes (case-insensitive): \
                 ('ipv4', 'ipv6')."
            ),
            MissingServices { name } => write!(
                f,
                "The profile is configured to use the services section but the \"{name}\" services configuration does \
                 not exist."
            ),
            InvalidTimestampFormat { value } => {
                write!(f, "Unknown cli_timestamp_format value: {value}, valid values are \"wire\" or \"iso8601\"")
            }
            InvalidBinaryFormat { value } => f.write_str(&repr(value)),
            LineEndInName { what, name } => {
                write!(f, "Invalid {what}: newline characters and carriage returns are not allowed: {}", repr(name))
            }
            LineEndInValue { key } => {
                write!(f, "Invalid value for key {key}: newline characters and carriage returns are not allowed.")
            }
            NestedBelowText => {
                f.write_str("cannot access local variable 'current_indent' where it is not associated with a value")
            }
            TooFewParts => f.write_str("list index out of range"),
        }
    }
}

impl std::error::Error for ConfigError {}
