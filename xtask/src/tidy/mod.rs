//! `cargo xtask tidy`: what the compiler can't hold. Runs as a test too.
//!
//! Each check is a file with a table at its top: which crate may import which ([`layers`]), which module of a crate may
//! import which ([`floors`]), which parts of the standard library
//! have one home ([`bans`]), files no `mod` reaches ([`dead`]), lists kept by hand ([`lists`]), words that don't belong
//! here and files grown too long ([`words`]).

mod bans;
mod dead;
mod floors;
mod layers;
mod lists;
mod source;
mod words;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::task::{Options, Outcome, Project, TaskError, capture, io_at, read};

/// A rule broken: where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    file: String,
    line: usize,
    problem: String,
}

/// Folders that hold nothing of ours.
const SKIPPED_FOLDERS: &[&str] = &[".git", "target", "corpus", "artifacts", "node_modules", "__pycache__"];

/// A text file of the project.
struct TextFile {
    /// Relative to the project, with `/`.
    name: String,
    text: String,
}

/// The packages of the project's workspaces as cargo describes them.
struct Workspace {
    packages: Vec<Value>,
}

/// Checks everything and prints what it finds.
///
/// # Errors
/// When something was found or can't be read.
pub fn run(project: &Project, args: &[String]) -> Outcome {
    Options::new(args, &[], &[])?;
    match report(project)? {
        0 => Ok(()),
        n => Err(TaskError::Failed(format!("{n} findings"))),
    }
}

/// Checks everything, prints what it finds and returns how much that is.
///
/// # Errors
/// When something can't be read.
pub fn report(project: &Project) -> Outcome<u64> {
    let findings = check(project)?;
    for finding in &findings {
        println!("{}:{}: {}", finding.file, finding.line, finding.problem);
    }
    if findings.is_empty() {
        println!("tidy");
    }
    Ok(findings.len() as u64)
}

fn check(project: &Project) -> Outcome<BTreeSet<Finding>> {
    let workspace = Workspace::read(project)?;
    let files = text_files(&project.root)?;
    let mut findings = BTreeSet::new();
    findings.extend(layers::check(&workspace, &project.root));
    findings.extend(floors::check(&files));
    findings.extend(dead::check(&workspace, &project.root, &files));
    findings.extend(lists::check(&files));
    findings.extend(words::check(&files));
    findings.extend(bans::check(&files));
    Ok(findings)
}

impl Workspace {
    fn read(project: &Project) -> Outcome<Workspace> {
        let mut packages = Vec::new();
        // The main workspace and those kept out of it.
        for manifest in ["Cargo.toml", "fuzz/Cargo.toml", "testkit/vectors/Cargo.toml"] {
            let path = project.root.join(manifest);
            if !path.is_file() {
                continue;
            }
            let mut cargo = project.cargo(&["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]);
            let output = capture(cargo.arg(&path))?;
            let metadata: Value =
                serde_json::from_slice(&output).map_err(|e| TaskError::Data(format!("cargo metadata: {e}")))?;
            packages.extend(metadata["packages"].as_array().cloned().unwrap_or_default());
        }
        Ok(Workspace { packages })
    }
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// All files of the project that are UTF-8 text, in order of their names.
fn text_files(root: &Path) -> Outcome<Vec<TextFile>> {
    let (mut folders, mut files) = (vec![root.to_path_buf()], Vec::<PathBuf>::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(io_at(folder.display()))? {
            let path = entry.map_err(io_at(folder.display()))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // In a git worktree, `.git` is a file that names a folder of the machine.
            let skipped = SKIPPED_FOLDERS.contains(&name.as_str());
            if path.is_dir() && !skipped {
                folders.push(path);
            } else if path.is_file() && !skipped {
                files.push(path);
            }
        }
    }
    files.sort();
    let texts = files.iter().filter_map(|p| read(p).ok().map(|text| TextFile { name: relative(p, root), text }));
    Ok(texts.collect())
}

#[cfg(test)]
mod tests {
    use crate::task::Project;

    #[test]
    fn the_workspace_is_tidy() {
        let findings = super::check(&Project::open().unwrap()).unwrap();
        let text: Vec<String> = findings.iter().map(|f| format!("{}:{}: {}", f.file, f.line, f.problem)).collect();
        assert!(text.is_empty(), "{}", text.join("\n"));
    }
}
