//! The proof that who redeems an authorization code asked for it (RFC 7636).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oxaws_env::World;
use sha2::Digest;
use std::fmt;

/// The characters of a verifier: 66.
const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
const LENGTH: usize = 64;

/// A verifier and its challenge. The verifier is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Pkce {
    /// What is kept until the code is redeemed.
    pub verifier: String,
    /// What is sent with the question: the verifier's SHA-256, as base64 without padding.
    pub challenge: String,
}

impl fmt::Debug for Pkce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkce").field("challenge", &self.challenge).finish_non_exhaustive()
    }
}

impl Pkce {
    /// A new pair.
    pub fn generate(world: &dyn World) -> Pkce {
        let mut verifier = String::with_capacity(LENGTH);
        let mut bytes = [0u8; LENGTH];
        while verifier.len() < LENGTH {
            world.random(&mut bytes);
            // Bytes beyond the last whole multiple would make some characters likelier.
            let fair = bytes.iter().map(|b| usize::from(*b)).filter(|b| *b < ALPHABET.len() * 3);
            let missing = LENGTH - verifier.len();
            verifier.extend(fair.take(missing).map(|b| char::from(ALPHABET[b % ALPHABET.len()])));
        }
        Pkce::of(verifier)
    }

    fn of(verifier: String) -> Pkce {
        let challenge = URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier.as_bytes()));
        Pkce { verifier, challenge }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::{Fixed, Real};

    #[test]
    fn the_example_of_the_standard() {
        let pair = Pkce::of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
        assert_eq!(pair.challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(!format!("{pair:?}").contains("dBjft"));
    }

    #[test]
    fn verifiers_are_long_and_differ() {
        let one = Pkce::generate(&Real);
        assert_eq!(one.verifier.len(), 64);
        assert!(one.verifier.bytes().all(|b| ALPHABET.contains(&b)));
        assert_ne!(one, Pkce::generate(&Real));
        assert_eq!(Pkce::generate(&Fixed::new()).verifier.len(), 64);
    }
}
