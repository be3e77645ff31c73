//! The providers, one file each.

pub(crate) mod assume_role;
pub(crate) mod boto;
pub(crate) mod config_file;
pub(crate) mod container;
pub(crate) mod ec2_file;
pub(crate) mod env;
pub(crate) mod imds;
pub(crate) mod login;
pub(crate) mod process;
pub(crate) mod shared_file;
pub(crate) mod sso;
pub(crate) mod web_identity;
