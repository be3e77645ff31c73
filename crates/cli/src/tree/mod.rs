//! The tree of commands: services, hand-written commands and the user's aliases.

pub mod alias;
