//! Calls an operation: from parameters to a parsed reply, with paging and waiting.
//!
//! One type per stage and one function per stage: [`CallInput`] → protocol request → signed request → response →
//! [`Reply`]. What is peculiar to a service stands in `handlers`, one file per topic.

pub mod auth;
mod call;
mod checksum;
mod class;
mod client;
mod compression;
mod direct;
mod endpoint;
mod error;
mod events;
mod fetch;
mod git;
mod handlers;
mod identity;
mod lists;
mod monitor;
mod observe;
mod paginate;
mod presign;
mod rate;
pub mod redact;
mod retry;
mod send;
mod session;
mod transact;
pub mod user_agent;
pub mod validate;
mod wait;

pub use auth::Signing;
pub use call::{CallInput, Reply};
pub use client::{Auth, ServiceClient};
pub use direct::Route;
pub use error::{CallError, ServiceFailure, WaiterEnd, WaiterFailure};
pub use events::Events;
pub use fetch::Fetched;
pub use git::git_password;
pub use identity::{Credentials, Probe};
pub use lists::PageLists;
pub use observe::{Observer, STREAM, Shown, Step, Trail};
pub use oxaws_http::Cancel;
pub use oxaws_protocol::{Event, ServiceError};
pub use paginate::{Pages, Paging};
pub use presign::Presigning;
pub use retry::{Attempts, Outcome, is_throttling};
pub use send::{Source, StreamBody};
pub use session::{ClientOptions, Session, SessionOptions, Signer};
pub use wait::wait;

pub use oxaws_http::{Callback, HttpError};
