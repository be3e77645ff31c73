//! `cargo xtask conformance CASES`: plays recorded cases with the player that lies beside them and holds the floors.

mod floors;
mod subsets;

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::task::{Options, Outcome, Project, TaskError, announce, follow, fresh_folder, io_at, read, write};
use subsets::Case;

/// Files that aren't cases for the player.
const NOT_PLAYED: &[&str] = &["s3-scenarios"];

/// How many of the cases of a part passed.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    passed: usize,
    total: usize,
}

/// Plays the cases of a folder: `--cases FOLDER`, `--aws PATH` (else the release build), `--only GLOB` over the names
/// of its files, `--every N` plays a sample (floors aren't held then), `--jobs N`, `--raise` writes the floors reached.
///
/// # Errors
/// When the cases can't be played or a floor isn't held.
pub fn run(project: &Project, args: &[String]) -> Outcome {
    let options = Options::new(args, &["--cases", "--aws", "--only", "--every", "--jobs"], &["--raise"])?;
    let cases = options.value("--cases").ok_or_else(|| TaskError::Usage("--cases FOLDER is needed".into()))?;
    let executable = options.value("--aws").map_or_else(|| project.executable("release"), PathBuf::from);
    let player = Path::new(cases).join("play.py");
    let files = case_files(Path::new(cases), options.value("--only").unwrap_or("*"))?;
    let results = project.target.join("conformance");
    fresh_folder(&results)?;

    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for (group, files) in &files {
        announce(format!("playing {group}"));
        let failed = results.join(format!("{group}.failed"));
        let mut play = Command::new("python3");
        play.arg(&player).arg("--aws").arg(&executable).arg("--failed-ids").arg(&failed).args(["--show", "0"]);
        play.args(["--jobs", options.value("--jobs").unwrap_or("4")]);
        let every: usize = options.value("--every").unwrap_or("1").parse().unwrap_or(1).max(1);
        play.args(["--every", &every.to_string()]).args(files);
        follow(&mut play, |_| ())?;
        if !failed.is_file() {
            return Err(TaskError::Failed(format!("the player did not finish {group}")));
        }
        let failed = read(&failed)?;
        let failed: HashSet<&str> = failed.lines().filter_map(|l| l.split('\t').next()).collect();
        let mut number = 0;
        for file in files {
            read_cases(file, |case| {
                number += 1;
                if (number - 1) % every == 0 {
                    let score = scores.entry(case.subset()).or_default();
                    score.total += 1;
                    score.passed += usize::from(!failed.contains(case.id.as_str()));
                }
            })?;
        }
    }
    let sample = options.value("--every").is_some();
    judge(project, &scores, options.flag("--raise") && !sample, sample)
}

/// Prints the scores, holds them against the floors and writes new ones.
fn judge(project: &Project, scores: &BTreeMap<String, Score>, raise: bool, sample: bool) -> Outcome {
    let path = project.root.join("conformance-floors.toml");
    let mut floors = if path.is_file() { floors::read(&read(&path)?)? } else { BTreeMap::new() };
    let mut beneath = Vec::new();
    println!("\n{:20} {:>7} {:>7} {:>8} {:>8}", "part", "passed", "of", "%", "floor");
    for (part, score) in scores {
        let reached = floors::share(score.passed, score.total);
        let floor = floors.get(part).copied().unwrap_or(0);
        let mark = if reached < floor && !sample { "  BENEATH" } else { "" };
        let (percent, line) = (floors::percent(reached), floors::percent(floor));
        println!("{part:20} {:7} {:7} {percent:>8} {line:>8}{mark}", score.passed, score.total);
        if !mark.is_empty() {
            beneath.push(part.clone());
        }
        if raise && reached > floor {
            floors.insert(part.clone(), reached);
        }
    }
    if raise {
        write(&path, &floors::write(&floors))?;
    }
    let total =
        scores.values().fold(Score::default(), |a, s| Score { passed: a.passed + s.passed, total: a.total + s.total });
    println!("cases: {} of {} pass", total.passed, total.total);
    println!("floors: {} passed, {} failed", scores.len() - beneath.len(), beneath.len());
    if beneath.is_empty() {
        Ok(())
    } else {
        Err(TaskError::Failed(format!("beneath the floor: {}", beneath.join(", "))))
    }
}

/// The files to play by group (the name up to the first `-` where a group is spread over several).
fn case_files(folder: &Path, only: &str) -> Outcome<BTreeMap<String, Vec<PathBuf>>> {
    let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(io_at(folder.display()))? {
        let path = entry.map_err(io_at(folder.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".jsonl.gz").or_else(|| name.strip_suffix(".jsonl")) else { continue };
        if NOT_PLAYED.contains(&stem) || !glob(only, stem) {
            continue;
        }
        let group = match stem.split_once('-') {
            Some((group @ ("ops" | "endpoints" | "skeleton"), _)) => group,
            _ => stem,
        };
        found.entry(group.to_owned()).or_default().push(path);
    }
    if found.is_empty() {
        return Err(TaskError::Usage(format!("no cases match {only} in {}", folder.display())));
    }
    found.values_mut().for_each(|files| files.sort());
    Ok(found)
}

/// `*` stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((front, rest)) => text
            .strip_prefix(front)
            .is_some_and(|text| (0..=text.len()).any(|at| text.is_char_boundary(at) && glob(rest, &text[at..]))),
    }
}

fn read_cases(path: &Path, mut each: impl FnMut(Case)) -> Outcome {
    let file = File::open(path).map_err(io_at(path.display()))?;
    let reader: Box<dyn BufRead> = match path.extension().is_some_and(|e| e == "gz") {
        true => Box::new(BufReader::new(GzDecoder::new(file))),
        false => Box::new(BufReader::new(file)),
    };
    for line in reader.lines() {
        let line = line.map_err(io_at(path.display()))?;
        if line.trim().is_empty() || line.starts_with("//") {
            continue;
        }
        let case: Value =
            serde_json::from_str(&line).map_err(|e| TaskError::Data(format!("{}: {e}", path.display())))?;
        each(Case::read(&case).ok_or_else(|| TaskError::Data(format!("{}: a case without id", path.display())))?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn globs() {
        assert!(super::glob("*", "") && super::glob("ops-*", "ops-a") && super::glob("*-*", "a-b"));
        assert!(!super::glob("ops-*", "rc") && !super::glob("rc", "rcx"));
    }
}
