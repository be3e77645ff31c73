//! `cloudsearchdomain`: every domain has an endpoint of its own, which must be given.

use crate::arguments::tweak;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};

pub(crate) const TWEAKS: &[Tweak] = &[tweak("cloudsearchdomain", "*", Hook::BeforeCall(check_endpoint))];

/// Only the option counts, no variable and no configuration.
fn check_endpoint(call: &mut OperationCall) -> Result<(), Failure> {
    match call.cx.globals.endpoint_url {
        Some(_) => Ok(()),
        None => Err(Failure::validation("--endpoint-url is required for cloudsearchdomain commands")),
    }
}
