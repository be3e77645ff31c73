//! `quicksight start-asset-bundle-import-job --asset-bundle-import-source-bytes`.

use crate::arguments::tweak;
use crate::hoisted_blob::{hoist, put};
use oxaws_cli::plug::argtable::ArgTable;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_model::Operation;

pub(crate) const TWEAKS: &[Tweak] = &[tweak("quicksight", "start-asset-bundle-import-job", Hook::Arguments(arguments))];

fn arguments(table: &mut ArgTable, _: Operation) {
    let help = "The bundle itself: fileb://bundle.zip.";
    hoist(table, "asset-bundle-import-source", "Body", "asset-bundle-import-source-bytes", help, |params, value| {
        put(params, "AssetBundleImportSource", "Body", value);
        Ok(())
    });
}
