//! Configuration: profile files, and the one table of configuration variables with their sources.
//!
//! | module | what |
//! |---|---|
//! | [`ini`] | the grammar of one file |
//! | [`outline`] | a quick look at one file |
//! | [`document`] | one file of profiles, its sections parsed when they are asked for |
//! | [`profiles`] | the config file and the credentials file together: profiles, sso-sessions, services |
//! | [`variables`] | the table: where each variable is looked for, its default and type |
//! | [`settings`] | [`Config`]: lazy, typed access for one run |
//! | [`client`] | everything a service client reads, checked in the order in which the AWS CLI checks it |
//! | [`endpoint_url`] | endpoint URLs from the environment and the files |
//! | [`edit`] | changing a file's text |
//! | [`alias`] | the alias file |
//!
//! File contents come through [`oxaws_env::World`]; a file is read at most once, and only when something asks for it.

pub mod alias;
pub mod client;
pub mod document;
pub mod edit;
pub mod endpoint_url;
mod error;
pub mod ini;
pub mod outline;
pub mod profiles;
pub mod settings;
mod sixteen;
pub mod variables;

pub use error::ConfigError;
pub use profiles::{Files, Nested, Profile, Setting};
pub use settings::Config;
pub use variables::{Resolved, Source, Variable};
