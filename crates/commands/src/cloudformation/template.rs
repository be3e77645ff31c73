//! Templates: JSON, or YAML with the short forms of functions.

use oxaws_cli::Failure;
use oxaws_yaml::{Dialect, Node, Options};
use std::path::Path;

/// What Python calls a template's maps.
pub const MAP: &str = "collections.OrderedDict";

/// Reads the text of a file; line ends become line feeds.
///
/// # Errors
/// When it can't be read or isn't text.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|e| Failure::unreadable(e, &shown))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let byte = e.as_bytes().get(at).copied().unwrap_or_default();
        Failure::input_file(format!(
            "'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: invalid start byte"
        ))
    })?;
    Ok(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text })
}

/// Reads a template.
///
/// # Errors
/// When it is neither JSON nor YAML.
pub fn parse(text: &str) -> Result<Node, Failure> {
    if let Ok(value) = oxaws_value::parse_json(text) {
        return Ok(Node::of_value(&value));
    }
    let dialect = Dialect { intrinsics: true, yes_no: true, repeated_keys: true, ..Dialect::default() };
    oxaws_yaml::read(text, dialect).map_err(|e| Failure::input_file(e.to_string()))
}

/// A template as YAML.
pub fn to_yaml(template: &Node) -> String {
    oxaws_yaml::to_text(template, Options { quote_yes_no: true, ..Options::FILE })
}

/// Python's complaint about a template that is no map.
pub fn no_map(node: &Node, attribute: &str) -> Failure {
    Failure::input_file(format!("'{}' object has no attribute '{attribute}'", node.python_type(MAP)))
}
