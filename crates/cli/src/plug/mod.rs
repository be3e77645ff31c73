//! What the layers above see: the context of a command, and the types by which commands and customisations are described.

pub mod argtable;
pub mod call;
pub mod common_args;
pub mod context;
pub mod registry;
pub mod services;
pub mod unbuilt;
