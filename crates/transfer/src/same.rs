//! Whether a file has an object's content already, by the object's ETag.

use crate::limits;
use crate::plan::{Entry, Place};
use oxaws_sign::{Algorithm, Hasher};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Whether a file's content is the object's, as far as its ETag tells: the MD5 of the whole, or of the parts' MD5s. An
/// ETag of another making never is.
pub(crate) fn is_same(file: &Entry, object: &Entry, part_size: u64) -> bool {
    let (Place::Local(path), Some(etag), Some(size)) = (&file.place, &object.etag, file.size) else { return false };
    let etag = etag.trim_matches('"');
    let is_md5 = |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    match etag.split_once('-') {
        None if is_md5(etag) => parts_md5(path, u64::MAX).is_some_and(|parts| match parts.as_slice() {
            [] => etag.eq_ignore_ascii_case(&Algorithm::Md5.digest(b"").to_hex()),
            [only] => etag.eq_ignore_ascii_case(&only.to_hex()),
            _ => false,
        }),
        Some((md5, count)) if is_md5(md5) => {
            let part_size = limits::part_size(part_size, Some(size));
            if count.parse() != Ok(size.div_ceil(part_size)) {
                return false;
            }
            parts_md5(path, part_size).is_some_and(|parts| {
                let mut whole = Hasher::new(Algorithm::Md5);
                for part in &parts {
                    whole.update(part.as_bytes());
                }
                md5.eq_ignore_ascii_case(&whole.finish().to_hex())
            })
        }
        _ => false,
    }
}

/// The MD5 of each part of a file.
fn parts_md5(path: &Path, part_size: u64) -> Option<Vec<oxaws_sign::Digest>> {
    let mut file = File::open(path).ok()?;
    let mut piece = vec![0; limits::PIECE];
    let mut parts = Vec::new();
    loop {
        let mut hasher = Hasher::new(Algorithm::Md5);
        let mut left = part_size;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            let n = file.read(&mut piece[..most]).ok()?;
            if n == 0 {
                break;
            }
            hasher.update(&piece[..n]);
            left -= n as u64;
        }
        if left == part_size {
            return Some(parts);
        }
        parts.push(hasher.finish());
        if left > 0 {
            return Some(parts);
        }
    }
}
