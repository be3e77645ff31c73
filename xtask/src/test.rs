//! `cargo xtask test`: the whole test suite on a machine with nothing but Rust and Python 3 with pip.

use std::process::Command;

use oxaws_testkit::{aws, moto, rclone};

use crate::task::{Options, Outcome, Project, TaskError, announce, follow, run as run_program};
use crate::{python, tidy, vectors};

/// Names the folder of the test vectors; where it is set, tests hold that what they need is there.
const VECTORS: &str = "OXAWS_VECTORS";

/// Numbers of one part of the suite.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Reads libtest's closing line: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    fn of_line(line: &str) -> Option<Tally> {
        let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
        let number = |what: &str| {
            let part = counts.split(';').find(|part| part.trim_end().ends_with(what))?;
            part.split_whitespace().next()?.parse().ok()
        };
        Some(Tally { passed: number("passed")?, failed: number("failed")?, skipped: number("ignored")? })
    }
}

/// Prepares and runs everything. `--aws PATH` runs the end-to-end tests against another executable.
///
/// # Errors
/// When something can't be prepared, or a test failed.
pub fn run(project: &Project, args: &[String]) -> Outcome {
    let options = Options::new(args, &["--aws"], &[])?;
    announce("preparing: test vectors and servers go into the build folder, nothing is installed elsewhere");
    vectors::fetch(project)?;
    let moto = project.target.join("servers/moto");
    python::install("moto_server", &project.root.join("testkit/moto-requirements.txt"), &moto)?;
    let rclone = project.target.join("servers/rclone");
    python::install("rclone", &project.root.join("testkit/rclone-requirements.txt"), &rclone)?;

    let mut parts: Vec<(&str, Tally)> = Vec::new();
    announce("tidy");
    let findings = tidy::report(project)?;
    parts.push(("tidy", Tally { passed: u64::from(findings == 0), failed: findings, skipped: 0 }));

    let executable = match options.value("--aws") {
        Some(path) => path.into(),
        None => {
            announce("the executable, which some of the tests run");
            run_program(&mut project.cargo(&["build", "--package", "oxaws"]))?;
            project.executable("debug")
        }
    };
    announce("unit, property and vector tests");
    let mut cargo = project.cargo(&["test", "--workspace", "--no-fail-fast"]);
    // Promised: a test that finds no vectors fails.
    cargo.env(aws::EXECUTABLE, &executable).env(VECTORS, project.target.join("vectors"));
    parts.push(("workspace", tests(&mut cargo)?));

    announce("end-to-end tests: the executable against moto_server, rclone, an embedded S3 server and faulty ones");
    let mut cargo = project.cargo(&["test", "--package", "oxaws-testkit", "--features", "s3", "--no-fail-fast"]);
    cargo.args(["--test", "e2e"]).env(aws::EXECUTABLE, &executable).env(moto::FOLDER, moto).env(rclone::FOLDER, rclone);
    parts.push(("end to end", tests(&mut cargo)?));

    println!();
    let mut total = Tally::default();
    for (name, tally) in parts {
        println!("{name:12} {:6} passed {:6} failed {:6} skipped", tally.passed, tally.failed, tally.skipped);
        total.add(tally);
    }
    println!("{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped);
    if total.failed == 0 { Ok(()) } else { Err(TaskError::Failed("not all tests passed".into())) }
}

fn tests(cargo: &mut Command) -> Outcome<Tally> {
    let mut tally = Tally::default();
    let succeeded = follow(cargo, |line| {
        if let Some(one) = Tally::of_line(line) {
            tally.add(one);
        }
    })?;
    if !succeeded && tally.failed == 0 {
        tally.failed = 1; // It didn't get as far as running tests, or ended in the middle of them.
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn reads_the_closing_line() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(Tally::of_line(line), Some(Tally { passed: 12, failed: 3, skipped: 1 }));
        assert_eq!(Tally::of_line("test result"), None);
    }
}
