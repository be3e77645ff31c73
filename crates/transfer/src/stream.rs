//! From a stream whose length isn't known to an object.

use crate::body::Body;
use crate::client::Call;
use crate::engine::{self, Shared};
use crate::error::TransferError;
use crate::limits;
use crate::operation::Op;
use crate::plan::{Job, Place};
use crate::upload::{self, Done};
use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Parts on their way from the reader to the senders.
#[derive(Default)]
struct State {
    waiting: VecDeque<(u64, Vec<u8>)>,
    /// Parts in memory: waiting or being sent.
    held: usize,
    free: Vec<Vec<u8>>,
    ended: bool,
    done: Vec<Option<Done>>,
    error: Option<TransferError>,
}

/// Reads until `buffer` holds `size` bytes or the stream ends.
fn fill(input: &mut dyn Read, buffer: &mut Vec<u8>, size: u64, cx: &Shared<'_>) -> Result<(), TransferError> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    while buffer.len() < size {
        if cx.stop.is_stopping() {
            return Err(TransferError::Cancelled);
        }
        let start = buffer.len();
        // Grows as bytes arrive: a short stream doesn't cost a whole part.
        let step = (size - start).min(start.max(64 << 10)).min(1 << 20);
        buffer.resize(start + step, 0);
        let n = match input.read(&mut buffer[start..]) {
            Ok(n) => n,
            // A signal isn't the end of the stream. Whether it asks to stop is known a little later.
            Err(e) if e.kind() == ErrorKind::Interrupted => {
                buffer.truncate(start);
                std::thread::sleep(limits::SIGNAL_NOTICED);
                continue;
            }
            Err(e) => return Err(TransferError::local_bare(e)),
        };
        buffer.truncate(start + n);
        if n == 0 {
            // What a stop cut short isn't the whole stream either.
            return if cx.stop.is_stopping() { Err(TransferError::Cancelled) } else { Ok(()) };
        }
    }
    Ok(())
}

/// Uploads a stream. `expected` is how long the user thinks it is.
pub(crate) fn upload(
    cx: &Shared<'_>,
    job: &Job,
    input: &mut (dyn Read + Send),
    expected: Option<u64>,
) -> Result<(), TransferError> {
    let (bucket, key) = engine::object(job.dest.as_ref().unwrap_or(&Place::Stream))?;
    cx.prepared.check_writable()?;
    let threshold = cx.config.threshold;
    let mut first = Vec::new();
    let in_parts = match expected {
        Some(expected) => expected >= threshold,
        None => {
            fill(input, &mut first, threshold, cx)?;
            first.len() as u64 >= threshold
        }
    };
    if !in_parts {
        if expected.is_some() {
            fill(input, &mut first, u64::MAX, cx)?;
        }
        let mut call = Call::new(Op::PutObject, bucket, key);
        cx.prepared.put.add_to(&mut call);
        call.checksum = cx.prepared.upload_checksum;
        call.body = Body::Bytes(&first);
        cx.s3.send(&call, cx.later(&|_| {}))?;
        return Ok(());
    }
    let mut call = Call::new(Op::CreateUpload, bucket, key);
    cx.prepared.create.add_to(&mut call);
    let id = upload::create(cx.s3, call, cx)?;
    let outcome = send_parts(cx, bucket, key, &id, input, first, expected).and_then(|done| {
        let mut call = Call::new(Op::CompleteUpload, bucket, key);
        cx.prepared.complete.add_to(&mut call);
        upload::complete(cx.s3, call, &id, &done, cx)
    });
    match outcome {
        Ok(_) => Ok(()),
        Err(error) => {
            upload::abort(cx, bucket, key, &id);
            Err(error)
        }
    }
}

fn send_parts(
    cx: &Shared<'_>,
    bucket: &str,
    key: &str,
    id: &str,
    input: &mut (dyn Read + Send),
    mut rest: Vec<u8>,
    expected: Option<u64>,
) -> Result<Vec<Option<Done>>, TransferError> {
    let first_size = limits::part_size(cx.config.part_size, expected);
    let state = Mutex::new(State::default());
    let changed = Condvar::new();
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let wait =
        |guard| changed.wait_timeout(guard, Duration::from_millis(200)).unwrap_or_else(PoisonError::into_inner).0;
    let most = usize::try_from(limits::HELD_PARTS / first_size).unwrap_or(0).clamp(2, limits::MAX_HELD_PARTS);
    let read = |input: &mut (dyn Read + Send), rest: &mut Vec<u8>| -> Result<(), TransferError> {
        for number in 1_u64.. {
            let size = limits::stream_part_size(first_size, number);
            let mut part = {
                let mut guard = lock();
                while guard.held >= most && guard.error.is_none() {
                    if cx.stop.is_stopping() {
                        return Err(TransferError::Cancelled);
                    }
                    guard = wait(guard);
                }
                if guard.error.is_some() {
                    return Ok(());
                }
                guard.free.pop().unwrap_or_default()
            };
            part.clear();
            // What was read to decide comes first.
            let take = rest.len().min(usize::try_from(size).unwrap_or(usize::MAX));
            if part.capacity() == 0 && take == rest.len() {
                part = std::mem::take(rest);
            } else {
                part.extend_from_slice(&rest[..take]);
                rest.drain(..take);
            }
            fill(input, &mut part, size, cx)?;
            if part.is_empty() {
                return Ok(());
            }
            if number > limits::MAX_PARTS {
                return Err(TransferError::Invalid("The stream is longer than S3 takes.".into()));
            }
            let short = (part.len() as u64) < size;
            let mut guard = lock();
            guard.held += 1;
            guard.done.push(None);
            guard.waiting.push_back((number, part));
            drop(guard);
            changed.notify_all();
            if short {
                return Ok(());
            }
        }
        Ok(())
    };
    let send = || {
        loop {
            let (number, part) = {
                let mut guard = lock();
                loop {
                    if guard.error.is_some() {
                        return;
                    }
                    if let Some(part) = guard.waiting.pop_front() {
                        break part;
                    }
                    if guard.ended {
                        return;
                    }
                    guard = wait(guard);
                }
            };
            let mut call = Call::new(Op::UploadPart, bucket, key);
            call.query = upload::part_query(number, id).into();
            cx.prepared.part.add_to(&mut call);
            call.checksum = cx.prepared.upload_checksum;
            call.body = Body::Bytes(&part);
            let outcome = cx
                .s3
                .send(&call, cx.now(&|_| {}))
                .and_then(|answer| upload::part_done(&answer.headers, cx.prepared.upload_checksum));
            drop(call);
            let mut guard = lock();
            guard.held -= 1;
            guard.free.push(part);
            match outcome {
                Ok(done) => {
                    if let Some(place) = usize::try_from(number - 1).ok().and_then(|at| guard.done.get_mut(at)) {
                        *place = Some(done);
                    }
                }
                Err(error) => {
                    guard.error.get_or_insert(error);
                }
            }
            drop(guard);
            changed.notify_all();
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..most.min(cx.config.concurrency) {
            scope.spawn(send);
        }
        if let Err(error) = read(input, &mut rest) {
            lock().error.get_or_insert(error);
        }
        lock().ended = true;
        changed.notify_all();
    });
    let mut guard = lock();
    match guard.error.take() {
        Some(error) => Err(error),
        None => Ok(std::mem::take(&mut guard.done)),
    }
}
