//! The terminal: what is written to it, how, and what is asked on it.

mod encoding;
mod pager;
mod report;
pub mod ui;
mod visible;
