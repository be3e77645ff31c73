//! Credentials that know how to become fresh.

use crate::{Context, Credentials, CredsError};
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// With less left than this, credentials are refreshed; if that fails, the old ones are used.
const ADVISORY: f64 = 15.0 * 60.0;
/// With less left than this, a failure to refresh is an error.
const MANDATORY: f64 = 10.0 * 60.0;

/// One way to credentials.
pub trait Provider {
    /// The name that `aws configure list` shows.
    fn method(&self) -> &'static str;

    /// Looks for credentials; `None` lets the next provider try.
    ///
    /// # Errors
    /// When this provider is configured and fails.
    fn load(&self, context: &Context<'_>) -> Result<Option<Loaded>, CredsError>;
}

/// A way to fetch credentials, again and again.
pub trait Refresh: Send + Sync {
    /// Fetches them.
    ///
    /// # Errors
    /// When the source fails.
    fn fetch(&self, context: &Context<'_>) -> Result<Credentials, CredsError>;
}

/// Credentials a provider found: at hand, to be fetched, or both.
pub struct Loaded {
    method: &'static str,
    current: Mutex<Option<Credentials>>,
    refresh: Option<Box<dyn Refresh>>,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded").field("method", &self.method).finish_non_exhaustive()
    }
}

impl Loaded {
    /// Credentials that stay as they are.
    pub fn fixed(credentials: Credentials) -> Loaded {
        Loaded { method: credentials.method, current: Mutex::new(Some(credentials)), refresh: None }
    }

    /// Credentials at hand that can be fetched anew.
    pub fn refreshable(credentials: Credentials, refresh: impl Refresh + 'static) -> Loaded {
        Loaded { method: credentials.method, current: Mutex::new(Some(credentials)), refresh: Some(Box::new(refresh)) }
    }

    /// Credentials that are fetched when they are first used.
    pub fn deferred(method: &'static str, refresh: impl Refresh + 'static) -> Loaded {
        Loaded { method, current: Mutex::new(None), refresh: Some(Box::new(refresh)) }
    }

    /// Which provider found them.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// The credentials, fetched or refreshed where that is due. Threads that come together wait for one refresh.
    ///
    /// # Errors
    /// When fetching fails and there are none that are good for ten minutes more.
    pub fn credentials(&self, context: &Context<'_>) -> Result<Credentials, CredsError> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let left = |c: &Credentials| c.expiration.map_or(f64::INFINITY, |end| end.seconds_from(context.world.now()));
        let remaining = current.as_ref().map(left);
        if let (Some(credentials), Some(remaining)) = (current.as_ref(), remaining)
            && (remaining >= ADVISORY || self.refresh.is_none())
        {
            return Ok(credentials.clone());
        }
        let Some(refresh) = &self.refresh else { return Err(CredsError::IncompleteRefresh { provider: self.method }) };
        match (refresh.fetch(context), remaining) {
            (Ok(fresh), _) => {
                let expired = left(&fresh) < 0.0;
                *current = Some(fresh.clone());
                if expired { Err(CredsError::StillExpired) } else { Ok(fresh) }
            }
            (Err(error), Some(remaining)) if remaining >= MANDATORY => current.clone().ok_or(error),
            (Err(error), _) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Moment;
    use crate::stage::Stage;
    use oxaws_env::Instant;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static CALLS: AtomicUsize = AtomicUsize::new(0);

    fn until(seconds: i64) -> Credentials {
        Credentials {
            access_key_id: format!("until {seconds}"),
            secret_access_key: "s".into(),
            session_token: None,
            account_id: None,
            expiration: Some(Moment::utc(Instant::from_secs(seconds))),
            method: "test",
        }
    }

    struct Next(Option<i64>);
    impl Refresh for Next {
        fn fetch(&self, _: &Context<'_>) -> Result<Credentials, CredsError> {
            CALLS.fetch_add(1, Ordering::SeqCst);
            self.0.map(until).ok_or_else(|| CredsError::python("failed"))
        }
    }

    #[test]
    fn refresh_windows() {
        let stage = Stage::new();
        let get = |left: i64, next: Option<i64>| {
            stage.run(|context| {
                Loaded::refreshable(until(left), Next(next)).credentials(context).map(|c| c.access_key_id)
            })
        };
        // The stage's clock stands at the epoch.
        assert_eq!(get(900, None).unwrap(), "until 900");
        assert_eq!(get(899, Some(5000)).unwrap(), "until 5000");
        assert_eq!(get(600, None).unwrap(), "until 600");
        assert_eq!(get(599, None).unwrap_err().to_string(), "failed");
        assert_eq!(
            get(-1, Some(-1)).unwrap_err().to_string(),
            "Credentials were refreshed, but the refreshed credentials are still expired."
        );
        assert_eq!(get(-1, Some(1)).unwrap(), "until 1");
    }

    #[test]
    fn deferred_credentials_are_fetched_once() {
        let stage = Stage::new();
        stage.run(|context| {
            let loaded = Loaded::deferred("test", Next(Some(10_000)));
            let before = CALLS.load(Ordering::SeqCst);
            assert!(loaded.credentials(context).is_ok() && loaded.credentials(context).is_ok());
            assert!(CALLS.load(Ordering::SeqCst) > before);
        });
    }
}
