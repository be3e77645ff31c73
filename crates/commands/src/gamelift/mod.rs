//! `aws gamelift`

mod get_game_session_log;
mod upload_build;

pub use get_game_session_log::GET_GAME_SESSION_LOG;
pub use upload_build::UPLOAD_BUILD;
