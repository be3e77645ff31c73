//! The files of `~/.aws` while something goes wrong: signals at every point of a write, mount points, hard links, links to
//! nothing, pipes, a mask that lets everybody in, folders that can't be written to.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::stub::{Reply, Stub};
use rustix::process::{Pid, Signal, kill_process};

const SET: [&str; 4] = ["configure", "set", "aws_secret_access_key", "NEW"];
const ROLE: &str = "[default]\nrole_arn = arn:aws:iam::123456789012:role/r\nrole_session_name = me\n\
                    source_profile = x\n[profile x]\naws_access_key_id = K\naws_secret_access_key = S\n";
const ROLE_REPLY: &str = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>\
                          <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
                          <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account>\
                        </GetCallerIdentityResult></GetCallerIdentityResponse>";

fn aws() -> Aws {
    let aws = Aws::new().expect("an executable");
    fs::create_dir(aws.home().join(".aws")).expect("a folder");
    aws
}

fn at(aws: &Aws, name: &str) -> PathBuf {
    aws.home().join(".aws").join(name)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|n| n.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o7777
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("a file")
}

fn ok(outcome: &Outcome) {
    // A warning about a file's mode may be there.
    assert_eq!(outcome.code, 0, "{}", outcome.snapshot());
}

/// A credentials file that takes a while to write.
fn large() -> String {
    let mut text = String::from("[default]\naws_secret_access_key = OLD\n");
    for n in 0..15_000 {
        text.push_str(&format!("[profile-{n}]\naws_secret_access_key = secret of number {n}\n"));
    }
    text
}

/// Ends a command at many points by a signal: each time there is the old file or the new one, and nothing beside it.
fn ended_at_many_points(signal: Signal, hard_link: bool) {
    let (old, new) = (large(), large().replacen("OLD", "NEW", 1));
    let aws = aws();
    let file = at(&aws, "credentials");
    fs::write(&file, &old).expect("a file");
    let started = Instant::now();
    ok(&aws.run(&SET).expect("the executable starts"));
    let whole = started.elapsed();
    if hard_link {
        fs::hard_link(&file, at(&aws, "other")).expect("a link");
    }
    let expected = names(&at(&aws, ""));
    let (mut early, mut late) = (0, 0);
    let mut wait = whole;
    // The signal comes ever closer to the point at which the old file becomes the new one, from both sides.
    while early + late < 30 || ((early == 0 || late == 0) && early + late < 100) {
        fs::write(&file, &old).expect("a file");
        let mut child = aws.command(&SET).spawn().expect("the executable starts");
        thread::sleep(wait);
        // It may have ended already.
        let _ = kill_process(Pid::from_child(&child), signal);
        let status = child.wait().expect("it ends");
        let ended_by = std::os::unix::process::ExitStatusExt::signal(&status);
        assert!(status.success() || ended_by == Some(signal.as_raw()), "{status}");
        let there = text(&file);
        assert!(there == old || there == new, "{} bytes", there.len());
        assert_eq!(names(&at(&aws, "")), expected);
        if there == old {
            early += 1;
            wait = wait * 9 / 8;
        } else {
            late += 1;
            wait = wait * 7 / 8;
        }
    }
    assert!(early > 0 && late > 0, "badly chosen points: {early} {late}");
}

#[test]
fn sigterm_leaves_the_old_file_or_the_new_one() {
    ended_at_many_points(Signal::TERM, false);
}

#[test]
fn sighup_leaves_the_old_file_or_the_new_one() {
    ended_at_many_points(Signal::HUP, false);
}

#[test]
fn a_file_that_is_written_in_place_is_finished_first() {
    ended_at_many_points(Signal::TERM, true);
}

#[test]
fn what_sigkill_left_is_swept_away() {
    let aws = aws();
    fs::write(at(&aws, "credentials"), large()).expect("a file");
    let started = Instant::now();
    ok(&aws.run(&SET).expect("the executable starts"));
    let whole = started.elapsed();
    for n in 0..20 {
        let mut child = aws.command(&SET).spawn().expect("the executable starts");
        thread::sleep(whole * n / 20);
        let _ = kill_process(Pid::from_child(&child), Signal::KILL);
        child.wait().expect("it ends");
    }
    ok(&aws.run(&["configure", "set", "region", "r"]).expect("the executable starts"));
    assert_eq!(names(&at(&aws, "")), ["config", "credentials"]);
}

#[test]
fn a_role_that_is_being_assumed_leaves_nothing() {
    for signal in [Signal::TERM, Signal::HUP] {
        let asked = Arc::new(AtomicBool::new(false));
        let seen = asked.clone();
        let stub = Stub::start(move |_| {
            seen.store(true, Ordering::SeqCst);
            thread::sleep(Duration::from_secs(3));
            Reply::xml(ROLE_REPLY)
        });
        let stub = stub.expect("the stub starts");
        let aws = aws().without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
        let aws = aws.with("AWS_ENDPOINT_URL", stub.url());
        aws.config(ROLE).expect("a file");
        let mut child = aws.command(&["sts", "get-caller-identity"]).spawn().expect("the executable starts");
        while !asked.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(10));
        }
        kill_process(Pid::from_child(&child), signal).expect("a signal");
        let status = child.wait().expect("it ends");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(signal.as_raw()));
        assert_eq!(names(&at(&aws, "cli/cache")), [""; 0]);
    }
}

#[test]
fn a_signal_that_is_ignored_stays_so() {
    let aws = aws();
    fs::write(at(&aws, "credentials"), large()).expect("a file");
    // As with `nohup`. The signal comes again and again while the file is written.
    let script = "trap '' HUP; \"$@\" & pid=$!; trap 'exit 99' TERM; \
                  while kill -HUP $pid 2>/dev/null; do :; done; wait $pid";
    ok(&aws.run_in_shell(script, &SET).expect("a shell"));
    assert!(text(&at(&aws, "credentials")).contains("= NEW\n"));
}

#[test]
fn a_transfer_goes_on_where_sighup_is_ignored() {
    let stub = Stub::start(|_| {
        thread::sleep(Duration::from_secs(2));
        Reply::new(200, "application/xml", "").with_header("ETag", "\"e\"")
    });
    let stub = stub.expect("the stub starts");
    let aws = aws().with("AWS_ENDPOINT_URL", stub.url());
    aws.file("f", "contents").expect("a file");
    let script = "trap '' HUP; \"$@\" & sleep 1; kill -HUP $!; wait $!";
    let outcome = aws.run_in_shell(script, &["s3", "cp", "f", "s3://b/k", "--no-progress"]).expect("a shell");
    outcome.check("exit 0\n--- stdout\nupload: ./f to s3://b/k");
}

/// Runs a command where the file of that name below `~/.aws` is a mount point of its own; `None` where that isn't permitted.
fn with_mounted(aws: &Aws, name: &str, read_only_folder: bool, args: &[&str]) -> Option<Outcome> {
    let allowed = Command::new("unshare").args(["-m", "true"]).output().is_ok_and(|o| o.status.success());
    if !allowed {
        println!("skipped: mount points need a mount namespace of one's own (unshare -m), which isn't permitted here");
        return None;
    }
    let folder = at(aws, "");
    let file = at(aws, name);
    let lock = if read_only_folder {
        format!("mount --bind {0} {0} && mount -o remount,bind,ro {0} &&", folder.display())
    } else {
        String::new()
    };
    let below = aws.work().join("mounted");
    let script = format!(
        "exec unshare -m sh -c 'cp {file} {below} && {lock} mount --bind {below} {file} && exec \"$@\"' sh \"$@\"",
        file = file.display(),
        below = below.display()
    );
    Some(aws.run_in_shell(&script, args).expect("a shell"))
}

#[test]
fn mount_points_are_written_in_place() {
    for read_only_folder in [false, true] {
        for (name, args) in [("credentials", &SET), ("config", &["configure", "set", "region", "NEW"])] {
            let aws = aws();
            let key = args[2];
            fs::write(at(&aws, name), format!("[default]\n{key} = OLD VALUE\n# kept\n")).expect("a file");
            let Some(outcome) = with_mounted(&aws, name, read_only_folder, args) else { return };
            ok(&outcome);
            let mounted = text(&aws.work().join("mounted"));
            assert_eq!(mounted, format!("[default]\n{key} = NEW\n# kept\n"));
            assert_eq!(names(&at(&aws, "")), [name]);
        }
    }
}

#[test]
fn a_hard_link_stays_one() {
    let aws = aws();
    let (file, other) = (at(&aws, "credentials"), aws.home().join("dotfiles"));
    fs::write(&other, "[default]\naws_secret_access_key = OLD\n").expect("a file");
    fs::set_permissions(&other, fs::Permissions::from_mode(0o640)).expect("a mode");
    fs::hard_link(&other, &file).expect("a link");
    ok(&aws.run(&SET).expect("the executable starts"));
    assert_eq!(text(&other), "[default]\naws_secret_access_key = NEW\n");
    assert_eq!((fs::metadata(&file).expect("a file").nlink(), mode(&file)), (2, 0o640));
}

#[test]
fn a_secret_behind_a_link_to_nothing_is_private() {
    let aws = aws();
    symlink("../real", at(&aws, "credentials")).expect("a link");
    ok(&aws.run(&SET).expect("the executable starts"));
    let real = aws.home().join("real");
    assert_eq!((text(&real).as_str(), mode(&real)), ("[default]\naws_secret_access_key = NEW\n", 0o600));
    assert!(fs::symlink_metadata(at(&aws, "credentials")).expect("a link").is_symlink());
}

#[test]
fn a_mask_that_lets_everybody_in() {
    let stub = Stub::replies([Reply::xml(ROLE_REPLY), Reply::xml(IDENTITY)]).expect("the stub starts");
    let aws = aws().without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    let aws = aws.with("AWS_ENDPOINT_URL", stub.url());
    aws.config(ROLE).expect("a file");
    let outcome = aws.run_in_shell("umask 000; exec \"$@\"", &["sts", "get-caller-identity", "--query", "Account"]);
    outcome.expect("a shell").check("exit 0\n--- stdout\n\"1\"");
    let cache = at(&aws, "cli/cache");
    assert_eq!((mode(&cache), mode(&at(&aws, "cli"))), (0o700, 0o700));
    let kept = names(&cache);
    assert_eq!((kept.len(), mode(&cache.join(&kept[0]))), (1, 0o600));

    let aws = Aws::new().expect("an executable");
    ok(&aws.run_in_shell("umask 000; exec \"$@\"", &SET).expect("a shell"));
    assert_eq!((mode(&at(&aws, "")), mode(&at(&aws, "credentials"))), (0o700, 0o600));
}

#[test]
fn a_folder_that_cant_be_written_to() {
    let aws = aws();
    let file = at(&aws, "config");
    fs::write(&file, "[default]\nregion = OLD\n").expect("a file");
    let nobody = rustix::process::geteuid().is_root().then_some(65_534);
    if let Some(nobody) = nobody {
        for path in [aws.home(), file.clone()] {
            std::os::unix::fs::chown(path, Some(nobody), Some(nobody)).expect("a superuser");
        }
    }
    fs::set_permissions(at(&aws, ""), fs::Permissions::from_mode(0o555)).expect("a mode");
    let mut command = aws.command(&["configure", "set", "region", "NEW"]);
    if let Some(nobody) = nobody {
        command.uid(nobody).gid(nobody);
        let reachable = aws.home().ancestors().all(|folder| mode(folder) & 0o005 == 0o005);
        let program = Path::new(command.get_program()).ancestors().skip(1).all(|folder| mode(folder) & 0o001 == 1);
        if !(reachable && program) {
            println!("skipped: another user can't reach the executable or the folder for temporary files");
            return;
        }
    }
    let output = command.output().expect("the executable starts");
    fs::set_permissions(at(&aws, ""), fs::Permissions::from_mode(0o755)).expect("a mode");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(text(&file), "[default]\nregion = NEW\n");
    assert_eq!(names(&at(&aws, "")), ["config"]);
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
}

#[test]
fn pipes_are_not_waited_for() {
    for name in ["config", "credentials", "cli/alias"] {
        let aws = aws();
        fs::create_dir(at(&aws, "cli")).expect("a folder");
        fifo(&at(&aws, name));
        let started = Instant::now();
        let outcome = aws.run(&["configure", "get", "region"]).expect("the executable starts");
        assert!(started.elapsed() < Duration::from_secs(5), "{name}: {:?}", started.elapsed());
        assert!(outcome.code == 1, "{name}: {}", outcome.snapshot());
    }
}

#[test]
fn the_shells_pipes_are_read() {
    let script =
        "exec bash -c 'AWS_CONFIG_FILE=<(sleep 0.5; echo [default]; echo region = here) exec \"$@\"' sh \"$@\"";
    let aws = aws().without("AWS_DEFAULT_REGION");
    let outcome = aws.run_in_shell(script, &["configure", "get", "region"]).expect("a shell");
    outcome.check("exit 0\n--- stdout\nhere");
}

#[test]
fn damaged_caches_are_made_again() {
    for damaged in
        ["", "{\"Credentials\": {\"AccessKeyId\": \"A", "null", "[]", "{}", "\0\0\0\0", "{\"Credentials\": {}}"]
    {
        let replies = [ROLE_REPLY, IDENTITY, ROLE_REPLY, IDENTITY].map(Reply::xml);
        let stub = Stub::replies(replies).expect("the stub starts");
        let aws = aws().without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
        let aws = aws.with("AWS_ENDPOINT_URL", stub.url());
        aws.config(ROLE).expect("a file");
        let run = || aws.run(&["sts", "get-caller-identity", "--query", "Account"]).expect("the executable starts");
        run().check("exit 0\n--- stdout\n\"1\"");
        let cache = at(&aws, "cli/cache");
        let file = cache.join(names(&cache).pop().expect("a kept file"));
        let whole = text(&file);
        fs::write(&file, damaged).expect("a file");
        run().check("exit 0\n--- stdout\n\"1\"");
        assert_eq!(text(&file), whole, "{damaged:?}");
        assert_eq!(stub.count(), 4);
    }
}

/// An `aws` whose codeartifact answers, with tools that do nothing.
fn with_tools() -> (Aws, Stub) {
    let stub = Stub::start(|request| {
        let token = "{\"authorizationToken\": \"TOKEN\", \"expiration\": 4102444800}";
        let endpoint = "{\"repositoryEndpoint\": \"https://dom.x/r/\"}";
        Reply::json(if request.target.contains("authorization-token") { token } else { endpoint })
    });
    let stub = stub.expect("the stub starts");
    let aws = Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", stub.url());
    let tools = aws.home().join("tools");
    fs::create_dir(&tools).expect("a folder");
    for tool in ["npm", "swift"] {
        fs::write(tools.join(tool), "#!/bin/sh\n").expect("a file");
        fs::set_permissions(tools.join(tool), fs::Permissions::from_mode(0o755)).expect("a mode");
    }
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap_or_default());
    (aws.with("PATH", path), stub)
}

fn log_in(aws: &Aws, tool: &str) -> Outcome {
    let args = ["codeartifact", "login", "--domain", "dom", "--repository", "rep", "--tool", tool];
    aws.run(&args).expect("the executable starts")
}

#[test]
fn npms_token_is_in_its_file() {
    let (aws, _stub) = with_tools();
    let file = aws.home().join(".npmrc");
    let token = "//dom.x/r/:_authToken=TOKEN\n";
    assert_eq!(log_in(&aws, "npm").code, 0);
    assert_eq!((text(&file).as_str(), mode(&file)), (token, 0o600));
    fs::write(&file, "a=b\n//dom.x/r/:_authToken=OLD\nc=d").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("a mode");
    assert_eq!(log_in(&aws, "npm").code, 0);
    assert_eq!((text(&file), mode(&file)), (format!("a=b\n{token}c=d"), 0o600));
    let aws = aws.with("NPM_CONFIG_USERCONFIG", "~/deep/er/rc");
    assert_eq!(log_in(&aws, "npm").code, 0);
    assert_eq!(text(&aws.home().join("deep/er/rc")), token);
}

#[test]
fn what_cant_be_understood_is_not_written_over() {
    for (tool, name) in [("npm", ".npmrc"), ("twine", ".pypirc"), ("swift", ".netrc")] {
        let (aws, _stub) = with_tools();
        let file = aws.home().join(name);
        let contents = b"[distutils]\nindex-servers =\n  a\nk = caf\xe9\n";
        fs::write(&file, contents).expect("a file");
        let outcome = log_in(&aws, tool);
        let why = "aws: [ERROR]: 'utf-8' codec can't decode byte 0xe9 in position";
        assert!(outcome.code == 255 && outcome.stderr.contains(why), "{tool}: {}", outcome.snapshot());
        assert_eq!(fs::read(&file).expect("a file"), contents);
        fs::remove_file(&file).expect("a file");
        fs::create_dir(&file).expect("a folder");
        assert_eq!(log_in(&aws, tool).code, 255, "{tool}");
    }
}

#[test]
fn secrets_of_tools_are_private_from_the_start() {
    for (tool, name) in [("twine", ".pypirc"), ("swift", ".netrc")] {
        let (aws, _stub) = with_tools();
        let (file, other) = (aws.home().join(name), aws.home().join("other"));
        fs::write(&file, "[distutils]\nindex-servers =\n  a\n").expect("a file");
        fs::hard_link(&file, &other).expect("a link");
        assert_eq!(log_in(&aws, tool).code, 0, "{tool}");
        assert_eq!((mode(&file), text(&other)), (0o600, text(&file)), "{tool}");
        assert!(text(&file).contains("TOKEN"), "{tool}");
    }
}
