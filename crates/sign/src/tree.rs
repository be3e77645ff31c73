//! Glacier's tree hash.

use crate::hex;
use ring::digest::{self, SHA256};
use std::io::{self, Read};

/// Bytes a leaf stands for.
const LEAF: usize = 1 << 20;

/// The SHA-256 tree hash of a body over leaves of 1 MiB, in hexadecimal.
///
/// # Errors
/// The reader's.
pub fn tree_hash(mut body: impl Read) -> io::Result<String> {
    let mut level: Vec<digest::Digest> = Vec::new();
    let mut leaf = vec![0; LEAF];
    loop {
        let mut used = 0;
        while used < LEAF {
            match body.read(&mut leaf[used..]) {
                Ok(0) => break,
                Ok(n) => used += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        if used > 0 || level.is_empty() {
            level.push(digest::digest(&SHA256, &leaf[..used]));
        }
        if used < LEAF {
            break;
        }
    }
    while level.len() > 1 {
        let above = level.chunks(2).map(|pair| match pair {
            [left, right] => digest::digest(&SHA256, &[left.as_ref(), right.as_ref()].concat()),
            lone => lone[0],
        });
        level = above.collect();
    }
    Ok(level.first().map(|d| hex(d.as_ref())).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v4::sha256_hex;

    #[test]
    fn small_bodies_are_one_leaf() {
        assert_eq!(tree_hash(&b""[..]).unwrap(), sha256_hex(b""));
        assert_eq!(tree_hash(&b"abc"[..]).unwrap(), sha256_hex(b"abc"));
        let leaf = vec![1; LEAF];
        assert_eq!(tree_hash(&leaf[..]).unwrap(), sha256_hex(&leaf));
    }

    #[test]
    fn larger_ones_are_paired() {
        let body: Vec<u8> = (0..2 * LEAF + 5).map(|i| (i % 251) as u8).collect();
        let leaves: Vec<_> = body.chunks(LEAF).map(|c| digest::digest(&SHA256, c)).collect();
        let pair = digest::digest(&SHA256, &[leaves[0].as_ref(), leaves[1].as_ref()].concat());
        let root = sha256_hex(&[pair.as_ref(), leaves[2].as_ref()].concat());
        assert_eq!(tree_hash(&body[..]).unwrap(), root);
    }
}
