//! Signature Version 4a: asymmetric, for a set of regions.

use crate::canonical::{self, SignedHeaders};
use crate::hex;
use crate::request::{Credentials, Payload, Rules, Scope, Signable, Trace, push, remove};
use crate::time::AmzDate;
use crate::v4::{
    hmac_sha256, own_parameters, payload_hash, push_parameter, set_date, set_payload, set_token, sha256_hex,
    token_parameter, without_form_type,
};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use ring::digest;

const ALGORITHM: &str = "AWS4-ECDSA-P256-SHA256";
/// The order of P-256 less two: the largest candidate for a key.
const LIMIT: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x4f,
];

/// A signing key. It depends on the credentials only; making one takes a third of a millisecond, so keep it.
#[derive(Clone)]
pub struct Key(SigningKey);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// Derives the key (NIST SP 800-108 in counter mode, as the V4a specification has it). `None` never happens with
    /// real credentials: each of 254 candidates would have to miss, with a chance of 2⁻³² each.
    pub fn derive(credentials: &Credentials<'_>) -> Option<Key> {
        let secret = [b"AWS4A", credentials.secret_access_key.as_bytes()].concat();
        (1..=254).find_map(|counter: u8| {
            let mut input = vec![0, 0, 0, 1];
            input.extend_from_slice(ALGORITHM.as_bytes());
            input.push(0);
            input.extend_from_slice(credentials.access_key_id.as_bytes());
            input.push(counter);
            input.extend_from_slice(&256u32.to_be_bytes());
            let mut candidate = hmac_sha256(&secret, &input);
            if candidate > LIMIT {
                return None;
            }
            for byte in candidate.iter_mut().rev() {
                let (sum, carry) = byte.overflowing_add(1);
                *byte = sum;
                if !carry {
                    break;
                }
            }
            SigningKey::from_slice(&candidate).ok().map(Key)
        })
    }

    /// The signature in DER form, hexadecimal. Deterministic (RFC 6979).
    fn sign(&self, string_to_sign: &str) -> String {
        let hash = digest::digest(&digest::SHA256, string_to_sign.as_bytes());
        let signature: Result<Signature, _> = self.0.sign_prehash(hash.as_ref());
        // Fails only for a hash of another length.
        signature.map(|s| hex(&der(&s.to_bytes()))).unwrap_or_default()
    }

    #[cfg(test)]
    fn public(&self) -> Vec<u8> {
        self.0.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }
}

/// A sequence of the two integers of a signature.
fn der(fixed: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(72);
    for half in fixed.chunks(32) {
        let zeros = half.iter().take_while(|b| **b == 0).count().min(half.len().saturating_sub(1));
        let digits = &half[zeros..];
        let pad = digits.first().is_some_and(|b| b & 0x80 != 0);
        body.push(2);
        body.push((digits.len() + usize::from(pad)) as u8);
        if pad {
            body.push(0);
        }
        body.extend_from_slice(digits);
    }
    let mut out = vec![0x30, body.len() as u8];
    out.append(&mut body);
    out
}

/// As [`sign_v4`](crate::sign_v4), for the regions in `scope.region`, which go into `X-Amz-Region-Set`.
pub fn sign_v4a(
    request: &mut Signable<'_, '_>,
    credentials: &Credentials<'_>,
    key: &Key,
    scope: &Scope<'_>,
    payload: Payload<'_>,
    rules: &Rules,
) -> Trace {
    let date = AmzDate::from_secs(scope.time);
    remove(request.headers, "authorization");
    remove(request.headers, "x-amz-region-set");
    set_date(request.headers, &date, scope.time);
    push(request.headers, "X-Amz-Region-Set", scope.region);
    set_token(request.headers, credentials, rules.token);
    let hash = set_payload(request.headers, payload, rules);
    let signed = SignedHeaders::new(request.headers, request.host);
    let canonical_request = canonical::request(request.method, request.path, rules.path, request.query, &signed, &hash);
    let trace = sign(canonical_request, key, scope, &date);
    let authorization = format!(
        "{ALGORITHM} Credential={}/{}/{}/aws4_request, SignedHeaders={}, Signature={}",
        credentials.access_key_id,
        date.date(),
        scope.service,
        signed.names,
        trace.signature
    );
    push(request.headers, "Authorization", authorization);
    trace
}

/// As [`presign_v4`](crate::presign_v4), for the regions in `scope.region`; parameters in the order of the AWS Common
/// Runtime, which signs these for botocore.
pub fn presign_v4a(
    request: &Signable<'_, '_>,
    credentials: &Credentials<'_>,
    key: &Key,
    scope: &Scope<'_>,
    payload: Payload<'_>,
    rules: &Rules,
    expires: impl Into<i128>,
) -> (String, Trace) {
    let date = AmzDate::from_secs(scope.time);
    let signed = SignedHeaders::new(&without_form_type(request.headers), request.host);
    let credential = format!("{}/{}/{}/aws4_request", credentials.access_key_id, date.date(), scope.service);
    let mut query = own_parameters(request.query);
    push_parameter(&mut query, "X-Amz-Algorithm", ALGORITHM);
    push_parameter(&mut query, "X-Amz-Credential", &credential);
    push_parameter(&mut query, "X-Amz-Date", date.stamp());
    push_parameter(&mut query, "X-Amz-SignedHeaders", &signed.names);
    push_parameter(&mut query, "X-Amz-Expires", &expires.into().to_string());
    if let Some(token) = credentials.session_token {
        push_parameter(&mut query, token_parameter(rules.token), token);
    }
    push_parameter(&mut query, "X-Amz-Region-Set", scope.region);
    let hash = payload_hash(payload);
    let canonical_request = canonical::request(request.method, request.path, rules.path, &query, &signed, &hash);
    let trace = sign(canonical_request, key, scope, &date);
    push_parameter(&mut query, "X-Amz-Signature", &trace.signature);
    (query, trace)
}

fn sign(canonical_request: Vec<u8>, key: &Key, scope: &Scope<'_>, date: &AmzDate) -> Trace {
    let string_to_sign = format!(
        "{ALGORITHM}\n{}\n{}/{}/aws4_request\n{}",
        date.stamp(),
        date.date(),
        scope.service,
        sha256_hex(&canonical_request)
    );
    let signature = key.sign(&string_to_sign);
    Trace { canonical_request, string_to_sign, signature }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::signature::hazmat::PrehashVerifier;

    const CREDENTIALS: Credentials<'_> = Credentials {
        access_key_id: "AKIDEXAMPLE",
        secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        session_token: None,
    };

    #[test]
    fn the_key_has_the_published_public_half() {
        let key = Key::derive(&CREDENTIALS).unwrap();
        assert_eq!(
            hex(&key.public()),
            "04b6618f6a65740a99e650b33b6b4b5bd0d43b176d721a3edfea7e7d2d56d936b1\
             865ed22a7eadc9c5cb9d2cbaca1b3699139fedc5043dc6661864218330c8e518"
        );
    }

    #[test]
    fn signatures_verify() {
        let key = Key::derive(&CREDENTIALS).unwrap();
        for text in ["", "a", "something longer"] {
            let hash = digest::digest(&digest::SHA256, text.as_bytes());
            let signature: Signature = key.0.sign_prehash(hash.as_ref()).unwrap();
            key.0.verifying_key().verify_prehash(hash.as_ref(), &signature).unwrap();
            assert_eq!(key.sign(text), hex(&der(&signature.to_bytes())));
        }
    }

    #[test]
    fn integers_are_minimal() {
        let mut fixed = [0; 64];
        fixed[31] = 0x80;
        fixed[63] = 1;
        assert_eq!(der(&fixed), [0x30, 7, 2, 2, 0, 0x80, 2, 1, 1]);
        assert_eq!(der(&[0; 64]), [0x30, 6, 2, 1, 0, 2, 1, 0]);
    }
}
