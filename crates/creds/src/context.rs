//! What providers need from outside, behind traits, so that they import neither the client nor sockets.

use crate::Credentials;
use crate::dpop::DpopKey;
use oxaws_config::Config;
use oxaws_env::World;
use oxaws_value::Value;
use std::any::Any;
use std::fmt;
use std::io;
use std::path::Path;
use std::time::Duration;

/// Everything a provider may use.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Environment, files, clock.
    pub world: &'a dyn World,
    /// The configuration, with the profile.
    pub config: &'a Config<'a>,
    /// The region of the command the credentials are for; `None` leaves it to the client.
    pub region: Option<&'a str>,
    /// The user agent for metadata services, such as `aws-cli/2.x.y`.
    pub user_agent: &'a str,
    /// Calls AWS services.
    pub caller: &'a dyn ServiceCaller,
    /// Asks metadata services.
    pub fetcher: &'a dyn HttpFetcher,
    /// Programs, prompts and locks.
    pub machine: &'a dyn Machine,
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("config", self.config).field("region", &self.region).finish_non_exhaustive()
    }
}

/// Calls one operation of an AWS service. The client implements this.
pub trait ServiceCaller: Sync {
    /// Calls `operation` (its name in the model, `AssumeRole`) of `service` (its model's folder name, `sts`) and gives the
    /// parsed reply as the command would print it: timestamps as text, members in the model's order, `ResponseMetadata`
    /// after them, as the AWS CLI keeps it in the cache of roles.
    ///
    /// # Errors
    /// The failure, with the service's error code where the service answered.
    fn call(
        &self,
        service: &str,
        operation: &str,
        params: Value,
        options: CallOptions<'_>,
    ) -> Result<Value, CallFailure>;
}

/// How a call differs from the command's own.
#[derive(Debug, Clone, Default)]
pub struct CallOptions<'a> {
    /// The region; `None` for the configured one.
    pub region: Option<String>,
    /// The credentials to sign with; `None` for none, see `unsigned`.
    pub credentials: Option<Credentials>,
    /// Send it unsigned. Credentials must not be looked for.
    pub unsigned: bool,
    /// Prove possession of this key in a `DPoP` header: see [`DpopKey::header`].
    pub dpop: Option<&'a DpopKey>,
}

/// Why a call failed.
#[derive(Debug)]
pub struct CallFailure {
    /// The service's error code; `None` where the service didn't answer with an error.
    pub code: Option<String>,
    /// The members of the service's error; [`Value::Null`] where there are none.
    pub details: Value,
    /// The client's own error. It decides message and exit code.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

impl std::error::Error for CallFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// Sends one plain HTTP request, without retries and redirects. The HTTP crate implements this.
pub trait HttpFetcher: Sync {
    /// Sends it.
    ///
    /// # Errors
    /// When there is no reply; any status is a reply.
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<FetchReply, FetchError>;
}

/// A request to a metadata service.
#[derive(Debug, Clone)]
pub struct FetchRequest<'a> {
    /// `GET` or `PUT`.
    pub method: &'static str,
    /// The URL.
    pub url: &'a str,
    /// Headers besides those that HTTP itself needs.
    pub headers: Vec<(&'static str, String)>,
    /// For connecting, and again for reading.
    pub timeout: Duration,
    /// Whether the environment's proxies are used.
    pub proxies: bool,
}

/// The reply to a [`FetchRequest`].
#[derive(Debug, Clone)]
pub struct FetchReply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl FetchReply {
    /// The body as text; what isn't UTF-8 becomes U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Why there is no reply. Each holds the AWS CLI's message for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchError {
    /// Connected, but no answer in time: `Read timeout on endpoint URL: "…"`.
    ReadTimeout(String),
    /// No connection, none in time, or closed early.
    Connection(String),
    /// The request can't be sent, or its answer can't be trusted; not tried again.
    Unsendable(String),
}

/// Programs, prompts and locks. [`crate::Local`] is the machine itself.
pub trait Machine: Sync {
    /// Runs a program without a shell, its standard input that of this process, and waits for it.
    ///
    /// # Errors
    /// When it can't be started.
    fn run(&self, words: &[String]) -> io::Result<RunOutput>;

    /// Asks the user for a secret on the terminal, without echo.
    ///
    /// # Errors
    /// With the message to end with, where nobody can be asked.
    fn ask_secret(&self, prompt: &str) -> Result<String, String>;

    /// Keeps other processes out until the guard is dropped. `path` is a file beside what is guarded; it is gone
    /// afterwards. Where no lock can be had, work goes on without one.
    fn lock(&self, path: &Path) -> Option<Box<dyn Any>>;
}

/// What a program left.
#[derive(Debug, Clone)]
pub struct RunOutput {
    /// Whether it ended with exit code 0.
    pub success: bool,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}
