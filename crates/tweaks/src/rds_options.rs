//! `rds add-option-to-option-group`, `remove-option-from-option-group`: one operation, of whose two lists each command has
//! one (under the name `--options`: see the renames).

use crate::arguments::tweak;
use oxaws_cli::plug::argtable::ArgTable;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("rds", "add-option-to-option-group", Hook::Arguments(one_list)),
    tweak("rds", "remove-option-from-option-group", Hook::Arguments(one_list)),
];

fn one_list(table: &mut ArgTable, _: Operation) {
    table.remove("options-to-include");
    table.remove("options-to-remove");
}
