//! Compiles botocore's JSON models into packs.
//!
//! A library, because the build script of the `pack` crate and, at run time, models that a user added both need it.

mod builder;
mod docs;
mod error;
pub mod partitions;
mod renames;
pub mod rules;
mod service;
mod source;
mod user;

pub use builder::PackBuilder;
pub use error::ModelError;
pub use renames::{command_names, is_excluded};
pub use service::ServiceFiles;
pub use source::ModelDir;
pub use user::{Part, UserModel, UserModelError};
