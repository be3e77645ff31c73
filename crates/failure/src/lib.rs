//! What kinds of failure there are, for every layer: a failure gets its class where it is made, and keeps its cause.

mod cause;
mod class;

pub use cause::Cause;
pub use class::{CLASSES, Class, Row};
