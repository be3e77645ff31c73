//! A certificate made for the occasion, and TLS with it.

use std::io;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::scratch::Scratch;

/// A server's certificate, signed by itself, and the file that makes a client trust it.
#[derive(Debug, Clone)]
pub struct Identity {
    config: Arc<ServerConfig>,
    folder: Arc<Scratch>,
}

impl Identity {
    /// A certificate for these hosts.
    ///
    /// # Errors
    /// When a name can't be one of a host, or the file can't be written.
    pub fn new(hosts: &[&str]) -> io::Result<Identity> {
        let params = CertificateParams::new(hosts.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>());
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params.and_then(|p| p.self_signed(&key)).map_err(io::Error::other)?;
        let folder = Scratch::new()?;
        folder.write("bundle.pem", certificate.pem())?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(io::Error::other)?;
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .map_err(io::Error::other)?;
        Ok(Identity { config: Arc::new(config), folder: Arc::new(folder) })
    }

    /// The file to name as the bundle of certificates a client trusts.
    pub fn bundle(&self) -> PathBuf {
        Path::join(self.folder.path(), "bundle.pem")
    }

    pub(crate) fn accept(&self, stream: TcpStream) -> io::Result<StreamOwned<ServerConnection, TcpStream>> {
        let connection = ServerConnection::new(Arc::clone(&self.config)).map_err(io::Error::other)?;
        Ok(StreamOwned::new(connection, stream))
    }
}
