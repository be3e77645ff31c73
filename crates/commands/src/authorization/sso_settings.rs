//! What a login at IAM Identity Center needs to know, from an sso-session or from a profile of the older kind.

use oxaws_cli::{Context, Failure};
use oxaws_config::Profile;

/// The settings of a login.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SsoSettings {
    /// The sso-session's name; `None` for a profile of the older kind.
    pub session: Option<String>,
    /// `sso_start_url`
    pub start_url: String,
    /// `sso_region`
    pub region: String,
    /// `sso_registration_scopes`
    pub scopes: Option<Vec<String>>,
}

/// The settings of a session, of the profile's session, or of the profile itself.
///
/// # Errors
/// When something is missing.
pub fn of_profile(cx: &Context, session: Option<&str>) -> Result<SsoSettings, Failure> {
    let profile = cx.session.config()?.profile()?;
    match session.or_else(|| profile.text("sso_session")).filter(|s| !s.is_empty()) {
        Some(name) => of_session(cx, name),
        None => {
            let (start_url, region) = required(
                profile,
                "To make sure this profile is properly configured to use SSO, please run: aws configure sso",
            )?;
            Ok(SsoSettings { start_url, region, ..SsoSettings::default() })
        }
    }
}

/// The settings of a session.
///
/// # Errors
/// When there is none, or something is missing.
pub fn of_session(cx: &Context, name: &str) -> Result<SsoSettings, Failure> {
    let missing = || Failure::no_profile(format!("The specified sso-session does not exist: \"{name}\""));
    let session = cx.session.config_unchecked().sso_session(name)?.ok_or_else(missing)?;
    let (start_url, region) = required(&session, "")?;
    let scopes = session.text("sso_registration_scopes").map(scopes);
    Ok(SsoSettings { session: Some(name.to_owned()), start_url, region, scopes })
}

fn required(section: &Profile, advice: &str) -> Result<(String, String), Failure> {
    let [url, region] = ["sso_start_url", "sso_region"].map(|key| (key, section.text(key)));
    match (url.1, region.1) {
        (Some(url), Some(region)) => Ok((url.to_owned(), region.to_owned())),
        _ => {
            let missing: Vec<&str> = [url, region].iter().filter(|(_, v)| v.is_none()).map(|(k, _)| *k).collect();
            Err(Failure::configuration(format!(
                "Missing the following required SSO configuration values: {}. {advice}",
                missing.join(", ")
            )))
        }
    }
}

/// The scopes of a list parted by commas.
pub fn scopes(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_scopes() {
        assert_eq!(scopes(" a , b,,"), ["a", "b"]);
        assert!(scopes("").is_empty());
    }
}
