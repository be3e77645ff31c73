//! `ec2 describe-volumes`, `describe-snapshots`: without a page size EC2 may take minutes to list everything at once, so
//! one is set where everything is listed.

use crate::arguments::tweak;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_value::Map;

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("ec2", "describe-volumes", Hook::BeforeCall(volumes)),
    tweak("ec2", "describe-snapshots", Hook::BeforeCall(snapshots)),
];

/// Items of a page.
const PAGE_SIZE: &str = "1000";

fn volumes(call: &mut OperationCall) -> Result<(), Failure> {
    inject(call, &[]);
    Ok(())
}

fn snapshots(call: &mut OperationCall) -> Result<(), Failure> {
    inject(call, &["OwnerIds", "RestorableByUserIds"]);
    Ok(())
}

fn inject(call: &mut OperationCall, harmless: &[&str]) {
    if call.paginate && call.paging.page_size.is_none() && lists_everything(&call.params, harmless) {
        call.paging.page_size = Some(PAGE_SIZE.into());
    }
}

fn lists_everything(params: &Map, harmless: &[&str]) -> bool {
    params.keys().all(|k| matches!(k.as_ref(), "NextToken" | "DryRun") || harmless.contains(&k.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_value::Value;

    #[test]
    fn only_where_everything_is_listed() {
        let params = |keys: &[&'static str]| keys.iter().map(|k| (*k, Value::Null)).collect::<Map>();
        assert!(lists_everything(&params(&[]), &[]));
        assert!(lists_everything(&params(&["DryRun", "OwnerIds"]), &["OwnerIds"]));
        assert!(!lists_everything(&params(&["OwnerIds"]), &[]));
        assert!(!lists_everything(&params(&["Filters"]), &["OwnerIds"]));
    }
}
