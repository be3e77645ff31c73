//! `aws cloudtrail verify-query-results`: whether exported query results are those that CloudTrail signed.

use super::digest::{is_rsa_key, sha256_hex_of, signed_by, unhex};
use super::moment::Moment;
use oxaws_cli::plug::registry::{Command, CommandCall, Opt};
use oxaws_cli::written::reply;
use oxaws_cli::{Context, Exit, Failure};
use oxaws_client::{CallInput, ClientOptions};
use oxaws_failure::Cause;
use oxaws_python::decode_utf8;
use oxaws_python::python_os_error;
use oxaws_value::repr::{self, type_name};
use oxaws_value::{Map, Value, parse_json};
use std::io::Read;
use std::path::Path;

/// The command.
pub static VERIFY_QUERY_RESULTS: Command = Command {
    name: "verify-query-results",
    options: &[
        Opt::value("s3-bucket", "The bucket with the exported results and their sign file."),
        Opt::value("s3-prefix", "What the keys of the results and of the sign file begin with."),
        Opt::value(
            "local-export-path",
            "The folder with the exported results and their sign file, instead of a bucket.",
        ),
    ],
    subcommands: &[],
    run: Some(run),
    help: "Checks whether exported query results were changed since CloudTrail signed them.",
};

const SIGN_FILE: &str = "result_sign.json";
/// How long after the query its key is looked for.
const KEY_SECONDS: i64 = 20 * 24 * 3600;
/// What the AWS CLI's cryptographic library says of a key that it can't read.
const BAD_KEY: &str =
    "7179 (AWS_ERROR_CAL_CRYPTO_OPERATION_FAILED): Unknown error when calling underlying Crypto library.";

fn general(text: impl Into<Cause>) -> Failure {
    Failure::verification(text)
}

/// Where the files are.
enum Place<'a> {
    Folder(&'a str),
    Bucket { name: &'a str, prefix: String },
}

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let cx = call.cx;
    let place = place(call)?;
    let sign_file = place.sign_file(cx)?;
    let hashes = place.check_files(cx, &sign_file)?;
    let key = public_key(cx, &sign_file)?;
    if !is_rsa_key(&key) {
        return Err(general(BAD_KEY));
    }
    let signature = match reply::member(&sign_file, "hashSignature")? {
        Value::String(text) => unhex(text).map_err(general)?,
        other => {
            let kind = type_name(other, Default::default());
            return Err(general(format!("argument should be bytes, buffer or ASCII string, not '{kind}'")));
        }
    };
    if !signed_by(&key, hashes.join(" ").as_bytes(), &signature) {
        return Err(general("ValidationError: Invalid signature in sign file"));
    }
    cx.ui.line("Successfully validated sign and query result files")?;
    Ok(Exit::Success)
}

fn place<'a>(call: &'a CommandCall) -> Result<Place<'a>, Failure> {
    let given = |dest| call.args.word(dest).filter(|w| !w.is_empty());
    let (bucket, prefix, folder) = (given("s3_bucket"), given("s3_prefix"), given("local_export_path"));
    let refuse = |text: &str| Err(Failure::validation(text.to_owned()));
    match (bucket, folder) {
        (_, Some(_)) if bucket.is_some() || prefix.is_some() => {
            refuse("Parameter --local-export-path can not be specified with parameter --s3-bucket nor --s3-prefix.")
        }
        (_, Some(folder)) => Ok(Place::Folder(folder)),
        (Some(name), None) => {
            let mut prefix = prefix.unwrap_or_default().to_owned();
            if !prefix.is_empty() && !prefix.ends_with('/') {
                prefix.push('/');
            }
            Ok(Place::Bucket { name, prefix })
        }
        (None, None) => refuse("Require parameter --s3-bucket or --local-export-path."),
    }
}

impl Place<'_> {
    /// Gives the contents of a file to `read`.
    fn open<T>(
        &self,
        cx: &Context,
        name: &str,
        read: impl FnOnce(&mut dyn Read) -> std::io::Result<T>,
    ) -> Result<T, Failure> {
        match self {
            Place::Folder(folder) => {
                // As Python joins paths: an absolute name stands for itself.
                let gap = if folder.ends_with('/') { "" } else { "/" };
                let shown = if name.starts_with('/') { name.to_owned() } else { format!("{folder}{gap}{name}") };
                let path = cx.world.current_dir()?.join(Path::new(&shown));
                let mut file = std::fs::File::open(path).map_err(|e| general(python_os_error(&e, &shown)))?;
                read(&mut file).map_err(|e| general(python_os_error(&e, &shown)))
            }
            Place::Bucket { name: bucket, prefix } => {
                let key = format!("{prefix}{name}");
                let params = reply::params([("Bucket", Value::from(*bucket)), ("Key", Value::from(key))]);
                let configured = ClientOptions { configured_endpoint: true, ..ClientOptions::default() };
                let operation = reply::operation_of(cx, "s3", "GetObject")?;
                let mut found = cx.session.call_with(operation, CallInput::new(params), &configured)?;
                match &mut found.stream {
                    Some(stream) => read(stream).map_err(Failure::reading),
                    None => read(&mut std::io::empty()).map_err(Failure::from),
                }
            }
        }
    }

    fn sign_file(&self, cx: &Context) -> Result<Map, Failure> {
        let mut bytes = Vec::new();
        self.open(cx, SIGN_FILE, |file| file.read_to_end(&mut bytes))?;
        let text = decode_utf8(&bytes).map_err(general)?;
        match parse_json(text) {
            Ok(Value::Map(map)) => Ok(map),
            Ok(_) => Err(invalid_sign_file()),
            Err(e) => Err(general(format!("InformationCollectionError: Unable to load {SIGN_FILE} file, due to {e}"))),
        }
    }

    /// Checks the hash of every file that the sign file names; returns the hashes, which are what is signed.
    fn check_files(&self, cx: &Context, sign_file: &Map) -> Result<Vec<String>, Failure> {
        let files = match reply::member(sign_file, "files")? {
            Value::List(files) => files,
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
                return Err(invalid_sign_file());
            }
            other if other.is_truthy() => return Err(general("string indices must be integers, not 'str'")),
            _ => return Err(no_files()),
        };
        if files.is_empty() {
            return Err(no_files());
        }
        let mut hashes = Vec::with_capacity(files.len());
        for file in files {
            let file = match file {
                Value::Map(file) => file,
                Value::String(_) => return Err(general("string indices must be integers, not 'str'")),
                Value::List(_) => return Err(general("list indices must be integers or slices, not str")),
                other => {
                    let kind = type_name(other, Default::default());
                    return Err(general(format!("'{kind}' object is not subscriptable")));
                }
            };
            let name = self.name(reply::member(file, "fileName")?)?;
            let found = self.open(cx, name, |file| sha256_hex_of(file))?;
            let recorded = repr::str(reply::member(file, "fileHashValue")?, Default::default());
            if found != recorded {
                return Err(general(format!(
                    "ValidationError: File {name} has inconsistent hash value with hash value recorded in sign file, hash \
                     value in sign file is {recorded} , but get {found}"
                )));
            }
            hashes.push(recorded);
        }
        Ok(hashes)
    }

    /// The name of a file, with Python's complaint about one that isn't text.
    fn name<'v>(&self, value: &'v Value) -> Result<&'v str, Failure> {
        let kind = || type_name(value, Default::default());
        value.as_str().ok_or_else(|| match self {
            Place::Folder(_) => {
                general(format!("join() argument must be str, bytes, or os.PathLike object, not '{}'", kind()))
            }
            Place::Bucket { .. } => general(format!("can only concatenate str (not \"{}\") to str", kind())),
        })
    }
}

fn invalid_sign_file() -> Failure {
    general("ValidationError: Invalid sign file provided.")
}

fn no_files() -> Failure {
    general("ValidationError: No export file was found in sign file.")
}

/// The key that the sign file names, as DER.
fn public_key(cx: &Context, sign_file: &Map) -> Result<Vec<u8>, Failure> {
    let completed = match reply::member(sign_file, "queryCompleteTime")? {
        Value::String(text) => text.as_str(),
        other => {
            let kind = type_name(other, Default::default());
            return Err(general(format!("Parser must be a string or character stream, not {kind}")));
        }
    };
    let fingerprint = reply::member(sign_file, "publicKeyFingerprint")?;
    // The start is sent as the file has it, with its offset; the end counts from its wall clock taken for UTC.
    let end = Moment::parse(cx, completed)?.plus(KEY_SECONDS);
    let params = reply::params([("StartTime", Value::from(completed)), ("EndTime", Value::from(end.exact()))]);
    let found = reply::call(cx, "cloudtrail", "ListPublicKeys", params)?;
    let keys = reply::member(&found, "PublicKeyList")?.as_list().unwrap_or_default();
    let key = keys.iter().filter_map(Value::as_map).find(|k| k.get("Fingerprint") == Some(fingerprint));
    let key = key.ok_or_else(|| {
        let shown = repr::str(fingerprint, Default::default());
        general(format!("No public keys found for key with fingerprint: {shown}"))
    })?;
    match reply::member(key, "Value")? {
        Value::Bytes(der) => Ok(der.clone()),
        other => oxaws_input::blob::decode(other.as_str().unwrap_or_default()).map_err(|e| general(e.to_string())),
    }
}
