//! Lays records, strings and aux lists out as the bytes of a facts pack.

use crate::ModelError;
use crate::docs::DocsBuilder;
use crate::service::{ServiceCompiler, ServiceFiles};
use oxaws_model::format::{self, section, tag};
use std::collections::HashMap;

/// A pack in the making: services are added one by one, then it is finished.
#[derive(Debug)]
pub struct PackBuilder {
    source: u32,
    pub(crate) strings: Strings,
    pub(crate) aux: AuxLists,
    /// {command name, service}
    names: Vec<(String, u32)>,
    pub(crate) op_names: Vec<u32>,
    pub(crate) services: Vec<u32>,
    pub(crate) operations: Vec<u32>,
    pub(crate) shapes: Vec<u32>,
    pub(crate) members: Vec<u32>,
    pub(crate) errors: Vec<u32>,
    pub(crate) paginators: Vec<u32>,
    pub(crate) waiters: Vec<u32>,
    pub(crate) acceptors: Vec<u32>,
    pub(crate) rules: Vec<u8>,
    rules_seen: HashMap<Vec<u8>, u32>,
    partitions: Vec<u8>,
    pub(crate) docs: Option<DocsBuilder>,
    /// Whether traits that nobody taught are passed over.
    pub(crate) lenient: bool,
}

impl PackBuilder {
    /// An empty pack made from `source` (such as `botocore 1.43.x`).
    pub fn new(source: &str) -> Self {
        let mut strings = Strings::default();
        let source = strings.add(source);
        PackBuilder {
            source,
            strings,
            aux: AuxLists::default(),
            names: Vec::new(),
            op_names: Vec::new(),
            services: Vec::new(),
            operations: Vec::new(),
            shapes: Vec::new(),
            members: Vec::new(),
            errors: Vec::new(),
            paginators: Vec::new(),
            waiters: Vec::new(),
            acceptors: Vec::new(),
            rules: Vec::new(),
            rules_seen: HashMap::new(),
            partitions: Vec::new(),
            docs: None,
            lenient: false,
        }
    }

    /// Also collects documentation, to be had from [`PackBuilder::finish_with_docs`]; zstd `level` 1 to 22.
    pub fn with_docs(mut self, level: i32) -> Self {
        self.docs = Some(DocsBuilder::new(level));
        self
    }

    /// Passes over traits that nobody taught: for models that a user added.
    pub(crate) fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// Compiles one service, whose model stands in the directory `name`.
    ///
    /// # Errors
    /// For whatever in its model isn't known, named.
    pub fn add_service(&mut self, name: &str, files: &ServiceFiles) -> Result<(), ModelError> {
        let index = (self.services.len() / format::service::FIELDS) as u32;
        for command in crate::renames::command_names(name) {
            self.names.push((command.to_owned(), index));
        }
        ServiceCompiler::new(self, name, files).compile()
    }

    /// Sets the compiled partitions.
    pub fn set_partitions(&mut self, bytes: Vec<u8>) {
        self.partitions = bytes;
    }

    /// Stores rule set bytes once; returns their offset in the section.
    pub(crate) fn add_rules(&mut self, bytes: Vec<u8>) -> u32 {
        if let Some(offset) = self.rules_seen.get(&bytes) {
            return *offset;
        }
        while !self.rules.len().is_multiple_of(8) {
            self.rules.push(0);
        }
        let offset = self.rules.len() as u32;
        self.rules.extend_from_slice(&bytes);
        self.rules_seen.insert(bytes, offset);
        offset
    }

    /// The bytes of the pack.
    ///
    /// # Errors
    /// When the pack outgrows its 32-bit offsets.
    pub fn finish(self) -> Result<Vec<u8>, ModelError> {
        Ok(self.finish_with_docs()?.0)
    }

    /// The bytes of the pack, and those of the documentation where it was collected.
    ///
    /// # Errors
    /// When the pack outgrows its 32-bit offsets, or compression fails.
    pub fn finish_with_docs(mut self) -> Result<(Vec<u8>, Vec<u8>), ModelError> {
        self.names.sort();
        let mut names = Vec::new();
        for (name, service) in &self.names {
            names.push(self.strings.add(name));
            names.push(*service);
        }
        let word_sections: [(usize, &[u32], usize); 10] = [
            (section::NAMES, &names, 2),
            (section::OP_NAMES, &self.op_names, 2),
            (section::SERVICES, &self.services, format::service::FIELDS),
            (section::OPERATIONS, &self.operations, format::operation::FIELDS),
            (section::SHAPES, &self.shapes, format::shape::FIELDS),
            (section::MEMBERS, &self.members, format::member::FIELDS),
            (section::ERRORS, &self.errors, 1),
            (section::PAGINATORS, &self.paginators, format::PAGINATOR_FIELDS),
            (section::WAITERS, &self.waiters, format::waiter::FIELDS),
            (section::ACCEPTORS, &self.acceptors, format::acceptor::FIELDS),
        ];
        let byte_sections: [(usize, &[u8]); 4] = [
            (section::AUX, &self.aux.bytes),
            (section::RULES, &self.rules),
            (section::PARTITIONS, &self.partitions),
            (section::STRINGS, &self.strings.bytes),
        ];
        let mut table = [(0u32, 0u32); section::COUNT];
        let mut body: Vec<u8> = Vec::new();
        let start = (format::HEADER + section::COUNT * 8).next_multiple_of(8);
        for (id, words, fields) in word_sections {
            table[id] = ((start + body.len()) as u32, (words.len() / fields) as u32);
            body.extend(words.iter().flat_map(|w| w.to_le_bytes()));
            body.resize(body.len().next_multiple_of(8), 0);
        }
        for (id, bytes) in byte_sections {
            table[id] = ((start + body.len()) as u32, bytes.len() as u32);
            body.extend_from_slice(bytes);
            body.resize(body.len().next_multiple_of(8), 0);
        }
        if u32::try_from(start + body.len()).is_err() {
            return Err(ModelError::new("all services", "the pack is larger than 4 GiB"));
        }
        let mut out = Vec::with_capacity(start + body.len());
        for word in [format::MAGIC, format::FORMAT, self.source] {
            out.extend(word.to_le_bytes());
        }
        for (offset, count) in table {
            out.extend(offset.to_le_bytes());
            out.extend(count.to_le_bytes());
        }
        out.resize(start, 0);
        out.extend(body);
        let docs = match self.docs {
            Some(docs) => docs.finish()?,
            None => Vec::new(),
        };
        Ok((out, docs))
    }
}

/// Interned strings; reference 0 is the empty one.
#[derive(Debug)]
pub(crate) struct Strings {
    bytes: Vec<u8>,
    seen: HashMap<String, u32>,
}

impl Default for Strings {
    fn default() -> Self {
        Strings { bytes: vec![0; 4], seen: HashMap::new() }
    }
}

impl Strings {
    pub(crate) fn add(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(reference) = self.seen.get(text) {
            return *reference;
        }
        let reference = self.bytes.len() as u32;
        self.bytes.extend((text.len() as u32).to_le_bytes());
        self.bytes.extend(text.as_bytes());
        self.seen.insert(text.to_owned(), reference);
        reference
    }
}

/// Memoised aux lists; offset 0 is the empty one.
#[derive(Debug)]
pub(crate) struct AuxLists {
    bytes: Vec<u8>,
    seen: HashMap<Vec<u8>, u32>,
}

impl Default for AuxLists {
    fn default() -> Self {
        AuxLists { bytes: vec![0; 4], seen: HashMap::new() }
    }
}

impl AuxLists {
    /// Stores a list of entries; returns its offset.
    pub(crate) fn add(&mut self, entries: &[(u8, Vec<u32>)]) -> u32 {
        if entries.is_empty() {
            return 0;
        }
        let mut bytes = Vec::new();
        for (tag, payload) in entries {
            let count = u16::try_from(payload.len()).unwrap_or(u16::MAX);
            bytes.push(*tag);
            bytes.extend(count.to_le_bytes());
            bytes.push(0);
            bytes.extend(payload.iter().take(usize::from(count)).flat_map(|w| w.to_le_bytes()));
        }
        bytes.extend([tag::END, 0, 0, 0]);
        if let Some(offset) = self.seen.get(&bytes) {
            return *offset;
        }
        let offset = self.bytes.len() as u32;
        self.bytes.extend_from_slice(&bytes);
        self.seen.insert(bytes, offset);
        offset
    }
}
