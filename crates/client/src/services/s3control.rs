//! S3 Control: the account in the host name, and ARNs that carry it.

use crate::error::CallError;
use crate::state::CallState;
use oxaws_endpoint::Arn;
use oxaws_model::Operation;
use oxaws_value::Value;

/// Whether the endpoint rules put the account in front of the host, as the model does too.
pub(super) fn rules_add_account(operation: Operation) -> bool {
    operation.host_prefix() == Some("{AccountId}.")
        && operation.static_context_params().any(|p| p.name == "RequiresAccountId" && p.value == "true")
}

/// Takes the account out of ARNs of S3 on Outposts.
///
/// # Errors
/// When the ARN isn't of a kind that the operation takes, or its account isn't the one that was given.
pub(super) fn account_of_arns(state: &mut CallState) -> Result<(), CallError> {
    let operation = state.operation.name();
    if matches!(operation, "CreateBucket" | "ListRegionalBuckets") {
        return Ok(());
    }
    if operation != "CreateAccessPoint" {
        account_of(state, "Name", "accesspoint")?;
    }
    account_of(state, "Bucket", "bucket")
}

fn account_of(state: &mut CallState, name: &str, kind: &str) -> Result<(), CallError> {
    let Some(text) = state.params.get(name).and_then(Value::as_str).map(str::to_owned) else { return Ok(()) };
    let Some(arn) = Arn::parse(&text) else { return Ok(()) };
    let refuse =
        |why: &str| Err(CallError::invalid(format!("S3 ARN \"{text}\" provided is invalid for this operation. {why}")));
    if arn.region.starts_with("fips-") || arn.region.ends_with("fips-") {
        return refuse("Invalid ARN, FIPS region not allowed in ARN.");
    }
    if state.client.settings.s3.use_accelerate_endpoint {
        return Err(CallError::invalid(
            "Unsupported configuration when using S3 Control: S3 control client does not support accelerate endpoints",
        ));
    }
    let parts: Vec<&str> = arn.resource_parts().collect();
    let outposts = arn.service == "s3-outposts" && parts.len() == 4 && parts[0] == "outpost" && parts[2] == kind;
    if !outposts {
        return refuse(&format!("The {name} parameter does not support the provided ARN"));
    }
    match state.params.get("AccountId") {
        Some(given) if given.as_str() != Some(arn.account) => {
            let given = oxaws_value::repr::str(given, oxaws_value::repr::MapClass::Dict);
            refuse(&format!("Account ID in arn does not match the AccountId parameter provided: \"{given}\""))
        }
        _ => {
            let account = arn.account.to_owned();
            state.params.insert("AccountId", account);
            Ok(())
        }
    }
}
