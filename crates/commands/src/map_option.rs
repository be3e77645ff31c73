//! Options of hand-written commands that take a map of texts, as shorthand or JSON.

use oxaws_cli::argv::argparse::Parsed;
use oxaws_cli::operation::bind::param_error;
use oxaws_cli::{Context, Failure};
use oxaws_value::{Map, Value};

/// The map given for `name` (without dashes).
///
/// # Errors
/// When it is neither shorthand nor JSON, or a value is no text.
pub fn texts(cx: &Context, args: &Parsed, name: &str) -> Result<Option<Map>, Failure> {
    let option = format!("--{name}");
    let Some(word) = args.word(&name.replace('-', "_")) else { return Ok(None) };
    let value = if oxaws_input::json_arg::looks_like_json(word) {
        oxaws_input::json_arg::parse(word).map_err(|e| param_error(&option, e))?
    } else {
        let mut resolve = |text: &str| match oxaws_input::paramfile::load(cx.world, text) {
            Some(loaded) => loaded.map_err(|e| e.to_string()),
            None => Ok(Value::from(text)),
        };
        oxaws_input::shorthand::parse(word, &mut resolve).map_err(|e| match e {
            oxaws_input::shorthand::ShorthandError::File(message) => Failure::input_file(message),
            syntax => param_error(&option, syntax),
        })?
    };
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
