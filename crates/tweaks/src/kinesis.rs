//! `kinesis list-streams --exclusive-start-stream-name`: once the token of this operation, still taken as one.

use crate::arguments::{hide, tweak};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::ArgTable;
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("kinesis", "list-streams", Hook::Arguments(arguments)),
    tweak("kinesis", "list-streams", Hook::Parsed(one_page)),
];

const START: &str = "exclusive-start-stream-name";

fn arguments(table: &mut ArgTable, _: Operation) {
    hide(table, &[START]);
}

/// It doesn't go with the token that pages are followed by now.
fn one_page(call: &mut OperationCall) -> Result<(), Failure> {
    if call.has(START) {
        call.paginate = false;
    }
    Ok(())
}
