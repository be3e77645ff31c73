//! What is written down about a run: the log of `--debug` and the history, without secrets.

pub mod history;
pub(crate) mod log;
pub mod secrets;
