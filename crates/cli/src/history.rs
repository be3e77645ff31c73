//! What `cli_history = enabled` records.

use crate::context::Context;
use crate::error::Failure;

/// Starts the record of a run, where the configuration asks for one.
///
/// # Errors
/// When the configuration can't be read.
pub(crate) fn begin(_cx: &Context, _args: &[String]) -> Result<(), Failure> {
    Ok(())
}
