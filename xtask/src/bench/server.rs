//! The server the commands talk to: one answer for each.

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, LazyLock};

use oxaws_testkit::stub::{Reply, Request, Stub};

use super::workloads::Sizes;

const CALLER: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/bench</Arn><UserId>AIDAEXAMPLE</UserId>\
<Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>\
</GetCallerIdentityResponse>";

/// Objects on a page of the listing.
const PAGE: u32 = 1000;

/// Starts it.
///
/// # Errors
/// When no port is to be had.
pub fn start(sizes: Sizes) -> io::Result<Stub> {
    let (caller, instances) = (Reply::xml(CALLER), Reply::xml(instances(3)));
    // Made when they are first asked for, which is in the round that doesn't count.
    let items = LazyLock::new(move || items(sizes.reply));
    let parameters = LazyLock::new(move || parameters(sizes.table_rows, sizes.reply));
    let events = LazyLock::new(move || events(sizes.text_rows));
    Stub::start(move |request: &Request| {
        match request.header("x-amz-target").and_then(|t| t.split('.').next_back()) {
            Some("Scan") => return json(&items, "1.0"),
            Some("DescribeParameters") => return json(&parameters, "1.1"),
            Some("FilterLogEvents") => return json(&events, "1.1"),
            _ => {}
        }
        if request.method == "GET" {
            return Reply::xml(page(after(&request.target), sizes.pages));
        }
        match request.body.windows(17).any(|w| w == b"GetCallerIdentity") {
            true => caller.clone(),
            false => instances.clone(),
        }
    })
}

fn json(body: &Arc<[u8]>, version: &str) -> Reply {
    let headers = vec![("Content-Type".to_owned(), format!("application/x-amz-json-{version}"))];
    Reply::Answer { status: 200, headers, body: Arc::clone(body) }
}

/// A DescribeInstances reply of `count` instances.
fn instances(count: u32) -> String {
    let mut out =
        "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><reservationSet>".to_owned();
    for i in 0..count {
        let _ = write!(
            out,
            "<item><reservationId>r-{i:017x}</reservationId><ownerId>123456789012</ownerId><instancesSet><item>\
             <instanceId>i-{i:017x}</instanceId><imageId>ami-{i:017x}</imageId><instanceState><code>16</code>\
             <name>running</name></instanceState><instanceType>m7g.large</instanceType>\
             <launchTime>2026-05-01T12:00:{i:02}.000Z</launchTime><placement><availabilityZone>us-east-1a</availabilityZone>\
             </placement><privateIpAddress>10.0.0.{i}</privateIpAddress><tagSet><item><key>Name</key>\
             <value>host-{i}</value></item></tagSet></item></instancesSet></item>"
        );
    }
    out + "</reservationSet></DescribeInstancesResponse>"
}

/// A Scan reply of at least `length` bytes.
fn items(length: usize) -> Arc<[u8]> {
    let mut out = "{\"Items\":[".to_owned();
    let mut count = 0u64;
    while out.len() < length {
        let comma = if count > 0 { "," } else { "" };
        let noise = noise(count);
        let _ = write!(
            out,
            "{comma}{{\"id\":{{\"S\":\"item-{count:08}\"}},\"n\":{{\"N\":\"{}\"}},\"ok\":{{\"BOOL\":{}}},\
             \"tags\":{{\"L\":[{{\"S\":\"t0\"}},{{\"S\":\"t1\"}},{{\"S\":\"t2\"}}]}},\
             \"m\":{{\"M\":{{\"a\":{{\"S\":\"{noise:016x}{noise:016x}\"}},\"b\":{{\"N\":\"0.{noise}\"}}}}}},\
             \"text\":{{\"S\":\"Grüße aus dem {count}. Haus, with \\\"quotes\\\" and a tab\\t.\"}}}}",
            count * 7,
            count.is_multiple_of(2)
        );
        count += 1;
    }
    let _ = write!(out, "],\"Count\":{count},\"ScannedCount\":{count}}}");
    Arc::from(out.into_bytes())
}

/// A DescribeParameters reply of `rows` parameters, whose descriptions make it `length` bytes long or a little more.
fn parameters(rows: u32, length: usize) -> Arc<[u8]> {
    let mut out = "{\"Parameters\":[".to_owned();
    for row in 0..rows {
        let begin = out.len();
        let comma = if row > 0 { "," } else { "" };
        let _ = write!(
            out,
            "{comma}{{\"Name\":\"/bench/service-{}/parameter-{row:06}\",\"Type\":\"SecureString\",\
             \"KeyId\":\"alias/aws/ssm\",\"LastModifiedDate\":{}.{:03},\
             \"LastModifiedUser\":\"arn:aws:iam::123456789012:user/bench\",\"Version\":{},\"Tier\":\"Standard\",\
             \"DataType\":\"text\",\"Description\":\"",
            row % 97,
            1_700_000_000 + row * 61,
            row % 1000,
            row % 13 + 1
        );
        let mut word = u64::from(row);
        while (out.len() - begin) * (rows as usize) < length {
            let _ = write!(out, "{:x} ", noise(word));
            word += u64::from(rows);
        }
        out.push_str("end\"}");
    }
    out.push_str("]}");
    Arc::from(out.into_bytes())
}

/// A FilterLogEvents reply of `rows` events.
fn events(rows: u32) -> Arc<[u8]> {
    let mut out = "{\"events\":[".to_owned();
    for row in 0..u64::from(rows) {
        let comma = if row > 0 { "," } else { "" };
        let _ = write!(
            out,
            "{comma}{{\"timestamp\":{},\"message\":\"GET /{:x} 200\",\"eventId\":\"{row:020}\"}}",
            1_700_000_000_000u64 + row * 17,
            noise(row)
        );
    }
    out.push_str("],\"searchedLogStreams\":[]}");
    Arc::from(out.into_bytes())
}

/// The number of the page that a request asks for.
fn after(target: &str) -> u32 {
    let token = target.split(['?', '&']).find_map(|p| p.strip_prefix("continuation-token="));
    token.and_then(|t| t.parse().ok()).unwrap_or(0)
}

/// Page `number` (from 0) of a listing of `pages`.
fn page(number: u32, pages: u32) -> String {
    let last = number + 1 >= pages;
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <Name>bench</Name><Prefix></Prefix><KeyCount>{PAGE}</KeyCount><MaxKeys>{PAGE}</MaxKeys>\
         <EncodingType>url</EncodingType><IsTruncated>{}</IsTruncated>",
        !last
    );
    if !last {
        let _ = write!(out, "<NextContinuationToken>{}</NextContinuationToken>", number + 1);
    }
    for i in number * PAGE..(number + 1) * PAGE {
        let noise = noise(i.into());
        let _ = write!(
            out,
            "<Contents><Key>logs/2026/{:02}/{:02}/part+{i:07}.json.gz</Key>\
             <LastModified>2026-05-01T12:{:02}:{:02}.000Z</LastModified>\
             <ETag>&quot;{noise:016x}{noise:016x}&quot;</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass>\
             </Contents>",
            i / 28 % 12 + 1,
            i % 28 + 1,
            i / 60 % 60,
            i % 60,
            noise >> 40
        );
    }
    out + "</ListBucketResult>"
}

/// Text that doesn't repeat, and is the same in each run.
fn noise(number: u64) -> u64 {
    number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_large_replies_are_json() {
        let parse = |body: Arc<[u8]>| -> serde_json::Value { serde_json::from_slice(&body).expect("JSON") };
        let length = |list: &serde_json::Value| list.as_array().map(Vec::len);
        let scan = parse(items(10_000));
        assert_eq!(length(&scan["Items"]), scan["Count"].as_u64().map(|n| n as usize));
        assert_eq!(length(&parse(events(7))["events"]), Some(7));
        let body = parameters(20, 20_000);
        assert!((20_000..21_000).contains(&body.len()), "{}", body.len());
        assert_eq!(length(&parse(body)["Parameters"]), Some(20));
    }

    #[test]
    fn each_page_leads_to_the_next() {
        assert_eq!(after("/bench?list-type=2&continuation-token=7&x=y"), 7);
        assert_eq!(after("/bench?list-type=2"), 0);
        assert!(page(0, 2).contains("<NextContinuationToken>1<"));
        assert!(!page(1, 2).contains("<NextContinuationToken>"));
    }
}
