//! The files that hold recorded cases, a case on each line.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use super::fold::sha256;
use super::text::glob;
use crate::task::{Outcome, TaskError, io_at};

/// Files whose cases need a real S3 server and another player.
const NOT_PLAYED: &[&str] = &["s3-scenarios"];

/// A case's line, with its id.
#[derive(Debug, Clone)]
pub struct Line {
    /// `group/subgroup/name`.
    pub id: String,
    /// The case as JSON.
    pub text: String,
}

/// The files of a folder, in the order of their names.
///
/// # Errors
/// When it can't be read or has none.
pub fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(io_at(folder.display()))? {
        let path = entry.map_err(io_at(folder.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stem = name.strip_suffix(".jsonl.gz").or_else(|| name.strip_suffix(".jsonl"));
        if stem.is_some_and(|stem| !NOT_PLAYED.contains(&stem)) {
            found.push(path);
        }
    }
    if found.is_empty() {
        return Err(TaskError::Usage(format!("no recorded cases in {}", folder.display())));
    }
    found.sort();
    Ok(found)
}

/// The cases of some files whose id matches a glob. A file whose bytes were read already isn't read twice.
///
/// # Errors
/// When a file can't be read or a line has no id.
pub fn lines(files: &[PathBuf], only: &str) -> Outcome<Vec<Line>> {
    let (mut lines, mut seen) = (Vec::new(), HashSet::new());
    for path in files {
        let data = fs::read(path).map_err(io_at(path.display()))?;
        if !seen.insert(sha256(&data)) {
            continue;
        }
        let mut text = String::new();
        if path.extension().is_some_and(|e| e == "gz") {
            GzDecoder::new(data.as_slice()).read_to_string(&mut text).map_err(io_at(path.display()))?;
        } else {
            text = String::from_utf8(data).map_err(|e| TaskError::Data(format!("{}: {e}", path.display())))?;
        }
        for (number, line) in (1..).zip(text.split('\n')) {
            if line.trim().is_empty() || line.starts_with("//") {
                continue;
            }
            let id = id(line)
                .ok_or_else(|| TaskError::Data(format!("{}:{number}: a case without an id", path.display())))?;
            if glob(only, &id) {
                lines.push(Line { id, text: line.to_owned() });
            }
        }
    }
    Ok(lines)
}

/// The id of a case. Most lines start with it, and then the rest needn't be parsed.
fn id(line: &str) -> Option<String> {
    let first = line.strip_prefix("{\"id\": \"").and_then(|rest| rest.split('"').next());
    match first {
        Some(id) if !id.contains('\\') => Some(id.to_owned()),
        _ => super::json::parse(line).ok()?.get("id")?.as_text().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{fresh_folder, write};

    #[test]
    fn equal_files_are_read_once() {
        let folder = std::env::temp_dir().join(format!("recorded-{}", std::process::id()));
        fresh_folder(&folder).unwrap();
        let text = "// a comment\n{\"id\": \"a/1\"}\n\n{\"argv\": [], \"id\": \"b\\u002f2\"}\n";
        write(&folder.join("one.jsonl"), text).unwrap();
        write(&folder.join("same.jsonl"), text).unwrap();
        write(&folder.join("s3-scenarios.jsonl"), "{\"id\": \"c\"}\n").unwrap();
        let files = files(&folder).unwrap();
        let ids = |only: &str| lines(&files, only).unwrap().into_iter().map(|l| l.id).collect::<Vec<_>>();
        assert_eq!(ids("*"), ["a/1", "b/2"]);
        assert_eq!(ids("b/*"), ["b/2"]);
        write(&folder.join("one.jsonl"), "{\"argv\": []}\n").unwrap();
        assert!(lines(&files, "*").is_err(), "a case without an id");
        fs::remove_dir_all(&folder).unwrap();
    }
}
