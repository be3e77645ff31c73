//! What others may know of calls.

pub mod observe;
pub mod redact;
