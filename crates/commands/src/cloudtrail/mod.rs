//! `aws cloudtrail`

mod digest;
mod keys;
mod moment;
mod traversal;
mod validate_logs;

pub use validate_logs::VALIDATE_LOGS;
