//! Authorization in a browser, for IAM Identity Center and for sign-in: what `aws sso`, `aws configure sso` and
//! `aws login` share.

mod announce;
mod browser;
pub mod code;
pub mod query;
mod registration;
pub mod sso_login;
pub mod sso_settings;
pub mod start_url;

pub use announce::{Announcement, Browser};
