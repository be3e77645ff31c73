//! `aws s3` on servers that have nothing in common: moto, s3s-fs in this process, and `rclone serve s3`.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use crate::faults::{large, letters};
use crate::places::{Kind, Place, get, play};

/// What servers lack, so that a scenario can't be played on them: this is about them, not about `aws`.
const LACKS: &[(Kind, &str, &str)] = &[
    (Kind::Embedded, "odd_names", "keys in listings aren't encoded although that was asked for"),
    (Kind::Embedded, "a_bucket_in_use", "deletes the bucket with all that is in it"),
    (Kind::Embedded, "a_bucket_that_is_not_there", "makes the bucket"),
    (Kind::Embedded, "copy_in_parts", "no GetObjectTagging"),
    (Kind::Rclone, "copy_in_parts", "no GetObjectTagging"),
    (Kind::Rclone, "copy_in_parts_without_properties", "the reply to a copied part isn't that of a copied part"),
    (Kind::Rclone, "properties", "keeps no metadata of one's own"),
    (Kind::Rclone, "properties_of_copies", "keeps no metadata of one's own"),
];

macro_rules! scenarios {
    ($($name:ident),* $(,)?) => {
        mod moto { $(#[test] fn $name() { super::play(super::Kind::Moto, stringify!($name), super::LACKS, super::$name); })* }
        mod embedded { $(#[test] fn $name() { super::play(super::Kind::Embedded, stringify!($name), super::LACKS, super::$name); })* }
        mod rclone { $(#[test] fn $name() { super::play(super::Kind::Rclone, stringify!($name), super::LACKS, super::$name); })* }
    };
}

scenarios!(
    names_with_spaces_and_dots,
    odd_names,
    sync_sends_what_changed,
    sync_fetches_what_changed,
    sync_by_size_or_exact_time,
    sync_between_prefixes,
    filters,
    moves,
    removal_of_many,
    buckets_come_and_go,
    a_bucket_in_use,
    listings,
    presigned,
    streams,
    large_objects_in_parts,
    copy_in_parts,
    copy_in_parts_without_properties,
    properties,
    properties_of_copies,
    checksums,
    what_is_not_there,
    a_bucket_that_is_not_there,
);

const PARTS: &str = "[default]\ns3 =\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n";

fn there_and_back(place: &Place, names: &[&str]) {
    for name in names {
        place.file(&format!("d/{name}"), name);
    }
    assert_eq!(place.lines(&["s3", "cp", "d", "s3://{B}/p", "--recursive"]).len(), names.len());
    let mut keys: Vec<String> = names.iter().map(|n| format!("p/{n}")).collect();
    keys.sort();
    assert_eq!(place.keys(), keys);
    place.lines(&["s3", "cp", "s3://{B}/p", "e", "--recursive"]);
    assert_eq!(place.files("e"), place.files("d"));
    for name in names {
        place.ok(&["s3", "cp", &format!("s3://{{B}}/p/{name}"), "one"]);
        assert_eq!(fs::read_to_string(place.aws.work().join("one")).expect("a file"), **name);
    }
}

fn names_with_spaces_and_dots(place: &Place) {
    there_and_back(place, &["a", "a b", "c.d", "e/f g", "e/h-i_j~k", "(l)", "m'n", "!o", "~p"]);
}

fn odd_names(place: &Place) {
    there_and_back(place, &["+", "a&b", "c=d", "ü", "%41", "e%", "#f", "g?h", "i\"j", "k;l", "m:n@o", "$p,q", "<r>"]);
}

fn sync_sends_what_changed(place: &Place) {
    for name in ["a", "b/c", "b/d"] {
        place.file(&format!("d/{name}"), name);
    }
    let sent = ["upload: d/a to s3://{B}/p/a", "upload: d/b/c to s3://{B}/p/b/c", "upload: d/b/d to s3://{B}/p/b/d"];
    assert_eq!(place.lines(&["s3", "sync", "d", "s3://{B}/p"]), sent);
    assert!(place.lines(&["s3", "sync", "d", "s3://{B}/p"]).is_empty());
    place.file("d/a", "longer");
    fs::remove_file(place.aws.work().join("d/b/c")).expect("a file");
    assert_eq!(place.lines(&["s3", "sync", "d", "s3://{B}/p"]), [sent[0]]);
    assert_eq!(place.keys(), ["p/a", "p/b/c", "p/b/d"]);
    let dry = place.lines(&["s3", "sync", "d", "s3://{B}/p", "--delete", "--dryrun"]);
    assert_eq!(dry, ["(dryrun) delete: s3://{B}/p/b/c"]);
    assert_eq!(place.lines(&["s3", "sync", "d", "s3://{B}/p", "--delete"]), ["delete: s3://{B}/p/b/c"]);
    assert_eq!(place.objects()["p/a"], b"longer");
    assert_eq!(place.keys(), ["p/a", "p/b/d"]);
}

fn sync_fetches_what_changed(place: &Place) {
    for name in ["a", "b/c", "b/d"] {
        place.file(&format!("d/{name}"), name);
    }
    place.lines(&["s3", "cp", "d", "s3://{B}/p", "--recursive"]);
    place.lines(&["s3", "sync", "s3://{B}/p", "e"]);
    assert_eq!(place.files("e"), place.files("d"));
    assert!(place.lines(&["s3", "sync", "s3://{B}/p", "e"]).is_empty());
    place.file("e/b/c", "another");
    place.file("e/more", "more");
    let gone = ["delete: e/more", "download: s3://{B}/p/b/c to e/b/c"];
    assert_eq!(place.lines(&["s3", "sync", "s3://{B}/p", "e", "--delete", "--exclude", "nothing"]), gone);
    assert_eq!(place.files("e"), place.files("d"));
}

fn sync_by_size_or_exact_time(place: &Place) {
    place.file("d/a", "one");
    place.lines(&["s3", "sync", "d", "s3://{B}"]);
    // Newer than the object, of the same size.
    place.file("d/a", "two");
    let later = SystemTime::now() + Duration::from_secs(100);
    File::options()
        .write(true)
        .open(place.aws.work().join("d/a"))
        .expect("a file")
        .set_modified(later)
        .expect("a time");
    assert!(place.lines(&["s3", "sync", "d", "s3://{B}", "--size-only"]).is_empty());
    assert_eq!(place.lines(&["s3", "sync", "d", "s3://{B}"]), ["upload: d/a to s3://{B}/a"]);
    // What is newer here is fetched, what is older stays, as long as the times needn't be the same.
    let fetched = ["download: s3://{B}/a to d/a"];
    assert_eq!(place.lines(&["s3", "sync", "s3://{B}", "d"]), fetched);
    // Only moto's times are in whole seconds, as S3's are.
    let again = place.lines(&["s3", "sync", "s3://{B}", "d", "--exact-timestamps"]);
    assert_eq!(again.is_empty(), place.kind == Kind::Moto);
    let file = File::options().write(true).open(place.aws.work().join("d/a")).expect("a file");
    file.set_modified(SystemTime::now() - Duration::from_secs(1000)).expect("a time");
    assert!(place.lines(&["s3", "sync", "s3://{B}", "d"]).is_empty());
    assert_eq!(place.lines(&["s3", "sync", "s3://{B}", "d", "--exact-timestamps"]), fetched);
    assert_eq!(place.files("d")["a"], b"two");
}

fn sync_between_prefixes(place: &Place) {
    for name in ["a", "b/c"] {
        place.file(&format!("d/{name}"), name);
    }
    place.lines(&["s3", "cp", "d", "s3://{B}/p", "--recursive"]);
    let copied = ["copy: s3://{B}/p/a to s3://{B}/q/a", "copy: s3://{B}/p/b/c to s3://{B}/q/b/c"];
    assert_eq!(place.lines(&["s3", "sync", "s3://{B}/p", "s3://{B}/q"]), copied);
    assert_eq!(place.keys(), ["p/a", "p/b/c", "q/a", "q/b/c"]);
}

fn filters(place: &Place) {
    for name in ["a.txt", "a.log", "b/c.txt", "b/d.log", "e/f.txt"] {
        place.file(&format!("d/{name}"), name);
    }
    let only = ["--exclude", "*", "--include", "*.txt", "--exclude", "e/*"];
    place.lines(&[&["s3", "cp", "d", "s3://{B}", "--recursive"], &only[..]].concat());
    assert_eq!(place.keys(), ["a.txt", "b/c.txt"]);
    place.lines(&["s3", "cp", "s3://{B}", "g", "--recursive", "--exclude", "b/*"]);
    assert_eq!(place.files("g").into_keys().collect::<Vec<_>>(), ["a.txt"]);
}

fn moves(place: &Place) {
    place.file("f", "contents");
    assert_eq!(place.lines(&["s3", "mv", "f", "s3://{B}/x/"]), ["move: ./f to s3://{B}/x/f"]);
    assert!(!place.aws.work().join("f").exists());
    assert_eq!(place.lines(&["s3", "mv", "s3://{B}/x/f", "s3://{B}/y"]), ["move: s3://{B}/x/f to s3://{B}/y"]);
    assert_eq!(place.keys(), ["y"]);
    assert_eq!(place.lines(&["s3", "mv", "s3://{B}/y", "."]), ["move: s3://{B}/y to ./y"]);
    assert!(place.keys().is_empty());
    assert_eq!(fs::read_to_string(place.aws.work().join("y")).expect("a file"), "contents");
    for name in ["a", "b/c"] {
        place.file(&format!("d/{name}"), name);
    }
    assert_eq!(place.lines(&["s3", "mv", "d", "s3://{B}", "--recursive"]).len(), 2);
    assert!(place.files("d").is_empty());
    assert_eq!(place.keys(), ["a", "b/c"]);
}

fn removal_of_many(place: &Place) {
    for n in 0..130 {
        place.file(&format!("d/{n:03}"), "x");
    }
    place.lines(&["s3", "cp", "d", "s3://{B}/p", "--recursive"]);
    assert_eq!(place.lines(&["s3", "ls", "s3://{B}/p/", "--page-size", "50"]).len(), 130);
    let removed = place.lines(&["s3", "rm", "s3://{B}/p", "--recursive", "--exclude", "00[0-4]", "--page-size", "60"]);
    assert_eq!(removed.len(), 125);
    assert_eq!(place.keys(), ["p/000", "p/001", "p/002", "p/003", "p/004"]);
}

fn buckets_come_and_go(place: &Place) {
    let other = format!("s3://{}-2", place.bucket);
    assert_eq!(place.ok(&["s3", "mb", &other]), "make_bucket: {B}-2\n");
    assert!(place.ok(&["s3", "ls"]).lines().any(|line| line.ends_with(" {B}-2")));
    place.file("f", "contents");
    place.lines(&["s3", "cp", "f", &format!("{other}/a/b")]);
    place.lines(&["s3", "cp", "f", &format!("{other}/c")]);
    let said = place.ok(&["s3", "rb", &other, "--force"]);
    assert!(said.ends_with("remove_bucket: {B}-2\n"), "{said}");
    assert!(!place.ok(&["s3", "ls"]).contains("{B}-2"));
}

fn a_bucket_in_use(place: &Place) {
    place.file("f", "contents");
    place.lines(&["s3", "cp", "f", "s3://{B}"]);
    place.run(&["s3", "rb", "s3://{B}"]).check(
        "
exit 1
--- stderr
remove_bucket failed: s3://{B} An error occurred (BucketNotEmpty) when calling the DeleteBucket operation[..]
",
    );
    assert_eq!(place.keys(), ["f"]);
}

fn listings(place: &Place) {
    for (name, size) in [("a", 1), ("b/c", 2000), ("b/d", 3_000_000), ("bb", 4)] {
        place.file(&format!("d/{name}"), letters(size));
    }
    place.lines(&["s3", "cp", "d", "s3://{B}", "--recursive"]);
    place.run(&["s3", "ls", "s3://{B}"]).check(
        "
exit 0
--- stdout
                           PRE b/
[..] [..]          1 a
[..] [..]          4 bb
",
    );
    place.run(&["s3", "ls", "s3://{B}/b"]).check(
        "
exit 0
--- stdout
                           PRE b/
[..] [..]          4 bb
",
    );
    place.run(&["s3", "ls", "{B}/b/"]).check(
        "
exit 0
--- stdout
[..] [..]       2000 c
[..] [..]    3000000 d
",
    );
    place.run(&["s3", "ls", "s3://{B}", "--recursive", "--human-readable", "--summarize"]).check(
        "
exit 0
--- stdout
[..] [..]    1 Byte a
[..] [..]    2.0 KiB b/c
[..] [..]    2.9 MiB b/d
[..] [..]    4 Bytes bb

Total Objects: 4
   Total Size: 2.9 MiB
",
    );
    place.run(&["s3", "ls", "s3://{B}/nothing"]).check("exit 1");
}

fn presigned(place: &Place) {
    place.file("f", "contents");
    place.lines(&["s3", "cp", "f", "s3://{B}/a b/c"]);
    let url = place.aws.run(&["s3", "presign", &format!("s3://{}/a b/c", place.bucket)]).expect("it starts").stdout;
    assert_eq!(get(url.trim()), (200, b"contents".to_vec()));
    if place.kind == Kind::Embedded {
        let last = url.trim().chars().next_back();
        let other = if last == Some('0') { '1' } else { '0' };
        assert_eq!(get(&format!("{}{other}", &url[..url.trim().len() - 1])).0, 403);
    }
}

fn streams(place: &Place) {
    place.aws.config(PARTS).expect("a file");
    for (key, data) in [("empty", letters(0)), ("small", letters(1000)), ("large", letters((5 << 20) + 3))] {
        let name = format!("s3://{}/{key}", place.bucket);
        let outcome = place.aws.feed(&["s3", "cp", "-", &name], &data).expect("the executable starts");
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
        assert!(place.objects()[key] == *data);
        assert!(place.ok(&["s3", "cp", &name, "-"]).as_bytes() == &*data, "{key}");
    }
}

fn large_objects_in_parts(place: &Place) {
    place.aws.config(PARTS).expect("a file");
    place.file("f", large());
    assert_eq!(place.lines(&["s3", "cp", "f", "s3://{B}/k"]), ["upload: ./f to s3://{B}/k"]);
    assert!(place.objects()["k"] == *large());
    assert_eq!(place.lines(&["s3", "cp", "s3://{B}/k", "g"]), ["download: s3://{B}/k to ./g"]);
    assert!(fs::read(place.aws.work().join("g")).expect("a file") == *large());
}

fn copy_in_parts(place: &Place) {
    place.aws.config(PARTS).expect("a file");
    place.file("f", large());
    place.lines(&["s3", "cp", "f", "s3://{B}/k"]);
    assert_eq!(place.lines(&["s3", "cp", "s3://{B}/k", "s3://{B}/m"]), ["copy: s3://{B}/k to s3://{B}/m"]);
    assert!(place.objects()["m"] == *large());
}

fn copy_in_parts_without_properties(place: &Place) {
    place.aws.config(PARTS).expect("a file");
    place.file("f", large());
    place.lines(&["s3", "cp", "f", "s3://{B}/k"]);
    place.lines(&["s3", "cp", "s3://{B}/k", "s3://{B}/m", "--copy-props", "none"]);
    assert!(place.objects()["m"] == *large());
}

fn head(place: &Place, key: &str) -> String {
    let query = "[ContentType,CacheControl,ContentDisposition,Metadata.colour]";
    let head = ["s3api", "head-object", "--bucket", "{B}", "--key", key, "--query", query, "--output", "text"];
    place.ok(&head).trim_end().replace('\t', " ")
}

const GIVEN: [&str; 8] = [
    "--content-type",
    "text/x",
    "--cache-control",
    "no-cache",
    "--content-disposition",
    "inline",
    "--metadata",
    "colour=blue",
];

fn properties(place: &Place) {
    place.file("f.html", "contents");
    place.lines(&["s3", "cp", "f.html", "s3://{B}/guessed"]);
    assert_eq!(head(place, "guessed"), "text/html None None None");
    place.lines(&[&["s3", "cp", "f.html", "s3://{B}/given"], &GIVEN[..]].concat());
    assert_eq!(head(place, "given"), "text/x no-cache inline blue");
}

fn properties_of_copies(place: &Place) {
    place.file("f.html", "contents");
    place.lines(&[&["s3", "cp", "f.html", "s3://{B}/given"], &GIVEN[..]].concat());
    place.lines(&["s3", "cp", "s3://{B}/given", "s3://{B}/copied"]);
    assert_eq!(head(place, "copied"), "text/x no-cache inline blue");
    let replaced = ["--metadata-directive", "REPLACE", "--content-type", "text/y"];
    place.lines(&[&["s3", "cp", "s3://{B}/given", "s3://{B}/replaced"], &replaced[..]].concat());
    assert_eq!(head(place, "replaced"), "text/y None None None");
}

fn checksums(place: &Place) {
    place.file("f", "contents");
    for algorithm in ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] {
        let key = format!("s3://{{B}}/{algorithm}");
        place.lines(&["s3", "cp", "f", &key, "--checksum-algorithm", algorithm]);
        place.lines(&["s3", "cp", &key, "g", "--checksum-mode", "ENABLED"]);
        assert_eq!(fs::read_to_string(place.aws.work().join("g")).expect("a file"), "contents");
    }
}

fn what_is_not_there(place: &Place) {
    place.run(&["s3", "cp", "s3://{B}/nosuch", "g"]).check(
        "
exit 1
--- stderr
fatal error: An error occurred (404) when calling the HeadObject operation: Key \"nosuch\" does not exist
",
    );
    assert_eq!(place.lines(&["s3", "rm", "s3://{B}/nosuch"]), ["delete: s3://{B}/nosuch"]);
    assert!(place.lines(&["s3", "rm", "s3://{B}/nosuch", "--recursive"]).is_empty());
    let outcome = place.run(&["s3", "cp", "nosuch", "s3://{B}", "--recursive"]);
    outcome.check("exit 255\n--- stderr\n\naws: [ERROR]: The user-provided path nosuch does not exist.");
}

fn a_bucket_that_is_not_there(place: &Place) {
    place.run(&["s3", "ls", "s3://{B}-nosuch"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation[..]
",
    );
    place.file("f", "contents");
    let outcome = place.run(&["s3", "cp", "f", "s3://{B}-nosuch/k", "--no-progress"]);
    outcome.check(
        "
exit 1
--- stderr
upload failed: ./f to s3://{B}-nosuch/k An error occurred (NoSuchBucket) when calling the PutObject operation[..]
",
    );
}
