//! `cargo xtask vectors`: the test cases of other projects, fetched by hash and never copied into this repository.
//!
//! Source archives come through pip (`models/requirements-test.txt`), crates through cargo
//! (`testkit/vectors/Cargo.lock`). Tests read them from `target/vectors/NAME`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::python;
use crate::task::{Outcome, Project, TaskError, announce, capture, copy_folder, fresh_folder, io_at, read, write};

/// A crate whose package carries test data.
struct TestData {
    package: &'static str,
    /// The folder in the package.
    folder: &'static str,
    /// Where tests look for it, under `target/vectors`.
    place: &'static str,
}

const CRATES: &[TestData] = &[
    TestData { package: "aws-sigv4", folder: "aws-signing-test-suite", place: "aws-sigv4/aws-signing-test-suite" },
    TestData { package: "aws-runtime", folder: "test-data", place: "aws-runtime" },
    TestData { package: "aws-smithy-eventstream", folder: "test_data", place: "aws-smithy-eventstream" },
    TestData { package: "jmespath", folder: "tests/compliance", place: "jmespath" },
];

/// The file in each folder that says what it was made from.
const NOTE: &str = ".fetched";

/// Fetches what isn't there yet.
///
/// # Errors
/// When something can't be fetched or isn't what was pinned.
pub fn run(project: &Project, args: &[String]) -> Outcome {
    crate::task::Options::new(args, &[], &[])?;
    fetch(project)
}

/// Fetches what isn't there yet.
///
/// # Errors
/// When something can't be fetched or isn't what was pinned.
pub fn fetch(project: &Project) -> Outcome {
    source_archives(project)?;
    crate_folders(project)
}

fn folder(project: &Project, name: &str) -> PathBuf {
    project.target.join("vectors").join(name)
}

fn source_archives(project: &Project) -> Outcome {
    let file = project.root.join("models/requirements-test.txt");
    let pinned = python::requirements(&file)?;
    let there = |r: &python::Requirement| read(&folder(project, &r.name).join(NOTE)).is_ok_and(|t| t == r.text);
    if pinned.iter().all(there) {
        return Ok(());
    }
    let names: Vec<&str> = pinned.iter().map(|r| r.name.as_str()).collect();
    announce(format!("fetching test vectors: {}", names.join(", ")));
    let download = folder(project, ".download");
    fresh_folder(&download)?;
    python::download_sources(&file, &names, &download)?;
    for requirement in &pinned {
        // An archive NAME-VERSION.tar.gz holds one folder NAME-VERSION.
        let prefix = format!("{}-", requirement.name);
        let archive = entries(&download)?.into_iter().find(|p| file_name(p).starts_with(&prefix));
        let archive = archive.ok_or_else(|| TaskError::Data(format!("pip left no archive of {}", requirement.name)))?;
        let unpacked = download.join("unpacked").join(&requirement.name);
        fresh_folder(&unpacked)?;
        python::unpack(&archive, &unpacked)?;
        let inner = entries(&unpacked)?.into_iter().find(|p| p.is_dir());
        let inner = inner.ok_or_else(|| TaskError::Data(format!("{} is empty", archive.display())))?;
        write(&inner.join(NOTE), &requirement.text)?;
        put_in_place(&inner, &folder(project, &requirement.name))?;
    }
    fs::remove_dir_all(&download).map_err(io_at(download.display()))
}

fn crate_folders(project: &Project) -> Outcome {
    let manifest = project.root.join("testkit/vectors/Cargo.toml");
    let lock = read(&project.root.join("testkit/vectors/Cargo.lock"))?;
    if CRATES.iter().all(|data| read(&folder(project, data.place).join(NOTE)).is_ok_and(|t| t == lock)) {
        return Ok(());
    }
    announce("fetching test vectors: the packages in testkit/vectors/Cargo.toml");
    let mut cargo = project.cargo(&["metadata", "--locked", "--format-version", "1", "--manifest-path"]);
    let metadata = capture(cargo.arg(&manifest))?;
    let metadata: Value =
        serde_json::from_slice(&metadata).map_err(|e| TaskError::Data(format!("cargo metadata: {e}")))?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    for data in CRATES {
        let package = packages.iter().find(|p| p["name"] == data.package);
        let manifest = package.and_then(|p| p["manifest_path"].as_str()).map(PathBuf::from);
        let source = manifest.and_then(|m| m.parent().map(|p| p.join(data.folder))).filter(|p| p.is_dir());
        let missing = || TaskError::Data(format!("the crate {} has no folder {}", data.package, data.folder));
        let source = source.ok_or_else(missing)?;
        let part = folder(project, ".part");
        fresh_folder(&part)?;
        copy_folder(&source, &part)?;
        write(&part.join(NOTE), &lock)?;
        put_in_place(&part, &folder(project, data.place))?;
    }
    Ok(())
}

/// Moves a finished folder to where tests look for it, so that they never see half of it.
fn put_in_place(from: &Path, to: &Path) -> Outcome {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(io_at(parent.display()))?;
    }
    if to.exists() {
        fs::remove_dir_all(to).map_err(io_at(to.display()))?;
    }
    fs::rename(from, to).map_err(io_at(to.display()))
}

fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let listing = fs::read_dir(folder).map_err(io_at(folder.display()))?;
    listing.map(|e| e.map(|e| e.path()).map_err(io_at(folder.display()))).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
