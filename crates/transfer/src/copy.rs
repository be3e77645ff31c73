//! From objects to objects.

use crate::answer;
use crate::client::Call;
use crate::engine::{self, Shared};
use crate::error::TransferError;
use crate::operation::Op;
use crate::options::{CopyProps, Fixed, add_key, add_metadata};
use crate::parts::Kind;
use crate::plan::{Head, Job, Place};
use crate::upload::{self, Done};
use crate::{delete, head, limits, listing, plan, xml};
use oxaws_failure::Cause;
use oxaws_python::percent_encode;
use oxaws_sign::Algorithm;
use oxaws_value::{Map, Value};
use std::io::Read;
use std::sync::{Mutex, PoisonError};

/// What is copied beside the object itself, after it.
#[derive(Default)]
struct Extras {
    tags: Vec<(String, String)>,
    annotations: Vec<(String, Vec<u8>)>,
}

/// A copy in parts.
pub(crate) struct Parts {
    pub(crate) count: u64,
    bucket: String,
    key: String,
    upload: String,
    source: String,
    source_name: (String, String),
    etag: Option<String>,
    size: u64,
    part_size: u64,
    checksum: Option<Algorithm>,
    extras: Extras,
    done: Mutex<Vec<Option<Done>>>,
}

/// The value of `x-amz-copy-source`.
fn copy_source(bucket: &str, key: &str) -> String {
    let is_arn = bucket.starts_with("arn:");
    let whole = if is_arn { format!("{bucket}/object/{key}") } else { format!("{bucket}/{key}") };
    percent_encode(whole, b"-._~/")
}

/// Copies a small object, or opens a copy in parts.
pub(crate) fn begin(cx: &Shared<'_>, job: &Job) -> Result<Option<Kind>, TransferError> {
    let (source_bucket, source_key) = engine::object(&job.source.place)?;
    let (bucket, key) = engine::object(job.dest.as_ref().unwrap_or(&Place::Stream))?;
    let options = &cx.prepared.options;
    let large = job.source.size.unwrap_or(0) >= cx.config.threshold;
    let mut object = Fixed::default();
    for (name, value) in options.general.iter().chain(&options.properties).chain(&options.grants) {
        object.push(*name, value.as_str());
    }
    add_metadata(&mut object, &options.metadata);
    for (name, value) in &options.encryption {
        object.push(*name, value.as_str());
    }
    add_key(&mut object, options.sse_c.as_ref(), false);
    if let Some(algorithm) = options.checksum {
        object.push("x-amz-checksum-algorithm", algorithm.name());
    }
    let mut directives = Fixed::default();
    match &options.metadata_directive {
        Some(directive) => directives.push("x-amz-metadata-directive", directive.as_str()),
        None if !options.metadata.is_empty() => directives.push("x-amz-metadata-directive", "REPLACE"),
        None => {}
    }
    let mut extras = Extras::default();
    if options.metadata_directive.is_none() {
        let props = options.copy_props;
        if props == CopyProps::None {
            directives.set("x-amz-metadata-directive", "REPLACE");
        } else {
            let given = !options.properties.is_empty() || !options.metadata.is_empty();
            if given && !large {
                directives.set("x-amz-metadata-directive", "REPLACE");
            }
            if given || large {
                inherit(cx, job, &mut object)?;
            }
        }
        if matches!(props, CopyProps::None | CopyProps::MetadataDirective) {
            directives.push("x-amz-tagging-directive", "REPLACE");
        } else if large {
            extras.tags = tags_of(cx, source_bucket, source_key, &mut object)?;
        }
        if props == CopyProps::All {
            if large {
                extras.annotations = annotations_of(cx, job, source_bucket, source_key)?;
            }
        } else {
            directives.push("x-amz-object-annotation-directive", "EXCLUDE");
        }
    }
    let (mut size, mut etag) = (job.source.size, job.source.etag.clone());
    if size.is_none() || etag.is_none() {
        let entry = head::look(cx.source, source_bucket, source_key, &cx.prepared.head_source, false, cx.now(&|_| {}))?;
        (size, etag) = (entry.size, entry.etag);
    }
    cx.prepared.check_writable()?;
    let size = size.ok_or_else(|| missing("ContentLength"))?;
    let source = copy_source(source_bucket, source_key);
    if size < cx.config.threshold {
        let mut call = Call::new(Op::CopyObject, bucket, key);
        object.add_to(&mut call);
        directives.add_to(&mut call);
        cx.prepared.payer.add_to(&mut call);
        let mut source_key_headers = Fixed::default();
        add_key(&mut source_key_headers, options.sse_c_source.as_ref(), true);
        source_key_headers.add_to(&mut call);
        call.header("x-amz-copy-source", source);
        if options.no_overwrite {
            call.header("If-None-Match", "*");
        }
        let condition = etag.as_deref().filter(|etag| cx.is_move && plan::is_digest(etag));
        if let Some(etag) = condition {
            call.header("x-amz-copy-source-if-match", etag);
        }
        let answer = cx.s3.send(&call, cx.later(&|_| {})).map_err(|e| {
            // With --no-overwrite it is rather the destination that the server speaks of.
            let is_source = condition.is_some() && !options.no_overwrite && e.has_code("PreconditionFailed");
            if is_source { TransferError::other_object(source_bucket, source_key) } else { e }
        })?;
        // Nothing needs the time, but the AWS CLI fails where it can't be read.
        if let [Some(modified)] = xml::children(&answer.body, [b"LastModified"])? {
            listing::time(&modified, cx.s3)?;
        }
        cx.report.progress(size as i64);
        finish_source(cx, job, etag.as_deref())?;
        return Ok(None);
    }
    let mut call = Call::new(Op::CreateUpload, bucket, key);
    object.add_to(&mut call);
    cx.prepared.payer.add_to(&mut call);
    let upload = upload::create(cx.s3, call, cx)?;
    let part_size = limits::part_size(cx.config.part_size, Some(size));
    let count = size.div_ceil(part_size).max(1);
    Ok(Some(Kind::Copy(Parts {
        count,
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        upload,
        source,
        source_name: (source_bucket.to_owned(), source_key.to_owned()),
        etag,
        size,
        part_size,
        checksum: options.checksum,
        extras,
        done: Mutex::new(vec![None; usize::try_from(count).unwrap_or(0)]),
    })))
}

/// Takes over the source's properties that the command line doesn't set.
fn inherit(cx: &Shared<'_>, job: &Job, object: &mut Fixed) -> Result<(), TransferError> {
    let looked;
    let head: &Head = match &job.source.head {
        Some(head) => head,
        None => {
            let (bucket, key) = engine::object(&job.source.place)?;
            let entry = head::look(cx.source, bucket, key, &cx.prepared.head_source, false, cx.now(&|_| {}))?;
            looked = entry.head.unwrap_or_default();
            &looked
        }
    };
    for (name, value) in &head.properties {
        if !object.has(name) {
            object.push(*name, value.as_str());
        }
    }
    if cx.prepared.options.metadata.is_empty() {
        add_metadata(object, &head.metadata);
    }
    Ok(())
}

fn with_payer(cx: &Shared<'_>, mut params: Map) -> Map {
    if let Some(payer) = &cx.prepared.options.request_payer {
        params.insert("RequestPayer", payer.as_str());
    }
    params
}

fn object_params(bucket: &str, key: &str) -> Map {
    [("Bucket", Value::from(bucket)), ("Key", Value::from(key))].into_iter().collect()
}

/// What a reply must have and hasn't: Python's KeyError.
fn missing(name: &str) -> TransferError {
    TransferError::missing(name)
}

fn text_of(value: &Value, name: &str) -> Result<String, TransferError> {
    value.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| missing(name))
}

/// The source's tags: as a header where they fit in one, else to be put afterwards.
fn tags_of(
    cx: &Shared<'_>,
    bucket: &str,
    key: &str,
    object: &mut Fixed,
) -> Result<Vec<(String, String)>, TransferError> {
    const MAX_HEADER: usize = 2 * 1024;
    let reply = cx.source.call("GetObjectTagging", with_payer(cx, object_params(bucket, key)))?;
    let has_tags = reply.value.contains_key("TagSet");
    answer::check_has("GetObjectTagging", "TagSet", reply.status, &reply.headers, has_tags)?;
    let set = reply.value.get("TagSet").and_then(Value::as_list).ok_or_else(|| missing("TagSet"))?;
    let tag = |t: &Value| Ok((text_of(t, "Key")?, text_of(t, "Value")?));
    let tags = set.iter().map(tag).collect::<Result<Vec<(String, String)>, TransferError>>()?;
    if tags.is_empty() {
        return Ok(tags);
    }
    let encode = |text: &str| percent_encode(text, b"-._~");
    let pairs: Vec<String> = tags.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
    let header = pairs.join("&");
    if header.len() > MAX_HEADER {
        return Ok(tags);
    }
    object.push("x-amz-tagging", header);
    Ok(Vec::new())
}

fn annotations_of(
    cx: &Shared<'_>,
    job: &Job,
    bucket: &str,
    key: &str,
) -> Result<Vec<(String, Vec<u8>)>, TransferError> {
    let version = job.source.head.as_ref().and_then(|h| h.version.clone());
    let params = |extra: &[(&'static str, &str)]| {
        let mut params = with_payer(cx, object_params(bucket, key));
        for (name, value) in extra {
            params.insert(*name, *value);
        }
        if let Some(version) = &version {
            params.insert("VersionId", version.as_str());
        }
        params
    };
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let given = token.as_deref().map(|t| [("ContinuationToken", t)]);
        let reply = cx.source.call("ListObjectAnnotations", params(given.as_ref().map_or(&[], |g| g)))?;
        let is_read = !reply.value.is_empty();
        answer::check_has(
            "ListObjectAnnotations",
            "ListObjectAnnotationsResult",
            reply.status,
            &reply.headers,
            is_read,
        )?;
        for annotation in reply.value.get("Annotations").and_then(Value::as_list).unwrap_or_default() {
            found.push(text_of(annotation, "AnnotationName")?);
        }
        let next = reply.value.get("NextContinuationToken").and_then(Value::as_str).map(str::to_owned);
        if next.is_none() || next == token {
            break;
        }
        token = next;
    }
    let mut all = Vec::new();
    for name in found {
        let reply = cx.source.call("GetObjectAnnotation", params(&[("AnnotationName", &name)]))?;
        let mut payload = Vec::new();
        match (reply.stream, reply.value.get("AnnotationPayload")) {
            (Some(stream), _) => {
                stream
                    .take(limits::MAX_REPLY as u64 + 1)
                    .read_to_end(&mut payload)
                    .map_err(|e| TransferError::BadReply(Cause::of(e)))?;
                // A part of an annotation isn't the annotation.
                if payload.len() > limits::MAX_REPLY {
                    return Err(TransferError::Invalid(format!("The annotation {name} is too long.").into()));
                }
            }
            (None, Some(Value::Bytes(bytes))) => payload = bytes.clone(),
            (None, _) => return Err(missing("AnnotationPayload")),
        }
        all.push((name, payload));
    }
    Ok(all)
}

/// A move's last step.
fn finish_source(cx: &Shared<'_>, job: &Job, etag: Option<&str>) -> Result<(), TransferError> {
    if cx.is_move { delete::moved(cx, job, etag) } else { Ok(()) }
}

impl Parts {
    pub(crate) fn run(&self, cx: &Shared<'_>, part: u64, progress: &(dyn Fn(i64) + Sync)) -> Result<(), TransferError> {
        let offset = part * self.part_size;
        let length = self.part_size.min(self.size - offset);
        let mut call = Call::new(Op::CopyPart, &self.bucket, &self.key);
        call.query = upload::part_query(part + 1, &self.upload).into();
        cx.prepared.copy_part.add_to(&mut call);
        call.header("x-amz-copy-source", self.source.as_str());
        call.header("x-amz-copy-source-range", format!("bytes={offset}-{}", offset + length - 1));
        if let Some(etag) = &self.etag {
            call.header("x-amz-copy-source-if-match", etag.as_str());
        }
        let answer = cx.s3.send(&call, cx.now(&|_| {})).map_err(|e| {
            if e.has_code("PreconditionFailed") {
                let (bucket, key) = &self.source_name;
                return TransferError::other_object(bucket, key);
            }
            e
        })?;
        progress(length as i64);
        let name = self.checksum.map(|a| format!("Checksum{}", a.name())).unwrap_or_default();
        let found = xml::children(&answer.body, [b"ETag", name.as_bytes()]);
        let [etag, checksum] = found.unwrap_or_default();
        let etag = etag.ok_or_else(|| TransferError::missing("CopyPartResult"))?;
        let checksum = self.checksum.zip(checksum);
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = usize::try_from(part).ok().and_then(|p| done.get_mut(p)) {
            *place = Some(Done { etag, checksum });
        }
        Ok(())
    }

    pub(crate) fn complete(&self, cx: &Shared<'_>, job: &Job) -> Result<(), TransferError> {
        let done = std::mem::take(&mut *self.done.lock().unwrap_or_else(PoisonError::into_inner));
        let mut call = Call::new(Op::CompleteUpload, &self.bucket, &self.key);
        cx.prepared.complete.add_to(&mut call);
        let (etag, headers) = match upload::complete(cx.s3, call, &self.upload, &done, cx) {
            Ok(completed) => completed,
            Err(error) => {
                self.abort(cx);
                return Err(error);
            }
        };
        if !self.extras.tags.is_empty()
            && let Err(error) = self.put_tags(cx)
        {
            let mut call = Call::new(Op::DeleteObject, &self.bucket, &self.key);
            cx.prepared.payer.add_to(&mut call);
            let _ = cx.s3.send(&call, cx.last(&|_| {}));
            return Err(error);
        }
        self.put_annotations(cx, etag, headers.get("x-amz-version-id"))?;
        finish_source(cx, job, self.etag.as_deref())
    }

    fn put_tags(&self, cx: &Shared<'_>) -> Result<(), TransferError> {
        let tag = |(key, value): &(String, String)| {
            Value::Map(
                [("Key", Value::from(key.as_str())), ("Value", Value::from(value.as_str()))].into_iter().collect(),
            )
        };
        let set = Value::List(self.extras.tags.iter().map(tag).collect());
        let mut params = object_params(&self.bucket, &self.key);
        params.insert("Tagging", Value::Map([("TagSet", set)].into_iter().collect()));
        cx.s3.call("PutObjectTagging", with_payer(cx, params))?;
        Ok(())
    }

    fn put_annotations(
        &self,
        cx: &Shared<'_>,
        etag: Option<String>,
        version: Option<&str>,
    ) -> Result<(), TransferError> {
        let (mut written, mut failed) = (Vec::new(), Vec::new());
        for (name, payload) in &self.extras.annotations {
            let mut params = object_params(&self.bucket, &self.key);
            params.insert("AnnotationName", name.as_str());
            params.insert("AnnotationPayload", Value::Bytes(payload.clone()));
            if let Some(etag) = &etag {
                params.insert("ObjectIfMatch", etag.as_str());
            }
            if let Some(version) = version {
                params.insert("VersionId", version);
            }
            match cx.s3.call("PutObjectAnnotation", with_payer(cx, params)) {
                Ok(_) => written.push(name.as_str()),
                Err(error) => failed.push(format!("{name}: {error}")),
            }
        }
        if failed.is_empty() {
            return Ok(());
        }
        let written = if written.is_empty() { "(none)".to_owned() } else { written.join(", ") };
        Err(TransferError::Incomplete(
            format!(
                "Failed to copy all annotations to s3://{}/{}. The object was copied successfully and was not deleted. \
             Annotations written: {written}. Annotations that failed: {}.",
                self.bucket,
                self.key,
                failed.join("; ")
            )
            .into(),
        ))
    }

    pub(crate) fn abort(&self, cx: &Shared<'_>) {
        upload::abort(cx, &self.bucket, &self.key, &self.upload);
    }
}
