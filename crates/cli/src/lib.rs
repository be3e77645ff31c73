//! The command line: from arguments to an exit code.

pub mod argv;
mod driver;
pub mod exit;
pub mod failure;
pub mod help;
pub mod operation;
pub mod plug;
pub mod policy;
pub mod term;
pub mod tree;
mod version;
pub mod watch;
pub mod written;

pub use driver::run;
pub use exit::Exit;
pub use failure::Failure;
pub use plug::context::Context;
