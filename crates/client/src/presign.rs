//! URLs that carry their signature, for programs that make the request later.

use crate::call;
use crate::call::sign;
use crate::error::CallError;
use crate::services;
use crate::session::{ClientOptions, Session};
use crate::types::input::CallInput;
use crate::types::outgoing::Outgoing;
use crate::types::signing::{Auth, Signing};
use oxaws_model::{Operation, Service};
use oxaws_python::percent_encode;
use std::borrow::Cow;

/// What a URL is signed for.
#[derive(Debug, Clone, Default)]
pub struct Presigning<'a> {
    /// Seconds that the URL is good for.
    pub expires: i64,
    /// The method that it will be used with, where it isn't the operation's own. A body in form encoding becomes part of
    /// the query.
    pub method: Option<&'static str>,
    /// Headers that have to be sent with it.
    pub headers: &'a [(&'a str, &'a str)],
}

impl Session<'_> {
    /// The URL of a call.
    ///
    /// # Errors
    /// As a call's before it is sent.
    pub fn presigned_call(
        &self,
        operation: Operation,
        input: CallInput,
        presigning: &Presigning,
        options: &ClientOptions,
    ) -> Result<String, CallError> {
        let client = self.client_with(operation.service(), options)?;
        let mut state = call::state(self, &client, operation, input);
        services::before_build(&mut state)?;
        let (mut outgoing, signing) = call::build::build(&state)?;
        if let Some(method) = presigning.method {
            outgoing.method = Cow::Borrowed(method);
        }
        // A form's contents become parameters of the URL; its type is then no header either.
        let form = outgoing.header("Content-Type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
        if form {
            let pairs = services::form::pairs(outgoing.source.bytes());
            let separator = if outgoing.query.is_empty() || pairs.is_empty() { "" } else { "&" };
            outgoing.query = format!("{}{separator}{}", outgoing.query, query(&pairs));
            outgoing.set_body(Vec::new());
            outgoing.remove_header("Content-Type");
        }
        for (name, value) in presigning.headers {
            outgoing.set_header(name, value);
        }
        sign::presign(&state, &outgoing, &signing, None, presigning.expires)
    }

    /// The URL `https://{authority}/?{parameters}` signed in the name of the service `signing_name`, for GET: a token of
    /// that service. `client` is the service whose settings decide region and credentials.
    ///
    /// # Errors
    /// Without region or credentials.
    pub fn presigned_token(
        &self,
        client: Service,
        signing_name: &str,
        authority: &str,
        parameters: &[(String, String)],
        expires: u64,
    ) -> Result<String, CallError> {
        let made = self.client_with(client, &ClientOptions::default())?;
        let operation =
            client.operations().next().ok_or_else(|| CallError::bug(format!("{signing_name} has no operations")))?;
        let state = call::state(self, &made, operation, CallInput::default());
        let mut outgoing = Outgoing::new("GET", "https", authority.to_owned(), "/".into());
        outgoing.query = query(parameters);
        let signing = Signing {
            auth: if made.signed { Auth::V4 } else { Auth::None },
            region: made.region.clone(),
            name: signing_name.to_owned(),
            s3: false,
            unsigned_body: false,
        };
        sign::presign(&state, &outgoing, &signing, None, i64::try_from(expires).unwrap_or(i64::MAX))
    }
}

fn query(pairs: &[(String, String)]) -> String {
    let encoded = |(k, v): &(String, String)| format!("{}={}", percent_encode(k, b"-._~"), percent_encode(v, b"-._~"));
    pairs.iter().map(encoded).collect::<Vec<_>>().join("&")
}
