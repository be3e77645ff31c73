//! `s3api select-object-content`: the records go to a file.

use crate::arguments::tweak;
use oxaws_cli::argtable::{Arg, ArgTable};
use oxaws_cli::registry::{Hook, Tweak};
use oxaws_model::Operation;

pub(crate) const TWEAKS: &[Tweak] = &[tweak("s3api", "select-object-content", Hook::Arguments(arguments))];

fn arguments(table: &mut ArgTable, _: Operation) {
    table.insert(Arg { positional: true, required: true, ..Arg::text("outfile", "The file for the records.") });
}
