//! Uploads of a command's files to a bucket, with the credentials and the region of the command line but never its
//! `--endpoint-url`.

use crate::shared::progress;
use md5::Digest;
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Failure};
use oxaws_client::{CallError, ClientOptions};
use oxaws_env::Stream;
use oxaws_transfer::{AbortedBy, FileUpload, FileUploadError, upload_file};
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
            UploadError::File(e) => Failure::file(e, path.display().to_string()),
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
        match send(self.cx, &self.options, &self.object(&key), path, &told) {
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

/// Uploads a file. `object` says where to and how; `told` hears how many bytes are sent.
///
/// # Errors
/// When the file can't be read or a call fails.
pub fn send(
    cx: &Context,
    options: &ClientOptions,
    object: &Map,
    path: &Path,
    told: &dyn Fn(u64),
) -> Result<(), UploadError> {
    let upload =
        FileUpload { options, object, part: PART, checksum: Some("CRC64NVME"), aborted_by: AbortedBy::Anything };
    upload_file(cx.session, path, &upload, told).map(drop).map_err(|e| match e {
        FileUploadError::File(e) => UploadError::File(e),
        FileUploadError::Call(e) => UploadError::Call(e),
    })
}
