//! Pinned packages through Python's own `pip`, which also checks their hashes. Nothing is installed outside the build
//! folder.

use std::path::Path;
use std::process::Command;

use crate::task::{Outcome, TaskError, announce, fresh_folder, read, run, write};

/// A line of a requirements file: a package, its version and the hashes of its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The package's name.
    pub name: String,
    /// The whole requirement on one line, as pip takes it.
    pub text: String,
}

/// The requirements of a file, in order.
///
/// # Errors
/// When the file can't be read or a line isn't `NAME==VERSION --hash=…`.
pub fn requirements(path: &Path) -> Outcome<Vec<Requirement>> {
    let joined = read(path)?.replace("\\\n", " ");
    let lines = joined.lines().map(|l| l.split('#').next().unwrap_or_default().trim()).filter(|l| !l.is_empty());
    lines
        .map(|line| {
            let pinned = line.split_once("==").filter(|_| line.contains("--hash=sha256:"));
            let (name, _) =
                pinned.ok_or_else(|| TaskError::Data(format!("{}: not pinned by hash: {line}", path.display())))?;
            let text = line.split_whitespace().collect::<Vec<_>>().join(" ");
            Ok(Requirement { name: name.trim().to_owned(), text })
        })
        .collect()
}

/// Downloads the source archive of each requirement in the file into `folder`.
///
/// # Errors
/// When there is no Python 3 with pip, a download fails, or a hash is wrong.
pub fn download_sources(requirements_file: &Path, names: &[&str], folder: &Path) -> Outcome {
    let mut pip = pip(&["download", "--no-deps", "--require-hashes"]);
    pip.arg("--no-binary").arg(names.join(",")).arg("--dest").arg(folder).arg("--requirement").arg(requirements_file);
    run(&mut pip)
}

/// Installs what the requirements file names into `folder`, unless it is there already.
///
/// # Errors
/// When there is no Python 3 with pip, a download fails, or a hash is wrong.
pub fn install(what: &str, requirements_file: &Path, folder: &Path) -> Outcome {
    let (pinned, note) = (read(requirements_file)?, folder.join(".requirements"));
    if read(&note).is_ok_and(|installed| installed == pinned) {
        return Ok(());
    }
    announce(format!("installing {what} into {} (once)", folder.display()));
    fresh_folder(folder)?;
    let mut pip = pip(&["install", "--require-hashes", "--only-binary", ":all:"]);
    run(pip.arg("--target").arg(folder).arg("--requirement").arg(requirements_file))?;
    write(&note, &pinned)
}

/// Unpacks a `.tar.gz` into a folder.
///
/// # Errors
/// When it can't be read.
pub fn unpack(archive: &Path, folder: &Path) -> Outcome {
    run(Command::new("python3").args(["-m", "tarfile", "-e"]).arg(archive).arg(folder))
}

fn pip(args: &[&str]) -> Command {
    let mut command = Command::new("python3");
    command.args(["-m", "pip"]).args(args).args(["--quiet", "--disable-pip-version-check", "--no-input"]);
    command.env("PIP_ROOT_USER_ACTION", "ignore");
    command
}
