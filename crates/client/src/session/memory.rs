//! What a client's handlers remember from call to call.

use crate::types::signing::Route;
use oxaws_creds::Credentials;
use oxaws_env::World;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

/// What a client's handlers remember from call to call.
#[derive(Default)]
pub struct Memory {
    /// Signing keys.
    pub keys: SigningKeys,
    regions: Mutex<HashMap<String, String>>,
    sessions: Mutex<HashMap<String, ExpressSession>>,
    making: Mutex<()>,
    discovered: Mutex<Discovered>,
    /// By bucket and operation: where its requests go, for callers that send thousands of them.
    routes: RwLock<HashMap<String, HashMap<&'static str, Arc<Route>>>>,
    ids: OnceLock<AtomicU64>,
}

/// A session of an S3 Express bucket.
#[derive(Clone)]
pub(crate) struct ExpressSession {
    /// Its credentials.
    pub(crate) keys: Arc<Credentials>,
    /// When they end, in seconds since the epoch.
    pub(crate) ends: f64,
}

/// Endpoints that a service named.
#[derive(Default)]
pub(crate) struct Discovered {
    /// Addresses, each with the second since the epoch when it grows stale.
    pub(crate) endpoints: Vec<(String, i64)>,
    /// Until then no other attempt is made after one that failed.
    pub(crate) pause_until: Option<i64>,
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
    pub(crate) fn region_of(&self, bucket: &str) -> Option<String> {
        lock(&self.regions).get(bucket).cloned()
    }

    pub(crate) fn set_region(&self, bucket: &str, region: &str) {
        lock(&self.regions).insert(bucket.to_owned(), region.to_owned());
        self.routes.write().unwrap_or_else(PoisonError::into_inner).remove(bucket);
    }

    pub(crate) fn session_of(&self, bucket: &str) -> Option<ExpressSession> {
        lock(&self.sessions).get(bucket).cloned()
    }

    /// Held while a session is made.
    pub(crate) fn making(&self) -> MutexGuard<'_, ()> {
        lock(&self.making)
    }

    pub(crate) fn set_session(&self, bucket: &str, session: ExpressSession) {
        lock(&self.sessions).insert(bucket.to_owned(), session);
    }

    /// The endpoints, held while a thread uses or changes them. Don't call anything meanwhile.
    pub(crate) fn discovered(&self) -> MutexGuard<'_, Discovered> {
        lock(&self.discovered)
    }

    pub(crate) fn route(&self, bucket: &str, operation: &str) -> Option<Arc<Route>> {
        self.routes.read().unwrap_or_else(PoisonError::into_inner).get(bucket)?.get(operation).cloned()
    }

    pub(crate) fn set_route(&self, bucket: &str, operation: &'static str, route: Arc<Route>) {
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        routes.entry(bucket.to_owned()).or_default().insert(operation, route);
    }

    /// An id for a call, in the form of a UUID: random enough to tell calls apart in a server's log. The machine is asked
    /// for randomness once.
    pub(crate) fn call_id(&self, world: &dyn World) -> String {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let ids = self.ids.get_or_init(|| {
            let mut seed = [0; 8];
            world.random(&mut seed);
            AtomicU64::new(u64::from_le_bytes(seed))
        });
        // SplitMix64.
        let mix = || {
            let mut z = ids.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        oxaws_env::uuid_of((u128::from(mix()) << 64) | u128::from(mix()))
    }
}

/// Signing keys, derived once.
#[derive(Debug, Default)]
pub struct SigningKeys {
    /// Those of SigV4.
    pub v4: oxaws_sign::KeyCache,
    v4a: std::sync::Mutex<Option<(String, oxaws_sign::V4aKey)>>,
}

impl SigningKeys {
    pub(crate) fn v4a(&self, credentials: &oxaws_sign::Credentials<'_>) -> Option<oxaws_sign::V4aKey> {
        let name = format!("{}\n{}", credentials.access_key_id, credentials.secret_access_key);
        let mut held = self.v4a.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((of, key)) = &*held
            && *of == name
        {
            return Some(key.clone());
        }
        let key = oxaws_sign::V4aKey::derive(credentials)?;
        *held = Some((name, key.clone()));
        Some(key)
    }
}
