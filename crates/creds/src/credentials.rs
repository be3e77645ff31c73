//! A set of credentials.

use crate::Moment;
use std::fmt;

/// Credentials, good until `expiration`. Never shown: `Debug` hides the secrets, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key.
    pub access_key_id: String,
    /// The secret key.
    pub secret_access_key: String,
    /// The session token, where the credentials are temporary.
    pub session_token: Option<String>,
    /// The account they belong to, where it is known.
    pub account_id: Option<String>,
    /// When they end; `None` for never, or not known.
    pub expiration: Option<Moment>,
    /// Which provider gave them, by the name that `aws configure list` shows.
    pub method: &'static str,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("secret_access_key", &"…")
            .field("session_token", &self.session_token.as_ref().map(|_| "…"))
            .field("account_id", &self.account_id)
            .field("expiration", &self.expiration)
            .field("method", &self.method)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let credentials = Credentials {
            access_key_id: "AK".into(),
            secret_access_key: "hush".into(),
            session_token: Some("hush".into()),
            account_id: None,
            expiration: None,
            method: "env",
        };
        let shown = format!("{credentials:?}");
        assert!(shown.contains("AK") && !shown.contains("hush"), "{shown}");
    }
}
