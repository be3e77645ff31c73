//! The table of configuration variables: where each is looked for, in order, its default and its type.
//!
//! From the AWS CLI's documentation and behaviour: the first place that holds a value wins, also an empty one. Options
//! of the command line ([`Source::Flag`]) come before everything.

use oxaws_env::var;

/// A place where a variable may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An environment variable; set to the empty text it counts as set.
    Env(&'static str),
    /// A key of the profile.
    Key(&'static str),
    /// A key in a block of the profile: `s3 =` with `addressing_style = path` below.
    Nested(&'static str, &'static str),
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// `true` in any case is true, everything else is false.
    Bool,
    /// What Python's `int()` accepts.
    Int,
    /// One of these. Whether the case matters, and what a bad value does, is the reader's business: see
    /// [`crate::settings`] and [`crate::client`].
    Choice(&'static [&'static str]),
}

/// A configuration variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// The name it goes by in this program (that of the profile's key where there is one).
    pub name: &'static str,
    /// The places, in the order in which they are looked at.
    pub places: &'static [Place],
    /// Its value where no place has one; `None` leaves it unset.
    pub default: Option<&'static str>,
    /// What a value must be.
    pub kind: Kind,
    /// What it means.
    pub about: &'static str,
}

impl Variable {
    /// The environment variables among its places.
    pub fn env_names(&self) -> impl Iterator<Item = &'static str> {
        self.places.iter().filter_map(|p| match p {
            Place::Env(name) => Some(*name),
            _ => None,
        })
    }
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An option of the command line.
    Flag,
    /// This environment variable.
    Env(&'static str),
    /// The profile, in one of the two files.
    Profile,
    /// The table's default.
    Default,
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The value as it stands there.
    pub value: String,
    /// Its source.
    pub source: Source,
}

/// The variable called `name`.
pub fn find(name: &str) -> Option<&'static Variable> {
    TABLE.iter().find(|v| v.name == name)
}

use Kind::{Bool, Choice, Int, Text};
use Place::{Env, Key, Nested};

const fn row(
    name: &'static str,
    places: &'static [Place],
    default: Option<&'static str>,
    kind: Kind,
    about: &'static str,
) -> Variable {
    Variable { name, places, default, kind, about }
}

const CHECKSUM: Kind = Choice(&["when_supported", "when_required"]);

/// All variables.
#[rustfmt::skip]
pub static TABLE: &[Variable] = &[
    // Where things are.
    row("profile", &[Env(var::AWS_PROFILE), Env(var::AWS_DEFAULT_PROFILE)], None, Text,
        "the profile"),
    row("config_file", &[Env(var::AWS_CONFIG_FILE)], Some("~/.aws/config"), Text,
        "the config file"),
    row("credentials_file", &[Env(var::AWS_SHARED_CREDENTIALS_FILE)], Some("~/.aws/credentials"), Text,
        "the credentials file"),
    row("data_path", &[Env(var::AWS_DATA_PATH), Key("data_path")], None, Text,
        "folders with more service models, parted by colons; ~/.aws/models is always looked at"),
    row("region", &[Env(var::AWS_REGION), Env(var::AWS_DEFAULT_REGION), Key("region")], None, Text,
        "the region; after these places the instance metadata service is asked"),

    // The command line's own.
    row("output", &[Env(var::AWS_DEFAULT_OUTPUT), Key("output")], Some("json"),
        Choice(&["json", "text", "table", "yaml", "yaml-stream", "off"]),
        "the output format; a bad one is found only when there is something to print"),
    row("cli_pager", &[Env(var::AWS_PAGER), Key("cli_pager"), Env(var::PAGER)], Some("less"), Text,
        "the pager's command; empty turns paging off"),
    row("cli_binary_format", &[Key("cli_binary_format")], Some("base64"), Choice(&["base64", "raw-in-base64-out"]),
        "how blobs are typed"),
    row("cli_timestamp_format", &[Key("cli_timestamp_format")], Some("iso8601"), Choice(&["wire", "iso8601"]),
        "how timestamps are printed"),
    row("cli_help_output", &[Key("cli_help_output")], Some("terminal"), Choice(&["terminal", "browser", "url"]),
        "where help is shown"),
    row("cli_auto_prompt", &[Env(var::AWS_CLI_AUTO_PROMPT), Key("cli_auto_prompt")], Some("off"),
        Choice(&["on", "on-partial", "off"]),
        "whether missing input is asked for; any case, a bad value is off"),
    row("cli_error_format", &[Env(var::AWS_CLI_ERROR_FORMAT), Key("cli_error_format")], Some("enhanced"),
        Choice(&["enhanced", "legacy", "json", "yaml", "text", "table"]),
        "how errors are printed; any case, a bad value is enhanced"),
    row("cli_exit_codes", &[Env(var::AWS_CLI_EXIT_CODES), Key("cli_exit_codes")], Some("compat"),
        Choice(&["compat", "strict", "detailed"]),
        "what exit codes mean; see aws help return-codes"),
    row("cli_fail_on", &[Env(var::AWS_CLI_FAIL_ON), Key("cli_fail_on")], None, Text,
        "classes that end a command with their own exit code, separated by commas"),
    row("cli_ok_on", &[Env(var::AWS_CLI_OK_ON), Key("cli_ok_on")], None, Text,
        "classes of failures that end a command with 0, separated by commas"),
    row("cli_result_file", &[Env(var::AWS_CLI_RESULT_FILE)], None, Text,
        "a file, or fd:N, that gets a record of how each command ended"),
    row("cli_history", &[Key("cli_history")], None, Choice(&["enabled"]),
        "whether commands are recorded"),
    row("cli_follow_urlparam", &[Key("cli_follow_urlparam")], None, Text,
        "known of old, without effect"),
    row("parameter_validation", &[Key("parameter_validation")], Some("true"), Bool,
        "whether input is checked before it is sent"),

    // Endpoints.
    row("endpoint_url", &[Env(var::AWS_ENDPOINT_URL), Key("endpoint_url")], None, Text,
        "the endpoint; per service and in full: see endpoint_url"),
    row("services", &[Key("services")], None, Text,
        "the [services] section with endpoints per service"),
    row("ignore_configured_endpoint_urls", &[Env(var::AWS_IGNORE_CONFIGURED_ENDPOINT_URLS), Key("ignore_configured_endpoint_urls")], None, Bool,
        "whether endpoints from the environment and the files are ignored"),
    row("use_dualstack_endpoint", &[Env(var::AWS_USE_DUALSTACK_ENDPOINT), Key("use_dualstack_endpoint")], None, Bool,
        "endpoints with IPv6"),
    row("use_fips_endpoint", &[Env(var::AWS_USE_FIPS_ENDPOINT), Key("use_fips_endpoint")], None, Bool,
        "endpoints that meet FIPS 140"),
    row("account_id_endpoint_mode", &[Env(var::AWS_ACCOUNT_ID_ENDPOINT_MODE), Key("account_id_endpoint_mode")], Some("preferred"),
        Choice(&["preferred", "disabled", "required"]),
        "endpoints with the account's number; any case; disabled for unsigned requests"),
    row("endpoint_discovery_enabled", &[Env(var::AWS_ENDPOINT_DISCOVERY_ENABLED), Key("endpoint_discovery_enabled")], Some("auto"),
        Choice(&["true", "false", "auto"]),
        "whether services are asked for their endpoints; auto: where they demand it"),
    row("disable_host_prefix_injection", &[Env(var::AWS_DISABLE_HOST_PREFIX_INJECTION), Key("disable_host_prefix_injection")], None, Bool,
        "leave out the host prefixes of operations"),

    // Connections.
    row("ca_bundle", &[Env(var::AWS_CA_BUNDLE), Key("ca_bundle")], None, Text,
        "a file of certificates to trust"),
    row("tcp_keepalive", &[Key("tcp_keepalive")], Some("false"), Bool,
        "SO_KEEPALIVE"),
    row("proxy_ca_bundle", &[Key("proxy_ca_bundle")], None, Text,
        "a file of certificates to trust in a proxy"),
    row("proxy_client_cert", &[Key("proxy_client_cert")], None, Text,
        "the certificate shown to a proxy"),
    row("proxy_use_forwarding_for_https", &[Key("proxy_use_forwarding_for_https")], None, Bool,
        "send https requests to the proxy instead of through it"),
    row("http_proxy", &[Env(var::HTTP_PROXY_LOWER), Env(var::HTTP_PROXY)], None, Text,
        "the proxy for http"),
    row("https_proxy", &[Env(var::HTTPS_PROXY_LOWER), Env(var::HTTPS_PROXY)], None, Text,
        "the proxy for https"),
    row("no_proxy", &[Env(var::NO_PROXY_LOWER), Env(var::NO_PROXY)], None, Text,
        "hosts reached without a proxy"),

    // Requests.
    row("retry_mode", &[Env(var::AWS_RETRY_MODE), Key("retry_mode")], Some("standard"), Choice(&["standard", "adaptive"]),
        "how failures are retried"),
    row("max_attempts", &[Env(var::AWS_MAX_ATTEMPTS), Key("max_attempts")], Some("3"), Int,
        "how often a request is sent at most, the first time included"),
    row("new_retries_2026", &[Env(var::AWS_NEW_RETRIES_2026)], Some("false"), Bool,
        "the new waiting times and quotas"),
    row("sdk_ua_app_id", &[Env(var::AWS_SDK_UA_APP_ID), Key("sdk_ua_app_id")], None, Text,
        "an application's name for the user agent; more than 50 characters warn"),
    row("request_min_compression_size_bytes", &[Env(var::AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES), Key("request_min_compression_size_bytes")], Some("10240"), Int,
        "from which size bodies are compressed: 1 to 1048576"),
    row("disable_request_compression", &[Env(var::AWS_DISABLE_REQUEST_COMPRESSION), Key("disable_request_compression")], Some("false"), Bool,
        "never compress bodies"),
    row("request_checksum_calculation", &[Env(var::AWS_REQUEST_CHECKSUM_CALCULATION), Key("request_checksum_calculation")], Some("when_supported"), CHECKSUM,
        "when checksums are sent; any case"),
    row("response_checksum_validation", &[Env(var::AWS_RESPONSE_CHECKSUM_VALIDATION), Key("response_checksum_validation")], Some("when_supported"), CHECKSUM,
        "when checksums are checked; any case"),
    row("auth_scheme_preference", &[Env(var::AWS_AUTH_SCHEME_PREFERENCE), Key("auth_scheme_preference")], None, Text,
        "authentication schemes, best first, parted by commas"),
    row("sigv4a_signing_region_set", &[Env(var::AWS_SIGV4A_SIGNING_REGION_SET), Key("sigv4a_signing_region_set")], None, Text,
        "regions a v4a signature is for, parted by commas"),

    // Monitoring events.
    row("csm_enabled", &[Env(var::AWS_CSM_ENABLED), Key("csm_enabled")], Some("false"), Bool,
        "send monitoring events"),
    row("csm_host", &[Env(var::AWS_CSM_HOST), Key("csm_host")], Some("127.0.0.1"), Text,
        "where monitoring events go"),
    row("csm_port", &[Env(var::AWS_CSM_PORT), Key("csm_port")], Some("31000"), Int,
        "the port monitoring events go to"),
    row("csm_client_id", &[Env(var::AWS_CSM_CLIENT_ID), Key("csm_client_id")], Some(""), Text,
        "the sender's name in monitoring events"),

    // The instance metadata service.
    row("metadata_service_timeout", &[Env(var::AWS_METADATA_SERVICE_TIMEOUT), Key("metadata_service_timeout")], Some("1"), Int,
        "seconds until an attempt is given up"),
    row("metadata_service_num_attempts", &[Env(var::AWS_METADATA_SERVICE_NUM_ATTEMPTS), Key("metadata_service_num_attempts")], Some("1"), Int,
        "attempts"),
    row("ec2_metadata_service_endpoint", &[Env(var::AWS_EC2_METADATA_SERVICE_ENDPOINT), Key("ec2_metadata_service_endpoint")], None, Text,
        "its address; else http://169.254.169.254/ or http://[fd00:ec2::254]/ by the mode"),
    row("ec2_metadata_service_endpoint_mode", &[Env(var::AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE), Key("ec2_metadata_service_endpoint_mode")], None, Choice(&["ipv4", "ipv6"]),
        "the kind of address; any case"),
    row("imds_use_ipv6", &[Env(var::AWS_IMDS_USE_IPV6), Key("imds_use_ipv6")], Some("false"), Bool,
        "the older way to say ipv6"),
    row("ec2_metadata_v1_disabled", &[Env(var::AWS_EC2_METADATA_V1_DISABLED), Key("ec2_metadata_v1_disabled")], Some("false"), Bool,
        "never ask without a token"),
    row("ec2_metadata_disabled", &[Env(var::AWS_EC2_METADATA_DISABLED)], Some("false"), Bool,
        "never ask at all"),

    // Credentials that are no secrets.
    row("aws_account_id", &[Env(var::AWS_ACCOUNT_ID), Key("aws_account_id")], None, Text,
        "the account's number, read together with the credentials that stand beside it"),

    // S3.
    row("s3_disable_express_session_auth", &[Env(var::AWS_S3_DISABLE_EXPRESS_SESSION_AUTH), Key("s3_disable_express_session_auth")], None, Bool,
        "sign requests to directory buckets as any other; a bad value is an error"),
    row("s3.addressing_style", &[Nested("s3", "addressing_style")], None, Choice(&["virtual", "auto", "path"]),
        "where the bucket stands in the URL; unset is auto"),
    row("s3.use_accelerate_endpoint", &[Nested("s3", "use_accelerate_endpoint")], None, Bool,
        "S3 Transfer Acceleration"),
    row("s3.use_dualstack_endpoint", &[Nested("s3", "use_dualstack_endpoint")], None, Bool,
        "S3 endpoints with IPv6"),
    row("s3.payload_signing_enabled", &[Nested("s3", "payload_signing_enabled")], None, Bool,
        "sign bodies also over TLS"),
    row("s3.use_arn_region", &[Env(var::AWS_S3_USE_ARN_REGION), Key("s3_use_arn_region"), Nested("s3", "use_arn_region")], None, Bool,
        "whether the region of an ARN may differ; unset is true for s3 and false for s3control"),
    row("s3.s3_disable_multiregion_access_points", &[Env(var::AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS), Nested("s3", "s3_disable_multiregion_access_points")], None, Bool,
        "refuse multi-region access points"),
    row("s3.max_concurrent_requests", &[Nested("s3", "max_concurrent_requests")], Some("10"), Int,
        "requests at a time"),
    row("s3.max_queue_size", &[Nested("s3", "max_queue_size")], Some("1000"), Int,
        "waiting tasks at most"),
    row("s3.multipart_threshold", &[Nested("s3", "multipart_threshold")], Some("8MB"), Text,
        "from which size a transfer goes in parts"),
    row("s3.multipart_chunksize", &[Nested("s3", "multipart_chunksize")], Some("8MB"), Text,
        "the size of a part"),
    row("s3.io_chunksize", &[Nested("s3", "io_chunksize")], Some("256KB"), Text,
        "the size of a read or write"),
    row("s3.max_bandwidth", &[Nested("s3", "max_bandwidth")], None, Text,
        "bytes a second at most"),
    row("s3.target_bandwidth", &[Nested("s3", "target_bandwidth")], None, Text,
        "bytes a second to aim for"),
    row("s3.disk_throughput", &[Nested("s3", "disk_throughput")], None, Text,
        "bytes a second the disk gives"),
    row("s3.preferred_transfer_client", &[Nested("s3", "preferred_transfer_client")], Some("auto"), Choice(&["auto", "classic", "default", "crt"]),
        "the transfer engine of the AWS CLI; accepted and checked"),
    row("s3.should_stream", &[Nested("s3", "should_stream")], None, Bool,
        "a setting of one of those engines"),
    row("s3.direct_io", &[Nested("s3", "direct_io")], None, Bool,
        "a setting of one of those engines"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_table_is_consistent() {
        let mut names = HashSet::new();
        for v in TABLE {
            assert!(names.insert(v.name), "{} twice", v.name);
            assert!(!v.places.is_empty() && !v.about.is_empty(), "{}", v.name);
            match (v.kind, v.default) {
                (Int, Some(d)) => assert!(d.parse::<i64>().is_ok(), "{}", v.name),
                (Bool, Some(d)) => assert!(d == "true" || d == "false", "{}", v.name),
                (Choice(values), Some(d)) => assert!(values.contains(&d), "{}", v.name),
                _ => {}
            }
        }
        assert_eq!(
            find("region").map(|v| v.env_names().collect::<Vec<_>>()),
            Some(vec!["AWS_REGION", "AWS_DEFAULT_REGION"])
        );
        assert!(find("defaults_mode").is_none());
    }
}
