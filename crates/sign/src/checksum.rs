//! Checksums of bodies.

use crate::hex;
use base64::Engine;
use crc_fast::CrcAlgorithm;
use md5::Digest as _;
use std::hash::Hasher as _;

/// A checksum algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// CRC-32 (ISO-HDLC)
    Crc32,
    /// CRC-32C (Castagnoli)
    Crc32c,
    /// CRC-64/NVME: the default
    Crc64Nvme,
    /// SHA-1
    Sha1,
    /// SHA-256
    Sha256,
    /// SHA-512
    Sha512,
    /// XXH64
    XxHash64,
    /// XXH3, 64 bits
    XxHash3,
    /// XXH3, 128 bits
    XxHash128,
    /// MD5: for `Content-MD5`; S3 takes one from the user, but botocore computes none as a flexible checksum.
    Md5,
}

impl Algorithm {
    /// The algorithms of flexible checksums in the order in which a response's are looked for (botocore's).
    pub const BY_PRIORITY: [Algorithm; 9] = [
        Algorithm::XxHash128,
        Algorithm::XxHash3,
        Algorithm::Crc64Nvme,
        Algorithm::XxHash64,
        Algorithm::Crc32c,
        Algorithm::Crc32,
        Algorithm::Sha1,
        Algorithm::Sha256,
        Algorithm::Sha512,
    ];

    /// The one called `name` in the API (`CRC64NVME`), in any case; only those of flexible checksums.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::BY_PRIORITY.into_iter().find(|a| a.name().eq_ignore_ascii_case(name))
    }

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Crc32 => "CRC32",
            Algorithm::Crc32c => "CRC32C",
            Algorithm::Crc64Nvme => "CRC64NVME",
            Algorithm::Sha1 => "SHA1",
            Algorithm::Sha256 => "SHA256",
            Algorithm::Sha512 => "SHA512",
            Algorithm::XxHash64 => "XXHASH64",
            Algorithm::XxHash3 => "XXHASH3",
            Algorithm::XxHash128 => "XXHASH128",
            Algorithm::Md5 => "MD5",
        }
    }

    /// The header or trailer.
    pub fn header(self) -> &'static str {
        match self {
            Algorithm::Crc32 => "x-amz-checksum-crc32",
            Algorithm::Crc32c => "x-amz-checksum-crc32c",
            Algorithm::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Algorithm::Sha1 => "x-amz-checksum-sha1",
            Algorithm::Sha256 => "x-amz-checksum-sha256",
            Algorithm::Sha512 => "x-amz-checksum-sha512",
            Algorithm::XxHash64 => "x-amz-checksum-xxhash64",
            Algorithm::XxHash3 => "x-amz-checksum-xxhash3",
            Algorithm::XxHash128 => "x-amz-checksum-xxhash128",
            Algorithm::Md5 => "x-amz-checksum-md5",
        }
    }

    /// Bytes of a digest.
    pub fn digest_len(self) -> usize {
        match self {
            Algorithm::Crc32 | Algorithm::Crc32c => 4,
            Algorithm::Crc64Nvme | Algorithm::XxHash64 | Algorithm::XxHash3 => 8,
            Algorithm::XxHash128 | Algorithm::Md5 => 16,
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 => 32,
            Algorithm::Sha512 => 64,
        }
    }

    /// The digest of bytes in memory.
    pub fn digest(self, data: &[u8]) -> Digest {
        let mut hasher = Hasher::new(self);
        hasher.update(data);
        hasher.finish()
    }

    fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Algorithm::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Algorithm::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Algorithm::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            _ => None,
        }
    }

    /// The digest of two pieces put together, from theirs and the second's length in bytes. Only CRCs can do that: `None`
    /// for the others, and for digests of another length.
    pub fn combine(self, first: &Digest, second: &Digest, second_len: u64) -> Option<Digest> {
        let crc = self.crc()?;
        let combined = crc_fast::checksum_combine(crc, first.crc(self)?, second.crc(self)?, second_len);
        Some(Digest::of_crc(combined, self))
    }
}

/// A digest, in the byte order that is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    bytes: [u8; 64],
    len: u8,
}

impl Digest {
    fn new(bytes: &[u8]) -> Self {
        let mut out = Digest { bytes: [0; 64], len: bytes.len().min(64) as u8 };
        let len = usize::from(out.len);
        out.bytes[..len].copy_from_slice(&bytes[..len]);
        out
    }

    fn of_crc(value: u64, algorithm: Algorithm) -> Self {
        Digest::new(&value.to_be_bytes()[8 - algorithm.digest_len()..])
    }

    fn crc(&self, algorithm: Algorithm) -> Option<u64> {
        let bytes = Some(self.as_bytes()).filter(|b| b.len() == algorithm.digest_len())?;
        Some(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// From the base64 text of a header. `None` where it is none, or not a digest of `algorithm`.
    pub fn from_base64(text: &str, algorithm: Algorithm) -> Option<Self> {
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
        (bytes.len() == algorithm.digest_len()).then(|| Digest::new(&bytes))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// The form that headers hold.
    pub fn to_base64(&self) -> String {
        base64::engine::general_purpose::STANDARD.encode(self.as_bytes())
    }

    /// Lower-case hexadecimal.
    pub fn to_hex(&self) -> String {
        hex(self.as_bytes())
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Digest({})", self.to_base64())
    }
}

/// A checksum in the making.
#[derive(Clone)]
pub struct Hasher {
    algorithm: Algorithm,
    state: State,
}

#[derive(Clone)]
enum State {
    Crc(crc_fast::Digest),
    Ring(ring::digest::Context),
    Sha1(sha1::Sha1),
    Md5(md5::Md5),
    XxHash64(twox_hash::XxHash64),
    XxHash3(Box<twox_hash::XxHash3_64>),
    XxHash128(Box<twox_hash::XxHash3_128>),
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hasher({:?})", self.algorithm)
    }
}

impl Hasher {
    /// A checksum of nothing yet.
    pub fn new(algorithm: Algorithm) -> Self {
        let state = match algorithm {
            Algorithm::Crc32 => State::Crc(crc_fast::Digest::new(CrcAlgorithm::Crc32IsoHdlc)),
            Algorithm::Crc32c => State::Crc(crc_fast::Digest::new(CrcAlgorithm::Crc32Iscsi)),
            Algorithm::Crc64Nvme => State::Crc(crc_fast::Digest::new(CrcAlgorithm::Crc64Nvme)),
            Algorithm::Sha1 => State::Sha1(sha1::Sha1::new()),
            Algorithm::Sha256 => State::Ring(ring::digest::Context::new(&ring::digest::SHA256)),
            Algorithm::Sha512 => State::Ring(ring::digest::Context::new(&ring::digest::SHA512)),
            Algorithm::XxHash64 => State::XxHash64(twox_hash::XxHash64::with_seed(0)),
            Algorithm::XxHash3 => State::XxHash3(Box::new(twox_hash::XxHash3_64::new())),
            Algorithm::XxHash128 => State::XxHash128(Box::new(twox_hash::XxHash3_128::new())),
            Algorithm::Md5 => State::Md5(md5::Md5::new()),
        };
        Hasher { algorithm, state }
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Takes more bytes.
    pub fn update(&mut self, data: &[u8]) {
        match &mut self.state {
            State::Crc(crc) => crc.update(data),
            State::Ring(context) => context.update(data),
            State::Sha1(sha1) => sha1.update(data),
            State::Md5(md5) => md5.update(data),
            State::XxHash64(xx) => xx.write(data),
            State::XxHash3(xx) => xx.write(data),
            State::XxHash128(xx) => xx.write(data),
        }
    }

    /// The digest of all bytes taken.
    pub fn finish(self) -> Digest {
        match self.state {
            State::Crc(crc) => Digest::of_crc(crc.finalize(), self.algorithm),
            State::Ring(context) => Digest::new(context.finish().as_ref()),
            State::Sha1(sha1) => Digest::new(&sha1.finalize()),
            State::Md5(md5) => Digest::new(&md5.finalize()),
            State::XxHash64(xx) => Digest::new(&xx.finish().to_be_bytes()),
            State::XxHash3(xx) => Digest::new(&xx.finish().to_be_bytes()),
            State::XxHash128(xx) => Digest::new(&xx.finish_128().to_be_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Algorithm; 10] = [
        Algorithm::Crc32,
        Algorithm::Crc32c,
        Algorithm::Crc64Nvme,
        Algorithm::Sha1,
        Algorithm::Sha256,
        Algorithm::Sha512,
        Algorithm::XxHash64,
        Algorithm::XxHash3,
        Algorithm::XxHash128,
        Algorithm::Md5,
    ];

    #[test]
    fn check_values() {
        // The catalogues' values for "123456789".
        let of = |algorithm: Algorithm| algorithm.digest(b"123456789").to_hex();
        assert_eq!(of(Algorithm::Crc32), "cbf43926");
        assert_eq!(of(Algorithm::Crc32c), "e3069283");
        assert_eq!(of(Algorithm::Crc64Nvme), "ae8b14860a799888");
        assert_eq!(of(Algorithm::Md5), "25f9e794323b453885f5181f1b624d0b");
        assert_eq!(of(Algorithm::Sha1), "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
        assert_eq!(of(Algorithm::Sha256), "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
        assert!(of(Algorithm::Sha512).starts_with("d9e6762dd1c8eaf6d61b3c6192fc408d"));
        // These from the AWS Common Runtime, which computes them for botocore.
        assert_eq!(of(Algorithm::XxHash64), "8cb841db40e6ae83");
        assert_eq!(of(Algorithm::XxHash3), "72dcb18b67a17dff");
        assert_eq!(of(Algorithm::XxHash128), "33119477ede5dcd5e9716427681d5860");
        let long: Vec<u8> = (0..8).flat_map(|_| 0..=255).collect();
        assert_eq!(Algorithm::XxHash64.digest(&long).to_hex(), "68534a48b7bf5f4d");
        assert_eq!(Algorithm::XxHash3.digest(&long).to_hex(), "dd420471ff96bd00");
        assert_eq!(Algorithm::XxHash128.digest(&long).to_hex(), "df73e0768dd183fadd420471ff96bd00");
    }

    #[test]
    fn names_and_lengths_agree() {
        for algorithm in ALL {
            assert_eq!(algorithm.digest(b"x").as_bytes().len(), algorithm.digest_len());
            assert_eq!(algorithm.header(), format!("x-amz-checksum-{}", algorithm.name().to_lowercase()));
            let digest = algorithm.digest(b"y");
            assert_eq!(Digest::from_base64(&digest.to_base64(), algorithm), Some(digest));
        }
        assert_eq!(Algorithm::from_name("crc64nvme"), Some(Algorithm::Crc64Nvme));
        assert_eq!(Algorithm::from_name("MD5"), None);
        assert_eq!(Digest::from_base64("AAAA", Algorithm::Crc32), None);
        assert_eq!(Algorithm::Crc64Nvme.digest(b"").to_base64(), "AAAAAAAAAAA=");
    }

    proptest! {
        #[test]
        fn pieces_give_the_same_digest(data in proptest::collection::vec(any::<u8>(), 0..2000), cut in 0usize..2000) {
            let (first, second) = data.split_at(cut.min(data.len()));
            for algorithm in ALL {
                let mut hasher = Hasher::new(algorithm);
                hasher.update(first);
                hasher.update(second);
                let whole = algorithm.digest(&data);
                prop_assert_eq!(hasher.finish(), whole);
                let (a, b) = (algorithm.digest(first), algorithm.digest(second));
                let combined = algorithm.combine(&a, &b, second.len() as u64);
                prop_assert_eq!(combined, algorithm.crc().map(|_| whole));
            }
        }
    }
}
