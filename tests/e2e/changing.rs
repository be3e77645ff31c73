//! Sources that change while they are moved, and keys that lead to one path: whatever nobody else has stays.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::memory::{Data, Memory};
use oxaws_testkit::stub::{Request, Stub};

use crate::faults::{large, letters};

const CONFIG: &str = "[default]\ns3 =\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n";

/// When something else happens, as seen from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Before it is answered.
    Before,
    /// After the server did what it asks for.
    After,
}

/// A server whose first request that fits is accompanied by `change`.
struct Changing {
    memory: Arc<Memory>,
    aws: Aws,
    _stub: Stub,
}

impl Changing {
    fn start(
        memory: Memory,
        when: When,
        fits: impl Fn(&Request) -> bool + Send + Sync + 'static,
        change: impl Fn(&Memory, &Path) + Send + Sync + 'static,
    ) -> Changing {
        let memory = Arc::new(memory);
        let (store, work, done) = (Arc::clone(&memory), Arc::new(OnceLock::<PathBuf>::new()), AtomicBool::new(false));
        let place = Arc::clone(&work);
        let stub = Stub::start(move |request| {
            let now = fits(request) && !done.swap(true, Ordering::AcqRel);
            let change = || place.get().into_iter().for_each(|place| change(&store, place));
            if now && when == When::Before {
                change();
            }
            let reply = store.answer(request);
            if now && when == When::After {
                change();
            }
            reply
        });
        let stub = stub.expect("the server starts");
        let aws = Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", stub.url()).with("AWS_MAX_ATTEMPTS", "1");
        aws.config(CONFIG).expect("a file");
        work.set(aws.work()).expect("set once");
        Changing { memory, aws, _stub: stub }
    }

    fn run(&self, args: &[&str]) -> Outcome {
        self.aws.run(&[&["s3"], args, &["--no-progress"]].concat()).expect("the executable starts")
    }
}

fn is_put(request: &Request) -> bool {
    request.method == "PUT"
}

#[test]
fn a_file_that_changes_while_it_is_moved_stays() {
    type Change = fn(&Path, &Data);
    let changes: [(&str, Change); 4] = [
        ("grew", |file, data| fs::write(file, [data, &b"more"[..]].concat()).expect("a file")),
        ("was rewritten", |file, data| fs::write(file, vec![b'x'; data.len()]).expect("a file")),
        ("was replaced", |file, data| {
            let other = file.with_extension("new");
            fs::write(&other, vec![b'y'; data.len()]).expect("a file");
            fs::rename(other, file).expect("a file");
        }),
        ("was emptied", |file, _| fs::write(file, "").expect("a file")),
    ];
    for data in [letters(1000), letters(300 << 10), large()] {
        for (what, change) in changes {
            let sent = Arc::clone(&data);
            let server = Changing::start(Memory::default(), When::After, is_put, move |_, work| {
                change(&work.join("f"), &sent);
            });
            server.aws.file("f", &data).expect("a file");
            let outcome = server.run(&["mv", "f", "s3://b/k"]);
            let left = fs::read(server.aws.work().join("f")).expect("the file stays");
            assert_eq!(outcome.code, 1, "a file of {} bytes that {what}: {}", data.len(), outcome.stderr);
            assert!(outcome.stderr.starts_with("move failed: ./f to s3://b/k "), "{}", outcome.stderr);
            assert!(*left != *data, "{what}");
        }
        // The same without a change.
        let server = Changing::start(Memory::default(), When::After, is_put, |_, _| {});
        server.aws.file("f", &data).expect("a file");
        server.run(&["mv", "f", "s3://b/k"]).check("exit 0\n--- stdout\nmove: ./f to s3://b/k\n");
        assert!(!server.aws.work().join("f").exists());
    }
}

#[test]
fn a_file_that_grew_before_it_was_opened_stays() {
    // The listing of the destination is asked for before the first file is listed; the second one grows meanwhile.
    let server = Changing::start(Memory::default(), When::Before, is_put, |_, work| {
        fs::write(work.join("d/z"), "longer than before").expect("a file");
    });
    let config = "[default]\ns3 =\n  max_concurrent_requests = 1\n  max_queue_size = 10\n";
    server.aws.config(config).expect("a file");
    server.aws.file("d/a", "a").expect("a file");
    server.aws.file("d/z", "z").expect("a file");
    let outcome = server.run(&["mv", "d", "s3://b/p", "--recursive"]);
    assert!(server.aws.work().join("d/z").exists());
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
}

#[test]
fn an_object_that_changes_while_it_is_moved_stays() {
    let is = |method: &'static str, path: &'static str| {
        move |request: &Request| request.method == method && request.target.starts_with(path)
    };
    let newer: Data = letters(77);
    for data in [letters(1000), large()] {
        let rows: [(&[&str], &str, &str, When); 5] = [
            (&["mv", "s3://b/k", "s3://c/m"], "HEAD", "/b/k", When::After),
            (&["mv", "s3://b/k", "s3://c/m"], "PUT", "/c/m", When::After),
            (&["mv", "s3://b/k", "g"], "HEAD", "/b/k", When::After),
            (&["mv", "s3://b/k", "g"], "GET", "/b/k", When::After),
            (&["mv", "s3://b", "d", "--recursive"], "GET", "/b?", When::After),
        ];
        for (args, method, path, when) in rows {
            let put = Arc::clone(&newer);
            let server = Changing::start(
                Memory::with([("b/k", Arc::clone(&data))]),
                when,
                is(method, path),
                move |memory: &Memory, _: &Path| memory.put("b/k", Arc::clone(&put)),
            );
            let outcome = server.run(args);
            let case = format!("{args:?}, {} bytes, changed at {method} {path}", data.len());
            assert_eq!(outcome.code, 1, "{case}: {}{}", outcome.stdout, outcome.stderr);
            assert!(outcome.stderr.starts_with("move failed: s3://b/k to "), "{case}: {}", outcome.stderr);
            assert_eq!(server.memory.objects().get("b/k"), Some(&newer), "{case}");
        }
    }
}

#[test]
fn a_server_without_conditional_deletes() {
    let memory = Arc::new(Memory::with([("b/k", letters(10))]));
    let store = Arc::clone(&memory);
    let stub = Stub::start(move |request| match request.header("if-match") {
        Some(_) if request.method == "DELETE" => oxaws_testkit::memory::error(501, "NotImplemented"),
        _ => store.answer(request),
    });
    let stub = stub.expect("the server starts");
    let aws = Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", stub.url()).with("AWS_MAX_ATTEMPTS", "1");
    aws.run(&["s3", "mv", "s3://b/k", "s3://c/m"])
        .expect("it starts")
        .check("exit 0\n--- stdout\n[..]move: s3://b/k to s3://c/m\n");
    assert_eq!(memory.objects().into_keys().collect::<Vec<_>>(), ["c/m"]);
}

#[test]
fn two_keys_for_one_path() {
    // The third pair leads to one folder through a link.
    for keys in [["b/p/a/b", "b/p/a//b"], ["b/p/a/b", "b/p/./a/b"], ["b/p/real/b", "b/p/link/b"]] {
        for command in [&["mv", "--recursive"][..], &["cp", "--recursive"], &["sync"], &["sync", "--delete"]] {
            let contents = [letters(11), letters(12)];
            let stored = keys.iter().copied().zip(contents.iter().cloned());
            let server = Changing::start(Memory::with(stored), When::Before, |_| false, |_, _| {});
            fs::create_dir_all(server.aws.work().join("d/real")).expect("a folder");
            std::os::unix::fs::symlink("real", server.aws.work().join("d/link")).expect("a link");
            let outcome = server.run(&[&command[..1], &["s3://b/p", "d"], &command[1..]].concat());
            let case = format!("{command:?} {keys:?}: {}{}", outcome.stdout, outcome.stderr);
            assert_eq!(outcome.code, 2, "{case}");
            assert!(outcome.stderr.starts_with("warning: Skipping file s3://b/p/"), "{case}");
            assert_eq!(outcome.stdout.lines().count(), 1, "{case}");
            let path = if keys[0].contains("real") { "d/real/b" } else { "d/a/b" };
            let file = fs::read(server.aws.work().join(path)).expect("the first one's file");
            let left = server.memory.objects();
            // What isn't in the file is still in the bucket.
            for (key, content) in keys.iter().zip(&contents) {
                let is_kept = command[0] != "mv" || *file != **content;
                assert_eq!(left.contains_key(*key), is_kept, "{case}");
            }
            if command[0] == "sync" {
                // The next one leaves the file as it is.
                let again = server.run(&[&command[..1], &["s3://b/p", "d"], &command[1..]].concat());
                assert!(fs::read(server.aws.work().join(path)).is_ok_and(|now| !now.is_empty()), "{}", again.stderr);
            }
        }
    }
}

#[test]
fn a_file_that_is_in_step_with_its_key_stays() {
    let stored = [("b/p/a/b", letters(11)), ("b/p/a//b", letters(12))];
    let server = Changing::start(Memory::with(stored), When::Before, |_| false, |_, _| {});
    server.run(&["cp", "s3://b/p/a/b", "d/a/b"]).check("exit 0\n--- stdout\ndownload: s3://b/p/a/b to d/a/b\n");
    server.run(&["sync", "s3://b/p", "d"]).check(
        "exit 2\n--- stderr\nwarning: Skipping file s3://b/p/a//b. The file [..]/d/a//b belongs to the key s3://b/p/a/b \
         already.\n",
    );
    assert_eq!(fs::read(server.aws.work().join("d/a/b")).expect("a file"), *letters(11));
}

#[test]
fn what_a_sync_downloads_it_does_not_delete() {
    // The second is listed behind the file it leads to: that may be deleted before, and is downloaded all the same.
    for key in ["b/p/a//b", "b/p/x/../a/b"] {
        let server = Changing::start(Memory::with([(key, letters(12))]), When::Before, |_| false, |_, _| {});
        server.aws.file("d/a/b", "from before").expect("a file");
        let outcome = server.run(&["sync", "s3://b/p", "d", "--delete"]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        assert_eq!(outcome.stdout.contains("delete:"), key.contains(".."), "{}", outcome.stdout);
        assert_eq!(fs::read(server.aws.work().join("d/a/b")).expect("the file is there"), *letters(12));
    }
}

#[test]
fn a_move_onto_itself_deletes_nothing() {
    let server = Changing::start(Memory::with([("b/p/a", letters(12))]), When::Before, |_| false, |_, _| {});
    let outcome = server.run(&["mv", "s3://b/p", "s3://b/p/", "--recursive"]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert!(server.memory.objects().contains_key("b/p/a"));
}

#[test]
fn keys_with_dots() {
    let stored = [("b/p/a/./b.txt", letters(5)), ("b/p/./c", letters(6)), ("b/p/x/../d", letters(7))];
    let server = Changing::start(Memory::with(stored), When::Before, |_| false, |_, _| {});
    let outcome = server.run(&["cp", "s3://b/p", "t", "--recursive"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    for (path, size) in [("t/a/b.txt", 5), ("t/c", 6), ("t/d", 7)] {
        assert_eq!(fs::read(server.aws.work().join(path)).expect("a file"), *letters(size));
    }
    server
        .run(&["cp", "s3://b/p/a/./b.txt", "new/./folder/./f"])
        .check("exit 0\n--- stdout\ndownload: s3://b/p/a/./b.txt to new/folder/f\n");
}

#[test]
fn links_that_downloads_do_not_follow() {
    let stored = [("b/l/k", letters(5)), ("b/m", letters(6)), ("b/n", letters(7)), ("b/x/../o", letters(8))];
    let server = Changing::start(Memory::with(stored), When::Before, |_| false, |_, _| {});
    let (work, link) = (server.aws.work(), std::os::unix::fs::symlink::<&str, PathBuf>);
    fs::create_dir_all(work.join("d")).expect("a folder");
    fs::create_dir(work.join("elsewhere")).expect("a folder");
    link("../elsewhere", work.join("d/l")).expect("a link");
    link("../elsewhere/n", work.join("d/n")).expect("a link");
    link("d", work.join("to-d")).expect("a link");
    let run = |args: &[&str]| server.run(&[args, &["--no-follow-symlinks"]].concat());
    for command in [&["cp", "--recursive"][..], &["sync"], &["mv", "--recursive", "--dryrun"]] {
        let dry = if command[0] == "mv" { "(dryrun) move" } else { "download" };
        run(&[&command[..1], &["s3://b", "d"], &command[1..]].concat())
            .check(&format!("exit 0\n--- stdout\n{dry}: s3://b/m to d/m\n"));
        let _ = fs::remove_file(work.join("d/m"));
        assert_eq!(fs::read_dir(work.join("elsewhere")).expect("a folder").count(), 0);
        run(&[&command[..1], &["s3://b", "to-d"], &command[1..]].concat()).check("exit 0\n");
    }
    run(&["cp", "s3://b/n", "d/n"]).check("exit 0\n");
    run(&["cp", "s3://b/m", "to-d"]).check("exit 0\n");
    // What lies above the destination that is named is followed.
    run(&["cp", "s3://b/m", "to-d/m"]).check("exit 0\n--- stdout\ndownload: s3://b/m to to-d/m\n");
    assert!(work.join("d/m").exists());
}

#[test]
fn a_listing_that_goes_beyond_the_prefix() {
    let memory = Arc::new(Memory::with([("b/a", letters(5)), ("b/p/k", letters(6))]));
    let store = Arc::clone(&memory);
    // Some servers don't know the parameter.
    let stub = Stub::start(move |request| {
        let target = request.target.replace("prefix=", "unknown=");
        store.answer(&Request { target, ..request.clone() })
    });
    let stub = stub.expect("the server starts");
    let aws = Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", stub.url()).with("AWS_MAX_ATTEMPTS", "1");
    for args in [
        &["rm", "s3://b/p", "--recursive"][..],
        &["mv", "s3://b/p", "d", "--recursive"],
        &["sync", "s3://b/p", "d", "--delete"],
        &["sync", "d", "s3://b/p", "--delete"],
    ] {
        std::fs::create_dir_all(aws.work().join("d")).expect("a folder");
        aws.run(&[&["s3"], args, &["--only-show-errors"]].concat()).expect("it starts").check(
            "exit 1\n--- stderr\nfatal error: The listing of the prefix \"p/\" has the object s3://b/a, which is not below it.\n",
        );
        assert_eq!(memory.objects().len(), 2, "{args:?}");
    }
}
