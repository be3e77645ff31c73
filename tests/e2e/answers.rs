//! Answers that aren't S3's, or not the ones that were asked for: nothing is reported, deleted or overwritten by them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::memory::{Data, Memory};
use oxaws_testkit::stub::{Reply, Request, Stub};

use crate::faults::{files_below, letters};
use crate::servers::{run, stub};

/// Parts of this size, one at a time.
const PART: usize = 64 << 10;
const CONFIG: &str =
    "[default]\ns3 =\n  multipart_threshold = 64KB\n  multipart_chunksize = 64KB\n  max_concurrent_requests = 1\n";
const PAGE: &str = "<html><body>Welcome!</body></html>";

/// Three parts.
fn medium() -> Data {
    letters(150_000)
}

/// A store behind a server that may answer in its place.
struct Store {
    memory: Arc<Memory>,
    stub: Stub,
    aws: Aws,
}

impl Store {
    /// `answer` is given each request and what the store answers.
    fn start<'a>(
        objects: impl IntoIterator<Item = (&'a str, Data)>,
        answer: impl Fn(&Request, &dyn Fn() -> Reply) -> Reply + Send + Sync + 'static,
    ) -> Store {
        let memory = Arc::new(Memory::with(objects));
        let store = Arc::clone(&memory);
        let stub = Stub::start(move |request| answer(request, &|| store.answer(request))).expect("the stub starts");
        let aws = Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", stub.url()).with("AWS_MAX_ATTEMPTS", "1");
        aws.config(CONFIG).expect("a file");
        Store { memory, stub, aws }
    }

    fn run(&self, args: &[&str]) -> Outcome {
        run(&self.aws, &[&["s3"], args, &["--no-progress"]].concat())
    }

    fn files(&self) -> BTreeMap<String, Data> {
        let mut files = BTreeMap::new();
        files_below(&self.aws.work(), "", &mut files);
        files
    }

    fn count(&self, is: impl Fn(&Request) -> bool) -> usize {
        self.stub.requests().iter().filter(|r| is(r)).count()
    }
}

fn page() -> Reply {
    Reply::new(200, "text/html", PAGE)
}

#[test]
fn a_move_needs_an_etag() {
    let store = Store::start([], |_, _| Reply::Answer { status: 200, headers: Vec::new(), body: [].into() });
    store.aws.file("f", b"data").expect("a file");
    store.run(&["cp", "f", "s3://b/k"]).check("exit 0\n--- stdout\nupload: ./f to s3://b/k");
    store.run(&["mv", "f", "s3://b/k"]).check(
        "exit 1\n--- stderr\nmove failed: ./f to s3://b/k The answer to PutObject is not what S3 sends: no ETag, which would \
         show that the object was stored (status 200, content type none)",
    );
    assert_eq!(store.files().len(), 1);
}

#[test]
fn an_error_without_a_key_may_be_any_keys() {
    let names: Vec<String> = (0..100).map(|n| format!("b/{n:03}")).collect();
    let objects = names.iter().map(|name| (name.as_str(), letters(3)));
    let store = Store::start(objects, |request, answer| match request.method.as_str() {
        "POST" => Reply::xml("<DeleteResult><Error><Code>AccessDenied</Code></Error></DeleteResult>"),
        "DELETE" => Reply::new(403, "text/xml", "<Error><Code>AccessDenied</Code></Error>"),
        _ => answer(),
    });
    let outcome = run(&store.aws, &["s3", "rm", "s3://b", "--recursive"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""));
    assert_eq!((outcome.stderr.lines().count(), store.memory.objects().len()), (100, 100));
}

#[test]
fn buckets_and_pages() {
    let (aws, _stub) = stub([page()]);
    let text = "is not what S3 sends: an HTML page (status 200, content type text/html, body begins \
                b'<html><body>Welcome!</body></html>')";
    for (args, code) in [(["s3", "ls", "s3://b"], 255), (["s3", "mb", "s3://b"], 1), (["s3", "rb", "s3://b"], 1)] {
        let outcome = run(&aws, &args);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (code, ""), "{args:?}");
        assert!(outcome.stderr.contains(text), "{}", outcome.stderr);
    }
    let outcome = run(&aws, &["s3", "rb", "s3://b", "--force"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (255, ""));
    assert!(outcome.stderr.starts_with("fatal error: ") && outcome.stderr.contains("Unable to delete all objects"));
}

#[test]
fn a_page_that_is_stored_is_an_object() {
    let body = PAGE.as_bytes();
    let store = Store::start([("b/index.html", Data::from(body))], |_, answer| {
        answer().with_header("Content-Type", "text/html")
    });
    store.run(&["cp", "s3://b/index.html", "-"]).check(&format!("exit 0\n--- stdout\n{PAGE}[no newline]"));
    store
        .run(&["mv", "s3://b", ".", "--recursive"])
        .check("exit 0\n--- stdout\nmove: s3://b/index.html to ./index.html");
}

#[test]
fn a_page_of_the_objects_length() {
    let data = Data::from(PAGE.to_ascii_uppercase().as_bytes());
    let store = Store::start([("b/k", data)], |request, answer| match request.method.as_str() {
        "GET" if request.target == "/b/k" => page(),
        _ => answer(),
    });
    for args in [["cp", "s3://b/k", "-"], ["mv", "s3://b/k", "f"]] {
        let outcome = store.run(&args);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""));
        assert!(outcome.stderr.contains("an HTML page"), "{}", outcome.stderr);
    }
    assert!(store.files().is_empty() && store.memory.objects().len() == 1);
}

/// A server that breaks off the first `times` answers to the range that begins at `from`.
fn cutting(times: usize, from: &'static str) -> Store {
    let left = AtomicUsize::new(times);
    Store::start([("b/k", medium())], move |request, answer| {
        let struck = request.header("range").is_some_and(|r| r.starts_with(from))
            && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok();
        if struck { Reply::Cut(Box::new(answer()), 1000) } else { answer() }
    })
}

#[test]
fn a_range_that_is_cut_is_asked_for_five_times() {
    let store = cutting(4, "bytes=65536-");
    store.run(&["cp", "s3://b/k", "f"]).check("exit 0\n--- stdout\ndownload: s3://b/k to ./f");
    assert_eq!(store.files()["f"], medium());
    let store = cutting(5, "bytes=65536-");
    store
        .run(&["cp", "s3://b/k", "f"])
        .check("exit 1\n--- stderr\ndownload failed: s3://b/k to ./f Max Retries Exceeded");
    assert!(store.files().is_empty());
    assert_eq!(store.count(|r| r.header("range").is_some_and(|r| r.starts_with("bytes=65536-"))), 5);
}

#[test]
fn a_stream_goes_on_where_it_was_cut() {
    let store = cutting(1, "bytes=65536-");
    let outcome = store.run(&["cp", "s3://b/k", "-"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert!(outcome.stdout.as_bytes() == &*medium());
    let again = |r: &Request| r.header("range") == Some("bytes=130072-131071") && r.header("if-match").is_some();
    assert_eq!(store.count(again), 1);
}

#[test]
fn a_bucket_elsewhere_is_asked_for_once() {
    let store = Store::start([], |request, answer| match request.header("authorization") {
        Some(text) if text.contains("/eu-west-1/s3/") => answer(),
        _ => {
            let body = "<Error><Code>PermanentRedirect</Code><Message>x.</Message><Endpoint>e</Endpoint></Error>";
            Reply::new(301, "text/xml", body).with_header("x-amz-bucket-region", "eu-west-1")
        }
    });
    for name in ["d/1", "d/2", "d/3"] {
        store.aws.file(name, b"data").expect("a file");
    }
    let outcome = store.run(&["cp", "d", "s3://b", "--recursive"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert_eq!((store.stub.count(), store.memory.objects().len()), (4, 3));
}

#[test]
fn a_bucket_that_is_nowhere() {
    let store = Store::start([], |_, _| {
        let body = "<Error><Code>PermanentRedirect</Code><Message>x.</Message><Endpoint>e</Endpoint></Error>";
        Reply::new(301, "text/xml", body).with_header("x-amz-bucket-region", "eu-west-1")
    });
    store.aws.file("f", b"data").expect("a file");
    let outcome = store.run(&["mv", "f", "s3://b/k"]);
    assert_eq!((outcome.code, store.stub.count(), store.files().len()), (1, 2, 1));
    assert!(outcome.stderr.starts_with("move failed: ./f to s3://b/k An error occurred (PermanentRedirect)"));
}

#[test]
fn what_counts_attempts_is_not_signed() {
    let (aws, stub) = stub([Reply::xml("").with_header("ETag", "\"1\"")]);
    aws.file("f", b"data").expect("a file");
    run(&aws, &["s3", "cp", "f", "s3://b/k"]);
    run(&aws, &["s3api", "put-object", "--bucket", "b", "--key", "k", "--body", "f"]);
    let signed = |r: &Request| {
        let text = r.header("authorization").unwrap_or_default();
        let names = text.split("SignedHeaders=").nth(1).and_then(|t| t.split(',').next()).unwrap_or_default();
        names.split(';').map(str::to_owned).collect::<Vec<_>>()
    };
    let requests = stub.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|r| r.header("amz-sdk-request").is_some_and(|v| v.starts_with("attempt=1"))));
    let names = signed(&requests[0]);
    assert!(names.len() > 1 && !names.iter().any(|n| n.starts_with("amz-sdk-")), "{names:?}");
    assert_eq!(signed(&requests[0]), signed(&requests[1]));
}

fn crc32(data: &[u8]) -> [u8; 4] {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| (c >> 1) ^ (0xedb8_8320 & (c & 1).wrapping_neg()))
    };
    (!data.iter().fold(!0, step)).to_be_bytes()
}

/// Four bytes in base64.
fn base64(bytes: [u8; 4]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let word = u64::from(u32::from_be_bytes(bytes)) << 4;
    (0..6).rev().map(|n| char::from(DIGITS[(word >> (6 * n)) as usize & 63])).chain(['=', '=']).collect()
}

/// The checksum of the whole, or of parts of this size.
fn checksum(data: &[u8], part: Option<usize>) -> String {
    let Some(part) = part else { return base64(crc32(data)) };
    let parts: Vec<[u8; 4]> = data.chunks(part).map(crc32).collect();
    format!("{}-{}", base64(crc32(&parts.concat())), parts.len())
}

/// Where a server gives the checksum of an object.
#[derive(Clone, Copy, PartialEq)]
enum Carried {
    /// In the answer to a HEAD, which the listing gives cause for.
    Head,
    /// With every range.
    Ranges,
}

/// A server with a checksum of its object, made of parts of size `part`, that may change a byte on the way.
fn with_checksum(part: Option<usize>, carried: Carried, flips: bool, knows_parts: bool) -> Store {
    Store::start([("b/p/k", medium())], move |request, answer| {
        let kind = if part.is_some() { "COMPOSITE" } else { "FULL_OBJECT" };
        let marked = |reply: Reply| {
            let asked = request.header("x-amz-checksum-mode").is_some();
            assert!(asked, "the checksum is asked for");
            let reply = reply.with_header("x-amz-checksum-crc32", &checksum(&medium(), part));
            reply.with_header("x-amz-checksum-type", kind)
        };
        let Reply::Answer { status, headers, body } = answer() else { return Reply::Drop };
        let mut bytes = body.to_vec();
        match request.method.as_str() {
            "HEAD" if request.target.contains("partNumber=1") => match part.filter(|_| knows_parts) {
                Some(part) => Reply::Answer { status, headers, body: body[..part].into() },
                None => Reply::new(400, "text/xml", ""),
            },
            "HEAD" if carried == Carried::Head => marked(Reply::Answer { status, headers, body }),
            "GET" if request.target.contains("list-type=2") && carried == Carried::Head => {
                let text = String::from_utf8_lossy(&body);
                Reply::xml(text.replace("<Size>", "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><Size>").into_bytes())
            }
            "GET" if request.header("range").is_some() => {
                if flips && request.header("range") == Some("bytes=65536-131071") {
                    bytes[7] ^= 1;
                }
                let reply = Reply::Answer { status, headers, body: bytes.into() };
                if carried == Carried::Ranges { marked(reply) } else { reply }
            }
            _ => Reply::Answer { status, headers, body },
        }
    })
}

#[test]
fn large_downloads_are_checked_as_a_whole() {
    for part in [None, Some(PART), Some(140_000)] {
        for carried in [Carried::Head, Carried::Ranges] {
            for args in [
                ["sync", "s3://b/p", "d", "--no-progress"],
                ["cp", "s3://b/p", "d", "--recursive"],
                ["mv", "s3://b/p", "d", "--recursive"],
            ] {
                let store = with_checksum(part, carried, false, true);
                let outcome = store.run(&args);
                assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{args:?}");
                assert_eq!(store.files()["d/k"], medium());

                let store = with_checksum(part, carried, true, true);
                let outcome = store.run(&args);
                assert_eq!((outcome.code, store.files().len(), store.memory.objects().len()), (1, 0, 1), "{args:?}");
                assert!(outcome.stderr.contains("Expected full object checksum (crc32)"), "{}", outcome.stderr);
            }
        }
    }
}

#[test]
fn what_could_not_be_checked_is_not_deleted() {
    let store = with_checksum(Some(140_000), Carried::Head, false, false);
    let outcome = store.run(&["mv", "s3://b/p", "d", "--recursive"]);
    assert_eq!((outcome.code, store.files().len(), store.memory.objects().len()), (1, 0, 1));
    assert!(outcome.stderr.contains("could not be compared"), "{}", outcome.stderr);
    let outcome = store.run(&["sync", "s3://b/p", "d"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
}
