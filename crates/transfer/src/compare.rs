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
        let same_size = source.size.is_some() && source.size == dest.size;
        // A time that isn't known says nothing: then the transfer is made.
        let times = source.modified.zip(dest.modified);
        let by_time = times.is_some_and(|(from, to)| match direction {
            Direction::Up => to >= from,
            Direction::Down => to <= from,
        });
        let exact = times.is_some_and(|(from, to)| if direction == Direction::Down { to == from } else { by_time });
        match self {
            Both::SizeAndTime => !(same_size && by_time),
            Both::SizeOnly => !same_size,
            Both::ExactTime => !(same_size && exact),
            Both::Never => false,
            Both::Always => true,
        }
    }
}

impl Both {
    /// Whether only the time speaks for a transfer, and so little that it may be the destination's clock: S3 tells whole
    /// seconds, and a file that was uploaded in the second in which it was made seems newer for ever.
    fn is_close(self, source: &Entry, dest: &Entry, direction: Direction) -> bool {
        let (Some(from), Some(to)) = (source.modified, dest.modified) else { return false };
        matches!(self, Both::SizeAndTime | Both::ExactTime)
            && direction == Direction::Up
            && source.size == dest.size
            && to % 1_000_000 == 0
            && (0..1_000_000).contains(&(from - to))
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
pub(crate) struct Comparison<'c, S, D> {
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
    same: &'c dyn Fn(&Entry, &Entry) -> bool,
    /// The last name of the source that was passed.
    passed: Option<String>,
    /// Whether the source had anything.
    began: bool,
    /// Whether something wasn't called gone because a listing isn't in order.
    pub(crate) unsorted: bool,
}

impl<'c, S: Source, D: Source> Comparison<'c, S, D> {
    /// `same` looks whether a file that seems newer by less than a second has the destination's content.
    pub(crate) fn new(
        source: S,
        dest: D,
        both: Both,
        direction: Direction,
        tells_gone: bool,
        same: &'c dyn Fn(&Entry, &Entry) -> bool,
    ) -> Self {
        Comparison {
            source,
            dest,
            source_head: None,
            dest_head: None,
            gaps: Vec::new(),
            both,
            direction,
            tells_gone,
            same,
            passed: None,
            began: false,
            unsorted: false,
        }
    }

    /// The next difference; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Difference>, TransferError> {
        loop {
            if self.source_head.is_none() {
                let source = self.next_source()?;
                self.began |= source.is_some();
                self.source_head = Some(source);
            }
            if self.dest_head.is_none() {
                self.dest_head = match self.next_dest() {
                    // Where nothing is sent and nothing is deleted, it doesn't matter what is there.
                    Err(TransferError::Answer(_)) if self.decides_nothing() => return Ok(None),
                    listed => Some(listed?),
                };
            }
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
                        self.pass(&source.name);
                        return Ok(Some(Difference::New(source)));
                    }
                }
                Ordering::Greater => {
                    if let Some(dest) = self.dest_head.take().flatten()
                        && self.tells_gone
                        && !self.is_hidden(&dest.name)
                    {
                        // In order, the source can't have had it before. Out of order it may have: then it stays.
                        if self.source.is_sorted() && self.passed.as_deref().is_none_or(|p| p < dest.name.as_str()) {
                            return Ok(Some(Difference::Gone(dest)));
                        }
                        self.unsorted = true;
                    }
                }
                Ordering::Equal => {
                    let pair = (self.source_head.take().flatten(), self.dest_head.take().flatten());
                    if let (Some(source), _) = &pair {
                        self.pass(&source.name);
                    }
                    if let (Some(source), Some(dest)) = pair
                        && self.both.transfers(&source, &dest, self.direction)
                        && !(self.both.is_close(&source, &dest, self.direction) && (self.same)(&source, &dest))
                    {
                        return Ok(Some(Difference::Changed(source)));
                    }
                }
            }
        }
    }

    /// Whether the source turned out to be empty, and what is gone isn't asked for.
    fn decides_nothing(&self) -> bool {
        !self.tells_gone && !self.began && self.source_head == Some(None)
    }

    fn pass(&mut self, name: &str) {
        if self.tells_gone {
            let passed = self.passed.get_or_insert_default();
            passed.clear();
            passed.push_str(name);
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
            has_checksum: false,
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
                Comparison::new(listing(&source, &gaps), listing(&dest, &[]), both, direction, delete, &|_, _| false);
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
    fn what_comes_out_of_order_stays() {
        let one = |names: [&str; 2]| Listing(names.map(|n| Listed::Entry(entry(n, 1, 1))).to_vec().into_iter());
        let mut comparison =
            Comparison::new(one(["a", "b"]), one(["b", "a"]), Both::Never, Direction::Up, true, &|_, _| false);
        let mut found = Vec::new();
        while let Some(difference) = comparison.next().unwrap() {
            found.push(difference);
        }
        assert_eq!(found, [Difference::New(entry("a", 1, 1))]);
        assert!(comparison.unsorted);
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
            &|_, _| false,
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
