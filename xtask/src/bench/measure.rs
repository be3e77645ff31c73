//! One run of a command: how long, how much CPU, how much memory.
//!
//! The kernel adds up children for their parent and keeps only their maximum of memory, so each command is started by a
//! fresh, small process: this executable called again as `bench --child`.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

use crate::task::{Outcome, TaskError, capture, io_at};

/// What one run cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// From start to exit.
    pub wall: Duration,
    /// User and system time of all its threads.
    pub cpu: Duration,
    /// Peak of resident memory, in KiB.
    pub peak_kib: u64,
}

/// The variable that hands the name of the file for standard output to the measuring process.
const OUTPUT: &str = "OXAWS_BENCH_OUTPUT";

/// Runs a command once, its standard output going to a file, and says what it cost.
///
/// # Errors
/// When it can't be started or fails.
pub fn measure(program: &Path, args: &[&str], vars: &[(&str, OsString)], output: &Path) -> Outcome<Cost> {
    let own = env::current_exe().map_err(io_at("this executable"))?;
    let mut command = Command::new(own);
    command.args(["bench", "--child"]).arg(program).args(args).env_clear();
    command.envs(vars.iter().map(|(n, v)| (n, v))).env(OUTPUT, output);
    let report = String::from_utf8_lossy(&capture(&mut command)?).into_owned();
    let numbers: Vec<u64> = report.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    match numbers[..] {
        [wall, cpu, peak_kib] => {
            Ok(Cost { wall: Duration::from_micros(wall), cpu: Duration::from_micros(cpu), peak_kib })
        }
        _ => Err(TaskError::Data(format!("no measurement of {}: {report}", program.display()))),
    }
}

/// The measuring process: runs the command it was given and prints microseconds of wall and CPU time, and KiB.
///
/// # Errors
/// When the command can't be started or fails.
pub fn child(args: &[String]) -> Outcome {
    let (program, args) = args.split_first().ok_or_else(|| TaskError::Usage("--child PROGRAM ARGUMENTS".into()))?;
    let output = env::var_os(OUTPUT).unwrap_or_else(|| "/dev/null".into());
    let output = File::create(&output).map_err(io_at(output.to_string_lossy()))?;
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(output).env_remove(OUTPUT);
    let start = Instant::now();
    let status = command.status().map_err(io_at(program))?;
    let wall = start.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|e| TaskError::Data(format!("getrusage: {e}")))?;
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    println!("{} {cpu} {}", wall.as_micros(), usage.max_rss());
    if status.success() { Ok(()) } else { Err(TaskError::Program(format!("{program} {}", args.join(" ")))) }
}

/// The median of each figure by itself.
pub fn medians(costs: &[Cost]) -> Cost {
    Cost {
        wall: median(costs.iter().map(|c| c.wall).collect()),
        cpu: median(costs.iter().map(|c| c.cpu).collect()),
        peak_kib: median(costs.iter().map(|c| c.peak_kib).collect()),
    }
}

fn median<T: Ord + Copy + Default>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}
