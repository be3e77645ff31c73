//! Tests of the player itself: a case with a right expectation passes, and with a wrong one it fails in that dimension.

use super::*;

/// Used in place of the executable: sends a request, prints, writes a file and ends with a code.
const PROGRAM: &str = r#"#!/usr/bin/env bash
exec 3<>"/dev/tcp/127.0.0.1/${AWS_ENDPOINT_URL##*:}"
printf 'PUT /b/k?x=1 HTTP/1.1\r\nHost: %s\r\nContent-Length: 8\r\nConnection: close\r\n\r\n{"a": 1}' "${AWS_ENDPOINT_URL#http://}" >&3
answer=$(tail -n 1 <&3)
echo "$1 $answer in $PWD for $HOME"
echo "10%"$'\r'"done $(cat)" >&2
echo "made" > made.txt
exit 3
"#;

/// A case that `PROGRAM` passes.
const CASE: &str = r#"{"id": "self/test/all", "argv": ["word"], "stdin": "input", "files": {"~/x": "y"},
    "responses": [{"body": "from {ENDPOINT}\n"}], "check_files": ["made.txt", "~/x"],
    "expect": {"rc": 3, "stdout": "word from {ENDPOINT} in {WORK} for {HOME}\n", "stderr": "done input\n", "requests": [{"method": "PUT",
    "path": "/b/k", "query": [["x", "1"]], "headers": {"host": "{HOST}"}, "body": {"json": {"a": 1}}, "signature": "none"}],
    "files": {"made.txt": {"text": "made\n", "mode": "644"}, "~/x": {"text": "y", "mode": "644"}}}}"#;

/// A folder with a program in it.
fn program(text: &str) -> (files::Folder, Programs) {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = files::Folder::new().unwrap();
    let path = folder.path().join("aws");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let programs = Programs::new(&path).unwrap();
    (folder, programs)
}

/// Where a case differs.
fn differing(programs: &Programs, case: &str) -> Vec<Dimension> {
    let line = Line { id: "self".into(), text: case.to_owned() };
    play_one(programs, &line).failure.map(|failure| failure.differing).unwrap_or_default()
}

#[test]
fn a_wrong_expectation_fails_in_its_dimension() {
    let (_folder, programs) = program(PROGRAM);
    assert_eq!(differing(&programs, CASE), []);
    for (right, wrong, dimension) in [
        ("\"rc\": 3", "\"rc\": 0", Dimension::Rc),
        ("{WORK} for", "{WORK}  for", Dimension::Stdout),
        ("done input", "10%", Dimension::Stderr),
        ("\"a\": 1}}", "\"a\": 2}}", Dimension::Requests),
        ("\"signature\": \"none\"", "\"signature\": \"ok us-east-1/s3\"", Dimension::Requests),
        ("\"made\\n\"", "\"made\"", Dimension::Files),
        ("\"mode\": \"644\"}}", "\"mode\": \"600\"}}", Dimension::Files),
    ] {
        let case = CASE.replace(right, wrong);
        assert_ne!(case, CASE, "{right}");
        assert_eq!(differing(&programs, &case), [dimension], "{right}");
    }
}

#[test]
fn a_signal_ends_the_command_and_is_its_code() {
    let (_folder, programs) = program(&PROGRAM.replace("exit 3", "sleep 30"));
    let plans = [r#"{"name": "TERM", "after_requests": 1}"#, r#"{"name": "TERM", "after": 0.2, "after_requests": 0}"#];
    for plan in plans {
        let case = format!(
            r#"{{"id": "self/signal", "signal": {plan}, "responses": [{{"delay": 1}}], "expect": {{"rc": -15}}}}"#
        );
        assert_eq!(differing(&programs, &case), [], "{plan}");
    }
}

#[test]
fn descriptors_and_folders_can_be_missing() {
    let (_folder, programs) = program("#!/bin/sh\necho out || exit 7\n[ -e . ] || exit 9\n");
    let rc = |extra: &str, rc: i32| {
        assert_eq!(
            differing(&programs, &format!(r#"{{"id": "self", {extra}, "expect": {{"rc": {rc}}}}}"#)),
            [],
            "{extra}"
        );
    };
    rc(r#""close_fds": [1]"#, 7);
    rc(r#""close_fds": []"#, 0);
    rc(r#""cwd_removed": true"#, 0);
    rc(r#""stdout_to": "/dev/full""#, 7);
    let (_folder, programs) = program("#!/bin/sh\nexec /bin/pwd -P\n");
    let gone = play_one(
        &programs,
        &Line { id: "a".into(), text: r#"{"id": "a", "cwd_removed": true, "expect": {"rc": 0}}"#.into() },
    );
    assert!(gone.failure.is_some(), "the current folder is gone");
}

#[test]
fn other_programs_are_links_to_the_executable() {
    let (_folder, programs) = program("#!/bin/sh\nbasename \"$0\"\nenv | grep -c '^AWS_REGION\\|^AWS_PAGER'\n");
    let case = r#"{"id": "a", "program": "aws_completer", "env": {"AWS_REGION": "x", "AWS_PAGER": null}, "expect": {"stdout": "aws_completer\n1\n"}}"#;
    assert_eq!(differing(&programs, case), []);
}

#[test]
fn a_case_that_cannot_be_played_fails() {
    let (_folder, programs) = program("#!/bin/sh\n");
    for case in [
        r#"{"id": "a/b", "env": {"A": 1}}"#,
        r#"{"id": "a/b", "responses": [{"when": {"path": "("}}]}"#,
        r#"{"id": "a/b", "files": {"x": "", "x/y": ""}}"#,
    ] {
        let played = play_one(&programs, &Line { id: "a/b".into(), text: case.into() });
        assert_eq!(played.part, "a");
        assert!(matches!(played.failure.unwrap().details, Details::Unplayable(_)), "{case}");
    }
}

#[test]
fn every_recorded_case_can_be_read() {
    let project = Project::open().unwrap();
    let folder = project.root.join(RECORDED);
    for line in recorded::lines(&recorded::files(&folder).unwrap(), "*").unwrap() {
        let case = Case::parse(&line.text).unwrap();
        let outputs = Dimension::ALL.into_iter().filter_map(|dimension| case.pattern(dimension).map(str::to_owned));
        let requests = case.responses.iter().flat_map(|response| {
            let headers = response.when.headers.iter().map(|(_, value)| value.clone());
            headers.chain(response.when.path.clone()).chain(response.when.body.clone())
        });
        for python in outputs.chain(requests) {
            assert!(text::pattern(&python, true).is_ok(), "{}: {python}", line.id);
        }
    }
}
