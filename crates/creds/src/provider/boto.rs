//! `boto-config`: the files of boto 2.

use super::shared_file::static_keys;
use crate::{Context, CredsError, Loaded, Provider};
use oxaws_config::profiles::read_section;
use oxaws_env::var;

/// The section `[Credentials]` of BOTO_CONFIG, else of `/etc/boto.cfg` and `~/.boto`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Boto;

impl Provider for Boto {
    fn method(&self) -> &'static str {
        "boto-config"
    }

    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError> {
        let places = match context.world.var(var::BOTO_CONFIG) {
            Some(name) => vec![name],
            None => vec!["/etc/boto.cfg".to_owned(), "~/.boto".to_owned()],
        };
        for place in places {
            let section = read_section(context.world, &place, "Credentials")?;
            // Tokens and accounts aren't known there.
            let keys = section.map(|s| s.only(&["aws_access_key_id", "aws_secret_access_key"]));
            if let Some(found) = static_keys(keys.as_ref(), self.method())? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    fn key(stage: &Stage) -> Result<Option<String>, String> {
        stage.run(|c| match Boto.load(c) {
            Ok(found) => Ok(found.map(|l| l.credentials(c).unwrap().access_key_id)),
            Err(e) => Err(e.to_string()),
        })
    }

    #[test]
    fn files_in_order() {
        let text = |k: &str| format!("[Credentials]\naws_access_key_id = {k}\naws_secret_access_key = s\n");
        assert_eq!(key(&Stage::new()), Ok(None));
        let stage = Stage::new().file("/home/.boto", &text("H"));
        assert_eq!(key(&stage), Ok(Some("H".into())));
        let stage = stage.file("/etc/boto.cfg", &text("E"));
        assert_eq!(key(&stage), Ok(Some("E".into())));
        let stage = stage.var("BOTO_CONFIG", "/none");
        assert_eq!(key(&stage), Ok(None));
        let stage = Stage::new().file("/home/.boto", "[Credentials]\naws_access_key_id = H\n");
        assert_eq!(key(&stage), Err("Partial credentials found in boto-config, missing: aws_secret_access_key".into()));
    }
}
