//! Who asks.

use crate::session::Session;

/// The version of the AWS CLI whose behaviour this program has.
pub const CLI_VERSION: &str = "2.36.7";

/// The `User-Agent` header: begins as the AWS CLI's does, so that servers which look for it go on working.
pub fn text(session: &Session) -> String {
    let app = session.config_unchecked().text("sdk_ua_app_id").ok().flatten();
    let app = app.filter(|id| !id.is_empty()).map(|id| format!(" app/{}", plain(&id))).unwrap_or_default();
    format!(
        "aws-cli/{CLI_VERSION} oxaws/{} os/{} md/arch#{}{app}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

/// Text that can stand in a component: what else it has becomes `-` (botocore's rule).
fn plain(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!$%&'*+-.^_`|~,".contains(c);
    text.chars().map(|c| if allowed(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_cant_break_the_header() {
        assert_eq!(plain("my app/1\r\nX: é"), "my-app-1--X---");
        assert_eq!(plain("a_b,c|d"), "a_b,c|d");
    }
}
