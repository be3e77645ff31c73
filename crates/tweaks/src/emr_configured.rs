//! `emr`: an argument that the profile's `emr =` block names needn't be given. (Only hand-written commands then take its
//! value from there.)

use crate::arguments::tweak;
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::ArgTable;
use oxaws_cli::plug::context::Context;
use oxaws_cli::plug::registry::{Hook, Tweak};

pub(crate) const TWEAKS: &[Tweak] = &[tweak("emr", "*", Hook::BeforeParse(configured))];

fn configured(cx: &Context, table: &mut ArgTable) -> Result<(), Failure> {
    let profile = cx.session.config()?.profile()?;
    let Some(block) = profile.nested("emr") else { return Ok(()) };
    let required: Vec<String> = table.iter().filter(|a| a.required).map(|a| a.name.clone()).collect();
    for name in required {
        if block.get(&name.replace('-', "_")).is_some()
            && let Some(arg) = table.get_mut(&name)
        {
            arg.required = false;
        }
    }
    Ok(())
}
