//! `cargo xtask bench`: the executable beside a real AWS CLI v2, taking turns in one run.
//!
//! Figures are medians; they mean something only as ratios of the same run.

mod measure;
mod server;
mod startup;
mod workloads;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use oxaws_testkit::scratch::Scratch;
use oxaws_testkit::stub::Stub;

use crate::task::{
    Options, Outcome, Project, TaskError, announce, build_release, io_at, read, run as run_program, write,
};
use measure::{Cost, measure, medians};
use workloads::{STARTUPS, Sizes, WORKLOADS, Workload};

/// Measures: `--reference PATH` (an AWS CLI v2), `--aws PATH` (else a release build), `--rounds N` (else 11),
/// `--only TEXT` leaves out what hasn't the text in its title, `--readme` writes the table into README.md, `--quick` runs
/// everything once with small replies, to see whether it works; or, with `--instructions`, counts start-ups (`--record`
/// keeps them).
///
/// # Errors
/// When a command fails or two that should print the same don't.
pub fn run(project: &Project, args: &[String]) -> Outcome {
    if let Some(("--child", rest)) = args.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return measure::child(rest);
    }
    let flags = ["--instructions", "--record", "--readme", "--quick"];
    let options = Options::new(args, &["--reference", "--aws", "--rounds", "--only"], &flags)?;
    let quick = options.flag("--quick");
    let executable = match options.value("--aws") {
        Some(path) => PathBuf::from(path).canonicalize().map_err(io_at(path))?,
        None => {
            announce("building aws");
            build_release(project)?
        }
    };
    let stub = server::start(if quick { Sizes::QUICK } else { Sizes::FULL }).map_err(io_at("the stub server"))?;
    let scratch = Scratch::new().map_err(io_at("a temporary folder"))?;
    let vars = variables(&stub, &scratch);
    if options.flag("--instructions") {
        return startup::run(project, &executable, STARTUPS, &vars, options.flag("--record"));
    }
    let reference =
        options.value("--reference").map(|p| PathBuf::from(p).canonicalize().map_err(io_at(p))).transpose()?;
    let rounds = match options.value("--rounds") {
        Some(number) => number.parse().map_err(|_| TaskError::Usage(format!("--rounds: {number}")))?,
        None if quick => 1,
        None => 11,
    };

    let mut programs = vec![("oxaws", executable.clone())];
    programs.extend(reference.map(|r| ("AWS CLI", r)));
    programs.push(("empty", empty_program(&scratch)?));
    let wanted = |workload: &&Workload| options.value("--only").is_none_or(|text| workload.title.contains(text));
    let workloads: Vec<&Workload> = WORKLOADS.iter().filter(wanted).collect();
    let table = table(&workloads, &programs, &executable, &vars, &scratch, rounds)?;
    println!("{table}");
    if options.flag("--readme") { put_into_readme(project, &table) } else { Ok(()) }
}

fn variables(stub: &Stub, scratch: &Scratch) -> Vec<(&'static str, OsString)> {
    vec![
        ("AWS_ACCESS_KEY_ID", oxaws_testkit::aws::ACCESS_KEY.into()),
        ("AWS_SECRET_ACCESS_KEY", oxaws_testkit::aws::SECRET_KEY.into()),
        ("AWS_DEFAULT_REGION", "us-east-1".into()),
        ("AWS_ENDPOINT_URL", stub.url().into()),
        ("AWS_PAGER", "".into()),
        ("HOME", scratch.path().into()),
        ("LANG", "C.UTF-8".into()),
        ("PATH", std::env::var_os("PATH").unwrap_or_default()),
        ("TZ", "UTC".into()),
    ]
}

/// The program that does nothing, as the language makes it: the yardstick for `--version`.
fn empty_program(scratch: &Scratch) -> Outcome<PathBuf> {
    let source = scratch.write("empty.rs", "fn main() {}\n").map_err(io_at("a temporary file"))?;
    let program = scratch.path().join("empty");
    run_program(Command::new("rustc").args(["-O", "--edition", "2024", "-o"]).arg(&program).arg(source))?;
    Ok(program)
}

fn table(
    workloads: &[&Workload],
    programs: &[(&str, PathBuf)],
    executable: &Path,
    vars: &[(&str, OsString)],
    scratch: &Scratch,
    rounds: u32,
) -> Outcome<String> {
    let mut out = String::from(
        "| what | program | wall | CPU | peak memory | printed | wall, oxaws to it | CPU, oxaws to it |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for workload in workloads {
        announce(workload.title);
        // An empty program can only be compared with a command that does nothing.
        let takes_part = |name: &str| name != "empty" || workload.args == ["--version"];
        let programs: Vec<&(&str, PathBuf)> = programs.iter().filter(|(name, _)| takes_part(name)).collect();
        let rounds = (rounds * workload.share / 100).max(rounds.min(3));
        let mut costs: Vec<Vec<Cost>> = vec![Vec::new(); programs.len()];
        // The first round warms caches and doesn't count.
        for round in 0..=rounds {
            for (number, (name, program)) in programs.iter().enumerate() {
                let cost = measure(program, workload.args, vars, &output_file(scratch, name))?;
                if round > 0 {
                    costs[number].push(cost);
                }
            }
        }
        if workload.same_output {
            check_same_output(workload, &programs, scratch)?;
        }
        let ours = &costs[0];
        for ((name, _), theirs) in programs.iter().zip(&costs) {
            let cost = medians(theirs);
            let ratio = |figure: fn(&Cost) -> f64| match *name {
                "oxaws" => String::new(),
                _ => ratio(ours, theirs, figure),
            };
            let title = if *name == "oxaws" { workload.title } else { "" };
            let output = output_file(scratch, name);
            let printed = fs::metadata(&output).map_err(io_at(output.display()))?.len();
            out.push_str(&format!(
                "| {title} | {name} | {} | {} | {:.1} MiB | {:.1} MiB | {} | {} |\n",
                milliseconds(cost.wall.as_secs_f64()),
                milliseconds(cost.cpu.as_secs_f64()),
                cost.peak_kib as f64 / 1024.0,
                printed as f64 / (1 << 20) as f64,
                ratio(|c| c.wall.as_secs_f64()),
                ratio(|c| c.cpu.as_secs_f64()),
            ));
        }
    }
    let size = fs::metadata(executable).map_err(io_at(executable.display()))?.len();
    out.push_str(&format!("\nExecutable: {:.1} MB, everything included. {rounds} rounds.\n", size as f64 / 1e6));
    Ok(out)
}

/// Where a program's standard output goes.
fn output_file(scratch: &Scratch, program: &str) -> PathBuf {
    scratch.path().join(format!("{program}.out"))
}

/// The median of the ratios of the same round, as a fraction where ours is smaller.
fn ratio(ours: &[Cost], theirs: &[Cost], figure: fn(&Cost) -> f64) -> String {
    let mut ratios: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| figure(a) / figure(b).max(1e-9)).collect();
    ratios.sort_by(f64::total_cmp);
    match ratios.get(ratios.len() / 2) {
        Some(r) if *r > 0.0 && *r < 0.5 => format!("1/{:.0}", 1.0 / r),
        Some(r) => format!("{r:.2}"),
        None => String::new(),
    }
}

fn milliseconds(seconds: f64) -> String {
    let ms = seconds * 1e3;
    if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

fn check_same_output(workload: &Workload, programs: &[&(&str, PathBuf)], scratch: &Scratch) -> Outcome {
    let output = |name: &str| fs::read(output_file(scratch, name)).map_err(io_at(name));
    let Some(((first, _), rest)) = programs.split_first() else { return Ok(()) };
    let expected = output(first)?;
    for (name, _) in rest {
        if output(name)? != expected {
            return Err(TaskError::Failed(format!("{}: {first} and {name} print different things", workload.title)));
        }
    }
    Ok(())
}

fn put_into_readme(project: &Project, table: &str) -> Outcome {
    const START: &str = "<!-- bench:start -->\n";
    const END: &str = "<!-- bench:end -->";
    let path = project.root.join("README.md");
    let text = read(&path)?;
    let parts = text.split_once(START).and_then(|(head, rest)| Some((head, rest.split_once(END)?.1)));
    let (head, tail) = parts.ok_or_else(|| TaskError::Data("README.md has no place for the table".into()))?;
    write(&path, &format!("{head}{START}{table}{END}{tail}"))
}
