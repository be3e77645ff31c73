//! `ec2`: what is put right in the parameters just before a call, and in replies.

use crate::arguments::tweak;
use oxaws_cli::error::Failure;
use oxaws_cli::operation::OperationCall;
use oxaws_cli::registry::{Hook, Tweak};
use oxaws_input::blob;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("ec2", "*", Hook::BeforeCall(filters)),
    tweak("ec2", "create-network-acl-entry", Hook::BeforeCall(protocol_number)),
    tweak("ec2", "replace-network-acl-entry", Hook::BeforeCall(protocol_number)),
    tweak("ec2", "describe-volumes", Hook::BeforeCall(page_size_of_volumes)),
    tweak("ec2", "describe-snapshots", Hook::BeforeCall(page_size_of_snapshots)),
    tweak("ec2", "get-console-output", Hook::Reply(console_output)),
];

/// How many volumes or snapshots a page holds where everything is listed.
const PAGE_SIZE: &str = "1000";

/// The member `Filter` is documented as `Filters`.
fn filters(call: &mut OperationCall) -> Result<(), Failure> {
    crate::parameter_alias::apply(call, "Filter", "Filters")
}

/// Names of protocols are for people; this operation takes numbers only.
fn protocol_number(call: &mut OperationCall) -> Result<(), Failure> {
    let number = match call.params.get("Protocol").and_then(Value::as_str) {
        Some("tcp") => "6",
        Some("udp") => "17",
        Some("icmp") => "1",
        Some("all") => "-1",
        _ => return Ok(()),
    };
    call.params.insert("Protocol", number);
    Ok(())
}

fn page_size_of_volumes(call: &mut OperationCall) -> Result<(), Failure> {
    inject_page_size(call, &[]);
    Ok(())
}

fn page_size_of_snapshots(call: &mut OperationCall) -> Result<(), Failure> {
    inject_page_size(call, &["OwnerIds", "RestorableByUserIds"]);
    Ok(())
}

/// Without a page size EC2 may take minutes to list everything at once.
fn inject_page_size(call: &mut OperationCall, harmless: &[&str]) {
    if call.paginate && call.paging.page_size.is_none() && lists_everything(&call.params, harmless) {
        call.paging.page_size = Some(PAGE_SIZE.into());
    }
}

fn lists_everything(params: &Map, harmless: &[&str]) -> bool {
    params.keys().all(|k| matches!(k.as_ref(), "NextToken" | "DryRun") || harmless.contains(&k.as_ref()))
}

/// The output comes in base64; what isn't stays as it is.
fn console_output(_: &OperationCall, reply: &mut Value) -> Result<(), Failure> {
    if let Some(Value::String(output)) = reply.as_map_mut().and_then(|m| m.get_mut("Output"))
        && let Some(bytes) = decoded(output)
    {
        *output = String::from_utf8_lossy(&bytes).into_owned();
    }
    Ok(())
}

fn decoded(output: &str) -> Option<Vec<u8>> {
    // Python takes the text as Latin-1 first, whose other half is nothing to base64.
    output.chars().all(|c| c <= '\u{ff}').then(|| blob::decode_bytes(output.as_bytes())).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn console_output_is_decoded() {
        assert_eq!(decoded("aGVs\nbG8=").as_deref(), Some(&b"hello"[..]));
        assert_eq!(decoded("abc"), None);
        assert_eq!(decoded("aGVs✓bG8="), None);
    }

    #[test]
    fn a_page_size_only_where_everything_is_listed() {
        let params = |keys: &[&'static str]| keys.iter().map(|k| (*k, Value::Null)).collect::<Map>();
        assert!(lists_everything(&params(&[]), &[]));
        assert!(lists_everything(&params(&["DryRun", "OwnerIds"]), &["OwnerIds"]));
        assert!(!lists_everything(&params(&["OwnerIds"]), &[]));
        assert!(!lists_everything(&params(&["Filters"]), &["OwnerIds"]));
    }
}
