//! S3 paths: `s3://bucket/key`, with access point and Outposts ARNs in the bucket's place.

use oxaws_cli::Failure;

/// What an S3 path starts with.
pub const SCHEME: &str = "s3://";

/// Whether a path is on S3.
pub fn is_s3(path: &str) -> bool {
    path.starts_with(SCHEME)
}

/// A path without `s3://`, where it has it.
pub fn without_scheme(path: &str) -> &str {
    path.strip_prefix(SCHEME).unwrap_or(path)
}

/// Bucket and key of a path with or without `s3://`. Either may be empty.
///
/// # Errors
/// For resources that the s3 commands don't take: Object Lambda access points and Outposts buckets.
pub fn split(path: &str) -> Result<(&str, &str), Failure> {
    let path = without_scheme(path);
    check_supported(path)?;
    if let Some(bucket) = access_point(path).or_else(|| outposts(path, "accesspoint")) {
        let rest = &path[bucket.len()..];
        let separators: &[char] = if bucket.contains(":s3-outposts:") { &['/', ':'] } else { &['/'] };
        return Ok((bucket, rest.strip_prefix(separators).unwrap_or(rest)));
    }
    Ok(path.split_once('/').unwrap_or((path, "")))
}

/// Refuses what the s3 commands don't take.
///
/// # Errors
/// For Object Lambda access points and Outposts buckets.
pub fn check_supported(path: &str) -> Result<(), Failure> {
    if object_lambda(path) {
        return Err(Failure::validation(
            "s3 commands do not support S3 Object Lambda resources. Use s3api commands instead.",
        ));
    }
    if outposts(path, "bucket").is_some() {
        return Err(Failure::validation(
            "s3 commands do not support Outpost Bucket ARNs. Use s3control commands instead.",
        ));
    }
    Ok(())
}

/// Whether a bucket is a directory bucket (S3 Express).
pub fn is_directory_bucket(bucket: &str) -> bool {
    bucket.ends_with("--x-s3")
}

/// Whether a bucket's name lies in the account's own namespace.
pub fn is_account_regional(bucket: &str) -> bool {
    bucket.ends_with("-an")
}

/// What follows `arn:aws…:SERVICE:REGION:ACCOUNT:`, with its position.
fn after_account<'a>(path: &'a str, service: &str, region_needed: bool) -> Option<(usize, &'a str)> {
    if !path.starts_with("arn:aws") {
        return None;
    }
    let mark = format!(":{service}:");
    // Python's pattern is greedy: the last place that fits.
    path.rmatch_indices(&mark).filter(|(at, _)| *at >= "arn:aws".len()).find_map(|(at, _)| {
        let start = at + mark.len();
        let (region, rest) = path[start..].split_once(':')?;
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !region.bytes().all(known) || (region_needed && region.is_empty()) {
            return None;
        }
        let (account, rest) = rest.split_once(':')?;
        let fits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| (path.len() - rest.len(), rest))
    })
}

/// The ARN of an access point that a path starts with.
fn access_point(path: &str) -> Option<&str> {
    let (at, rest) = after_account(path, "s3", false)?;
    let name = rest.strip_prefix("accesspoint")?.strip_prefix([':', '/'])?;
    let length = name.find('/').unwrap_or(name.len());
    (length > 0).then(|| &path[..at + "accesspoint:".len() + length])
}

/// The ARN of an access point or bucket on Outposts that a path starts with.
fn outposts<'a>(path: &'a str, kind: &str) -> Option<&'a str> {
    let (_, rest) = after_account(path, "s3-outposts", true)?;
    let rest = rest.strip_prefix("outpost")?.strip_prefix(['/', ':'])?;
    let rest = rest[name_length(rest)?..].strip_prefix(['/', ':'])?;
    let rest = rest.strip_prefix(kind)?.strip_prefix(['/', ':'])?;
    let end = path.len() - rest.len() + name_length(rest)?;
    Some(&path[..end])
}

fn object_lambda(path: &str) -> bool {
    after_account(path, "s3-object-lambda", true)
        .and_then(|(_, rest)| rest.strip_prefix("accesspoint")?.strip_prefix(['/', ':']))
        .is_some_and(|rest| name_length(rest).is_some())
}

/// The length of the name that a text starts with: 1 to 63 letters, digits and dashes.
fn name_length(text: &str) -> Option<usize> {
    let n = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count().min(63);
    (n > 0).then_some(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_and_keys() {
        for (path, bucket, key) in [
            ("s3://b", "b", ""),
            ("s3://b/", "b", ""),
            ("b//k/x", "b", "/k/x"),
            (
                "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/p/k",
                "arn:aws:s3:us-west-2:123456789012:accesspoint/ap",
                "p/k",
            ),
            ("arn:aws:s3::123456789012:accesspoint/x.mrap", "arn:aws:s3::123456789012:accesspoint/x.mrap", ""),
            (
                "arn:aws-cn:s3:cn-north-1:123456789012:accesspoint:ap/k",
                "arn:aws-cn:s3:cn-north-1:123456789012:accesspoint:ap",
                "k",
            ),
            (
                "arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-1/accesspoint/ap:k",
                "arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-1/accesspoint/ap",
                "k",
            ),
            ("arn:aws:s3:us-west-2:12345:accesspoint/ap/k", "arn:aws:s3:us-west-2:12345:accesspoint", "ap/k"),
        ] {
            assert_eq!(split(path).ok(), Some((bucket, key)), "{path}");
        }
        assert!(split("arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/x/k").is_err());
        assert!(split("arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-1/bucket/b").is_err());
    }
}
