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
    Remote { listing: Listing<'a>, strip: usize, deletes: bool, only: Option<String> },
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
                Lister::Remote { listing, strip, deletes, only } => {
                    match listing.next(*strip, self.shared.now(&|_| {}))? {
                        None => None,
                        Some(entry) => {
                            let key = match &entry.place {
                                Place::Object { key, .. } => key.as_str(),
                                _ => "",
                            };
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
        while let Some(difference) = comparison.next()? {
            if transfer.stop.is_stopping() {
                return Err(TransferError::Cancelled);
            }
            match difference {
                Difference::Changed(entry) => self.take(entry, None)?,
                Difference::New(entry) => {
                    if sync.case_conflict == CaseConflict::Ignore {
                        self.take(entry, None)?;
                    } else {
                        self.take_unless_conflict(entry, sync.case_conflict)?;
                    }
                }
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
                    return Err(TransferError::Invalid("'LastModified'".into()));
                }
                Ok(Lister::One(Some(entry)))
            }
            Root::S3 { bucket, key } => Ok(Lister::Remote {
                listing: Listing::new(s3, bucket, key, transfer.page_size.as_deref(), &shared.prepared.payer),
                strip: key.len(),
                deletes,
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
                    )));
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
            return Err(TransferError::Invalid(problem.clone()));
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
            shared.tell(&job, 0, crate::delete::local(&job.source.place));
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
    fn names_that_leave_the_folder() {
        for name in ["../x", "a/../../x", "/../x", "../../x"] {
            assert!(leaves_folder(name), "{name}");
        }
        for name in ["a/../x", "x", "..x/y", "a/..", "..", "a/../.."] {
            assert!(!leaves_folder(name), "{name}");
        }
    }
}
