//! `aws configservice`

mod get_status;
mod subscribe;

pub use get_status::GET_STATUS;
pub use subscribe::SUBSCRIBE;
