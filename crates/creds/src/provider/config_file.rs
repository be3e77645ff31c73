//! `config-file`: keys in the config file.

use super::shared_file::static_keys;
use crate::{Context, CredsError, Loaded, Provider};

/// The config file's section of a profile.
#[derive(Debug, Clone)]
pub(crate) struct ConfigFile {
    pub(crate) profile: String,
}

impl Provider for ConfigFile {
    fn method(&self) -> &'static str {
        "config-file"
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        let section = context.config.files()?.config_profile(&self.profile);
        static_keys(section.as_ref(), self.method())
    }
}
