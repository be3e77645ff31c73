//! A digest file: its contents, and whether its signature is CloudTrail's.

use flate2::bufread::GzDecoder;
use oxaws_value::{Map, Value};
use ring::digest::{Context, SHA256, digest};
use ring::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use std::io::{ErrorKind, Read};

/// How much of a file is hashed at once.
const BLOCK: usize = 64 << 10;
/// Members that a digest must have.
const REQUIRED: [&str; 6] = [
    "digestPublicKeyFingerprint",
    "digestS3Bucket",
    "digestS3Object",
    "previousDigestSignature",
    "digestEndTime",
    "digestStartTime",
];

/// What inflating gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Inflated {
    /// All of it.
    Whole(Vec<u8>),
    /// What there is of data that ends too early.
    Part(Vec<u8>),
    /// All of it, with something after its end.
    Trailing(Vec<u8>),
    /// It isn't compressed.
    Bad,
}

/// Inflates gzip data.
pub fn inflate(data: &[u8]) -> Inflated {
    // A wrong beginning is wrong however short the data is.
    let wrong = |at: usize, byte: u8| data.get(at).is_some_and(|b| *b != byte);
    if wrong(0, 0x1f) || wrong(1, 0x8b) || wrong(2, 8) {
        return Inflated::Bad;
    }
    let mut decoder = GzDecoder::new(data);
    let mut out = Vec::new();
    match decoder.read_to_end(&mut out) {
        Ok(_) if decoder.into_inner().is_empty() => Inflated::Whole(out),
        Ok(_) => Inflated::Trailing(out),
        Err(e) if e.kind() == ErrorKind::UnexpectedEof => Inflated::Part(out),
        Err(_) => Inflated::Bad,
    }
}

/// Hexadecimal text of a SHA-256.
pub fn sha256_hex(data: &[u8]) -> String {
    hex(digest(&SHA256, data).as_ref())
}

/// The same of what a reader has left, without holding it.
pub fn sha256_hex_of(reader: &mut dyn Read) -> std::io::Result<String> {
    let mut context = Context::new(&SHA256);
    let mut block = vec![0; BLOCK];
    loop {
        match reader.read(&mut block) {
            Ok(0) => return Ok(hex(context.finish().as_ref())),
            Ok(n) => context.update(block.get(..n).unwrap_or_default()),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Whether an RSA signature (PKCS #1 v1.5 with SHA-256) of a message was made with the key of this public half.
pub fn signed_by(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, key).verify(message, signature).is_ok()
}

/// A digest as it was delivered.
#[derive(Debug)]
pub struct Digest {
    /// Its members.
    pub data: Map,
    inflated: Vec<u8>,
    signature: String,
    /// When a late digest was made.
    pub made: Option<String>,
}

/// Why a digest is no good: the text after `INVALID: `.
pub type Invalid = String;

impl Digest {
    /// Reads a digest from an object's contents and metadata.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn read(body: &[u8], metadata: &Map, backfill: bool) -> Result<Digest, Invalid> {
        let format = || "invalid format".to_owned();
        let inflated = match inflate(body) {
            Inflated::Whole(out) | Inflated::Trailing(out) => out,
            Inflated::Part(_) | Inflated::Bad => return Err(format()),
        };
        let text = std::str::from_utf8(&inflated).map_err(|_| format())?;
        let Ok(Value::Map(data)) = oxaws_value::parse_json(text) else { return Err(format()) };
        let meta = |key: &str| metadata.get(key).and_then(Value::as_str).map(str::to_owned);
        let (Some(signature), Some(_)) = (meta("signature"), meta("signature-algorithm")) else {
            return Err("signature verification failed".into());
        };
        let made = meta("backfill-generation-timestamp");
        if backfill && made.is_none() {
            return Err(format());
        }
        Ok(Digest { data, inflated, signature, made })
    }

    /// A member's text.
    pub fn text(&self, key: &str) -> &str {
        self.data.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// Checks that nothing is missing and that it is where it was put.
    ///
    /// # Errors
    /// When it isn't so.
    pub fn check_place(&self, bucket: &str, key: &str) -> Result<(), Invalid> {
        if REQUIRED.iter().any(|r| !self.data.contains_key(r)) {
            return Err("invalid format".into());
        }
        if self.text("digestS3Bucket") != bucket || self.text("digestS3Object") != key {
            return Err("has been moved from its original location".into());
        }
        Ok(())
    }

    /// Checks the signature with a public key (DER, PKCS #1).
    ///
    /// # Errors
    /// When key or signature are no good.
    pub fn check_signature(&self, key: &[u8]) -> Result<(), Invalid> {
        if !is_rsa_key(key) {
            let fingerprint = self.text("digestPublicKeyFingerprint");
            return Err(format!("Unable to load PKCS #1 key with fingerprint {fingerprint}"));
        }
        let previous = match self.data.get("previousDigestSignature") {
            None | Some(Value::Null) => "null".to_owned(),
            Some(other) => oxaws_value::repr::str(other, Default::default()),
        };
        let signed = format!(
            "{}\n{}/{}\n{}\n{previous}",
            self.text("digestEndTime"),
            self.text("digestS3Bucket"),
            self.text("digestS3Object"),
            sha256_hex(&self.inflated)
        );
        let signature = unhex(&self.signature)?;
        if signed_by(key, signed.as_bytes(), &signature) { Ok(()) } else { Err("signature verification failed".into()) }
    }
}

/// Bytes from hexadecimal text, with Python's complaints.
pub fn unhex(text: &str) -> Result<Vec<u8>, Invalid> {
    if !text.len().is_multiple_of(2) {
        return Err("Odd-length string".into());
    }
    let digit = |b: u8| char::from(b).to_digit(16);
    text.as_bytes()
        .chunks(2)
        .map(|pair| {
            let byte = digit(pair[0]).zip(pair.get(1).and_then(|b| digit(*b))).map(|(high, low)| high * 16 + low);
            byte.and_then(|b| u8::try_from(b).ok()).ok_or_else(|| "Non-hexadecimal digit found".to_owned())
        })
        .collect()
}

/// Whether DER holds a sequence of two integers: an RSA public key of PKCS #1.
pub fn is_rsa_key(der: &[u8]) -> bool {
    let Some((body, [])) = element(der, 0x30) else { return false };
    let Some((_, rest)) = element(body, 0x02) else { return false };
    matches!(element(rest, 0x02), Some((_, [])))
}

/// The contents of a DER element of this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match *length {
        short @ 0..0x80 => (usize::from(short), rest),
        long => {
            let count = usize::from(long & 0x7f);
            if count == 0 || count > 4 || rest.len() < count {
                return None;
            }
            let (bytes, rest) = rest.split_at(count);
            (bytes.iter().fold(0usize, |n, b| n << 8 | usize::from(*b)), rest)
        }
    };
    (*first == tag && rest.len() >= length).then(|| rest.split_at(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn inflating() {
        let data = gzip(b"hello");
        assert_eq!(inflate(&data), Inflated::Whole(b"hello".to_vec()));
        assert_eq!(inflate(&[&data[..], b"x"].concat()), Inflated::Trailing(b"hello".to_vec()));
        assert!(matches!(inflate(&data[..data.len() - 4]), Inflated::Part(_)));
        assert_eq!(inflate(b"zz"), Inflated::Bad);
        assert_eq!(inflate(b""), Inflated::Part(Vec::new()));
    }

    #[test]
    fn digests() {
        let json = br#"{"digestPublicKeyFingerprint": "f", "digestS3Bucket": "b", "digestS3Object": "k", "previousDigestSignature": null, "digestEndTime": "e", "digestStartTime": "s"}"#;
        let metadata =
            |pairs: &[(&str, &str)]| -> Map { pairs.iter().map(|(k, v)| ((*k).to_owned(), Value::from(*v))).collect() };
        let signed = metadata(&[("signature", "00"), ("signature-algorithm", "SHA256withRSA")]);
        let digest = Digest::read(&gzip(json), &signed, false).unwrap();
        assert!(digest.check_place("b", "k").is_ok());
        assert_eq!(digest.check_place("b", "x").unwrap_err(), "has been moved from its original location");
        assert_eq!(digest.check_signature(b"").unwrap_err(), "Unable to load PKCS #1 key with fingerprint f");
        let key = [0x30, 6, 2, 1, 5, 2, 1, 3];
        assert_eq!(digest.check_signature(&key).unwrap_err(), "signature verification failed");
        assert_eq!(Digest::read(&gzip(json), &Map::new(), false).unwrap_err(), "signature verification failed");
        assert_eq!(Digest::read(b"x", &signed, false).unwrap_err(), "invalid format");
        assert_eq!(Digest::read(&gzip(json), &signed, true).unwrap_err(), "invalid format");
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(sha256_hex_of(&mut &b"abc"[..]).unwrap(), sha256_hex(b"abc"));
        assert_eq!(unhex("0aFF"), Ok(vec![10, 255]));
        assert_eq!(unhex("0"), Err("Odd-length string".into()));
        assert_eq!(unhex("zz"), Err("Non-hexadecimal digit found".into()));
    }
}
