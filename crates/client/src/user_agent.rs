//! Who asks.

use crate::session::Session;

/// The version of the AWS CLI whose behaviour this program has.
pub const CLI_VERSION: &str = "2.36.7";

/// The `User-Agent` header: begins as the AWS CLI's does, so that servers which look for it go on working.
pub fn text(session: &Session) -> String {
    let app = session.config_unchecked().text("sdk_ua_app_id").ok().flatten();
    let app = app.map(|id| format!(" app/{id}")).unwrap_or_default();
    format!(
        "aws-cli/{CLI_VERSION} oxaws/{} os/{} md/arch#{}{app}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}
