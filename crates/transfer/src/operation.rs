//! The operations that transfers are made of.

/// An operation of S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// PutObject
    PutObject,
    /// GetObject
    GetObject,
    /// HeadObject
    HeadObject,
    /// CopyObject
    CopyObject,
    /// DeleteObject
    DeleteObject,
    /// DeleteObjects
    DeleteObjects,
    /// ListObjectsV2
    ListObjects,
    /// CreateMultipartUpload
    CreateUpload,
    /// UploadPart
    UploadPart,
    /// UploadPartCopy
    CopyPart,
    /// CompleteMultipartUpload
    CompleteUpload,
    /// AbortMultipartUpload
    AbortUpload,
}

impl Op {
    /// The name in the model.
    pub fn name(self) -> &'static str {
        match self {
            Op::PutObject => "PutObject",
            Op::GetObject => "GetObject",
            Op::HeadObject => "HeadObject",
            Op::CopyObject => "CopyObject",
            Op::DeleteObject => "DeleteObject",
            Op::DeleteObjects => "DeleteObjects",
            Op::ListObjects => "ListObjectsV2",
            Op::CreateUpload => "CreateMultipartUpload",
            Op::UploadPart => "UploadPart",
            Op::CopyPart => "UploadPartCopy",
            Op::CompleteUpload => "CompleteMultipartUpload",
            Op::AbortUpload => "AbortMultipartUpload",
        }
    }

    /// The method.
    pub fn method(self) -> &'static str {
        match self {
            Op::PutObject | Op::CopyObject | Op::UploadPart | Op::CopyPart => "PUT",
            Op::GetObject | Op::ListObjects => "GET",
            Op::HeadObject => "HEAD",
            Op::DeleteObject | Op::AbortUpload => "DELETE",
            Op::DeleteObjects | Op::CreateUpload | Op::CompleteUpload => "POST",
        }
    }

    /// Whether the reply's body is the object.
    pub fn streams(self) -> bool {
        self == Op::GetObject
    }

    /// Whether the request's body is the object.
    pub fn uploads(self) -> bool {
        matches!(self, Op::PutObject | Op::UploadPart)
    }

    /// Whether a key is needed.
    pub fn has_key(self) -> bool {
        !matches!(self, Op::DeleteObjects | Op::ListObjects)
    }
}
