//! What a good answer to each request of the engine looks like. Nothing is reported as done, deleted or overwritten
//! before this module has said yes: the sign-in page of a proxy has status 200, too.
//!
//! The rules are as strict as the servers in use allow. moto (Flask) calls the empty body of each answer to an upload
//! `text/html`, but gives an `ETag`; some servers leave out the `ETag`, or the `Content-Type`.

use crate::operation::Op;
use crate::xml::{self, NotXml};
use oxaws_http::Headers;
use std::fmt;

/// Bytes of a body that an error message shows.
const SHOWN: usize = 64;

/// An answer that can't be one of S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadAnswer {
    operation: &'static str,
    status: u16,
    content_type: Option<String>,
    first_bytes: Vec<u8>,
    problem: Problem,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    /// An HTML page.
    Html,
    /// A body in an answer that has none.
    Body,
    /// No body in an answer that has one.
    NoBody(&'static str),
    /// A document that can't be read.
    NotXml(&'static str),
    /// A document of another kind.
    Root { found: String, wanted: &'static str },
    /// A page of a listing that isn't the last, and nothing that says how to get the next one.
    NoToken,
    /// Other bytes of the object than were asked for, or none.
    NotTheRange(String),
    /// Nothing that shows that the object was stored.
    NoProof,
}

impl std::error::Error for BadAnswer {}

impl fmt::Display for BadAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The answer to {} is not what S3 sends: ", self.operation)?;
        match &self.problem {
            Problem::Html => f.write_str("an HTML page"),
            Problem::Body => f.write_str("a body where there should be none"),
            Problem::NoBody(wanted) => write!(f, "no {wanted}"),
            Problem::NotXml(wanted) => write!(f, "a {wanted} that can't be read"),
            Problem::Root { found, wanted } => write!(f, "{found} in place of {wanted}"),
            Problem::NoToken => f.write_str("IsTruncated without a NextContinuationToken"),
            Problem::NotTheRange(asked) => write!(f, "not the range {asked}"),
            Problem::NoProof => f.write_str("no ETag, which would show that the object was stored"),
        }?;
        let content_type = self.content_type.as_deref().unwrap_or("none");
        write!(f, " (status {}, content type {content_type}", self.status)?;
        if !self.first_bytes.is_empty() {
            let mut shown = String::new();
            oxaws_python::write_repr_bytes(&mut shown, &self.first_bytes);
            write!(f, ", body begins {shown}")?;
        }
        f.write_str(")")
    }
}

/// What an answer carries beside its headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Nothing: everything is in the headers.
    Bare,
    /// An object, or a part of one.
    Object,
    /// A document with one of these roots.
    Document(&'static [&'static str]),
    /// A document that has this root, or any root with the member that is needed.
    Holding(&'static str, &'static [u8]),
}

/// The form of a good answer. The roots are those of the API reference; a copy of a part may be answered like a copy of
/// an object, as some servers use one document for both. An upload that was begun has an id, whatever the root is
/// (`upstream/functional.s3.test_mv_command/…multipart_upload…`): nothing is stored before the upload is completed.
fn form(op: Op) -> Form {
    match op {
        Op::PutObject | Op::UploadPart | Op::DeleteObject | Op::AbortUpload | Op::HeadObject => Form::Bare,
        Op::GetObject => Form::Object,
        Op::CopyObject => Form::Document(&["CopyObjectResult"]),
        Op::CopyPart => Form::Document(&["CopyPartResult", "CopyObjectResult"]),
        Op::CreateUpload => Form::Holding("InitiateMultipartUploadResult", b"UploadId"),
        Op::CompleteUpload => Form::Document(&["CompleteMultipartUploadResult", "CompleteMultipartUploadResponse"]),
        Op::DeleteObjects => Form::Document(&["DeleteResult"]),
        Op::ListObjects => Form::Document(&["ListBucketResult"]),
    }
}

/// An answer with a status below 300, as far as it is needed to judge it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub operation: &'static str,
    pub status: u16,
    pub headers: &'a Headers,
    /// Empty where the body is an object, which isn't read yet.
    pub body: &'a [u8],
}

impl Seen<'_> {
    fn bad(&self, problem: Problem) -> BadAnswer {
        BadAnswer {
            operation: self.operation,
            status: self.status,
            content_type: self.headers.get("content-type").map(str::to_owned),
            first_bytes: self.body.iter().copied().take(SHOWN).collect(),
            problem,
        }
    }

    fn is_html(&self) -> bool {
        let is_page =
            |kind: &str| kind.eq_ignore_ascii_case("text/html") || kind.eq_ignore_ascii_case("application/xhtml+xml");
        self.headers.get("content-type").is_some_and(|t| is_page(t.split(';').next().unwrap_or_default().trim()))
    }

    /// Headers that S3 and its likes send, and web pages don't.
    fn is_marked(&self) -> bool {
        etag(self.headers).is_some()
            || self.headers.iter().any(|(name, _)| {
                name.get(..6).is_some_and(|n| n.eq_ignore_ascii_case("x-amz-") || n.eq_ignore_ascii_case("x-amzn"))
            })
    }

    /// Whether the body is an empty document with the operation's name, which says no more than no body at all
    /// (`upstream/functional.s3.test_mv_command/TestMvCommand.test_metadata_directive_copy`).
    fn is_named_after_operation(&self) -> bool {
        let mut reader = xml::Reader::new(self.body);
        let named = reader.root().is_ok_and(|root| root.starts_with(self.operation.as_bytes()));
        named
            && !self.is_html()
            && matches!(reader.next(), Ok(Some(xml::Token::Close(_))))
            && matches!(reader.next(), Ok(None))
    }

    /// Complains about anything but an answer without a body.
    fn check_bare(&self) -> Result<(), BadAnswer> {
        if !self.body.is_empty() && !self.is_named_after_operation() {
            return Err(self.bad(if self.is_html() { Problem::Html } else { Problem::Body }));
        }
        // Without a body the type means little: moto's answers are all of this one.
        if self.is_html() && self.status != 204 && !self.is_marked() {
            return Err(self.bad(Problem::Html));
        }
        Ok(())
    }

    /// Complains about anything but a document with one of these roots.
    fn check_document(&self, roots: &[&'static str]) -> Result<(), BadAnswer> {
        let wanted = roots.first().copied().unwrap_or_default();
        if self.body.is_empty() {
            return Err(self.bad(Problem::NoBody(wanted)));
        }
        match xml::root_of(self.body) {
            Ok(root) if roots.iter().any(|r| r.as_bytes() == root) => Ok(()),
            _ if self.is_html() => Err(self.bad(Problem::Html)),
            Ok(root) => {
                let found = String::from_utf8_lossy(root).into_owned();
                Err(self.bad(Problem::Root { found, wanted }))
            }
            Err(NotXml) => Err(self.bad(Problem::NotXml(wanted))),
        }
    }
}

/// The `ETag` of an answer.
pub(crate) fn etag(headers: &Headers) -> Option<&str> {
    headers.get("etag").filter(|etag| !etag.is_empty())
}

/// Whether an answer is an error in spite of its status: S3 may find out that it fails after it has sent a 200.
pub(crate) fn is_error(status: u16, body: &[u8]) -> bool {
    status == 200
        && !body.is_empty()
        && match xml::root_of(body) {
            Ok(root) => root == b"Error",
            Err(NotXml) => true,
        }
}

/// Complains about an answer that isn't one to this request. Objects are looked at by [`check_object`].
pub(crate) fn check(op: Op, status: u16, headers: &Headers, body: &[u8]) -> Result<(), BadAnswer> {
    let seen = Seen { operation: op.name(), status, headers, body };
    match form(op) {
        Form::Object => Ok(()),
        Form::Document(roots) => seen.check_document(roots),
        Form::Holding(root, member) => match xml::children(body, [member]) {
            Ok([Some(_)]) if !seen.is_html() => Ok(()),
            _ => seen.check_document(&[root]),
        },
        Form::Bare => seen.check_bare(),
    }
}

/// Complains where an upload's answer doesn't show that the object was stored. This is asked before the source of a move
/// is deleted; a copy has shown it by its result element.
pub(crate) fn check_stored(op: Op, status: u16, headers: &Headers) -> Result<(), BadAnswer> {
    match etag(headers) {
        Some(_) => Ok(()),
        None => Err(Seen { operation: op.name(), status, headers, body: b"" }.bad(Problem::NoProof)),
    }
}

/// What was asked of an object, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The first byte and the number of bytes, where a range was asked for.
    pub range: Option<(u64, u64)>,
    /// The size of the whole object.
    pub size: u64,
    pub etag: Option<&'a str>,
}

/// Complains where an answer isn't the object, or the range of it, that was asked for. `length` is the body's, where the
/// answer tells it. This is asked before the first byte is written anywhere.
pub(crate) fn check_object(
    status: u16,
    headers: &Headers,
    length: Option<u64>,
    asked: Asked<'_>,
) -> Result<(), BadAnswer> {
    let seen = Seen { operation: Op::GetObject.name(), status, headers, body: b"" };
    // An object may be a page itself. Then its ETag says so.
    let same = match (asked.etag, etag(headers)) {
        (Some(known), Some(given)) => Some(known == given),
        _ => None,
    };
    if seen.is_html() && (same == Some(false) || (same.is_none() && etag(headers).is_none())) {
        return Err(seen.bad(Problem::Html));
    }
    let Some((first, count)) = asked.range else {
        return match status {
            206 => Err(seen.bad(Problem::NotTheRange(format!("of all {} bytes", asked.size)))),
            _ => Ok(()),
        };
    };
    let wanted = || format!("{first}-{}", (first + count).saturating_sub(1));
    let fits = same != Some(false) && length.is_none_or(|n| n == count);
    let good = match (status, headers.get("content-range")) {
        // Which bytes these are is said by the header, which is compared elsewhere. rclone sends it with status 200.
        (_, Some(_)) => length.is_none_or(|n| n == count),
        (206, None) => fits,
        // A server without ranges sends the whole object.
        (_, None) => fits && first == 0 && count == asked.size,
    };
    if good { Ok(()) } else { Err(seen.bad(Problem::NotTheRange(wanted()))) }
}

/// Complains about an answer that lacks all that it is asked for. A member that is missing must not count as an empty one: it would be
/// left out of a copy whose source is deleted then.
pub(crate) fn check_has(
    operation: &'static str,
    wanted: &'static str,
    status: u16,
    headers: &Headers,
    is_there: bool,
) -> Result<(), BadAnswer> {
    let seen = Seen { operation, status, headers, body: b"" };
    if is_there { Ok(()) } else { Err(seen.bad(Problem::NoBody(wanted))) }
}

/// Complains about a page of a listing that says that there is another one, but not which.
pub(crate) fn check_next(
    status: u16,
    headers: &Headers,
    truncated: bool,
    token: Option<&str>,
) -> Result<(), BadAnswer> {
    if truncated && token.is_none_or(str::is_empty) {
        return Err(Seen { operation: Op::ListObjects.name(), status, headers, body: b"" }.bad(Problem::NoToken));
    }
    Ok(())
}

/// Complains about an answer to ListObjectsV2 that isn't a listing. An empty answer passes, as it does in the AWS CLI:
/// this is for callers that only show what is listed.
///
/// # Errors
/// When the document is another one.
pub fn check_shown_listing(status: u16, headers: &Headers, body: &[u8]) -> Result<(), BadAnswer> {
    if body.is_empty() { Ok(()) } else { check(Op::ListObjects, status, headers, body) }
}

/// Complains about an answer to an operation on a bucket that has no result, such as DeleteBucket, if it is a page. Older
/// servers send a document of their own, which nobody reads.
///
/// # Errors
/// When it can't be the answer.
pub fn check_without_result(
    operation: &'static str,
    status: u16,
    headers: &Headers,
    body: &[u8],
) -> Result<(), BadAnswer> {
    let seen = Seen { operation, status, headers, body };
    match xml::root_of(body) {
        // `Error` behind a 200 says that it was not done.
        Ok(root) if !seen.is_html() && !root.eq_ignore_ascii_case(b"html") && root != b"Error" => Ok(()),
        _ => seen.check_bare(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &[u8] = b"<html><body>Welcome!</body></html>";

    fn headers(pairs: &[(&'static str, &'static str)]) -> Headers {
        pairs.iter().copied().collect()
    }

    #[test]
    fn a_page_is_no_answer_to_anything() {
        let html = headers(&[("Content-Type", "text/html; charset=utf-8")]);
        for op in [
            Op::PutObject,
            Op::CopyObject,
            Op::DeleteObject,
            Op::DeleteObjects,
            Op::ListObjects,
            Op::CreateUpload,
            Op::UploadPart,
            Op::CopyPart,
            Op::CompleteUpload,
        ] {
            let problem = check(op, 200, &html, PAGE).expect_err(op.name()).to_string();
            assert!(problem.contains("an HTML page (status 200, content type text/html;"), "{problem}");
            assert!(check(op, 200, &headers(&[]), PAGE).is_err(), "{}", op.name());
        }
        assert!(check(Op::HeadObject, 200, &html, b"").is_err());
    }

    #[test]
    fn what_servers_leave_out() {
        // moto
        let moto = headers(&[("Content-Type", "text/html; charset=utf-8"), ("ETag", "\"1\"")]);
        assert_eq!(check(Op::PutObject, 200, &moto, b""), Ok(()));
        assert_eq!(check(Op::DeleteObject, 204, &headers(&[("Content-Type", "text/html")]), b""), Ok(()));
        assert_eq!(check(Op::HeadObject, 200, &moto, b""), Ok(()));
        for op in [Op::PutObject, Op::UploadPart, Op::DeleteObject] {
            assert_eq!(check(op, 200, &headers(&[]), b""), Ok(()), "{}", op.name());
        }
        assert_eq!(check(Op::CopyPart, 200, &headers(&[]), b"<CopyObjectResult/>"), Ok(()));
        assert_eq!(check(Op::DeleteObject, 200, &headers(&[]), b"<DeleteObjectOutput></DeleteObjectOutput>"), Ok(()));
        assert!(check(Op::DeleteObject, 200, &headers(&[]), b"<DeleteObjectOutput>no</DeleteObjectOutput>").is_err());
        assert!(check(Op::DeleteObject, 200, &headers(&[]), b"<Other/>").is_err());
    }

    #[test]
    fn operations_without_a_result() {
        let none = headers(&[]);
        assert_eq!(check_without_result("CreateBucket", 200, &none, b""), Ok(()));
        assert_eq!(check_without_result("CreateBucket", 200, &none, b"<CreateBucketResponse/>"), Ok(()));
        assert!(check_without_result("CreateBucket", 200, &none, PAGE).is_err());
        assert!(check_without_result("DeleteBucket", 200, &headers(&[("Content-Type", "text/html")]), b"").is_err());
    }

    #[test]
    fn documents_have_their_root() {
        let wrong = check(Op::ListObjects, 200, &headers(&[]), b"<ListAllMyBucketsResult/>");
        let text = "The answer to ListObjectsV2 is not what S3 sends: ListAllMyBucketsResult in place of ListBucketResult \
                    (status 200, content type none, body begins b'<ListAllMyBucketsResult/>')";
        assert_eq!(wrong.unwrap_err().to_string(), text);
        assert!(check(Op::CompleteUpload, 200, &headers(&[]), b"").is_err());
        assert!(check(Op::CopyObject, 200, &headers(&[]), b"<CopyObjectResult>").is_err());
        assert_eq!(check(Op::ListObjects, 200, &headers(&[]), b"<ListBucketResult/>"), Ok(()));
    }

    #[test]
    fn a_move_needs_proof() {
        assert!(check_stored(Op::PutObject, 200, &headers(&[("ETag", "")])).is_err());
        assert_eq!(check_stored(Op::PutObject, 200, &headers(&[("etag", "x")])), Ok(()));
    }

    #[test]
    fn objects_and_ranges_of_them() {
        let whole = Asked { range: None, size: 9, etag: Some("\"a\"") };
        let page = headers(&[("Content-Type", "text/html")]);
        let other_page = headers(&[("Content-Type", "text/html"), ("ETag", "\"b\"")]);
        let stored_page = headers(&[("Content-Type", "text/html"), ("ETag", "\"a\"")]);
        assert!(check_object(200, &page, Some(9), whole).is_err());
        assert!(check_object(200, &other_page, Some(9), whole).is_err());
        assert_eq!(check_object(200, &stored_page, Some(9), whole), Ok(()));
        assert_eq!(check_object(200, &headers(&[]), None, whole), Ok(()));
        assert!(check_object(206, &headers(&[]), Some(9), whole).is_err());

        let part = Asked { range: Some((3, 3)), ..whole };
        assert!(check_object(200, &stored_page, Some(9), part).is_err());
        assert!(check_object(200, &headers(&[]), Some(3), part).is_err());
        assert_eq!(check_object(206, &headers(&[("Content-Range", "bytes 3-5/9")]), Some(3), part), Ok(()));
        assert_eq!(check_object(200, &headers(&[("Content-Range", "bytes 3-5/9")]), Some(3), part), Ok(()));
        assert!(check_object(206, &headers(&[("Content-Range", "bytes 3-5/9")]), Some(9), part).is_err());
        assert_eq!(check_object(206, &headers(&[]), Some(3), part), Ok(()));
        assert!(check_object(206, &headers(&[]), Some(9), part).is_err());
        let all = Asked { range: Some((0, 9)), ..whole };
        assert_eq!(check_object(200, &stored_page, Some(9), all), Ok(()));
        assert!(check_object(200, &stored_page, Some(8), all).is_err());
    }

    #[test]
    fn another_page_has_a_token() {
        let none = headers(&[]);
        assert!(check_next(200, &none, true, None).is_err());
        assert!(check_next(200, &none, true, Some("")).is_err());
        assert_eq!(check_next(200, &none, true, Some("t")), Ok(()));
        assert_eq!(check_next(200, &none, false, None), Ok(()));
    }
}
