//! `cargo xtask conformance`: plays the recorded cases against an executable and holds the floors.
//!
//! A case ([`case`]) is a line of a file ([`recorded`]). [`play`] runs the command in a fresh home, against a [`stub`]
//! server; what it did is reduced to a comparable form ([`fold`], [`canonical`], [`files`]), compared with what the AWS
//! CLI did ([`compare`]), and counted by part ([`subsets`]) against the floors ([`floors`]).

mod canonical;
mod case;
mod compare;
mod diff;
mod files;
mod floors;
mod fold;
mod json;
mod play;
mod recorded;
mod report;
mod stub;
mod subsets;
mod text;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::task::{Options, Outcome, Project, TaskError, announce, io_at, read, write};
use case::{Case, Dimension};
use play::{Programs, Seen};
use recorded::Line;

/// Where the project keeps the recorded cases.
const RECORDED: &str = "tests/recorded";
/// Failing cases that are printed in full.
const MOST_SHOWN: usize = 10;
/// Cases that run at a time for each core: many of them wait for a delayed answer or a signal.
const JOBS_PER_CORE: usize = 2;
/// Deeply nested bodies are read by recursion.
const STACK_SIZE: usize = 16 << 20;

/// How many of the cases of a part passed.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    passed: usize,
    total: usize,
}

/// A case that was played.
struct Played {
    part: String,
    /// Where it differs; `None` where it passed.
    failure: Option<Failure>,
}

/// How a case failed.
struct Failure {
    id: String,
    /// All that are compared, where the case couldn't be played.
    differing: Vec<Dimension>,
    details: Details,
}

/// What there is to print of a failed case.
enum Details {
    /// The command did something else.
    Differs(Box<Case>, Seen),
    /// The case couldn't be played.
    Unplayable(String),
}

/// Plays recorded cases.
///
/// - `--aws PATH`: the executable, else the release build.
/// - `--cases FOLDER`: the cases, else those of the project. `--also FOLDER` adds those of another folder; files with
///   the same contents are played once.
/// - `--only GLOB`: cases whose id matches. `--every N`: each N-th case. Floors aren't held for a selection.
/// - `--show ID`: prints the case (or those that match a glob) with all that was recorded, then plays it.
/// - `--failed-ids FILE`: writes the ids of failing cases and where they differ. `--jobs N`: how many run at a time.
/// - `--raise`: writes the floors that were reached.
///
/// # Errors
/// When the cases can't be played, a floor isn't held, or a selected case fails.
pub fn run(project: &Project, args: &[String]) -> Outcome {
    let values = ["--aws", "--cases", "--also", "--only", "--every", "--show", "--failed-ids", "--jobs"];
    let options = Options::new(args, &values, &["--raise"])?;
    let number = |name: &str, default: usize| match options.value(name) {
        Some(value) => value.parse().ok().filter(|n| *n > 0).ok_or_else(|| TaskError::Usage(format!("{name} {value}"))),
        None => Ok(default),
    };
    let (shown, only) = (options.value("--show"), options.value("--only"));
    let folder = options.value("--cases").map_or_else(|| project.root.join(RECORDED), PathBuf::from);
    let mut files = recorded::files(&folder)?;
    if let Some(also) = options.value("--also") {
        files.extend(recorded::files(Path::new(also))?);
    }
    let every = number("--every", 1)?;
    let lines: Vec<Line> = recorded::lines(&files, shown.or(only).unwrap_or("*"))?.into_iter().step_by(every).collect();
    if lines.is_empty() {
        return Err(TaskError::Usage("no case matches".into()));
    }
    let executable = options.value("--aws").map_or_else(|| project.executable("release"), PathBuf::from);
    let programs = Programs::new(&executable).map_err(io_at(executable.display()))?;
    if shown.is_some() {
        for line in &lines {
            println!("{}", report::whole(&Case::parse(&line.text).map_err(TaskError::Data)?));
        }
    }
    announce(format!("playing {} cases against {}", lines.len(), executable.display()));
    play::restore_signals();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let played = play_all(&programs, &lines, number("--jobs", cores * JOBS_PER_CORE)?)?;

    let failures: Vec<&Failure> = played.iter().filter_map(|played| played.failure.as_ref()).collect();
    for failure in failures.iter().take(MOST_SHOWN) {
        match &failure.details {
            Details::Differs(case, seen) => println!("{}", report::difference(case, seen, &failure.differing)),
            Details::Unplayable(problem) => println!("--- {}: can't be played: {problem}\n", failure.id),
        }
    }
    if failures.len() > MOST_SHOWN {
        println!("… and {} failing cases more: --failed-ids FILE lists them", failures.len() - MOST_SHOWN);
    }
    if let Some(path) = options.value("--failed-ids") {
        write(Path::new(path), &failures.iter().map(|failure| failed_line(failure)).collect::<String>())?;
    }
    let differing = Dimension::ALL.map(|dimension| {
        format!("{dimension} {}", failures.iter().filter(|f| f.differing.contains(&dimension)).count())
    });
    println!("differing: {}", differing.join(", "));
    let is_selection = shown.is_some() || only.is_some() || every > 1;
    judge(project, &played, options.flag("--raise"), is_selection)
}

fn failed_line(failure: &Failure) -> String {
    let names: Vec<&str> = failure.differing.iter().map(|dimension| dimension.name()).collect();
    format!("{}\t{}\n", failure.id, names.join(","))
}

/// Plays all cases; the results are in the order of the cases.
fn play_all(programs: &Programs, lines: &[Line], jobs: usize) -> Outcome<Vec<Played>> {
    // Cases that take seconds start first, so that none of them is left running alone at the end.
    let is_slow = |at: &usize| ["\"signal\": ", "\"delay\": "].iter().any(|key| lines[*at].text.contains(key));
    let (slow, fast): (Vec<usize>, Vec<usize>) = (0..lines.len()).partition(is_slow);
    let order: Vec<usize> = slow.into_iter().chain(fast).collect();
    let (next, results) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let work = || {
        while let Some(at) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let played = play_one(programs, &lines[*at]);
            results.lock().unwrap_or_else(PoisonError::into_inner).insert(*at, played);
        }
    };
    thread::scope(|scope| {
        let spawn = |_| thread::Builder::new().stack_size(STACK_SIZE).spawn_scoped(scope, work);
        (0..jobs).map(spawn).collect::<Result<Vec<_>, _>>().map(|_| ()).map_err(io_at("a thread"))
    })?;
    Ok(results.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect())
}

/// Plays a case. One that can't be played fails in everything, so that it isn't overlooked and the others still count.
fn play_one(programs: &Programs, line: &Line) -> Played {
    let unplayable = |part: String, problem: String| {
        let (id, differing) = (line.id.clone(), Dimension::ALL.to_vec());
        Played { part, failure: Some(Failure { id, differing, details: Details::Unplayable(problem) }) }
    };
    let case = match Case::parse(&line.text) {
        Ok(case) => case,
        Err(problem) => return unplayable(line.id.split('/').next().unwrap_or_default().to_owned(), problem),
    };
    let part = subsets::part(&case);
    let played = play::play(programs, &case).and_then(|seen| Ok((compare::differing(&case, &seen)?, seen)));
    match played {
        Ok((differing, _)) if differing.is_empty() => Played { part, failure: None },
        Ok((differing, seen)) => {
            let (id, details) = (case.id.clone(), Details::Differs(Box::new(case), seen));
            Played { part, failure: Some(Failure { id, differing, details }) }
        }
        Err(problem) => unplayable(part, problem),
    }
}

/// Prints the scores, compares them with the floors and writes new ones.
fn judge(project: &Project, played: &[Played], raise: bool, is_selection: bool) -> Outcome {
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for case in played {
        let score = scores.entry(&case.part).or_default();
        score.total += 1;
        score.passed += usize::from(case.failure.is_none());
    }
    let path = project.root.join("conformance-floors.toml");
    let mut floors = if path.is_file() { floors::read(&read(&path)?)? } else { BTreeMap::new() };
    let mut below = Vec::new();
    println!("\n{:20} {:>7} {:>7} {:>8} {:>8}", "part", "passed", "of", "%", "floor");
    for (part, score) in &scores {
        let reached = floors::share(score.passed, score.total);
        let floor = floors.get(*part).copied().unwrap_or(0);
        let mark = if reached < floor && !is_selection { "  BELOW" } else { "" };
        let (percent, line) = (floors::percent(reached), floors::percent(floor));
        println!("{part:20} {:7} {:7} {percent:>8} {line:>8}{mark}", score.passed, score.total);
        if !mark.is_empty() {
            below.push(*part);
        }
        if reached > floor {
            floors.insert((*part).to_owned(), reached);
        }
    }
    if raise && !is_selection {
        write(&path, &floors::write(&floors))?;
    }
    let passed = played.iter().filter(|case| case.failure.is_none()).count();
    println!("cases: {passed} of {} pass", played.len());
    if is_selection {
        let failed = played.len() - passed;
        return if failed == 0 { Ok(()) } else { Err(TaskError::Failed(format!("{failed} cases fail"))) };
    }
    println!("floors: {} passed, {} failed", scores.len() - below.len(), below.len());
    if below.is_empty() { Ok(()) } else { Err(TaskError::Failed(format!("below the floor: {}", below.join(", ")))) }
}

#[cfg(test)]
mod tests;
