//! Comparing two listings that are both in rising order, as one stream.

use crate::error::TransferError;
use crate::plan::{Entry, Listed};
use std::cmp::Ordering;

/// A listing. An error ends it.
pub(crate) trait Source {
    /// The next file or object; `None` at the end.
    fn next(&mut self) -> Result<Option<Listed>, TransferError>;
    /// Whether names have come in rising order so far.
    fn is_sorted(&self) -> bool {
        true
    }
}

/// What to do where source and destination both have a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Both {
    /// Transfer where size or time says so.
    SizeAndTime,
    /// Transfer where the size differs.
    SizeOnly,
    /// Downloads: transfer unless size and time are equal.
    ExactTime,
    /// Don't.
    Never,
    /// Do.
    Always,
}

/// Which way files go, as far as times are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From S3 to files.
    Down,
    /// To S3.
    Up,
}

impl Both {
    /// Whether the source is to be transferred over the destination.
    pub fn transfers(self, source: &Entry, dest: &Entry, direction: Direction) -> bool {
        let same_size = source.size == dest.size;
        let (from, to) = (source.modified.unwrap_or(0), dest.modified.unwrap_or(0));
        let by_time = match direction {
            Direction::Up => to >= from,
            Direction::Down => to <= from,
        };
        match self {
            Both::SizeAndTime => !(same_size && by_time),
            Both::SizeOnly => !same_size,
            Both::ExactTime => !(same_size && if direction == Direction::Down { to == from } else { by_time }),
            Both::Never => false,
            Both::Always => true,
        }
    }
}

/// What comparing came to for one name.
#[derive(Debug, PartialEq, Eq)]
pub enum Difference {
    /// Both have it, and it is to be transferred.
    Changed(Entry),
    /// Only the source has it.
    New(Entry),
    /// Only the destination has it, and the source was seen in full there.
    Gone(Entry),
}

/// Compares two listings.
pub(crate) struct Comparison<S, D> {
    source: S,
    dest: D,
    source_head: Option<Option<Entry>>,
    dest_head: Option<Option<Entry>>,
    /// Names of the source that couldn't be seen.
    gaps: Vec<String>,
    both: Both,
    direction: Direction,
    /// Whether names that are gone are told.
    tells_gone: bool,
    /// Whether a listing turned out not to be in order: nothing is called gone any more.
    pub(crate) unsorted: bool,
}

impl<S: Source, D: Source> Comparison<S, D> {
    pub(crate) fn new(source: S, dest: D, both: Both, direction: Direction, tells_gone: bool) -> Self {
        Comparison {
            source,
            dest,
            source_head: None,
            dest_head: None,
            gaps: Vec::new(),
            both,
            direction,
            tells_gone,
            unsorted: false,
        }
    }

    /// The next difference; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Difference>, TransferError> {
        loop {
            if self.source_head.is_none() {
                self.source_head = Some(self.next_source()?);
            }
            if self.dest_head.is_none() {
                self.dest_head = Some(self.next_dest()?);
            }
            self.unsorted |= !self.source.is_sorted() || !self.dest.is_sorted();
            let (Some(source), Some(dest)) = (&self.source_head, &self.dest_head) else { continue };
            let order = match (source, dest) {
                (None, None) => return Ok(None),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(source), Some(dest)) => source.name.cmp(&dest.name),
            };
            match order {
                Ordering::Less => {
                    if let Some(source) = self.source_head.take().flatten() {
                        return Ok(Some(Difference::New(source)));
                    }
                }
                Ordering::Greater => {
                    if let Some(dest) = self.dest_head.take().flatten()
                        && self.tells_gone
                        && !self.unsorted
                        && !self.is_hidden(&dest.name)
                    {
                        return Ok(Some(Difference::Gone(dest)));
                    }
                }
                Ordering::Equal => {
                    let pair = (self.source_head.take().flatten(), self.dest_head.take().flatten());
                    if let (Some(source), Some(dest)) = pair
                        && self.both.transfers(&source, &dest, self.direction)
                    {
                        return Ok(Some(Difference::Changed(source)));
                    }
                }
            }
        }
    }

    fn next_source(&mut self) -> Result<Option<Entry>, TransferError> {
        loop {
            match self.source.next()? {
                Some(Listed::Entry(entry)) => return Ok(Some(entry)),
                Some(Listed::Gap(name)) => self.gaps.push(name),
                None => return Ok(None),
            }
        }
    }

    fn next_dest(&mut self) -> Result<Option<Entry>, TransferError> {
        loop {
            match self.dest.next()? {
                Some(Listed::Entry(entry)) => return Ok(Some(entry)),
                Some(Listed::Gap(_)) => {}
                None => return Ok(None),
            }
        }
    }

    /// Whether the source may have this name where it couldn't be seen.
    fn is_hidden(&mut self, name: &str) -> bool {
        self.gaps.retain(|gap| covers(gap, name) || gap.as_str() > name || name.starts_with(gap.as_str()));
        self.gaps.iter().any(|gap| covers(gap, name))
    }
}

fn covers(gap: &str, name: &str) -> bool {
    match name.strip_prefix(gap) {
        Some(rest) => rest.is_empty() || gap.is_empty() || gap.ends_with('/') || rest.starts_with('/'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Place;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    struct Listing(std::vec::IntoIter<Listed>);

    impl Source for Listing {
        fn next(&mut self) -> Result<Option<Listed>, TransferError> {
            Ok(self.0.next())
        }
    }

    fn entry(name: &str, size: u64, modified: i64) -> Entry {
        Entry {
            name: name.to_owned(),
            place: Place::Stream,
            size: Some(size),
            modified: Some(modified),
            etag: None,
            glacier: false,
            head: None,
        }
    }

    type Tree = BTreeMap<String, (u64, i64)>;

    fn listing(tree: &Tree, gaps: &[String]) -> Listing {
        let mut all: Vec<(String, Listed)> = gaps.iter().map(|g| (g.clone(), Listed::Gap(g.clone()))).collect();
        for (name, (size, time)) in tree {
            if !gaps.iter().any(|g| covers(g, name)) {
                all.push((name.clone(), Listed::Entry(entry(name, *size, *time))));
            }
        }
        all.sort_by(|a, b| a.0.cmp(&b.0));
        Listing(all.into_iter().map(|(_, l)| l).collect::<Vec<_>>().into_iter())
    }

    fn tree() -> impl Strategy<Value = Tree> {
        prop::collection::btree_map("[ab!~]{1,2}(/[ab0]{1,2}){0,2}", (0..2_u64, 0..3_i64), 0..12)
    }

    proptest! {
        /// The stream does what a plain comparison of two maps would.
        #[test]
        fn as_a_plain_map_would(
            source in tree(),
            dest in tree(),
            gaps in prop::collection::vec("[ab]{1,2}(/[ab0])?", 0..2),
            which in 0..5_usize,
            down in any::<bool>(),
            delete in any::<bool>(),
        ) {
            let both = [Both::SizeAndTime, Both::SizeOnly, Both::ExactTime, Both::Never, Both::Always][which];
            let direction = if down { Direction::Down } else { Direction::Up };
            let hidden = |name: &String| gaps.iter().any(|g| covers(g, name));
            let mut expected: Vec<(char, String)> = Vec::new();
            let names: std::collections::BTreeSet<&String> = source.keys().chain(dest.keys()).collect();
            for name in names {
                let seen = source.get(name).filter(|_| !hidden(name));
                match (seen, dest.get(name)) {
                    (Some(_), None) => expected.push(('+', name.clone())),
                    (Some((size, time)), Some((old_size, old_time))) => {
                        let differs = size != old_size;
                        let transfers = match (both, down) {
                            (Both::SizeAndTime, true) => differs || old_time > time,
                            (Both::SizeAndTime | Both::ExactTime, false) => differs || old_time < time,
                            (Both::ExactTime, true) => differs || old_time != time,
                            (Both::SizeOnly, _) => differs,
                            (Both::Never, _) => false,
                            (Both::Always, _) => true,
                        };
                        if transfers {
                            expected.push(('~', name.clone()));
                        }
                    }
                    (None, Some(_)) if delete && !hidden(name) => expected.push(('-', name.clone())),
                    _ => {}
                }
            }
            let mut found = Vec::new();
            let mut comparison =
                Comparison::new(listing(&source, &gaps), listing(&dest, &[]), both, direction, delete);
            while let Some(difference) = comparison.next().unwrap() {
                found.push(match difference {
                    Difference::New(e) => ('+', e.name),
                    Difference::Changed(e) => ('~', e.name),
                    Difference::Gone(e) => ('-', e.name),
                });
            }
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn nothing_is_gone_beneath_what_could_not_be_seen() {
        let dest: Tree = ["a", "sub", "sub/x", "sub0", "subway/x", "z"].map(|n| (n.to_owned(), (1, 1))).into();
        let mut comparison = Comparison::new(
            Listing(vec![Listed::Gap("sub".into())].into_iter()),
            listing(&dest, &[]),
            Both::Always,
            Direction::Up,
            true,
        );
        let mut gone = Vec::new();
        while let Some(difference) = comparison.next().unwrap() {
            if let Difference::Gone(entry) = difference {
                gone.push(entry.name);
            }
        }
        assert_eq!(gone, ["a", "sub0", "subway/x", "z"]);
    }
}
