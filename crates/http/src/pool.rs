//! Connections between requests.

use crate::conn::Conn;
use crate::url::{Scheme, Url};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What connections are kept by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    scheme: Scheme,
    host: String,
    port: u16,
    proxy: Option<String>,
}

impl Key {
    pub(crate) fn new(url: &Url, proxy: Option<&str>) -> Self {
        Key { scheme: url.scheme(), host: url.host().to_owned(), port: url.port(), proxy: proxy.map(str::to_owned) }
    }
}

/// Open connections that no request uses. A command talks to few hosts, so a list does.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    idle: Mutex<Vec<(Key, Vec<Conn>)>>,
}

impl Pool {
    /// The connection used last that is still quiet: one that is readable was closed, or the peer talks out of turn.
    pub(crate) fn take(&self, key: &Key) -> Option<Conn> {
        loop {
            let mut conn = {
                let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
                idle.iter_mut().find(|(k, _)| k == key)?.1.pop()?
            };
            if matches!(conn.has_answer(Duration::ZERO), Ok(false)) {
                return Some(conn);
            }
        }
    }

    /// Keeps a connection for later, unless there are enough.
    pub(crate) fn put(&self, key: &Key, mut conn: Conn, max: usize) {
        conn.idle_since = Some(Instant::now());
        conn.stream.socket().stop.request = None;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let at = idle.iter().position(|(k, _)| k == key).unwrap_or_else(|| {
            idle.push((key.clone(), Vec::new()));
            idle.len() - 1
        });
        if idle[at].1.len() < max {
            idle[at].1.push(conn);
        }
    }
}
