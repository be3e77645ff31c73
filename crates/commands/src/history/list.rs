//! `aws history list`: the commands that were run, the last one first.

use super::{failed, open};
use oxaws_cli::plug::registry::{Command, CommandCall};
use oxaws_cli::watch::history::Run;
use oxaws_cli::{Exit, Failure};
use oxaws_env::Instant;
use oxaws_output::Format;
use oxaws_python::Timestamp;
use oxaws_value::{Value, parse_json};

/// Columns for what was typed.
const ARGS_WIDTH: usize = 50;

/// `aws history list`
pub static LIST: Command = Command {
    name: "list",
    options: &[],
    subcommands: &[],
    run: Some(run),
    help: "Lists the commands that were run: their id, when, their first words and how they ended. \
           aws history show ID says more about one.",
};

fn run(call: &CommandCall) -> Result<Exit, Failure> {
    let runs = open(call)?.runs().map_err(failed)?;
    if runs.is_empty() {
        return Err(Failure::nothing_matched(
            "No commands were found in your history. Make sure you have enabled history mode by adding \"cli_history = \
             enabled\" to the config file.",
        ));
    }
    let cx = call.cx;
    cx.ui.formatted(Format::Text, cx.pager()?.as_deref(), |out| {
        for run in &runs {
            let offset = cx.world.local_offset(Instant::from_secs(run.timestamp.div_euclid(1000)));
            out.write_all(line(run, offset).as_bytes())?;
        }
        Ok(())
    })?;
    Ok(Exit::Success)
}

fn line(run: &Run, offset: i32) -> String {
    let c = Timestamp::from_unix(run.timestamp.div_euclid(1000).saturating_add(offset.into())).utc();
    let hour = (c.hour + 11) % 12 + 1;
    let half = if c.hour < 12 { "AM" } else { "PM" };
    let time = format!("{:04}-{:02}-{:02} {hour:02}:{:02}:{:02} {half}", c.year, c.month, c.day, c.minute, c.second);
    let words = parse_json(&run.args).unwrap_or_default();
    let words: Vec<&str> = words.as_list().unwrap_or_default().iter().take(2).filter_map(Value::as_str).collect();
    let mut args = words.join(" ");
    if args.chars().count() >= ARGS_WIDTH {
        args = args.chars().take(ARGS_WIDTH - 4).chain("...".chars()).collect();
    }
    format!("{:<38}{time:<24}{args:<ARGS_WIDTH$}{}\n", run.id, run.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let mut run = Run {
            id: "69f7b173-7640-4cc6-a49e-7c7cda710afc".into(),
            timestamp: 1_795_517_908_598,
            args: r#"["sts", "get-caller-identity", "--output", "text"]"#.into(),
            code: "253".into(),
        };
        assert_eq!(
            line(&run, 0),
            "69f7b173-7640-4cc6-a49e-7c7cda710afc  2026-11-24 10:58:28 AM  sts get-caller-identity                    \
             \u{20}      253\n"
        );
        run.args = format!("[\"{}\"]", "a".repeat(60));
        assert!(line(&run, 7200).contains(&format!("12:58:28 PM  {}... 253\n", "a".repeat(46))));
    }
}
