//! Rust files that no `mod` line reaches.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::source::Source;
use super::{Finding, TextFile, Workspace, relative};

pub fn check(workspace: &Workspace, root: &Path, files: &[TextFile]) -> Vec<Finding> {
    let targets = workspace.packages.iter().flat_map(|p| p["targets"].as_array().into_iter().flatten());
    let targets = targets.filter_map(|t| t["src_path"].as_str()).map(|p| relative(&normal(Path::new(p)), root));
    let files: HashMap<&str, &TextFile> =
        files.iter().filter(|f| f.name.ends_with(".rs")).map(|f| (f.name.as_str(), f)).collect();
    let mut waiting: Vec<(String, bool)> = targets.map(|t| (t, true)).collect();
    let mut reached = HashSet::new();
    while let Some((name, is_root)) = waiting.pop() {
        let Some(file) = files.get(name.as_str()) else { continue };
        if reached.insert(name.clone()) {
            waiting.extend(children(file, is_root).into_iter().map(|child| (child, false)));
        }
    }
    let mut dead: Vec<&str> = files.keys().copied().filter(|name| !reached.contains(*name)).collect();
    dead.sort_unstable();
    let problem = "no `mod` line and no target reaches this file";
    dead.into_iter().map(|name| Finding { file: name.to_owned(), line: 1, problem: problem.into() }).collect()
}

/// The files the modules declared in `file` may stand in.
fn children(file: &TextFile, is_root: bool) -> Vec<String> {
    let path = Path::new(&file.name);
    let parent = path.parent().unwrap_or(Path::new(""));
    let own_folder = match is_root || path.file_name().is_some_and(|n| n == "mod.rs") {
        true => parent.to_path_buf(),
        false => parent.join(path.file_stem().unwrap_or_default()),
    };
    let mut found = Vec::new();
    for (at, name) in Source::new(&file.text).modules() {
        match path_attribute(&file.text[..at]) {
            Some(given) => found.push(normal(&parent.join(given))),
            None => {
                found.push(own_folder.join(format!("{name}.rs")));
                found.push(own_folder.join(&name).join("mod.rs"));
            }
        }
    }
    found.into_iter().map(|p| p.to_string_lossy().into_owned()).collect()
}

/// The file named by a `#[path = "…"]` right before a `mod`.
fn path_attribute(before: &str) -> Option<&str> {
    let statement = &before[before.rfind(['}', ';', '{']).map_or(0, |at| at + 1)..];
    statement.split_once("#[path = \"")?.1.split('"').next()
}

/// Takes `.` and `..` out of a path without asking the file system.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if out.pop() => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_modules() {
        let file = |name: &str, text: &str| TextFile { name: name.into(), text: text.into() };
        let targets = serde_json::json!({"targets": [{"src_path": "/p/a/src/lib.rs"}]});
        let workspace = Workspace { packages: vec![targets] };
        let files = [
            file("a/src/lib.rs", "mod one;\n#[path = \"odd/name.rs\"]\nmod two;\n// mod four;\n"),
            file("a/src/one.rs", "pub mod three;"),
            file("a/src/one/three.rs", ""),
            file("a/src/odd/name.rs", ""),
            file("a/src/four.rs", ""),
        ];
        let dead: Vec<String> = check(&workspace, Path::new("/p"), &files).into_iter().map(|f| f.file).collect();
        assert_eq!(dead, ["a/src/four.rs"]);
    }
}
