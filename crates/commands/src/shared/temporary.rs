//! Credentials that a service handed out for the calls that follow.

use oxaws_cli::Failure;
use oxaws_cli::written::reply;
use oxaws_client::{Credentials, Signer};
use oxaws_value::Map;
use std::sync::Arc;

/// Signs with the credentials in a reply's structure.
///
/// # Errors
/// When a part of them is missing.
pub fn signer(found: &Map) -> Result<Signer, Failure> {
    Ok(Signer::With(Arc::new(Credentials {
        access_key_id: reply::text(found, "AccessKeyId")?.to_owned(),
        secret_access_key: reply::text(found, "SecretAccessKey")?.to_owned(),
        session_token: Some(reply::text(found, "SessionToken")?.to_owned()),
        account_id: None,
        expiration: None,
        method: "explicit",
    })))
}
