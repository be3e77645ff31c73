//! `aws sso login`: a token of IAM Identity Center.

use crate::authorization::code::{REDIRECT_PORT, redirect_port};
use crate::authorization::sso_login::SsoLogin;
use crate::authorization::sso_settings::{self, SsoSettings};
use crate::authorization::{Browser, start_url};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::profile_file;
use oxaws_cli::{Context, Exit, Failure};
use std::time::Duration;

/// `aws sso login`
pub static LOGIN: Command = Command {
    name: "login",
    options: &[
        Opt::flag("no-browser", "Prints the address in place of opening a browser."),
        Opt::flag("use-device-code", "Uses a code that is typed into a browser on any device."),
        REDIRECT_PORT,
        Opt::value("sso-session", "The session to log into, in place of the profile's."),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Logs into IAM Identity Center and keeps the token, with which roles' credentials are fetched.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let redirect_port = redirect_port(&call.args)?;
    let configured = sso_settings::of_profile(cx, call.args.word("sso_session"))?;
    let limit = cx.globals.connect_timeout.and_then(|s| u64::try_from(s).ok()).map(Duration::from_secs);
    let resolved = start_url::resolve(cx, &configured.start_url, Some(&configured.region), limit)?;
    let settings = SsoSettings { region: resolved.region.clone(), ..configured.clone() };
    let flag = |dest| call.args.flag(dest) == Some(true);
    let login = SsoLogin {
        settings: &settings,
        resolved_url: &resolved.url,
        browser: if flag("no_browser") { Browser::LeaveClosed } else { Browser::Open },
        device_code: flag("use_device_code"),
        redirect_port,
        force: true,
    };
    login.run(cx, cx.session)?;
    if configured.region != resolved.region {
        store_region(cx, &settings)?;
        cx.ui.line(&format!("SSO region updated to {}", resolved.region))?;
    }
    cx.ui.line(&format!("Successfully logged into Start URL: {}", configured.start_url))?;
    Ok(Exit::Success)
}

/// The region that the start URL led to replaces the configured one.
fn store_region(cx: &Context, settings: &SsoSettings) -> Result<(), Failure> {
    let config = cx.session.config_unchecked();
    let section = match &settings.session {
        Some(session) => format!("sso-session {session}"),
        None => format!("profile {}", config.profile_or_default()),
    };
    let change = ("sso_region".to_owned(), settings.region.as_str().into());
    profile_file::update(cx, &config.config_file(), &section, &[change], false)
}
