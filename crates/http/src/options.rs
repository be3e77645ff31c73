//! What a client is made with.

use crate::cancel::Cancel;
use crate::proxy::Proxies;
use std::path::PathBuf;
use std::time::Duration;

/// A client certificate, as files in PEM form.
#[derive(Debug, Clone)]
pub struct ClientCert {
    /// The certificate with its chain; also the key, where `key` is absent.
    pub cert: PathBuf,
    /// The private key.
    pub key: Option<PathBuf>,
}

/// Settings of a [`Client`](crate::Client).
#[derive(Debug, Clone)]
pub struct Options {
    /// How long making a connection (to one address) or its handshake may take; `None` for as long as it takes.
    pub connect_timeout: Option<Duration>,
    /// How long nothing may arrive; `None` for as long as it takes.
    pub read_timeout: Option<Duration>,
    /// Whether certificates are checked (`--no-verify-ssl`).
    pub verify: bool,
    /// Roots to trust in place of the built-in ones, a PEM file. Read with the first TLS connection.
    pub ca_bundle: Option<PathBuf>,
    /// Proxies for each scheme.
    pub proxies: Proxies,
    /// Roots to trust for an `https` proxy in place of `ca_bundle`.
    pub proxy_ca_bundle: Option<PathBuf>,
    /// The certificate shown to an `https` proxy.
    pub proxy_client_cert: Option<ClientCert>,
    /// Connections kept open for each host.
    pub max_idle: usize,
    /// Whether the system probes idle connections (`tcp_keepalive`).
    pub tcp_keepalive: bool,
    /// Ends every request of the client.
    pub cancel: Cancel,
}

impl Default for Options {
    /// botocore's defaults: 60 seconds each, certificates checked, 10 connections kept.
    fn default() -> Self {
        let minute = Some(Duration::from_secs(60));
        Options {
            connect_timeout: minute,
            read_timeout: minute,
            verify: true,
            ca_bundle: None,
            proxies: Proxies::default(),
            proxy_ca_bundle: None,
            proxy_client_cert: None,
            max_idle: 10,
            tcp_keepalive: false,
            cancel: Cancel::new(),
        }
    }
}
