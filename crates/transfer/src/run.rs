//! One command from its plan to its end: listing, comparing and transferring as one stream.

use crate::client::S3;
use crate::compare::Both;
use crate::config::TransferConfig;
use crate::engine::{Engine, Shared};
use crate::error::TransferError;
use crate::options::{ObjectOptions, Prepared};
use crate::plan::{Action, Entry, Job, Place};
use crate::planner::Planner;
use crate::report::Report;
use crate::stop::Stop;
use crate::written::Written;
use crate::{download, stream};
use oxaws_failure::Class;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One side of a command.
#[derive(Debug, Clone)]
pub enum Root {
    /// A folder or file: absolute, with a `/` at the end where it is a folder.
    Local(PathBuf),
    /// A bucket and the start of keys, or one key.
    S3 {
        /// The bucket.
        bucket: String,
        /// The prefix or key.
        key: String,
    },
}

/// What to do with keys that differ only by case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseConflict {
    /// Nothing.
    Ignore,
    /// Leave the second out.
    Skip,
    /// Say so.
    Warn,
    /// Stop.
    Error,
}

/// How source and destination are compared.
#[derive(Debug, Clone, Copy)]
pub struct Sync {
    /// Where both have a name.
    pub both: Both,
    /// Whether what only the destination has is deleted.
    pub delete: bool,
    /// What to do with names that differ only by case.
    pub case_conflict: CaseConflict,
}

/// Whether a full path (an absolute one, or `bucket/key`) takes part.
pub type Filter<'a> = dyn Fn(&str) -> bool + std::marker::Sync + 'a;

/// A command.
pub struct Transfer<'a> {
    /// The client for the destination (and for downloads and deletes).
    pub s3: &'a S3<'a>,
    /// The client for the source of copies.
    pub source_s3: &'a S3<'a>,
    /// What is done.
    pub action: Action,
    /// Where from.
    pub source: Root,
    /// Where to; for deletes the same.
    pub dest: Root,
    /// Everything under the source.
    pub recursive: bool,
    /// Names are appended to the destination.
    pub keeps_names: bool,
    /// Sources are deleted afterwards.
    pub is_move: bool,
    /// Nothing is done, only told.
    pub dry_run: bool,
    /// Source and destination are compared.
    pub sync: Option<Sync>,
    /// What takes part; `None` for everything.
    pub filter: Option<&'a Filter<'a>>,
    /// Links are followed.
    pub follow_links: bool,
    /// Keys in one page of a listing, as typed.
    pub page_size: Option<String>,
    /// Archived objects are tried too.
    pub force_glacier: bool,
    /// Archived objects are left out silently.
    pub quiet_glacier: bool,
    /// What the command line says about objects.
    pub options: ObjectOptions,
    /// The `s3` section.
    pub config: TransferConfig,
    /// The current folder; `None` where it was deleted.
    pub cwd: Option<&'a Path>,
    /// Hears of it all.
    pub report: &'a dyn Report,
    /// Ends it.
    pub stop: &'a Stop,
}

impl<'a> Transfer<'a> {
    /// Runs the command; everything that happens is told to the report.
    pub fn run(&self) {
        let prepared = self.prepare();
        let shared = self.shared(&prepared);
        let engine = Engine::new(&shared);
        let planned = std::thread::scope(|scope| {
            let mut planner = Planner::new(self, &engine, scope);
            let planned = planner.plan();
            if planned.is_err() && !self.stop.is_stopping() {
                // What waits is not begun any more; what is under way ends.
                self.stop.now_and_later();
            } else {
                planner.flush();
                if planned.is_ok() {
                    self.report.planned(planner.submitted);
                }
            }
            engine.close();
            planned
        });
        self.end(&shared, planned.err());
    }

    fn prepare(&self) -> Prepared {
        Prepared::new(self.options.clone(), self.s3.sends_checksums(), self.s3.checks_replies())
    }

    fn shared<'c>(&'c self, prepared: &'c Prepared) -> Shared<'c> {
        Shared {
            s3: self.s3,
            source: self.source_s3,
            prepared,
            config: &self.config,
            report: self.report,
            stop: self.stop,
            cwd: self.cwd,
            is_move: self.is_move,
            recursive: self.recursive,
            cut: AtomicBool::new(false),
            written: Written::default(),
        }
    }

    fn end(&self, shared: &Shared<'_>, fault: Option<TransferError>) {
        if self.stop.is_silent() {
            return;
        }
        match fault {
            Some(error) if !self.stop.was_asked() => self.report.fatal(&error.to_string(), error.class()),
            _ if !self.stop.was_asked() => {}
            _ if shared.cut.load(Ordering::Relaxed) => self.report.interrupted(),
            _ => self.report.fatal("", Class::Interrupted),
        }
    }

    /// Uploads a stream to the destination, which is a key.
    pub fn upload_stream(&self, input: &mut (dyn Read + Send), expected: Option<u64>) {
        let prepared = self.prepare();
        let shared = self.shared(&prepared);
        let dest = match self.place_of(&self.dest) {
            Place::Object { bucket, key } if self.keeps_names => Place::Object { bucket, key: key + "-" },
            place => place,
        };
        self.stream_job(&shared, Place::Stream, dest, |job| stream::upload(&shared, job, input, expected));
    }

    /// Downloads the source, which is a key, to a stream.
    pub fn download_stream(&self, out: &mut (dyn Write + Send)) {
        let prepared = self.prepare();
        let shared = self.shared(&prepared);
        self.stream_job(&shared, self.place_of(&self.source), Place::Stream, |job| download::stream(&shared, job, out));
    }

    fn stream_job(
        &self,
        shared: &Shared<'_>,
        source: Place,
        dest: Place,
        run: impl FnOnce(&Job) -> Result<(), TransferError>,
    ) {
        let entry = Entry {
            name: String::new(),
            place: source,
            size: None,
            modified: None,
            etag: None,
            glacier: false,
            has_checksum: false,
            head: None,
        };
        let job = Job { action: self.action, source: entry, dest: Some(dest), claim: None };
        if let Some(problem) = self.options.bad_grants.as_ref().filter(|_| self.action == Action::Upload) {
            return self.report.fatal(problem, Class::InvalidValue);
        }
        if self.dry_run {
            shared.tell_dry_run(&job);
            return self.report.planned(0);
        }
        self.report.queued(None);
        let outcome = run(&job);
        shared.tell(&job, 0, outcome);
        self.report.planned(1);
        self.end(shared, None);
    }

    fn place_of(&self, root: &Root) -> Place {
        match root {
            Root::Local(path) => Place::Local(path.clone()),
            Root::S3 { bucket, key } => Place::Object { bucket: Arc::from(bucket.as_str()), key: key.clone() },
        }
    }
}
