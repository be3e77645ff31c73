//! The values of built-in parameters: settings of the client as the rules know them.

use crate::arn::Arn;
use crate::params::ParamValue;
use crate::url::is_s3_accelerate_url;

/// The settings that built-in parameters come from, resolved from flags, environment and profile.
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltinSettings<'a> {
    /// The region to ask the rules with ([`ClientScope::rules_region`](crate::ClientScope)).
    pub region: Option<&'a str>,
    /// The custom endpoint, from the option or from configuration.
    pub endpoint_url: Option<&'a str>,
    /// `use_fips_endpoint`, or a FIPS pseudo region.
    pub use_fips: bool,
    /// `use_dualstack_endpoint`; for S3 and S3 Control see [`use_dual_stack`].
    pub use_dual_stack: bool,
    /// The profile's `s3` section.
    pub s3: S3Settings<'a>,
    /// The account of the credentials. Look it up only when the rules declare `AWS::Auth::AccountId`.
    pub account_id: Option<&'a str>,
    /// `account_id_endpoint_mode`: `preferred`, `disabled` (always so for unsigned requests) or `required`.
    pub account_id_endpoint_mode: Option<&'a str>,
}

/// What the profile's `s3` section says.
#[derive(Debug, Clone, Copy, Default)]
pub struct S3Settings<'a> {
    /// `use_accelerate_endpoint`
    pub use_accelerate: bool,
    /// `addressing_style`: `auto`, `virtual` or `path`.
    pub addressing_style: Option<&'a str>,
    /// `use_arn_region`; unset means yes for S3 and no for S3 Control.
    pub use_arn_region: Option<bool>,
    /// `s3_disable_multiregion_access_points`
    pub disable_multi_region_access_points: bool,
    /// `s3_disable_express_session_auth`
    pub disable_express_session_auth: Option<bool>,
}

/// The call whose endpoint is looked for, as far as it matters to S3's parameters.
#[derive(Debug, Clone, Copy, Default)]
pub struct S3Call<'a> {
    /// The operation, for S3 only (not S3 Control).
    pub operation: Option<&'a str>,
    /// Its `Bucket`.
    pub bucket: Option<&'a str>,
}

/// A rule set wants a setting that there isn't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownBuiltin(pub String);

impl std::fmt::Display for UnknownBuiltin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unknown builtin variable name: {}", self.0)
    }
}

impl std::error::Error for UnknownBuiltin {}

impl<'a> BuiltinSettings<'a> {
    /// The value of the built-in `name` for `call`; `None` when it has none.
    ///
    /// # Errors
    /// When there is no built-in of that name.
    pub fn value(&self, name: &str, call: S3Call<'_>) -> Result<Option<ParamValue<'a>>, UnknownBuiltin> {
        let text = |text: Option<&'a str>| text.map(ParamValue::from);
        let truth = |truth: bool| Some(ParamValue::from(truth));
        // Rules refuse FIPS and dual-stack together with an endpoint; the AWS CLI lets the endpoint win.
        let own_endpoint = self.given_endpoint().is_some();
        Ok(match name {
            "AWS::Region" => text(self.region),
            "AWS::UseFIPS" => truth(self.use_fips && !own_endpoint),
            "AWS::UseDualStack" => truth(self.use_dual_stack && !own_endpoint),
            "AWS::STS::UseGlobalEndpoint" | "AWS::S3::UseGlobalEndpoint" => truth(false),
            "AWS::S3::Accelerate" => truth(self.s3.use_accelerate),
            "AWS::S3::ForcePathStyle" => truth(self.force_path_style(call)),
            "AWS::S3::UseArnRegion" => truth(self.s3.use_arn_region.unwrap_or(true)),
            "AWS::S3Control::UseArnRegion" => truth(self.s3.use_arn_region.unwrap_or(false)),
            "AWS::S3::DisableMultiRegionAccessPoints" => truth(self.s3.disable_multi_region_access_points),
            "AWS::S3::DisableS3ExpressSessionAuth" => self.s3.disable_express_session_auth.map(ParamValue::from),
            "SDK::Endpoint" => text(self.given_endpoint()),
            "AWS::Auth::AccountId" => text(self.account_id),
            "AWS::Auth::AccountIdEndpointMode" => text(self.account_id_endpoint_mode),
            other => return Err(UnknownBuiltin(other.to_owned())),
        })
    }

    /// The custom endpoint unless it is empty.
    fn given_endpoint(&self) -> Option<&'a str> {
        self.endpoint_url.filter(|url| !url.is_empty())
    }

    /// Rules refuse path style where it makes no sense; the AWS CLI leaves it out there.
    fn force_path_style(&self, call: S3Call<'_>) -> bool {
        if call.operation == Some("GetBucketLocation") {
            // The bucket's region isn't known yet, and a wrong one would be refused.
            return true;
        }
        if call.operation.is_some() && call.bucket.is_some_and(Arn::is_arn) {
            return false;
        }
        if self.s3.use_accelerate {
            return false;
        }
        match self.endpoint_url {
            Some(url) if !is_s3_accelerate_url(url) => self.s3.addressing_style != Some("virtual"),
            _ => self.s3.addressing_style == Some("path"),
        }
    }
}

/// Whether to use dual-stack endpoints: S3 and S3 Control look at the profile's `s3` section first, where only `true` and
/// `True` count.
pub fn use_dual_stack(prefix: &str, s3_section: Option<&str>, general: bool) -> bool {
    let s3 = matches!(prefix, "s3" | "s3-control") && matches!(s3_section, Some("true" | "True"));
    s3 || general
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(settings: &BuiltinSettings<'_>, name: &str, call: S3Call<'_>) -> bool {
        settings.value(name, call).unwrap() == Some(ParamValue::Bool(true))
    }

    #[test]
    fn an_endpoint_excludes_variants() {
        let mut settings = BuiltinSettings { use_fips: true, use_dual_stack: true, ..BuiltinSettings::default() };
        assert!(truth(&settings, "AWS::UseFIPS", S3Call::default()));
        settings.endpoint_url = Some("http://localhost");
        assert!(!truth(&settings, "AWS::UseFIPS", S3Call::default()));
        assert!(!truth(&settings, "AWS::UseDualStack", S3Call::default()));
    }

    #[test]
    fn path_style() {
        let path = |endpoint_url, addressing_style, use_accelerate, operation, bucket| {
            let s3 = S3Settings { use_accelerate, addressing_style, ..S3Settings::default() };
            let settings = BuiltinSettings { endpoint_url, s3, ..BuiltinSettings::default() };
            truth(&settings, "AWS::S3::ForcePathStyle", S3Call { operation, bucket })
        };
        let get = Some("GetObject");
        let own = Some("http://localhost:9000");
        assert!(!path(None, None, false, get, Some("b")));
        assert!(path(None, Some("path"), false, get, Some("b")));
        assert!(path(own, None, false, get, Some("b")));
        assert!(!path(own, Some("virtual"), false, get, Some("b")));
        assert!(!path(own, None, true, get, Some("b")));
        assert!(!path(Some("https://s3-accelerate.amazonaws.com"), None, false, get, Some("b")));
        assert!(path(None, None, false, Some("GetBucketLocation"), Some("b")));
        assert!(!path(own, None, false, get, Some("arn:aws:s3:us-west-2:123456789012:accesspoint/a")));
    }

    #[test]
    fn arn_regions() {
        let settings = BuiltinSettings::default();
        assert!(truth(&settings, "AWS::S3::UseArnRegion", S3Call::default()));
        assert!(!truth(&settings, "AWS::S3Control::UseArnRegion", S3Call::default()));
        let unknown = settings.value("AWS::Foo", S3Call::default()).unwrap_err();
        assert_eq!(unknown.to_string(), "Unknown builtin variable name: AWS::Foo");
    }

    #[test]
    fn s3_section() {
        assert!(use_dual_stack("s3", Some("true"), false));
        assert!(!use_dual_stack("sqs", Some("true"), false));
        assert!(use_dual_stack("s3", Some("false"), true));
    }
}
