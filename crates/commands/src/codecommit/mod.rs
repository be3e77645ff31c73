//! `aws codecommit`

mod credential_helper;

pub use credential_helper::CREDENTIAL_HELPER;
