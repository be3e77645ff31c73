//! The key of a login session, and the proof that a request comes from its holder (RFC 9449).

use crate::CredsError;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use oxaws_env::{World, uuid4};
use oxaws_value::{JsonStyle, Map, Value, to_json};
use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::DecodePrivateKey;
use std::fmt;

/// A private key on the curve P-256. Never shown.
#[derive(Clone)]
pub struct DpopKey {
    key: SecretKey,
}

impl fmt::Debug for DpopKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DpopKey(…)")
    }
}

impl DpopKey {
    /// A new key.
    pub fn generate(world: &dyn World) -> Option<DpopKey> {
        // Nearly every 32 bytes are a key; a world whose bytes never are has none.
        (0..64).find_map(|_| {
            let mut bytes = [0u8; 32];
            world.random(&mut bytes);
            SecretKey::from_slice(&bytes).ok().map(|key| DpopKey { key })
        })
    }

    /// Reads a key as login sessions keep it: PEM, of the older or the newer kind.
    ///
    /// # Errors
    /// [`CredsError::LoginTokenLoad`] for anything else.
    pub fn from_pem(pem: &str) -> Result<DpopKey, CredsError> {
        let body: String = pem.lines().filter(|l| !l.starts_with("-----")).map(str::trim).collect();
        let fault = |why: String| CredsError::LoginTokenLoad {
            message: format!("Unable to load private key from cached token: {why}"),
        };
        let der = STANDARD.decode(body).map_err(|e| fault(e.to_string()))?;
        let key = SecretKey::from_sec1_der(&der).or_else(|_| SecretKey::from_pkcs8_der(&der));
        Ok(DpopKey { key: key.map_err(|e| fault(e.to_string()))? })
    }

    /// The key as login sessions keep it.
    ///
    /// # Errors
    /// When the key can't be encoded, which does not happen.
    pub fn to_pem(&self) -> Result<String, CredsError> {
        let der = self.key.to_sec1_der().map_err(|e| CredsError::python(e.to_string()))?;
        let text = STANDARD.encode(der.as_slice());
        let mut out = String::from("-----BEGIN EC PRIVATE KEY-----\n");
        for line in text.as_bytes().chunks(64) {
            out.extend(line.iter().map(|b| char::from(*b)));
            out.push('\n');
        }
        out.push_str("-----END EC PRIVATE KEY-----\n");
        Ok(out)
    }

    /// The value of the header `DPoP` for a POST to `url`, with the time and a random id of this moment.
    pub fn header(&self, world: &dyn World, url: &str) -> String {
        self.proof(url, world.now().secs(), &uuid4(world))
    }

    fn proof(&self, url: &str, issued: i64, id: &str) -> String {
        let point = self.key.public_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&[u8]>| URL_SAFE_NO_PAD.encode(bytes.unwrap_or_default());
        let key = map([
            ("kty", "EC".into()),
            ("x", coordinate(point.x().map(|x| x.as_slice())).into()),
            ("y", coordinate(point.y().map(|y| y.as_slice())).into()),
            ("crv", "P-256".into()),
        ]);
        let header = map([("typ", "dpop+jwt".into()), ("alg", "ES256".into()), ("jwk", key)]);
        let claims = map([("htm", "POST".into()), ("htu", url.into()), ("iat", issued.into()), ("jti", id.into())]);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(to_json(value, JsonStyle::COMPACT));
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature: Signature = SigningKey::from(&self.key).sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

fn map<const N: usize>(members: [(&'static str, Value); N]) -> Value {
    let mut map = Map::new();
    for (key, value) in members {
        map.insert(key, value);
    }
    Value::Map(map)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use oxaws_env::Fixed;
    use oxaws_value::parse_json;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;

    pub(crate) fn key() -> DpopKey {
        DpopKey::generate(&Fixed::new()).expect("a key")
    }

    #[test]
    fn keys_survive_their_text() {
        let pem = key().to_pem().unwrap();
        assert!(
            pem.starts_with("-----BEGIN EC PRIVATE KEY-----\nM") && pem.ends_with("=\n-----END EC PRIVATE KEY-----\n")
        );
        assert!(pem.lines().all(|l| l.len() <= 64));
        assert_eq!(DpopKey::from_pem(&pem).unwrap().to_pem().unwrap(), pem);
        let error = DpopKey::from_pem("-----BEGIN EC PRIVATE KEY-----\nAAAA\n").unwrap_err().to_string();
        let want = "Error loading login session token: Unable to load private key from cached token: ";
        assert!(error.starts_with(want), "{error}");
    }

    #[test]
    fn a_proof_can_be_verified() {
        let key = key();
        let proof = key.proof("https://x/v1/token", 7, "id");
        let parts: Vec<&str> = proof.split('.').collect();
        let json = |part: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
            parse_json(std::str::from_utf8(&bytes).unwrap()).unwrap()
        };
        let claims = r#"{"htm":"POST","htu":"https://x/v1/token","iat":7,"jti":"id"}"#;
        assert_eq!(to_json(&json(parts[1]), JsonStyle::COMPACT), claims);
        assert_eq!(json(parts[0]).get("alg").and_then(Value::as_str), Some("ES256"));
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(parts[2]).unwrap()).unwrap();
        let verifying = VerifyingKey::from(key.key.public_key());
        verifying.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &signature).unwrap();
    }
}
