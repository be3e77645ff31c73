//! From files to objects.

use crate::answer;
use crate::body::{Body, FileRange};
use crate::client::{Call, S3};
use crate::engine::{self, Shared};
use crate::error::TransferError;
use crate::operation::Op;
use crate::parts::{Kind, Open};
use crate::plan::{Job, Place};
use crate::{limits, validate, xml};
use oxaws_http::Headers;
use oxaws_python::percent_encode;
use oxaws_sign::Algorithm;
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Where a job goes: bucket and key, both looked at as botocore does before a file is opened.
fn target<'j>(cx: &Shared<'_>, job: &'j Job) -> Result<(&'j str, &'j str), TransferError> {
    let (bucket, key) = engine::object(job.dest.as_ref().unwrap_or(&Place::Stream))?;
    cx.prepared.check_writable()?;
    validate::check_bucket(bucket)?;
    validate::check_key(key)?;
    if key.contains('\u{fffd}')
        && let Ok(path) = engine::file(&job.source.place)
    {
        check_name(path)?;
    }
    Ok((bucket, key))
}

/// Refuses a file whose name isn't text, in Python's words.
fn check_name(path: &Path) -> Result<(), TransferError> {
    use std::os::unix::ffi::OsStrExt;
    let bytes = path.as_os_str().as_bytes();
    match std::str::from_utf8(bytes) {
        Ok(_) => Ok(()),
        Err(e) => {
            let position =
                String::from_utf8_lossy(&bytes[..e.valid_up_to()]).rsplit('/').next().map_or(0, |n| n.chars().count());
            let byte = bytes.get(e.valid_up_to()).copied().unwrap_or_default();
            Err(TransferError::Invalid(format!(
                "'utf-8' codec can't encode character '\\udc{byte:02x}' in position {position}: surrogates not allowed"
            ).into()))
        }
    }
}

fn open_file(path: &Path) -> Result<File, TransferError> {
    // A folder can be opened but, as the CLI says at once, not read.
    if path.as_os_str().to_string_lossy().ends_with('/') {
        let error = match File::open(path) {
            Ok(_) => std::io::Error::from_raw_os_error(21),
            Err(e) => e,
        };
        return Err(TransferError::local(error, path));
    }
    File::open(path).map_err(|e| TransferError::local(e, path))
}

fn add_content_type(cx: &Shared<'_>, path: &Path, call: &mut Call<'_>) {
    if let Some(guess) = cx.prepared.options.content_type
        && !cx.prepared.put.has("content-type")
        && let Some(guessed) = guess(&path.to_string_lossy())
    {
        call.header("Content-Type", guessed);
    }
}

/// Uploads a file in one request.
pub(crate) fn whole(cx: &Shared<'_>, job: &Job, buffer: &mut Vec<u8>) -> Result<(), TransferError> {
    let (bucket, key) = target(cx, job)?;
    let path = engine::file(&job.source.place)?;
    let file = open_file(path)?;
    let sent = Sent::of(&file, path)?;
    let length = listed_size(job)?;
    let mut call = Call::new(Op::PutObject, bucket, key);
    cx.prepared.put.add_to(&mut call);
    add_content_type(cx, path, &mut call);
    call.checksum = cx.prepared.upload_checksum;
    let range = FileRange { file: &file, path, offset: 0, length };
    call.body = if length <= limits::WHOLE_BODY {
        let length = usize::try_from(length).unwrap_or(0);
        buffer.clear();
        buffer.resize(length, 0);
        (&file).read_exact(buffer).map_err(|e| range.error(e))?;
        Body::Bytes(buffer)
    } else {
        Body::File(range)
    };
    let progress = |n| cx.report.progress(n);
    let answer = cx.s3.send(&call, cx.later(&progress))?;
    if cx.is_move {
        answer::check_stored(call.op, answer.status, &answer.headers)?;
    }
    drop(file);
    delete_source(cx, path, &sent, length)
}

/// How large the file was when it was listed.
fn listed_size(job: &Job) -> Result<u64, TransferError> {
    job.source.size.ok_or_else(|| TransferError::Invalid("the file's size isn't known".into()))
}

/// What identifies the content of the file that was opened to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sent {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Sent {
    fn of(file: &File, path: &Path) -> Result<Sent, TransferError> {
        file.metadata().map(|m| Sent::from(&m)).map_err(|e| TransferError::local(e, path))
    }
}

impl From<&Metadata> for Sent {
    fn from(m: &Metadata) -> Sent {
        Sent { device: m.dev(), inode: m.ino(), size: m.size(), modified: (m.mtime(), m.mtime_nsec()) }
    }
}

/// A move's last step: the file is removed if it is still the one of which `length` bytes were sent. The AWS CLI removes
/// whatever has the name by then: a file that grew, was rewritten or was replaced goes with bytes that nobody has.
fn delete_source(cx: &Shared<'_>, path: &Path, sent: &Sent, length: u64) -> Result<(), TransferError> {
    if !cx.is_move {
        return Ok(());
    }
    let now = std::fs::metadata(path).map_err(|e| TransferError::local(e, path))?;
    if Sent::from(&now) != *sent || sent.size != length {
        return Err(TransferError::Local(
            format!("The file {} changed while it was sent. It was not deleted.", path.display()).into(),
        ));
    }
    std::fs::remove_file(path).map_err(|e| TransferError::local(e, path))
}

/// An upload in parts.
pub(crate) struct Parts {
    pub(crate) count: u64,
    bucket: String,
    key: String,
    upload: String,
    path: PathBuf,
    file: File,
    sent: Sent,
    size: u64,
    part_size: u64,
    done: Mutex<Vec<Option<Done>>>,
}

/// A part that the server has.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub etag: String,
    pub checksum: Option<(Algorithm, String)>,
}

/// Opens an upload in parts; tells of the job where that fails.
pub(crate) fn open<'a>(cx: &Shared<'a>, job: Job) -> Option<Open<'a>> {
    match open_parts(cx, &job) {
        Ok(parts) => Some(Open::new(job, Kind::Upload(parts))),
        Err(error) => {
            cx.tell(&job, 0, Err(error));
            None
        }
    }
}

fn open_parts(cx: &Shared<'_>, job: &Job) -> Result<Parts, TransferError> {
    let (bucket, key) = target(cx, job)?;
    let path = engine::file(&job.source.place)?;
    let size = listed_size(job)?;
    let mut call = Call::new(Op::CreateUpload, bucket, key);
    cx.prepared.create.add_to(&mut call);
    add_content_type(cx, path, &mut call);
    let upload = create(cx.s3, call, cx)?;
    let part_size = limits::part_size(cx.config.part_size, Some(size));
    let count = size.div_ceil(part_size).max(1);
    let parts = |(file, sent)| Parts {
        count,
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        upload: upload.clone(),
        path: path.to_owned(),
        file,
        sent,
        size,
        part_size,
        done: Mutex::new(vec![None; usize::try_from(count).unwrap_or(0)]),
    };
    match open_file(path).and_then(|file| Sent::of(&file, path).map(|sent| (file, sent))) {
        Ok(opened) => Ok(parts(opened)),
        Err(error) => {
            abort(cx, bucket, key, &upload);
            Err(error)
        }
    }
}

/// Begins an upload in parts; gives its id.
pub(crate) fn create(s3: &S3<'_>, mut call: Call<'_>, cx: &Shared<'_>) -> Result<String, TransferError> {
    call.query = "uploads".into();
    // Cut short only when everything is: an upload that was begun must be known to be aborted.
    let answer = s3.send(&call, cx.last(&|_| {}))?;
    let found = xml::children(&answer.body, [b"UploadId"]).ok().and_then(|[id]| id);
    found.filter(|id| !id.is_empty()).ok_or_else(|| TransferError::missing("UploadId"))
}

/// The query of a part.
pub(crate) fn part_query(number: u64, upload: &str) -> String {
    format!("partNumber={number}&uploadId={}", percent_encode(upload, b"-._~"))
}

/// The parts' end: all are put together.
pub(crate) fn complete<'c>(
    s3: &S3<'_>,
    mut call: Call<'c>,
    upload: &str,
    parts: &[Option<Done>],
    cx: &Shared<'_>,
) -> Result<(Option<String>, Headers), TransferError> {
    let mut document = String::with_capacity(parts.len() * 96 + 128);
    document.push_str("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for (at, part) in parts.iter().enumerate() {
        let Some(part) = part else { return Err(TransferError::Corrupt(format!("part {} is missing", at + 1).into())) };
        document.push_str("<Part><ETag>");
        xml::escape(&part.etag, &mut document);
        document.push_str(&format!("</ETag><PartNumber>{}</PartNumber>", at + 1));
        if let Some((algorithm, value)) = &part.checksum {
            let name = algorithm.name();
            document.push_str(&format!("<Checksum{name}>"));
            xml::escape(value, &mut document);
            document.push_str(&format!("</Checksum{name}>"));
        }
        document.push_str("</Part>");
    }
    document.push_str("</CompleteMultipartUpload>");
    call.query = format!("uploadId={}", percent_encode(upload, b"-._~")).into();
    let whole = Call { body: Body::Bytes(document.as_bytes()), ..call };
    let answer = s3.send(&whole, cx.later(&|_| {}))?;
    let etag = xml::children(&answer.body, [b"ETag"]).ok().and_then(|[etag]| etag);
    Ok((etag, answer.headers))
}

/// Aborts an upload in parts; that it can't be is no news to the user.
pub(crate) fn abort(cx: &Shared<'_>, bucket: &str, key: &str, upload: &str) {
    let mut call = Call::new(Op::AbortUpload, bucket, key);
    call.query = format!("uploadId={}", percent_encode(upload, b"-._~")).into();
    let _ = cx.s3.send(&call, cx.last(&|_| {}));
}

/// What the server says of a part.
pub(crate) fn part_done(headers: &Headers, algorithm: Option<Algorithm>) -> Result<Done, TransferError> {
    let etag = answer::etag(headers).ok_or_else(|| TransferError::missing("ETag"))?.to_owned();
    let checksum = algorithm.and_then(|a| Some((a, headers.get(a.header())?.to_owned())));
    Ok(Done { etag, checksum })
}

impl Parts {
    pub(crate) fn run(&self, cx: &Shared<'_>, part: u64, progress: &(dyn Fn(i64) + Sync)) -> Result<(), TransferError> {
        let offset = part * self.part_size;
        let length = self.part_size.min(self.size - offset);
        let mut call = Call::new(Op::UploadPart, &self.bucket, &self.key);
        call.query = part_query(part + 1, &self.upload).into();
        cx.prepared.part.add_to(&mut call);
        call.checksum = cx.prepared.upload_checksum;
        call.body = Body::File(FileRange { file: &self.file, path: &self.path, offset, length });
        let answer = cx.s3.send(&call, cx.now(progress))?;
        let done = part_done(&answer.headers, call.checksum)?;
        let mut all = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = usize::try_from(part).ok().and_then(|p| all.get_mut(p)) {
            *place = Some(done);
        }
        Ok(())
    }

    pub(crate) fn complete(&self, cx: &Shared<'_>, job: &Job) -> Result<(), TransferError> {
        let done = std::mem::take(&mut *self.done.lock().unwrap_or_else(PoisonError::into_inner));
        let mut call = Call::new(Op::CompleteUpload, &self.bucket, &self.key);
        cx.prepared.complete.add_to(&mut call);
        if let Err(error) = complete(cx.s3, call, &self.upload, &done, cx) {
            self.abort(cx);
            return Err(error);
        }
        delete_source(cx, engine::file(&job.source.place)?, &self.sent, self.size)
    }

    pub(crate) fn abort(&self, cx: &Shared<'_>) {
        abort(cx, &self.bucket, &self.key, &self.upload);
    }
}
