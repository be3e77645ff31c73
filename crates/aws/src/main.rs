//! The executable: nothing but the way in and the way out.

use oxaws_cli::registry::Registry;
use oxaws_env::Real;
use std::process::ExitCode;

static REGISTRY: Registry = Registry {
    commands: &[],
    removals: &[],
    renames: &[],
    arg_renames: &[],
    tweaks: &[],
};

fn main() -> ExitCode {
    oxaws_cli::run(&Real, oxaws_pack::facts(), &REGISTRY).into()
}
