//! Uploads of a command's files to a bucket, with the credentials and the region of the command line but never its
//! `--endpoint-url`.

use crate::{progress, reply};
use md5::Digest;
use oxaws_cli::{Context, Failure};
use oxaws_client::{CallError, CallInput, ClientOptions};
use oxaws_env::Stream;
use oxaws_value::{Map, Value};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes above which a file is sent in parts, and of each part.
const PART: u64 = 8 << 20;

/// A bucket to upload to.
pub struct Uploader<'a> {
    /// What is around the command.
    pub cx: &'a Context<'a>,
    /// The client's settings.
    pub options: ClientOptions,
    /// The bucket.
    pub bucket: String,
    /// What stands before every key.
    pub prefix: Option<String>,
    /// The key to encrypt with, where it isn't the bucket's own.
    pub kms_key: Option<String>,
    /// Objects that are there are uploaded once more.
    pub force: bool,
    /// Metadata of every object.
    pub metadata: Option<Map>,
}

/// Why a file wasn't uploaded.
#[derive(Debug)]
pub enum UploadError {
    /// The file can't be read.
    File(std::io::Error),
    /// The bucket isn't there.
    NoBucket(String),
    /// A call failed.
    Call(CallError),
}

impl std::fmt::Display for UploadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            UploadError::File(e) => f.write_str(&oxaws_python::python_os_error_bare(e)),
            UploadError::NoBucket(bucket) => write!(
                f,
                "S3 Bucket does not exist. Execute the command to create a new bucket\naws s3 mb s3://{bucket}"
            ),
            UploadError::Call(e) => f.write_str(&Failure::from_ref(e)),
        }
    }
}

/// The text of a call's error as the user would read it.
trait FromRef {
    fn from_ref(error: &CallError) -> String;
}

impl FromRef for Failure {
    fn from_ref(error: &CallError) -> String {
        match error {
            CallError::NoRegion => Failure::NoRegion.message(),
            CallError::Service(failure) => failure.to_string(),
            other => other.to_string(),
        }
    }
}

impl UploadError {
    /// As the end of a command.
    pub fn into_failure(self, path: &Path) -> Failure {
        match self {
            UploadError::File(e) => Failure::file(e, &path.display().to_string()),
            UploadError::Call(e) => e.into(),
            missing @ UploadError::NoBucket(_) => Failure::failed(missing.to_string()),
        }
    }
}

impl From<CallError> for UploadError {
    fn from(e: CallError) -> Self {
        UploadError::Call(e)
    }
}

impl<'a> Uploader<'a> {
    /// An uploader to `bucket`.
    pub fn new(cx: &'a Context<'a>, bucket: &str) -> Uploader<'a> {
        Uploader {
            cx,
            options: ClientOptions { configured_endpoint: true, ..ClientOptions::default() },
            bucket: bucket.to_owned(),
            prefix: None,
            kms_key: None,
            force: false,
            metadata: None,
        }
    }

    /// Makes the client, so that what is wrong with the set-up is told now.
    ///
    /// # Errors
    /// As a call's before it is made.
    pub fn make_client(&self) -> Result<(), Failure> {
        let operation = reply::operation_of(self.cx, "s3", "PutObject")?;
        self.cx.session.client_with(operation.service(), &self.options)?;
        Ok(())
    }

    /// Uploads a file under the name of its MD5; returns its `s3://` URL.
    ///
    /// # Errors
    /// When it can't be read or uploaded.
    pub fn upload_by_content(&self, path: &Path, extension: Option<&str>) -> Result<String, UploadError> {
        let mut file = File::open(path).map_err(UploadError::File)?;
        let mut hash = md5::Md5::new();
        let mut block = vec![0u8; 64 << 10];
        loop {
            let n = file.read(&mut block).map_err(UploadError::File)?;
            if n == 0 {
                break;
            }
            hash.update(&block[..n]);
        }
        let mut name: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
        if let Some(extension) = extension {
            name = format!("{name}.{extension}");
        }
        self.upload(path, &name)
    }

    /// Uploads a file under a name; returns its `s3://` URL.
    ///
    /// # Errors
    /// When it can't be read or uploaded.
    pub fn upload(&self, path: &Path, name: &str) -> Result<String, UploadError> {
        let key = match self.prefix.as_deref().filter(|p| !p.is_empty()) {
            Some(prefix) => format!("{prefix}/{name}"),
            None => name.to_owned(),
        };
        let url = format!("s3://{}/{key}", self.bucket);
        if !self.force && self.exists(&key)? {
            return Ok(url);
        }
        let size = std::fs::metadata(path).map_err(UploadError::File)?.len();
        let told = |done: u64| {
            let percent = progress::percent(done, size);
            let key = self.cx.ui.visible_name(Stream::Stderr, &key);
            self.cx.ui.warn_painted(&format!("\rUploading to {key}  {done} / {size}.0  ({percent:.2}%)"));
        };
        match send(self.cx, &self.options, &self.object(&key), path, size, &told) {
            Err(UploadError::Call(CallError::Service(failure))) if failure.code() == "NoSuchBucket" => {
                Err(UploadError::NoBucket(self.bucket.clone()))
            }
            other => other.map(|()| url),
        }
    }

    /// Parameters of every upload.
    fn object(&self, key: &str) -> Map {
        let mut params = reply::params([("Bucket", Value::from(self.bucket.as_str())), ("Key", Value::from(key))]);
        match self.kms_key.as_deref().filter(|k| !k.is_empty()) {
            Some(kms) => {
                params.insert("ServerSideEncryption", "aws:kms");
                params.insert("SSEKMSKeyId", kms);
            }
            None => {
                params.insert("ServerSideEncryption", "AES256");
            }
        }
        if let Some(metadata) = self.metadata.as_ref().filter(|m| !m.is_empty()) {
            params.insert("Metadata", Value::Map(metadata.clone()));
        }
        params
    }

    fn exists(&self, key: &str) -> Result<bool, UploadError> {
        let params = reply::params([("Bucket", Value::from(self.bucket.as_str())), ("Key", Value::from(key))]);
        match reply::call_with(self.cx, "s3", "HeadObject", params, &self.options) {
            Ok(_) => Ok(true),
            Err(CallError::Service(_)) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// The path-style HTTPS URL of an object.
    ///
    /// # Errors
    /// As a call's before it is made.
    pub fn path_style_url(&self, key: &str) -> Result<String, UploadError> {
        let operation = reply::operation_of(self.cx, "s3", "PutObject")?;
        let client = self.cx.session.client_with(operation.service(), &self.options)?;
        Ok(format!("{}/{}/{key}", client.base_url, self.bucket))
    }
}

/// Uploads a file, in parts where it is large. `object` says where to and how; `told` hears how many bytes are sent.
///
/// # Errors
/// When the file can't be read or a call fails.
pub fn send(
    cx: &Context,
    options: &ClientOptions,
    object: &Map,
    path: &Path,
    size: u64,
    told: &dyn Fn(u64),
) -> Result<(), UploadError> {
    let operation = |name: &str| reply::operation_of(cx, "s3", name);
    if size < PART {
        let input = CallInput { body_file: Some(path.to_owned()), ..CallInput::new(object.clone()) };
        let sent = cx.session.call_with(operation("PutObject")?, input, options);
        // The service reads a request before it refuses it.
        if matches!(sent, Ok(_) | Err(CallError::Service(_))) {
            told(size);
        }
        sent?;
        return Ok(());
    }
    let mut create = object.clone();
    create.insert("ChecksumAlgorithm", "CRC64NVME");
    let created = reply::call_with(cx, "s3", "CreateMultipartUpload", create, options)?;
    let mut part = Map::new();
    for key in ["Bucket", "Key"] {
        part.insert(key, object.get(key).cloned().unwrap_or_default());
    }
    part.insert("UploadId", created.get("UploadId").cloned().unwrap_or_default());
    let done = send_parts(cx, options, &part, path, told).and_then(|parts| {
        let mut complete = part.clone();
        complete.insert("MultipartUpload", Value::Map(reply::params([("Parts", Value::List(parts))])));
        reply::call_with(cx, "s3", "CompleteMultipartUpload", complete, options)?;
        Ok(())
    });
    if done.is_err() {
        // The error that ended the upload is the one to tell.
        let _ = reply::call_with(cx, "s3", "AbortMultipartUpload", part, options);
    }
    done
}

fn send_parts(
    cx: &Context,
    options: &ClientOptions,
    upload: &Map,
    path: &Path,
    told: &dyn Fn(u64),
) -> Result<Vec<Value>, UploadError> {
    let mut file = File::open(path).map_err(UploadError::File)?;
    let mut parts = Vec::new();
    let mut sent = 0;
    for number in 1i64.. {
        let mut block = Vec::new();
        file.by_ref().take(PART).read_to_end(&mut block).map_err(UploadError::File)?;
        if block.is_empty() {
            break;
        }
        sent += block.len() as u64;
        let mut params = upload.clone();
        params.insert("PartNumber", number);
        params.insert("Body", Value::Bytes(block));
        params.insert("ChecksumAlgorithm", "CRC64NVME");
        let reply = reply::call_with(cx, "s3", "UploadPart", params, options)?;
        let mut part = reply::params([("PartNumber", Value::Int(number))]);
        for key in ["ETag", "ChecksumCRC64NVME"] {
            if let Some(value) = reply.get(key) {
                part.insert(key, value.clone());
            }
        }
        parts.push(Value::Map(part));
        told(sent);
    }
    Ok(parts)
}
