//! The S3 transfer engine: uploads, downloads, copies and deletes of any number of files and objects.
//!
//! A [`Transfer`] lists its source, compares it with its destination where it is a sync, and hands jobs to threads: one
//! stream from the first page of a listing to the last file, with every limit in [`limits`]. What happens is told to a
//! [`Report`]. Requests are built directly; where they go, who signs them and whether they are tried again follows the
//! client's settings. Those who watch the session's calls (the history, `--debug`) are told of each, as of any other.

mod answer;
mod body;
mod checksum;
mod client;
mod compare;
mod config;
mod copy;
mod delete;
mod download;
mod engine;
mod error;
mod fetch;
mod head;
pub mod limits;
mod listing;
mod local;
mod operation;
pub mod options;
mod parts;
mod plan;
mod planner;
mod report;
mod run;
mod same;
mod stop;
mod stream;
mod throttle;
mod told;
mod upload;
mod upload_file;
mod validate;
mod written;
mod xml;

pub use answer::{BadAnswer, check_shown_listing, check_without_result};
pub use checksum::Whole;
pub use client::S3;
pub use compare::{Both, Difference, Direction};
pub use config::{TransferConfig, TransferConfigError};
pub use download::create_folders;
pub use error::TransferError;
pub use options::{CopyProps, CustomerKey, ObjectOptions};
pub use oxaws_sign::Algorithm;
pub use plan::{Action, Claim, Entry, Head, Job, Listed, Place};
pub use report::{Report, Subject, shown};
pub use run::{CaseConflict, Filter, Root, Sync, Transfer};
pub use stop::Stop;
pub use throttle::Throttle;
pub use upload_file::{AbortedBy, FileUpload, FileUploadError, upload_file};
