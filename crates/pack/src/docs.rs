//! Reads documentation packs (their layout stands with their writer, in `modelpack`).

use oxaws_model::{Member, Operation, Service, Shape};
use std::fmt;

/// The documentation of one service, as the models have it: HTML.
#[derive(Debug)]
pub struct ServiceDocs {
    raw: Vec<u8>,
    first: [u32; 3],
}

/// Why documentation can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocsError {
    /// The pack has no block for the service.
    Missing,
    /// A block can't be unpacked.
    Damaged(String),
}

impl fmt::Display for DocsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DocsError::Missing => write!(f, "no documentation for this service"),
            DocsError::Damaged(why) => write!(f, "damaged documentation: {why}"),
        }
    }
}

impl std::error::Error for DocsError {}

fn word(bytes: &[u8], at: usize) -> u32 {
    match at.checked_add(4).and_then(|end| bytes.get(at..end)) {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        _ => 0,
    }
}

impl ServiceDocs {
    /// The documentation of a service in a documentation pack.
    ///
    /// # Errors
    /// When it isn't there or can't be unpacked.
    pub fn open(pack: &[u8], service: Service) -> Result<ServiceDocs, DocsError> {
        if service.index() >= word(pack, 4) {
            return Err(DocsError::Missing);
        }
        let entry = 8 + service.index() as usize * 12;
        let (offset, len) = (word(pack, entry) as usize, word(pack, entry + 4) as usize);
        let block = offset.checked_add(len).and_then(|end| pack.get(offset..end)).ok_or(DocsError::Missing)?;
        let raw = zstd::bulk::decompress(block, word(pack, entry + 8) as usize)
            .map_err(|e| DocsError::Damaged(e.to_string()))?;
        let first = [service.first_operation(), service.first_shape(), service.member_range().0];
        Ok(ServiceDocs { raw, first })
    }

    fn text(&self, slot: usize) -> &str {
        let offset = word(&self.raw, 12 + slot * 4) as usize;
        if offset == 0 {
            return "";
        }
        let len = word(&self.raw, offset) as usize;
        let bytes = (offset + 4).checked_add(len).and_then(|end| self.raw.get(offset + 4..end)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    fn slot(&self, list: usize, index: u32) -> usize {
        let before: u32 = (0..list).map(|l| word(&self.raw, l * 4)).sum();
        1 + before as usize + index.wrapping_sub(self.first[list]) as usize
    }

    /// The service's own text.
    pub fn service(&self) -> &str {
        self.text(0)
    }
    /// An operation's text.
    pub fn operation(&self, operation: Operation) -> &str {
        self.text(self.slot(0, operation.index()))
    }
    /// A shape's own text.
    pub fn shape(&self, shape: Shape) -> &str {
        self.text(self.slot(1, shape.index()))
    }
    /// A member's text, else that of its shape.
    pub fn member(&self, member: Member) -> &str {
        match self.text(self.slot(2, member.index())) {
            "" => self.shape(member.shape()),
            text => text,
        }
    }
}
