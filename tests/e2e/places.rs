//! The S3 servers that the same scenarios are played on, and a look into each that doesn't go through the executable.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use oxaws_testkit::aws::{Aws, Outcome};
use oxaws_testkit::memory::decoded;
use oxaws_testkit::rclone::Rclone;
use oxaws_testkit::s3::S3Server;
use oxaws_testkit::scratch::Scratch;

use crate::faults::files_below;
use crate::servers::moto_url;

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// moto: the most complete, but it verifies no signatures.
    Moto,
    /// s3s-fs in this process: verifies signatures and checksums.
    Embedded,
    /// `rclone serve s3`: verifies signatures.
    Rclone,
}

/// A server, an empty bucket on it, and an `aws` that talks to it.
pub struct Place {
    pub kind: Kind,
    pub aws: Aws,
    pub bucket: String,
    url: String,
    folder: Option<Scratch>,
    _server: Option<Rclone>,
}

impl Place {
    fn new(kind: Kind) -> Place {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let folder = (kind != Kind::Moto).then(|| Scratch::new().expect("a folder"));
        let root = folder.as_ref().map(|f| f.path().to_owned()).unwrap_or_default();
        let mut server = None;
        let url = match kind {
            Kind::Moto => moto_url().to_owned(),
            Kind::Embedded => S3Server::start(&root).expect("the S3 server starts").url(),
            Kind::Rclone => server.insert(Rclone::start(&root).expect("rclone starts")).url().to_owned(),
        };
        let aws = Aws::new().expect("an executable").with("AWS_ENDPOINT_URL", url.as_str());
        let bucket = format!("den-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let place = Place { kind, aws, bucket, url, folder, _server: server };
        place.ok(&["s3api", "create-bucket", "--bucket", &place.bucket]);
        place
    }

    /// Runs a command; `{B}` in its arguments is the bucket.
    pub fn run(&self, args: &[&str]) -> Outcome {
        let args: Vec<String> = args.iter().map(|a| a.replace("{B}", &self.bucket)).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut outcome = self.aws.run(&args).expect("the executable starts");
        outcome.stdout = outcome.stdout.replace(&self.bucket, "{B}");
        outcome.stderr = outcome.stderr.replace(&self.bucket, "{B}");
        outcome
    }

    /// Runs a command that must end well and silently; gives its output.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> String {
        let outcome = self.run(args);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{args:?}");
        outcome.stdout
    }

    /// Runs a transfer that must end well and silently; gives what it says, in order of the alphabet.
    #[track_caller]
    pub fn lines(&self, args: &[&str]) -> Vec<String> {
        let quiet: &[&str] = if matches!(args[1], "cp" | "mv" | "sync") { &["--no-progress"] } else { &[] };
        let text = self.ok(&[args, quiet].concat());
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    }

    /// A file in the working folder.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        self.aws.file(name, contents).expect("a file")
    }

    /// The files below a folder of the working folder.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        files_below(&self.aws.work().join(folder), "", &mut found);
        found.into_iter().map(|(name, data)| (name, data.to_vec())).collect()
    }

    /// What the server holds in the bucket, seen from behind.
    pub fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        if let Some(folder) = &self.folder {
            let bucket = folder.path().join(&self.bucket);
            if bucket.exists() {
                files_below(&bucket, "", &mut found);
            }
            return found.into_iter().filter(|(n, _)| !n.starts_with('.')).map(|(n, d)| (n, d.to_vec())).collect();
        }
        let bucket = format!("{}/{}", self.url, self.bucket);
        let read = |url: String| {
            let (status, body) = get_with(&url, ANY_SIGNATURE);
            assert_eq!(status, 200, "{url}");
            body
        };
        let listing = read(format!("{bucket}?list-type=2&encoding-type=url"));
        let listing = String::from_utf8(listing).expect("XML");
        let keys = listing.split("<Key>").skip(1).map(|part| part.split("</Key>").next().unwrap_or_default());
        let keys = keys.map(|key| key.replace('+', "%20"));
        keys.map(|key| (decoded(&key, false), read(format!("{bucket}/{key}")))).collect()
    }

    /// The names of what the server holds.
    pub fn keys(&self) -> Vec<String> {
        self.objects().into_keys().collect()
    }
}

/// moto wants to see one, but doesn't verify it.
const ANY_SIGNATURE: &str = "Authorization: AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request, \
                             SignedHeaders=host, Signature=0\r\n";

/// A plain GET, as any other program would send it.
pub fn get(url: &str) -> (u16, Vec<u8>) {
    get_with(url, "")
}

fn get_with(url: &str, headers: &str) -> (u16, Vec<u8>) {
    let (host, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("a URL");
    let mut stream = TcpStream::connect(host).expect("a connection");
    stream.write_all(format!("GET /{path} HTTP/1.0\r\nHost: {host}\r\n{headers}\r\n").as_bytes()).expect("sent");
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).expect("a reply");
    let end = reply.windows(4).position(|w| w == b"\r\n\r\n").expect("a head") + 4;
    let status = std::str::from_utf8(&reply[9..12]).ok().and_then(|s| s.parse().ok());
    (status.expect("a status"), reply.split_off(end))
}

/// Plays a scenario on a server; one that the server lacks something for must fail.
pub fn play(kind: Kind, name: &str, lacks: &[(Kind, &str, &str)], scenario: fn(&Place)) {
    let place = Place::new(kind);
    match lacks.iter().find(|(k, n, _)| *k == kind && *n == name) {
        None => scenario(&place),
        Some((_, _, reason)) => {
            let ended = catch_unwind(AssertUnwindSafe(|| scenario(&place)));
            assert!(ended.is_err(), "{name} works on {kind:?} now; strike it from the list: {reason}");
        }
    }
}
