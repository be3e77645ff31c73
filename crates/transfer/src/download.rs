//! From objects to files: written beside the target, checked, then renamed.

use crate::checksum::{Evidence, Whole};
use crate::delete;
use crate::engine::{self, Shared};
use crate::error::TransferError;
use crate::fetch::{self, Get, Out, Range, Sink};
use crate::head;
use crate::parts::Kind;
use crate::plan::{Head, Job, Place};
use crate::report;
use crate::written::Placed;
use oxaws_failure::Cause;
use oxaws_python::python_os_error;
use oxaws_sign::{Algorithm, Digest};
use std::fs::{File, FileTimes, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// A file beside its target, removed unless it is put in place.
pub(crate) struct Beside {
    file: File,
    path: PathBuf,
    target: PathBuf,
    /// The target is a device or the like, written to directly.
    special: bool,
    kept: bool,
}

/// Why there is no file beside the target yet.
enum NotOpen {
    /// The folder can't be made: nothing is asked of the server.
    Early(TransferError),
    /// Told after the server has answered, as the CLI does.
    Late(TransferError),
}

impl Beside {
    fn open(target: &Path, suffix: &str, look_for_special: bool) -> Result<Beside, NotOpen> {
        if look_for_special && is_special(target) {
            let file = OpenOptions::new().write(true).open(target);
            let file = file.map_err(|e| NotOpen::Late(TransferError::local(e, target)))?;
            return Ok(Beside { file, path: target.to_owned(), target: target.to_owned(), special: true, kept: true });
        }
        let path = beside(target, suffix);
        let open = || OpenOptions::new().write(true).create_new(true).open(&path);
        let file = match open() {
            // A file in the folder's place is told of after the server has answered.
            Err(e) if e.kind() == io::ErrorKind::NotFound || is_missing_below_file(&e, target) => {
                let folder = folder_of(target);
                make_folders(&folder).map_err(NotOpen::Early)?;
                open()
            }
            other => other,
        };
        let file = file.map_err(|e| NotOpen::Late(TransferError::local(e, &path)))?;
        Ok(Beside { file, path, target: target.to_owned(), special: false, kept: false })
    }

    /// Puts the file in place.
    fn keep(&mut self, cx: &Shared<'_>, job: &Job, modified: Option<i64>) -> Result<(), TransferError> {
        let timed = match (self.special, modified.and_then(moment)) {
            (false, Some(time)) => self.file.set_times(FileTimes::new().set_modified(time).set_accessed(time)),
            _ => Ok(()),
        };
        if !self.special {
            match cx.written.place(&self.file, &self.path, &self.target) {
                Ok(Placed::Done) => self.kept = true,
                Ok(Placed::Taken) => {
                    return Err(TransferError::Taken(
                        format!(
                            "warning: Skipping file {}. Another key of this command was already downloaded to {}.",
                            report::shown(&job.source.place, None),
                            self.target.display()
                        )
                        .into(),
                    ));
                }
                Err(e) => return Err(TransferError::local_pair(e, &self.path, &self.target)),
            }
        }
        if let Err(e) = timed {
            let shown = self.target.display();
            let why = python_os_error(&e, &self.target.to_string_lossy());
            cx.report.warning(&format!(
                "warning: Skipping file {shown}. Successfully Downloaded {shown} but was unable to update the last \
                 modified time. {why}"
            ));
        }
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn is_missing_below_file(error: &io::Error, target: &Path) -> bool {
    error.kind() == io::ErrorKind::NotADirectory && !folder_of(target).exists()
}

fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|m| {
        let kind = m.file_type();
        kind.is_char_device() || kind.is_block_device() || kind.is_fifo() || kind.is_socket()
    })
}

/// `name.<8 hex>`, the name cut where it would be too long.
fn beside(target: &Path, suffix: &str) -> PathBuf {
    let bytes = target.as_os_str().as_bytes();
    let at = bytes.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
    let mut end = bytes.len().min(at + 255 - (suffix.len() + 1));
    while end > at && end < bytes.len() && bytes[end] & 0xc0 == 0x80 {
        end -= 1;
    }
    let path = [&bytes[..end], b".", suffix.as_bytes()].concat();
    PathBuf::from(std::ffi::OsString::from_vec(path))
}

fn folder_of(path: &Path) -> PathBuf {
    let bytes = path.as_os_str().as_bytes();
    let at = bytes.iter().rposition(|b| *b == b'/').unwrap_or(0);
    PathBuf::from(std::ffi::OsStr::from_bytes(&bytes[..at.max(1)]))
}

fn make_folders(folder: &Path) -> Result<(), TransferError> {
    create_folders(folder).map_err(|(e, missing)| {
        let why = python_os_error(&e, &missing.to_string_lossy());
        TransferError::Local(Cause::worded(format!("Could not create directory {}: {why}", folder.display()), e))
    })
}

/// Makes a folder and those above it (Python's `os.makedirs`).
///
/// # Errors
/// With the part that can't be made, which Python's message names: the first that is missing.
pub fn create_folders(folder: &Path) -> Result<(), (io::Error, PathBuf)> {
    // `a/.` can't be made where `a` is missing: parts that are `.` go.
    let folder: PathBuf = folder.components().collect();
    std::fs::create_dir_all(&folder).map_err(|e| {
        let above = folder.ancestors().take_while(|a| !a.as_os_str().is_empty() && !a.exists());
        let missing = above.last().unwrap_or(&folder).to_owned();
        (e, missing)
    })
}

/// A moment given in microseconds, to the second below.
fn moment(micros: i64) -> Option<SystemTime> {
    let seconds = micros.div_euclid(1_000_000);
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds >= 0 {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    }
}

/// A download in parts.
pub(crate) struct Parts {
    pub(crate) count: u64,
    bucket: String,
    key: String,
    etag: Option<String>,
    size: u64,
    part_size: u64,
    modified: Option<i64>,
    file: Mutex<Option<Beside>>,
    /// Another handle on the file. Its lock is held for each write: the system lets one thread at a time write to a file
    /// anyway, and those that wait for it there burn their time slices.
    writer: Mutex<File>,
    /// The checksum of the whole, where it was known before the first byte came.
    known: Option<Whole>,
    /// One that came with a part.
    given: Mutex<Option<Whole>>,
    digests: Mutex<Vec<Option<(Algorithm, Digest)>>>,
}

/// Downloads a small object, or opens a download in parts.
pub(crate) fn begin(cx: &Shared<'_>, job: &Job, buffer: &mut Vec<u8>) -> Result<Option<Kind>, TransferError> {
    let (bucket, key) = engine::object(&job.source.place)?;
    let target = engine::file(job.dest.as_ref().unwrap_or(&Place::Stream))?;
    let suffix = &cx.s3.short_id();
    let opened = match Beside::open(target, suffix, !cx.recursive) {
        Err(NotOpen::Early(error)) => return Err(error),
        other => other,
    };
    let (mut size, mut etag) = (job.source.size, job.source.etag.clone());
    let mut known = job.source.head.as_ref().and_then(|head| known_checksum(cx, head));
    if size.is_none() || etag.is_none() {
        let entry = head::look(cx.s3, bucket, key, &cx.prepared.head, false, cx.now(&|_| {}))?;
        (size, etag) = (entry.size, entry.etag);
    } else if job.source.has_checksum
        && job.source.head.is_none()
        && size.is_some_and(|size| size >= cx.config.threshold)
        && checks(cx)
    {
        // Parts are sent without the checksum of the whole, and a listing names its algorithm only.
        let entry = head::look(cx.s3, bucket, key, &cx.prepared.head, true, cx.now(&|_| {}))?;
        known = entry.head.and_then(|head| known_checksum(cx, &head));
        (size, etag) = (entry.size, entry.etag);
    }
    let size = size.ok_or_else(size_missing)?;
    let progress = |n| cx.report.progress(n);
    let etag_given = etag.as_deref();
    if size < cx.config.threshold {
        let asked = Get { bucket, key, range: None, size, etag: etag_given, restarts: true, wanted: None };
        match opened {
            Ok(mut beside) => {
                let got = fetch::get(cx, asked, &mut &beside.file, buffer, &progress)?;
                if is_thorough(cx) && !got.is_checked {
                    let evidence = Evidence {
                        file: &beside.path,
                        bucket,
                        key,
                        etag: etag_given,
                        size,
                        digests: &[],
                        piece: cx.config.part_size,
                        may_ask: cx.is_move,
                    };
                    check_whole(cx, known.or(got.whole), &evidence)?;
                }
                beside.keep(cx, job, job.source.modified)?;
            }
            Err(NotOpen::Early(error) | NotOpen::Late(error)) => {
                let mut nowhere = Nowhere(Some(error));
                fetch::get(cx, asked, &mut nowhere, buffer, &progress)?;
                if let Some(error) = nowhere.0 {
                    return Err(error);
                }
            }
        }
        finish_source(cx, job, etag.as_deref())?;
        return Ok(None);
    }
    let beside = match opened {
        Ok(beside) => beside,
        Err(NotOpen::Early(e) | NotOpen::Late(e)) => return Err(e),
    };
    let writer = beside.file.try_clone().map_err(|e| TransferError::local(e, target))?;
    let part_size = cx.config.part_size;
    let count = size.div_ceil(part_size).max(1);
    Ok(Some(Kind::Download(Parts {
        count,
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        etag,
        size,
        part_size,
        modified: job.source.modified,
        file: Mutex::new(Some(beside)),
        writer: Mutex::new(writer),
        known,
        given: Mutex::default(),
        digests: Mutex::new(vec![None; usize::try_from(count).unwrap_or(0)]),
    })))
}

/// Python's KeyError where nothing says how large an object is.
fn size_missing() -> TransferError {
    TransferError::missing("ContentLength")
}

/// Whether checksums of objects are asked for.
fn checks(cx: &Shared<'_>) -> bool {
    cx.s3.checks_replies() || cx.prepared.options.checksum_mode
}

/// Whether every checksum of a whole object is looked at. The AWS CLI combines those that can be, where it has looked at a
/// single object (`s3/ranged/composite_not_checked`, `s3/ranged/sha256_full_not_checked`), and else looks at none.
fn is_thorough(cx: &Shared<'_>) -> bool {
    cx.is_move || cx.recursive
}

/// The checksum that a HEAD told, where it is looked at.
fn known_checksum(cx: &Shared<'_>, head: &Head) -> Option<Whole> {
    let combines = |a: Algorithm| matches!(a, Algorithm::Crc32 | Algorithm::Crc32c | Algorithm::Crc64Nvme);
    let whole = head.checksum.as_ref().filter(|_| checks(cx))?;
    (is_thorough(cx) || (head.is_full_checksum && combines(whole.algorithm))).then(|| whole.clone())
}

/// Compares a download with its checksum, where there is one. The source of a move isn't deleted when that can't be done.
fn check_whole(cx: &Shared<'_>, whole: Option<Whole>, evidence: &Evidence<'_>) -> Result<(), TransferError> {
    let Some(whole) = whole else { return Ok(()) };
    if whole.check(cx, evidence)? || !cx.is_move {
        return Ok(());
    }
    Err(TransferError::Corrupt(
        format!("The checksum {} could not be compared with what was downloaded; the source is kept.", whole.value)
            .into(),
    ))
}

/// Fails with the error it holds as soon as there is something to write.
struct Nowhere(Option<TransferError>);

impl Sink for Nowhere {
    fn put(&mut self, _offset: u64, _data: &[u8]) -> Result<(), TransferError> {
        Err(self.0.take().unwrap_or(TransferError::Given))
    }
}

/// A move's last step.
fn finish_source(cx: &Shared<'_>, job: &Job, etag: Option<&str>) -> Result<(), TransferError> {
    if cx.is_move { delete::moved(cx, job, etag) } else { Ok(()) }
}

impl Parts {
    pub(crate) fn run(
        &self,
        cx: &Shared<'_>,
        part: u64,
        buffer: &mut Vec<u8>,
        progress: &(dyn Fn(i64) + Sync),
    ) -> Result<(), TransferError> {
        let offset = part * self.part_size;
        let range = Range { offset, length: self.part_size.min(self.size - offset), last: part + 1 == self.count };
        let asked = Get {
            bucket: &self.bucket,
            key: &self.key,
            range: Some(range),
            size: self.size,
            etag: self.etag.as_deref(),
            restarts: true,
            wanted: self.known.as_ref().map(|whole| whole.algorithm),
        };
        let got = fetch::get(cx, asked, &mut &self.writer, buffer, progress)?;
        if let Some(whole) = got.whole {
            self.given.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(whole);
        }
        let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = usize::try_from(part).ok().and_then(|p| digests.get_mut(p)) {
            *place = got.digest;
        }
        Ok(())
    }

    /// Whether the parts together are the whole object.
    fn check(&self, cx: &Shared<'_>, file: &Path) -> Result<(), TransferError> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner).take();
        let given = given.filter(|whole| is_thorough(cx) || whole.is_of_bytes());
        let evidence = Evidence {
            file,
            bucket: &self.bucket,
            key: &self.key,
            etag: self.etag.as_deref(),
            size: self.size,
            digests: &self.digests.lock().unwrap_or_else(PoisonError::into_inner),
            piece: self.part_size,
            may_ask: true,
        };
        check_whole(cx, self.known.clone().or(given), &evidence)
    }

    pub(crate) fn complete(&self, cx: &Shared<'_>, job: &Job) -> Result<(), TransferError> {
        let beside = self.file.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut beside) = beside else { return Err(TransferError::Given) };
        self.check(cx, &beside.path)?;
        beside.keep(cx, job, self.modified)?;
        finish_source(cx, job, self.etag.as_deref())
    }

    pub(crate) fn abort(&self) {
        drop(self.file.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Downloads an object to standard output, in order.
pub(crate) fn stream(cx: &Shared<'_>, job: &Job, out: &mut (dyn Write + Send)) -> Result<(), TransferError> {
    let (bucket, key) = engine::object(&job.source.place)?;
    let entry = head::look(cx.s3, bucket, key, &cx.prepared.head, false, cx.now(&|_| {}))?;
    let size = entry.size.ok_or_else(size_missing)?;
    let mut buffer = Vec::new();
    let mut sink = Out(out);
    let etag = entry.etag.as_deref();
    let mut asked = Get { bucket, key, range: None, size, etag, restarts: false, wanted: None };
    if size < cx.config.threshold {
        fetch::get(cx, asked, &mut sink, &mut buffer, &|_| {})?;
    } else {
        let part_size = cx.config.part_size;
        let mut offset = 0;
        while offset < size {
            let length = part_size.min(size - offset);
            asked.range = Some(Range { offset, length, last: offset + length == size });
            fetch::get(cx, asked, &mut sink, &mut buffer, &|_| {})?;
            offset += length;
        }
    }
    sink.0.flush().map_err(TransferError::local_bare)
}
