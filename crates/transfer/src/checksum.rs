//! Whether a download is the object as a whole: its parts may each have arrived as they were sent and still have changed
//! on the way.

use crate::client::{Call, S3};
use crate::engine::Shared;
use crate::error::TransferError;
use crate::limits;
use crate::operation::Op;
use oxaws_http::Headers;
use oxaws_sign::{Algorithm, Digest, Hasher};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The checksum of a whole object, as the service gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// How it is made.
    pub algorithm: Algorithm,
    /// Base64. A `-` and a number follow where it is made of the checksums of that many parts.
    pub value: String,
}

/// What a download is checked by.
pub(crate) struct Evidence<'a> {
    /// The file that holds what arrived.
    pub file: &'a Path,
    pub bucket: &'a str,
    pub key: &'a str,
    pub etag: Option<&'a str>,
    pub size: u64,
    /// The digests of its pieces, and the size of all pieces but the last.
    pub digests: &'a [Option<(Algorithm, Digest)>],
    pub piece: u64,
    /// Whether the service may be asked how the object was put together.
    pub may_ask: bool,
}

impl Whole {
    /// The checksum in an answer to a HEAD.
    pub(crate) fn of(headers: &Headers) -> Option<Whole> {
        Algorithm::BY_PRIORITY.into_iter().find_map(|algorithm| {
            let value = headers.get(algorithm.header()).filter(|v| !v.is_empty())?.to_owned();
            Some(Whole { algorithm, value })
        })
    }

    /// The checksum of all parts in an answer.
    pub(crate) fn of_parts(headers: &Headers) -> Option<Whole> {
        Algorithm::BY_PRIORITY.into_iter().find_map(|algorithm| {
            let value = headers.get(algorithm.header())?.to_owned();
            Some(Whole { algorithm, value }).filter(|whole| whole.parts().is_some())
        })
    }

    /// How many parts' checksums it is made of; `None` where it is made of the bytes.
    fn parts(&self) -> Option<u64> {
        self.value.rsplit_once('-')?.1.parse().ok()
    }

    /// Whether it is made of the object's bytes.
    pub(crate) fn is_of_bytes(&self) -> bool {
        self.parts().is_none()
    }

    /// Compares a download with the checksum; `false` where that can't be done.
    ///
    /// # Errors
    /// When they differ, or the file can't be read.
    pub(crate) fn check(&self, cx: &Shared<'_>, evidence: &Evidence<'_>) -> Result<bool, TransferError> {
        let Some(parts) = self.parts() else {
            let (made, how) = match self.combined(evidence) {
                Some(digest) => (digest, "combined"),
                None => (digest_of(evidence.file, evidence.size, self.algorithm)?.0, "calculated"),
            };
            return self.compare(&made.to_base64(), how).map(|()| true);
        };
        let composite = |part: u64| -> Result<String, TransferError> {
            Ok(format!("{}-{parts}", digest_of(evidence.file, part, self.algorithm)?.1.to_base64()))
        };
        let fits = |part: u64| part > 0 && evidence.size.div_ceil(part) == parts;
        // Often the parts are of the size that downloads have, too.
        let guess = if parts == 1 { evidence.size } else { evidence.piece };
        if fits(guess) && composite(guess)? == self.value {
            return Ok(true);
        }
        let part = if evidence.may_ask { first_part(cx.s3, cx, evidence) } else { None };
        match part.filter(|part| fits(*part)) {
            Some(part) => self.compare(&composite(part)?, "calculated").map(|()| true),
            None => Ok(false),
        }
    }

    fn compare(&self, made: &str, how: &str) -> Result<(), TransferError> {
        if made == self.value {
            return Ok(());
        }
        Err(TransferError::Corrupt(
            format!(
                "Expected full object checksum ({}) {} did not match {how} checksum: {made}",
                self.algorithm.name().to_lowercase(),
                self.value
            )
            .into(),
        ))
    }

    /// The checksum of all pieces, made of theirs.
    fn combined(&self, evidence: &Evidence<'_>) -> Option<Digest> {
        let mut whole: Option<Digest> = None;
        for (at, piece) in evidence.digests.iter().enumerate() {
            let (_, digest) = piece.filter(|(algorithm, _)| *algorithm == self.algorithm)?;
            let offset = at as u64 * evidence.piece;
            let length = evidence.piece.min(evidence.size.checked_sub(offset)?);
            whole = match whole {
                None => Some(digest),
                Some(before) => Some(self.algorithm.combine(&before, &digest, length)?),
            };
        }
        whole
    }
}

/// The digest of a file's bytes up to `part`, and that of the digests of all its parts of that size.
fn digest_of(path: &Path, part: u64, algorithm: Algorithm) -> Result<(Digest, Digest), TransferError> {
    let fault = TransferError::local_bare;
    let mut file = File::open(path).map_err(fault)?;
    let mut buffer = vec![0; limits::PIECE];
    let mut first = None;
    let mut all = Hasher::new(algorithm);
    loop {
        let (mut hasher, mut left) = (Hasher::new(algorithm), part);
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let n = file.read(&mut buffer[..most]).map_err(fault)?;
            if n == 0 {
                break;
            }
            hasher.update(&buffer[..n]);
            left -= n as u64;
        }
        if first.is_some() && left == part {
            break;
        }
        let digest = hasher.finish();
        all.update(digest.as_bytes());
        first.get_or_insert(digest);
        if left > 0 || part == 0 {
            break;
        }
    }
    Ok((first.unwrap_or_else(|| algorithm.digest(b"")), all.finish()))
}

/// The size of an object's first part; `None` where the service does not say, and then there is nothing to compare with.
fn first_part(s3: &S3<'_>, cx: &Shared<'_>, evidence: &Evidence<'_>) -> Option<u64> {
    let mut call = Call::new(Op::HeadObject, evidence.bucket, evidence.key);
    call.query = "partNumber=1".into();
    cx.prepared.head.add_to(&mut call);
    if let Some(etag) = evidence.etag {
        call.header("If-Match", etag);
    }
    let answer = s3.send(&call, cx.now(&|_| {})).ok()?;
    answer.headers.get("content-length")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_a_file() {
        let path = std::env::temp_dir().join(format!("oxaws-checksum-{}", std::process::id()));
        let data: Vec<u8> = (0..10_u8).collect();
        std::fs::write(&path, &data).unwrap();
        let algorithm = Algorithm::Sha256;
        let (whole, _) = digest_of(&path, 10, algorithm).unwrap();
        assert_eq!(whole, algorithm.digest(&data));
        for part in [1_usize, 3, 5, 10, 20] {
            let digests: Vec<u8> = data.chunks(part).flat_map(|c| algorithm.digest(c).as_bytes().to_vec()).collect();
            let (_, all) = digest_of(&path, part as u64, algorithm).unwrap();
            assert_eq!(all, algorithm.digest(&digests), "{part}");
        }
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn checksums_of_parts() {
        let headers: Headers =
            [("x-amz-checksum-sha256", "abc-3"), ("x-amz-checksum-crc32", "AAAAAA==")].into_iter().collect();
        assert_eq!(Whole::of_parts(&headers).and_then(|w| w.parts()), Some(3));
        assert_eq!(Whole::of(&headers).map(|w| w.algorithm), Some(Algorithm::Crc32));
    }
}
