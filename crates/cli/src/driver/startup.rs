//! What is checked before any command runs, in the AWS CLI's order.

use crate::failure::Failure;
use crate::plug::context::Context;
use oxaws_client::CallError;
use oxaws_config::ConfigError;
use oxaws_env::var;
use oxaws_python::codec::Codec;

/// Checks the settings that the AWS CLI looks at for every command, whether or not it needs them.
///
/// # Errors
/// An unknown output encoding (255), an unknown timestamp format (253), bad settings of the instance metadata service
/// (255), an unknown binary format (255).
pub(crate) fn check(cx: &Context) -> Result<(), Failure> {
    if let Some(name) = cx.world.var(var::AWS_CLI_OUTPUT_ENCODING)
        && Codec::of(&name).is_none()
    {
        return Err(Failure::setting(format!("Unknown codec `{name}` specified for AWS_CLI_OUTPUT_ENCODING.")));
    }
    let config = cx.session.config_unchecked();
    // A profile that doesn't exist is for the command to complain about: `configure set` makes it.
    match config.timestamps_as_on_the_wire() {
        Err(e) if !matches!(e, ConfigError::ProfileNotFound { .. }) => return Err(e.into()),
        _ => {}
    }
    cx.session.check_metadata_settings()?;
    match cx.binary_format() {
        Err(e) if cx.globals.binary_format.is_none() && !is_missing_profile(cx) => Err(e),
        _ => Ok(()),
    }
}

fn is_missing_profile(cx: &Context) -> bool {
    matches!(cx.session.config(), Err(CallError::Config(ConfigError::ProfileNotFound { .. })))
}
