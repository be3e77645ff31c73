//! `aws sso login` and `logout`, beside the operations of the service.

mod login;
mod logout;

pub use login::LOGIN;
pub use logout::LOGOUT;
