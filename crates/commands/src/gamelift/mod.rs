//! `aws gamelift`

mod upload_build;

pub use upload_build::UPLOAD_BUILD;
