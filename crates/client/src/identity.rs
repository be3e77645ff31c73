//! Credentials of a session. (The provider chain is being plugged in here by whoever writes the configure commands:
//! leave this file to them.)

use crate::error::CallError;
use crate::session::Session;

/// Credentials (until the provider chain is plugged in).
#[derive(Clone)]
pub struct Credentials {
    /// The key's id.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
    /// The session's token.
    pub session_token: Option<String>,
    /// The account.
    pub account_id: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials(…)")
    }
}

/// Whether credentials are about to expire.
pub fn needs_refresh(_credentials: &Credentials, _now: i64) -> bool {
    false
}

/// Loads the credentials of a session.
///
/// # Errors
/// When a provider that applies fails.
pub fn load(session: &Session) -> Result<Option<Credentials>, CallError> {
    let world = session.world();
    if !session.config_unchecked().is_profile_explicit()
        && let Some(access_key_id) = world.var("AWS_ACCESS_KEY_ID").filter(|k| !k.is_empty())
    {
        let secret_access_key = world.var("AWS_SECRET_ACCESS_KEY").ok_or_else(|| {
            CallError::Other("Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY".into())
        })?;
        let session_token = world.var("AWS_SECURITY_TOKEN").or_else(|| world.var("AWS_SESSION_TOKEN"));
        return Ok(Some(Credentials {
            access_key_id,
            secret_access_key,
            session_token: session_token.filter(|t| !t.is_empty()),
            account_id: world.var("AWS_ACCOUNT_ID"),
        }));
    }
    Ok(None)
}

/// The region that the instance metadata service gives.
///
/// # Errors
/// None yet.
pub fn region_from_metadata(_session: &Session) -> Result<Option<String>, CallError> {
    Ok(None)
}
