//! What several families of commands need and the command line does not.

pub mod archive;
pub mod default_roles;
pub mod login_token;
pub mod progress;
pub mod temporary;
pub mod uploader;
