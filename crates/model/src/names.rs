//! Command-line names of operations and members.

use std::borrow::Cow;

/// Words that the general rule would cut in pieces; whole names and their command-line form.
const SPECIAL: [(&str, &str); 9] = [
    ("CreateCachediSCSIVolume", "create-cached-iscsi-volume"),
    ("CreateStorediSCSIVolume", "create-stored-iscsi-volume"),
    ("DescribeCachediSCSIVolumes", "describe-cached-iscsi-volumes"),
    ("DescribeStorediSCSIVolumes", "describe-stored-iscsi-volumes"),
    ("ListHITsForQualificationType", "list-hits-for-qualification-type"),
    ("ExecutePartiQLStatement", "execute-partiql-statement"),
    ("ExecutePartiQLTransaction", "execute-partiql-transaction"),
    ("ExecutePartiQLBatch", "execute-partiql-batch"),
    ("UpdateOTelEnrichment", "update-otel-enrichment"),
];

/// Operations (not members) in which `WhatsApp` stays one word. Every operation of the pinned models that holds it does.
const WHATSAPP: &str = "WhatsApp";

/// The command-line form of a CamelCase name: `DescribeInstances` → `describe-instances`, `MD5OfBody` → `md5-of-body`.
/// (botocore's `xform_name`, with its table of exceptions.)
pub fn cli_name(name: &str) -> String {
    transform(name, '-')
}

/// The same with underscores: the names that page tokens and some messages use.
pub fn python_name(name: &str) -> String {
    transform(name, '_')
}

fn transform(name: &str, sep: char) -> String {
    if name.contains(sep) {
        return name.to_owned();
    }
    if let Some((_, special)) = SPECIAL.iter().find(|(n, _)| *n == name) {
        return if sep == '-' { (*special).to_owned() } else { special.replace('-', "_") };
    }
    let joined: Cow<str> =
        if is_whatsapp_operation(name) { name.replace(WHATSAPP, "Whatsapp").into() } else { name.into() };
    let bytes: Vec<char> = joined.chars().collect();
    let (head, tail) = split_plural(&bytes);
    // First pass: a break before every capital that starts a word in small letters.
    let mut first: Vec<char> = Vec::with_capacity(head.len() + 8);
    let mut at = 0;
    while at < head.len() {
        first.push(head[at]);
        // `(.)([A-Z][a-z]+)`: any character, then a capital with at least one small letter.
        if at + 2 < head.len()
            && head[at + 1].is_ascii_uppercase()
            && head[at + 2].is_ascii_lowercase()
            && head[at] != '\n'
        {
            first.push(sep);
            first.push(head[at + 1]);
            at += 2;
            while at < head.len() && head[at].is_ascii_lowercase() {
                first.push(head[at]);
                at += 1;
            }
            continue;
        }
        at += 1;
    }
    // The plural tail is joined with its separator before the passes in botocore; it holds small letters only, so the
    // passes leave it as it is.
    let mut out = String::with_capacity(first.len() + 8);
    for (i, c) in first.iter().enumerate() {
        if i > 0 && c.is_ascii_uppercase() && (first[i - 1].is_ascii_lowercase() || first[i - 1].is_ascii_digit()) {
            out.push(sep);
        }
        out.extend(c.to_lowercase());
    }
    if !tail.is_empty() {
        out.push(sep);
        out.extend(tail.iter().flat_map(|c| c.to_lowercase()));
    }
    out
}

fn is_whatsapp_operation(name: &str) -> bool {
    const VERBS: [&str; 12] = [
        "Associate",
        "Create",
        "Delete",
        "Deprecate",
        "Disassociate",
        "Get",
        "List",
        "Post",
        "Publish",
        "Put",
        "Send",
        "Update",
    ];
    name.contains(WHATSAPP) && VERBS.iter().any(|v| name.starts_with(v))
}

/// Splits a tail of two or more capitals and an `s` off the end (`WebACLs` → `Web`, `ACLs`).
fn split_plural(name: &[char]) -> (&[char], &[char]) {
    let Some((&'s', body)) = name.split_last() else { return (name, &[]) };
    let capitals = body.iter().rev().take_while(|c| c.is_ascii_uppercase()).count();
    if capitals < 2 {
        return (name, &[]);
    }
    name.split_at(body.len() - capitals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_the_cli_writes_them() {
        for (name, want) in [
            ("DescribeInstances", "describe-instances"),
            ("S3Location", "s3-location"),
            ("s3Location", "s3-location"),
            ("ec2TagFilters", "ec2-tag-filters"),
            ("MD5OfBody", "md5-of-body"),
            ("SSECustomerKeyMD5", "sse-customer-key-md5"),
            ("vCPUs", "v-cpus"),
            ("AZs", "-azs"),
            ("IPv6CidrBlock", "i-pv6-cidr-block"),
            ("Ipv6Addresses", "ipv6-addresses"),
            ("LoRaWAN", "lo-ra-wan"),
            ("CreateOAuth2Token", "create-o-auth2-token"),
            ("GetOTelEnrichment", "get-o-tel-enrichment"),
            ("AssociateVPCWithHostedZone", "associate-vpc-with-hosted-zone"),
            ("GetHLSStreamingSessionURL", "get-hls-streaming-session-url"),
            ("preferredCacheClusterAZs", "preferred-cache-cluster-azs"),
            ("ListWebACLs", "list-web-acls"),
            ("GatewayARNs", "gateway-arns"),
            ("CreateWhatsAppFlow", "create-whatsapp-flow"),
            ("ListHITsForQualificationType", "list-hits-for-qualification-type"),
            ("already-done", "already-done"),
            ("AddTags", "add-tags"),
        ] {
            assert_eq!(cli_name(name), want);
        }
        assert_eq!(python_name("DescribeInstances"), "describe_instances");
    }
}
