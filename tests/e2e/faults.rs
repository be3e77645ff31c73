//! Transfers of which something goes wrong: for every n, the n-th request. Whatever it is, nothing is lost, nothing half
//! written stands under its final name, no temporary file and no open upload stays behind, and the exit code says so.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::fault::{Fault, Faulty};
use oxaws_testkit::memory::{Data, Memory};
use oxaws_testkit::stub::Request;

/// Uploads and copies in parts of the smallest size there is; what is below the threshold goes in one request.
const UPLOADS: &str =
    "[default]\ns3 =\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n  max_concurrent_requests = 2\n";
/// Downloads may have parts of any size.
const DOWNLOADS: &str =
    "[default]\ns3 =\n  multipart_threshold = 64KB\n  multipart_chunksize = 64KB\n  max_concurrent_requests = 2\n";

/// Runs at a time: most of them wait.
const AT_A_TIME: usize = 6;

/// Letters without a pattern.
pub fn letters(size: usize) -> Data {
    let mut state = size as u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + (state >> 16) as u8 % 26
    };
    (0..size).map(next).collect()
}

/// Three parts of an upload.
pub fn large() -> Data {
    static LARGE: OnceLock<Data> = OnceLock::new();
    Arc::clone(LARGE.get_or_init(|| letters((10 << 20) + 77)))
}

/// A command and the world it starts in.
#[derive(Default)]
struct Situation {
    args: &'static [&'static str],
    config: &'static str,
    stored: Vec<(&'static str, Data)>,
    local: Vec<(&'static str, Data)>,
    stdin: Option<Data>,
}

/// What became of it.
struct Ended {
    outcome: Outcome,
    objects: BTreeMap<String, Data>,
    files: BTreeMap<String, Data>,
    requests: usize,
    open: usize,
    struck: Vec<String>,
}

/// What a faulty run is expected to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// The fault can't be got over.
    Failure,
    /// The fault is got over.
    Success,
    /// That depends on the request.
    Either,
}

/// How requests go wrong, how many attempts there are, and what is expected.
const FAULTS: &[(Fault, u32, Expected)] = &[
    (Fault::Error(500, "InternalError"), 1, Expected::Failure),
    (Fault::Error(403, "AccessDenied"), 1, Expected::Failure),
    (Fault::Refused, 1, Expected::Either),
    (Fault::Lost, 1, Expected::Either),
    (Fault::Cut, 1, Expected::Either),
    (Fault::Checksum, 1, Expected::Either),
    (Fault::Page, 1, Expected::Failure),
    (Fault::LoosePage, 1, Expected::Failure),
    (Fault::Empty, 1, Expected::Failure),
    (Fault::OtherRoot, 1, Expected::Failure),
    (Fault::BadTime, 1, Expected::Failure),
    (Fault::BadSize, 1, Expected::Failure),
    (Fault::NoToken, 1, Expected::Failure),
    (Fault::Error(503, "SlowDown"), 2, Expected::Success),
    (Fault::Refused, 2, Expected::Success),
    (Fault::Lost, 2, Expected::Either),
    (Fault::Slow, 1, Expected::Success),
    (Fault::Silent, 3, Expected::Success),
];

pub fn files_below(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Data>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path() {
            path if path.is_dir() => files_below(&path, &format!("{name}/"), found),
            path => {
                found.insert(name, fs::read(path).expect("a file").into());
            }
        }
    }
}

fn play(
    situation: &Situation,
    attempts: u32,
    read_timeout: &str,
    fault: impl Fn(usize, &Request) -> Option<Fault> + Send + Sync + 'static,
) -> Ended {
    let memory = Memory::with(situation.stored.iter().cloned());
    let server = Faulty::start(memory, fault).expect("the server starts");
    let aws = Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", server.stub().url());
    let aws = aws.with("AWS_MAX_ATTEMPTS", attempts.to_string());
    aws.config(situation.config).expect("a file");
    for (name, data) in &situation.local {
        aws.file(name, data).expect("a file");
    }
    let args = [&["--cli-read-timeout", read_timeout, "s3"], situation.args].concat();
    let outcome = match &situation.stdin {
        Some(input) => aws.feed(&args, input),
        None => aws.run(&args),
    };
    let mut files = BTreeMap::new();
    files_below(&aws.work(), "", &mut files);
    Ended {
        outcome: outcome.expect("the executable starts"),
        objects: server.memory().objects(),
        files,
        requests: server.stub().count(),
        open: server.memory().open_uploads(),
        struck: server.struck(),
    }
}

/// What is wrong with a run, in words.
fn problems(situation: &Situation, clean: &Ended, run: &Ended, expected: Expected) -> Vec<String> {
    let mut found = Vec::new();
    let (code, stderr) = (run.outcome.code, run.outcome.stderr.as_str());
    if !matches!(code, 0 | 1) || stderr.contains("panicked") {
        found.push(format!("exit code {code}"));
    }
    // A batch that is refused is deleted one by one.
    let is_batch = run.struck.iter().any(|r| r.ends_with("?delete"));
    match expected {
        Expected::Failure if code == 0 && !is_batch && !run.struck.is_empty() => found.push("didn't fail".into()),
        Expected::Success if code != 0 => found.push("didn't get over it".into()),
        _ => {}
    }
    let streams = situation.args.last() == Some(&"-");
    let same_output = !streams || run.outcome.stdout == clean.outcome.stdout;
    if code == 0 && !(run.objects == clean.objects && run.files == clean.files && same_output) {
        found.push("claims a success that isn't one".into());
    }
    if code != 0 && stderr.trim().is_empty() {
        found.push("fails without a word".into());
    }
    if streams && !clean.outcome.stdout.starts_with(&run.outcome.stdout) {
        found.push("writes what isn't the object".into());
    }
    let stored: BTreeMap<String, Data> = situation.stored.iter().map(|(n, d)| ((*n).to_owned(), d.clone())).collect();
    let local: BTreeMap<String, Data> = situation.local.iter().map(|(n, d)| ((*n).to_owned(), d.clone())).collect();
    for (what, now, before, after) in
        [("object", &run.objects, &stored, &clean.objects), ("file", &run.files, &local, &clean.files)]
    {
        for (name, data) in now {
            if before.get(name) != Some(data) && after.get(name) != Some(data) {
                let known = before.contains_key(name) || after.contains_key(name);
                found.push(format!("{what} {name} {}", if known { "is half written" } else { "is left behind" }));
            }
        }
    }
    let there = |data: &Data| run.objects.values().chain(run.files.values()).any(|d| d == data);
    let wanted = |data: &&Data| clean.objects.values().chain(clean.files.values()).any(|d| d == *data);
    if stored.values().chain(local.values()).filter(wanted).any(|data| !there(data)) {
        found.push("something is lost".into());
    }
    // What isn't known to be gone from the source isn't deleted at the destination.
    if code != 0 && run.struck.iter().any(|r| r.starts_with("GET /b?") || r.starts_with("GET /c?")) {
        let deleted = |now: &BTreeMap<String, Data>, before: &BTreeMap<String, Data>| {
            before.keys().any(|name| name.ends_with("zz") && !now.contains_key(name))
        };
        if deleted(&run.files, &local) || deleted(&run.objects, &stored) {
            found.push("deletes after a listing that failed".into());
        }
    }
    // Only one whose id never arrived can't be aborted.
    if run.open > 0 && !run.struck.iter().any(|r| r.ends_with("?uploads")) {
        found.push("an upload stays open".into());
    }
    found
}

/// Whether a fault is one to this request, and one that can be told from a good reply.
fn applies(fault: Fault, request: &Request, args: &[&str]) -> bool {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let is_listing = query.contains("list-type=2");
    let part = query.contains("partNumber=");
    match fault {
        Fault::BadSize | Fault::NoToken => is_listing,
        // Objects, listings and copies of objects come with a time.
        Fault::BadTime => {
            let copies = request.header("x-amz-copy-source").is_some() && !part;
            let tags = query.contains("tagging");
            is_listing
                || copies
                || (!tags && matches!(request.method.as_str(), "GET" | "HEAD") && path.matches('/').count() > 1)
        }
        // Some servers leave out the ETag of an upload. What is moved stays without one.
        Fault::Empty if request.method == "PUT" => {
            args[0] == "mv" || part || request.header("x-amz-copy-source").is_some()
        }
        Fault::Empty => request.method != "DELETE",
        _ => true,
    }
}

/// Plays the situation without a fault, then with each fault at each request.
#[track_caller]
fn every_request(situation: Situation) {
    let clean = play(&situation, 1, "60", |_, _| None);
    assert_eq!((clean.outcome.code, clean.outcome.stderr.as_str(), clean.open), (0, "", 0));
    assert!(!(clean.objects.is_empty() && clean.files.is_empty() && situation.args[0] != "rm"));
    let args = situation.args;
    let runs: Vec<(usize, Fault, u32, Expected)> =
        (1..=clean.requests).flat_map(|n| FAULTS.iter().map(move |(f, a, e)| (n, *f, *a, *e))).collect();
    let (situation, next, bad) = (&situation, AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some(&(n, fault, attempts, expected)) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // On a busy machine every request may take a while.
                    let read_timeout = if fault == Fault::Silent { "1" } else { "60" };
                    let run = play(situation, attempts, read_timeout, move |at, request| {
                        (at == n && applies(fault, request, args)).then_some(fault)
                    });
                    let problems = problems(situation, &clean, &run, expected);
                    if !problems.is_empty() {
                        bad.lock().expect("no panic").push(format!(
                            "{fault:?} at request {n} ({}), {attempts} attempts: {}; exit {}: {}",
                            run.struck.join(", "),
                            problems.join(", "),
                            run.outcome.code,
                            run.outcome.stderr.trim()
                        ));
                    }
                }
            });
        }
    });
    let bad = bad.into_inner().expect("no panic");
    assert!(bad.is_empty(), "{} of {} runs went wrong:\n{}", bad.len(), runs.len(), bad.join("\n"));
}

fn small() -> Data {
    letters(1000)
}

/// Three parts of a download.
fn medium() -> Data {
    letters(150_000)
}

fn some(prefix: &[&'static str]) -> Vec<(&'static str, Data)> {
    prefix.iter().enumerate().map(|(at, name)| (*name, letters(10 + at))).collect()
}

#[test]
fn upload() {
    let local = vec![("f", small())];
    every_request(Situation { args: &["cp", "f", "s3://b/k"], config: UPLOADS, local, ..Default::default() });
}

#[test]
fn upload_over_another_object() {
    let (local, stored) = (vec![("f", large())], vec![("b/k", small())]);
    every_request(Situation { args: &["cp", "f", "s3://b/k"], config: UPLOADS, local, stored, ..Default::default() });
}

#[test]
fn download() {
    let stored = vec![("b/k", small())];
    every_request(Situation { args: &["cp", "s3://b/k", "g"], config: DOWNLOADS, stored, ..Default::default() });
}

#[test]
fn download_over_another_file() {
    let (local, stored) = (vec![("g", small())], vec![("b/k", medium())]);
    every_request(Situation { args: &["cp", "s3://b/k", "g"], config: DOWNLOADS, local, stored, ..Default::default() });
}

#[test]
fn copy() {
    let stored = vec![("b/k", small())];
    every_request(Situation { args: &["cp", "s3://b/k", "s3://c/m"], config: UPLOADS, stored, ..Default::default() });
}

#[test]
fn copy_in_parts() {
    let stored = vec![("b/k", large())];
    every_request(Situation { args: &["cp", "s3://b/k", "s3://c/m"], config: UPLOADS, stored, ..Default::default() });
}

#[test]
fn upload_of_a_stream() {
    let stdin = Some(small());
    every_request(Situation { args: &["cp", "-", "s3://b/k"], config: UPLOADS, stdin, ..Default::default() });
}

#[test]
fn upload_of_a_long_stream() {
    let stdin = Some(large());
    every_request(Situation { args: &["cp", "-", "s3://b/k"], config: UPLOADS, stdin, ..Default::default() });
}

#[test]
fn download_to_a_stream() {
    for data in [small(), medium()] {
        let stored = vec![("b/k", data)];
        every_request(Situation { args: &["cp", "s3://b/k", "-"], config: DOWNLOADS, stored, ..Default::default() });
    }
}

#[test]
fn sync_up() {
    let (local, stored) = (some(&["d/a", "d/e/b", "d/f"]), vec![("b/p/zz", letters(5))]);
    let args = &["sync", "d", "s3://b/p", "--delete"];
    every_request(Situation { args, config: UPLOADS, local, stored, ..Default::default() });
}

#[test]
fn sync_down() {
    let (stored, local) = (some(&["b/p/a", "b/p/e/b", "b/p/f"]), vec![("d/zz", letters(5))]);
    let args = &["sync", "s3://b/p", "d", "--delete", "--page-size", "2"];
    every_request(Situation { args, config: DOWNLOADS, local, stored, ..Default::default() });
}

#[test]
fn sync_of_buckets() {
    let stored = vec![("b/p/a", letters(5)), ("b/p/b", letters(6)), ("c/q/zz", letters(7))];
    let args = &["sync", "s3://b/p", "s3://c/q", "--delete"];
    every_request(Situation { args, config: UPLOADS, stored, ..Default::default() });
}

#[test]
fn move_up() {
    let local = vec![("f", small())];
    every_request(Situation { args: &["mv", "f", "s3://b/k"], config: UPLOADS, local, ..Default::default() });
}

#[test]
fn move_up_in_parts() {
    let local = vec![("f", large())];
    every_request(Situation { args: &["mv", "f", "s3://b/k"], config: UPLOADS, local, ..Default::default() });
}

#[test]
fn move_down() {
    for data in [small(), medium()] {
        let stored = vec![("b/k", data)];
        every_request(Situation { args: &["mv", "s3://b/k", "g"], config: DOWNLOADS, stored, ..Default::default() });
    }
}

#[test]
fn move_of_several_down() {
    let stored = some(&["b/p/a", "b/p/e/b", "b/p/f"]);
    let args = &["mv", "s3://b/p", "d", "--recursive", "--page-size", "2"];
    every_request(Situation { args, config: DOWNLOADS, stored, ..Default::default() });
}

#[test]
fn move_between_buckets() {
    for data in [small(), large()] {
        let (args, stored): (&[&str], _) = (&["mv", "s3://b/k", "s3://c/m"], vec![("b/k", data)]);
        every_request(Situation { args, config: UPLOADS, stored, ..Default::default() });
    }
}

#[test]
fn removal() {
    let (args, stored) = (&["rm", "s3://b/p", "--recursive", "--page-size", "2"], some(&["b/p/a", "b/p/b", "b/p/c"]));
    every_request(Situation { args, stored, ..Default::default() });
}

#[test]
fn removal_of_many() {
    static NAMES: OnceLock<Vec<String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| (0..130).map(|n| format!("b/p/{n:03}")).collect());
    let stored = names.iter().map(|name| (name.as_str(), letters(3))).collect();
    let args = &["rm", "s3://b/p", "--recursive", "--page-size", "70"];
    every_request(Situation { args, stored, ..Default::default() });
}

#[test]
fn an_upload_that_can_not_be_aborted_either() {
    let situation = Situation {
        args: &["cp", "f", "s3://b/k"],
        config: UPLOADS,
        local: vec![("f", large())],
        ..Default::default()
    };
    let run = play(&situation, 1, "60", |_, request| {
        let part = request.target.contains("partNumber=2") || request.method == "DELETE";
        part.then_some(Fault::Error(500, "InternalError"))
    });
    assert_eq!((run.outcome.code, run.open, run.objects.len()), (1, 1, 0));
    assert!(run.outcome.stderr.contains("(InternalError) when calling the UploadPart"), "{}", run.outcome.stderr);
    assert_eq!(run.struck.iter().filter(|r| r.starts_with("DELETE")).count(), 1);
}

#[test]
fn ctrl_c_in_the_middle() {
    for (args, config) in [
        (["cp", "f", "s3://b/new"], UPLOADS),
        (["cp", "s3://b/k", "s3://b/new"], UPLOADS),
        (["cp", "s3://b/m", "f"], DOWNLOADS),
    ] {
        let (waiting, waits) = mpsc::channel();
        let memory = Memory::with([("b/k", large()), ("b/m", medium())]);
        // The second part is never answered.
        let server = Faulty::start(memory, move |_, request| {
            let second =
                request.target.contains("partNumber=2") || request.header("range") == Some("bytes=65536-131071");
            second.then(|| {
                let _ = waiting.send(());
                Fault::Silent
            })
        });
        let server = server.expect("the server starts");
        let aws = Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", server.stub().url());
        aws.config(config).expect("a file");
        aws.file("f", large()).expect("a file");
        let ready = || waits.recv_timeout(Duration::from_secs(60)).expect("the second part is asked for");
        let args = [&["s3"], &args[..], &["--no-progress"]].concat();
        aws.interrupt(&args, ready)
            .expect("the executable starts")
            .check("exit 1\n--- stderr\ncancelled: ctrl-c received");
        let mut files = BTreeMap::new();
        files_below(&aws.work(), "", &mut files);
        assert_eq!((server.memory().open_uploads(), server.memory().objects().len()), (0, 2), "{args:?}");
        assert!(files.len() == 1 && files["f"] == large(), "{args:?}");
    }
}
