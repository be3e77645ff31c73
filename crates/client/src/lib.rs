//! Calls an operation: from parameters to a parsed reply, with paging and waiting.
//!
//! One type per stage and one function per stage: [`CallInput`] → protocol request → signed request → response →
//! [`Reply`]. What is peculiar to a service is in `services`, one file per topic.
//!
//! The floors, from the lowest: `types`, `watch`, `retry`, `session`, `services`, `call`, `pages`, and what stands on
//! all of them (`wait`, `presign`, `events`, `engine_api`).

mod call;
mod class;
mod engine_api;
mod error;
mod events;
mod fetch;
mod git;
mod pages;
mod presign;
mod retry;
mod services;
mod session;
mod state;
mod types;
mod wait;
mod watch;

pub use call::validate;
pub use class::class_of_code;
pub use engine_api::{BucketCall, Expecting, Parcel};
pub use error::{CallError, ServiceFailure, WaiterEnd, WaiterFailure};
pub use events::Events;
pub use fetch::Fetched;
pub use git::git_password;
pub use oxaws_http::Cancel;
pub use oxaws_protocol::is_well_formed_xml;
pub use oxaws_protocol::{Event, ServiceError};
pub use pages::lists::PageLists;
pub use pages::{Pages, Paging};
pub use presign::Presigning;
pub use services::s3_input::check_bucket_name;
pub use session::client::ServiceClient;
pub use session::identity::{Credentials, Probe};
pub use session::user_agent;
pub use session::{ClientOptions, Session, SessionOptions, Signer};
pub use types::input::{CallInput, Classes};
pub use types::outgoing::{Source, Streamed};
pub use types::reply::{Answer, Reply};
pub use types::stream::StreamBody;
pub use wait::wait;
pub use watch::observer::{Observer, STREAM, Step};
pub use watch::redact;

pub use oxaws_http::{Callback, HttpError};
