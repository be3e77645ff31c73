//! One file to one object, in parts where it is large: what commands upload on the way to something else.

use oxaws_client::{CallError, CallInput, ClientOptions, Session};
use oxaws_model::Operation;
use oxaws_value::{Map, Value};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Where a file goes, and how.
#[derive(Debug)]
pub struct FileUpload<'a> {
    /// The client's settings.
    pub options: &'a ClientOptions,
    /// `Bucket`, `Key` and the other parameters of the object.
    pub object: &'a Map,
    /// Bytes from which on the file is sent in parts, and of each part.
    pub part: u64,
    /// The checksum of the parts, where one is asked for: `CRC64NVME`.
    pub checksum: Option<&'static str>,
    /// Which failures abort an upload in parts: any, or only those that the service answers with.
    pub aborted_by: AbortedBy,
}

/// What aborts an upload in parts that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbortedBy {
    /// Any failure.
    Anything,
    /// An answer of the service; an upload that lost its connection stays open.
    Answers,
}

/// Why a file wasn't uploaded.
#[derive(Debug)]
pub enum FileUploadError {
    /// The file can't be read.
    File(std::io::Error),
    /// A call failed.
    Call(CallError),
}

impl From<CallError> for FileUploadError {
    fn from(e: CallError) -> Self {
        FileUploadError::Call(e)
    }
}

impl From<std::io::Error> for FileUploadError {
    fn from(e: std::io::Error) -> Self {
        FileUploadError::File(e)
    }
}

/// Uploads a file; `progress` hears how many bytes are sent. Returns the reply, of `PutObject` or of
/// `CompleteMultipartUpload`.
///
/// # Errors
/// When the file can't be read or a call fails.
pub fn upload_file(
    session: &Session,
    path: &Path,
    upload: &FileUpload<'_>,
    progress: &dyn Fn(u64),
) -> Result<Map, FileUploadError> {
    let size = std::fs::metadata(path)?.len();
    if size < upload.part {
        let input = CallInput { body_file: Some(path.to_owned()), ..CallInput::new(upload.object.clone()) };
        let sent = session.call_with(operation(session, "PutObject")?, input, upload.options);
        // The service reads a request before it refuses it.
        if matches!(sent, Ok(_) | Err(CallError::Service(_))) {
            progress(size);
        }
        return Ok(sent?.value);
    }
    let call = |name: &str, params: Map| -> Result<Map, CallError> {
        Ok(session.call_with(operation(session, name)?, CallInput::new(params), upload.options)?.value)
    };
    let mut create = upload.object.clone();
    if let Some(checksum) = upload.checksum {
        create.insert("ChecksumAlgorithm", checksum);
    }
    let created = call("CreateMultipartUpload", create)?;
    let mut of_upload: Map =
        ["Bucket", "Key"].into_iter().map(|key| (key, upload.object.get(key).cloned().unwrap_or_default())).collect();
    of_upload.insert("UploadId", created.get("UploadId").cloned().unwrap_or_default());
    let done = send_parts(path, upload, &of_upload, &call, progress).and_then(|parts| {
        let mut complete = of_upload.clone();
        let parts: Map = [("Parts", Value::List(parts))].into_iter().collect();
        complete.insert("MultipartUpload", Value::Map(parts));
        Ok(call("CompleteMultipartUpload", complete)?)
    });
    let answered = matches!(done, Err(FileUploadError::Call(CallError::Service(_))));
    if answered || done.is_err() && upload.aborted_by == AbortedBy::Anything {
        // The error that ended the upload is the one to report.
        let _ = call("AbortMultipartUpload", of_upload);
    }
    done
}

/// Sends the parts; returns what names each of them when the upload is completed.
fn send_parts(
    path: &Path,
    upload: &FileUpload<'_>,
    of_upload: &Map,
    call: &dyn Fn(&str, Map) -> Result<Map, CallError>,
    progress: &dyn Fn(u64),
) -> Result<Vec<Value>, FileUploadError> {
    let mut file = File::open(path)?;
    let mut parts = Vec::new();
    let mut sent = 0;
    for number in 1i64.. {
        let mut block = Vec::new();
        file.by_ref().take(upload.part).read_to_end(&mut block)?;
        if block.is_empty() {
            break;
        }
        sent += block.len() as u64;
        let mut params = of_upload.clone();
        params.insert("PartNumber", number);
        params.insert("Body", Value::Bytes(block));
        if let Some(checksum) = upload.checksum {
            params.insert("ChecksumAlgorithm", checksum);
        }
        let reply = call("UploadPart", params)?;
        let mut part: Map = [("PartNumber", Value::Int(number))].into_iter().collect();
        let checksum = upload.checksum.map(|name| format!("Checksum{name}"));
        for key in ["ETag".to_owned()].into_iter().chain(checksum) {
            if let Some(value) = reply.get(&key) {
                part.insert(key, value.clone());
            }
        }
        parts.push(Value::Map(part));
        progress(sent);
    }
    Ok(parts)
}

fn operation(session: &Session, name: &str) -> Result<Operation, CallError> {
    let found = session.pack().service_by_directory("s3").and_then(|s| s.operation_named(name));
    found.ok_or_else(|| CallError::invalid(format!("there is no operation {name} of s3")))
}
