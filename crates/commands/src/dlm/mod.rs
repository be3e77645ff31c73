//! `aws dlm`

mod create_default_role;

pub use create_default_role::CREATE_DEFAULT_ROLE;
