//! YAML: one reader and one writer, with options for what the AWS CLI's two libraries do differently.
//!
//! `read` makes a [`Node`] of a text; `write` makes text of a node or a [`Value`](oxaws_value::Value).

mod implicit;
pub mod moment;
mod node;
mod read;
mod write;

pub use node::Node;
pub use read::{Dialect, YamlError, read};
pub use write::{BinaryStyle, Emitter, Key, Open, Options, Place, Tree, View, Writer, to_text, write};

#[cfg(test)]
mod tests;
