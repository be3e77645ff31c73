//! The workspace's own tasks: `cargo xtask` lists them. One file (or folder) per task, two functions' worth of
//! interface: the options it takes and `run`.

mod bench;
mod conformance;
mod demo;
mod dist;
mod fuzz;
mod parity;
mod python;
mod task;
mod test;
mod tidy;
mod vectors;

use std::env;
use std::process::ExitCode;

use task::{Outcome, Project, TaskError};

/// A task: its name, what it does in one line, and the function.
struct Task {
    name: &'static str,
    about: &'static str,
    run: fn(&Project, &[String]) -> Outcome,
}

const TASKS: &[Task] = &[
    Task { name: "demo", about: "build `aws` and give a guided tour against an embedded S3 server", run: demo::run },
    Task { name: "test", about: "prepare everything the tests need and run the whole test suite", run: test::run },
    Task { name: "dist", about: "build the optimised, static executable and try it", run: dist::run },
    Task { name: "tidy", about: "check layers, hand-kept lists, dead files and banned words", run: tidy::run },
    Task {
        name: "parity",
        about: "count the covered customisations of the AWS CLI and hold the floor",
        run: parity::run,
    },
    Task { name: "vectors", about: "fetch the pinned test vectors into target/vectors", run: vectors::run },
    Task { name: "bench", about: "measure `aws` beside a real AWS CLI v2 (--reference PATH)", run: bench::run },
    Task { name: "fuzz", about: "run every fuzz target for a while (needs nightly and cargo-fuzz)", run: fuzz::run },
    Task { name: "conformance", about: "play recorded cases and hold the floors reached", run: conformance::run },
];

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let Some(task) = args.first().and_then(|name| TASKS.iter().find(|t| t.name == name)) else {
        eprintln!("usage: cargo xtask TASK [OPTIONS]\n");
        TASKS.iter().for_each(|t| eprintln!("  {:12} {}", t.name, t.about));
        return ExitCode::from(2);
    };
    match Project::open().and_then(|project| (task.run)(&project, &args[1..])) {
        Ok(()) => ExitCode::SUCCESS,
        Err(TaskError::Usage(problem)) => {
            eprintln!("cargo xtask {}: {problem}", task.name);
            ExitCode::from(2)
        }
        Err(problem) => {
            eprintln!("cargo xtask {}: {problem}", task.name);
            ExitCode::FAILURE
        }
    }
}
