//! The executable: nothing but the way in and the way out.

use oxaws_cli::registry::Registry;
use oxaws_env::Real;
use std::process::ExitCode;

static REGISTRY: Registry = Registry {
    commands: oxaws_commands::COMMANDS,
    unbuilt: oxaws_commands::UNBUILT,
    removals: oxaws_tweaks::REMOVALS,
    renames: oxaws_tweaks::RENAMES,
    arg_renames: oxaws_tweaks::ARG_RENAMES,
    tweaks: &[oxaws_tweaks::TWEAKS, oxaws_commands::TWEAKS],
};

fn main() -> ExitCode {
    oxaws_cli::run(&Real, oxaws_pack::facts(), &REGISTRY).into()
}
