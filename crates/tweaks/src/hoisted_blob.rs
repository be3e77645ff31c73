//! A blob deep in a structure gets an option of its own, which can take `fileb://`: shorthand and JSON can't.

use crate::arguments::merge;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_model::ShapeKind;
use oxaws_value::{Map, Value};

/// Adds the option `name` for the blob `member` of the structure that the argument `source` stands for, which needn't be
/// given any more. Nothing happens where there is no such argument.
pub(crate) fn hoist(
    table: &mut ArgTable,
    source: &str,
    member: &str,
    name: &str,
    help: &'static str,
    put: fn(&mut Map, Value) -> Result<(), Failure>,
) {
    let Some(arg) = table.get_mut(source) else { return };
    let blob = arg.member.and_then(|m| m.shape().member(member)).is_some_and(|m| m.shape().kind() == ShapeKind::Blob);
    if blob {
        arg.required = false;
        table.insert(Arg::text(name, help).to(put));
    }
}

/// Sets a blob in a structure of the parameters.
pub(crate) fn put(params: &mut Map, structure: &'static str, member: &'static str, value: Value) {
    merge(params, structure, Value::Map([(member, value)].into_iter().collect()));
}

/// What was given for a structure joins what the option for its blob made of it.
///
/// # Errors
/// When the structure holds the blob itself: `refusal`.
pub(crate) fn put_rest(
    params: &mut Map,
    structure: &'static str,
    member: &str,
    value: Value,
    refusal: &str,
) -> Result<(), Failure> {
    if value.get(member).is_some() {
        return Err(Failure::validation(refusal));
    }
    merge(params, structure, value);
    Ok(())
}
