//! `aws cloudtrail`

mod digest;
mod keys;
mod moment;
mod traversal;
mod validate_logs;
mod verify_query_results;

pub use validate_logs::VALIDATE_LOGS;
pub use verify_query_results::VERIFY_QUERY_RESULTS;
