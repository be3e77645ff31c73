//! `aws datapipeline`

mod create_default_roles;
mod list_runs;

pub use create_default_roles::CREATE_DEFAULT_ROLES;
pub use list_runs::LIST_RUNS;
