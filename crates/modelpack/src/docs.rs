//! Collects documentation: one compressed block for each service, read only when help is asked for.
//!
//! ```text
//! file   magic "AWSD", service count, then {offset, compressed length, raw length} per service
//! block  operation count, shape count, member count, then one string offset for the service, each operation, each
//!        shape, each member (0 = none); then the strings: u32 length + UTF-8
//! ```

use crate::ModelError;
use std::collections::HashMap;

/// Documentation in the making.
#[derive(Debug)]
pub(crate) struct DocsBuilder {
    level: i32,
    blocks: Vec<(Vec<u8>, u32)>,
}

/// The documentation of one service in the making.
#[derive(Debug, Default)]
pub(crate) struct ServiceDocs {
    pub service: String,
    pub operations: Vec<String>,
    pub shapes: Vec<String>,
    pub members: Vec<String>,
}

impl DocsBuilder {
    pub(crate) fn new(level: i32) -> Self {
        DocsBuilder { level, blocks: Vec::new() }
    }

    pub(crate) fn add(&mut self, name: &str, docs: &ServiceDocs) -> Result<(), ModelError> {
        let lists = [&docs.operations, &docs.shapes, &docs.members];
        let mut head: Vec<u32> = lists.iter().map(|l| l.len() as u32).collect();
        let header_len = (3 + 1 + lists.iter().map(|l| l.len()).sum::<usize>()) * 4;
        let mut strings: Vec<u8> = Vec::new();
        let mut seen: HashMap<&str, u32> = HashMap::new();
        for text in std::iter::once(&docs.service).chain(lists.into_iter().flatten()) {
            if text.is_empty() {
                head.push(0);
                continue;
            }
            let offset = *seen.entry(text).or_insert_with(|| {
                let offset = (header_len + strings.len()) as u32;
                strings.extend((text.len() as u32).to_le_bytes());
                strings.extend(text.as_bytes());
                offset
            });
            head.push(offset);
        }
        let mut raw: Vec<u8> = head.iter().flat_map(|w| w.to_le_bytes()).collect();
        raw.extend(strings);
        let block =
            zstd::bulk::compress(&raw, self.level).map_err(|e| ModelError::new(name, format!("documentation: {e}")))?;
        self.blocks.push((block, raw.len() as u32));
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<Vec<u8>, ModelError> {
        let mut out = Vec::new();
        out.extend(b"AWSD");
        out.extend((self.blocks.len() as u32).to_le_bytes());
        let mut offset = 8 + self.blocks.len() * 12;
        for (block, raw) in &self.blocks {
            out.extend((offset as u32).to_le_bytes());
            out.extend((block.len() as u32).to_le_bytes());
            out.extend(raw.to_le_bytes());
            offset += block.len();
        }
        for (block, _) in &self.blocks {
            out.extend(block);
        }
        Ok(out)
    }
}
