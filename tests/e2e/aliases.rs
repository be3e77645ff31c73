//! Aliases of commands: their words stand before the user's, and options of both add up.

use oxaws_testkit::aws::Aws;

use crate::servers::run;

const ALIASES: &str = "[toplevel]\n\
    texts = s3 cp --exclude \"*\" --include \"*.txt\"\n\
    secret = s3 cp --sse-c --sse-c-key fileb://key\n";

/// With a folder of two files.
fn aws() -> Aws {
    let aws = Aws::new().expect("an executable");
    let folder = aws.home().join(".aws/cli");
    std::fs::create_dir_all(&folder).expect("a folder for aliases");
    std::fs::write(folder.join("alias"), ALIASES).expect("aliases");
    for (name, contents) in [("d/x.txt", &b"x"[..]), ("d/y.bin", b"y"), ("key", b"\xff\xfe")] {
        aws.file(name, contents).expect("a file");
    }
    aws
}

#[test]
fn filters_of_an_alias_count() {
    run(&aws(), &["texts", "d", "s3://b/p", "--recursive", "--dryrun"])
        .check("exit 0\n--- stdout\n(dryrun) upload: d/x.txt to s3://b/p/x.txt");
    run(&aws(), &["texts", "d", "s3://b/p", "--recursive", "--dryrun", "--exclude", "x.*", "--include", "y.*"])
        .check("exit 0\n--- stdout\n(dryrun) upload: d/y.bin to s3://b/p/y.bin");
}

#[test]
fn options_that_stand_alone_and_binary_files_count() {
    run(&aws(), &["secret", "d/x.txt", "s3://b/x", "--dryrun"])
        .check("exit 0\n--- stdout\n(dryrun) upload: d/x.txt to s3://b/x");
}
