//! What others may know of calls.

pub mod observer;
pub mod redact;
pub mod trail;
