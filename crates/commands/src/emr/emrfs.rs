//! `--emrfs`: settings of the cluster's file system on S3.

use super::applications::bootstrap_action;
use super::{refuse, s3_link, texts};
use oxaws_cli::Failure;
use oxaws_cli::written::reply;
use oxaws_value::{Map, Value};

const KMS: &str = "--emrfs Encryption=ClientSide,ProviderType=KMS";
const CUSTOM: &str = "--emrfs Encryption=ClientSide,ProviderType=Custom";
const CONSISTENT: &str = "--emrfs Consistent=true/false";

/// The configuration of a cluster with a release label.
///
/// # Errors
/// When settings are missing or don't go together.
pub fn configuration(given: &Map) -> Result<Value, Failure> {
    check(given)?;
    let mut properties = properties(given);
    if is_provider(given, "CUSTOM") {
        let place = given.get("CustomProviderLocation").cloned().unwrap_or_default();
        properties.insert("fs.s3.cse.encryptionMaterialsProvider.uri", place);
    }
    Ok(Value::Map(reply::params([
        ("Classification", Value::from("emrfs-site")),
        ("Properties", Value::Map(properties)),
    ])))
}

/// The bootstrap actions of a cluster of an AMI version.
///
/// # Errors
/// When settings are missing or don't go together.
pub fn bootstrap_actions(given: &Map, region: &str) -> Result<Vec<Value>, Failure> {
    check(given)?;
    let mut actions = Vec::new();
    if is_provider(given, "CUSTOM") {
        let place = given.get("CustomProviderLocation").and_then(Value::as_str).unwrap_or_default();
        let args = texts(["-s", place, "-d", "/usr/share/aws/emr/auxlib", "-f"]);
        actions.push(bootstrap_action("S3 get", "file:/usr/share/aws/emr/scripts/s3get".into(), args));
    }
    let mut args = Vec::new();
    for (key, value) in properties(given).iter() {
        let pair = match value.as_str().filter(|v| !v.is_empty()) {
            Some(value) => format!("{key}={value}"),
            None => key.to_string(),
        };
        args.extend(texts(["-e", &pair]));
    }
    actions.push(bootstrap_action("Setup EMRFS", s3_link("/bootstrap-actions/configure-hadoop", region), args));
    Ok(actions)
}

fn upper(given: &Map, key: &str) -> Option<String> {
    given.get(key).and_then(Value::as_str).map(str::to_uppercase)
}

/// Whether the client encrypts with keys of this kind.
fn is_provider(given: &Map, kind: &str) -> bool {
    upper(given, "Encryption").as_deref() == Some("CLIENTSIDE") && upper(given, "ProviderType").as_deref() == Some(kind)
}

fn check(given: &Map) -> Result<(), Failure> {
    let shown = |key: &str| given.get(key).map(|v| oxaws_value::repr::str(v, Default::default())).unwrap_or_default();
    let encryption = upper(given, "Encryption");
    if encryption.as_deref().is_some_and(|e| !matches!(e, "CLIENTSIDE" | "SERVERSIDE")) {
        return refuse(format!(
            "The encryption type \"{}\" is invalid. You must specify either ServerSide or ClientSide",
            shown("Encryption")
        ));
    }
    if given.contains_key("SSE") && encryption.is_some() {
        return refuse(format!(
            "Both SSE={} and Encryption={} are configured for --emrfs. You must specify only one of the two.",
            shown("SSE"),
            shown("Encryption")
        ));
    }
    if encryption.as_deref() == Some("CLIENTSIDE") {
        match upper(given, "ProviderType").as_deref() {
            None => return refuse(missing("--emrfs Encryption=ClientSide", "ProviderType")),
            Some("KMS") => required(given, &["KMSKeyId"], KMS)?,
            Some("CUSTOM") => required(given, &["CustomProviderClass", "CustomProviderLocation"], CUSTOM)?,
            Some(_) => {
                return refuse(format!(
                    "The client side encryption type \"{}\" is not supported. You must specify either KMS or Custom",
                    shown("ProviderType")
                ));
            }
        }
    }
    if !given.contains_key("Consistent") {
        pointless(given, &["RetryCount", "RetryPeriod"], CONSISTENT)?;
    }
    if !is_provider(given, "KMS") {
        pointless(given, &["KMSKeyId"], KMS)?;
    }
    if !is_provider(given, "CUSTOM") {
        pointless(given, &["CustomProviderClass", "CustomProviderLocation"], CUSTOM)?;
    }
    Ok(())
}

fn missing(what: &str, names: &str) -> String {
    format!("The following required parameters are missing for {what}: {names}.")
}

fn required(given: &Map, keys: &[&str], what: &str) -> Result<(), Failure> {
    let absent: Vec<&str> = keys.iter().copied().filter(|k| !given.contains_key(k)).collect();
    if absent.is_empty() { Ok(()) } else { refuse(missing(what, &absent.join(" and "))) }
}

/// Settings that count only together with another one.
fn pointless(given: &Map, keys: &[&str], parent: &str) -> Result<(), Failure> {
    let found: Vec<&str> = keys.iter().copied().filter(|k| given.contains_key(k)).collect();
    if found.is_empty() {
        return Ok(());
    }
    refuse(format!("{parent} is not specified. Thus,  following parameters are invalid: {}", found.join(" and ")))
}

fn properties(given: &Map) -> Map {
    let mut out = Map::new();
    let text = |key: &str| given.get(key).map(|v| oxaws_value::repr::str(v, Default::default()));
    if let Some(consistent) = text("Consistent") {
        out.insert("fs.s3.consistent", consistent.to_lowercase());
        if let Some(count) = text("RetryCount") {
            out.insert("fs.s3.consistent.retryCount", count);
        }
        if let Some(period) = text("RetryPeriod") {
            out.insert("fs.s3.consistent.retryPeriodSeconds", period);
        }
    }
    let server_side = upper(given, "Encryption").as_deref() == Some("SERVERSIDE");
    if let Some(sse) = text("SSE").or_else(|| server_side.then(|| "true".to_owned())) {
        out.insert("fs.s3.enableServerSideEncryption", sse.to_lowercase());
    }
    let provider = "fs.s3.cse.encryptionMaterialsProvider";
    if is_provider(given, "KMS") {
        out.insert("fs.s3.cse.enabled", "true");
        out.insert(provider, "com.amazon.ws.emr.hadoop.fs.cse.KMSEncryptionMaterialsProvider");
        out.insert("fs.s3.cse.kms.keyId", text("KMSKeyId").unwrap_or_default());
    }
    if is_provider(given, "CUSTOM") {
        out.insert("fs.s3.cse.enabled", "true");
        out.insert(provider, text("CustomProviderClass").unwrap_or_default());
    }
    for arg in given.get("Args").and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_str) {
        let (key, value) = arg.split_once('=').unwrap_or((arg, ""));
        out.insert(key.to_owned(), value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::{JsonStyle, parse_json, to_json};

    fn built(json: &str) -> Result<String, String> {
        let value = parse_json(json).unwrap();
        let built = configuration(value.as_map().unwrap()).map_err(|f| f.message())?;
        Ok(to_json(built.get("Properties").unwrap(), JsonStyle::COMPACT))
    }

    #[test]
    fn settings() {
        assert_eq!(
            built(r#"{"Consistent": true, "RetryCount": 3, "SSE": false, "Args": ["a=b", "c"]}"#).unwrap(),
            r#"{"fs.s3.consistent":"true","fs.s3.consistent.retryCount":"3","fs.s3.enableServerSideEncryption":"false","a":"b","c":""}"#
        );
        assert!(
            built(r#"{"Encryption": "ClientSide", "ProviderType": "KMS", "KMSKeyId": "k"}"#)
                .unwrap()
                .contains("kms.keyId")
        );
        assert_eq!(
            built(r#"{"Encryption": "x"}"#).unwrap_err(),
            "The encryption type \"x\" is invalid. You must specify either ServerSide or ClientSide"
        );
        assert_eq!(
            built(r#"{"RetryCount": 1, "RetryPeriod": 2}"#).unwrap_err(),
            "--emrfs Consistent=true/false is not specified. Thus,  following parameters are invalid: RetryCount and RetryPeriod"
        );
        assert_eq!(
            built(r#"{"Encryption": "ClientSide", "ProviderType": "Custom"}"#).unwrap_err(),
            "The following required parameters are missing for --emrfs Encryption=ClientSide,ProviderType=Custom: \
             CustomProviderClass and CustomProviderLocation."
        );
    }
}
