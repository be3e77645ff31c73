//! What a call is made with.

use oxaws_input::yaml::Marks;
use oxaws_value::Map;
use std::path::PathBuf;

/// What a call is made with.
#[derive(Debug, Clone, Default)]
pub struct CallInput {
    /// The parameters; blobs are decoded.
    pub params: Map,
    /// The file whose contents are the streaming payload.
    pub body_file: Option<PathBuf>,
    /// What the parameters' classes were (for messages).
    pub classes: Classes,
}

impl CallInput {
    /// Parameters without a file.
    pub fn new(params: Map) -> Self {
        CallInput { params, ..CallInput::default() }
    }
}

/// What Python's classes would have been where values don't tell.
#[derive(Debug, Clone, Default)]
pub struct Classes {
    /// The parameters whose maps came from an argument's JSON: messages show them as Python's `OrderedDict`.
    pub ordered: Vec<String>,
    /// What YAML has and JSON hasn't: moments, and keys that aren't text.
    pub marks: Marks,
}

impl Classes {
    /// What Python says when a parameter's name isn't text, before anything else is looked at.
    pub fn problem_of_names(&self) -> Option<&'static str> {
        self.marks.has_foreign_key().then_some("keywords must be strings")
    }
}
