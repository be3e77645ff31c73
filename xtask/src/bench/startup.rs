//! Instructions at start-up: a figure that doesn't depend on the machine's mood.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::task::{Outcome, Project, TaskError, io_at, read, write};

/// How much more than recorded is a finding, in percent.
const TOLERANCE: u64 = 3;

const HEADER: &str = "\
# Instructions executed by a release build, counted by valgrind: `cargo xtask bench --instructions` compares,
# with --record it writes them. They depend on compiler and libc: record before and after on one machine.
";

/// Counts, compares with `benches/startup.txt`, and records where asked to.
///
/// # Errors
/// When valgrind isn't there or a command costs noticeably more than recorded.
pub fn run(
    project: &Project,
    program: &Path,
    commands: &[(&str, &[&str])],
    vars: &[(&str, OsString)],
    record: bool,
) -> Outcome {
    let path = project.root.join("benches/startup.txt");
    let recorded = if path.is_file() { parse(&read(&path)?)? } else { BTreeMap::new() };
    let (mut counted, mut worse) = (BTreeMap::new(), Vec::new());
    println!("{:28} {:>14} {:>14} {:>8}", "command", "instructions", "recorded", "change");
    for (name, args) in commands {
        let now = instructions(program, args, vars)?;
        counted.insert((*name).to_owned(), now);
        let Some(before) = recorded.get(*name).copied().filter(|n| *n > 0) else {
            println!("{name:28} {now:14} {:>14} {:>8}", "-", "-");
            continue;
        };
        let change = (now as f64 / before as f64 - 1.0) * 100.0;
        println!("{name:28} {now:14} {before:14} {change:+7.1}%");
        if now > before + before * TOLERANCE / 100 {
            worse.push(*name);
        }
    }
    if record {
        let folder = project.root.join("benches");
        fs::create_dir_all(&folder).map_err(io_at(folder.display()))?;
        let lines = counted.iter().map(|(name, count)| format!("{count} {name}\n"));
        return write(&path, &format!("{HEADER}{}", lines.collect::<String>()));
    }
    if worse.is_empty() { Ok(()) } else { Err(TaskError::Failed(format!("slower to start: {}", worse.join(", ")))) }
}

fn parse(text: &str) -> Outcome<BTreeMap<String, u64>> {
    let lines = text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    let parsed = lines.map(|line| {
        let (count, name) = line.split_once(' ')?;
        Some((name.to_owned(), count.parse().ok()?))
    });
    parsed.collect::<Option<_>>().ok_or_else(|| TaskError::Data("benches/startup.txt: not `COUNT NAME`".into()))
}

fn instructions(program: &Path, args: &[&str], vars: &[(&str, OsString)]) -> Outcome<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args(args);
    valgrind.env_clear().envs(vars.iter().map(|(n, v)| (n, v)));
    let output =
        valgrind.stdin(Stdio::null()).output().map_err(io_at("valgrind (install it to count instructions)"))?;
    let report = String::from_utf8_lossy(&output.stderr);
    // `==123== Collected : 4567`
    let count = report.lines().find_map(|l| l.split_once("Collected : ")?.1.trim().parse().ok());
    match (output.status.success(), count) {
        (true, Some(count)) => Ok(count),
        _ => {
            Err(TaskError::Failed(format!("{} {} failed under valgrind:\n{report}", program.display(), args.join(" "))))
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_what_it_writes() {
        let counts = super::parse("# x\n12 sts get-caller-identity\n3 --version\n").unwrap();
        assert_eq!(counts.get("sts get-caller-identity"), Some(&12));
        assert!(super::parse("nothing").is_err());
    }
}
