//! The server the commands talk to: one answer for each.

use std::fmt::Write as _;
use std::io;
use std::sync::Arc;

use oxaws_testkit::stub::{Reply, Request, Stub};

const CALLER: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/bench</Arn><UserId>AIDAEXAMPLE</UserId>\
<Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>\
</GetCallerIdentityResponse>";

/// Starts it. `large` is the length of the large reply in bytes, at least.
///
/// # Errors
/// When no port is to be had.
pub fn start(large: usize) -> io::Result<Stub> {
    let (caller, instances, items) = (Reply::xml(CALLER), Reply::xml(instances(3)), items(large));
    Stub::start(move |request: &Request| {
        if request.header("x-amz-target").is_some_and(|t| t.ends_with(".Scan")) {
            return answer(&items);
        }
        match request.body.windows(17).any(|w| w == b"GetCallerIdentity") {
            true => caller.clone(),
            false => instances.clone(),
        }
    })
}

fn answer(body: &Arc<[u8]>) -> Reply {
    let headers = vec![("Content-Type".to_owned(), "application/x-amz-json-1.0".to_owned())];
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
        let noise = count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_large_reply_is_json() {
        let reply: serde_json::Value = serde_json::from_slice(&super::items(10_000)).unwrap();
        assert_eq!(reply["Items"].as_array().map(Vec::len), reply["Count"].as_u64().map(|n| n as usize));
    }
}
