//! Moves onto themselves: by name, or through access points that lead to the same bucket.

use super::uri;
use oxaws_cli::Failure;
use oxaws_cli::plug::registry::CommandCall;
use oxaws_client::ClientOptions;
use oxaws_value::{Map, Value};

/// Warned of where it isn't looked up.
const WARNING: &str = "warning: Provided s3 paths may resolve to same underlying s3 object(s) and result in deletion \
                       instead of being moved. To resolve and validate underlying s3 paths are not the same, specify \
                       the --validate-same-s3-paths flag or set the AWS_CLI_S3_MV_VALIDATE_SAME_S3_PATHS environment \
                       variable to true. To resolve s3 outposts access point path, the arn must be used instead of the \
                       alias.";

/// Checks a move from `source` to `dest`, both on S3.
///
/// # Errors
/// When it would be onto itself, or a look-up fails.
pub fn check(call: &CommandCall, source: &str, dest: &str) -> Result<(), Failure> {
    let refuse = || Failure::validation(format!("Cannot mv a file onto itself: {source} - {dest}"));
    if is_same(source, dest) {
        return Err(refuse());
    }
    let key = |path: &str| uri::split(path).map(|(_, key)| format!("/{key}"));
    if !is_same(&key(source)?, &key(dest)?) {
        return Ok(());
    }
    let asked = call.args.flag("validate_same_s3_paths") == Some(true);
    let variable = call.cx.world.var(oxaws_env::var::AWS_CLI_S3_MV_VALIDATE_SAME_S3_PATHS);
    if asked || variable.is_some_and(|v| v.eq_ignore_ascii_case("true")) {
        let region = call.args.word("source_region").or(call.cx.globals.region.as_deref());
        let sources = underlying(call, source, region)?;
        let dests = underlying(call, dest, call.cx.globals.region.as_deref())?;
        if sources.iter().any(|s| dests.iter().any(|d| is_same(s, d))) {
            return Err(refuse());
        }
        return Ok(());
    }
    if has_underlying(source)? || has_underlying(dest)? {
        call.cx.ui.warn_plain(WARNING);
    }
    Ok(())
}

fn is_same(source: &str, dest: &str) -> bool {
    if source == dest {
        return true;
    }
    let name = source.rsplit('/').next().unwrap_or_default();
    dest.ends_with('/') && source == format!("{dest}{name}")
}

/// What stands behind a bucket's name.
enum Behind {
    Bucket,
    AccessPoint { account: String, name: String },
    Outposts { account: String },
    MultiRegion { account: String, alias: String },
    Alias,
    OutpostsAlias,
}

fn behind(bucket: &str) -> Behind {
    let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let parts: Vec<&str> = bucket.splitn(6, ':').collect();
    if let ["arn", partition, service, region, account, resource] = parts.as_slice()
        && partition.starts_with("aws")
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
    {
        let account = (*account).to_owned();
        let name = resource.strip_prefix("accesspoint").and_then(|r| r.strip_prefix([':', '/']));
        if let ("s3", Some(name)) = (*service, name) {
            let fits = (3..=50).contains(&name.len()) && name.bytes().all(lower);
            if fits && !region.is_empty() {
                return Behind::AccessPoint { account, name: name.to_owned() };
            }
            let stem = name.strip_suffix(".mrap");
            if region.is_empty() && stem.is_some_and(|s| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric()))
            {
                return Behind::MultiRegion { account, alias: name.to_owned() };
            }
        }
        if *service == "s3-outposts" && resource.starts_with("outpost/op-") && resource.contains("/accesspoint") {
            return Behind::Outposts { account };
        }
    }
    if bucket.ends_with("-s3alias") {
        Behind::Alias
    } else if bucket.ends_with("--op-s3") {
        Behind::OutpostsAlias
    } else {
        Behind::Bucket
    }
}

fn has_underlying(path: &str) -> Result<bool, Failure> {
    Ok(!matches!(behind(uri::split(path)?.0), Behind::Bucket))
}

/// The paths that a path may stand for.
fn underlying(call: &CommandCall, path: &str, region: Option<&str>) -> Result<Vec<String>, Failure> {
    let (bucket, key) = uri::split(path)?;
    let buckets = match behind(bucket) {
        Behind::Bucket => return Ok(vec![path.to_owned()]),
        Behind::AccessPoint { account, name } => vec![access_point(call, &account, &name, region)?],
        Behind::Outposts { account } => vec![access_point(call, &account, bucket, region)?],
        Behind::Alias => {
            let options = ClientOptions { configured_endpoint: true, ..ClientOptions::default() };
            let reply = call.cx.session.call_named("sts", "GetCallerIdentity", Map::new(), &options)?;
            let account = required(reply.value.get("Account"), "Account")?;
            vec![access_point(call, &account, bucket, region)?]
        }
        Behind::MultiRegion { account, alias } => multi_region(call, &account, &alias, region)?,
        Behind::OutpostsAlias => {
            return Err(Failure::validation(
                "Can't resolve underlying bucket name of s3 outposts access point alias. Use arn instead to resolve the \
                 bucket name and validate the mv command.",
            ));
        }
    };
    Ok(buckets.into_iter().map(|bucket| format!("s3://{bucket}/{key}")).collect())
}

/// Settings of the calls made here: the endpoint is the service's own.
fn options(region: Option<&str>) -> ClientOptions {
    ClientOptions { region: region.map(str::to_owned), configured_endpoint: true, ..ClientOptions::default() }
}

fn access_point(call: &CommandCall, account: &str, name: &str, region: Option<&str>) -> Result<String, Failure> {
    let params: Map = [("AccountId", Value::from(account)), ("Name", Value::from(name))].into_iter().collect();
    let reply = call.cx.session.call_named("s3control", "GetAccessPoint", params, &options(region))?;
    required(reply.value.get("Bucket"), "Bucket")
}

/// A text that a reply must have: without it nothing is known of where a path leads. Python's KeyError.
fn required(value: Option<&Value>, name: &str) -> Result<String, Failure> {
    value.and_then(Value::as_str).map(str::to_owned).ok_or_else(|| Failure::bad_reply(format!("'{name}'")))
}

fn multi_region(call: &CommandCall, account: &str, alias: &str, region: Option<&str>) -> Result<Vec<String>, Failure> {
    let mut token: Option<String> = None;
    loop {
        let mut params: Map = [("AccountId", Value::from(account))].into_iter().collect();
        if let Some(token) = &token {
            params.insert("NextToken", token.as_str());
        }
        let reply = call.cx.session.call_named("s3control", "ListMultiRegionAccessPoints", params, &options(region))?;
        let points = reply.value.get("AccessPoints").and_then(Value::as_list).unwrap_or_default();
        let found = points.iter().find(|p| p.get("Alias").and_then(Value::as_str) == Some(alias));
        if let Some(point) = found {
            let regions = point.get("Regions").and_then(Value::as_list).unwrap_or_default();
            return regions.iter().map(|r| required(r.get("Bucket"), "Bucket")).collect();
        }
        let next = reply.value.get("NextToken").and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
        if next.is_none() || next == token {
            return Err(Failure::validation(format!(
                "Couldn't find multi-region access point with alias {alias} in account {account}"
            )));
        }
        token = next;
    }
}
