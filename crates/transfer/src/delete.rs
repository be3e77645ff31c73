//! Deleting.

use crate::body::Body;
use crate::client::{Call, S3};
use crate::engine::{self, Shared};
use crate::error::TransferError;
use crate::operation::Op;
use crate::plan::{Job, Place};
use crate::{limits, plan, xml};
use oxaws_client::{CallError, ServiceError, ServiceFailure};
use oxaws_sign::Algorithm;
use std::collections::HashMap;
use std::sync::Arc;

/// Deletes one object.
pub(crate) fn one(cx: &Shared<'_>, place: &Place, s3: &S3<'_>) -> Result<(), TransferError> {
    let (bucket, key) = engine::object(place)?;
    let mut call = Call::new(Op::DeleteObject, bucket, key);
    cx.prepared.payer.add_to(&mut call);
    s3.send(&call, cx.later(&|_| {}))?;
    Ok(())
}

/// A move's last step in S3: deletes the source, if it is still the object with this ETag. The AWS CLI deletes whatever is
/// there by then, also what was put there after the source was read.
pub(crate) fn moved(cx: &Shared<'_>, job: &Job, etag: Option<&str>) -> Result<(), TransferError> {
    let (bucket, key) = engine::object(&job.source.place)?;
    // An ETag of another form identifies nothing: then the AWS CLI's way is all there is.
    let Some(etag) = etag.filter(|etag| plan::is_digest(etag)) else {
        return one(cx, &job.source.place, cx.source);
    };
    // `mv s3://b/p s3://b/p/ --recursive`. S3 refuses such a copy, other servers make it, and the object is its own copy.
    if job.dest.as_ref() == Some(&job.source.place) {
        let object = format!("s3://{bucket}/{key}");
        return Err(TransferError::Invalid(format!("Cannot mv a file onto itself: {object} - {object}").into()));
    }
    let mut call = Call::new(Op::DeleteObject, bucket, key);
    cx.prepared.payer.add_to(&mut call);
    call.header("If-Match", etag);
    match cx.source.send(&call, cx.later(&|_| {})) {
        Ok(_) => Ok(()),
        Err(e) if e.has_code("PreconditionFailed") => Err(TransferError::Corrupt(
            format!("The object s3://{bucket}/{key} changed while it was moved. It was not deleted.").into(),
        )),
        // Somebody else deleted it.
        Err(e) if e.has_code("NoSuchKey") => Ok(()),
        // A server without conditional deletes. S3 itself was one until 2025.
        Err(e) if e.service().is_some_and(|f| f.error.status == 501) => one(cx, &job.source.place, cx.source),
        Err(e) => Err(e),
    }
}

/// Deletes a file, unless this command has just written it: whether it is gone.
pub(crate) fn local(cx: &Shared<'_>, place: &Place) -> Result<bool, TransferError> {
    let path = engine::file(place)?;
    cx.written.remove(path).map_err(|e| TransferError::local(e, path))
}

/// Whether a key can stand in an XML document.
fn fits_xml(key: &str) -> bool {
    key.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..))
}

/// Deletes many objects of one bucket, in one request where the server takes it, else one by one.
pub(crate) fn batch(cx: &Shared<'_>, jobs: Vec<Job>) {
    debug_assert!(jobs.len() <= limits::BATCH_KEYS);
    let (together, mut alone): (Vec<Job>, Vec<Job>) = jobs
        .into_iter()
        .partition(|j| matches!(&j.source.place, Place::Object { key, .. } if !key.is_empty() && fits_xml(key)));
    match delete_all(cx, &together) {
        Ok(failed) => {
            for job in &together {
                let key = engine::object(&job.source.place).map(|(_, key)| key).unwrap_or_default();
                match failed.get(key) {
                    None => cx.tell(job, 0, Ok(())),
                    Some((code, message)) => cx.tell(job, 0, Err(refusal(cx, code, message))),
                }
            }
        }
        Err(error)
            if error.service().is_some() || matches!(error, TransferError::Answer(_) | TransferError::BadReply(_)) =>
        {
            // Refused as a batch: one by one, each with its own reason.
            alone.extend(together);
        }
        Err(error) => {
            let cut = error.is_cancelled();
            let error = Arc::new(error);
            for job in &together {
                let again = if cut { TransferError::Cancelled } else { TransferError::Batch(error.clone()) };
                cx.tell(job, 0, Err(again));
            }
        }
    }
    for job in &alone {
        let outcome =
            if cx.stop.is_stopping() { Err(TransferError::Cancelled) } else { one(cx, &job.source.place, cx.s3) };
        cx.tell(job, 0, outcome);
    }
}

/// What a single delete would have said.
fn refusal(cx: &Shared<'_>, code: &str, message: &str) -> TransferError {
    let error = ServiceError {
        code: code.to_owned(),
        message: Some(message.to_owned()),
        details: Default::default(),
        fields: Default::default(),
        shape: None,
        status: 200,
        request_id: None,
    };
    let retries = (cx.s3.client.max_attempts() == 1).then_some(0);
    let operation = Op::DeleteObject.name().to_owned();
    let failure = ServiceFailure { operation, error, retries, headers: Default::default(), for_credentials: false };
    TransferError::Call(CallError::Service(Box::new(failure)))
}

/// Sends the batch; gives code and message of each key that is still there.
fn delete_all(cx: &Shared<'_>, jobs: &[Job]) -> Result<HashMap<String, (String, String)>, TransferError> {
    let Some(first) = jobs.first() else { return Ok(HashMap::new()) };
    let (bucket, _) = engine::object(&first.source.place)?;
    let mut document = String::with_capacity(jobs.len() * 64 + 128);
    document.push_str("<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for job in jobs {
        let (_, key) = engine::object(&job.source.place)?;
        document.push_str("<Object><Key>");
        xml::escape(key, &mut document);
        document.push_str("</Key></Object>");
    }
    document.push_str("<Quiet>true</Quiet></Delete>");
    let mut call = Call::new(Op::DeleteObjects, bucket, "");
    call.query = "delete".into();
    call.body = Body::Bytes(document.as_bytes());
    call.checksum = Some(Algorithm::Crc64Nvme);
    cx.prepared.payer.add_to(&mut call);
    let answer = cx.s3.send(&call, cx.later(&|_| {}))?;
    let mut failed = HashMap::new();
    let mut reader = xml::Reader::new(&answer.body);
    reader.root()?;
    while let Some(token) = reader.next()? {
        match token {
            xml::Token::Open(b"Error") => {
                let (mut key, mut code, mut message) = (String::new(), String::new(), String::new());
                loop {
                    match reader.next()? {
                        Some(xml::Token::Open(b"Key")) => key = reader.text()?.into_owned(),
                        Some(xml::Token::Open(b"Code")) => code = reader.text()?.into_owned(),
                        Some(xml::Token::Open(b"Message")) => message = reader.text()?.into_owned(),
                        Some(xml::Token::Open(_)) => reader.skip()?,
                        Some(xml::Token::Text(_)) => {}
                        Some(xml::Token::Close(_)) | None => break,
                    }
                }
                failed.insert(key, (code, message));
            }
            xml::Token::Open(_) => reader.skip()?,
            _ => {}
        }
    }
    // An error without a key may be any key's: then nothing is known of the others.
    let asked = |key: &String| jobs.iter().any(|job| engine::object(&job.source.place).is_ok_and(|(_, k)| k == key));
    if !failed.keys().all(asked) {
        return Err(TransferError::BadReply("The answer to DeleteObjects is about other keys.".into()));
    }
    Ok(failed)
}
