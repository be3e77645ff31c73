//! What all calls of one run share: configuration, credentials, connections. Each is read or made at its first use.

pub mod client;
pub mod identity;
pub mod memory;
pub mod monitor;
pub mod user_agent;

use crate::error::CallError;
use crate::session::client::ServiceClient;
use crate::session::identity::{Credentials, Identity};
use crate::session::monitor::Monitor;
use crate::watch::observer::{Observer, Step};
use crate::watch::trail::Trail;
use oxaws_config::Config;
use oxaws_creds::dpop::DpopKey;
use oxaws_env::World;
use oxaws_http::{Cancel, Client, Options, Proxies};
use oxaws_model::{Operation, Pack, Service};
use oxaws_protocol::{ParseOptions, Timestamps};
use oxaws_python::LocalClock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// What the command line says about all calls.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// `--profile`
    pub profile: Option<String>,
    /// `--region`, the empty text included.
    pub region: Option<String>,
    /// `--endpoint-url`
    pub endpoint_url: Option<String>,
    /// Whether certificates are checked.
    pub verify_ssl: bool,
    /// `--ca-bundle`
    pub ca_bundle: Option<String>,
    /// Whether requests are signed.
    pub sign_request: bool,
    /// Seconds; `None` for no limit.
    pub read_timeout: Option<i64>,
    /// Seconds; `None` for no limit.
    pub connect_timeout: Option<i64>,
    /// `--debug`
    pub debug: bool,
}

impl Default for SessionOptions {
    fn default() -> Self {
        SessionOptions {
            profile: None,
            region: None,
            endpoint_url: None,
            verify_ssl: true,
            ca_bundle: None,
            sign_request: true,
            read_timeout: Some(60),
            connect_timeout: Some(60),
            debug: false,
        }
    }
}

/// What all calls of one run share.
pub struct Session<'w> {
    world: &'w dyn World,
    pack: Pack,
    options: SessionOptions,
    config: Config<'w>,
    http: OnceLock<Client>,
    cancel: Cancel,
    pub(crate) identity: Identity,
    monitor: OnceLock<Option<Monitor>>,
    user_agent: OnceLock<String>,
    pub(crate) observer: OnceLock<Arc<dyn Observer>>,
    clients: Mutex<HashMap<ClientKey, Arc<ServiceClient>>>,
}

/// A service (its model's directory), with the region and endpoint that a caller set for it.
type ClientKey = (&'static str, Option<String>, Option<String>);

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("options", &self.options).finish_non_exhaustive()
    }
}

/// What a caller sets for its own calls, over the command line's.
#[derive(Debug, Clone, Default)]
pub struct ClientOptions {
    /// Another region.
    pub region: Option<String>,
    /// Another endpoint.
    pub endpoint_url: Option<String>,
    /// Whether `--endpoint-url` doesn't count: the endpoint is the configuration's, or the service's own.
    pub configured_endpoint: bool,
    /// Who signs.
    pub signer: Signer,
    /// The key whose possession is proven in a `DPoP` header.
    pub dpop: Option<DpopKey>,
}

/// Who signs the calls of a client.
#[derive(Debug, Clone, Default)]
pub enum Signer {
    /// The session, as the command line says.
    #[default]
    Session,
    /// Nobody; no credentials are looked for.
    Nobody,
    /// The owner of these credentials.
    With(Arc<Credentials>),
}

impl<'w> Session<'w> {
    /// A session; nothing is read yet. `cancel` ends whatever is under way.
    pub fn new(world: &'w dyn World, pack: Pack, options: SessionOptions, cancel: Cancel) -> Self {
        let config = Config::load(world, options.profile.as_deref()).with_flag("region", options.region.as_deref());
        Session {
            world,
            pack,
            options,
            config,
            http: OnceLock::new(),
            cancel,
            identity: Identity::default(),
            monitor: OnceLock::new(),
            user_agent: OnceLock::new(),
            observer: OnceLock::new(),
            clients: Mutex::new(HashMap::new()),
        }
    }

    /// With the files of a configuration that was read already.
    pub fn with_files_of(mut self, config: &Config<'_>) -> Self {
        self.config = self.config.with_files_of(config);
        self
    }

    /// A session like this one with another way to take the configuration. Credentials, clients and connections are its
    /// own; whatever ends this one ends it too.
    pub fn reconfigured(&self, change: impl FnOnce(Config<'w>) -> Config<'w>) -> Session<'w> {
        let mut session = Session::new(self.world, self.pack, self.options.clone(), self.cancel.clone());
        session.config = change(session.config.with_files_of(&self.config));
        session.observed_as(self)
    }

    /// The outside world.
    pub fn world(&self) -> &'w dyn World {
        self.world
    }

    /// The models.
    pub fn pack(&self) -> Pack {
        self.pack
    }

    /// What the command line says.
    pub fn options(&self) -> &SessionOptions {
        &self.options
    }

    /// The configuration.
    ///
    /// # Errors
    /// When a file breaks the grammar or the profile doesn't exist.
    pub fn config(&self) -> Result<&Config<'w>, CallError> {
        self.config.profile()?;
        Ok(&self.config)
    }

    /// The configuration, whether or not its profile exists.
    pub fn config_unchecked(&self) -> &Config<'w> {
        &self.config
    }

    /// The flag that ends whatever is under way.
    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Now, in seconds since the epoch.
    pub fn now(&self) -> i64 {
        self.world.now().secs()
    }

    /// Runs `f` with the clock that completes and shows timestamps.
    pub fn with_clock<T>(&self, f: impl FnOnce(LocalClock) -> T) -> T {
        let offset = |at: i64| self.world.local_offset(oxaws_env::Instant::from_secs(at));
        f(LocalClock { now: self.now(), offset: &offset })
    }

    /// Runs `f` with the options that replies are read with.
    pub(crate) fn parsing<T>(&self, f: impl FnOnce(&ParseOptions) -> T) -> Result<T, CallError> {
        let as_sent = self.config()?.timestamps_as_on_the_wire()?;
        let timestamps = if as_sent { Timestamps::Wire } else { Timestamps::Iso8601 };
        Ok(self.with_clock(|clock| f(&ParseOptions { timestamps, clock })))
    }

    /// The `User-Agent` of calls that belong to no command.
    pub(crate) fn user_agent(&self) -> &str {
        self.user_agent.get_or_init(|| user_agent::text(self, None))
    }

    /// The HTTP client.
    ///
    /// # Errors
    /// When the configuration can't be read.
    pub fn http(&self) -> Result<&Client, CallError> {
        if let Some(client) = self.http.get() {
            return Ok(client);
        }
        let seconds = |s: Option<i64>| s.map(|s| Duration::from_secs(u64::try_from(s).unwrap_or(0)));
        let ca_bundle = match &self.options.ca_bundle {
            Some(path) => Some(path.clone()),
            None => self.config()?.text("ca_bundle")?,
        };
        let options = Options {
            connect_timeout: seconds(self.options.connect_timeout),
            read_timeout: seconds(self.options.read_timeout),
            verify: self.options.verify_ssl,
            ca_bundle: ca_bundle.map(|p| oxaws_env::expand_path(self.world, &p)),
            proxies: Proxies::from_vars(&self.world.vars()),
            tcp_keepalive: self.config()?.boolean("tcp_keepalive")? == Some(true),
            cancel: self.cancel.clone(),
            ..Options::default()
        };
        Ok(self.http.get_or_init(|| Client::new(options)))
    }

    /// Where events of monitoring go; `None` where they aren't wanted.
    ///
    /// # Errors
    /// When a setting is bad.
    pub(crate) fn monitor(&self) -> Result<Option<&Monitor>, CallError> {
        if let Some(monitor) = self.monitor.get() {
            return Ok(monitor.as_ref());
        }
        let monitor = Monitor::configured(self)?;
        Ok(self.monitor.get_or_init(|| monitor).as_ref())
    }

    /// The client of a service, made once.
    ///
    /// # Errors
    /// When a setting is invalid, or there is no region where one is needed.
    pub fn client(&self, service: Service) -> Result<Arc<ServiceClient>, CallError> {
        self.client_with(service, &ClientOptions::default())
    }

    /// The client of a service with settings of the caller's own.
    ///
    /// # Errors
    /// As [`Session::client`].
    pub fn client_with(&self, service: Service, options: &ClientOptions) -> Result<Arc<ServiceClient>, CallError> {
        if !matches!(options.signer, Signer::Session) || options.configured_endpoint || options.dpop.is_some() {
            return Ok(Arc::new(ServiceClient::new(self, service, options)?));
        }
        let key = (service.directory(), options.region.clone(), options.endpoint_url.clone());
        let lock = || self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = lock().get(&key) {
            return Ok(client.clone());
        }
        // Made outside the lock: loading credentials may need clients of its own.
        let client = Arc::new(ServiceClient::new(self, service, options)?);
        // No time is no limit; less than none is a mistake that every client complains about.
        for (name, limit) in [("connect", self.options.connect_timeout), ("read", self.options.read_timeout)] {
            if let Some(limit) = limit.filter(|limit| *limit < 0) {
                return Err(CallError::invalid(format!(
                    "Attempted to set {name} timeout to {limit}, but the timeout cannot be set to a value less than or \
                     equal to 0."
                )));
            }
        }
        Ok(lock().entry(key).or_insert(client).clone())
    }
}

impl Session<'_> {
    /// Tells `observer` from now on what calls do. A session has one observer; a second one is not heard.
    pub fn observe(&self, observer: Arc<dyn Observer>) {
        let _ = self.observer.set(observer);
    }

    /// Tells the observer of another session too.
    pub fn observed_as(self, other: &Session) -> Self {
        if let Some(observer) = other.observer.get() {
            self.observe(observer.clone());
        }
        self
    }

    /// Tells of something that belongs to no call.
    pub(crate) fn tell(&self, step: impl FnOnce() -> Step) {
        if let Some(observer) = self.observer.get() {
            observer.observe(self.world().now(), None, &step());
        }
    }

    /// The trail of a call of `operation`; `None` where nobody watches.
    pub(crate) fn trail(&self, operation: Operation) -> Option<Trail<'_>> {
        Some(Trail::new(self.world, self.observer.get()?.as_ref(), operation))
    }
}
