//! Sessions of S3 Express buckets: short-lived credentials from CreateSession, kept while they are good.

use crate::error::CallError;
use crate::session::memory::ExpressSession;
use crate::state::CallState;
use crate::types::input::CallInput;
use oxaws_creds::Credentials;
use oxaws_failure::Cause;
use oxaws_python::Timestamp;
use oxaws_value::{Map, Value};
use std::sync::Arc;

/// With less left than this, in seconds, a new session is made; if that fails, the old one is used.
const ADVISORY: f64 = 45.0;
/// With less left than this, failing is an error.
const MANDATORY: f64 = 10.0;

/// The session's credentials of the call's bucket.
///
/// # Errors
/// When the session can't be made.
pub(super) fn credentials(state: &CallState) -> Result<Arc<Credentials>, CallError> {
    let bucket = state.bucket().unwrap_or_default().to_owned();
    let held = state.client.memory.session_of(&bucket);
    let left = held.as_ref().map(|s| s.ends - state.session.now() as f64);
    if let (Some(session), Some(left)) = (&held, left)
        && left >= ADVISORY
    {
        return Ok(session.keys.clone());
    }
    // One thread makes the session, the others wait for it.
    let _making = state.client.memory.making();
    if let Some(made) = state.client.memory.session_of(&bucket)
        && held.as_ref().is_none_or(|held| held.ends != made.ends)
    {
        return Ok(made.keys);
    }
    match make(state, &bucket) {
        Ok(session) => {
            state.client.memory.set_session(&bucket, session.clone());
            Ok(session.keys)
        }
        Err(error) => match held {
            Some(session) if left.is_some_and(|left| left >= MANDATORY) => Ok(session.keys),
            _ => Err(error),
        },
    }
}

fn make(state: &CallState, bucket: &str) -> Result<ExpressSession, CallError> {
    let missing = |name: &str| CallError::bad_reply(format!("'{name}'"));
    let operation = state.client.service.operation_named("CreateSession").ok_or_else(|| missing("CreateSession"))?;
    let params: Map = [("Bucket", Value::from(bucket))].into_iter().collect();
    let reply = (state.again.call)(state, operation, CallInput::new(params))?;
    let credentials = reply.value.get("Credentials").ok_or_else(|| missing("Credentials"))?;
    let text =
        |name: &str| credentials.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| missing(name));
    let expiration = text("Expiration")?;
    let ends = state.session.with_clock(|clock| Timestamp::parse(&expiration, &clock).map(|t| t.unix_float()));
    Ok(ExpressSession {
        keys: Arc::new(Credentials {
            access_key_id: text("AccessKeyId")?,
            secret_access_key: text("SecretAccessKey")?,
            session_token: Some(text("SessionToken")?),
            account_id: None,
            expiration: None,
            method: "s3-express",
        }),
        ends: ends.map_err(|e| CallError::bad_reply(Cause::of(e)))?,
    })
}
