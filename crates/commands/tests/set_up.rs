//! Credentials, configuration and logins, through the executable: see `set_up/`.

#[path = "set_up/aws_files.rs"]
mod aws_files;
#[path = "set_up/browser.rs"]
mod browser;
#[path = "set_up/configure.rs"]
mod configure;
#[path = "set_up/login.rs"]
mod login;
#[path = "set_up/models.rs"]
mod models;
#[path = "set_up/parallel.rs"]
mod parallel;
#[path = "set_up/prompts.rs"]
mod prompts;
#[path = "set_up/sso.rs"]
mod sso;
#[path = "set_up/told.rs"]
mod told;
