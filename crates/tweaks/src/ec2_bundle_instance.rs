//! `ec2 bundle-instance`: the storage by simple options, with the upload policy and its signature made here.

use crate::arguments::{map, missing_key, truthy, tweak};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_env::Instant;
use oxaws_failure::Cause;
use oxaws_input::blob;
use oxaws_model::Operation;
use oxaws_python::Timestamp;
use oxaws_value::repr;
use oxaws_value::{Map, Value};
use ring::hmac;

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("ec2", "bundle-instance", Hook::Arguments(arguments)),
    tweak("ec2", "bundle-instance", Hook::Parsed(check)),
    tweak("ec2", "bundle-instance", Hook::Client(sign)),
];

/// Where the secret key waits until the policy is signed; it is never sent.
const SECRET: &str = "_SAK";
/// How long a generated policy holds, in seconds.
const VALIDITY: i64 = 24 * 60 * 60;

fn arguments(table: &mut ArgTable, _: Operation) {
    if let Some(storage) = table.get_mut("storage") {
        storage.required = false;
    }
    table.insert(Arg::text("bucket", "The bucket for the image; made where it doesn't exist.").to(bucket));
    table.insert(Arg::text("prefix", "What the names of the image's parts begin with.").to(prefix));
    table.insert(Arg::text("owner-akid", "The access key id of the bucket's owner.").to(key_id));
    table.insert(
        Arg::text("owner-sak", "The secret key of the bucket's owner; signs the policy, isn't sent.")
            .to(secret)
            .secret(),
    );
    table.insert(
        Arg::text("policy", "The upload policy; one for 24 hours is made where none is given.").to(policy).secret(),
    );
}

fn check(call: &mut OperationCall) -> Result<(), Failure> {
    let simple = ["bucket", "prefix", "owner_akid", "owner_sak", "policy"];
    if truthy(call, "storage") && simple.iter().any(|dest| truthy(call, dest)) {
        return Err(Failure::validation(
            "Mixing the --storage option with the simple, scalar options is not recommended.",
        ));
    }
    Ok(())
}

fn put(params: &mut Map, key: &'static str, value: Value) -> Result<(), Failure> {
    if value.is_truthy() {
        map(map(params, "Storage"), "S3").insert(key, value);
    }
    Ok(())
}

fn bucket(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, "Bucket", value)
}
fn prefix(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, "Prefix", value)
}
fn key_id(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, "AWSAccessKeyId", value)
}
fn secret(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, SECRET, value)
}
fn policy(params: &mut Map, value: Value) -> Result<(), Failure> {
    put(params, "UploadPolicy", value)
}

fn sign(call: &mut OperationCall) -> Result<(), Failure> {
    let raw = call.cx.binary_format()? == "raw-in-base64-out";
    let now = call.cx.world.now();
    complete(&mut call.params, raw, now)
}

fn complete(params: &mut Map, raw: bool, now: Instant) -> Result<(), Failure> {
    let storage = params.get_mut("Storage").and_then(Value::as_map_mut).ok_or_else(|| missing_key("Storage"))?;
    let storage = storage.get_mut("S3").and_then(Value::as_map_mut).ok_or_else(|| missing_key("S3"))?;
    let policy = match storage.get("UploadPolicy") {
        None => generated(storage, now)?.into_bytes(),
        // A blob: typed as every other.
        Some(Value::String(text)) if !raw => blob::decode(text).map_err(|e| Failure::invalid(Cause::of(e)))?,
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(Value::Bytes(bytes)) => bytes.clone(),
        // Validation says what is wrong with it.
        Some(_) => return Ok(()),
    };
    if storage.get("UploadPolicySignature").is_none()
        && !policy.is_empty()
        && let Some(secret) = storage.get(SECRET).and_then(Value::as_str).map(str::to_owned)
    {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
        let signature = hmac::sign(&key, STANDARD.encode(&policy).as_bytes());
        storage.insert("UploadPolicySignature", STANDARD.encode(signature));
        storage.remove(SECRET);
    }
    storage.insert("UploadPolicy", Value::Bytes(policy));
    Ok(())
}

fn generated(storage: &Map, now: Instant) -> Result<String, Failure> {
    let text = |key: &str| -> Result<String, Failure> {
        storage.get(key).map(|v| repr::str(v, Default::default())).ok_or_else(|| missing_key(key))
    };
    let at = Timestamp::from_unix(now.secs() + VALIDITY).utc();
    let micros = now.nanos.rem_euclid(1_000_000_000) / 1000;
    let (bucket, prefix) = (text("Bucket")?, text("Prefix")?);
    Ok(format!(
        "{{\"expiration\": \"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{micros:06}Z\",\"conditions\": [{{\"bucket\": \"{bucket}\"}},\
         {{\"acl\": \"ec2-bundle-read\"}},[\"starts-with\", \"$key\", \"{prefix}\"]]}}",
        at.year, at.month, at.day, at.hour, at.minute, at.second
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(entries: &[(&'static str, &str)]) -> Map {
        let mut params = Map::new();
        for (key, value) in entries {
            put(&mut params, key, Value::from(*value)).unwrap();
        }
        params
    }

    #[test]
    fn a_policy_is_made_and_signed() {
        let mut p = params(&[("Bucket", "b"), ("Prefix", "p"), (SECRET, "key")]);
        complete(&mut p, false, Instant { nanos: 86_400_123_456_789 }).unwrap();
        let storage = p.get("Storage").and_then(|s| s.get("S3")).unwrap();
        let policy = "{\"expiration\": \"1970-01-03T00:00:00.123456Z\",\"conditions\": [{\"bucket\": \"b\"},{\"acl\": \"ec2-bundle-read\"},[\"starts-with\", \"$key\", \"p\"]]}";
        assert_eq!(storage.get("UploadPolicy"), Some(&Value::Bytes(policy.into())));
        assert_eq!(storage.get("UploadPolicySignature").and_then(Value::as_str).map(str::len), Some(28));
        assert!(storage.get(SECRET).is_none());
    }

    #[test]
    fn a_signature_of_a_given_policy() {
        let mut p = params(&[("UploadPolicy", "YWJj"), (SECRET, "key")]);
        complete(&mut p, false, Instant::from_secs(0)).unwrap();
        // HMAC-SHA1 of "YWJj" with "key".
        let signature =
            p.get("Storage").and_then(|s| s.get("S3")).and_then(|s| s.get("UploadPolicySignature")).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"key");
        assert_eq!(signature.as_str(), Some(STANDARD.encode(hmac::sign(&key, b"YWJj")).as_str()));
        assert!(complete(&mut params(&[("UploadPolicy", "x")]), false, Instant::from_secs(0)).is_err());
        assert!(complete(&mut params(&[("UploadPolicy", "x")]), true, Instant::from_secs(0)).is_ok());
    }

    #[test]
    fn what_is_missing() {
        let message = |mut p: Map| complete(&mut p, false, Instant::from_secs(0)).unwrap_err().message();
        assert_eq!(message(Map::new()), "'Storage'");
        assert_eq!(message([("Storage", Value::Map(Map::new()))].into_iter().collect()), "'S3'");
        assert_eq!(message(params(&[("Bucket", "b")])), "'Prefix'");
    }
}
