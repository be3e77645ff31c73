//! What botocore checks before it sends: the few members that a transfer's user can get wrong.

use crate::error::TransferError;

/// The whole text about a bucket's name that can't be one.
pub fn bucket_problem(name: &str) -> String {
    format!(
        "Invalid bucket name \"{name}\": Bucket name must match the regex \"^[a-zA-Z0-9.\\-_]{{1,255}}$\" or be an ARN \
         matching the regex \"^arn:(aws).*:(s3|s3-object-lambda):[a-z\\-0-9]*:[0-9]{{12}}:accesspoint[/:][a-zA-Z0-9\\-.]\
         {{1,63}}$|^arn:(aws).*:s3-outposts:[a-z\\-0-9]+:[0-9]{{12}}:outpost[/:][a-zA-Z0-9\\-]{{1,63}}[/:]accesspoint\
         [/:][a-zA-Z0-9\\-]{{1,63}}$\""
    )
}

/// Whether botocore takes a bucket's name: letters, digits and `.-_`, or one of the two kinds of ARN.
pub fn is_bucket_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    // Python's `$` lets one line end pass.
    let bare = name.strip_suffix('\n').unwrap_or(name);
    if (1..=255).contains(&bare.len()) && bare.bytes().all(plain) {
        return true;
    }
    is_access_point(bare) || is_outposts(bare)
}

fn is_access_point(name: &str) -> bool {
    ["s3", "s3-object-lambda"].iter().any(|service| {
        after_account(name, service).is_some_and(|rest| {
            rest.strip_prefix("accesspoint").and_then(|r| r.strip_prefix(['/', ':'])).is_some_and(|name| {
                (1..=63).contains(&name.len())
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
            })
        })
    })
}

fn is_outposts(name: &str) -> bool {
    let parts = |rest: &str| -> Option<bool> {
        let mut parts = rest.split(['/', ':']);
        let fits = |p: &str| (1..=63).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        Some(
            parts.next()? == "outpost"
                && fits(parts.next()?)
                && parts.next()? == "accesspoint"
                && fits(parts.next()?)
                && parts.next().is_none(),
        )
    };
    after_account(name, "s3-outposts").and_then(parts).unwrap_or(false)
}

fn after_account<'a>(name: &'a str, service: &str) -> Option<&'a str> {
    let mark = format!(":{service}:");
    name.strip_prefix("arn:aws")?;
    name.match_indices(&mark).find_map(|(at, _)| {
        let (region, rest) = name[at + mark.len()..].split_once(':')?;
        let (account, rest) = rest.split_once(':')?;
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let fits = region.bytes().all(known) && account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        (fits && !(service == "s3-outposts" && region.is_empty())).then_some(rest)
    })
}

/// Complains about a key that is empty.
///
/// # Errors
/// In botocore's words.
pub fn check_key(key: &str) -> Result<(), TransferError> {
    if key.is_empty() {
        return Err(TransferError::validation("Invalid length for parameter Key, value: 0, valid min length: 1"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_names() {
        for good in [
            "b",
            "My.Bucket_1",
            "arn:aws:s3:us-west-2:123456789012:accesspoint/ap",
            "arn:aws:s3::123456789012:accesspoint:x.mrap",
            "arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-1/accesspoint/ap",
        ] {
            assert!(is_bucket_name(good), "{good}");
        }
        for bad in ["", "B*d", "a/b", "arn:aws:s3:us-west-2:1:accesspoint/ap", "arn:aws:sns:us-west-2:123456789012:x"] {
            assert!(!is_bucket_name(bad), "{bad}");
        }
        assert!(bucket_problem("x").ends_with("accesspoint[/:][a-zA-Z0-9\\-]{1,63}$\""));
    }
}
