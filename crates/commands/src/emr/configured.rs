//! What the profile's `emr =` block gives for options that are left out.

use super::refuse;
use oxaws_cli::Failure;
use oxaws_cli::plug::registry::CommandCall;
use oxaws_cli::written::reply;
use oxaws_value::{Map, Value};

/// What the profile gives.
#[derive(Debug, Default)]
pub struct Configured {
    /// `service_role`
    pub service_role: Option<String>,
    /// `log_uri`
    pub log_uri: Option<String>,
    /// `instance_profile`
    pub instance_profile: Option<String>,
    /// `key_name`
    pub key_name: Option<String>,
    /// `enable_debugging`
    pub enable_debugging: Option<bool>,
}

impl Configured {
    /// Reads the block. `debugging_given` says that `enable_debugging` isn't needed.
    ///
    /// # Errors
    /// When the configuration can't be read, or `enable_debugging` is no truth.
    pub fn of(call: &CommandCall, debugging_given: bool) -> Result<Configured, Failure> {
        let config = call.cx.session.config()?;
        let profile = config.profile()?;
        let Some(block) = profile.nested("emr") else { return Ok(Configured::default()) };
        let text = |key| block.get(key).map(str::to_owned);
        let enable_debugging = match block.get("enable_debugging").filter(|_| !debugging_given) {
            None => None,
            Some(value) if value.eq_ignore_ascii_case("true") => Some(true),
            Some(value) if value.eq_ignore_ascii_case("false") => Some(false),
            Some(value) => {
                let name = config.profile_name();
                let section = name.map_or_else(|| "default".to_owned(), |name| format!("profile.{name}"));
                return refuse(format!(
                    "{value} for enable_debugging in the config file is invalid. The value should be either 'True' or \
                     'False'. Use 'aws configure set {section}.emr.enable_debugging <value>' command to set a valid value."
                ));
            }
        };
        Ok(Configured {
            service_role: text("service_role"),
            log_uri: text("log_uri"),
            instance_profile: text("instance_profile"),
            key_name: text("key_name"),
            enable_debugging,
        })
    }

    /// The attributes with what the profile gives for those left out.
    pub fn attributes(&self, given: Option<Value>, default_roles: bool) -> Option<Map> {
        let mut attributes = match given {
            Some(Value::Map(map)) => Some(map),
            _ => None,
        };
        let profile = self.instance_profile.as_ref().filter(|_| !default_roles);
        for (key, value) in [("InstanceProfile", profile), ("KeyName", self.key_name.as_ref())] {
            let Some(value) = value else { continue };
            let map = attributes.get_or_insert_with(|| reply::params([]));
            if !map.contains_key(key) {
                map.insert(key, value.as_str());
            }
        }
        attributes
    }
}
