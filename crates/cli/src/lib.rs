//! The command line: from arguments to an exit code.

pub mod argv;
mod auto_prompt;
mod driver;
pub mod exit;
pub mod failure;
pub mod help;
mod interrupt;
pub mod operation;
pub mod plug;
mod startup;
pub mod term;
pub mod tree;
mod version;
pub mod watch;

pub use driver::run;
pub use exit::Exit;
pub use failure::Failure;
pub use plug::context::Context;
