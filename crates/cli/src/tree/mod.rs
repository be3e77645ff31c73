//! The tree of commands: services with their operations and waiters, hand-written commands, and the user's aliases.

pub mod alias;
mod commands;

pub use commands::{Node, Tree, WAIT};
pub(crate) use commands::{find_operation, is_command, service_command_names};
