//! From listings to jobs.

use crate::client::S3;
use crate::compare::{Comparison, Difference, Direction, Source};
use crate::engine::{Engine, Shared};
use crate::error::TransferError;
use crate::listing::Listing;
use crate::local::Walk;
use crate::plan::{Action, Claim, Entry, Job, Listed, Place};
use crate::run::{CaseConflict, Filter, Root, Transfer};
use crate::{head, limits, same};
use oxaws_client::CallError;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Scope;

/// A listing of either kind, filtered.
enum Lister<'a> {
    Local(Walk<'a>),
    Remote { listing: Listing<'a>, prefix: String, deletes: bool, removes: bool, only: Option<String> },
    One(Option<Entry>),
}

struct Filtered<'a, 'c> {
    lister: Lister<'a>,
    filter: Option<&'a Filter<'a>>,
    shared: &'c Shared<'a>,
}

impl Source for Filtered<'_, '_> {
    fn next(&mut self) -> Result<Option<Listed>, TransferError> {
        loop {
            if self.shared.stop.is_stopping() {
                return Err(TransferError::Cancelled);
            }
            let listed = match &mut self.lister {
                Lister::Local(walk) => walk.next(),
                Lister::One(entry) => entry.take().map(Listed::Entry),
                Lister::Remote { listing, prefix, deletes, removes, only } => {
                    match listing.next(prefix.len(), self.shared.now(&|_| {}))? {
                        None => None,
                        Some(entry) => {
                            let key = match &entry.place {
                                Place::Object { key, .. } => key.as_str(),
                                _ => "",
                            };
                            // A server that ignores the prefix lists what nobody asked to delete. Where nothing is
                            // deleted, the key is taken as the AWS CLI takes it
                            // (`upstream/functional.s3.test_sync_command/…checksum_mode…`).
                            if *removes && !key.starts_with(prefix.as_str()) {
                                let place = full_path(&entry.place);
                                return Err(TransferError::Corrupt(format!(
                                    "The listing of the prefix \"{prefix}\" has the object s3://{place}, which is not below it."
                                ).into()));
                            }
                            // Empty objects that stand for folders.
                            if entry.size == Some(0) && key.ends_with('/') && !*deletes {
                                continue;
                            }
                            if only.as_deref().is_some_and(|only| only != key) {
                                continue;
                            }
                            Some(Listed::Entry(entry))
                        }
                    }
                }
            };
            if let (Some(filter), Some(Listed::Entry(entry))) = (self.filter, &listed)
                && !filter(&full_path(&entry.place))
            {
                continue;
            }
            return Ok(listed);
        }
    }

    fn is_sorted(&self) -> bool {
        match &self.lister {
            Lister::Remote { listing, .. } => listing.is_sorted(),
            _ => true,
        }
    }
}

/// An absolute path, or `bucket/key`.
fn full_path(place: &Place) -> String {
    match place {
        Place::Local(path) => path.to_string_lossy().into_owned(),
        Place::Object { bucket, key } => format!("{bucket}/{key}"),
        Place::Stream => String::new(),
    }
}

/// Turns listings into jobs.
pub(crate) struct Planner<'scope, 'env, 'a> {
    transfer: &'scope Transfer<'a>,
    engine: &'scope Engine<'a>,
    scope: &'scope Scope<'scope, 'env>,
    pub(crate) submitted: u64,
    /// Deletes that wait until it is known whether there are many.
    deletes: Vec<Job>,
    names: Arc<Mutex<HashSet<String>>>,
}

impl<'scope, 'env, 'a> Planner<'scope, 'env, 'a> {
    pub(crate) fn new(
        transfer: &'scope Transfer<'a>,
        engine: &'scope Engine<'a>,
        scope: &'scope Scope<'scope, 'env>,
    ) -> Self {
        Planner { transfer, engine, scope, submitted: 0, deletes: Vec::new(), names: Arc::default() }
    }

    pub(crate) fn plan(&mut self) -> Result<(), TransferError> {
        let transfer = self.transfer;
        let shared = self.engine.shared;
        let deletes = transfer.action == Action::Delete;
        let mut source = Filtered {
            lister: self.lister(&transfer.source, transfer.source_s3, transfer.recursive, deletes, true)?,
            filter: transfer.filter,
            shared,
        };
        let Some(sync) = transfer.sync else {
            loop {
                if transfer.stop.is_stopping() {
                    return Err(TransferError::Cancelled);
                }
                match source.next()? {
                    Some(Listed::Entry(entry)) => self.take(entry, None)?,
                    Some(Listed::Gap(_)) => {}
                    None => return Ok(()),
                }
            }
        };
        let dest = Filtered {
            lister: self.lister(&transfer.dest, transfer.s3, true, false, false)?,
            filter: transfer.filter,
            shared,
        };
        let direction = if transfer.action == Action::Download { Direction::Down } else { Direction::Up };
        let same = |source: &Entry, dest: &Entry| same::is_same(source, dest, transfer.config.part_size);
        let mut comparison = Comparison::new(source, dest, sync.both, direction, sync.delete, &same);
        // Files to which keys with other names are downloaded: `a/b` for the key `a//b`. They aren't gone.
        let mut kept: HashSet<String> = HashSet::new();
        while let Some(difference) = comparison.next()? {
            if transfer.stop.is_stopping() {
                return Err(TransferError::Cancelled);
            }
            match difference {
                Difference::Changed(entry) => self.take(entry, None)?,
                Difference::New(entry) => {
                    if transfer.action == Action::Download {
                        kept.extend(Some(plain_name(&entry.name)).filter(|plain| *plain != entry.name));
                    }
                    if self.is_at_place_of_another(&entry)? {
                        continue;
                    }
                    if sync.case_conflict == CaseConflict::Ignore {
                        self.take(entry, None)?;
                    } else {
                        self.take_unless_conflict(entry, sync.case_conflict)?;
                    }
                }
                Difference::Gone(entry) if kept.contains(&entry.name) => {}
                Difference::Gone(entry) => {
                    let action = match entry.place {
                        Place::Local(_) => Action::DeleteLocal,
                        _ => Action::Delete,
                    };
                    self.submit(Job { action, source: entry, dest: None, claim: None });
                }
            }
        }
        if comparison.unsorted {
            transfer.report.warning(
                "warning: Skipping some deletes. The server lists keys out of order, so that it can't be told what is \
                 gone.",
            );
        }
        Ok(())
    }

    fn lister(
        &self,
        root: &Root,
        s3: &'a S3<'a>,
        recursive: bool,
        deletes: bool,
        is_source: bool,
    ) -> Result<Lister<'a>, TransferError> {
        let transfer = self.transfer;
        let shared = self.engine.shared;
        match root {
            Root::Local(path) => {
                Ok(Lister::Local(Walk::new(path.clone(), recursive, transfer.follow_links, shared.report)))
            }
            Root::S3 { bucket, key } if !recursive && !key.is_empty() => {
                if deletes {
                    let place = Place::Object { bucket: Arc::from(bucket.as_str()), key: key.clone() };
                    let name = key.rsplit('/').next().unwrap_or_default().to_owned();
                    return Ok(Lister::One(Some(Entry {
                        name,
                        place,
                        size: None,
                        modified: None,
                        etag: None,
                        glacier: false,
                        has_checksum: false,
                        head: None,
                    })));
                }
                let prepared = shared.prepared;
                let headers = if transfer.action == Action::Copy { &prepared.head_source } else { &prepared.head };
                let found = head::look(s3, bucket, key, headers, s3.checks_replies(), shared.now(&|_| {}));
                let entry = found.map_err(|error| missing_key(error, key))?;
                if entry.modified.is_none() {
                    return Err(TransferError::missing("LastModified"));
                }
                Ok(Lister::One(Some(entry)))
            }
            Root::S3 { bucket, key } => Ok(Lister::Remote {
                listing: Listing::new(s3, bucket, key, transfer.page_size.as_deref(), &shared.prepared.payer),
                prefix: key.clone(),
                deletes,
                removes: deletes || transfer.is_move || transfer.sync.as_ref().is_some_and(|sync| sync.delete),
                only: (!recursive && is_source).then(|| key.clone()),
            }),
        }
    }

    /// Where an entry goes.
    fn dest_of(&self, entry: &Entry) -> Option<Place> {
        let transfer = self.transfer;
        if transfer.action == Action::Delete {
            return None;
        }
        Some(match &transfer.dest {
            Root::Local(path) => {
                let mut text = path.as_os_str().to_owned();
                if transfer.keeps_names {
                    text.push(&entry.name);
                }
                Place::Local(PathBuf::from(text))
            }
            Root::S3 { bucket, key } => {
                let mut key = key.clone();
                if transfer.keeps_names {
                    key.push_str(&entry.name);
                }
                Place::Object { bucket: Arc::from(bucket.as_str()), key }
            }
        })
    }

    /// Whether the destination that the user named, the file, or a folder between them is a link, or the name goes up
    /// again: with `--no-follow-symlinks` such an object is left out, silently (AWS CLI 2.37.7). Links above the named
    /// destination don't count.
    fn leads_over_link(&self, name: &str) -> bool {
        let Root::Local(root) = &self.transfer.dest else { return false };
        // Without the slash that would be the folder that a link leads to.
        let mut path: PathBuf = root.components().collect();
        if path.is_symlink() {
            return true;
        }
        self.transfer.keeps_names
            && name.split('/').filter(|part| !part.is_empty() && *part != ".").any(|part| {
                path.push(part);
                part == ".." || path.is_symlink()
            })
    }

    /// Whether a file that is there already belongs to another key: the file `a/b` is in step with the key `a/b`, and the
    /// key `a//b` would replace it. Said in a warning. Only names that no file can have are looked up.
    fn is_at_place_of_another(&self, entry: &Entry) -> Result<bool, TransferError> {
        let transfer = self.transfer;
        let (Root::Local(_), Root::S3 { bucket, key: prefix }) = (&transfer.dest, &transfer.source) else {
            return Ok(false);
        };
        let plain = plain_name(&entry.name);
        if plain == entry.name || leaves_folder(&entry.name) {
            return Ok(false);
        }
        let Some(Place::Local(path)) = self.dest_of(entry) else { return Ok(false) };
        let other = Place::Object { bucket: Arc::from(bucket.as_str()), key: format!("{prefix}{plain}") };
        let takes_part = transfer.filter.is_none_or(|filter| filter(&full_path(&other)));
        // A file that can't be looked at is one that can't be replaced either.
        if !takes_part || std::fs::symlink_metadata(&path).is_err() {
            return Ok(false);
        }
        let (_, key) = crate::engine::object(&other)?;
        let shared = self.engine.shared;
        match head::look(transfer.source_s3, bucket, key, &shared.prepared.head, false, shared.now(&|_| {})) {
            Ok(_) => {
                let from = crate::report::shown(&entry.place, None);
                let (other, path) = (crate::report::shown(&other, None), path.display());
                transfer.report.warning(&format!(
                    "warning: Skipping file {from}. The file {path} belongs to the key {other} already."
                ));
                Ok(true)
            }
            Err(error) if error.service().is_some_and(|failure| failure.error.status == 404) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn take_unless_conflict(&mut self, entry: Entry, conflict: CaseConflict) -> Result<(), TransferError> {
        let dest = self.dest_of(&entry);
        let Some(Place::Local(path)) = &dest else { return self.take(entry, None) };
        let name = entry.name.to_lowercase();
        let taken = self.names.lock().unwrap_or_else(PoisonError::into_inner).contains(&name);
        if taken || path.exists() {
            let (from, to) = (full_path(&entry.place), path.display());
            match conflict {
                CaseConflict::Ignore => {}
                CaseConflict::Skip => {
                    self.transfer.report.notice(&format!(
                        "warning: Skipping {from} -> {to} because a file whose name differs only by case either exists \
                         or is being downloaded.\n"
                    ));
                    return Ok(());
                }
                CaseConflict::Warn => self.transfer.report.notice(&format!(
                    "warning: Downloading {from} -> {to} despite a file whose name differs only by case either existing \
                     or being downloaded. This behavior is not defined on case-insensitive filesystems and may result \
                     in overwriting existing files or race conditions between concurrent downloads. For more \
                     information, see https://docs.aws.amazon.com/cli/latest/topic/s3-case-insensitivity.html.\n"
                )),
                CaseConflict::Error => {
                    return Err(TransferError::Invalid(format!(
                        "Failed to download {from} -> {to} because a file whose name differs only by case either exists \
                         or is being downloaded."
                    ).into()));
                }
            }
        }
        self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        let claim = Arc::new(Claim { name, all: self.names.clone() });
        self.take(entry, Some(claim))
    }

    /// Makes a job of an entry, unless it is to be skipped.
    fn take(&mut self, entry: Entry, claim: Option<Arc<Claim>>) -> Result<(), TransferError> {
        let transfer = self.transfer;
        let action = transfer.action;
        if action == Action::Upload && entry.size.unwrap_or(0) > limits::MAX_OBJECT {
            let path = crate::report::shown(&entry.place, transfer.cwd);
            transfer.report.warning(&format!("warning: File {path} exceeds s3 upload limit of 48.8 TiB."));
        }
        if matches!(action, Action::Download | Action::Copy) && entry.glacier && !transfer.force_glacier {
            if !transfer.quiet_glacier {
                let word = action.word();
                transfer.report.warning(&format!(
                    "warning: Skipping file s3://{}. Object is of storage class GLACIER. Unable to perform {word} \
                     operations on GLACIER objects. You must restore the object to be able to perform the operation. \
                     See aws s3 {word} help for additional parameter options to ignore or force these transfers.",
                    full_path(&entry.place)
                ));
            }
            return Ok(());
        }
        if action == Action::Download && leaves_folder(&entry.name) {
            let name = &entry.name;
            transfer.report.warning(&format!("warning: Skipping file {name}. File references a parent directory."));
            return Ok(());
        }
        if action == Action::Download && !transfer.follow_links && self.leads_over_link(&entry.name) {
            return Ok(());
        }
        let dest = self.dest_of(&entry);
        if action == Action::Download
            && transfer.options.no_overwrite
            && transfer.sync.is_none()
            && let Some(Place::Local(path)) = &dest
            && path.exists()
        {
            return Ok(());
        }
        if matches!(action, Action::Upload | Action::Copy)
            && let Some(problem) = &transfer.options.bad_grants
        {
            return Err(TransferError::Invalid(problem.as_str().into()));
        }
        self.submit(Job { action, source: entry, dest, claim });
        Ok(())
    }

    fn submit(&mut self, job: Job) {
        if self.transfer.dry_run {
            self.engine.shared.tell_dry_run(&job);
            return;
        }
        self.submitted += 1;
        if job.action == Action::DeleteLocal {
            // At once: what is listed next may be gone with it.
            let shared = self.engine.shared;
            shared.report.queued(Some(0));
            match crate::delete::local(shared, &job.source.place) {
                // A key with another name was downloaded to this path: the file isn't gone from the source.
                Ok(false) => shared.report.skipped(),
                Ok(true) => shared.tell(&job, 0, Ok(())),
                Err(error) => shared.tell(&job, 0, Err(error)),
            }
            return;
        }
        if job.action != Action::Delete || !self.transfer.recursive {
            self.engine.submit(self.scope, job);
            return;
        }
        self.deletes.push(job);
        if self.deletes.len() == limits::BATCH_KEYS {
            self.flush();
        }
    }

    /// Hands over the deletes that wait: together where there are many.
    pub(crate) fn flush(&mut self) {
        let waiting = std::mem::take(&mut self.deletes);
        if waiting.len() >= limits::BATCH_FROM {
            self.engine.submit_batch(self.scope, waiting);
        } else {
            for job in waiting {
                self.engine.submit(self.scope, job);
            }
        }
    }
}

/// What the CLI says when the single source isn't there.
fn missing_key(error: TransferError, key: &str) -> TransferError {
    match error {
        TransferError::Call(CallError::Service(mut failure)) if failure.code() == "404" => {
            failure.error.message = Some(format!("Key \"{key}\" does not exist"));
            TransferError::Call(CallError::Service(failure))
        }
        other => other,
    }
}

/// A name as the file that it leads to is listed: without parts that are empty or `.`, and with `..` resolved.
fn plain_name(name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Whether a name leads out of the folder it is put in.
fn leaves_folder(name: &str) -> bool {
    let mut depth = 0_i64;
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                depth -= 1;
                if depth < 0 {
                    // Python looks at `../…`; what ends at the folder above itself fails later, on its own.
                    return !ends_at_parent(name);
                }
            }
            _ => depth += 1,
        }
    }
    false
}

/// Whether a name, resolved, is just `..`.
fn ends_at_parent(name: &str) -> bool {
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts == [".."]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for (name, plain) in
            [("a//b", "a/b"), ("./a/./b", "a/b"), ("a/../b", "b"), ("/a", "a"), ("a/", "a"), ("a", "a")]
        {
            assert_eq!(plain_name(name), plain);
        }
    }

    #[test]
    fn names_that_leave_the_folder() {
        for name in ["../x", "a/../../x", "/../x", "../../x"] {
            assert!(leaves_folder(name), "{name}");
        }
        for name in ["a/../x", "x", "..x/y", "a/..", "..", "a/../.."] {
            assert!(!leaves_folder(name), "{name}");
        }
    }
}
