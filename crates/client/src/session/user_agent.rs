//! Who asks.

use crate::session::Session;
use oxaws_env::AWS_CLI_VERSION;

/// The `User-Agent` header: begins as the AWS CLI's does, so that servers which look for it go on working. `command`
/// names the command that a request belongs to, such as `s3.cp`.
pub fn text(session: &Session, command: Option<&str>) -> String {
    let command = command.map(|name| format!(" md/command#{name}")).unwrap_or_default();
    let app = session.config_unchecked().text("sdk_ua_app_id").ok().flatten();
    let app = app.filter(|id| !id.is_empty()).map(|id| format!(" app/{}", plain(&id))).unwrap_or_default();
    format!(
        "aws-cli/{AWS_CLI_VERSION} oxaws/{} os/{} md/arch#{}{command}{app}",
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
