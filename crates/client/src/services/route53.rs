//! Route 53 tells ids as paths (`/hostedzone/Z1`) and takes them bare.

use oxaws_model::Operation;
use oxaws_value::{Map, Value};

/// Leaves what follows the last `/` of ids.
pub(super) fn cut_ids(operation: Operation, params: &mut Map) {
    for member in operation.input().into_iter().flat_map(|i| i.members()) {
        if matches!(member.shape().name(), "ResourceId" | "DelegationSetId" | "ChangeId")
            && let Some(Value::String(id)) = params.get_mut(member.name())
            && let Some(at) = id.rfind('/')
        {
            id.drain(..=at);
        }
    }
}
