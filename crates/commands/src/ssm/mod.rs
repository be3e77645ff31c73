//! Commands of Systems Manager: sessions, which its plug-in holds.

mod start_session;

pub use start_session::TWEAKS;
