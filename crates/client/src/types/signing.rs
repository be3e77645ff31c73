//! How a call is signed, and what with.

use oxaws_creds::Credentials;
use oxaws_model::Operation;

/// How requests of a service are signed, unless an operation or an endpoint says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Not at all.
    None,
    /// SigV4.
    V4,
    /// SigV4a.
    V4a,
    /// SigV4 with a session of an S3 Express bucket.
    V4S3Express,
    /// A bearer token.
    Bearer,
    /// Signature version 2, in the form.
    V2,
}

/// How one call is signed.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The way.
    pub auth: Auth,
    /// The region, or the regions of SigV4a joined by commas.
    pub region: Option<String>,
    /// The service.
    pub name: String,
    /// S3's rules: the path as it is, and the body's hash in a header.
    pub s3: bool,
    /// The model says that the body isn't part of the signature.
    pub unsigned_body: bool,
}

/// Credentials in the form the signatures take; an empty token is none.
pub(crate) fn as_sign(credentials: &Credentials) -> oxaws_sign::Credentials<'_> {
    oxaws_sign::Credentials {
        access_key_id: &credentials.access_key_id,
        secret_access_key: &credentials.secret_access_key,
        session_token: credentials.session_token.as_deref().filter(|token| !token.is_empty()),
    }
}

/// Where the requests of an operation on a bucket go, and how they are signed.
#[derive(Debug)]
pub struct Route {
    /// The operation.
    pub operation: Operation,
    /// The endpoint's URL.
    pub url: String,
    /// Headers that the endpoint's rules ask for.
    pub headers: Vec<(String, String)>,
    /// The signature.
    pub signing: Signing,
}
