//! What can go wrong on the way to credentials, in the AWS CLI's words.

use crate::CallFailure;
use oxaws_config::ConfigError;
use oxaws_failure::Class;
use oxaws_python::{repr_list, repr_str as repr};
use std::fmt;
use std::io;
use std::path::Path;

/// A fault on the way to credentials or a token. Its `Display` is the message of the AWS CLI, without the frame.
///
/// All end with exit code 255, except [`CredsError::Config`], which knows its own class, and [`CredsError::Call`], whose
/// class is that of the failure of the call.
#[derive(Debug)]
pub enum CredsError {
    /// A fault of configuration.
    Config(ConfigError),
    /// A service was called and the call failed.
    Call(CallFailure),
    /// One half of the credentials is there.
    Partial {
        /// The provider.
        provider: &'static str,
        /// What is missing.
        missing: String,
    },
    /// A source of credentials failed.
    Retrieval {
        /// The provider, or the `credential_source`.
        provider: String,
        /// Why.
        message: String,
    },
    /// A source of a bearer token failed.
    TokenRetrieval {
        /// The provider.
        provider: &'static str,
        /// Why.
        message: String,
    },
    /// A profile has both ways to name the source of a role's credentials.
    TwoSources {
        /// The profile.
        profile: String,
    },
    /// `credential_source` names none.
    InvalidSource {
        /// The value.
        source: String,
        /// The profile.
        profile: String,
    },
    /// `source_profile` names a profile that isn't there.
    MissingSourceProfile {
        /// The value.
        source: String,
        /// The profile.
        profile: String,
    },
    /// `source_profile` names a profile without credentials.
    EmptySourceProfile {
        /// The value.
        source: String,
    },
    /// Source profiles that lead back to themselves.
    Loop {
        /// The profile met again.
        profile: String,
        /// The profiles on the way.
        visited: Vec<String>,
    },
    /// More source profiles in a row than the AWS CLI can follow.
    TooDeep,
    /// A web identity token without a role.
    MissingRole,
    /// Credentials behind an MFA code can't be had a second time.
    MfaRefresh,
    /// Fresh credentials that are past already.
    StillExpired,
    /// Fresh credentials lack something.
    IncompleteRefresh {
        /// The provider.
        provider: &'static str,
    },
    /// An SSO profile lacks settings.
    MissingSsoSettings {
        /// The profile.
        profile: String,
        /// The settings.
        missing: Vec<&'static str>,
    },
    /// A profile and its sso-session disagree.
    InconsistentSso {
        /// The key.
        key: String,
        /// The profile's value.
        profile: String,
        /// The session's value.
        session: String,
    },
    /// The profile names an sso-session that isn't there.
    MissingSsoSession {
        /// The session.
        session: String,
    },
    /// The same, met on the way to a bearer token.
    MissingTokenSession {
        /// The profile.
        profile: String,
        /// The session.
        session: String,
    },
    /// The sso-session lacks settings, met on the way to a bearer token.
    MissingTokenSettings {
        /// The profile.
        profile: String,
        /// The settings.
        missing: Vec<&'static str>,
    },
    /// No usable SSO token is stored.
    SsoTokenLoad {
        /// Why.
        message: String,
    },
    /// The SSO session has ended.
    SsoUnauthorized,
    /// No usable login session is stored.
    LoginTokenLoad {
        /// Why.
        message: String,
    },
    /// The login session has ended.
    LoginExpired,
    /// The password has changed since the login.
    LoginPasswordChanged,
    /// The login session may not be refreshed.
    LoginNotPermitted,
    /// A login session failed for a reason that the service didn't give.
    Login,
    /// No provider has a bearer token.
    NoToken,
    /// A metadata service failed.
    Metadata {
        /// Why.
        message: String,
    },
    /// The address of the instance metadata service isn't one.
    InvalidMetadataEndpoint {
        /// The address.
        endpoint: String,
    },
    /// The container's credentials are on a host that isn't trusted.
    UnsupportedHost {
        /// The host.
        host: String,
    },
    /// The container's token has a line end in it.
    InvalidAuthToken,
    /// A member is missing where the AWS CLI doesn't look before it takes: its name in quotes is all it says. A cache
    /// file that isn't JSON shows the same way.
    MissingKey {
        /// The name.
        key: String,
    },
    /// A file can't be read or written, or a program can't be run.
    Io {
        /// The fault.
        error: io::Error,
        /// The file, the program.
        path: String,
    },
    /// No code was given for an MFA device.
    Prompt {
        /// Why.
        message: String,
    },
    /// A fault that the AWS CLI reports in Python's words.
    Python {
        /// The words.
        message: String,
    },
}

impl CredsError {
    /// What kind of failure it is.
    pub fn class(&self) -> Class {
        match self {
            CredsError::Config(error) => error.class(),
            CredsError::StillExpired
            | CredsError::SsoUnauthorized
            | CredsError::LoginExpired
            | CredsError::MfaRefresh
            | CredsError::LoginPasswordChanged => Class::CredentialsExpired,
            // A login was never made.
            CredsError::SsoTokenLoad { .. } | CredsError::LoginTokenLoad { .. } => Class::NoCredentials,
            CredsError::MissingSsoSession { .. } | CredsError::MissingSourceProfile { .. } => Class::NoProfile,
            CredsError::MissingTokenSession { .. } => Class::NoProfile,
            CredsError::NoToken => Class::NoCredentials,
            CredsError::Prompt { .. } => Class::NoTerminal,
            CredsError::Call(_)
            | CredsError::Partial { .. }
            | CredsError::Retrieval { .. }
            | CredsError::TokenRetrieval { .. }
            | CredsError::TwoSources { .. }
            | CredsError::InvalidSource { .. }
            | CredsError::EmptySourceProfile { .. }
            | CredsError::Loop { .. }
            | CredsError::TooDeep
            | CredsError::MissingRole
            | CredsError::IncompleteRefresh { .. }
            | CredsError::MissingSsoSettings { .. }
            | CredsError::InconsistentSso { .. }
            | CredsError::MissingTokenSettings { .. }
            | CredsError::LoginNotPermitted
            | CredsError::Login
            | CredsError::Metadata { .. }
            | CredsError::InvalidMetadataEndpoint { .. }
            | CredsError::UnsupportedHost { .. }
            | CredsError::InvalidAuthToken
            | CredsError::MissingKey { .. }
            | CredsError::Io { .. }
            | CredsError::Python { .. } => Class::CredentialsFailed,
        }
    }

    pub(crate) fn python(message: impl Into<String>) -> CredsError {
        CredsError::Python { message: message.into() }
    }
    pub(crate) fn missing_key(key: &str) -> CredsError {
        CredsError::MissingKey { key: key.to_owned() }
    }
    pub(crate) fn io(error: io::Error, path: &Path) -> CredsError {
        CredsError::Io { error, path: path.display().to_string() }
    }
}

impl fmt::Display for CredsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use CredsError::*;
        match self {
            Config(error) => error.fmt(f),
            Call(failure) => failure.fmt(f),
            Partial { provider, missing } => write!(f, "Partial credentials found in {provider}, missing: {missing}"),
            Retrieval { provider, message } => {
                write!(f, "Error when retrieving credentials from {provider}: {message}")
            }
            TokenRetrieval { provider, message } => write!(f, "Error when retrieving token from {provider}: {message}"),
            TwoSources { profile } => {
                write!(f, "The profile \"{profile}\" contains both source_profile and credential_source.")
            }
            InvalidSource { source, profile } => {
                write!(f, "The credential source \"{source}\" referenced in profile \"{profile}\" is not valid.")
            }
            MissingSourceProfile { source, profile } => {
                write!(f, "The source_profile \"{source}\" referenced in the profile \"{profile}\" does not exist.")
            }
            EmptySourceProfile { source } => write!(f, "The source profile \"{source}\" must have credentials."),
            Loop { profile, visited } => write!(
                f,
                "Infinite loop in credential configuration detected. Attempting to load from profile {profile} which \
                 has already been visited. Visited profiles: {}",
                repr_list(visited)
            ),
            TooDeep => f.write_str("maximum recursion depth exceeded"),
            // The missing blank is the AWS CLI's.
            MissingRole => f.write_str(
                "The provided profile or the current environment is configured to assume role with web identity but \
                 has no role ARN configured. Ensure that the profile has the role_arnconfiguration set or the \
                 AWS_ROLE_ARN env var is set.",
            ),
            MfaRefresh => f.write_str("Cannot refresh credentials: MFA token required."),
            StillExpired => f.write_str("Credentials were refreshed, but the refreshed credentials are still expired."),
            IncompleteRefresh { provider } => write!(
                f,
                "Error when retrieving credentials from {provider}: Credential refresh failed, response did not \
                 contain: access_key, secret_key, token, expiry_time"
            ),
            MissingSsoSettings { profile, missing } => write!(
                f,
                "The profile \"{profile}\" is configured to use SSO but is missing required configuration: {}",
                missing.join(", ")
            ),
            InconsistentSso { key, profile, session } => write!(
                f,
                "The value for {key} is inconsistent between profile ({profile}) and sso-session ({session})."
            ),
            MissingSsoSession { session } => write!(f, "The specified sso-session does not exist: \"{session}\""),
            MissingTokenSession { profile, session } => write!(
                f,
                "The profile \"{profile}\" is configured to use the SSO token provider but the \"{session}\" \
                 sso_session configuration does not exist."
            ),
            MissingTokenSettings { profile, missing } => write!(
                f,
                "The profile \"{profile}\" is configured to use the SSO token provider but is missing the following \
                 configuration: {}.",
                repr_list(missing)
            ),
            SsoTokenLoad { message } => write!(f, "Error loading SSO Token: {message}"),
            SsoUnauthorized => f.write_str(
                "The SSO session associated with this profile has expired or is otherwise invalid. To refresh this \
                 SSO session run aws sso login with the corresponding profile.",
            ),
            LoginTokenLoad { message } => write!(f, "Error loading login session token: {message}"),
            LoginExpired => f.write_str("Your session has expired. Please reauthenticate using 'aws login'."),
            LoginPasswordChanged => f.write_str(
                "Unable to refresh login credentials because of a change in your password. Please reauthenticate with \
                 your new password using 'aws login'.",
            ),
            LoginNotPermitted => f.write_str(
                "Unable to create or refresh login credentials due to insufficient permissions. You may be missing \
                 permission for the 'signin:CreateOAuth2Token' action.",
            ),
            Login => f.write_str(
                "An unspecified error happened when resolving AWS credentials or refreshing a login session profile.",
            ),
            NoToken => f.write_str("Unable to locate authorization token"),
            Metadata { message } => write!(f, "Error retrieving metadata: {message}"),
            InvalidMetadataEndpoint { endpoint } => {
                write!(f, "Invalid endpoint EC2 Instance Metadata endpoint: {endpoint}")
            }
            UnsupportedHost { host } => write!(
                f,
                "Unsupported host '{host}'.  Can only retrieve metadata from a loopback address or one of these hosts: \
                 169.254.170.2, 169.254.170.23, fd00:ec2::23, localhost"
            ),
            InvalidAuthToken => f.write_str("Auth token value is not a legal header value"),
            MissingKey { key } => f.write_str(&repr(key)),
            Io { error, path } => f.write_str(&oxaws_python::python_os_error(error, path)),
            Prompt { message } => f.write_str(message),
            Python { message } => f.write_str(message),
        }
    }
}

impl std::error::Error for CredsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CredsError::Config(error) => Some(error),
            CredsError::Call(failure) => Some(failure),
            CredsError::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl From<ConfigError> for CredsError {
    fn from(error: ConfigError) -> Self {
        CredsError::Config(error)
    }
}

impl From<CallFailure> for CredsError {
    fn from(failure: CallFailure) -> Self {
        CredsError::Call(failure)
    }
}
