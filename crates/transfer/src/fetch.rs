//! Gets an object, or a range of it, into a sink. Nothing reaches the sink before the answer is known to be the right one;
//! a body that breaks is asked for again.

use crate::answer::{self, Asked};
use crate::checksum::Whole;
use crate::client::{Answer, Call};
use crate::engine::Shared;
use crate::error::TransferError;
use crate::limits;
use crate::operation::Op;
use crate::plan;
use oxaws_client::CallError;
use oxaws_http::HttpError;
use oxaws_sign::{Algorithm, Digest, Hasher};
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, PoisonError};

/// Where a body goes.
pub(crate) trait Sink {
    fn put(&mut self, offset: u64, data: &[u8]) -> Result<(), TransferError>;
}

impl Sink for &File {
    fn put(&mut self, offset: u64, data: &[u8]) -> Result<(), TransferError> {
        let written = match self.write_all_at(data, offset) {
            // Devices have no positions.
            Err(e) if e.raw_os_error() == Some(29) => Write::write_all(self, data),
            other => other,
        };
        written.map_err(TransferError::local_bare)
    }
}

impl Sink for &Mutex<File> {
    fn put(&mut self, offset: u64, data: &[u8]) -> Result<(), TransferError> {
        (&*self.lock().unwrap_or_else(PoisonError::into_inner)).put(offset, data)
    }
}

/// Standard output.
pub(crate) struct Out<'a>(pub &'a mut (dyn Write + Send));

impl Sink for Out<'_> {
    fn put(&mut self, _offset: u64, data: &[u8]) -> Result<(), TransferError> {
        self.0.write_all(data).map_err(TransferError::local_bare)
    }
}

/// Which bytes of an object are asked for.
#[derive(Clone, Copy)]
pub(crate) struct Range {
    pub offset: u64,
    pub length: u64,
    /// Whether these are the last ones.
    pub last: bool,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Get<'a> {
    pub bucket: &'a str,
    pub key: &'a str,
    /// `None` for the whole object.
    pub range: Option<Range>,
    /// The size and the ETag of the object, as a listing or a HEAD gave them.
    pub size: u64,
    pub etag: Option<&'a str>,
    /// Whether the sink can go back to the start. Otherwise a broken body goes on where it broke.
    pub restarts: bool,
    /// The digest of the bytes that the caller needs.
    pub wanted: Option<Algorithm>,
}

/// What came with the bytes.
#[derive(Default)]
pub(crate) struct Got {
    /// The digest of the bytes, where one was made.
    pub digest: Option<(Algorithm, Digest)>,
    /// A checksum of the whole object, which these bytes alone can't be checked with.
    pub whole: Option<Whole>,
    /// Whether the bytes are those of the checksum that came with them.
    pub is_checked: bool,
}

impl Get<'_> {
    fn first(&self) -> u64 {
        self.range.map_or(0, |r| r.offset)
    }

    fn length(&self) -> u64 {
        self.range.map_or(self.size, |r| r.length)
    }

    /// The `Range` header for what follows the first `passed` bytes, without its unit.
    fn range_header(&self, passed: u64) -> Option<String> {
        let start = self.first() + passed;
        match self.range {
            Some(r) if !r.last => Some(format!("{start}-{}", r.offset + r.length - 1)),
            Some(_) => Some(format!("{start}-")),
            None if passed > 0 => Some(format!("{start}-")),
            None => None,
        }
    }

    /// Complains where the bytes that came aren't as many as were asked for. A whole object may have changed since it was
    /// listed; then its ETag did, too.
    fn check_length(&self, received: u64, given: Option<&str>) -> Result<(), TransferError> {
        let changed = matches!((self.etag, given), (Some(known), Some(given)) if known != given);
        match self.range {
            None if received == self.size || changed => Ok(()),
            None => Err(TransferError::Corrupt(
                format!("Expected an object of {} bytes, received {received} bytes", self.size).into(),
            )),
            Some(range) if received == range.length => Ok(()),
            Some(_) => Err(TransferError::Corrupt(
                format!(
                    "Requested range: `{}` was answered with {received} bytes",
                    self.range_header(0).unwrap_or_default()
                )
                .into(),
            )),
        }
    }
}

/// Digests that are made of a body while it arrives.
#[derive(Default)]
struct Sums {
    /// The checksum that the answer announces, its value, and how far it has been made.
    announced: Option<(Algorithm, String, Hasher)>,
    wanted: Option<(Algorithm, Hasher)>,
    /// Whether the bytes aren't the whole object, and the checksum may be that of the whole.
    is_partial: bool,
}

impl Sums {
    fn begin(cx: &Shared<'_>, answer: &Answer, wanted: Option<Algorithm>) -> Sums {
        let announced = if cx.prepared.get.has("x-amz-checksum-mode") { announced(answer) } else { None };
        // The same algorithm is hashed once.
        let wanted = wanted.filter(|w| announced.as_ref().is_none_or(|(a, _)| a != w));
        Sums {
            announced: announced.map(|(a, value)| (a, value, Hasher::new(a))),
            wanted: wanted.map(|a| (a, Hasher::new(a))),
            is_partial: is_of_whole(answer),
        }
    }

    fn update(&mut self, data: &[u8]) {
        let announced = self.announced.as_mut().map(|(_, _, hasher)| hasher);
        for hasher in announced.into_iter().chain(self.wanted.as_mut().map(|(_, hasher)| hasher)) {
            hasher.update(data);
        }
    }

    /// Checks what was announced.
    fn finish(self) -> Result<Got, TransferError> {
        let wanted = self.wanted.map(|(a, hasher)| (a, hasher.finish()));
        let Some((algorithm, expected, hasher)) = self.announced else {
            return Ok(Got { digest: wanted, ..Got::default() });
        };
        let digest = hasher.finish();
        let is_checked = expected == digest.to_base64();
        if !is_checked && !self.is_partial {
            return Err(TransferError::Corrupt(
                format!("Expected checksum {expected} did not match calculated checksum: {}", digest.to_base64())
                    .into(),
            ));
        }
        let whole = (!is_checked).then_some(Whole { algorithm, value: expected });
        Ok(Got { digest: wanted.or(Some((algorithm, digest))), whole, is_checked })
    }
}

/// The checksum that an answer carries, unless it is one of parts.
fn announced(answer: &Answer) -> Option<(Algorithm, String)> {
    Algorithm::BY_PRIORITY.into_iter().find_map(|a| {
        let value = answer.headers.get(a.header()).filter(|v| !v.contains('-'))?;
        Some((a, value.to_owned()))
    })
}

/// Whether the checksum of an answer may be that of the whole object although only a part was sent.
fn is_of_whole(answer: &Answer) -> bool {
    let full = answer.headers.get("x-amz-checksum-type").is_some_and(|t| t.eq_ignore_ascii_case("FULL_OBJECT"));
    let range = answer.headers.get("content-range").and_then(|r| r.trim_start_matches("bytes").trim().split_once('/'));
    let partial = range.and_then(|(given, total)| {
        let (first, last) = given.split_once('-')?;
        let count = last.parse::<u64>().ok()?.checked_sub(first.parse().ok()?)? + 1;
        Some(count < total.parse().ok()?)
    });
    full && partial == Some(true)
}

/// Moves a body into the sink from `offset` on; `moved` counts what got there, also where it breaks.
#[allow(clippy::too_many_arguments)]
fn pour(
    cx: &Shared<'_>,
    answer: &mut Answer,
    sink: &mut dyn Sink,
    offset: u64,
    sums: &mut Sums,
    buffer: &mut Vec<u8>,
    moved: &mut u64,
    progress: &(dyn Fn(i64) + Sync),
) -> Result<(), TransferError> {
    let Some(body) = &mut answer.stream else { return Ok(()) };
    let room = match body.length() {
        Some(n) => usize::try_from(n).unwrap_or(usize::MAX).clamp(1, limits::PIECE),
        None => limits::PIECE,
    };
    if buffer.len() < room {
        buffer.resize(room, 0);
    }
    loop {
        // Small writes cost more than waiting for the rest of the piece.
        let (mut used, mut broken) = (0, None);
        while used < room {
            match body.read_some(&mut buffer[used..room]) {
                Ok(0) => break,
                Ok(n) => used += n,
                Err(e) => {
                    broken = Some(e);
                    break;
                }
            }
        }
        if used > 0 {
            if let Some(throttle) = &cx.s3.throttle {
                throttle.take(used, &cx.stop.now);
            }
            // What arrived is passed on before an error, as far as it goes.
            sums.update(&buffer[..used]);
            sink.put(offset + *moved, &buffer[..used])?;
            *moved += used as u64;
            progress(used as i64);
        }
        match broken {
            Some(HttpError::Cancelled) => return Err(TransferError::Cancelled),
            Some(other) => return Err(TransferError::Body(other)),
            None if used < room => return Ok(()),
            None => {}
        }
    }
}

/// Whether a download that failed is tried again: where the body broke (s3transfer: `S3_RETRYABLE_DOWNLOAD_ERRORS`). A whole
/// object that goes to standard output isn't, where it is cut short (`s3/stream-down/truncated`).
fn is_worth_another(error: &TransferError, get: &Get<'_>) -> bool {
    match error {
        TransferError::Body(HttpError::Truncated { .. }) => get.restarts || get.range.is_some(),
        TransferError::Body(_) => true,
        TransferError::Call(CallError::Http(e)) => matches!(e, HttpError::ReadTimeout { .. }),
        _ => false,
    }
}

/// Gets an object or a range of it into a sink.
pub(crate) fn get(
    cx: &Shared<'_>,
    get: Get<'_>,
    sink: &mut dyn Sink,
    buffer: &mut Vec<u8>,
    progress: &(dyn Fn(i64) + Sync),
) -> Result<Got, TransferError> {
    let Get { bucket, key, .. } = get;
    let mut attempt = 1;
    // Bytes that a sink which can't go back already has, what they sum up to, and the ETag that came with them.
    let mut passed = 0;
    let mut sums = Sums::default();
    let mut seen: Option<String> = None;
    loop {
        let mut call = Call::new(Op::GetObject, bucket, key);
        cx.prepared.get.add_to(&mut call);
        if !cx.prepared.options.checksum_mode {
            call.unasked = "x-amz-checksum-mode";
        }
        let asked = get.range_header(passed);
        if let Some(asked) = &asked {
            call.header("Range", format!("bytes={asked}"));
        }
        let only = if passed > 0 { get.etag.or(seen.as_deref()) } else { get.etag.filter(|_| get.range.is_some()) };
        if let Some(etag) = only {
            call.header("If-Match", etag.to_owned());
        }
        let mut moved = 0;
        let outcome = cx.s3.send(&call, cx.now(&|_| {})).and_then(|mut answer| {
            let length = answer.stream.as_ref().and_then(oxaws_http::BodyReader::length);
            let range = asked.as_ref().map(|_| (get.first() + passed, get.length().saturating_sub(passed)));
            let expected = Asked { range, size: get.size, etag: get.etag.or(seen.as_deref()) };
            answer::check_object(answer.status, &answer.headers, length, expected)?;
            // Parts of two objects are not an object, and a move deletes only what was listed.
            if (get.range.is_some() || cx.is_move)
                && let (Some(etag), Some(given)) = (get.etag, answer.headers.get("etag"))
                && !plan::is_same_etag(etag, given)
            {
                return Err(TransferError::other_object(bucket, key));
            }
            if let Some(asked) = &asked {
                check_range(asked, answer.headers.get("content-range"))?;
            }
            if let Some(length) = length {
                get.check_length(passed + length, answer.headers.get("etag"))?;
            }
            check_time(cx, &answer)?;
            if passed == 0 {
                sums = Sums::begin(cx, &answer, get.wanted);
                seen = answer::etag(&answer.headers).map(str::to_owned);
            }
            let start = get.first() + passed;
            pour(cx, &mut answer, sink, start, &mut sums, buffer, &mut moved, progress)?;
            get.check_length(passed + moved, answer.headers.get("etag"))?;
            let mut got = std::mem::take(&mut sums).finish()?;
            got.whole = got.whole.or_else(|| Whole::of_parts(&answer.headers));
            Ok(got)
        });
        let error = match outcome {
            Ok(got) => return Ok(got),
            Err(e) if e.has_code("PreconditionFailed") => {
                return Err(TransferError::other_object(bucket, key));
            }
            Err(e) => e,
        };
        if get.restarts {
            progress(-(moved as i64));
        } else {
            passed += moved;
        }
        if !is_worth_another(&error, &get) || cx.stop.is_stopping() {
            return Err(error);
        }
        // Without an ETag, what follows might be of another object.
        if passed > 0 && get.etag.is_none() && seen.is_none() {
            return Err(error);
        }
        if attempt == limits::DOWNLOAD_ATTEMPTS {
            return Err(TransferError::BadReply("Max Retries Exceeded".into()));
        }
        attempt += 1;
    }
}

/// Complains where the time in an answer can't be read, as botocore's parser does.
fn check_time(cx: &Shared<'_>, answer: &Answer) -> Result<(), TransferError> {
    match answer.headers.get("last-modified") {
        // The form that HTTP prescribes needs no look: it is what every server sends.
        Some(text) if !(text.len() == 29 && text.is_ascii() && text.ends_with(" GMT")) => {
            crate::listing::time(text, cx.s3).map(drop)
        }
        _ => Ok(()),
    }
}

/// Complains where the reply is about other bytes than were asked for.
fn check_range(asked: &str, answered: Option<&str>) -> Result<(), TransferError> {
    let Some(answered) = answered else { return Ok(()) };
    let (given, total) = answered.split_once('/').unwrap_or((answered, ""));
    let given = given.get(6..).unwrap_or_default();
    let mut wanted = asked.to_owned();
    if wanted.ends_with('-')
        && let Ok(total) = total.parse::<u64>()
    {
        wanted.push_str(&total.saturating_sub(1).to_string());
    }
    if wanted == given {
        return Ok(());
    }
    Err(TransferError::Corrupt(
        format!("Requested range: `{wanted}` does not match content range in response: `{given}`").into(),
    ))
}
