//! RSA decryption with PKCS #1 v1.5 padding, for the one message that `ec2 get-password-data` decrypts.
//!
//! `ring` has no RSA decryption, and the `rsa` crate carries RUSTSEC-2023-0071 (a timing side channel that somebody who
//! can have many messages decrypted and timed may use). Here one message is decrypted a run, on the machine of whoever
//! owns the key. The arithmetic is `crypto-bigint`'s, in constant time for a given key size; reading the key is `pkcs1`'s
//! and `pkcs8`'s; what is left is the padding (RFC 8017, 7.2.2).

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use pkcs1::RsaPrivateKeyRef;
use pkcs8::PrivateKeyInfoRef;

/// Lengths of a modulus, in bytes: 512 to 16384 bits. A longer one would keep the machine busy for minutes.
const LENGTHS: std::ops::RangeInclusive<usize> = 64..=2048;
/// Random bytes that the padding has at least.
const LEAST_PADDING: usize = 8;
/// What stands around a key, and whether it is wrapped in PKCS #8.
const LABELS: [(&str, bool); 2] = [("RSA PRIVATE KEY", false), ("PRIVATE KEY", true)];

/// What was encrypted for the key in `pem` (PKCS #1 or PKCS #8).
pub(crate) fn decrypt(pem: &str, data: &[u8]) -> Option<Vec<u8>> {
    LABELS.iter().find_map(|(label, wrapped)| {
        let der = unarmoured(pem, label)?;
        let key = match wrapped {
            false => RsaPrivateKeyRef::try_from(&*der).ok()?,
            true => {
                let info = PrivateKeyInfoRef::try_from(&*der).ok()?;
                let is_rsa = info.algorithm.oid == pkcs1::ALGORITHM_OID;
                RsaPrivateKeyRef::try_from(is_rsa.then(|| info.private_key.as_bytes())?).ok()?
            }
        };
        let padded = power(data, key.private_exponent.as_bytes(), key.modulus.as_bytes())?;
        unpadded(&padded).map(<[u8]>::to_vec)
    })
}

/// The bytes between the lines of a PEM text. Lines may have any length: OpenSSL reads those of 76 characters that the
/// EC2 console once gave out, and RFC 7468 asks readers to.
fn unarmoured(pem: &str, label: &str) -> Option<Vec<u8>> {
    let begin = format!("-----BEGIN {label}-----");
    let (_, rest) = pem.split_once(&begin)?;
    let (text, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let text: String = text.split_ascii_whitespace().collect();
    oxaws_python::b64decode(&text)
}

/// `data ^ exponent mod modulus`, as long as the modulus.
fn power(data: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let length = modulus.len();
    if !LENGTHS.contains(&length) || data.len() != length || exponent.len() > length || data >= modulus {
        return None;
    }
    let bits = u32::try_from(length * 8).ok()?;
    let number = |bytes| BoxedUint::from_be_slice(bytes, bits).ok();
    let modulus = Odd::new(number(modulus)?).into_option()?;
    let base = BoxedMontyForm::new(number(data)?, &BoxedMontyParams::new(modulus));
    let bytes = base.pow(&number(exponent)?).retrieve().to_be_bytes();
    // Numbers are held in whole words.
    bytes.get(bytes.len().checked_sub(length)?..).map(<[u8]>::to_vec)
}

/// The message in `00 02 <random bytes, none of them zero> 00 <message>`.
fn unpadded(padded: &[u8]) -> Option<&[u8]> {
    let rest = padded.strip_prefix(&[0, 2])?;
    let end = rest.iter().position(|b| *b == 0).filter(|length| *length >= LEAST_PADDING)?;
    rest.get(end + 1..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn powers() {
        // 2^10 mod (2^512 - 1), and a number that is not reduced.
        let (mut two, modulus) = (vec![0; 64], vec![0xff; 64]);
        two[63] = 2;
        let mut expected = vec![0; 64];
        expected[62] = 4;
        assert_eq!(power(&two, &[10], &modulus), Some(expected));
        assert_eq!(power(&modulus, &[1], &modulus), None);
        assert_eq!(power(&two[1..], &[10], &modulus), None);
        // No odd modulus; one that is too short.
        assert_eq!(power(&two, &[10], &[vec![0xff; 63], vec![0xfe]].concat()), None);
        assert_eq!(power(&[1], &[1], &[3]), None);
    }

    #[test]
    fn padding() {
        assert_eq!(unpadded(b"\x00\x02abcdefgh\x00secret"), Some(&b"secret"[..]));
        assert_eq!(unpadded(b"\x00\x02abcdefgh\x00"), Some(&b""[..]));
        for bad in
            [&b""[..], b"\x00\x01abcdefgh\x00x", b"\x00\x02abcdefg\x00x", b"\x00\x02abcdefghijkl", b"\x02abcdefgh\x00x"]
        {
            assert_eq!(unpadded(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_key_makes_it_panic(key in proptest::collection::vec(any::<u8>(), 0..200), data in proptest::collection::vec(any::<u8>(), 0..80)) {
            use base64::Engine;
            let text = base64::engine::general_purpose::STANDARD.encode(&key);
            for (label, _) in LABELS {
                let _ = decrypt(&format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----"), &data);
            }
        }
    }
}
