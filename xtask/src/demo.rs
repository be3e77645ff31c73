//! `cargo xtask demo`: builds the executable and starts the guided tour (`testkit/src/bin/demo.rs`).

use oxaws_testkit::aws::EXECUTABLE;

use crate::task::{Options, Outcome, Project, announce, build_release, run as run_program};

/// Builds and starts the tour; `--aws PATH` tours another executable.
///
/// # Errors
/// When something doesn't build or a command ended otherwise than expected.
pub fn run(project: &Project, args: &[String]) -> Outcome {
    let options = Options::new(args, &["--aws"], &[])?;
    let executable = match options.value("--aws") {
        Some(path) => path.into(),
        None => {
            announce("building aws (the first time takes a few minutes: all models are compiled in)");
            build_release(project)?
        }
    };
    announce("building the S3 server for the tour");
    let mut tour =
        project.cargo(&["run", "--quiet", "--package", "oxaws-testkit", "--features", "s3", "--bin", "demo"]);
    run_program(tour.env(EXECUTABLE, executable))
}
