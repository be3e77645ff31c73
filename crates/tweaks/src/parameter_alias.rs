//! Members that are documented under another name than the model's, which `--cli-input-json` may use.

use oxaws_cli::error::Failure;
use oxaws_cli::operation::OperationCall;

/// Takes the parameter `alias` as `name`, where the operation has a member `name`.
///
/// # Errors
/// When both are given (255).
pub(crate) fn apply(call: &mut OperationCall, name: &'static str, alias: &str) -> Result<(), Failure> {
    if !call.params.contains_key(alias) || call.operation.input().and_then(|i| i.member(name)).is_none() {
        return Ok(());
    }
    if call.params.contains_key(name) {
        return Err(Failure::General(format!(
            "Parameter '{name}' and its alias '{alias}' were provided for operation {}.  Only one of them may be used.",
            call.operation.name()
        )));
    }
    if let Some(value) = call.params.remove(alias) {
        call.params.insert(name, value);
    }
    Ok(())
}
