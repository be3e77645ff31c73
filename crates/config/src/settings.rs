//! [`Config`]: lazy, typed access to the configuration of one run.

use crate::profiles::{Files, Nested, Profile, Setting, config_file};
use crate::variables::{Place, Resolved, Source, Variable, find};
use crate::{ConfigError, endpoint_url};
use oxaws_env::World;
use oxaws_python::python_int_text;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// The configuration of one run: options, environment, files. Nothing is read before it is asked for, and nothing twice.
pub struct Config<'w> {
    world: &'w dyn World,
    profile: Option<String>,
    choice: Choice,
    flags: Vec<(&'static str, String)>,
    files: Arc<OnceLock<Result<Files, ConfigError>>>,
    scoped: OnceLock<Result<Profile, ConfigError>>,
}

/// How the profile that was named is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// It must exist.
    Named,
    /// Where it doesn't exist, it is an empty one.
    PerhapsMissing,
    /// It isn't looked at: the default profile is.
    Ignored,
}

impl fmt::Debug for Config<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Files hold secrets.
        f.debug_struct("Config").field("profile", &self.profile).field("flags", &self.flags).finish_non_exhaustive()
    }
}

impl<'w> Config<'w> {
    /// The configuration with the profile of `--profile`; an empty one counts as not given.
    pub fn load(world: &'w dyn World, profile: Option<&str>) -> Config<'w> {
        Config {
            world,
            profile: profile.filter(|p| !p.is_empty()).map(str::to_owned),
            choice: Choice::Named,
            flags: Vec::new(),
            files: Arc::default(),
            scoped: OnceLock::new(),
        }
    }

    /// Sets a variable from an option of the command line (`region` from `--region`): it wins over all places. An empty
    /// value counts as not given.
    pub fn with_flag(mut self, name: &'static str, value: Option<&str>) -> Self {
        debug_assert!(find(name).is_some(), "{name} isn't in the table");
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            self.flags.push((name, value.to_owned()));
        }
        self
    }

    /// With the files of another configuration of the same run, which are then read only once.
    pub fn with_files_of(mut self, other: &Config<'_>) -> Self {
        self.files = Arc::clone(&other.files);
        self
    }

    /// A profile that doesn't exist counts as an empty one: for commands that make it.
    pub fn with_missing_profile(self) -> Self {
        Config { choice: Choice::PerhapsMissing, scoped: OnceLock::new(), ..self }
    }

    /// The profile that was named doesn't count: for commands that ask for one.
    pub fn without_profile(self) -> Self {
        Config { choice: Choice::Ignored, scoped: OnceLock::new(), ..self }
    }

    /// The world it reads from.
    pub fn world(&self) -> &'w dyn World {
        self.world
    }

    // ---- files and profiles ----

    /// Both files, read at the first call.
    ///
    /// # Errors
    /// When one breaks the grammar.
    pub fn files(&self) -> Result<&Files, ConfigError> {
        self.files.get_or_init(|| Files::load(self.world)).as_ref().map_err(Clone::clone)
    }

    /// The profile by name, from `--profile`, AWS_PROFILE or AWS_DEFAULT_PROFILE: one of these set to the empty text
    /// names the profile with the empty name. `None` is the default profile, which need not exist.
    pub fn profile_name(&self) -> Option<String> {
        self.profile_source().map(|r| r.value)
    }

    /// The profile's name and where it was named.
    pub fn profile_source(&self) -> Option<Resolved> {
        if self.choice == Choice::Ignored {
            return None;
        }
        if let Some(name) = &self.profile {
            return Some(Resolved { value: name.clone(), source: Source::Flag });
        }
        let names = find("profile")?.env_names();
        names.filter_map(|n| Some(Resolved { value: self.world.var(n)?, source: Source::Env(n) })).next()
    }

    /// The profile's name for credentials: `default` where none or the empty one is named.
    pub fn profile_or_default(&self) -> String {
        self.profile_name().filter(|n| !n.is_empty()).unwrap_or_else(|| "default".to_owned())
    }

    /// Whether `--profile` named the profile. Credentials from the environment are then not looked at.
    pub fn is_profile_explicit(&self) -> bool {
        self.profile.is_some()
    }

    /// The profile's values.
    ///
    /// # Errors
    /// When a file breaks the grammar, or a profile is named that neither file has.
    pub fn profile(&self) -> Result<&Profile, ConfigError> {
        let load = || {
            let files = self.files()?;
            match self.profile_name() {
                None => Ok(files.profile("default").unwrap_or_default()),
                Some(profile) => match files.profile(&profile) {
                    Some(found) => Ok(found),
                    None if self.choice == Choice::PerhapsMissing => Ok(Profile::default()),
                    None => Err(ConfigError::ProfileNotFound { profile }),
                },
            }
        };
        self.scoped.get_or_init(load).as_ref().map_err(Clone::clone)
    }

    /// Whether either file has a profile of this name.
    ///
    /// # Errors
    /// When a file breaks the grammar.
    pub fn profile_exists(&self, name: &str) -> Result<bool, ConfigError> {
        Ok(self.files()?.profile_exists(name))
    }

    /// The section `[sso-session NAME]`.
    ///
    /// # Errors
    /// When a file breaks the grammar.
    pub fn sso_session(&self, name: &str) -> Result<Option<Profile>, ConfigError> {
        Ok(self.files()?.sso_session(name))
    }

    /// The config file's path as it is configured (`~/.aws/config`), for messages and `configure list`.
    pub fn config_file(&self) -> String {
        config_file(self.world)
    }

    /// The credentials file's path as it is configured.
    pub fn credentials_file(&self) -> String {
        crate::profiles::credentials_file(self.world)
    }

    // ---- variables ----

    /// A variable of the table with its source; `None` where it is unset.
    ///
    /// # Errors
    /// Those of [`Config::profile`], once the search gets as far as the profile.
    pub fn resolve(&self, name: &str) -> Result<Option<Resolved>, ConfigError> {
        let Some(variable) = find(name) else { return Ok(None) };
        self.resolve_variable(variable)
    }

    fn resolve_variable(&self, variable: &Variable) -> Result<Option<Resolved>, ConfigError> {
        if variable.name == "profile" {
            return Ok(self.profile_source());
        }
        if let Some((_, value)) = self.flags.iter().find(|(n, _)| *n == variable.name) {
            return Ok(Some(Resolved { value: value.clone(), source: Source::Flag }));
        }
        for place in variable.places {
            let found = match *place {
                Place::Env(name) => self.world.var(name).map(|value| Resolved { value, source: Source::Env(name) }),
                Place::Key(key) => in_profile(self.profile()?.text(key)),
                Place::Nested(section, key) => in_profile(self.profile()?.nested(section).and_then(|n| n.get(key))),
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(variable.default.map(|d| Resolved { value: d.to_owned(), source: Source::Default }))
    }

    /// A variable's text.
    ///
    /// # Errors
    /// Those of [`Config::resolve`].
    pub fn text(&self, name: &str) -> Result<Option<String>, ConfigError> {
        Ok(self.resolve(name)?.map(|r| r.value))
    }

    /// A variable that is true or false; `None` where it is unset and has no default.
    ///
    /// # Errors
    /// Those of [`Config::resolve`].
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, ConfigError> {
        Ok(self.text(name)?.map(|t| is_true(&t)))
    }

    /// A variable that is a whole number; one beyond 64 bits becomes the greatest or least.
    ///
    /// # Errors
    /// Those of [`Config::resolve`], and [`ConfigError::NotAnInteger`].
    pub fn integer(&self, name: &str) -> Result<Option<i64>, ConfigError> {
        self.text(name)?.map(|text| integer(&text)).transpose()
    }

    /// A key of the profile as it stands, table or not (scoped keys such as `role_arn`).
    ///
    /// # Errors
    /// Those of [`Config::profile`].
    pub fn scoped(&self, key: &str) -> Result<Option<&str>, ConfigError> {
        Ok(self.profile()?.text(key))
    }

    /// The profile's block `s3 =`.
    ///
    /// # Errors
    /// Those of [`Config::profile`], and [`ConfigError::NotASection`] where `s3` is plain text, as the s3 commands say.
    pub fn s3_section(&self) -> Result<Option<&Nested>, ConfigError> {
        match self.profile()?.get("s3") {
            None => Ok(None),
            Some(Setting::Nested(nested)) => Ok(Some(nested)),
            Some(Setting::Text(_)) => Err(ConfigError::NotASection),
        }
    }

    /// The endpoint URL configured for a service: see [`endpoint_url`].
    ///
    /// # Errors
    /// Those of [`endpoint_url::configured`].
    pub fn endpoint_url(&self, service: &str) -> Result<Option<String>, ConfigError> {
        endpoint_url::configured(self, service)
    }

    // ---- variables with rules of their own ----

    /// The region from option, environment or profile, not checked; the instance metadata service isn't asked here.
    ///
    /// # Errors
    /// Those of [`Config::resolve`].
    pub fn region(&self) -> Result<Option<String>, ConfigError> {
        self.text("region")
    }

    /// The instance metadata service by IPv6 rather than IPv4.
    ///
    /// # Errors
    /// Those of [`Config::resolve`], and [`ConfigError::InvalidMetadataEndpointMode`].
    pub fn metadata_by_ipv6(&self) -> Result<bool, ConfigError> {
        match self.text("ec2_metadata_service_endpoint_mode")? {
            None => Ok(self.boolean("imds_use_ipv6")? == Some(true)),
            Some(mode) => match mode.to_lowercase().as_str() {
                "ipv4" => Ok(false),
                "ipv6" => Ok(true),
                _ => Err(ConfigError::InvalidMetadataEndpointMode { value: mode }),
            },
        }
    }

    /// Whether timestamps are printed as they came (`cli_timestamp_format = wire`). With a profile that doesn't exist:
    /// false, so that commands which make profiles work.
    ///
    /// # Errors
    /// [`ConfigError::InvalidTimestampFormat`] and those of [`Config::files`].
    pub fn timestamps_as_on_the_wire(&self) -> Result<bool, ConfigError> {
        match self.text("cli_timestamp_format") {
            Ok(Some(format)) if format == "wire" => Ok(true),
            Ok(Some(format)) if format != "iso8601" => Err(ConfigError::InvalidTimestampFormat { value: format }),
            Err(e) if !matches!(e, ConfigError::ProfileNotFound { .. }) => Err(e),
            _ => Ok(false),
        }
    }

    /// Whether typed blobs are base64 (else raw). With a profile that doesn't exist: true.
    ///
    /// # Errors
    /// [`ConfigError::InvalidBinaryFormat`] and those of [`Config::files`].
    pub fn blobs_are_base64(&self) -> Result<bool, ConfigError> {
        match self.text("cli_binary_format") {
            Ok(Some(format)) if format == "raw-in-base64-out" => Ok(false),
            Ok(Some(format)) if format != "base64" => Err(ConfigError::InvalidBinaryFormat { value: format }),
            Err(e) if !matches!(e, ConfigError::ProfileNotFound { .. }) => Err(e),
            _ => Ok(true),
        }
    }
}

fn in_profile(value: Option<&str>) -> Option<Resolved> {
    value.map(|v| Resolved { value: v.to_owned(), source: Source::Profile })
}

/// `true` in any case.
pub fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// A whole number as Python's `int()` reads it; one beyond 64 bits becomes the greatest or least.
///
/// # Errors
/// [`ConfigError::NotAnInteger`].
pub fn integer(text: &str) -> Result<i64, ConfigError> {
    let digits = python_int_text(text).ok_or_else(|| ConfigError::NotAnInteger { value: text.to_owned() })?;
    let beyond = if digits.starts_with('-') { i64::MIN } else { i64::MAX };
    Ok(digits.parse().unwrap_or(beyond))
}

/// Checks that a region can be part of a host name: up to 63 letters, digits and `-`, no `-` at an end, not digits
/// alone. Empty is allowed.
///
/// # Errors
/// [`ConfigError::InvalidRegion`].
pub fn check_region(region: &str) -> Result<(), ConfigError> {
    // The pattern's `$` matches before a final line end.
    let label = region.strip_suffix('\n').unwrap_or(region);
    let bad = label.len() > 63
        || !label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        || label.starts_with('-')
        || label.ends_with('-')
        || (!label.is_empty() && label.bytes().all(|b| b.is_ascii_digit()));
    if bad { Err(ConfigError::InvalidRegion { region: region.to_owned() }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::Fixed;

    fn world(config: &str) -> Fixed {
        Fixed::new().with_var("HOME", "/h").with_file("/h/.aws/config", config)
    }

    #[test]
    fn places_in_order() {
        let w = world("[default]\nregion = c\ncli_pager = cat\n").with_var("PAGER", "more");
        let c = Config::load(&w, None);
        assert_eq!(c.resolve("region"), Ok(Some(Resolved { value: "c".into(), source: Source::Profile })));
        assert_eq!(c.text("cli_pager").unwrap().as_deref(), Some("cat"));
        assert_eq!(c.resolve("output").unwrap().unwrap().source, Source::Default);
        let w = w.with_var("AWS_DEFAULT_REGION", "b").with_var("AWS_PAGER", "");
        let c = Config::load(&w, None);
        assert_eq!(c.resolve("region").unwrap().unwrap().source, Source::Env("AWS_DEFAULT_REGION"));
        assert_eq!(c.text("cli_pager").unwrap().as_deref(), Some(""));
        let w = w.with_var("AWS_REGION", "");
        assert_eq!(Config::load(&w, None).text("region").unwrap().as_deref(), Some(""));
        let c = Config::load(&w, None).with_flag("region", Some("x"));
        assert_eq!(c.resolve("region").unwrap().unwrap().source, Source::Flag);
        let c = Config::load(&w, None).with_flag("region", Some(""));
        assert_eq!(c.text("region").unwrap().as_deref(), Some(""));
        assert_eq!(c.resolve("no such variable"), Ok(None));
    }

    #[test]
    fn profiles_that_are_made() {
        let w = world("[default]\nregion = d\n").with_var("AWS_PROFILE", "new");
        assert!(Config::load(&w, None).region().is_err());
        assert_eq!(Config::load(&w, None).with_missing_profile().region(), Ok(None));
        let c = Config::load(&w, Some("other")).without_profile();
        assert_eq!((c.region(), c.profile_name()), (Ok(Some("d".into())), None));
    }

    #[test]
    fn profiles_by_name() {
        let w = world("[default]\nregion = d\n[profile p]\noutput = text\n[profile q]\nregion = q\n");
        let region = |w: &Fixed, p| Config::load(w, p).region();
        assert_eq!(region(&w, None).unwrap().as_deref(), Some("d"));
        // A named profile inherits nothing.
        assert_eq!(region(&w, Some("p")).unwrap(), None);
        assert_eq!(region(&w, Some("")).unwrap().as_deref(), Some("d"));
        let e = region(&w, Some("none")).unwrap_err();
        assert_eq!(e.to_string(), "The config profile (none) could not be found");
        assert!(!e.is_configuration());
        let w = w.with_var("AWS_DEFAULT_PROFILE", "q");
        assert_eq!(region(&w, None).unwrap().as_deref(), Some("q"));
        let w = w.with_var("AWS_PROFILE", "");
        assert_eq!(region(&w, None).unwrap_err().to_string(), "The config profile () could not be found");
        assert_eq!(Config::load(&w, None).profile_or_default(), "default");
        assert!(!Config::load(&w, None).is_profile_explicit());
        assert!(Config::load(&w, Some("q")).is_profile_explicit());
    }

    #[test]
    fn the_profile_matters_only_when_it_is_asked() {
        let w = world("").with_var("AWS_REGION", "r");
        let c = Config::load(&w, Some("none"));
        assert_eq!(c.region().unwrap().as_deref(), Some("r"));
        assert!(c.text("output").is_err());
        assert_eq!(c.blobs_are_base64(), Ok(true));
        assert_eq!(c.timestamps_as_on_the_wire(), Ok(false));
        assert_eq!(c.profile_exists("none"), Ok(false));
    }

    #[test]
    fn booleans_and_integers() {
        let w = world(
            "[default]\nuse_fips_endpoint = maybe\nuse_dualstack_endpoint = TRUE\nmax_attempts = many\n\
             csm_port = +1_0\nmetadata_service_timeout = 99999999999999999999\ns3 =\n  use_arn_region = true\n",
        );
        let c = Config::load(&w, None);
        assert_eq!(c.boolean("use_fips_endpoint"), Ok(Some(false)));
        assert_eq!(c.boolean("use_dualstack_endpoint"), Ok(Some(true)));
        assert_eq!(c.boolean("ignore_configured_endpoint_urls"), Ok(None));
        assert_eq!(c.boolean("s3.use_arn_region"), Ok(Some(true)));
        assert_eq!(c.integer("csm_port"), Ok(Some(10)));
        assert_eq!(c.integer("metadata_service_timeout"), Ok(Some(i64::MAX)));
        let e = c.integer("max_attempts").unwrap_err();
        assert_eq!(e.to_string(), "invalid literal for int() with base 10: 'many'");
    }

    #[test]
    fn settings_with_rules_of_their_own() {
        let w = world("[default]\ncli_timestamp_format = unix\ncli_binary_format = hex\ns3 = yes\n");
        let c = Config::load(&w, None);
        let e = c.timestamps_as_on_the_wire().unwrap_err();
        assert!(e.is_configuration());
        assert_eq!(e.to_string(), "Unknown cli_timestamp_format value: unix, valid values are \"wire\" or \"iso8601\"");
        assert_eq!(c.blobs_are_base64().unwrap_err().to_string(), "'hex'");
        assert_eq!(c.s3_section().unwrap_err().to_string(), "'str' object has no attribute 'get'");
        let w = world("").with_var("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6");
        assert_eq!(Config::load(&w, None).metadata_by_ipv6(), Ok(true));
        let w = w.with_var("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv5");
        assert_eq!(
            Config::load(&w, None).metadata_by_ipv6().unwrap_err().to_string(),
            "Invalid EC2 Instance Metadata endpoint mode: ipv5 Valid endpoint modes (case-insensitive): ('ipv4', \
             'ipv6')."
        );
    }

    #[test]
    fn regions_are_host_labels() {
        for good in ["", "us-east-1", "xx-new-9", "A", "us-east-1\n", &"a".repeat(63)] {
            assert_eq!(check_region(good), Ok(()), "{good:?}");
        }
        for bad in ["bad_region!", "-a", "a-", "123", "123\n", "a.b", "é", "\n\n", &"a".repeat(64)] {
            assert!(check_region(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            check_region("bad_region!").unwrap_err().to_string(),
            "Provided region_name 'bad_region!' doesn't match a supported format."
        );
    }
}
