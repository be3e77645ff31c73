//! TLS faults in the words of OpenSSL as Python shows them: `[SSL: REASON] text (_ssl.c:LINE)`.
//!
//! Scripts look for these texts, and they are what people find when they search for help. The reasons were compared with
//! the AWS CLI's against servers that show each fault; where rustls tells apart what OpenSSL doesn't, or the other way
//! round, the nearest one is taken.

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, OtherError, PeerIncompatible, PeerMisbehaved};
use std::fmt;
use std::sync::Arc;

/// Where Python's `_ssl.c` reports a fault of the handshake, of reading, and of a certificate file.
const HANDSHAKE: u16 = 1006;
const READ: u16 = 2580;
const FILE: u16 = 4149;

/// The reason where the peer hangs up during the handshake.
pub(crate) const HUNG_UP: &str =
    "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:1006)";

/// The reason where a file holds no certificate.
pub(crate) const NO_CERTIFICATE: &str = "[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found (_ssl.c:4149)";
/// The reason where a file holds no private key.
pub(crate) const NO_KEY: &str = "[SSL] PEM lib (_ssl.c:4149)";

/// What is wrong with a chain, found out by the verifier and already in OpenSSL's words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChainFault(pub(crate) &'static str);

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for ChainFault {}

impl From<ChainFault> for Error {
    fn from(fault: ChainFault) -> Error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(fault))))
    }
}

/// A fault of the handshake.
pub(crate) fn of_handshake(error: &Error, host: &str) -> String {
    reason(error, host, HANDSHAKE)
}

/// A fault on a connection that was in use.
pub(crate) fn of_connection(error: &Error) -> String {
    reason(error, "", READ)
}

/// A fault of a certificate and its key in a file.
pub(crate) fn of_client_certificate(error: &Error) -> String {
    match error {
        Error::InconsistentKeys(_) => format!("[X509: KEY_VALUES_MISMATCH] key values mismatch (_ssl.c:{FILE})"),
        _ => NO_KEY.to_owned(),
    }
}

fn reason(error: &Error, host: &str, line: u16) -> String {
    let name = match error {
        Error::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. }) => {
            return mismatch(host, presented);
        }
        Error::InvalidCertificate(CertificateError::NotValidForName) => return mismatch(host, &[]),
        Error::InvalidCertificate(fault) => {
            let verify = verification(fault);
            return format!("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {verify} (_ssl.c:{line})");
        }
        Error::AlertReceived(alert) => return of_alert(u8::from(*alert), line),
        // These are made here, for what rustls has no error for.
        Error::General(text) => return format!("[SSL] {text} (_ssl.c:{line})"),
        Error::InvalidMessage(fault) => message(fault),
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => "UNEXPECTED_MESSAGE",
        Error::NoCertificatesPresented => "PEER_DID_NOT_RETURN_A_CERTIFICATE",
        Error::DecryptError => "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
        Error::PeerSentOversizedRecord => "ENCRYPTED_LENGTH_TOO_LONG",
        Error::NoApplicationProtocol => "NO_APPLICATION_PROTOCOL",
        Error::PeerIncompatible(fault) => incompatible(fault),
        Error::PeerMisbehaved(fault) => misbehaved(fault),
        _ => "INTERNAL_ERROR",
    };
    named(name, line)
}

/// OpenSSL's texts are its names in other letters.
fn named(name: &str, line: u16) -> String {
    format!("[SSL: {name}] {} (_ssl.c:{line})", name.to_ascii_lowercase().replace('_', " "))
}

/// The name is compared by Python rather than by OpenSSL, and so are its words.
fn mismatch(host: &str, presented: &[String]) -> String {
    let names: Vec<String> = presented
        .iter()
        .filter_map(|name| {
            let inner = name.strip_prefix("DnsName(\"").and_then(|n| n.strip_suffix("\")"));
            inner.or_else(|| name.strip_prefix("IpAddress(").and_then(|n| n.strip_suffix(')')))
        })
        .map(|name| format!("'{name}'"))
        .collect();
    match names.as_slice() {
        [] => "no appropriate subjectAltName fields were found".to_owned(),
        [name] => format!("hostname '{host}' doesn't match {name}"),
        names => format!("hostname '{host}' doesn't match either of {}", names.join(", ")),
    }
}

/// Why a certificate isn't believed: the texts of `X509_verify_cert_error_string`.
fn verification(fault: &CertificateError) -> &'static str {
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "certificate is not yet valid",
        CertificateError::Revoked => "certificate revoked",
        CertificateError::UnhandledCriticalExtension => "unhandled critical extension",
        CertificateError::UnknownIssuer => "unable to get local issuer certificate",
        CertificateError::UnknownRevocationStatus => "unable to get certificate CRL",
        CertificateError::ExpiredRevocationList | CertificateError::ExpiredRevocationListContext { .. } => {
            "CRL has expired"
        }
        CertificateError::BadSignature | CertificateError::BadEncoding => "certificate signature failure",
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "CA signature digest algorithm too weak"
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "unsuitable certificate purpose"
        }
        CertificateError::Other(OtherError(inner)) => {
            if let Some(ChainFault(text)) = inner.downcast_ref::<ChainFault>() {
                text
            } else {
                inner.downcast_ref().map_or(UNNAMED, chain)
            }
        }
        _ => UNNAMED,
    }
}

/// What OpenSSL says where whoever embeds it refuses a certificate.
const UNNAMED: &str = "application verification failure";

/// Faults of a chain that rustls hands on as its verifier has them.
fn chain(fault: &webpki::Error) -> &'static str {
    match fault {
        webpki::Error::EndEntityUsedAsCa => "invalid CA certificate",
        webpki::Error::UnsupportedCriticalExtension => "unhandled critical extension",
        webpki::Error::CaUsedAsEndEntity | webpki::Error::EmptyEkuExtension => "unsuitable certificate purpose",
        webpki::Error::PathLenConstraintViolated => "path length constraint exceeded",
        webpki::Error::MaximumPathDepthExceeded
        | webpki::Error::MaximumPathBuildCallsExceeded
        | webpki::Error::MaximumSignatureChecksExceeded => "certificate chain too long",
        webpki::Error::NameConstraintViolation => "permitted subtree violation",
        webpki::Error::MaximumNameConstraintComparisonsExceeded => "excessive name constraint comparisons",
        webpki::Error::MalformedNameConstraint | webpki::Error::InvalidNetworkMaskConstraint => {
            "unsupported or invalid name constraint syntax"
        }
        webpki::Error::UnsupportedNameType => "unsupported name constraint type",
        webpki::Error::SignatureAlgorithmMismatch => "certificate signature failure",
        webpki::Error::MalformedExtensions | webpki::Error::ExtensionValueInvalid => {
            "invalid or inconsistent certificate extension"
        }
        _ => UNNAMED,
    }
}

fn message(fault: &InvalidMessage) -> &'static str {
    match fault {
        // What a server that speaks plain HTTP looks like.
        InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion => "WRONG_VERSION_NUMBER",
        InvalidMessage::MessageTooLarge => "RECORD_LAYER_FAILURE",
        InvalidMessage::UnexpectedMessage(_)
        | InvalidMessage::HandshakePayloadTooLarge
        | InvalidMessage::InvalidEmptyPayload
        | InvalidMessage::InvalidCcs => "UNEXPECTED_MESSAGE",
        _ => "BAD_PACKET",
    }
}

fn incompatible(fault: &PeerIncompatible) -> &'static str {
    match fault {
        PeerIncompatible::ServerDoesNotSupportTls12Or13 | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig => {
            "UNSUPPORTED_PROTOCOL"
        }
        PeerIncompatible::NoCipherSuitesInCommon => "NO_SHARED_CIPHER",
        PeerIncompatible::NoKxGroupsInCommon | PeerIncompatible::NoSignatureSchemesInCommon => {
            "NO_SHARED_SIGNATURE_ALGORITHMS"
        }
        _ => "BAD_EXTENSION",
    }
}

fn misbehaved(fault: &PeerMisbehaved) -> &'static str {
    match fault {
        PeerMisbehaved::SelectedUnofferedCipherSuite
        | PeerMisbehaved::SelectedUnusableCipherSuiteForVersion
        | PeerMisbehaved::SelectedDifferentCipherSuiteAfterRetry
        | PeerMisbehaved::CipherSuiteDifferedOnRetry => "WRONG_CIPHER_RETURNED",
        PeerMisbehaved::SignedKxWithWrongAlgorithm | PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme => {
            "WRONG_SIGNATURE_TYPE"
        }
        PeerMisbehaved::UnsolicitedEncryptedExtension | PeerMisbehaved::UnsolicitedServerHelloExtension => {
            "UNSOLICITED_EXTENSION"
        }
        PeerMisbehaved::AttemptedDowngradeToTls12WhenTls13IsSupported => "INAPPROPRIATE_FALLBACK",
        PeerMisbehaved::InvalidKeyShare | PeerMisbehaved::WrongGroupForKeyShare => "BAD_KEY_SHARE",
        _ => "UNEXPECTED_MESSAGE",
    }
}

/// OpenSSL numbers the alerts of a peer from 1000 on in its own library's block.
const ALERTS: u32 = 0x0a00_0000 + 1000;

fn of_alert(number: u8, line: u16) -> String {
    let ssl3 = |what: &str| {
        let name = what.to_ascii_uppercase().replace(' ', "_");
        format!("[SSL: SSLV3_ALERT_{name}] ssl/tls alert {what} (_ssl.c:{line})")
    };
    match AlertDescription::from(number) {
        AlertDescription::UnexpectedMessage => ssl3("unexpected message"),
        AlertDescription::BadRecordMac => ssl3("bad record mac"),
        AlertDescription::DecompressionFailure => ssl3("decompression failure"),
        AlertDescription::HandshakeFailure => ssl3("handshake failure"),
        AlertDescription::NoCertificate => ssl3("no certificate"),
        AlertDescription::BadCertificate => ssl3("bad certificate"),
        AlertDescription::UnsupportedCertificate => ssl3("unsupported certificate"),
        AlertDescription::CertificateRevoked => ssl3("certificate revoked"),
        AlertDescription::CertificateExpired => ssl3("certificate expired"),
        AlertDescription::CertificateUnknown => ssl3("certificate unknown"),
        AlertDescription::IllegalParameter => ssl3("illegal parameter"),
        AlertDescription::DecryptionFailed => named("TLSV1_ALERT_DECRYPTION_FAILED", line),
        AlertDescription::RecordOverflow => named("TLSV1_ALERT_RECORD_OVERFLOW", line),
        AlertDescription::UnknownCA => named("TLSV1_ALERT_UNKNOWN_CA", line),
        AlertDescription::AccessDenied => named("TLSV1_ALERT_ACCESS_DENIED", line),
        AlertDescription::DecodeError => named("TLSV1_ALERT_DECODE_ERROR", line),
        AlertDescription::DecryptError => named("TLSV1_ALERT_DECRYPT_ERROR", line),
        AlertDescription::ExportRestriction => named("TLSV1_ALERT_EXPORT_RESTRICTION", line),
        AlertDescription::ProtocolVersion => named("TLSV1_ALERT_PROTOCOL_VERSION", line),
        AlertDescription::InsufficientSecurity => named("TLSV1_ALERT_INSUFFICIENT_SECURITY", line),
        AlertDescription::InternalError => named("TLSV1_ALERT_INTERNAL_ERROR", line),
        AlertDescription::InappropriateFallback => named("TLSV1_ALERT_INAPPROPRIATE_FALLBACK", line),
        AlertDescription::UserCanceled => named("TLSV1_ALERT_USER_CANCELLED", line),
        AlertDescription::NoRenegotiation => named("TLSV1_ALERT_NO_RENEGOTIATION", line),
        AlertDescription::MissingExtension => named("TLSV13_ALERT_MISSING_EXTENSION", line),
        AlertDescription::UnsupportedExtension => named("TLSV1_UNSUPPORTED_EXTENSION", line),
        AlertDescription::CertificateUnobtainable => named("TLSV1_CERTIFICATE_UNOBTAINABLE", line),
        AlertDescription::UnrecognisedName => named("TLSV1_UNRECOGNIZED_NAME", line),
        AlertDescription::BadCertificateStatusResponse => named("TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE", line),
        AlertDescription::BadCertificateHashValue => named("TLSV1_BAD_CERTIFICATE_HASH_VALUE", line),
        AlertDescription::UnknownPSKIdentity => named("TLSV1_ALERT_UNKNOWN_PSK_IDENTITY", line),
        AlertDescription::CertificateRequired => named("TLSV13_ALERT_CERTIFICATE_REQUIRED", line),
        AlertDescription::NoApplicationProtocol => named("TLSV1_ALERT_NO_APPLICATION_PROTOCOL", line),
        _ => format!("[SSL] unknown error (0x{:x}) (_ssl.c:{line})", ALERTS + u32::from(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts() {
        for (number, text) in [
            (40, "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] ssl/tls alert handshake failure (_ssl.c:1006)"),
            (70, "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version (_ssl.c:1006)"),
            (80, "[SSL: TLSV1_ALERT_INTERNAL_ERROR] tlsv1 alert internal error (_ssl.c:1006)"),
            (112, "[SSL: TLSV1_UNRECOGNIZED_NAME] tlsv1 unrecognized name (_ssl.c:1006)"),
            (0, "[SSL] unknown error (0xa0003e8) (_ssl.c:1006)"),
            (200, "[SSL] unknown error (0xa0004b0) (_ssl.c:1006)"),
        ] {
            assert_eq!(of_handshake(&Error::AlertReceived(number.into()), "h"), text);
        }
        let required = Error::AlertReceived(AlertDescription::CertificateRequired);
        assert_eq!(
            of_connection(&required),
            "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required (_ssl.c:2580)"
        );
    }

    #[test]
    fn names_that_do_not_match() {
        let words = |presented: &[&str]| {
            let presented: Vec<String> = presented.iter().map(|p| (*p).to_owned()).collect();
            mismatch("localhost", &presented)
        };
        assert_eq!(words(&["DnsName(\"a.test\")"]), "hostname 'localhost' doesn't match 'a.test'");
        assert_eq!(
            words(&["DnsName(\"a.test\")", "IpAddress(10.0.0.1)", "DirectoryName"]),
            "hostname 'localhost' doesn't match either of 'a.test', '10.0.0.1'"
        );
        assert_eq!(words(&[]), "no appropriate subjectAltName fields were found");
    }

    /// Nothing in these texts may show that this program isn't written in C and Python.
    #[test]
    fn no_fault_speaks_rust() {
        let other =
            |fault: webpki::Error| Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(fault))));
        let unknown = Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(fmt::Error))));
        for (error, text) in [
            (other(webpki::Error::EndEntityUsedAsCa), "invalid CA certificate"),
            (other(webpki::Error::PathLenConstraintViolated), "path length constraint exceeded"),
            (other(webpki::Error::UnsupportedCertVersion), "application verification failure"),
            (unknown, "application verification failure"),
            (ChainFault("self-signed certificate").into(), "self-signed certificate"),
            (CertificateError::ApplicationVerificationFailure.into(), "application verification failure"),
        ] {
            let expected = format!("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {text} (_ssl.c:1006)");
            assert_eq!(of_handshake(&error, "h"), expected);
        }
        for error in [
            Error::PeerMisbehaved(PeerMisbehaved::MissingKeyShare),
            Error::PeerIncompatible(PeerIncompatible::KeyShareExtensionRequired),
            Error::InvalidMessage(InvalidMessage::MissingData("Random")),
            Error::EncryptError,
            Error::FailedToGetCurrentTime,
            Error::BadMaxFragmentSize,
            Error::Other(OtherError(Arc::new(fmt::Error))),
        ] {
            let text = of_handshake(&error, "h");
            assert!(text.starts_with("[SSL: ") && text.ends_with(" (_ssl.c:1006)"), "{text}");
            assert!(!text.contains(['(', ')']) || text.matches('(').count() == 1, "{text}");
        }
    }
}
