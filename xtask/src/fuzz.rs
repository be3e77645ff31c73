//! `cargo xtask fuzz`: every fuzz target in turn, for a while each.

use std::fs;
use std::process::Command;

use crate::task::{Options, Outcome, Project, TaskError, announce, io_at, run as run_program};

/// Runs all targets, or the one named by `--target`, for `--seconds N` each (else 600).
///
/// # Errors
/// When cargo-fuzz or the nightly toolchain is missing, or a target finds something.
pub fn run(project: &Project, args: &[String]) -> Outcome {
    let options = Options::new(args, &["--seconds", "--target"], &[])?;
    let seconds = options.value("--seconds").unwrap_or("600");
    let folder = project.root.join("fuzz/fuzz_targets");
    let mut targets = Vec::new();
    for entry in fs::read_dir(&folder).map_err(io_at(folder.display()))? {
        let name = entry.map_err(io_at(folder.display()))?.file_name().to_string_lossy().into_owned();
        targets.extend(name.strip_suffix(".rs").map(str::to_owned));
    }
    targets.retain(|t| options.value("--target").is_none_or(|only| only == t));
    targets.sort();
    let mut found = Vec::new();
    for target in targets {
        announce(format!("fuzzing {target} for {seconds} seconds"));
        // rustup chooses the toolchain by `+nightly` only where its own `cargo` is called.
        let mut fuzz = Command::new("cargo");
        fuzz.args(["+nightly", "fuzz", "run", &target, "--", "-max_len=4000", "-len_control=0"]);
        fuzz.arg(format!("-max_total_time={seconds}")).current_dir(&project.root);
        for inherited in ["CARGO", "RUSTUP_TOOLCHAIN"] {
            fuzz.env_remove(inherited);
        }
        if run_program(&mut fuzz).is_err() {
            found.push(target);
        }
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(TaskError::Failed(format!("findings or failures: {}", found.join(", "))))
    }
}
