//! The executable: nothing but the way in and the way out.

use oxaws_cli::plug::registry::Registry;
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

/// Runs before `main`, and before Rust's runtime opens `/dev/null` for standard streams that are closed: only then can
/// that be seen (see [`oxaws_env::start`]). It is the one thing that this program does at start-up. The attribute counts
/// as unsafe code because whatever it names is called before the standard library is ready; the function does nothing
/// but ask the system about three descriptors.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
#[allow(unsafe_code)]
#[used]
static BEFORE_MAIN: extern "C" fn() = before_main;

extern "C" fn before_main() {
    oxaws_env::start::look();
}

fn main() -> ExitCode {
    oxaws_cli::run(&Real, oxaws_pack::facts(), &REGISTRY).into()
}
