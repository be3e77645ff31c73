//! Looking at one object.

use crate::checksum::Whole;
use crate::client::{Around, Call, S3};
use crate::error::TransferError;
use crate::listing;
use crate::operation::Op;
use crate::options::{Fixed, PROPERTY_HEADERS};
use crate::plan::{Entry, Head, Place};
use oxaws_http::Headers;
use std::sync::Arc;

/// What a HEAD says: an entry whose name is the last part of the key.
pub(crate) fn look(
    s3: &S3<'_>,
    bucket: &str,
    key: &str,
    headers: &Fixed,
    checksum_mode: bool,
    around: Around<'_>,
) -> Result<Entry, TransferError> {
    let mut call = Call::new(Op::HeadObject, bucket, key);
    headers.add_to(&mut call);
    if checksum_mode && !headers.has("x-amz-checksum-mode") {
        call.header("x-amz-checksum-mode", "ENABLED");
    }
    let answer = s3.send(&call, around)?;
    let headers = &answer.headers;
    // Python's KeyError where a header is missing.
    let missing = TransferError::missing;
    let size = headers.get("content-length").and_then(|l| l.trim().parse().ok());
    let size = size.ok_or_else(|| missing("ContentLength"))?;
    let modified = headers.get("last-modified").map(|t| listing::time(t, s3)).transpose()?;
    let class = headers.get("x-amz-storage-class").unwrap_or_default();
    let restored = headers.get("x-amz-restore").is_some_and(|r| r.contains("ongoing-request=\"false\""));
    let details = details(headers);
    Ok(Entry {
        name: key.rsplit('/').next().unwrap_or_default().to_owned(),
        place: Place::Object { bucket: Arc::from(bucket), key: key.to_owned() },
        size: Some(size),
        modified,
        etag: headers.get("etag").map(str::to_owned),
        has_checksum: details.checksum.is_some(),
        glacier: matches!(class, "GLACIER" | "DEEP_ARCHIVE") && !restored,
        head: Some(Box::new(details)),
    })
}

fn details(headers: &Headers) -> Head {
    let mut head = Head::default();
    for name in PROPERTY_HEADERS {
        if let Some(value) = headers.get(name) {
            head.properties.push((name, value.to_owned()));
        }
    }
    for (name, value) in headers.iter() {
        if let Some(prefix) = name.get(..11)
            && prefix.eq_ignore_ascii_case("x-amz-meta-")
        {
            head.metadata.push((name[11..].to_owned(), value.to_owned()));
        }
    }
    head.checksum = Whole::of(headers);
    let is_full = headers.get("x-amz-checksum-type").is_some_and(|t| t.eq_ignore_ascii_case("FULL_OBJECT"));
    head.is_full_checksum = is_full;
    head.version = headers.get("x-amz-version-id").map(str::to_owned);
    head
}
