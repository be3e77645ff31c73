//! Words only, no model: Python's argparse, and the global options.

pub mod argparse;
pub mod globals;
pub(crate) mod usage;
