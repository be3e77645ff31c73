//! When a call is tried again, and what that costs. The S3 engine's calls are tried again by the same rules.

pub mod attempts;
pub mod quota;
pub mod rate;
