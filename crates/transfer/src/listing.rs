//! Listing a bucket, page by page.

use crate::answer;
use crate::client::{Around, Call, S3};
use crate::error::TransferError;
use crate::operation::Op;
use crate::options::Fixed;
use crate::plan::{Entry, Place};
use crate::xml::{Reader, Token};
use oxaws_client::CallError;
use oxaws_failure::Cause;
use oxaws_python::calendar::{DAY, days_from_civil, days_in_month};
use oxaws_python::repr_str;
use oxaws_python::{Timestamp, python_int_text};
use oxaws_python::{percent_decode, percent_encode};
use std::borrow::Cow;
use std::sync::Arc;

/// One object of a listing.
#[derive(Debug, Default)]
struct Object {
    key: String,
    modified: Option<i64>,
    /// `None` for a number that is no size, such as a negative one.
    size: Option<u64>,
    etag: Option<String>,
    glacier: bool,
    /// Whether S3 has a checksum of it.
    has_checksum: bool,
}

/// A listing under way.
pub struct Listing<'a> {
    s3: &'a S3<'a>,
    bucket: Arc<str>,
    prefix: String,
    page_size: Option<String>,
    headers: &'a Fixed,
    token: Option<String>,
    page: std::vec::IntoIter<Object>,
    done: bool,
    /// Whether keys have come in rising order so far.
    sorted: bool,
    last_key: String,
}

impl<'a> Listing<'a> {
    pub(crate) fn new(s3: &'a S3<'a>, bucket: &str, prefix: &str, page_size: Option<&str>, headers: &'a Fixed) -> Self {
        Listing {
            s3,
            bucket: Arc::from(bucket),
            prefix: prefix.to_owned(),
            page_size: page_size.map(str::to_owned),
            headers,
            token: None,
            page: Vec::new().into_iter(),
            done: false,
            sorted: true,
            last_key: String::new(),
        }
    }

    /// Whether keys have come in rising order so far, as S3 promises and some servers don't keep.
    pub(crate) fn is_sorted(&self) -> bool {
        self.sorted
    }

    /// The next object; `None` at the end. Its name is what follows the first `strip` bytes of the key.
    pub(crate) fn next(&mut self, strip: usize, around: Around<'_>) -> Result<Option<Entry>, TransferError> {
        loop {
            if let Some(object) = self.page.next() {
                let name = object.key.get(strip..).unwrap_or_default().to_owned();
                return Ok(Some(Entry {
                    name,
                    place: Place::Object { bucket: self.bucket.clone(), key: object.key },
                    size: object.size,
                    modified: object.modified,
                    etag: object.etag,
                    glacier: object.glacier,
                    has_checksum: object.has_checksum,
                    head: None,
                }));
            }
            if self.done {
                return Ok(None);
            }
            self.fetch(around)?;
        }
    }

    fn fetch(&mut self, around: Around<'_>) -> Result<(), TransferError> {
        let mut call = Call::new(Op::ListObjects, &self.bucket, "");
        let mut query = format!("list-type=2&prefix={}", percent_encode(&self.prefix, b"-._~"));
        if let Some(size) = &self.page_size {
            query.push_str("&max-keys=");
            query.push_str(size);
        }
        if let Some(token) = &self.token {
            query.push_str("&continuation-token=");
            query.push_str(&percent_encode(token, b"-._~"));
        }
        query.push_str("&encoding-type=url");
        call.query = Cow::Owned(query);
        self.headers.add_to(&mut call);
        let answer = self.s3.send(&call, around)?;
        let page = read_page(&answer.body, self.s3)?;
        answer::check_next(answer.status, &answer.headers, page.truncated, page.next.as_deref())?;
        let mut last = self.last_key.as_str();
        for object in &page.objects {
            if object.key.as_str() < last {
                self.sorted = false;
            }
            last = &object.key;
        }
        self.last_key = last.to_owned();
        self.done = !page.truncated;
        if !self.done && page.next == self.token {
            let token = page.next.unwrap_or_default();
            return Err(TransferError::Call(CallError::bad_reply(format!(
                "Error during pagination: The same next token was received twice: {{'ContinuationToken': {}}}",
                repr_str(&token)
            ))));
        }
        self.token = page.next;
        self.page = page.objects.into_iter();
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Page {
    objects: Vec<Object>,
    truncated: bool,
    next: Option<String>,
}

fn read_page(document: &[u8], s3: &S3<'_>) -> Result<Page, TransferError> {
    let mut page = Page::default();
    let mut encoded = false;
    let mut reader = Reader::new(document);
    reader.root()?;
    let mut missing: Option<&'static str> = None;
    while let Some(token) = reader.next()? {
        let Token::Open(name) = token else { continue };
        match name {
            b"Contents" => {
                let (object, lacks) = read_object(&mut reader, s3)?;
                missing = missing.or(lacks);
                page.objects.push(object);
            }
            b"IsTruncated" => page.truncated = is_true(&reader.text()?)?,
            b"NextContinuationToken" => page.next = Some(reader.text()?.into_owned()),
            b"EncodingType" => encoded = reader.text()? == "url",
            // Nothing needs these, but the AWS CLI reads every member that the model has.
            b"MaxKeys" | b"KeyCount" => drop(size(&reader.text()?)?),
            _ => reader.skip()?,
        }
    }
    if let Some(member) = missing {
        // Python's KeyError.
        return Err(TransferError::missing(member));
    }
    if encoded {
        for object in &mut page.objects {
            if object.key.bytes().any(|b| b == b'%' || b == b'+') {
                let spaced = object.key.replace('+', " ");
                object.key = match String::from_utf8(percent_decode(&spaced).into_owned()) {
                    Ok(key) => key,
                    Err(e) => String::from_utf8_lossy(e.as_bytes()).into_owned(),
                };
            }
        }
    }
    Ok(page)
}

/// Reads an object; gives the name of the first member that is missing, too.
fn read_object(reader: &mut Reader<'_>, s3: &S3<'_>) -> Result<(Object, Option<&'static str>), TransferError> {
    let mut object = Object::default();
    let (mut has_key, mut modified, mut bytes) = (false, None, None);
    loop {
        match reader.next()?.ok_or(crate::xml::NotXml)? {
            Token::Close(_) => break,
            Token::Text(_) => {}
            Token::Open(b"Key") => {
                object.key = reader.text()?.into_owned();
                has_key = true;
            }
            Token::Open(b"LastModified") => modified = Some(reader.text()?),
            Token::Open(b"Size") => bytes = Some(reader.text()?),
            Token::Open(b"ETag") => object.etag = Some(reader.text()?.into_owned()),
            Token::Open(b"ChecksumAlgorithm") => object.has_checksum |= !reader.text()?.is_empty(),
            Token::Open(b"StorageClass") => {
                let class = reader.text()?;
                object.glacier = class == "GLACIER" || class == "DEEP_ARCHIVE";
            }
            Token::Open(_) => reader.skip()?,
        }
    }
    // What can't be read ends the listing: it must not count as missing, since that decides what is deleted. botocore
    // reads members in the order of the model.
    object.modified = modified.as_deref().map(|text| time(text, s3)).transpose()?;
    object.size = bytes.as_deref().map(size).transpose()?.flatten();
    let missing = if !has_key {
        Some("Key")
    } else if modified.is_none() {
        Some("LastModified")
    } else if bytes.is_none() {
        Some("Size")
    } else {
        None
    };
    Ok((object, missing))
}

/// A number of bytes; `None` for an integer that is none.
fn size(text: &str) -> Result<Option<u64>, TransferError> {
    if let Ok(size) = text.parse() {
        return Ok(Some(size));
    }
    match python_int_text(text) {
        Some(digits) => Ok(digits.parse().ok()),
        None => {
            Err(TransferError::BadReply(format!("invalid literal for int() with base 10: {}", repr_str(text)).into()))
        }
    }
}

/// A timestamp in microseconds: S3's own form quickly, any other as the AWS CLI reads it.
///
/// # Errors
/// In botocore's words, when the text is no timestamp.
pub(crate) fn time(text: &str, s3: &S3<'_>) -> Result<i64, TransferError> {
    if let Some(micros) = iso(text.as_bytes()) {
        return Ok(micros);
    }
    let parsed = s3.session.with_clock(|clock| Timestamp::parse(text, &clock));
    let parsed = parsed.map_err(|e| TransferError::BadReply(Cause::of(e)))?;
    Ok((parsed.unix_float() * 1e6).round() as i64)
}

/// `2021-02-11T04:24:23.000Z`, with or without the fraction.
fn iso(text: &[u8]) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        text.get(range)?.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
    };
    let is = |at: usize, b: u8| text.get(at) == Some(&b);
    if !(is(4, b'-') && is(7, b'-') && is(10, b'T') && is(13, b':') && is(16, b':') && text.last() == Some(&b'Z')) {
        return None;
    }
    let micros = match text.len() {
        20 => 0,
        24 if is(19, b'.') => number(20..23)? * 1000,
        _ => return None,
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    // What is out of range is for the general reader, which says what is wrong with it.
    if !(1..=days_in_month(year, month)?).contains(&day) || year < 1 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days_from_civil(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    Some(seconds * 1_000_000 + micros)
}

/// Whether a page says that there are more. A word that is neither yes nor no isn't the last page: what follows it may
/// decide what is deleted.
fn is_true(text: &str) -> Result<bool, TransferError> {
    match text.trim() {
        yes if yes.eq_ignore_ascii_case("true") => Ok(true),
        no if no.is_empty() || no.eq_ignore_ascii_case("false") => Ok(false),
        other => {
            Err(TransferError::BadReply(format!("Invalid IsTruncated in the listing: {}", repr_str(other)).into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!(iso(b"2021-02-11T04:24:23.000Z"), Some(1_613_017_463_000_000));
        assert_eq!(iso(b"1970-01-01T00:00:00.005Z"), Some(5_000));
        assert_eq!(iso(b"2000-02-29T23:59:59Z"), Some(951_868_799_000_000));
        assert_eq!(iso(b"Thu, 11 Feb 2021 04:24:23 GMT"), None);
        assert_eq!(iso(b""), None);
        for bad in ["2021-02-30T04:24:23Z", "2021-02-11T24:24:23Z", "2021-13-11T04:24:23Z", "2021-02-11T04:60:23Z"] {
            assert_eq!(iso(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn sizes() {
        let of = |text| size(text).map_err(|e| e.to_string());
        assert_eq!((of("12"), of(" 1_0\n"), of("-5")), (Ok(Some(12)), Ok(Some(10)), Ok(None)));
        assert_eq!(of("99999999999999999999999"), Ok(None));
        assert_eq!(of("many"), Err("invalid literal for int() with base 10: 'many'".into()));
        assert_eq!(of(""), Err("invalid literal for int() with base 10: ''".into()));
    }
}
