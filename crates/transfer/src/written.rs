//! The files that a command has put in place, so that no key replaces the file of another key.
//!
//! Two keys can lead to one path: `a/b` and `a//b`, names that the target's file system folds to one, folders that are
//! links to each other. The names alone don't say so; the file system does, by device and inode number. A command that
//! downloads a million files remembers them as runs of inode numbers, which file systems mostly hand out in order.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Runs of inode numbers: device and first number to last number.
#[derive(Debug, Default)]
struct Runs(BTreeMap<(u64, u64), u64>);

impl Runs {
    fn add(&mut self, device: u64, inode: u64) {
        if self.has(device, inode) {
            return;
        }
        let before = self.0.range(..=(device, inode)).next_back().map(|((d, first), last)| (*d, *first, *last));
        // The run that ends just before this number goes on, and so does the one that begins just after it.
        let first = match before {
            Some((d, first, last)) if d == device && last.checked_add(1) == Some(inode) => first,
            _ => inode,
        };
        let after = inode.checked_add(1).and_then(|next| self.0.remove(&(device, next)));
        self.0.insert((device, first), after.unwrap_or(inode));
    }

    fn has(&self, device: u64, inode: u64) -> bool {
        let run = self.0.range(..=(device, inode)).next_back();
        run.is_some_and(|((d, _), last)| *d == device && *last >= inode)
    }
}

/// What came of putting a file in place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Placed {
    /// It is in its place.
    Done,
    /// Its place was taken by another file of this command.
    Taken,
}

/// The files that a command has put in place.
#[derive(Debug, Default)]
pub(crate) struct Written {
    runs: Mutex<Runs>,
    /// Held while a file that exists is looked at and then replaced or removed.
    replacing: Mutex<()>,
}

impl Written {
    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, path: &Path) -> bool {
        // What can't be looked at wasn't put there by this command.
        std::fs::symlink_metadata(path).is_ok_and(|m| self.runs().has(m.dev(), m.ino()))
    }

    /// Renames the open file `from` to `to`, unless another file of this command is there.
    ///
    /// # Errors
    /// The rename's.
    pub(crate) fn place(&self, file: &File, from: &Path, to: &Path) -> io::Result<Placed> {
        let made = file.metadata()?;
        // Known before it is in its place, so that no other thread finds it there and doesn't know it.
        self.runs().add(made.dev(), made.ino());
        if is_renamed_to_nothing(from, to) {
            return Ok(Placed::Done);
        }
        let _held = self.replacing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.has(to) {
            return Ok(Placed::Taken);
        }
        std::fs::rename(from, to).map(|()| Placed::Done)
    }

    /// Removes a file, unless this command has put it in place: whether it was removed.
    ///
    /// # Errors
    /// The removal's.
    pub(crate) fn remove(&self, path: &Path) -> io::Result<bool> {
        let _held = self.replacing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.has(path) {
            return Ok(false);
        }
        std::fs::remove_file(path).map(|()| true)
    }
}

/// Renames a file to where nothing is. Where something is, or where the system can't do that, it isn't renamed.
fn is_renamed_to_nothing(from: &Path, to: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_are_as_a_plain_set(numbers in prop::collection::vec((0..2_u64, prop_oneof![0..20_u64, Just(u64::MAX)]), 0..40)) {
            let mut runs = Runs::default();
            for (device, inode) in &numbers {
                runs.add(*device, *inode);
            }
            for device in 0..3 {
                for inode in (0..21).chain([u64::MAX - 1, u64::MAX]) {
                    prop_assert_eq!(runs.has(device, inode), numbers.contains(&(device, inode)));
                }
            }
        }
    }

    #[test]
    fn numbers_in_order_are_one_run() {
        let mut runs = Runs::default();
        for inode in [5, 7, 6, 9, 8, 4] {
            runs.add(1, inode);
        }
        assert_eq!(runs.0, BTreeMap::from([((1, 4), 9)]));
    }

    #[test]
    fn a_file_of_this_command_is_neither_replaced_nor_removed() {
        let folder = std::env::temp_dir().join(format!("oxaws-written-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("a")).unwrap();
        let make = |name: &str| {
            let path = folder.join(name);
            std::fs::write(&path, name).unwrap();
            (File::open(&path).unwrap(), path)
        };
        let written = Written::default();
        let (target, other) = (folder.join("a/b"), folder.join("a//b"));
        std::fs::write(&target, "from before").unwrap();
        let (first, path) = make("first");
        assert_eq!(written.place(&first, &path, &target).unwrap(), Placed::Done);
        let (second, path) = make("second");
        assert_eq!(written.place(&second, &path, &other).unwrap(), Placed::Taken);
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "first");
        assert!(!written.remove(&target).unwrap() && target.exists());
        let (_, old) = make("old");
        assert!(written.remove(&old).unwrap() && !old.exists());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
