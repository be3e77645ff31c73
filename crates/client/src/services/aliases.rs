//! Parameters with a second name, which input from a file may use.

use crate::error::CallError;
use crate::state::CallState;

/// Service, operation (empty for any), name and second name (botocore's `_add_parameter_aliases`).
const ALIASES: [(&str, &str, &str, &str); 3] = [
    ("ec2", "", "Filter", "Filters"),
    ("logs", "CreateExportTask", "from", "fromTime"),
    ("cloudsearchdomain", "Search", "return", "returnFields"),
];

/// Puts what stands under the second name under the first.
///
/// # Errors
/// When both are given.
pub(super) fn rename(state: &mut CallState) -> Result<(), CallError> {
    let (service, operation) = state.names();
    for (of, only, name, alias) in ALIASES {
        if of != service || !(only.is_empty() || only == operation) {
            continue;
        }
        if state.operation.input().and_then(|i| i.member(name)).is_none() || !state.params.contains_key(alias) {
            continue;
        }
        if state.params.contains_key(name) {
            return Err(CallError::invalid(format!(
                "Parameter '{name}' and its alias '{alias}' were provided for operation {operation}.  Only one of them \
                 may be used."
            )));
        }
        if let Some(value) = state.params.remove(alias) {
            state.params.insert(name, value);
        }
    }
    Ok(())
}
