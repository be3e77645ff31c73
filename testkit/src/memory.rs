//! An S3 server in memory. It takes any signature: it is for tests that look at requests, or break some of them (see
//! `crate::fault`); `crate::s3` is for tests in which signatures matter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::stub::{Reply, Request, read_chunks};

/// When every object was modified, as headers say it.
const MODIFIED: &str = "Thu, 11 Feb 2021 04:24:23 GMT";
/// The same, as listings say it.
pub const MODIFIED_ISO: &str = "2021-02-11T04:24:23.000Z";

/// Bytes that may be shared.
pub type Data = Arc<[u8]>;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Object {
    data: Data,
    etag: String,
}

#[derive(Debug, Default)]
struct Upload {
    parts: BTreeMap<u32, Data>,
}

#[derive(Debug, Default)]
struct State {
    /// By `bucket/key`.
    objects: BTreeMap<String, Object>,
    uploads: BTreeMap<String, Upload>,
    writes: u32,
    trailers: BTreeSet<String>,
}

/// What the server holds. Every bucket exists.
#[derive(Debug, Default)]
pub struct Memory {
    state: Mutex<State>,
}

/// A request taken apart.
struct Call<'a> {
    request: &'a Request,
    bucket: String,
    key: String,
    query: BTreeMap<String, String>,
}

impl Call<'_> {
    fn name(&self) -> String {
        format!("{}/{}", self.bucket, self.key)
    }

    fn asks(&self, name: &str) -> bool {
        self.query.contains_key(name)
    }

    fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }
}

impl Memory {
    /// A server with these objects, named `bucket/key`.
    pub fn with<'a>(objects: impl IntoIterator<Item = (&'a str, Data)>) -> Memory {
        let memory = Memory::default();
        for (name, data) in objects {
            memory.lock().put(name.to_owned(), data);
        }
        memory
    }

    /// Puts an object, as another user would.
    pub fn put(&self, name: &str, data: Data) {
        self.lock().put(name.to_owned(), data);
    }

    /// All objects, by `bucket/key`.
    pub fn objects(&self) -> BTreeMap<String, Data> {
        self.lock().objects.iter().map(|(name, object)| (name.clone(), Arc::clone(&object.data))).collect()
    }

    /// How many uploads in parts were begun and neither completed nor aborted.
    pub fn open_uploads(&self) -> usize {
        self.lock().uploads.len()
    }

    /// The names of the trailers that came behind bodies.
    pub fn trailers(&self) -> Vec<String> {
        self.lock().trailers.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what a request asks for.
    pub fn answer(&self, request: &Request) -> Reply {
        let call = take_apart(request);
        let mut state = self.lock();
        let reply = match (request.method.as_str(), call.key.is_empty()) {
            ("GET", true) if call.asks("session") => Some(session()),
            ("GET", true) => Some(state.list(&call)),
            ("PUT" | "DELETE" | "HEAD", true) => Some(Reply::xml("")),
            ("POST", true) if call.asks("delete") => Some(state.delete_many(&call)),
            ("GET", false) if call.asks("tagging") => Some(Reply::xml("<Tagging><TagSet></TagSet></Tagging>")),
            ("GET" | "HEAD", false) => state.get(&call),
            ("PUT", false) => state.take(&call),
            ("POST", false) if call.asks("uploads") => Some(state.begin_upload()),
            ("POST", false) if call.asks("uploadId") => state.complete_upload(&call),
            ("DELETE", false) if call.asks("uploadId") => {
                state.uploads.remove(call.query("uploadId")).map(|_| Reply::new(204, "text/xml", ""))
            }
            ("DELETE", false) if state.fails(&call.name(), request.header("if-match")) => {
                Some(error(412, "PreconditionFailed"))
            }
            ("DELETE", false) => {
                state.objects.remove(&call.name());
                Some(Reply::new(204, "text/xml", ""))
            }
            _ => Some(error(405, "MethodNotAllowed")),
        };
        reply.unwrap_or_else(|| match call.asks("uploadId") {
            true => error(404, "NoSuchUpload"),
            false => error(404, "NoSuchKey"),
        })
    }
}

/// An error of this status and code.
pub fn error(status: u16, code: &str) -> Reply {
    Reply::new(status, "application/xml", format!("<Error><Code>{code}</Code><Message>made up</Message></Error>"))
}

/// Credentials for a directory bucket.
fn session() -> Reply {
    Reply::xml(
        "<CreateSessionResult><Credentials><AccessKeyId>ASIASESSION</AccessKeyId><SecretAccessKey>shh</SecretAccessKey>\
         <SessionToken>token-of-the-session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
         </CreateSessionResult>",
    )
}

impl State {
    fn put(&mut self, name: String, data: Data) -> String {
        self.writes += 1;
        let etag = format!("\"{:032x}\"", self.writes);
        self.objects.insert(name, Object { data, etag: etag.clone() });
        etag
    }

    /// Whether an object isn't the one that a condition asks for.
    fn fails(&self, name: &str, etag: Option<&str>) -> bool {
        let there = self.objects.get(name);
        etag.is_some_and(|wanted| there.is_none_or(|object| wanted != object.etag))
    }

    fn get(&self, call: &Call<'_>) -> Option<Reply> {
        let object = self.objects.get(&call.name())?;
        if call.request.header("if-match").is_some_and(|wanted| wanted != object.etag) {
            return Some(error(412, "PreconditionFailed"));
        }
        let part = call.request.header("range").and_then(|r| range(r, object.data.len()));
        let (status, body) = match part {
            Some((from, to)) => (206, Arc::from(&object.data[from..=to])),
            None => (200, Arc::clone(&object.data)),
        };
        let reply = Reply::Answer { status, headers: Vec::new(), body };
        let reply = reply.with_header("ETag", &object.etag).with_header("Last-Modified", MODIFIED);
        Some(match part {
            Some((from, to)) => reply.with_header("Content-Range", &format!("bytes {from}-{to}/{}", object.data.len())),
            None => reply,
        })
    }

    /// An object, a part, or a copy to be either.
    fn take(&mut self, call: &Call<'_>) -> Option<Reply> {
        let source = call.request.header("x-amz-copy-source").map(|s| decoded(s.trim_start_matches('/'), false));
        let condition = call.request.header("x-amz-copy-source-if-match");
        if source.as_deref().is_some_and(|source| self.fails(source, condition)) {
            return Some(error(412, "PreconditionFailed"));
        }
        let data: Data = match &source {
            Some(source) => {
                let whole = Arc::clone(&self.objects.get(source)?.data);
                let part = call.request.header("x-amz-copy-source-range").and_then(|r| range(r, whole.len()));
                part.map_or(whole.clone(), |(from, to)| Arc::from(&whole[from..=to]))
            }
            None => self.body(call.request),
        };
        let etag = if call.asks("partNumber") {
            let number: u32 = call.query("partNumber").parse().ok()?;
            self.uploads.get_mut(call.query("uploadId"))?.parts.insert(number, data);
            format!("\"part-{number}\"")
        } else {
            self.put(call.name(), data)
        };
        Some(match source {
            Some(_) => {
                let root = if call.asks("partNumber") { "CopyPartResult" } else { "CopyObjectResult" };
                Reply::xml(format!("<{root}><ETag>{etag}</ETag><LastModified>{MODIFIED_ISO}</LastModified></{root}>"))
            }
            None => Reply::xml("").with_header("ETag", &etag),
        })
    }

    fn body(&mut self, request: &Request) -> Data {
        if request.header("content-encoding").is_none_or(|e| !e.contains("aws-chunked")) {
            return Arc::from(request.body.as_slice());
        }
        let (body, trailers) = read_chunks(&mut request.body.as_slice()).unwrap_or_default();
        self.trailers.extend(trailers.into_iter().map(|(name, _)| name));
        Arc::from(body)
    }

    fn begin_upload(&mut self) -> Reply {
        self.writes += 1;
        let id = format!("upload-{}", self.writes);
        self.uploads.insert(id.clone(), Upload::default());
        Reply::xml(format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"))
    }

    fn complete_upload(&mut self, call: &Call<'_>) -> Option<Reply> {
        let upload = self.uploads.remove(call.query("uploadId"))?;
        let whole: Vec<&[u8]> = upload.parts.values().map(|part| &**part).collect();
        let etag = self.put(call.name(), Arc::from(whole.concat()));
        Some(Reply::xml(format!("<CompleteMultipartUploadResult><ETag>{etag}</ETag></CompleteMultipartUploadResult>")))
    }

    fn delete_many(&mut self, call: &Call<'_>) -> Reply {
        let body = String::from_utf8_lossy(&call.request.body).into_owned();
        for part in body.split("<Key>").skip(1) {
            let key = unescaped(part.split("</Key>").next().unwrap_or_default());
            self.objects.remove(&format!("{}/{key}", call.bucket));
        }
        Reply::xml("<DeleteResult></DeleteResult>")
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let prefix = format!("{}/{}", call.bucket, call.query("prefix"));
        let after = format!("{}/{}", call.bucket, call.query("continuation-token"));
        let most = call.query("max-keys").parse().unwrap_or(1000);
        let mut found = self.objects.iter().filter(|(n, _)| n.starts_with(&prefix) && **n > after).peekable();
        let mut body = "<ListBucketResult><EncodingType>url</EncodingType>".to_owned();
        let mut last = String::new();
        for (name, object) in found.by_ref().take(most) {
            last = encoded(&name[call.bucket.len() + 1..]);
            body.push_str(&format!(
                "<Contents><Key>{last}</Key><LastModified>{MODIFIED_ISO}</LastModified><ETag>{}</ETag>\
                 <Size>{}</Size></Contents>",
                object.etag,
                object.data.len()
            ));
        }
        match found.peek() {
            Some(_) => body.push_str(&format!(
                "<IsTruncated>true</IsTruncated><NextContinuationToken>{last}</NextContinuationToken>"
            )),
            None => body.push_str("<IsTruncated>false</IsTruncated>"),
        }
        Reply::xml(body + "</ListBucketResult>")
    }
}

fn take_apart(request: &Request) -> Call<'_> {
    let target = match request.target.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => &request.target,
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    let pairs = query.split('&').filter(|p| !p.is_empty()).map(|p| p.split_once('=').unwrap_or((p, "")));
    let query = pairs.map(|(name, value)| (name.to_owned(), decoded(value, true))).collect();
    Call { request, bucket: decoded(bucket, false), key: decoded(key, false), query }
}

/// The first and the last byte that `bytes=FROM-TO` asks for.
fn range(text: &str, length: usize) -> Option<(usize, usize)> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = (from.parse().ok()?, to.parse().unwrap_or(usize::MAX).min(length.checked_sub(1)?));
    (from <= to).then_some((from, to))
}

/// Text without percent signs; with `plus`, a plus is a blank.
pub fn decoded(text: &str, plus: bool) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|h| u8::from_str_radix(std::str::from_utf8(h).ok()?, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) if plus => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Request {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Request { method: method.into(), target: target.into(), headers, body: body.into() }
    }

    fn text(reply: Reply) -> (u16, String) {
        let Reply::Answer { status, body, .. } = reply else { panic!("no answer") };
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[test]
    fn objects_and_ranges() {
        let memory = Memory::default();
        let put = |target, headers, body| text(memory.answer(&request("PUT", target, headers, body))).0;
        assert_eq!(put("/b/a%20b", &[], b"0123"), 200);
        let get = |headers| text(memory.answer(&request("GET", "http://host/b/a%20b?x", headers, b"")));
        assert_eq!(get(&[]), (200, "0123".into()));
        assert_eq!(get(&[("range", "bytes=2-")]), (206, "23".into()));
        assert_eq!(get(&[("if-match", "\"other\"")]).0, 412);
        assert_eq!(put("/b/c", &[("x-amz-copy-source", "b/a%20b")], b""), 200);
        assert_eq!(put("/b/d", &[("content-encoding", "aws-chunked")], b"2\r\nhi\r\n0\r\nx-sum: 1\r\n\r\n"), 200);
        assert_eq!(memory.objects().keys().collect::<Vec<_>>(), ["b/a b", "b/c", "b/d"]);
        assert_eq!((&*memory.objects()["b/d"], memory.trailers()), (b"hi".as_slice(), vec!["x-sum".to_owned()]));
        let page = text(memory.answer(&request("GET", "/b?list-type=2&max-keys=1", &[], b""))).1;
        assert!(page.contains("<Key>a%20b</Key>") && page.contains("<NextContinuationToken>a%20b<"), "{page}");
        let rest = text(memory.answer(&request("GET", "/b?continuation-token=a%20b", &[], b""))).1;
        assert!(rest.contains("<Key>c</Key>") && !rest.contains("<Key>a%20b"), "{rest}");
    }

    #[test]
    fn uploads_in_parts() {
        let memory = Memory::default();
        let ask = |method, target, body| text(memory.answer(&request(method, target, &[], body))).0;
        assert_eq!(ask("POST", "/b/k?uploads", b""), 200);
        assert_eq!(ask("PUT", "/b/k?partNumber=2&uploadId=upload-1", b"b"), 200);
        assert_eq!(ask("PUT", "/b/k?partNumber=1&uploadId=upload-1", b"a"), 200);
        assert_eq!((memory.open_uploads(), memory.objects().len()), (1, 0));
        assert_eq!(ask("POST", "/b/k?uploadId=upload-1", b""), 200);
        assert_eq!(ask("DELETE", "/b/k?uploadId=upload-1", b""), 404);
        assert_eq!((memory.open_uploads(), &*memory.objects()["b/k"]), (0, b"ab".as_slice()));
    }
}
