//! `aws ecr-public`

mod get_login_password;

pub use get_login_password::GET_LOGIN_PASSWORD;
