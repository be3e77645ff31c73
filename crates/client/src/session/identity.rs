//! Who a session is: the provider chain of the `creds` crate, put on this crate's clients and the HTTP crate.
//!
//! The chain looks for credentials when the first client is made, so that a broken set-up is reported then; services are
//! asked for them when a request is signed, and again when they are nearly past. The region that STS is asked in is that
//! of the first client made.

use crate::error::CallError;
use crate::session::{ClientOptions, Session, Signer};
use crate::types::input::CallInput;
use crate::watch::observer::Step;
use oxaws_creds::{
    CallFailure, CallOptions, Context, CredsError, FetchError, FetchReply, FetchRequest, HttpFetcher, Loaded, Local,
    MetadataService, ServiceCaller, chain, token,
};
use oxaws_http::{Body, Client, HttpError, Options, Proxies, Request, Url};
use oxaws_value::{Map, Value};
use std::borrow::Cow;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

pub use oxaws_creds::Credentials;

/// The largest reply of a metadata service that is read, in bytes.
const MAX_METADATA: usize = 1 << 20;

/// What a session knows of itself.
#[derive(Debug, Default)]
pub(crate) struct Identity {
    /// What the chain found; `None` until it has been asked.
    loaded: Mutex<Option<Option<Arc<Loaded>>>>,
    /// The region of the first client.
    region: OnceLock<Option<String>>,
    /// The region that the instance metadata service gave.
    metadata_region: OnceLock<Option<String>>,
    /// Variables that credential processes get beside those of this process.
    variables: Mutex<Vec<(String, String)>>,
}

impl Session<'_> {
    /// Looks for credentials; nothing is fetched yet from services. `None` where there are none.
    ///
    /// # Errors
    /// When a provider that applies fails.
    pub fn find_credentials(&self) -> Result<Option<Arc<Loaded>>, CallError> {
        let mut loaded = self.identity.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = &*loaded {
            return Ok(found.clone());
        }
        let found = with_context(self, chain::load)?.map(Arc::new);
        *loaded = Some(found.clone());
        if let Some(found) = &found {
            self.tell(|| Step::Credentials(found.method()));
        }
        Ok(found)
    }

    /// The credentials, `None` where there are none. Fetched, or fetched anew, where that is due.
    ///
    /// # Errors
    /// When a provider that applies fails.
    pub fn credentials(&self) -> Result<Option<Arc<Credentials>>, CallError> {
        match self.find_credentials()? {
            Some(loaded) => Ok(Some(Arc::new(with_context(self, |context| loaded.credentials(context))?))),
            None => Ok(None),
        }
    }

    /// Checks the settings of the instance metadata service. The AWS CLI does so before any command. A profile that
    /// doesn't exist is for the command to complain about.
    ///
    /// # Errors
    /// When a setting is bad.
    pub fn check_metadata_settings(&self) -> Result<(), CallError> {
        match MetadataService::resolve(self.config_unchecked()) {
            Err(CredsError::Config(oxaws_config::ConfigError::ProfileNotFound { .. })) | Ok(_) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The region from option, environment, profile or instance metadata service; not checked.
    ///
    /// # Errors
    /// When the search gets as far as a profile that doesn't exist or can't be read, or the metadata service's settings
    /// are bad.
    pub fn region(&self) -> Result<Option<String>, CallError> {
        match self.config_unchecked().region()? {
            Some(region) => Ok(Some(region)),
            None => region_from_metadata(self),
        }
    }

    /// Sets a variable in the environment of programs that credentials are asked from.
    pub fn set_process_variable(&self, name: &str, value: &str) {
        let mut variables = self.identity.variables.lock().unwrap_or_else(PoisonError::into_inner);
        variables.push((name.to_owned(), value.to_owned()));
    }

    /// The status of a URL, and where it redirects to; redirects aren't followed. `limit` is for connecting, and again
    /// for reading; `None` is the session's own.
    ///
    /// # Errors
    /// When there is no reply.
    pub fn probe(&self, method: &str, url: &str, limit: Option<Duration>) -> Result<Probe, CallError> {
        let mut options = self.http()?.options().clone();
        if let Some(limit) = limit {
            options.connect_timeout = Some(limit);
            options.read_timeout = Some(limit);
        }
        let url = Url::parse(url)?;
        let request =
            Request { method, url: &url, headers: &[], body: Body::Empty, expect_continue: false, cancel: None };
        let response = Client::new(options).send(request)?;
        Ok(Probe { status: response.status, location: response.headers.get("Location").map(str::to_owned) })
    }
}

/// What [`Session::probe`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The status.
    pub status: u16,
    /// The header `Location`.
    pub location: Option<String>,
}

/// Notes the region of a client: the first one's is that of STS.
pub(crate) fn note_region(session: &Session, region: Option<&str>) {
    session.identity.region.get_or_init(|| region.map(str::to_owned));
}

/// Checks the SSO session that the profile names, which the AWS CLI does for every client.
pub(crate) fn check_token_settings(session: &Session) -> Result<(), CallError> {
    Ok(token::check(session.config_unchecked())?)
}

/// The region that the instance metadata service gives.
///
/// # Errors
/// When the service's settings are bad.
pub fn region_from_metadata(session: &Session) -> Result<Option<String>, CallError> {
    if let Some(region) = session.identity.metadata_region.get() {
        return Ok(region.clone());
    }
    let region = with_context(session, oxaws_creds::metadata_region)?;
    Ok(session.identity.metadata_region.get_or_init(|| region).clone())
}

/// The bearer token for a service.
///
/// # Errors
/// When there is none, or the SSO session it comes from fails.
pub fn bearer_token(session: &Session, signing_name: &str) -> Result<String, CallError> {
    let found = with_context(session, |context| token::load(context, signing_name))?;
    found.map(|t| t.token).ok_or_else(|| CallError::Credentials(Box::new(CredsError::NoToken)))
}

/// The variable that holds a bearer token for a service.
pub fn bearer_variable(signing_name: &str) -> String {
    let name = signing_name.replace(['-', ' '], "_").to_uppercase();
    format!("{}{name}", oxaws_env::var::AWS_BEARER_TOKEN_PREFIX)
}

fn with_context<T>(session: &Session, act: impl FnOnce(&Context<'_>) -> Result<T, CredsError>) -> Result<T, CallError> {
    let ask = |prompt: &str| ask_secret(session, prompt);
    let region = session.identity.region.get().and_then(Option::as_deref);
    let variables = session.identity.variables.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let context = Context {
        world: session.world(),
        config: session.config_unchecked(),
        region,
        user_agent: session.user_agent(),
        caller: &Caller { session, region },
        fetcher: &Fetcher { session },
        machine: &Local { ask: &ask, variables: &variables },
    };
    act(&context).map_err(|error| match session.cancel().is_cancelled() {
        true => CallError::Interrupted,
        false => error.into(),
    })
}

/// Interrupting the prompt interrupts the run; Python's words for the end of the input are none.
fn ask_secret(session: &Session, prompt: &str) -> Result<String, String> {
    match session.world().ask_secret(prompt) {
        Ok(Some(secret)) => Ok(secret),
        Ok(None) => Err(String::new()),
        Err(e) => {
            if e.kind() == ErrorKind::Interrupted {
                session.cancel().cancel();
            }
            Err(oxaws_python::python_os_error_bare(&e))
        }
    }
}

impl From<CredsError> for CallError {
    fn from(error: CredsError) -> Self {
        match error {
            CredsError::Config(e) => CallError::Config(e),
            // The failed call decides the exit code.
            CredsError::Call(failure) => match failure.source.downcast::<CallError>().map(|error| *error) {
                Ok(CallError::Service(mut failure)) => {
                    failure.for_credentials = true;
                    CallError::Service(failure)
                }
                Ok(error) => error,
                Err(source) => {
                    let failed = CallFailure { code: failure.code, details: failure.details, source };
                    CallError::Credentials(Box::new(CredsError::Call(failed)))
                }
            },
            other => CallError::Credentials(Box::new(other)),
        }
    }
}

/// Calls services for a provider, with the endpoints of the configuration: `--endpoint-url` is for the command alone.
struct Caller<'a> {
    session: &'a Session<'a>,
    region: Option<&'a str>,
}

impl ServiceCaller for Caller<'_> {
    fn call(
        &self,
        service: &str,
        operation: &str,
        params: Value,
        options: CallOptions<'_>,
    ) -> Result<Value, CallFailure> {
        let signer = match options.credentials {
            Some(credentials) if !options.unsigned => Signer::With(Arc::new(credentials)),
            _ => Signer::Nobody,
        };
        let settings = ClientOptions {
            region: options.region.or_else(|| self.region.map(str::to_owned)),
            signer,
            configured_endpoint: true,
            dpop: options.dpop.cloned(),
            ..ClientOptions::default()
        };
        let params = match params {
            Value::Map(map) => map,
            _ => Map::new(),
        };
        let found = self.session.pack().service_by_directory(service).and_then(|s| s.operation_named(operation));
        let result = match found {
            Some(found) => self.session.call_with(found, CallInput::new(params), &settings),
            None => Err(CallError::bug(format!("there is no operation {operation} of {service}"))),
        };
        let reply = result.map_err(failure)?;
        let metadata = reply.metadata();
        let mut value = reply.value;
        value.insert("ResponseMetadata", metadata);
        Ok(Value::Map(value))
    }
}

fn failure(error: CallError) -> CallFailure {
    let (code, details) = match &error {
        CallError::Service(failure) => (Some(failure.code().to_owned()), Value::Map(failure.details())),
        _ => (None, Value::Null),
    };
    CallFailure { code, details, source: Box::new(error) }
}

/// Asks metadata services: each request on a connection of its own, with the time limits it names.
struct Fetcher<'a> {
    session: &'a Session<'a>,
}

impl HttpFetcher for Fetcher<'_> {
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<FetchReply, FetchError> {
        let proxies =
            if request.proxies { Proxies::from_vars(&self.session.world().vars()) } else { Proxies::default() };
        let client = Client::new(Options {
            connect_timeout: Some(request.timeout),
            read_timeout: Some(request.timeout),
            proxies,
            cancel: self.session.cancel().clone(),
            ..Options::default()
        });
        let url = Url::parse(request.url).map_err(|e| FetchError::Unsendable(e.to_string()))?;
        let headers: Vec<(Cow<str>, Cow<[u8]>)> =
            request.headers.iter().map(|(k, v)| (Cow::Borrowed(*k), Cow::Borrowed(v.as_bytes()))).collect();
        let asked = Request {
            method: request.method,
            url: &url,
            headers: &headers,
            body: Body::Empty,
            expect_continue: false,
            cancel: None,
        };
        let mut response = client.send(asked).map_err(fetch_error)?;
        let body = response.body.read_to_vec(MAX_METADATA).map_err(fetch_error)?;
        Ok(FetchReply { status: response.status, body })
    }
}

fn fetch_error(error: HttpError) -> FetchError {
    let message = error.to_string();
    match error {
        HttpError::ReadTimeout { .. } => FetchError::ReadTimeout(message),
        HttpError::Connect { .. }
        | HttpError::ConnectTimeout { .. }
        | HttpError::Closed { .. }
        | HttpError::Truncated { .. } => FetchError::Connection(message),
        _ => FetchError::Unsendable(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_tokens() {
        assert_eq!(bearer_variable("bedrock"), "AWS_BEARER_TOKEN_BEDROCK");
        assert_eq!(bearer_variable("code catalyst-x"), "AWS_BEARER_TOKEN_CODE_CATALYST_X");
    }

    #[test]
    fn classes_of_failures_survive() {
        let inner = failure(CallError::NoRegion);
        assert!(inner.code.is_none());
        assert!(matches!(CallError::from(CredsError::Call(inner)), CallError::NoRegion));
        let other = CallError::from(CredsError::LoginExpired);
        assert!(matches!(&other, CallError::Credentials(error) if matches!(**error, CredsError::LoginExpired)));
    }
}
