//! The command line: from arguments to an exit code.

pub mod alias;
pub mod argparse;
pub mod argtable;
mod auto_prompt;
pub mod bind;
mod blobs;
pub mod common_args;
pub mod context;
pub mod display;
mod driver;
mod encoding;
pub mod exit;
pub mod failure;
pub mod globals;
pub mod help;
pub mod history;
mod interrupt;
mod log;
pub mod operation;
mod pager;
pub mod registry;
mod report;
pub mod secrets;
pub mod services;
mod skeleton;
mod startup;
pub mod ui;
pub mod unbuilt;
mod version;
mod visible;
mod wait;

pub use context::Context;
pub use driver::run;
pub use exit::Exit;
pub use failure::Failure;
