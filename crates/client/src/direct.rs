//! For callers that build their requests themselves (the S3 engine): where a request goes, its signature, whether it is
//! tried again and what an error answer means are settled here as for every other call.

use crate::auth::{self, Signing};
use crate::call::CallInput;
use crate::client::{Auth, ServiceClient};
use crate::endpoint;
use crate::error::{CallError, ServiceFailure};
use crate::handlers::{self, CallState};
use crate::retry::Attempts;
use crate::session::{ClientOptions, Session};
use oxaws_http::Headers;
use oxaws_model::{Operation, Service};
use oxaws_protocol::{self as protocol, ParseOptions, Timestamps};
use oxaws_sign::{Payload, Signable};
use oxaws_value::{Map, Value};
use std::sync::Arc;

/// Where the requests of an operation on a bucket go, and how they are signed.
#[derive(Debug, Clone)]
pub struct Route {
    /// The endpoint's URL.
    pub url: String,
    /// Headers that the endpoint's rules ask for.
    pub headers: Vec<(String, String)>,
    /// The signature.
    pub signing: Signing,
}

impl Session<'_> {
    /// A client that shares with no other what it remembers: where buckets are, sessions, what retries are paid with.
    ///
    /// # Errors
    /// As [`Session::client`].
    pub fn own_client(&self, service: Service, options: &ClientOptions) -> Result<Arc<ServiceClient>, CallError> {
        Ok(Arc::new(ServiceClient::new(self, service, options)?))
    }
}

impl ServiceClient {
    /// Where an operation on a bucket goes now. [`ServiceClient::moved`] may change the answer.
    ///
    /// # Errors
    /// When the endpoint rules refuse the settings or the bucket.
    pub fn route(&self, session: &Session, operation: Operation, bucket: &str) -> Result<Route, CallError> {
        let state = self.state(session, operation, bucket);
        let endpoint = endpoint::resolve(session, self, operation, &state)?;
        let signing = auth::choose(&state, &endpoint)?;
        let headers =
            endpoint.headers.into_iter().filter_map(|h| Some((h.name, h.values.into_iter().next()?))).collect();
        Ok(Route { url: endpoint.url, headers, signing })
    }

    /// Signs a request for a bucket in its headers.
    ///
    /// # Errors
    /// Without credentials or region, or when a session with the bucket can't be made.
    pub fn sign(
        &self,
        session: &Session,
        operation: Operation,
        signing: &Signing,
        bucket: &str,
        request: &mut Signable<'_, '_>,
        payload: Payload<'_>,
    ) -> Result<(), CallError> {
        match signing.auth {
            Auth::None => Ok(()),
            Auth::V4S3Express => {
                let keys = handlers::express_credentials(&self.state(session, operation, bucket))?;
                auth::put_signature(session, self, signing, &keys.as_sign(), request, payload)
            }
            _ => {
                let held = self.credentials(session)?.ok_or(CallError::NoCredentials)?;
                auth::put_signature(session, self, signing, &auth::as_sign(&held), request, payload)
            }
        }
    }

    /// The attempts of one call.
    pub fn attempts(&self, session: &Session, operation: Operation) -> Attempts<'_> {
        Attempts::new(operation, &self.quota, self.max_attempts(), session.world())
    }

    /// Whether an error says that the bucket is in another region. The client then remembers where it is.
    ///
    /// # Errors
    /// When the region isn't one, or asking for it fails.
    pub fn moved(
        &self,
        session: &Session,
        operation: Operation,
        bucket: &str,
        failure: &ServiceFailure,
    ) -> Result<bool, CallError> {
        handlers::is_elsewhere(&mut self.state(session, operation, bucket), failure)
    }

    /// What an error answer says.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn failure(
        &self,
        session: &Session,
        operation: Operation,
        (status, reason): (u16, &str),
        headers: &Headers,
        body: &[u8],
    ) -> Result<ServiceFailure, CallError> {
        let pairs: Vec<(String, String)> = headers.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let reply = protocol::Reply { status, reason, headers: &pairs, body };
        let error = session.with_clock(|clock| {
            protocol::parse_error(operation, &reply, &ParseOptions { timestamps: Timestamps::Wire, clock })
        })?;
        let operation = operation.name().to_owned();
        Ok(ServiceFailure { operation, error, retries: None, headers: headers.clone(), for_credentials: false })
    }

    /// The error as the CLI shows it.
    pub fn explained(&self, session: &Session, operation: Operation, failure: Box<ServiceFailure>) -> CallError {
        handlers::final_error(&self.state(session, operation, ""), failure, &Default::default())
    }

    fn state<'a>(&'a self, session: &'a Session<'a>, operation: Operation, bucket: &str) -> CallState<'a> {
        let params: Map = [("Bucket", Value::from(bucket))].into_iter().collect();
        CallState::new(session, self, operation, CallInput::new(params))
    }
}
