//! The options of the s3 commands, each once.

use super::request_options;
use oxaws_cli::argv::argparse::Nargs;
use oxaws_cli::plug::registry::{Opt, Reading};

/// The algorithm of keys, where none is named.
const AES256: &str = "AES256";

/// The names of checksum algorithms.
pub const CHECKSUM_ALGORITHMS: &[&str] =
    &["CRC64NVME", "CRC32", "SHA256", "SHA1", "CRC32C", "SHA512", "XXHASH64", "XXHASH3", "XXHASH128"];

/// `--recursive`
pub const RECURSIVE: Opt = Opt::switch("recursive", "dir_op", true, "Everything under the folder or prefix.");
/// `--dryrun`
pub const DRYRUN: Opt = Opt::flag("dryrun", "Shows what would be done without doing it.");
/// `--quiet`
pub const QUIET: Opt = Opt::flag("quiet", "Prints nothing.");
/// `--include`: in the order given, with `--exclude`.
pub const INCLUDE: Opt = filter("include", "Don't exclude what fits the pattern.");
/// `--exclude`
pub const EXCLUDE: Opt = filter("exclude", "Leave out what fits the pattern.");
/// `--only-show-errors`
pub const ONLY_SHOW_ERRORS: Opt = Opt::flag("only-show-errors", "Prints errors and warnings only.");
/// `--page-size`
pub const PAGE_SIZE: Opt = Opt::value("page-size", "How many keys one listing request asks for.").reading(Reading::Int);
/// `--request-payer`
pub const REQUEST_PAYER: Opt = Opt::value("request-payer", "Who asks pays.").alone("requester").one_of(&["requester"]);
/// `--force`
pub const FORCE: Opt = Opt::flag("force", "Deletes all objects first.");
/// `--human-readable`
pub const HUMAN_READABLE: Opt = Opt::flag("human-readable", "Sizes in KiB, MiB and so on.");
/// `--summarize`
pub const SUMMARIZE: Opt = Opt::flag("summarize", "Shows the number of objects and their size at the end.");
/// `--no-overwrite`
pub const NO_OVERWRITE: Opt = Opt::flag("no-overwrite", "Transfers only what isn't at the destination yet.");
/// `--case-conflict`
pub const CASE_CONFLICT: Opt =
    Opt::value("case-conflict", "What to do with keys that differ only by case, when downloading.")
        .one_of(&["ignore", "skip", "warn", "error"]);
/// `--metadata`
pub const METADATA: Opt = Opt::value("metadata", "Metadata to store with the objects.")
    .reading(Reading::Checked(|cx, args| request_options::metadata(cx, args).map(drop)));
/// `--copy-props`
pub const COPY_PROPS: Opt = Opt::value("copy-props", "Which properties a copy keeps.").one_of(&[
    "none",
    "metadata-directive",
    "default",
    "all",
]);
/// `--metadata-directive`
pub const METADATA_DIRECTIVE: Opt =
    Opt::value("metadata-directive", "Whether a copy keeps the metadata.").one_of(&["COPY", "REPLACE"]);
/// `--expected-size`
pub const EXPECTED_SIZE: Opt = Opt::value("expected-size", "How long the stream is expected to be, in bytes.");
/// `--validate-same-s3-paths`
pub const VALIDATE_SAME_S3_PATHS: Opt =
    Opt::flag("validate-same-s3-paths", "Looks up whether both paths are the same bucket.");
/// `--size-only`
pub const SIZE_ONLY: Opt = Opt::flag("size-only", "Only the size decides.");
/// `--exact-timestamps`
pub const EXACT_TIMESTAMPS: Opt = Opt::flag("exact-timestamps", "Downloads unless the times are equal.");
/// `--delete`
pub const DELETE: Opt = Opt::flag("delete", "Deletes at the destination what isn't at the source.");

/// Source and destination.
pub const PATHS: Opt = Opt::positional("paths", Nargs::Exactly(2), "Source and destination.");
/// One S3 path.
pub const ONE_PATH: Opt = Opt::positional("paths", Nargs::Exactly(1), "An S3 path.");

const fn filter(name: &'static str, help: &'static str) -> Opt {
    Opt { dest: Some("filters"), ..Opt::value(name, help) }.taking(Nargs::Exactly(1))
}

/// What cp, mv and sync have in common, in the CLI's order.
pub const TRANSFER: [Opt; 34] = [
    DRYRUN,
    QUIET,
    INCLUDE,
    EXCLUDE,
    Opt::value("acl", "A canned ACL.").one_of(&[
        "private",
        "public-read",
        "public-read-write",
        "authenticated-read",
        "aws-exec-read",
        "bucket-owner-read",
        "bucket-owner-full-control",
        "log-delivery-write",
    ]),
    Opt::switch("follow-symlinks", "follow_symlinks", true, "Uploads what links point to (the default)."),
    Opt::switch("no-follow-symlinks", "follow_symlinks", false, "Leaves links out."),
    Opt::switch("no-guess-mime-type", "guess_mime_type", false, "Sets no content type."),
    Opt::value("sse", "Server-side encryption.").alone(AES256).one_of(&[AES256, "aws:kms"]),
    Opt::value("sse-c", "Encryption with a key of your own.").alone(AES256).one_of(&[AES256]),
    Opt::value("sse-c-key", "The key for --sse-c.").reading(Reading::Bytes).secret(),
    Opt::value("sse-kms-key-id", "The KMS key."),
    Opt::value("sse-c-copy-source", "How the source of a copy is encrypted.").alone(AES256).one_of(&[AES256]),
    Opt::value("sse-c-copy-source-key", "The key for --sse-c-copy-source.").reading(Reading::Bytes).secret(),
    Opt::value("storage-class", "The storage class.").one_of(&[
        "STANDARD",
        "REDUCED_REDUNDANCY",
        "STANDARD_IA",
        "ONEZONE_IA",
        "INTELLIGENT_TIERING",
        "GLACIER",
        "DEEP_ARCHIVE",
        "GLACIER_IR",
    ]),
    Opt::value("grants", "Permissions, as PERMISSION=GRANTEE.").taking(Nargs::OneOrMore),
    Opt::value("website-redirect", "Where a website sends requests for the object."),
    Opt::value("content-type", "The content type."),
    Opt::value("cache-control", "How replies may be cached."),
    Opt::value("content-disposition", "How content is presented."),
    Opt::value("content-encoding", "How the content is encoded."),
    Opt::value("content-language", "The content's language."),
    Opt::value("expires", "Until when the object can be cached."),
    Opt::value("source-region", "The region of a copy's source."),
    ONLY_SHOW_ERRORS,
    Opt::switch("no-progress", "progress", false, "Shows no progress."),
    Opt::value("progress-frequency", "Seconds between progress lines.").reading(Reading::Int),
    Opt::flag("progress-multiline", "Progress on lines of its own."),
    PAGE_SIZE,
    Opt::flag("ignore-glacier-warnings", "Skips archived objects silently."),
    Opt::flag("force-glacier-transfer", "Tries to transfer archived objects."),
    REQUEST_PAYER,
    Opt::value("checksum-mode", "Whether checksums are checked.").one_of(&["ENABLED"]),
    Opt::value("checksum-algorithm", "The checksum's algorithm.").one_of(CHECKSUM_ALGORITHMS),
];

/// Options put together: those of `TRANSFER` between what stands before and after them.
pub const fn with_transfer<const N: usize>(first: Opt, last: &[Opt]) -> [Opt; N] {
    let mut all = [first; N];
    let mut at = 1;
    while at <= TRANSFER.len() {
        all[at] = TRANSFER[at - 1];
        at += 1;
    }
    while at < N {
        all[at] = last[at - 1 - TRANSFER.len()];
        at += 1;
    }
    all
}
