//! A login at IAM Identity Center (OAuth 2.0): with a code that the browser brings back, or with one that the user types
//! into a browser anywhere.

use super::code::{EXPIRED, Redirect};
use super::sso_settings::SsoSettings;
use super::{Announcement, Browser, query, registration};
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Failure};
use oxaws_client::{CallError, ClientOptions, Session, Signer};
use oxaws_creds::pkce::Pkce;
use oxaws_creds::{Moment, sso_registration_file, sso_token_file};
use oxaws_env::{Instant, uuid4};
use oxaws_value::{Map, Value};
use std::time::Duration;

const SERVICE: &str = "sso-oidc";
const DEFAULT_SCOPE: &str = "sso:account:access";
const CODE_GRANTS: [&str; 2] = ["authorization_code", "refresh_token"];
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Seconds between two questions whether the user has typed the code (RFC 8628).
const INTERVAL: i64 = 5;
const SLOW_DOWN: i64 = 5;

/// A login.
#[derive(Debug)]
pub struct SsoLogin<'a> {
    /// Where.
    pub settings: &'a SsoSettings,
    /// The start URL followed to AWS's own.
    pub resolved_url: &'a str,
    /// Whether a browser is opened.
    pub browser: Browser,
    /// Type the code into a browser anywhere, though there is a session.
    pub device_code: bool,
    /// The port that the browser is redirected to; `None` is a free one.
    pub redirect_port: Option<u16>,
    /// Log in though there is a good token.
    pub force: bool,
}

/// A login under way.
struct Flow<'a> {
    cx: &'a Context<'a>,
    session: &'a Session<'a>,
    login: &'a SsoLogin<'a>,
    options: ClientOptions,
}

impl SsoLogin<'_> {
    /// Logs in and keeps the token, which is given back. `session` makes the calls.
    ///
    /// # Errors
    /// When the user doesn't authorize in time, or the service refuses.
    pub fn run(&self, cx: &Context, session: &Session) -> Result<Map, Failure> {
        let settings = self.settings;
        let name = settings.session.as_deref().unwrap_or(&settings.start_url);
        let file = sso_token_file(cx.world, name);
        let by_code = settings.session.as_deref().is_some_and(|s| !s.is_empty()) && !self.device_code;
        let redirect = if by_code { Some(Redirect::listen(self.redirect_port)?) } else { None };
        if !self.force
            && let Some(token) = registration::kept(cx, &file)?
        {
            return Ok(token);
        }
        let options = ClientOptions {
            region: Some(settings.region.clone()),
            signer: Signer::Nobody,
            configured_endpoint: true,
            ..ClientOptions::default()
        };
        let flow = Flow { cx, session, login: self, options };
        let token = match redirect {
            Some(redirect) => flow.by_code(&redirect)?,
            None => flow.by_device()?,
        };
        registration::keep(cx, &file, &token)?;
        Ok(token)
    }
}

impl Flow<'_> {
    fn call(&self, operation: &str, params: Map) -> Result<Map, CallError> {
        Ok(self.session.call_named(SERVICE, operation, params, &self.options)?.value)
    }

    fn client_name(&self) -> String {
        match &self.login.settings.session {
            Some(session) => format!("botocore-client-{session}"),
            None => format!("botocore-client-{}", self.cx.world.now().secs()),
        }
    }

    /// The kept registration of the right kind, else a new one, kept.
    fn registration(&self, for_codes: bool) -> Result<Map, Failure> {
        let settings = self.login.settings;
        let (scopes, session) = (settings.scopes.as_deref(), settings.session.as_deref());
        let file = sso_registration_file(self.cx.world, &settings.start_url, &settings.region, scopes, session);
        if let Some(kept) = registration::kept(self.cx, &file)?
            && registration::is_for_codes(&kept) == for_codes
        {
            return Ok(kept);
        }
        let mut params = reply::params([("clientName", self.client_name().into()), ("clientType", "public".into())]);
        let mut scopes = scopes.map(reply::words).filter(|s| s.is_truthy());
        if for_codes {
            let grants = Value::List(CODE_GRANTS.iter().map(|g| (*g).into()).collect());
            params.insert("grantTypes", grants.clone());
            params.insert("redirectUris", Value::List(vec![Redirect::registered_address().into()]));
            params.insert("issuerUrl", self.login.resolved_url);
            scopes = Some(scopes.unwrap_or_else(|| Value::List(vec![DEFAULT_SCOPE.into()])));
        }
        if let Some(scopes) = &scopes {
            params.insert("scopes", scopes.clone());
        }
        let mut made = registration::of_reply(&self.call("RegisterClient", params)?)?;
        if let Some(scopes) = scopes {
            made.insert("scopes", scopes);
        }
        if for_codes {
            made.insert("grantTypes", Value::List(CODE_GRANTS.iter().map(|g| (*g).into()).collect()));
        }
        registration::keep(self.cx, &file, &made)?;
        Ok(made)
    }

    // ---- a code that the browser brings ----

    fn by_code(&self, redirect: &Redirect) -> Result<Map, Failure> {
        let cx = self.cx;
        let pair = Pkce::generate(cx.world);
        let registration = self.registration(true)?;
        let client_id = reply::text(&registration, "clientId")?;
        let state = uuid4(cx.world);
        let probe = reply::params([("clientName", "temp".into()), ("clientType", "public".into())]);
        let base = self.session.base_url(SERVICE, "RegisterClient", probe, &self.options)?;
        let scopes = match self.login.settings.scopes.as_deref() {
            Some(scopes) if !scopes.is_empty() => scopes.join(" "),
            _ => DEFAULT_SCOPE.to_owned(),
        };
        let address = redirect.address();
        let asked = query::encode(&[
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", &address),
            ("state", &state),
            ("code_challenge_method", "S256"),
            ("scopes", &scopes),
        ]);
        let url = format!("{base}/authorize?{asked}&code_challenge={}", pair.challenge);
        let announcement =
            Announcement { url: &url, complete_url: &url, code: None, other_device: "--use-device-code" };
        announcement.make(cx, self.login.browser)?;
        let refused = |why: &str| Failure::failed(format!("Error loading authorization code: {why}"));
        let answer = redirect.wait(cx)?.ok_or_else(|| refused("Failed to retrieve an authorization code."))?;
        if answer.state != state {
            return Err(refused("State parameter does not match expected value."));
        }
        let params = reply::params([
            ("grantType", "authorization_code".into()),
            ("clientId", client_id.into()),
            ("clientSecret", reply::text(&registration, "clientSecret")?.into()),
            ("redirectUri", address.into()),
            ("codeVerifier", pair.verifier.as_str().into()),
            ("code", answer.code.into()),
        ]);
        match self.call("CreateToken", params) {
            Ok(found) => self.token(&found, &registration),
            Err(error) if code(&error) == Some("ExpiredTokenException") => Err(Failure::wait_timeout(EXPIRED)),
            Err(error) => Err(error.into()),
        }
    }

    // ---- a code that the user types ----

    fn by_device(&self) -> Result<Map, Failure> {
        let registration = self.registration(false)?;
        let params = reply::params([
            ("clientId", reply::text(&registration, "clientId")?.into()),
            ("clientSecret", reply::text(&registration, "clientSecret")?.into()),
            ("startUrl", self.login.resolved_url.into()),
        ]);
        let device = self.call("StartDeviceAuthorization", params)?;
        let device_code = reply::text(&device, "deviceCode")?;
        let user_code = reply::text(&device, "userCode")?;
        let url = reply::text(&device, "verificationUri")?;
        let complete_url = reply::text(&device, "verificationUriComplete")?;
        let mut interval = device.get("interval").and_then(Value::as_i64).unwrap_or(INTERVAL);
        // The client may be authorized already: then there is nothing to tell the user.
        if let Some(token) = self.attempt(&registration, device_code, &mut interval)? {
            return Ok(token);
        }
        let announcement = Announcement { url, complete_url, code: Some(user_code), other_device: "" };
        announcement.make(self.cx, self.login.browser)?;
        loop {
            if let Some(token) = self.attempt(&registration, device_code, &mut interval)? {
                return Ok(token);
            }
            self.pause(interval)?;
        }
    }

    /// Waits so many seconds, in short pieces: Ctrl-C must not wait as long.
    fn pause(&self, seconds: i64) -> Result<(), Failure> {
        for _ in 0..seconds.max(0).saturating_mul(10) {
            self.cx.world.sleep(Duration::from_millis(100));
            if self.cx.session.cancel().is_cancelled() {
                return Err(Failure::Interrupted);
            }
        }
        Ok(())
    }

    fn attempt(&self, registration: &Map, device_code: &str, interval: &mut i64) -> Result<Option<Map>, Failure> {
        let params = reply::params([
            ("grantType", DEVICE_GRANT.into()),
            ("clientId", reply::text(registration, "clientId")?.into()),
            ("clientSecret", reply::text(registration, "clientSecret")?.into()),
            ("deviceCode", device_code.into()),
        ]);
        match self.call("CreateToken", params) {
            Ok(found) => self.token(&found, registration).map(Some),
            Err(error) => match code(&error) {
                Some("SlowDownException") => {
                    *interval += SLOW_DOWN;
                    Ok(None)
                }
                Some("AuthorizationPendingException") => Ok(None),
                Some("ExpiredTokenException") => Err(Failure::wait_timeout(EXPIRED)),
                _ => Err(error.into()),
            },
        }
    }

    /// A token as it is kept, with the registration that can refresh it.
    fn token(&self, found: &Map, registration: &Map) -> Result<Map, Failure> {
        let seconds = reply::member(found, "expiresIn")?.as_i64().unwrap_or_default();
        let now = self.cx.world.now();
        let end = Moment::utc(Instant { nanos: now.nanos + i128::from(seconds) * 1_000_000_000 });
        let mut token = Map::new();
        token.insert("startUrl", self.login.settings.start_url.as_str());
        token.insert("region", self.login.settings.region.as_str());
        token.insert("accessToken", reply::text(found, "accessToken")?);
        token.insert("expiresAt", end.zulu());
        token.insert("clientId", reply::text(registration, "clientId")?);
        token.insert("clientSecret", reply::text(registration, "clientSecret")?);
        token.insert("registrationExpiresAt", reply::text(registration, "expiresAt")?);
        if let Some(refresh) = found.get("refreshToken") {
            token.insert("refreshToken", refresh.clone());
        }
        Ok(token)
    }
}

/// The code of a service's error.
fn code(error: &CallError) -> Option<&str> {
    match error {
        CallError::Service(failure) => Some(failure.code()),
        _ => None,
    }
}
