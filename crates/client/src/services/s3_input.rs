//! S3's input: bucket names, keys of the customer, metadata, the source of a copy.

use crate::error::CallError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oxaws_value::repr::{MapClass, type_name};
use oxaws_value::{Map, Value};

const BUCKET_PATTERN: &str = r"^[a-zA-Z0-9.\-_]{1,255}$";
const ARN_PATTERN: &str = r"^arn:(aws).*:(s3|s3-object-lambda):[a-z\-0-9]*:[0-9]{12}:accesspoint[/:][a-zA-Z0-9\-.]{1,63}$|^arn:(aws).*:s3-outposts:[a-z\-0-9]+:[0-9]{12}:outpost[/:][a-zA-Z0-9\-]{1,63}[/:]accesspoint[/:][a-zA-Z0-9\-]{1,63}$";

/// Changes and checks the parameters of an operation.
///
/// # Errors
/// When they can't be right.
pub(super) fn prepare(params: &mut Map, operation: &str) -> Result<(), CallError> {
    if matches!(operation, "CopyObject" | "UploadPartCopy") {
        copy_source(params)?;
    }
    if matches!(operation, "CopyObject" | "PutObject" | "CreateMultipartUpload") {
        ascii_metadata(params)?;
    }
    if matches!(
        operation,
        "HeadObject"
            | "GetObject"
            | "PutObject"
            | "CopyObject"
            | "CreateMultipartUpload"
            | "UploadPart"
            | "UploadPartCopy"
            | "CompleteMultipartUpload"
    ) {
        customer_key(params, "SSECustomerKey", "SSECustomerKeyMD5");
    }
    if matches!(operation, "CopyObject" | "UploadPartCopy") {
        customer_key(params, "CopySourceSSECustomerKey", "CopySourceSSECustomerKeyMD5");
    }
    bucket_name(params)
}

fn invalid(report: &str) -> CallError {
    CallError::Validation(format!("Parameter validation failed:\n{report}"))
}

fn bucket_name(params: &Map) -> Result<(), CallError> {
    let bucket = match params.get("Bucket") {
        None => return Ok(()),
        Some(Value::String(bucket)) => bucket,
        Some(other) => {
            // Python's words for matching something that isn't text.
            let class = type_name(other, MapClass::OrderedDict);
            return Err(CallError::invalid(format!("expected string or bytes-like object, got '{class}'")));
        }
    };
    check_bucket_name(bucket)
}

/// Complains about a bucket's name that botocore doesn't take.
///
/// # Errors
/// In botocore's words.
pub fn check_bucket_name(bucket: &str) -> Result<(), CallError> {
    if is_plain(bucket) || is_usable_arn(bucket) {
        return Ok(());
    }
    Err(invalid(&format!(
        "Invalid bucket name \"{bucket}\": Bucket name must match the regex \"{BUCKET_PATTERN}\" or be an ARN matching \
         the regex \"{ARN_PATTERN}\""
    )))
}

/// Characters that a name may have, and how many. A pattern's `$` matches before a line end too.
fn is_name(text: &str, extra: &[u8], most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || extra.contains(&b))
}

fn is_plain(bucket: &str) -> bool {
    is_name(bucket.strip_suffix('\n').unwrap_or(bucket), b".-_", 255)
}

/// The ARN of an access point, of Object Lambda or of S3 on Outposts.
fn is_usable_arn(text: &str) -> bool {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let point = |extra: &[u8]| {
        let (before, name) = text.rsplit_once(['/', ':'])?;
        is_name(name, extra, 63).then_some(())?;
        before.strip_suffix("accesspoint")
    };
    let account_of = |rest: &str, services: &[&str], region_needed: bool| -> Option<()> {
        let (rest, account) = rest.rsplit_once(':')?;
        let (rest, region) = rest.rsplit_once(':')?;
        let (rest, service) = rest.rsplit_once(':')?;
        let ok = account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !(region_needed && region.is_empty())
            && services.contains(&service)
            && rest.starts_with("arn:aws")
            && !rest.contains('\n');
        ok.then_some(())
    };
    let access_point = || account_of(point(b"-.")?.strip_suffix(':')?, &["s3", "s3-object-lambda"], false);
    let outpost = || {
        let rest = point(b"-")?.strip_suffix(['/', ':'])?;
        let (rest, id) = rest.rsplit_once(['/', ':'])?;
        is_name(id, b"-", 63).then_some(())?;
        account_of(rest.strip_suffix(":outpost")?, &["s3-outposts"], true)
    };
    access_point().or_else(outpost).is_some()
}

/// Encodes the source of a copy; its version stays as it is. From a file it may be a map of its parts.
fn copy_source(params: &mut Map) -> Result<(), CallError> {
    let encoded = match params.get("CopySource") {
        Some(Value::String(text)) => {
            let (path, version) = text.split_at(version_suffix(text).unwrap_or(text.len()));
            format!("{}{version}", encode(path))
        }
        Some(Value::Map(parts)) => {
            let part = |name: &str| {
                let value = parts.get(name).ok_or_else(|| invalid(&format!("Missing required parameter: '{name}'")))?;
                Ok::<_, CallError>(value.as_str().unwrap_or_default())
            };
            let (bucket, key) = (part("Bucket")?, part("Key")?);
            let between = if is_usable_arn(bucket) { "/object/" } else { "/" };
            let version = parts.get("VersionId").and_then(Value::as_str);
            let version = version.map(|v| format!("?versionId={v}")).unwrap_or_default();
            format!("{}{version}", encode(&format!("{bucket}{between}{key}")))
        }
        _ => return Ok(()),
    };
    params.insert("CopySource", encoded);
    Ok(())
}

fn encode(text: &str) -> String {
    oxaws_python::percent_encode(text, b"-._~/")
}

/// Where `?versionId=…` begins: up to the end, without blanks.
fn version_suffix(text: &str) -> Option<usize> {
    const MARK: &str = "?versionId=";
    text.match_indices(MARK).map(|(at, _)| at).find(|at| {
        let version = &text[at + MARK.len()..];
        let version = version.strip_suffix('\n').unwrap_or(version);
        !version.is_empty() && !version.contains(char::is_whitespace)
    })
}

fn ascii_metadata(params: &Map) -> Result<(), CallError> {
    let Some(Value::Map(metadata)) = params.get("Metadata") else { return Ok(()) };
    for (key, value) in metadata.iter() {
        let Some(value) = value.as_str() else { continue };
        if !key.is_ascii() || !value.is_ascii() {
            return Err(invalid(&format!(
                "Non ascii characters found in S3 metadata for key \"{key}\", value: \"{value}\".  \nS3 metadata can only \
                 contain ASCII characters. "
            )));
        }
    }
    Ok(())
}

/// A key is sent in base64 with its MD5, which tells S3 whether it arrived whole.
fn customer_key(params: &mut Map, key: &str, md5: &str) {
    if params.contains_key(md5) {
        return;
    }
    let bytes = match params.get(key) {
        Some(Value::String(text)) => text.as_bytes(),
        Some(Value::Bytes(bytes)) => bytes,
        _ => return,
    };
    let digest = oxaws_sign::Algorithm::Md5.digest(bytes).to_base64();
    let encoded = STANDARD.encode(bytes);
    params.insert(key.to_owned(), encoded);
    params.insert(md5.to_owned(), digest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &str)]) -> Map {
        pairs.iter().map(|(k, v)| (*k, Value::from(*v))).collect()
    }

    #[test]
    fn names_of_buckets() {
        for good in [
            "b",
            "My_Bucket.1",
            "arn:aws:s3:us-west-2:123456789012:accesspoint/my.point",
            "arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap",
            "arn:aws-cn:s3-object-lambda:cn-north-1:123456789012:accesspoint/a",
            "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/a",
            "arn:aws:s3-outposts:us-west-2:123456789012:outpost:op-1:accesspoint:a",
        ] {
            assert!(bucket_name(&map(&[("Bucket", good)])).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a b",
            "b/k",
            "arn:aws:s3:us-west-2:12345:accesspoint/a",
            "arn:aws:s3-outposts::123456789012:outpost/op-1/accesspoint/a",
            "arn:aws:s3:us-west-2:123456789012:bucket/a",
            &"a".repeat(256),
        ] {
            assert!(bucket_name(&map(&[("Bucket", bad)])).is_err(), "{bad}");
        }
    }

    #[test]
    fn sources_of_copies() {
        for (source, want) in [
            ("b/k é", "b/k%20%C3%A9"),
            ("b/k?versionId=1+/", "b/k?versionId=1+/"),
            ("b/k?versionId=1 2", "b/k%3FversionId%3D1%202"),
            ("b/k?versionId=", "b/k%3FversionId%3D"),
        ] {
            let mut params = map(&[("CopySource", source)]);
            copy_source(&mut params).unwrap();
            assert_eq!(params.get("CopySource").and_then(Value::as_str), Some(want));
        }
        let parts =
            oxaws_value::parse_json(r#"{"CopySource": {"Bucket": "b", "Key": "k+", "VersionId": "+"}}"#).unwrap();
        let mut params = parts.as_map().unwrap().clone();
        copy_source(&mut params).unwrap();
        assert_eq!(params.get("CopySource").and_then(Value::as_str), Some("b/k%2B?versionId=+"));
    }

    #[test]
    fn keys_of_the_customer() {
        let mut params = map(&[("SSECustomerKey", "secret")]);
        customer_key(&mut params, "SSECustomerKey", "SSECustomerKeyMD5");
        assert_eq!(params.get("SSECustomerKey").and_then(Value::as_str), Some("c2VjcmV0"));
        assert_eq!(params.get("SSECustomerKeyMD5").and_then(Value::as_str), Some("Xr4ilOzQ4PCOq3aQ0qbuaQ=="));
    }

    #[test]
    fn metadata_is_ascii() {
        let params = oxaws_value::parse_json(r#"{"Metadata": {"k": "é"}}"#).unwrap();
        let e = ascii_metadata(params.as_map().unwrap()).unwrap_err().to_string();
        assert_eq!(
            e,
            "Parameter validation failed:\nNon ascii characters found in S3 metadata for key \"k\", value: \"é\".  \nS3 \
             metadata can only contain ASCII characters. "
        );
    }
}
