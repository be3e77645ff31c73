//! The questions about an sso-session that `configure sso` and `configure sso-session` share.

use crate::authorization::sso_settings;
use crate::authorization::start_url;
use oxaws_cli::written::profile_file;
use oxaws_cli::written::prompt::{self, Check};
use oxaws_cli::{Context, Failure};
use oxaws_config::Profile;
use oxaws_config::edit::{Change, section_header};

const DEFAULT_SCOPE: &str = "sso:account:access";

/// Keys and values in the order in which they were first answered: as they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answers(Vec<(String, String)>);

impl Answers {
    /// What a section has so far; its blocks are left out.
    pub(super) fn of_section(section: &Profile) -> Answers {
        let keys = section.iter().filter_map(|(key, _)| Some((key.to_owned(), section.text(key)?.to_owned())));
        Answers(keys.collect())
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    pub(super) fn set(&mut self, key: &str, value: &str) {
        match self.0.iter_mut().find(|(k, _)| k == key) {
            Some(pair) => pair.1 = value.to_owned(),
            None => self.0.push((key.to_owned(), value.to_owned())),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes them to a section of the config file.
    pub(super) fn store(&self, cx: &Context, section: &str) -> Result<(), Failure> {
        let changes: Vec<(String, Change)> = self.0.iter().map(|(k, v)| (k.clone(), Change::Set(v.clone()))).collect();
        profile_file::update(cx, &cx.session.config_unchecked().config_file(), section, &changes, false)
    }

    /// Writes them to an sso-session's section.
    pub(super) fn store_session(&self, cx: &Context, session: &str) -> Result<(), Failure> {
        self.store(cx, &section_header("sso-session", session))
    }
}

/// Asks for the session's name. `None` where none is given, which only an optional one may be.
pub(super) fn ask_session(cx: &Context, current: Option<&str>, required: bool) -> Result<Option<String>, Failure> {
    const TEXT: &str = "SSO session name";
    let current = current.filter(|c| !c.is_empty());
    let bare = match required {
        true => format!("{TEXT}: "),
        false => format!("{TEXT} (Recommended): "),
    };
    let check = if required { Check::Given } else { Check::Nothing };
    prompt::value(cx, TEXT, current, current.is_none().then_some(bare.as_str()), check)
}

/// The session's answers so far.
pub(super) fn of_session(cx: &Context, session: &str) -> Result<Answers, Failure> {
    let section = cx.session.config_unchecked().sso_session(session)?;
    Ok(section.as_ref().map(Answers::of_section).unwrap_or_default())
}

/// Asks for the start URL, and for the region unless the URL leads to it: the start URL, followed where it isn't AWS's.
pub(super) fn ask_url_and_region(cx: &Context, answers: &mut Answers) -> Result<start_url::Resolved, Failure> {
    let url = ask(cx, answers, "sso_start_url", "SSO start URL", Check::StartUrl)?.unwrap_or_default();
    if start_url::is_foreign(&url) {
        match start_url::resolve(cx, &url, None, None) {
            Ok(resolved) => {
                answers.set("sso_region", &resolved.region);
                return Ok(resolved);
            }
            Err(Failure::Interrupted) => return Err(Failure::Interrupted),
            Err(failure) => cx.ui.debug(|| format!("Failed to resolve start URL '{url}': {}", failure.message())),
        }
    }
    let region = ask(cx, answers, "sso_region", "SSO region", Check::Given)?.unwrap_or_default();
    Ok(start_url::Resolved { url, region })
}

/// Asks for the scopes.
pub(super) fn ask_scopes(cx: &Context, answers: &mut Answers) -> Result<Vec<String>, Failure> {
    const KEY: &str = "sso_registration_scopes";
    if answers.get(KEY).is_none() {
        answers.set(KEY, DEFAULT_SCOPE);
    }
    let raw = ask(cx, answers, KEY, "SSO registration scopes", Check::Scopes)?.unwrap_or_default();
    Ok(sso_settings::scopes(&raw))
}

fn ask(cx: &Context, answers: &mut Answers, key: &str, text: &str, check: Check) -> Result<Option<String>, Failure> {
    let answer = prompt::value(cx, text, answers.get(key), None, check)?;
    if let Some(answer) = answer.as_deref().filter(|a| !a.is_empty()) {
        answers.set(key, answer);
    }
    Ok(answer)
}
