//! An S3 server of which chosen requests go wrong.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::memory::{MODIFIED_ISO, Memory, error};
use crate::stub::{Reply, Request, Stub};

/// How a request goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done; this status and error code.
    Error(u16, &'static str),
    /// Nothing is done; the connection is closed.
    Refused,
    /// It is done, but the connection is closed instead of a reply.
    Lost,
    /// It is done, but the second half of the reply's body is missing.
    Cut,
    /// It is done, and the reply takes its time.
    Slow,
    /// Nothing is done, and nothing comes.
    Silent,
    /// It is done, but the reply's checksum isn't that of its body.
    Checksum,
    /// Nothing is done; a page of HTML with status 200, such as some gateways send.
    Page,
    /// The same, of HTML that isn't XML.
    LoosePage,
    /// Nothing is done; status 200 and nothing else.
    Empty,
    /// Nothing is done; a document of another kind.
    OtherRoot,
    /// It is done, but times in the reply can't be read.
    BadTime,
    /// It is done, but sizes in the reply's body can't be read.
    BadSize,
    /// It is done, but the reply says that more follows, and not how to get it.
    NoToken,
}

/// A running server with faults.
pub struct Faulty {
    memory: Arc<Memory>,
    stub: Stub,
    struck: Arc<Mutex<Vec<String>>>,
}

impl Faulty {
    /// Serves `memory`; `fault` is given each request and its number, from 1.
    ///
    /// # Errors
    /// When no port is to be had.
    pub fn start(
        memory: Memory,
        fault: impl Fn(usize, &Request) -> Option<Fault> + Send + Sync + 'static,
    ) -> io::Result<Faulty> {
        let (memory, struck) = (Arc::new(memory), Arc::default());
        let (store, strikes, count) = (Arc::clone(&memory), Arc::clone(&struck), AtomicUsize::new(0));
        let stub = Stub::start(move |request| {
            let Some(fault) = fault(count.fetch_add(1, Ordering::Relaxed) + 1, request) else {
                return store.answer(request);
            };
            let strikes: &Mutex<Vec<String>> = &strikes;
            let mut strikes = strikes.lock().unwrap_or_else(PoisonError::into_inner);
            strikes.push(format!("{} {}", request.method, request.target));
            strike(fault, || store.answer(request))
        })?;
        Ok(Faulty { memory, stub, struck })
    }

    /// What it holds.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The server itself.
    pub fn stub(&self) -> &Stub {
        &self.stub
    }

    /// Method and target of the requests that went wrong.
    pub fn struck(&self) -> Vec<String> {
        self.struck.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn strike(fault: Fault, done: impl FnOnce() -> Reply) -> Reply {
    match fault {
        Fault::Error(status, code) => error(status, code),
        Fault::Refused => Reply::Drop,
        Fault::Lost => {
            done();
            Reply::Drop
        }
        Fault::Cut => {
            let reply = done();
            let length = match &reply {
                Reply::Answer { body, .. } => body.len(),
                _ => 0,
            };
            Reply::Cut(Box::new(reply), length.div_ceil(2))
        }
        Fault::Slow => Reply::Slow(Box::new(done()), Duration::from_millis(100)),
        Fault::Silent => Reply::Hang,
        Fault::Checksum => done().with_header("x-amz-checksum-crc32", "AAAAAA=="),
        Fault::Page => Reply::new(200, "text/html", "<html><body>Welcome!</body></html>"),
        Fault::LoosePage => Reply::new(200, "text/html", "<!doctype html><title>Welcome!</title><p>Sign in<br>"),
        Fault::Empty => Reply::Answer { status: 200, headers: Vec::new(), body: [].into() },
        Fault::OtherRoot => Reply::xml("<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"),
        Fault::BadTime => {
            let reply = edited(done(), |body| {
                body.replace("<LastModified>", "<LastModified>yester").replace(MODIFIED_ISO, "day")
            });
            renamed(reply, "Last-Modified", "yesterday")
        }
        Fault::BadSize => edited(done(), |body| body.replace("<Size>", "<Size>many")),
        Fault::NoToken => edited(done(), |body| {
            let body = body.replace("<IsTruncated>false", "<IsTruncated>true");
            match (body.find("<NextContinuationToken>"), body.find("</NextContinuationToken>")) {
                (Some(from), Some(to)) => {
                    format!("{}{}", &body[..from], &body[to + "</NextContinuationToken>".len()..])
                }
                _ => body,
            }
        }),
    }
}

/// A reply with its body changed, where that is a document.
fn edited(mut reply: Reply, edit: impl FnOnce(String) -> String) -> Reply {
    if let Reply::Answer { body, .. } = &mut reply
        && body.starts_with(b"<")
        && let Ok(text) = std::str::from_utf8(body)
    {
        *body = edit(text.to_owned()).into_bytes().into();
    }
    reply
}

/// A reply with another value in a header that it has.
fn renamed(mut reply: Reply, name: &str, value: &str) -> Reply {
    if let Reply::Answer { headers, .. } = &mut reply {
        for (_, old) in headers.iter_mut().filter(|(n, _)| n == name) {
            value.clone_into(old);
        }
    }
    reply
}
