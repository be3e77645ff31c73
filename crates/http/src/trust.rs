//! Which certificates are believed.

use crate::openssl::{self, ChainFault};
use crate::options::ClientCert;
use oxaws_python::python_os_error_bare;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, CipherSuite, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore,
    SignatureScheme,
};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// A configuration for TLS connections. The error is the reason, worded as Python's.
pub(crate) fn config(
    verify: bool,
    ca_bundle: Option<&Path>,
    client: Option<&ClientCert>,
) -> Result<Arc<ClientConfig>, String> {
    let mut provider = rustls::crypto::ring::default_provider();
    // Where the server lets the client choose: as safe, for less work, and Go's first choice too.
    provider.cipher_suites.sort_by_key(|suite| !is_aes128(suite.suite()));
    let provider = Arc::new(provider);
    let algorithms = provider.signature_verification_algorithms;
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?;
    let builder = match (verify, ca_bundle) {
        (false, _) => builder.dangerous().with_custom_certificate_verifier(Arc::new(Anyone(algorithms))),
        (true, None) => builder.dangerous().with_custom_certificate_verifier(Arc::new(Trust::usual(provider)?)),
        (true, Some(path)) => {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Trust::read(path, provider)?))
        }
    };
    let mut config = match client {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let chain = read_certificates(&client.cert)?;
            let key = read(client.key.as_deref().unwrap_or(&client.cert))?;
            let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| openssl::NO_KEY.to_owned())?;
            builder.with_client_auth_cert(chain, key).map_err(|e| openssl::of_client_certificate(&e))?
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn is_aes128(suite: CipherSuite) -> bool {
    matches!(
        suite,
        CipherSuite::TLS13_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    )
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| python_os_error_bare(&e))
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = read(path)?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&text).filter_map(Result::ok).collect();
    if found.is_empty() {
        return Err(openssl::NO_CERTIFICATE.to_owned());
    }
    Ok(found)
}

/// Trust in roots: Mozilla's, or those of a file. A file's certificates are also trusted each for itself. That is
/// OpenSSL's doing: a self-signed server certificate that is in the bundle is trusted although it is marked as an
/// authority, which webpki refuses.
#[derive(Debug)]
struct Trust {
    chain: Arc<WebPkiServerVerifier>,
    pinned: Vec<CertificateDer<'static>>,
}

impl Trust {
    fn usual(provider: Arc<CryptoProvider>) -> Result<Self, String> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        Trust::of(roots, Vec::new(), provider)
    }

    fn read(path: &Path, provider: Arc<CryptoProvider>) -> Result<Self, String> {
        let pinned = read_certificates(path)?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(pinned.iter().cloned());
        Trust::of(roots, pinned, provider)
    }

    fn of(
        roots: RootCertStore,
        pinned: Vec<CertificateDer<'static>>,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, String> {
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Trust { chain, pinned })
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.chain.verify_server_cert(end_entity, intermediates, name, ocsp, now) {
            Err(Error::InvalidCertificate(CertificateError::Other(_) | CertificateError::UnknownIssuer))
                if self.pinned.iter().any(|p| p.as_ref() == end_entity.as_ref()) =>
            {
                rustls::client::verify_server_name(&ParsedCertificate::try_from(end_entity)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            Err(error) => Err(worded(error, end_entity, intermediates)),
            Ok(good) => Ok(good),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

/// Trust in anyone (`--no-verify-ssl`); only that the peer holds the key it shows is still checked.
#[derive(Debug)]
struct Anyone(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

/// Tells apart what OpenSSL does where no issuer is known: a certificate that signed itself, a chain that ends in one,
/// and a chain that ends nowhere.
fn worded(error: Error, end_entity: &CertificateDer<'_>, intermediates: &[CertificateDer<'_>]) -> Error {
    let is_authority = |other: &OtherError| {
        other.0.downcast_ref::<webpki::Error>().is_some_and(|e| *e == webpki::Error::CaUsedAsEndEntity)
    };
    match &error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {}
        Error::InvalidCertificate(CertificateError::Other(other)) if is_authority(other) => {}
        _ => return error,
    }
    if is_self_issued(end_entity) {
        ChainFault("self-signed certificate").into()
    } else if intermediates.iter().any(is_self_issued) {
        ChainFault("self-signed certificate in certificate chain").into()
    } else {
        error
    }
}

fn is_self_issued(certificate: &CertificateDer<'_>) -> bool {
    webpki::EndEntityCert::try_from(certificate).is_ok_and(|c| c.issuer() == c.subject())
}
