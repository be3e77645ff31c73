//! Partitions: groups of regions under one root (`aws`, `aws-cn`, …).

use crate::bytes::{Bytes, Strings};
use oxaws_model::endpoint_format::partitions::{self as f, header, partition as p};

/// More partitions than there will be.
const MOST: usize = 32;

/// A view of compiled partitions.
#[derive(Clone, Copy)]
pub struct Partitions<'a> {
    pub(crate) bytes: Bytes<'a>,
    pub(crate) strings: Strings<'a>,
}

/// A table in the file.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    pub(crate) at: usize,
    pub(crate) count: usize,
}

/// A partition of `partitions.json`, as the rules' `aws.partition` gives it.
#[derive(Clone, Copy)]
pub struct Partition<'a> {
    all: Partitions<'a>,
    at: usize,
}

/// A region: its name and how people call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region<'a> {
    /// `us-east-1`; also `aws-global` and its like.
    pub name: &'a str,
    /// `US East (N. Virginia)`.
    pub description: &'a str,
}

impl<'a> Partitions<'a> {
    /// A view of `data`; nothing when it isn't the output of the compiler of this version.
    pub fn open(data: &'a [u8]) -> Option<Partitions<'a>> {
        let bytes = Bytes::new(data);
        if bytes.u32(header::MAGIC)? != f::MAGIC || bytes.u16(header::VERSION)? != f::VERSION {
            return None;
        }
        let strings = Strings::new(bytes, bytes.place(header::STRINGS_AT)?, bytes.u16(header::STRINGS)?);
        Some(Partitions { bytes, strings })
    }

    pub(crate) fn table(self, at: usize) -> Table {
        let count = self.bytes.place(at + 4).unwrap_or(0);
        // No row is shorter than a byte: damaged counts cost no more than the file is long.
        Table { at: self.bytes.place(at).unwrap_or(0).min(self.bytes.len()), count: count.min(self.bytes.len()) }
    }

    /// A table's rows named by `first u16, count u16` at `at`, as row numbers that lie in the table.
    pub(crate) fn range(self, at: usize, table: Table) -> std::ops::Range<usize> {
        let first = usize::from(self.bytes.u16(at).unwrap_or(0));
        let count = usize::from(self.bytes.u16(at + 2).unwrap_or(0));
        first.min(table.count)..(first + count).min(table.count)
    }

    /// The string whose id is at `at`; empty when there is none.
    pub(crate) fn text(self, at: usize) -> &'a str {
        self.bytes.u16(at).and_then(|id| self.strings.get(id)).unwrap_or("")
    }

    /// Whether a region's name fits one of the prefixes named at `at`: `PREFIX-word-digits`.
    pub(crate) fn fits(self, at: usize, region: &str) -> bool {
        let table = self.table(header::PREFIXES);
        self.range(at, table).any(|row| fits_prefix(self.text(table.at + row * 2), region))
    }

    /// Whether `region` is one of the regions named at `at`.
    pub(crate) fn lists(self, at: usize, region: &str) -> bool {
        let table = self.table(header::REGIONS);
        self.range(at, table).any(|row| self.text(table.at + row * f::REGION) == region)
    }

    pub(crate) fn regions_at(self, at: usize) -> impl Iterator<Item = Region<'a>> {
        let table = self.table(header::REGIONS);
        self.range(at, table).map(move |row| {
            let at = table.at + row * f::REGION;
            Region { name: self.text(at), description: self.text(at + 2) }
        })
    }

    /// All partitions; the first is the one for regions that fit nowhere.
    pub fn iter(self) -> impl Iterator<Item = Partition<'a>> {
        let table = self.table(header::PARTITIONS);
        (0..table.count.min(MOST)).map(move |row| Partition { all: self, at: table.at.saturating_add(row * p::SIZE) })
    }

    /// The partition that has `region` in its list, or whose pattern fits it.
    pub fn find(self, region: &str) -> Option<Partition<'a>> {
        self.iter().find(|partition| {
            let at = partition.at;
            self.fits(at.saturating_add(p::PREFIXES), region) || self.lists(at.saturating_add(p::REGIONS), region)
        })
    }

    /// As [`find`](Self::find), and the first where none fits.
    pub fn partition_of(self, region: &str) -> Option<Partition<'a>> {
        self.find(region).or_else(|| self.iter().next())
    }

    /// The partition of this name.
    pub fn by_id(self, id: &str) -> Option<Partition<'a>> {
        self.iter().find(|partition| partition.id() == id)
    }
}

/// `^PREFIX-\w+-\d+$`
fn fits_prefix(prefix: &str, region: &str) -> bool {
    let region = region.strip_suffix('\n').unwrap_or(region);
    let rest = region.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
    rest.and_then(|rest| rest.split_once('-')).is_some_and(|(word, number)| {
        !word.is_empty()
            && word.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !number.is_empty()
            && number.bytes().all(|c| c.is_ascii_digit())
    })
}

impl<'a> Partition<'a> {
    fn text(self, field: usize) -> &'a str {
        self.all.text(self.at.saturating_add(field))
    }

    fn flag(self, flag: u16) -> bool {
        self.all.bytes.u16(self.at.saturating_add(p::FLAGS)).unwrap_or(0) & flag != 0
    }

    /// `aws`, `aws-cn`, …
    pub fn id(self) -> &'a str {
        self.text(p::ID)
    }

    /// The same, as the rules see it.
    pub fn name(self) -> &'a str {
        self.text(p::NAME)
    }

    /// `amazonaws.com`
    pub fn dns_suffix(self) -> &'a str {
        self.text(p::DNS_SUFFIX)
    }

    /// `api.aws`
    pub fn dual_stack_dns_suffix(self) -> &'a str {
        self.text(p::DUAL_STACK_DNS_SUFFIX)
    }

    /// The region that global services sign for.
    pub fn implicit_global_region(self) -> &'a str {
        self.text(p::GLOBAL_REGION)
    }

    /// Whether there are FIPS endpoints.
    pub fn supports_fips(self) -> bool {
        self.flag(p::FIPS)
    }

    /// Whether there are dual-stack endpoints.
    pub fn supports_dual_stack(self) -> bool {
        self.flag(p::DUAL_STACK)
    }

    /// Its regions, in the order of `partitions.json`.
    pub fn regions(self) -> impl Iterator<Item = Region<'a>> {
        self.all.regions_at(self.at.saturating_add(p::REGIONS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns() {
        assert!(fits_prefix("us", "us-east-1"));
        assert!(fits_prefix("us-gov", "us-gov-west-1"));
        assert!(fits_prefix("eusc-de", "eusc-de-x_y-12"));
        for other in ["us-gov-west-1", "us-east", "us-east-", "us--1", "us-east-1a", "eu-west-1", "us"] {
            assert!(!fits_prefix("us", other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(mut data in proptest::collection::vec(any::<u8>(), 0..400), region in "[a-z]{2}-[a-z]+-[0-9]") {
            for (i, byte) in f::MAGIC.to_le_bytes().into_iter().chain(f::VERSION.to_le_bytes()).enumerate() {
                if let Some(place) = data.get_mut(i) {
                    *place = byte;
                }
            }
            if let Some(all) = Partitions::open(&data) {
                if let Some(found) = all.partition_of(&region) {
                    let _ = (found.id(), found.dns_suffix(), found.supports_fips(), found.regions().count());
                }
                let _ = crate::legacy::legacy_endpoint(all, "ec2", Some(&region), Default::default());
                let _ = crate::legacy::service_regions(all, "ec2", "aws").count();
            }
        }
    }
}
