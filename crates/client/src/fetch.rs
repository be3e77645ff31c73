//! A plain GET of a URL that a service handed out, for commands that download something without an operation.

use crate::error::CallError;
use crate::session::Session;
use oxaws_http::{Body, Client, Request, Url};
use std::io::Read;

/// A reply that is still being read.
pub struct Fetched {
    /// The status.
    pub status: u16,
    /// The reason phrase, perhaps empty.
    pub reason: String,
    /// The header `Location`.
    pub location: Option<String>,
    /// The body.
    pub body: Box<dyn Read>,
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fetched({} {})", self.status, self.reason)
    }
}

impl Session<'_> {
    /// Asks for a URL, unsigned, through the proxies of the environment. Redirects aren't followed.
    ///
    /// # Errors
    /// When there is no reply.
    pub fn fetch(&self, url: &str) -> Result<Fetched, CallError> {
        let url = Url::parse(url)?;
        let request =
            Request { method: "GET", url: &url, headers: &[], body: Body::Empty, expect_continue: false, cancel: None };
        let response = Client::new(self.http()?.options().clone()).send(request)?;
        Ok(Fetched {
            status: response.status,
            reason: response.reason,
            location: response.headers.get("Location").map(str::to_owned),
            body: Box::new(response.body),
        })
    }
}
