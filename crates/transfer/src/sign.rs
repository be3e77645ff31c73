//! Signing a request as its target asks.

use crate::client::{Call, Header, Prepared, S3};
use crate::error::TransferError;
use crate::target::Target;
use oxaws_client::{Auth, CallError};
use oxaws_http::Url;
use oxaws_sign::{Credentials, Payload, Rules, Scope, Signable, V4aKey};
use oxaws_value::{Map, Value};
use std::sync::{Arc, PoisonError};

/// Seconds that a session with a directory bucket is used; it is good for five minutes.
const EXPRESS_SECONDS: i64 = 240;

/// Credentials of a session with a directory bucket.
pub(crate) struct ExpressKeys {
    id: String,
    secret: String,
    token: String,
}

impl S3<'_> {
    pub(crate) fn sign(
        &self,
        call: &Call<'_>,
        target: &Target,
        prepared: &Prepared,
        url: &Url,
        headers: &mut Vec<Header<'_>>,
    ) -> Result<(), TransferError> {
        if target.auth == Auth::None {
            return Ok(());
        }
        let payload = match (&prepared.sha256, prepared.chunked) {
            (Some(hash), _) => Payload::Sha256(hash),
            (None, Some(_)) => Payload::StreamingUnsignedTrailer,
            (None, None) => Payload::Unsigned,
        };
        let scope = Scope { region: &target.region, service: &target.service, time: self.session.now() };
        let host = url.host_header();
        let (path, query) = url.target().split_once('?').unwrap_or((url.target(), ""));
        let method = call.op.method();
        let mut request = Signable { method, host: &host, path, query, headers };
        if target.auth == Auth::V4S3Express {
            let held = self.express_session(call.bucket)?;
            let credentials = Credentials {
                access_key_id: &held.id,
                secret_access_key: &held.secret,
                session_token: Some(&held.token),
            };
            oxaws_sign::sign_v4(&mut request, &credentials, &scope, payload, &Rules::S3_EXPRESS, &self.keys);
            return Ok(());
        }
        let held = self.client.credentials(self.session)?.ok_or(CallError::NoCredentials)?;
        let credentials = Credentials {
            access_key_id: &held.access_key_id,
            secret_access_key: &held.secret_access_key,
            session_token: held.session_token.as_deref(),
        };
        if target.auth == Auth::V4a {
            let key = V4aKey::derive(&credentials)
                .ok_or_else(|| TransferError::Invalid("no key can be made from the credentials".into()))?;
            oxaws_sign::sign_v4a(&mut request, &credentials, &key, &scope, payload, &Rules::S3);
        } else {
            oxaws_sign::sign_v4(&mut request, &credentials, &scope, payload, &Rules::S3, &self.keys);
        }
        Ok(())
    }

    fn express_session(&self, bucket: &str) -> Result<Arc<ExpressKeys>, TransferError> {
        let now = self.session.now();
        let mut sessions = self.express.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, _, held)) = sessions.iter().find(|(b, made, _)| b == bucket && now - made < EXPRESS_SECONDS) {
            return Ok(held.clone());
        }
        let params: Map = [("Bucket", Value::from(bucket))].into_iter().collect();
        let reply = self.call("CreateSession", params)?;
        let given = reply.value.get("Credentials");
        let text = |name: &str| given.and_then(|c| c.get(name)).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let held = Arc::new(ExpressKeys {
            id: text("AccessKeyId"),
            secret: text("SecretAccessKey"),
            token: text("SessionToken"),
        });
        sessions.retain(|(b, _, _)| b != bucket);
        sessions.push((bucket.to_owned(), now, held.clone()));
        Ok(held)
    }
}
