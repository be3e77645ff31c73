//! What the process was started with: a current folder that is gone or can't be searched, standard streams that are
//! closed.

use std::fs;

use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::memory::Memory;
use oxaws_testkit::stub::Stub;
use std::sync::Arc;

use crate::faults::letters;

struct Situation {
    aws: Aws,
    memory: Arc<Memory>,
    stub: Stub,
}

impl Situation {
    fn new() -> Situation {
        let memory = Arc::new(Memory::with([("b/k", letters(10))]));
        let store = Arc::clone(&memory);
        let stub = Stub::start(move |request| store.answer(request)).expect("the server starts");
        let aws = Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", stub.url()).with("AWS_MAX_ATTEMPTS", "1");
        Situation { aws, memory, stub }
    }

    fn shell(&self, script: &str, args: &[&str]) -> Outcome {
        self.aws.run_in_shell(script, args).expect("a shell")
    }
}

#[test]
fn a_current_folder_that_is_gone() {
    let situation = Situation::new();
    let gone = |args: &[&str]| {
        let place = situation.aws.work().join("gone");
        fs::create_dir_all(&place).expect("a folder");
        situation.shell("cd gone && rmdir ../gone && exec \"$@\"", &[&["s3"], args].concat())
    };
    const NOWHERE: &str = "exit 255\n--- stderr\n\naws: [ERROR]: [Errno 2] No such file or directory\n";
    for args in [
        &["sync", ".", "s3://b/"][..],
        &["cp", ".", "s3://b/x", "--recursive"],
        &["sync", "s3://b", ".", "--delete"],
        &["cp", "s3://b/k", "o"],
        &["cp", "s3://b/k", "."],
        &["mv", "s3://b/k", "o/"],
    ] {
        gone(args).check(NOWHERE);
    }
    gone(&["sync", "etc", "s3://b/"])
        .check("exit 255\n--- stderr\n\naws: [ERROR]: The user-provided path etc does not exist.\n");
    gone(&["sync", "s3://b/", "etc/ld.so.conf.d", "--delete"])
        .check("exit 255\n--- stderr\n\naws: [ERROR]: [Errno 2] No such file or directory: 'etc'\n");
    assert_eq!(situation.stub.count(), 0);
    // What isn't relative to it goes on working.
    let file = situation.aws.file("f", letters(20)).expect("a file");
    let file = file.to_str().expect("a path");
    gone(&["cp", file, "s3://b/f", "--no-progress"])
        .check(&format!("exit 0\n--- stdout\nupload: {file} to s3://b/f\n"));
    let copy = format!("{file}.copy");
    gone(&["cp", "s3://b/f", &copy, "--no-progress"])
        .check(&format!("exit 0\n--- stdout\ndownload: s3://b/f to {copy}\n"));
    assert_eq!(fs::read(&copy).expect("a file"), *letters(20));
    let stream = gone(&["cp", "s3://b/f", "-"]);
    assert_eq!((stream.code, stream.stdout.as_bytes()), (0, &*letters(20)));
    gone(&["cp", "-", "s3://b/empty"]).check("exit 0\n");
    gone(&["mv", "s3://b/f", "s3://b/g", "--no-progress"]).check("exit 0\n--- stdout\nmove: s3://b/f to s3://b/g\n");
    gone(&["rm", "s3://b/g"]).check("exit 0\n--- stdout\ndelete: s3://b/g\n");
}

/// A folder that the user may be in, below one that they may not search: its absolute path leads nowhere.
#[test]
fn a_current_folder_that_can_not_be_searched_from_above() {
    use std::os::unix::fs::{PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    /// Any user but root, who may search everything.
    const NOBODY: u32 = 65534;
    let situation = Situation::new();
    let (work, is_root) = (situation.aws.work(), rustix::process::geteuid().is_root());
    situation.aws.file("above/here/f", letters(5)).expect("a file");
    let all = fs::Permissions::from_mode(0o755);
    for folder in [work.parent().expect("a folder"), &work, &work.join("above"), &work.join("above/here")] {
        fs::set_permissions(folder, all.clone()).expect("permissions");
    }
    if is_root {
        chown(work.join("above"), Some(NOBODY), None).expect("an owner");
    }
    let run = |args: &[&str]| {
        let plain = situation.aws.command(&[&["s3"], args, &["--no-progress"]].concat());
        let mut shell = std::process::Command::new("sh");
        let script = "chmod 755 above && cd above/here && chmod 600 .. && exec \"$@\"";
        shell.args(["-c", script, "sh"]).arg(plain.get_program()).args(plain.get_args());
        shell.env_clear().envs(plain.get_envs().filter_map(|(n, v)| Some((n, v?)))).current_dir(&work);
        if is_root {
            shell.uid(NOBODY);
        }
        let output = shell.output().expect("a shell");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let skips = |path: &str| {
        let place = work.join("above/here").join(path);
        (Some(2), format!("warning: Skipping file {}. File does not exist.\n", place.display()))
    };
    assert_eq!(run(&["sync", ".", "s3://b", "--delete"]), skips(""));
    assert_eq!(run(&["cp", ".", "s3://b", "--recursive"]), skips(""));
    assert_eq!(run(&["cp", "f", "s3://b/f"]), skips("f"));
    fs::set_permissions(work.join("above"), all).expect("permissions");
    assert_eq!(situation.memory.objects().into_keys().collect::<Vec<_>>(), ["b/k"]);
}

#[test]
fn links_that_lead_up_again() {
    let situation = Situation::new();
    situation.aws.file("d/x/f", letters(5)).expect("a file");
    std::os::unix::fs::symlink("../", situation.aws.work().join("d/x/up")).expect("a link");
    let outcome = situation.aws.run(&["s3", "sync", "d", "s3://b", "--no-progress"]).expect("it starts");
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(outcome.stderr.ends_with("/x/up. File does not exist.\n"), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
}

#[test]
fn closed_standard_input() {
    let situation = Situation::new();
    let closed = |args: &[&str]| situation.shell("exec \"$@\" <&-", args);
    closed(&["s3", "cp", "-", "s3://b/k"])
        .check("exit 1\n--- stderr\nfatal error: stdin is required for this operation, but is not available.\n");
    closed(&["s3", "cp", "-", "s3://b/k", "--quiet"]).check("exit 1\n");
    for path in ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"] {
        closed(&["sqs", "list-queues", "--cli-input-json", &format!("file://{path}")]).check(&format!(
            "exit 252\n--- stderr\n\naws: [ERROR]: An error occurred (ParamValidation): Error parsing parameter \
             '--cli-input-json': Unable to load paramfile file://{path}: [Errno 2] No such file or directory: '{path}'\n",
        ));
        closed(&["s3", "cp", path, "s3://b/k"])
            .check(&format!("exit 255\n--- stderr\n\naws: [ERROR]: The user-provided path {path} does not exist.\n"));
    }
    assert_eq!((situation.stub.count(), situation.memory.objects()["b/k"].clone()), (0, letters(10)));
    closed(&["s3", "ls", "s3://b"]).check("exit 0\n--- stdout\n2021-02-11 04:24:23         10 k\n");
    // One that is empty, and not closed, is an empty stream.
    situation.shell("exec \"$@\" </dev/null", &["s3", "cp", "-", "s3://b/k"]).check("exit 0\n");
    situation.shell("exec \"$@\" <>/dev/null", &["s3", "cp", "-", "s3://b/k"]).check("exit 0\n");
    assert!(situation.memory.objects()["b/k"].is_empty());
}

#[test]
fn standard_output_that_can_not_be_written() {
    let situation = Situation::new();
    situation.aws.file("f", letters(5)).expect("a file");
    for script in ["exec \"$@\" >&-", "exec \"$@\" 1</dev/null"] {
        let run = |args: &[&str]| situation.shell(script, args);
        for args in [
            &["s3", "ls", "s3://b"][..],
            &["s3api", "list-objects-v2", "--bucket", "b"],
            &["s3api", "list-objects-v2", "--bucket", "b", "--output", "text"],
            &["s3api", "list-objects-v2", "--bucket", "b", "--output", "table"],
            &["s3api", "list-objects-v2", "--bucket", "b", "--output", "yaml"],
            &["s3api", "list-objects-v2", "--bucket", "b", "--query", "Contents[0].Key"],
            &["s3", "presign", "s3://b/k"],
            &["configure", "list"],
            &["--version"],
        ] {
            let outcome = run(args);
            assert_eq!(outcome.code, 255, "{script} {args:?}: {}", outcome.stderr);
            assert!(outcome.stderr.contains("aws: [ERROR]: "), "{script} {args:?}: {}", outcome.stderr);
        }
        let outcome = run(&["s3", "cp", "s3://b/k", "-"]);
        assert_eq!(outcome.code, 1, "{script}: {}", outcome.stderr);
        assert!(!outcome.stderr.is_empty());
    }
    // The lines about transfers are not what is transferred.
    situation.shell("exec \"$@\" >&-", &["s3", "cp", "f", "s3://b/f"]).check("exit 0\n");
    situation
        .shell("exec \"$@\" >&-", &["s3", "cp", "s3://b/f", "/dev/stdout"])
        .check("exit 255\n--- stderr\n\naws: [ERROR]: [Errno 2] No such file or directory: '/dev/stdout'\n");
    situation
        .shell("exec \"$@\" >&-", &["s3api", "get-object", "--bucket", "b", "--key", "k", "/dev/stdout"])
        .check("exit 255\n--- stderr\n\naws: [ERROR]: [Errno 2] No such file or directory: '/dev/stdout'\n");
    situation.shell("exec \"$@\" >&-", &["s3", "mv", "f", "s3://b/f"]).check("exit 0\n");
    assert!(!situation.aws.work().join("f").exists());
}
