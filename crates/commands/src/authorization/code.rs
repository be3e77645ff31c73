//! Waiting for the authorization code that the browser brings back.

use super::query;
use oxaws_cli::argv::argparse::Parsed;
use oxaws_cli::plug::registry::Opt;
use oxaws_cli::written::number;
use oxaws_cli::{Context, Failure};
use oxaws_client::{Callback, HttpError};
use std::time::Duration;

/// How long the user may take.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
const CALLBACK: &str = "http://127.0.0.1/oauth/callback";
/// What the browser shows in the end. It can't know how the command ends, so it sends the user back there.
const PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>AWS CLI</title></head>\n\
    <body style=\"font-family: sans-serif; margin: 4em auto; max-width: 36em\">\n<h1>You can close this window</h1>\n\
    <p>The command line has your answer. Go back to the terminal to see whether the login went well.</p>\n\
    </body></html>\n";

/// The login took too long.
pub const EXPIRED: &str = "The pending authorization to retrieve an SSO token has expired. The login flow to retrieve an \
                           SSO token must be restarted.";

/// `--redirect-port` of every command that waits for a browser.
pub const REDIRECT_PORT: Opt = Opt::value(
    "redirect-port",
    "The port of the local server that the browser is redirected to, for networks that allow only certain ports. \
     Default: a free port. Without effect where no browser is redirected.",
);

/// The port that `--redirect-port` names.
///
/// # Errors
/// When it is no number (255), or none that a port can have (252).
pub fn redirect_port(args: &Parsed) -> Result<Option<u16>, Failure> {
    let Some(number) = number::small_integer(args, "redirect_port")? else { return Ok(None) };
    match u16::try_from(number) {
        Ok(port) if port > 0 => Ok(Some(port)),
        _ => Err(Failure::validation("Invalid value for --redirect-port. Value must be between 1 and 65535.")),
    }
}

/// A code and the state it was given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The code.
    pub code: String,
    /// The state.
    pub state: String,
}

/// A server on loopback that the browser is redirected to.
#[derive(Debug)]
pub struct Redirect {
    server: Callback,
}

impl Redirect {
    /// Starts it, at `port` or (`None`) at a free one.
    ///
    /// # Errors
    /// When the port is taken, or there is no free one.
    pub fn listen(port: Option<u16>) -> Result<Redirect, Failure> {
        let server = Callback::listen(port).map_err(|e| {
            let why = oxaws_python::python_os_error_bare(&e);
            Failure::no_terminal(format!(
                "Unable to initialize the OAuth 2.0 authorization callback handler: {why} \n You may use \
                 --use-device-code to fall back to the device code flow which does not require the callback handler."
            ))
        })?;
        Ok(Redirect { server })
    }

    /// The address without the port, as clients are registered.
    pub fn registered_address() -> &'static str {
        CALLBACK
    }

    /// The address.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/oauth/callback", self.server.port())
    }

    /// Waits for the browser. `None` is a refusal.
    ///
    /// # Errors
    /// When nothing comes in time.
    pub fn wait(&self, cx: &Context) -> Result<Option<Answer>, Failure> {
        let found = self.server.wait(PAGE, PATIENCE, cx.session.cancel(), answer).map_err(|e| match e {
            HttpError::Cancelled => Failure::Interrupted,
            other => oxaws_client::CallError::Http(other).into(),
        })?;
        found.ok_or_else(|| Failure::wait_timeout(EXPIRED))
    }
}

/// What a request's target says: a code, a refusal, or nothing of interest.
fn answer(target: &str) -> Option<Option<Answer>> {
    let pairs = query::decode(target.split_once('?')?.1.split('#').next().unwrap_or_default());
    if query::first(&pairs, "error").is_some() {
        return Some(None);
    }
    let text = |key| query::first(&pairs, key).map(str::to_owned);
    Some(Some(Answer { code: text("code")?, state: text("state")? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_bring() {
        let found = answer("/oauth/callback?code=a%2Fb&state=s").unwrap().unwrap();
        assert_eq!((found.code.as_str(), found.state.as_str()), ("a/b", "s"));
        assert_eq!(answer("/oauth/callback?error=access_denied&state=s"), Some(None));
        assert_eq!(answer("/favicon.ico"), None);
        assert_eq!(answer("/oauth/callback?code=a"), None);
    }
}
