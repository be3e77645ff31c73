//! `aws dsql`

mod generate_db_connect_auth_token;

pub use generate_db_connect_auth_token::{GENERATE_DB_CONNECT_ADMIN_AUTH_TOKEN, GENERATE_DB_CONNECT_AUTH_TOKEN};
