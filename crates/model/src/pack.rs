//! Reading bytes: every access is checked and yields zero or the empty text past the end.

use crate::format::{self, section};
use crate::{Operation, Service};
use std::fmt;

/// Why bytes are no pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackError {
    /// The magic number is missing.
    NotAPack,
    /// Written by another version: its number.
    Version(u32),
    /// A section lies past the end: its number.
    Truncated(usize),
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PackError::NotAPack => write!(f, "not a model pack"),
            PackError::Version(v) => write!(f, "model pack of format {v}, this program reads {}", format::FORMAT),
            PackError::Truncated(s) => write!(f, "model pack cut short: section {s} lies past its end"),
        }
    }
}

impl std::error::Error for PackError {}

/// A facts pack: the compiled models of one or many services.
#[derive(Clone, Copy)]
pub struct Pack {
    data: &'static [u8],
}

impl fmt::Debug for Pack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pack({} bytes)", self.data.len())
    }
}

impl Pack {
    /// A view of `data`, which is checked only for its header: the rest is checked as it is read.
    ///
    /// # Errors
    /// When the header isn't one of this format or names sections past the end.
    pub fn new(data: &'static [u8]) -> Result<Pack, PackError> {
        let pack = Pack { data };
        if pack.u32_at(0) != format::MAGIC {
            return Err(PackError::NotAPack);
        }
        if pack.u32_at(4) != format::FORMAT {
            return Err(PackError::Version(pack.u32_at(4)));
        }
        for id in 0..section::COUNT {
            if pack.section(id).0 > data.len() {
                return Err(PackError::Truncated(id));
            }
        }
        Ok(pack)
    }

    /// What the pack was made from, such as `botocore 1.43.x`.
    pub fn source(self) -> &'static str {
        self.str_at(self.u32_at(8))
    }

    /// All services, in the order of their directory names.
    pub fn services(self) -> impl ExactSizeIterator<Item = Service> {
        let count = self.count(section::SERVICES, format::service::FIELDS * 4);
        (0..count as u32).map(move |index| Service { pack: self, index })
    }

    /// The command names with their services, sorted by name; a service may stand under several.
    pub fn service_names(self) -> impl ExactSizeIterator<Item = (&'static str, Service)> {
        let count = self.count(section::NAMES, format::SIZE_NAME);
        (0..count).map(move |i| self.name(i))
    }

    fn name(self, at: usize) -> (&'static str, Service) {
        let offset = self.section(section::NAMES).0 + at * format::SIZE_NAME;
        (self.str_at(self.u32_at(offset)), Service { pack: self, index: self.u32_at(offset + 4) })
    }

    /// The service whose command is `name` (`s3api`, `deploy`, `ec2`).
    pub fn service(self, name: &str) -> Option<Service> {
        let at = binary_search(self.count(section::NAMES, format::SIZE_NAME), |i| self.name(i).0.cmp(name))?;
        Some(self.name(at).1)
    }

    /// The service whose model stands in the directory `name` (`s3`, `codedeploy`, `ec2`): what the SDK calls it.
    pub fn service_by_directory(self, name: &str) -> Option<Service> {
        self.services().find(|s| s.directory() == name)
    }

    /// The compiled partitions.
    pub fn partitions(self) -> &'static [u8] {
        let (offset, len) = self.section(section::PARTITIONS);
        self.bytes(offset, len)
    }

    pub(crate) fn operation(self, index: u32, service: Service) -> Operation {
        Operation { pack: self, index, service }
    }

    /// Offset and count of a section.
    pub(crate) fn section(self, id: usize) -> (usize, usize) {
        let at = format::HEADER + id * 8;
        (self.u32_at(at) as usize, self.u32_at(at + 4) as usize)
    }

    /// How many records of `size` bytes a section holds: what its header says, but never more than fit.
    pub(crate) fn count(self, id: usize, size: usize) -> usize {
        let (offset, count) = self.section(id);
        count.min(self.data.len().saturating_sub(offset) / size)
    }

    pub(crate) fn u32_at(self, offset: usize) -> u32 {
        match offset.checked_add(4).and_then(|end| self.data.get(offset..end)) {
            Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
            _ => 0,
        }
    }

    /// Field `field` of record `index` in a section of records with `fields` fields.
    pub(crate) fn field(self, id: usize, fields: usize, index: u32, field: usize) -> u32 {
        self.u32_at(self.section(id).0 + (index as usize * fields + field) * 4)
    }

    pub(crate) fn bytes(self, offset: usize, len: usize) -> &'static [u8] {
        offset.checked_add(len).and_then(|end| self.data.get(offset..end)).unwrap_or_default()
    }

    pub(crate) fn str_at(self, reference: u32) -> &'static str {
        if reference == 0 {
            return "";
        }
        let offset = self.section(section::STRINGS).0 + reference as usize;
        let bytes = self.bytes(offset + 4, self.u32_at(offset) as usize);
        // Checked each time: a name is short, and a pack may come from anywhere.
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The payload of the aux entry `tag` in the list at `offset`: u32 numbers.
    pub(crate) fn aux(self, offset: u32, tag: u8) -> Option<Aux> {
        if offset == 0 {
            return None;
        }
        let mut at = self.section(section::AUX).0 + offset as usize;
        loop {
            let [found, len, rest @ ..] = self.bytes(at, 4) else { return None };
            if *found == format::tag::END {
                return None;
            }
            let count = usize::from(*len) | usize::from(rest[0]) << 8;
            if *found == tag {
                return Some(Aux { pack: self, offset: at + 4, count, at: 0 });
            }
            at += 4 + count * 4;
        }
    }

    pub(crate) fn aux_str(self, offset: u32, tag: u8) -> Option<&'static str> {
        self.aux(offset, tag).and_then(|mut a| a.next()).map(|r| self.str_at(r))
    }

    pub(crate) fn aux_strs(self, offset: u32, tag: u8) -> impl Iterator<Item = &'static str> {
        self.aux(offset, tag).into_iter().flatten().map(move |r| self.str_at(r))
    }

    /// Pairs of strings.
    pub(crate) fn aux_pairs(self, offset: u32, tag: u8) -> impl Iterator<Item = (&'static str, &'static str)> {
        let mut items = self.aux(offset, tag);
        std::iter::from_fn(move || {
            let items = items.as_mut()?;
            Some((self.str_at(items.next()?), self.str_at(items.next()?)))
        })
    }
}

/// The numbers of one aux entry.
pub(crate) struct Aux {
    pack: Pack,
    offset: usize,
    count: usize,
    at: usize,
}

impl Iterator for Aux {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        if self.at >= self.count {
            return None;
        }
        let value = self.pack.u32_at(self.offset + self.at * 4);
        self.at += 1;
        Some(value)
    }
}

pub(crate) fn binary_search(count: usize, compare: impl Fn(usize) -> std::cmp::Ordering) -> Option<usize> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(middle) {
            std::cmp::Ordering::Equal => return Some(middle),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}
