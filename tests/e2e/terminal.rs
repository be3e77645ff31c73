//! What reaches a terminal: whatever comes from a service can't drive it. The commands run in a pseudo-terminal; through
//! a pipe the same bytes stay what they are.

use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::stub::Reply;

use crate::servers::{run, stub};

/// Runs a command in a pseudo-terminal. Its output, standard error included, comes back as it was written.
const IN_A_TERMINAL: &str = r#"exec python3 -c '
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
out = b""
while True:
    try:
        block = os.read(fd, 65536)
    except OSError:
        break
    if not block:
        break
    out += block
sys.stdout.buffer.write(out.replace(b"\r\n", b"\n"))
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
' "$@""#;

fn in_a_terminal(aws: &Aws, args: &[&str]) -> Outcome {
    aws.run_in_shell(IN_A_TERMINAL, args).expect("python3 has pseudo-terminals")
}

/// Clears the screen, sets the title, colours by C1, turns text around.
const EVIL: &str = r"a\u001b[2J\u001b]0;t\u0007\u009b31m\u202eb\rc";
const SPELLED: &str = r"a\x1b[2J\x1b]0;t\x07\x9b31m\u202eb\rc";

fn aws_with(reply: Reply) -> (Aws, oxaws_testkit::stub::Stub) {
    let (aws, stub) = stub([reply]);
    (aws.with("AWS_PAGER", "").with("TERM", "xterm"), stub)
}

fn table_names() -> Reply {
    Reply::json(format!(r#"{{"TableNames": ["{EVIL}"]}}"#))
}

#[test]
fn output_of_every_format() {
    for (format, expected) in [
        ("text", format!("TABLENAMES\t{SPELLED}\n")),
        ("json", r#""a\u001b[2J\u001b]0;t\u0007\u009b31m\u202eb\rc""#.to_owned()),
        ("table", format!("|  {SPELLED}  |")),
        ("yaml", "31m".to_owned()),
        ("yaml-stream", "31m".to_owned()),
    ] {
        let (aws, _stub) = aws_with(table_names());
        let args = ["dynamodb", "list-tables", "--output", format, "--color", "off"];
        let shown = in_a_terminal(&aws, &args);
        assert_eq!(shown.code, 0, "{format}: {}", shown.stdout);
        assert!(shown.stdout.contains(&expected), "{format}: {:?}", shown.stdout);
        let driven = shown.stdout.contains(|c: char| (c.is_control() && !"\n\t".contains(c)) || c == '\u{202e}');
        assert!(!driven, "{format}: {:?}", shown.stdout);
    }
    // Through a pipe nothing changes.
    let (aws, _stub) = aws_with(table_names());
    let piped = run(&aws, &["dynamodb", "list-tables", "--output", "text"]);
    assert_eq!(piped.stdout, "TABLENAMES\ta\x1b[2J\x1b]0;t\x07\u{9b}31m\u{202e}b\rc\n");
}

#[test]
fn colours_of_a_table_stay() {
    let (aws, _stub) = aws_with(table_names());
    let shown = in_a_terminal(&aws, &["dynamodb", "list-tables", "--output", "table"]);
    assert!(shown.stdout.contains(&format!("\x1b[1m\x1b[34m{SPELLED}\x1b[0m")), "{:?}", shown.stdout);
}

#[test]
fn error_messages() {
    let body = format!(r#"{{"__type": "ResourceNotFoundException", "message": "{EVIL}"}}"#);
    for (format, expected) in [
        ("enhanced", SPELLED.to_owned()),
        ("legacy", SPELLED.to_owned()),
        ("text", SPELLED.to_owned()),
        ("table", SPELLED.to_owned()),
        ("json", r"\u009b31m\u202eb".to_owned()),
    ] {
        let (aws, _stub) = aws_with(Reply::new(400, "application/x-amz-json-1.0", body.clone()));
        let args = ["dynamodb", "describe-table", "--table-name", "t", "--cli-error-format", format, "--color", "off"];
        let shown = in_a_terminal(&aws, &args);
        assert_eq!(shown.code, 254, "{format}: {}", shown.stdout);
        assert!(shown.stdout.contains(&expected), "{format}: {:?}", shown.stdout);
        assert!(!shown.stdout.contains(['\x1b', '\u{9b}', '\u{202e}', '\x07', '\r']), "{format}: {:?}", shown.stdout);
    }
}

fn listing() -> Reply {
    Reply::xml(
        "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents>\
         <Key>a%1B%5B2J%0Ab%C2%9B%E2%80%AE</Key><LastModified>2021-02-11T04:24:23.000Z</LastModified><Size>1</Size>\
         <ETag>&quot;x&quot;</ETag></Contents></ListBucketResult>",
    )
}

#[test]
fn names_of_objects() {
    let (aws, _stub) = aws_with(listing());
    let shown = in_a_terminal(&aws, &["s3", "ls", "s3://b"]);
    // Not even a line end in a key begins another line.
    assert!(shown.stdout.ends_with("          1 a\\x1b[2J\\nb\\x9b\\u202e\n"), "{:?}", shown.stdout);
    let (aws, _stub) = aws_with(listing());
    let piped = run(&aws, &["s3", "ls", "s3://b"]);
    assert!(piped.stdout.ends_with("          1 a\x1b[2J\nb\u{9b}\u{202e}\n"), "{:?}", piped.stdout);

    let (aws, _stub) = aws_with(listing());
    let shown = in_a_terminal(&aws, &["s3", "rm", "s3://b", "--recursive", "--dryrun"]);
    assert_eq!(shown.stdout, "(dryrun) delete: s3://b/a\\x1b[2J\\nb\\x9b\\u202e\n");
}

#[test]
fn names_of_transfers_that_fail() {
    let denied = "<Error><Code>AccessDenied</Code><Message>no\u{202e}</Message></Error>";
    let (aws, _stub) = stub([listing(), Reply::new(403, "application/xml", denied)]);
    let aws = aws.with("TERM", "xterm");
    let shown = in_a_terminal(&aws, &["s3", "rm", "s3://b", "--recursive"]);
    assert_eq!(shown.code, 1);
    let expected = "delete failed: s3://b/a\\x1b[2J\\nb\\x9b\\u202e An error occurred (AccessDenied)";
    assert!(shown.stdout.contains(expected) && shown.stdout.contains("no\\u202e"), "{:?}", shown.stdout);
}

#[test]
fn what_is_typed_comes_back_spelled_out() {
    let aws = Aws::new().expect("an executable");
    let shown = in_a_terminal(&aws, &["s3", "\x1b[2Jx"]);
    assert_eq!(shown.code, 252);
    assert!(shown.stdout.contains("Found invalid choice '\\x1b[2Jx'"), "{:?}", shown.stdout);
}
