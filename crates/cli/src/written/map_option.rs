//! Options of hand-written commands that take a map of texts, as shorthand or JSON.

use crate::argv::argparse::Parsed;
use crate::operation::bind::json_or_shorthand;
use crate::{failure::Failure, plug::context::Context};
use oxaws_value::{Map, Value};

/// The map given for `name` (without dashes).
///
/// # Errors
/// When it is neither shorthand nor JSON, or a value is no text.
pub fn texts(cx: &Context, args: &Parsed, name: &str) -> Result<Option<Map>, Failure> {
    let Some(word) = args.word(&name.replace('-', "_")) else { return Ok(None) };
    let value = json_or_shorthand(cx.world, word, &format!("--{name}"))?;
    let kind = |v: &Value| oxaws_value::repr::class(v, Default::default());
    let shown = |v: &Value| oxaws_value::repr::str(v, Default::default());
    let Value::Map(map) = value else {
        return Err(invalid(format!(
            "Invalid type for parameter input, value: {}, type: {}, valid types: <class 'dict'>",
            shown(&value),
            kind(&value)
        )));
    };
    if let Some((key, bad)) = map.iter().find(|(_, v)| v.as_str().is_none()) {
        return Err(invalid(format!(
            "Invalid type for parameter {key}, value: {}, type: {}, valid types: <class 'str'>",
            shown(bad),
            kind(bad)
        )));
    }
    Ok(Some(map))
}

fn invalid(report: String) -> Failure {
    Failure::validation(format!("Parameter validation failed:\n{report}"))
}
