//! What a client's handlers remember from call to call.

use crate::auth::{Keys, SigningKeys};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a client's handlers remember from call to call.
#[derive(Default)]
pub struct Memory {
    /// Signing keys.
    pub keys: SigningKeys,
    regions: Mutex<HashMap<String, String>>,
    sessions: Mutex<HashMap<String, ExpressSession>>,
    making: Mutex<()>,
    discovered: Mutex<Discovered>,
}

/// A session of an S3 Express bucket.
#[derive(Clone)]
pub(super) struct ExpressSession {
    /// Its credentials.
    pub(super) keys: Keys,
    /// When they end, in seconds since the epoch.
    pub(super) ends: f64,
}

/// Endpoints that a service named.
#[derive(Default)]
pub(super) struct Discovered {
    /// Addresses, each with the second since the epoch when it grows stale.
    pub(super) endpoints: Vec<(String, i64)>,
    /// Until then no other attempt is made after one that failed.
    pub(super) pause_until: Option<i64>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memory")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    /// The region in which a bucket was found.
    pub(super) fn region_of(&self, bucket: &str) -> Option<String> {
        lock(&self.regions).get(bucket).cloned()
    }

    pub(super) fn set_region(&self, bucket: &str, region: &str) {
        lock(&self.regions).insert(bucket.to_owned(), region.to_owned());
    }

    pub(super) fn session_of(&self, bucket: &str) -> Option<ExpressSession> {
        lock(&self.sessions).get(bucket).cloned()
    }

    /// Held while a session is made.
    pub(super) fn making(&self) -> MutexGuard<'_, ()> {
        lock(&self.making)
    }

    pub(super) fn set_session(&self, bucket: &str, session: ExpressSession) {
        lock(&self.sessions).insert(bucket.to_owned(), session);
    }

    /// The endpoints, held while a thread uses or changes them. Don't call anything meanwhile.
    pub(super) fn discovered(&self) -> MutexGuard<'_, Discovered> {
        lock(&self.discovered)
    }
}
