//! `aws cloudformation`: the commands that deploy and package templates.

mod artifacts;
mod changeset;
mod deploy;
mod overrides;
mod package;
mod resources;
mod template;

pub use deploy::DEPLOY;
pub use package::PACKAGE;
