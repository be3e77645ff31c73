//! What the options say about objects.

use super::mime;
use oxaws_cli::argv::argparse::Parsed;
use oxaws_cli::operation::bind::{json_or_shorthand, param_error};
use oxaws_cli::plug::registry::CommandCall;
use oxaws_cli::{Context, Failure};
use oxaws_input::json_arg;
use oxaws_python::Timestamp;
use oxaws_transfer::{Algorithm, CopyProps, CustomerKey, ObjectOptions};
use oxaws_value::Value;
use oxaws_value::repr::{MapClass, class, repr};

/// A key and its option.
struct KeyOption {
    option: &'static str,
    dest: &'static str,
    key_option: &'static str,
    key_dest: &'static str,
}

const SSE_C: KeyOption = KeyOption { option: "sse-c", dest: "sse_c", key_option: "sse-c-key", key_dest: "sse_c_key" };
const SSE_C_SOURCE: KeyOption = KeyOption {
    option: "sse-c-copy-source",
    dest: "sse_c_copy_source",
    key_option: "sse-c-copy-source-key",
    key_dest: "sse_c_copy_source_key",
};

/// Reads `--metadata`: the words come as shorthand or JSON.
///
/// # Errors
/// When they can't be read, or are no map of texts.
pub fn metadata(cx: &Context, args: &Parsed) -> Result<Vec<(String, String)>, Failure> {
    let Some(text) = args.word("metadata") else { return Ok(Vec::new()) };
    let value = match text.trim_start().starts_with('[') {
        true => json_arg::parse_map(text).map_err(|e| param_error("--metadata", e))?,
        false => json_or_shorthand(cx.world, text, "--metadata")?,
    };
    let wrong = |name: &str, value: &Value, valid: &str| {
        let (shown, kind) = (repr(value, MapClass::default()), class(value, MapClass::default()));
        format!("Invalid type for parameter {name}, value: {shown}, type: {kind}, valid types: {valid}")
    };
    let Value::Map(map) = &value else {
        let problem = wrong("input", &value, "<class 'dict'>");
        return Err(Failure::validation(format!("Parameter validation failed:\n{problem}")));
    };
    let mut pairs = Vec::new();
    let mut problems = Vec::new();
    for (name, value) in map.iter() {
        match value {
            Value::String(text) => pairs.push((name.to_string(), text.clone())),
            other => problems.push(wrong(name, other, "<class 'str'>")),
        }
    }
    if problems.is_empty() {
        return Ok(pairs);
    }
    Err(Failure::validation(format!("Parameter validation failed:\n{}", problems.join("\n"))))
}

/// Everything about objects, from options that were checked already.
///
/// # Errors
/// When a key's file can't be read.
pub fn read(call: &CommandCall, metadata: Vec<(String, String)>) -> Result<ObjectOptions, Failure> {
    let args = &call.args;
    let word = |dest: &str| args.word(dest).filter(|w| !w.is_empty()).map(str::to_owned);
    let mut options = ObjectOptions::default();
    let general = [("acl", "x-amz-acl"), ("storage_class", "x-amz-storage-class")];
    for (dest, header) in general.into_iter().chain([("website_redirect", "x-amz-website-redirect-location")]) {
        if let Some(value) = word(dest) {
            options.general.push((header, value));
        }
    }
    let properties = [
        ("content_type", "Content-Type"),
        ("cache_control", "Cache-Control"),
        ("content_disposition", "Content-Disposition"),
        ("content_encoding", "Content-Encoding"),
        ("content_language", "Content-Language"),
    ];
    for (dest, header) in properties {
        if let Some(value) = word(dest) {
            options.properties.push((header, value));
        }
    }
    let mut problems = Vec::new();
    if let Some(expires) = word("expires") {
        match call.cx.session.with_clock(|clock| Timestamp::parse(&expires, &clock)) {
            Ok(time) => options.properties.push(("Expires", time.wire_rfc822())),
            Err(_) => problems.push(format!(
                "Invalid type for parameter Expires, value: {expires}, type: <class 'str'>, valid types: <class \
                 'datetime.datetime'>, timestamp-string"
            )),
        }
    }
    let non_ascii = metadata.iter().find(|(name, value)| !name.is_ascii() || !value.is_ascii());
    if let Some((name, value)) = non_ascii {
        problems = vec![format!(
            "Non ascii characters found in S3 metadata for key \"{name}\", value: \"{value}\".  \nS3 metadata can only \
             contain ASCII characters. "
        )];
    }
    options.invalid = (!problems.is_empty()).then(|| problems.join("\n"));
    options.metadata = metadata;
    for grant in args.words("grants") {
        match grant.split_once('=') {
            None => {
                options.bad_grants = Some("grants should be of the form permission=principal".into());
                break;
            }
            Some((permission, grantee)) => {
                let header = match permission {
                    "read" => "x-amz-grant-read",
                    "full" => "x-amz-grant-full-control",
                    "readacl" => "x-amz-grant-read-acp",
                    "writeacl" => "x-amz-grant-write-acp",
                    _ => {
                        options.bad_grants = Some("permission must be one of: read|readacl|writeacl|full".into());
                        break;
                    }
                };
                options.grants.retain(|(h, _)| *h != header);
                options.grants.push((header, grantee.to_owned()));
            }
        }
    }
    options.metadata_directive = word("metadata_directive");
    if let Some(sse) = args.word("sse").map(str::to_owned) {
        options.encryption.push(("x-amz-server-side-encryption", sse));
    }
    if let Some(key) = word("sse_kms_key_id") {
        options.encryption.push(("x-amz-server-side-encryption-aws-kms-key-id", key));
    }
    options.sse_c = customer_key(args, &SSE_C);
    options.sse_c_source = customer_key(args, &SSE_C_SOURCE);
    options.request_payer = args.word("request_payer").map(str::to_owned);
    options.checksum = word("checksum_algorithm").and_then(|name| Algorithm::from_name(&name));
    options.checksum_mode = args.word("checksum_mode").is_some();
    options.copy_props = match args.word("copy_props") {
        Some("none") => CopyProps::None,
        Some("metadata-directive") => CopyProps::MetadataDirective,
        Some("all") => CopyProps::All,
        _ => CopyProps::Default,
    };
    let has_type = options.properties.iter().any(|(h, _)| *h == "Content-Type");
    if args.flag("guess_mime_type") != Some(false) && !has_type {
        options.content_type = Some(mime::guess);
    }
    Ok(options)
}

fn customer_key(args: &Parsed, names: &KeyOption) -> Option<CustomerKey> {
    let algorithm = args.word(names.dest)?.to_owned();
    let key = args.bytes(names.key_dest).filter(|k| !k.is_empty())?.to_vec();
    Some(CustomerKey { algorithm, key })
}

/// Checks that algorithms and keys come in pairs, and that a copy's source has one only in copies.
///
/// # Errors
/// When they don't.
pub fn check_customer_keys(call: &CommandCall, is_copy: bool) -> Result<(), Failure> {
    for names in [&SSE_C, &SSE_C_SOURCE] {
        let has_algorithm = call.args.word(names.dest).is_some();
        let has_key = call.args.bytes(names.key_dest).is_some_and(|k| !k.is_empty());
        let (one, other) = match (has_algorithm, has_key) {
            (true, false) => (names.option, names.key_option),
            (false, true) => (names.key_option, names.option),
            _ => continue,
        };
        return Err(Failure::validation(format!("If --{one} is specified, --{other} must be specified as well.")));
    }
    if call.args.word(SSE_C_SOURCE.dest).is_some() && !is_copy {
        return Err(Failure::validation("--sse-c-copy-source is only supported for copy operations."));
    }
    Ok(())
}
