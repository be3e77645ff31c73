//! From objects to files: written beside the target, checked, then renamed.

use crate::client::Call;
use crate::delete;
use crate::engine::{self, Shared};
use crate::error::TransferError;
use crate::head;
use crate::limits;
use crate::operation::Op;
use crate::parts::Kind;
use crate::plan::{self, Job, Place};
use crate::report;
use crate::written::Placed;
use oxaws_client::CallError;
use oxaws_http::{BodyReader, Headers, HttpError};
use oxaws_input::paramfile::{python_os_error, python_os_error_bare};
use oxaws_sign::{Algorithm, Digest, Hasher};
use std::fs::{File, FileTimes, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, FileTypeExt};
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
            let file = file.map_err(|e| NotOpen::Late(TransferError::local(&e, target)))?;
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
        let file = file.map_err(|e| NotOpen::Late(TransferError::local(&e, &path)))?;
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
                    return Err(TransferError::Taken(format!(
                        "warning: Skipping file {}. Another key of this command was already downloaded to {}.",
                        report::shown(&job.source.place, None),
                        self.target.display()
                    )));
                }
                Err(e) => return Err(TransferError::local_pair(&e, &self.path, &self.target)),
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
        TransferError::Local(format!("Could not create directory {}: {why}", folder.display()))
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

/// Where a body goes.
trait Sink {
    fn put(&mut self, offset: u64, data: &[u8]) -> Result<(), TransferError>;
}

impl Sink for &File {
    fn put(&mut self, offset: u64, data: &[u8]) -> Result<(), TransferError> {
        let written = match self.write_all_at(data, offset) {
            // Devices have no positions.
            Err(e) if e.raw_os_error() == Some(29) => Write::write_all(self, data),
            other => other,
        };
        written.map_err(|e| TransferError::Local(python_os_error_bare(&e)))
    }
}

impl Sink for &Mutex<File> {
    fn put(&mut self, offset: u64, data: &[u8]) -> Result<(), TransferError> {
        (&*self.lock().unwrap_or_else(PoisonError::into_inner)).put(offset, data)
    }
}

/// Standard output.
pub(crate) struct Out<'a>(pub &'a mut (dyn Write + Send));

impl Sink for Out<'_> {
    fn put(&mut self, _offset: u64, data: &[u8]) -> Result<(), TransferError> {
        self.0.write_all(data).map_err(|e| TransferError::Local(python_os_error_bare(&e)))
    }
}

/// The checksum that a reply carries, unless it is one of parts.
fn announced(headers: &Headers) -> Option<(Algorithm, String)> {
    Algorithm::BY_PRIORITY.into_iter().find_map(|a| {
        let value = headers.get(a.header()).filter(|v| !v.contains('-'))?;
        Some((a, value.to_owned()))
    })
}

/// Moves a body into the sink from `offset` on; gives its length and the digest that was asked for.
#[allow(clippy::too_many_arguments)]
fn pour(
    cx: &Shared<'_>,
    body: &mut BodyReader,
    headers: &Headers,
    sink: &mut dyn Sink,
    offset: u64,
    wanted: Option<Algorithm>,
    buffer: &mut Vec<u8>,
    moved: &mut u64,
    progress: &(dyn Fn(i64) + Sync),
) -> Result<Option<Digest>, TransferError> {
    let check = if cx.prepared.get.has("x-amz-checksum-mode") { announced(headers) } else { None };
    let mut hasher = check.as_ref().map(|(a, _)| Hasher::new(*a));
    // The same algorithm is hashed once.
    let shared = wanted.is_some() && wanted == check.as_ref().map(|(a, _)| *a);
    let mut other = wanted.filter(|_| !shared).map(Hasher::new);
    let room = match body.length() {
        Some(n) => usize::try_from(n).unwrap_or(usize::MAX).clamp(1, limits::PIECE),
        None => limits::PIECE,
    };
    if buffer.len() < room {
        buffer.resize(room, 0);
    }
    loop {
        // Small writes cost more than waiting for the rest of the piece.
        let mut used = 0;
        while used < room {
            let n = match body.read_some(&mut buffer[used..room]) {
                Ok(n) => n,
                Err(e) => {
                    // What arrived is passed on before the error, as far as it goes.
                    if used > 0 {
                        sink.put(offset + *moved, &buffer[..used])?;
                        *moved += used as u64;
                        progress(used as i64);
                    }
                    return Err(match e {
                        HttpError::Cancelled => TransferError::Cancelled,
                        other => TransferError::Body(other),
                    });
                }
            };
            if n == 0 {
                break;
            }
            used += n;
        }
        if used == 0 {
            break;
        }
        if let Some(throttle) = &cx.s3.throttle {
            throttle.take(used, &cx.stop.now);
        }
        for hasher in hasher.iter_mut().chain(&mut other) {
            hasher.update(&buffer[..used]);
        }
        sink.put(offset + *moved, &buffer[..used])?;
        *moved += used as u64;
        progress(used as i64);
        if used < room {
            break;
        }
    }
    let digest = hasher.map(Hasher::finish);
    if let (Some((_, expected)), Some(digest)) = (&check, &digest)
        && *expected != digest.to_base64()
    {
        return Err(TransferError::Corrupt(format!(
            "Expected checksum {expected} did not match calculated checksum: {}",
            digest.to_base64()
        )));
    }
    Ok(other.map(Hasher::finish).or(digest.filter(|_| shared)))
}

/// Whether a broken body is asked for again: time-outs and lost connections, not one that ended early (as the CLI).
fn is_worth_another(error: &TransferError) -> bool {
    match error {
        TransferError::Body(e) => !matches!(e, HttpError::Truncated { .. }),
        TransferError::Call(CallError::Http(e)) => matches!(e, HttpError::ReadTimeout { .. }),
        _ => false,
    }
}

/// Which bytes of an object are asked for.
#[derive(Clone, Copy)]
pub(crate) struct Range<'a> {
    pub offset: u64,
    pub length: u64,
    /// Whether these are the last ones.
    pub last: bool,
    pub etag: Option<&'a str>,
}

/// What is known of a whole object before it is asked for.
#[derive(Clone, Copy)]
struct Known<'a> {
    size: u64,
    etag: Option<&'a str>,
}

impl Known<'_> {
    /// Complains where a reply of another length isn't of another object: then it is something else in its place.
    fn check(&self, length: u64, headers: &Headers) -> Result<(), TransferError> {
        let other = matches!((self.etag, headers.get("etag")), (Some(known), Some(given)) if known != given);
        if length == self.size || other {
            return Ok(());
        }
        Err(TransferError::Corrupt(format!("Expected an object of {} bytes, received {length} bytes", self.size)))
    }
}

/// Gets an object or a range of it into a sink.
#[allow(clippy::too_many_arguments)]
fn get(
    cx: &Shared<'_>,
    bucket: &str,
    key: &str,
    range: Option<Range<'_>>,
    known: Known<'_>,
    sink: &mut dyn Sink,
    can_restart: bool,
    wanted: Option<Algorithm>,
    buffer: &mut Vec<u8>,
    progress: &(dyn Fn(i64) + Sync),
) -> Result<Option<Digest>, TransferError> {
    let mut attempt = 1;
    // Bytes that a sink which can't go back already has.
    let mut passed = 0;
    loop {
        let mut call = Call::new(Op::GetObject, bucket, key);
        cx.prepared.get.add_to(&mut call);
        if !cx.prepared.options.checksum_mode {
            call.unasked = "x-amz-checksum-mode";
        }
        let start = range.map_or(0, |r| r.offset) + passed;
        let asked = match range {
            Some(r) if r.last => Some(format!("{start}-")),
            Some(r) => Some(format!("{start}-{}", r.offset + r.length - 1)),
            None if passed > 0 => Some(format!("{start}-")),
            None => None,
        };
        if let Some(asked) = &asked {
            call.header("Range", format!("bytes={asked}"));
        }
        if let Some(etag) = range.and_then(|r| r.etag) {
            call.header("If-Match", etag);
        }
        let mut moved = 0;
        let outcome = cx.s3.send(&call, cx.now(&|_| {})).and_then(|answer| {
            // Parts of two objects are none, and a move deletes only what was listed.
            if (range.is_some() || cx.is_move)
                && let (Some(etag), Some(given)) = (known.etag, answer.headers.get("etag"))
                && !plan::is_same_etag(etag, given)
            {
                return Err(TransferError::other_object(bucket, key));
            }
            if let Some(asked) = &asked {
                check_range(asked, answer.headers.get("content-range"))?;
            }
            let Some(mut body) = answer.stream else { return Ok(None) };
            let digest = pour(cx, &mut body, &answer.headers, sink, start, wanted, buffer, &mut moved, progress)?;
            if range.is_none() {
                known.check(moved + passed, &answer.headers)?;
            }
            if let Some(range) = range
                && moved + passed != range.length
            {
                return Err(TransferError::Corrupt(format!(
                    "Requested range: `{}` was answered with {moved} bytes",
                    asked.as_deref().unwrap_or_default()
                )));
            }
            Ok(digest)
        });
        let error = match outcome {
            Ok(digest) => return Ok(digest),
            Err(e) if e.has_code("PreconditionFailed") => {
                return Err(TransferError::other_object(bucket, key));
            }
            Err(e) => e,
        };
        if can_restart {
            progress(-(moved as i64));
        } else {
            passed += moved;
        }
        if !is_worth_another(&error) || cx.stop.is_stopping() {
            return Err(error);
        }
        // Without an ETag, what follows might be of another object.
        if !can_restart && passed > 0 && range.and_then(|r| r.etag).is_none() {
            return Err(error);
        }
        if attempt == limits::DOWNLOAD_ATTEMPTS {
            return Err(TransferError::Invalid("Max Retries Exceeded".into()));
        }
        attempt += 1;
    }
}

/// Complains where the reply is about other bytes than were asked for.
fn check_range(asked: &str, answered: Option<&str>) -> Result<(), TransferError> {
    let Some((given, total)) = answered.and_then(|a| a.split_once('/')) else { return Ok(()) };
    let given = given.get(6..).unwrap_or_default();
    let mut wanted = asked.to_owned();
    if wanted.ends_with('-')
        && let Ok(total) = total.parse::<u64>()
    {
        wanted.push_str(&total.saturating_sub(1).to_string());
    }
    if wanted == given {
        return Ok(());
    }
    Err(TransferError::Corrupt(format!(
        "Requested range: `{wanted}` does not match content range in response: `{given}`"
    )))
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
    full: Option<(Algorithm, String)>,
    digests: Mutex<Vec<Option<Digest>>>,
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
    if size.is_none() || etag.is_none() {
        let entry = head::look(cx.s3, bucket, key, &cx.prepared.head, false, cx.now(&|_| {}))?;
        (size, etag) = (entry.size, entry.etag);
    }
    let size = size.ok_or_else(size_missing)?;
    let progress = |n| cx.report.progress(n);
    let known = Known { size, etag: etag.as_deref() };
    if size < cx.config.threshold {
        let mut late = None;
        let mut opened = match opened {
            Ok(opened) => Some(opened),
            Err(NotOpen::Early(e) | NotOpen::Late(e)) => {
                late = Some(e);
                None
            }
        };
        match &mut opened {
            Some(beside) => {
                get(cx, bucket, key, None, known, &mut &beside.file, true, None, buffer, &progress)?;
                beside.keep(cx, job, job.source.modified)?;
            }
            None => {
                let mut nowhere = Nowhere(late);
                get(cx, bucket, key, None, known, &mut nowhere, true, None, buffer, &progress)?;
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
    let writer = beside.file.try_clone().map_err(|e| TransferError::local(&e, target))?;
    let part_size = cx.config.part_size;
    let count = size.div_ceil(part_size).max(1);
    let checks = cx.s3.checks_replies() || cx.prepared.options.checksum_mode;
    let full = job.source.head.as_ref().and_then(|h| h.full_checksum.clone()).filter(|_| checks);
    let digests = if full.is_some() { vec![None; usize::try_from(count).unwrap_or(0)] } else { Vec::new() };
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
        full,
        digests: Mutex::new(digests),
    })))
}

/// Python's KeyError where nothing says how large an object is.
fn size_missing() -> TransferError {
    TransferError::Invalid("'ContentLength'".into())
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
        let range = Range {
            offset,
            length: self.part_size.min(self.size - offset),
            last: part + 1 == self.count,
            etag: self.etag.as_deref(),
        };
        let wanted = self.full.as_ref().map(|(a, _)| *a);
        let known = Known { size: self.size, etag: self.etag.as_deref() };
        let mut sink = &self.writer;
        let digest = get(cx, &self.bucket, &self.key, Some(range), known, &mut sink, true, wanted, buffer, progress)?;
        let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = usize::try_from(part).ok().and_then(|p| digests.get_mut(p)) {
            *place = digest;
        }
        Ok(())
    }

    /// Whether the parts together are the whole object.
    fn check_full(&self) -> Result<(), TransferError> {
        let Some((algorithm, expected)) = &self.full else { return Ok(()) };
        let digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        let mut whole: Option<Digest> = None;
        for (at, digest) in digests.iter().enumerate() {
            let Some(digest) = digest else { return Ok(()) };
            let offset = at as u64 * self.part_size;
            let length = self.part_size.min(self.size - offset);
            whole = match whole {
                None => Some(*digest),
                Some(before) => algorithm.combine(&before, digest, length),
            };
        }
        match whole {
            Some(whole) if whole.to_base64() != *expected => Err(TransferError::Corrupt(format!(
                "Expected full object checksum ({}) {expected} did not match combined checksum: {}",
                algorithm.name().to_lowercase(),
                whole.to_base64()
            ))),
            _ => Ok(()),
        }
    }

    pub(crate) fn complete(&self, cx: &Shared<'_>, job: &Job) -> Result<(), TransferError> {
        let beside = self.file.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut beside) = beside else { return Err(TransferError::Given) };
        self.check_full()?;
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
    let known = Known { size, etag: entry.etag.as_deref() };
    if size < cx.config.threshold {
        get(cx, bucket, key, None, known, &mut sink, false, None, &mut buffer, &|_| {})?;
    } else {
        let part_size = cx.config.part_size;
        let mut offset = 0;
        while offset < size {
            let length = part_size.min(size - offset);
            let last = offset + length == size;
            let range = Range { offset, length, last, etag: entry.etag.as_deref() };
            get(cx, bucket, key, Some(range), known, &mut sink, false, None, &mut buffer, &|_| {})?;
            offset += length;
        }
    }
    sink.0.flush().map_err(|e| TransferError::Local(python_os_error_bare(&e)))
}
