//! Everything a service client reads from the configuration, checked in the order in which the AWS CLI checks it when it
//! makes a client, so that of several faults the same one is reported.

use crate::settings::{integer, is_true};
use crate::{Config, ConfigError, Setting};

/// How failures are retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryMode {
    /// Standard.
    Standard,
    /// Standard, with a limit on the client's own rate.
    Adaptive,
}

/// When checksums are sent or checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChecksumUse {
    /// Wherever the operation knows them.
    WhenSupported,
    /// Where the operation demands them.
    WhenRequired,
}

/// Endpoints with the account's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountIdMode {
    /// Where the account is known.
    Preferred,
    /// Never.
    Disabled,
    /// Always.
    Required,
}

/// Where an S3 bucket stands in the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressingStyle {
    /// In the host where it can.
    Auto,
    /// In the host.
    Virtual,
    /// In the path.
    Path,
}

/// The `s3` settings of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Settings {
    /// `s3.addressing_style`; `None` where it is unset.
    pub addressing_style: Option<AddressingStyle>,
    /// `s3.use_accelerate_endpoint`.
    pub use_accelerate_endpoint: bool,
    /// `s3.use_dualstack_endpoint`.
    pub use_dualstack_endpoint: bool,
    /// `s3.payload_signing_enabled`.
    pub payload_signing_enabled: Option<bool>,
    /// `s3_use_arn_region`; unset is true for s3 and false for s3control.
    pub use_arn_region: Option<bool>,
    /// `s3_disable_multiregion_access_points`.
    pub disable_multiregion_access_points: bool,
}

/// What a client reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSettings {
    /// Whether input is checked before it is sent.
    pub parameter_validation: bool,
    /// The configured endpoint URL of the service, not checked.
    pub endpoint_url: Option<String>,
    /// `use_fips_endpoint`; `None` where it is unset.
    pub use_fips: Option<bool>,
    /// `use_dualstack_endpoint`; `None` where it is unset.
    pub use_dualstack: Option<bool>,
    /// Attempts in all, at least one.
    pub max_attempts: u32,
    /// How failures are retried.
    pub retry_mode: RetryMode,
    /// From which size in bytes bodies are compressed; `None` where they never are.
    pub compression_from: Option<usize>,
    /// The application's name for the user agent.
    pub app_id: Option<String>,
    /// Regions a v4a signature is for.
    pub sigv4a_signing_region_set: Option<String>,
    /// When checksums are sent.
    pub request_checksums: ChecksumUse,
    /// When checksums are checked.
    pub response_checksums: ChecksumUse,
    /// Whether host prefixes of operations are used.
    pub inject_host_prefix: bool,
    /// Endpoints with the account's number. For unsigned requests it is to be taken as disabled.
    pub account_id_mode: AccountIdMode,
    /// Authentication schemes, best first.
    pub auth_scheme_preference: Option<Vec<String>>,
    /// Sign requests to directory buckets as any other.
    pub disable_express_session_auth: bool,
    /// The `s3` settings.
    pub s3: S3Settings,
    /// SO_KEEPALIVE.
    pub tcp_keepalive: bool,
}

/// Services whose dual-stack setting stands in the block `s3 =`: for them it must be a block.
const DUALSTACK_IN_BLOCK: [&str; 2] = ["s3", "s3control"];

impl ClientSettings {
    /// The settings of a client for `service` (its model's folder name). `endpoint_option` says whether
    /// `--endpoint-url` is given: configured URLs are then not looked at.
    ///
    /// # Errors
    /// The first fault among the settings, and those of [`Config::profile`].
    pub fn resolve(config: &Config<'_>, service: &str, endpoint_option: bool) -> Result<Self, ConfigError> {
        let parameter_validation = config.boolean("parameter_validation")?.unwrap_or(true);
        let s3 = s3_settings(config)?;
        let endpoint_url = if endpoint_option { None } else { config.endpoint_url(service)? };
        let use_fips = config.boolean("use_fips_endpoint")?;
        let use_dualstack = config.boolean("use_dualstack_endpoint")?;
        if DUALSTACK_IN_BLOCK.contains(&service) && matches!(config.profile()?.get("s3"), Some(Setting::Text(_))) {
            return Err(ConfigError::NotASection);
        }
        let attempts = config.integer("max_attempts")?.unwrap_or(3);
        let mode = config.text("retry_mode")?;
        let compression_from = compression_from(config)?;
        let app_id = config.text("sdk_ua_app_id")?;
        let sigv4a_signing_region_set = config.text("sigv4a_signing_region_set")?;
        let request_checksums = checksum_use(config, "request_checksum_calculation")?;
        let response_checksums = checksum_use(config, "response_checksum_validation")?;
        let inject_host_prefix = config.boolean("disable_host_prefix_injection")? != Some(true);
        let account_id_mode = account_id_mode(config)?;
        let auth_scheme_preference = config.text("auth_scheme_preference")?.map(|t| scheme_list(&t));
        let disable_express_session_auth = express_session_auth(config)?;
        let tcp_keepalive = config.boolean("tcp_keepalive")? == Some(true);
        // The rest is checked last, when the AWS CLI puts the parts together.
        let addressing_style = addressing_style(config)?;
        if attempts < 1 {
            return Err(ConfigError::InvalidMaxAttempts { value: attempts });
        }
        let retry_mode = match mode.as_deref() {
            None | Some("standard") => RetryMode::Standard,
            Some("adaptive") => RetryMode::Adaptive,
            Some(other) => return Err(ConfigError::InvalidRetryMode { value: other.to_owned() }),
        };
        Ok(ClientSettings {
            parameter_validation,
            endpoint_url,
            use_fips,
            use_dualstack,
            max_attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
            retry_mode,
            compression_from,
            app_id,
            sigv4a_signing_region_set,
            request_checksums,
            response_checksums,
            inject_host_prefix,
            account_id_mode,
            auth_scheme_preference,
            disable_express_session_auth,
            s3: S3Settings { addressing_style, ..s3 },
            tcp_keepalive,
        })
    }
}

/// All but the addressing style, which is checked later.
fn s3_settings(config: &Config<'_>) -> Result<S3Settings, ConfigError> {
    let ignored = match config.profile()?.get("s3") {
        // The AWS CLI takes an empty text for a section without keys and stumbles over it.
        Some(Setting::Text(text)) if text.is_empty() => return Err(ConfigError::NotASection),
        // Any other text is passed over, and with it the environment's variables.
        Some(Setting::Text(_)) => true,
        _ => false,
    };
    let flag = |name: &str| if ignored { Ok(None) } else { config.boolean(name) };
    Ok(S3Settings {
        addressing_style: None,
        use_accelerate_endpoint: flag("s3.use_accelerate_endpoint")? == Some(true),
        use_dualstack_endpoint: flag("s3.use_dualstack_endpoint")? == Some(true),
        payload_signing_enabled: flag("s3.payload_signing_enabled")?,
        use_arn_region: flag("s3.use_arn_region")?,
        disable_multiregion_access_points: flag("s3.s3_disable_multiregion_access_points")? == Some(true),
    })
}

fn addressing_style(config: &Config<'_>) -> Result<Option<AddressingStyle>, ConfigError> {
    match config.text("s3.addressing_style")?.as_deref() {
        None => Ok(None),
        Some("auto") => Ok(Some(AddressingStyle::Auto)),
        Some("virtual") => Ok(Some(AddressingStyle::Virtual)),
        Some("path") => Ok(Some(AddressingStyle::Path)),
        Some(other) => Err(ConfigError::InvalidAddressingStyle { value: other.to_owned() }),
    }
}

fn compression_from(config: &Config<'_>) -> Result<Option<usize>, ConfigError> {
    let text = config.text("request_min_compression_size_bytes")?.unwrap_or_default();
    let size = integer(&text).map_err(|_| ConfigError::CompressionSizeNotAnInteger { value: text.clone() })?;
    if !(1..=1_048_576).contains(&size) {
        return Err(ConfigError::CompressionSizeOutOfRange { value: text });
    }
    let disabled = config.boolean("disable_request_compression")? == Some(true);
    Ok(if disabled { None } else { usize::try_from(size).ok() })
}

fn checksum_use(config: &Config<'_>, key: &'static str) -> Result<ChecksumUse, ConfigError> {
    let value = config.text(key)?.unwrap_or_default().to_lowercase();
    match value.as_str() {
        "when_supported" => Ok(ChecksumUse::WhenSupported),
        "when_required" => Ok(ChecksumUse::WhenRequired),
        _ => Err(ConfigError::InvalidChecksumSetting { key, value }),
    }
}

fn account_id_mode(config: &Config<'_>) -> Result<AccountIdMode, ConfigError> {
    let value = config.text("account_id_endpoint_mode")?.unwrap_or_default().to_lowercase();
    match value.as_str() {
        "preferred" => Ok(AccountIdMode::Preferred),
        "disabled" => Ok(AccountIdMode::Disabled),
        "required" => Ok(AccountIdMode::Required),
        _ => Err(ConfigError::InvalidAccountIdEndpointMode { value }),
    }
}

fn express_session_auth(config: &Config<'_>) -> Result<bool, ConfigError> {
    match config.text("s3_disable_express_session_auth")? {
        None => Ok(false),
        Some(text) if is_true(&text) || text.eq_ignore_ascii_case("false") => Ok(is_true(&text)),
        Some(value) => Err(ConfigError::InvalidExpressSessionAuth { value }),
    }
}

fn scheme_list(text: &str) -> Vec<String> {
    text.split(',').map(|item| item.replace([' ', '\t'], "")).filter(|item| !item.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    fn world(config: &str) -> Fixed {
        Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/config", config)
    }
    fn resolve(w: &Fixed) -> Result<ClientSettings, ConfigError> {
        ClientSettings::resolve(&Config::load(w, None), "sts", false)
    }
    fn error(line: &str) -> String {
        let e = resolve(&world(&format!("[default]\n{line}\n"))).unwrap_err();
        assert!(!e.is_configuration());
        e.to_string()
    }

    #[test]
    fn defaults() {
        let s = resolve(&world("")).unwrap();
        assert!(s.parameter_validation && s.inject_host_prefix && !s.tcp_keepalive);
        assert_eq!((s.max_attempts, s.retry_mode), (3, RetryMode::Standard));
        assert_eq!(s.compression_from, Some(10240));
        assert_eq!(s.request_checksums, ChecksumUse::WhenSupported);
        assert_eq!(s.account_id_mode, AccountIdMode::Preferred);
        assert_eq!((s.use_fips, s.use_dualstack, s.s3.addressing_style), (None, None, None));
    }

    #[test]
    fn values() {
        let s = resolve(
            &world(
                "[default]\nrequest_checksum_calculation = WHEN_REQUIRED\nparameter_validation = false\n\
                 auth_scheme_preference = a , , b\tc\ns3 =\n  addressing_style = path\n  use_arn_region = false\n",
            )
            .with_var("AWS_DISABLE_REQUEST_COMPRESSION", "true")
            .with_var("AWS_MAX_ATTEMPTS", "2"),
        )
        .unwrap();
        assert_eq!(s.request_checksums, ChecksumUse::WhenRequired);
        assert!(!s.parameter_validation);
        assert_eq!(s.auth_scheme_preference, Some(vec!["a".into(), "bc".into()]));
        assert_eq!(s.s3.addressing_style, Some(AddressingStyle::Path));
        assert_eq!(s.s3.use_arn_region, Some(false));
        assert_eq!((s.compression_from, s.max_attempts), (None, 2));
    }

    #[test]
    fn faults() {
        for (line, want) in [
            (
                "retry_mode = forever",
                "Invalid value provided to \"mode\": \"forever\" must be one of: \"standard\" or \"adaptive\"",
            ),
            ("max_attempts = many", "invalid literal for int() with base 10: 'many'"),
            ("max_attempts = 1.5", "invalid literal for int() with base 10: '1.5'"),
            (
                "max_attempts = -1",
                "Value provided to \"max_attempts\": -1 must be an integer greater than or equal to one.",
            ),
            (
                "request_min_compression_size_bytes = abc",
                "Invalid value \"abc\" for request_min_compression_size_bytes. Value must be an integer. Received \
                 <class 'str'> instead.",
            ),
            (
                "request_min_compression_size_bytes = 0",
                "Invalid value \"0\" for request_min_compression_size_bytes. Value must be between 1 and 1048576.",
            ),
            (
                "response_checksum_validation = Sometimes",
                "Unsupported configuration value for response_checksum_validation. Expected one of \
                 ('when_supported', 'when_required') but got sometimes.",
            ),
            (
                "account_id_endpoint_mode = often",
                "The configured value 'often' for 'account_id_endpoint_mode' is invalid. Valid values are: \
                 ('preferred', 'disabled', 'required').",
            ),
            (
                "s3_disable_express_session_auth = x",
                "Invalid value \"x\" for s3_disable_express_session_auth. Value must be a boolean",
            ),
            (
                "s3 =\n  addressing_style = x",
                "S3 addressing style x is invalid. Valid options are: 'auto', 'virtual', and 'path'",
            ),
            ("s3 =", "'str' object has no attribute 'get'"),
        ] {
            assert_eq!(error(line), want);
        }
        // Plain text in place of the block is passed over.
        assert!(resolve(&world("[default]\ns3 = yes\n")).is_ok());
        let w = world("[default]\ns3 = yes\n");
        let s3 = ClientSettings::resolve(&Config::load(&w, None), "s3", false);
        assert_eq!(s3.unwrap_err(), ConfigError::NotASection);
    }
}
