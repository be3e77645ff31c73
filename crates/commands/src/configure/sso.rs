//! `aws configure sso`: logs into IAM Identity Center and makes a profile for one of its roles.

use super::accounts;
use super::sso_settings::{self as questions, Answers};
use crate::authorization::Browser;
use crate::authorization::code::{REDIRECT_PORT, redirect_port};
use crate::authorization::sso_login::SsoLogin;
use crate::authorization::sso_settings::{self, SsoSettings};
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::prompt::{self, Check};
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{ClientOptions, Signer};
use oxaws_config::edit::profile_section;
use oxaws_config::{Config, Profile};

pub(super) static SSO: Command = Command {
    name: "sso",
    options: &[
        Opt::flag("no-browser", "Prints the address in place of opening a browser."),
        Opt::flag("use-device-code", "Uses a code that is typed into a browser on any device."),
        REDIRECT_PORT,
    ],
    subcommands: &[],
    run: Some(run),
    help: "Logs into IAM Identity Center, asks which account and role to use, and stores a profile.",
};

const LEGACY_WARNING: &str = "\x1b[1mWARNING: Configuring using legacy format (e.g. without an SSO session).\nConsider \
    re-running \"configure sso\" command and providing a session name.\n\x1b[0m";

/// What there is to log in with, and to write in the end.
struct Registration {
    settings: SsoSettings,
    resolved_url: String,
    /// The sso-session's settings; `None` for a profile of the older kind.
    session: Option<Answers>,
    force: bool,
}

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let redirect_port = redirect_port(&call.args)?;
    let profile = super::perhaps_missing(cx)?;
    let named = cx.session.config_unchecked().profile_name();
    // The profile is only being made: nothing that is called takes its settings.
    let session = cx.session.reconfigured(Config::without_profile);
    let mut answers = Answers::default();
    let registration = register(cx, &profile, &mut answers)?;
    let flag = |dest| call.args.flag(dest) == Some(true);
    let login = SsoLogin {
        settings: &registration.settings,
        resolved_url: &registration.resolved_url,
        browser: if flag("no_browser") { Browser::LeaveClosed } else { Browser::Open },
        device_code: flag("use_device_code"),
        redirect_port,
        force: registration.force,
    };
    let token = login.run(cx, &session)?;
    let options = ClientOptions {
        region: Some(registration.settings.region.clone()),
        signer: Signer::Nobody,
        configured_endpoint: true,
        ..ClientOptions::default()
    };
    let chosen = accounts::choose(cx, &session, &options, reply::text(&token, "accessToken")?, &mut answers)?;
    for (key, text) in
        [("region", "Default client Region"), ("output", "CLI default output format (json if not specified)")]
    {
        let answer = prompt::value(cx, text, profile.text(key), None, Check::Nothing)?;
        if let Some(answer) = answer.as_deref().filter(|a| !a.is_empty()) {
            answers.set(key, answer);
        }
    }
    let proposed = chosen.account.as_ref().zip(chosen.role.as_ref()).map(|(account, role)| format!("{role}-{account}"));
    let name = match named.filter(|n| !n.is_empty()) {
        Some(name) => name,
        None => prompt::value(cx, "Profile name", proposed.as_deref(), None, Check::Given)?.unwrap_or_default(),
    };
    if !answers.is_empty() {
        answers.store(cx, &profile_section(&name))?;
    }
    if let (Some(session), Some(settings)) = (&registration.settings.session, &registration.session) {
        settings.store_session(cx, session)?;
    }
    conclude(cx, &name, proposed.is_some())
}

fn register(cx: &Context, profile: &Profile, answers: &mut Answers) -> Result<Registration, Failure> {
    let Some(session) = questions::ask_session(cx, profile.text("sso_session"), false)? else {
        cx.ui.painted(LEGACY_WARNING)?;
        take_defaults(profile, answers);
        let resolved = questions::ask_url_and_region(cx, answers)?;
        return Ok(Registration {
            settings: SsoSettings {
                start_url: answers.get("sso_start_url").unwrap_or_default().to_owned(),
                region: resolved.region,
                ..SsoSettings::default()
            },
            resolved_url: resolved.url,
            session: None,
            force: false,
        });
    };
    answers.set("sso_session", &session);
    let mut settings = questions::of_session(cx, &session)?;
    if cx.session.config_unchecked().sso_session(&session)?.is_some() {
        let known = sso_settings::of_session(cx, &session)?;
        let resolved_url = known.start_url.clone();
        return Ok(Registration { settings: known, resolved_url, session: Some(settings), force: false });
    }
    take_defaults(profile, &mut settings);
    let resolved = questions::ask_url_and_region(cx, &mut settings)?;
    let scopes = questions::ask_scopes(cx, &mut settings)?;
    Ok(Registration {
        settings: SsoSettings {
            session: Some(session),
            start_url: settings.get("sso_start_url").unwrap_or_default().to_owned(),
            region: resolved.region,
            scopes: Some(scopes),
        },
        resolved_url: resolved.url,
        session: Some(settings),
        force: true,
    })
}

/// What the profile has already is proposed.
fn take_defaults(profile: &Profile, answers: &mut Answers) {
    for key in ["sso_start_url", "sso_region"] {
        if let Some(value) = profile.text(key) {
            answers.set(key, value);
        }
    }
}

fn conclude(cx: &Context, name: &str, has_role: bool) -> Result<Exit, Failure> {
    let text = if !has_role {
        format!("Successfully configured SSO for profile: {name}\n")
    } else if name.to_lowercase() == "default" {
        "The AWS CLI is now configured to use the default profile.\nRun the following command to verify your \
         configuration:\n\naws sts get-caller-identity\n"
            .to_owned()
    } else {
        format!(
            "To use this profile, specify the profile name using --profile, as shown:\n\naws sts get-caller-identity \
             --profile {name}\n"
        )
    };
    cx.ui.text(&text)?;
    Ok(Exit::Success)
}
