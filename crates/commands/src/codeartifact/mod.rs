//! `aws codeartifact`

mod expiry;
mod login;
mod npm;
mod nuget;
mod pypirc;
mod swift;

pub use login::LOGIN;
