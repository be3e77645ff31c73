//! Credentials: where they come from, in the AWS CLI's order, and how they are kept fresh.
//!
//! [`chain::load`] looks for credentials and finds faults of configuration; it runs programs and asks the metadata
//! services, but calls no AWS service. What it gives is [`Loaded`]: [`Loaded::credentials`] then calls STS or IAM
//! Identity Center where that is needed, when a request is about to be signed, and again when the time is nearly over.
//! The two steps are apart because in the AWS CLI everything that is wrong with a command's input is reported between
//! them.
//!
//! One file per provider, in `provider/`. What lies outside is passed in by [`Context`]: a provider never imports the
//! client that it is used by.

mod cache;
pub mod chain;
mod context;
mod credentials;
pub mod dpop;
mod error;
mod loaded;
mod local;
mod moment;
pub mod pkce;
mod provider;
pub mod token;

pub use cache::parse_kept;
pub use context::{
    CallFailure, CallOptions, Context, FetchError, FetchReply, FetchRequest, HttpFetcher, Machine, RunOutput,
    ServiceCaller,
};
pub use credentials::Credentials;
pub use error::CredsError;
pub use loaded::{Loaded, Provider, Refresh};
pub use local::Local;
pub use moment::Moment;
pub use provider::imds::{MetadataService, is_url as is_endpoint_url, region as metadata_region};
pub use provider::login::{cache_folder as login_cache_folder, session_file as login_session_file};
pub use provider::sso::{
    cached_token as cached_sso_token, registration_file as sso_registration_file, token_file as sso_token_file,
};

#[cfg(test)]
mod stage;
