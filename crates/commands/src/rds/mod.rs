//! `aws rds`

mod generate_db_auth_token;

pub use generate_db_auth_token::GENERATE_DB_AUTH_TOKEN;
