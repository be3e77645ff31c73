//! `conformance-floors.toml`: the share of cases that passed once and must pass from then on.

use std::collections::BTreeMap;

use crate::task::{Outcome, TaskError};

const HEADER: &str = "\
# Percent of the recorded cases that pass, by part. A floor only goes up: `cargo xtask conformance --raise` writes what
# was reached, and `.ci/run` fails below it. Lower what it writes by a case or two by hand, because a few cases depend on
# signals and on the day of the month.
[floors]
";

/// Hundredths of a percent: whole numbers compare exactly.
pub type Share = u32;

/// The share of `passed` in `total`, rounded down.
pub fn share(passed: usize, total: usize) -> Share {
    (passed * 10_000).checked_div(total).and_then(|s| u32::try_from(s).ok()).unwrap_or(10_000)
}

/// A share as percent with two decimals.
pub fn percent(share: Share) -> String {
    format!("{}.{:02}", share / 100, share % 100)
}

/// Reads the file's text.
///
/// # Errors
/// When a line is neither blank, a comment, `[floors]` nor `part = percent`.
pub fn read(text: &str) -> Outcome<BTreeMap<String, Share>> {
    let lines = text.lines().map(|l| l.split('#').next().unwrap_or_default().trim());
    lines.filter(|l| !l.is_empty() && *l != "[floors]").map(line).collect()
}

fn line(line: &str) -> Outcome<(String, Share)> {
    let parsed = line.split_once('=').and_then(|(name, value)| {
        let (whole, part) = value.trim().split_once('.').unwrap_or((value.trim(), "0"));
        let hundredths: u32 = format!("{part:0<2}").parse().ok().filter(|_| part.len() <= 2)?;
        Some((name.trim().trim_matches('"').to_owned(), whole.parse::<u32>().ok()? * 100 + hundredths))
    });
    parsed.ok_or_else(|| TaskError::Data(format!("conformance-floors.toml: {line}")))
}

/// The file's text.
pub fn write(floors: &BTreeMap<String, Share>) -> String {
    let lines = floors.iter().map(|(name, share)| format!("{name} = {}\n", percent(*share)));
    format!("{HEADER}{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_are_read_as_written() {
        let floors = BTreeMap::from([("rc".to_owned(), 5007), ("ops-min-json".to_owned(), 10_000)]);
        assert_eq!(read(&write(&floors)).unwrap(), floors);
        assert_eq!(read("[floors]\na = 97.5 # note\nb = 3\n").unwrap(), [("a".into(), 9750), ("b".into(), 300)].into());
        assert!(read("a = x").is_err() && read("a = 1.234").is_err());
        assert_eq!((share(2, 3), share(0, 0)), (6666, 10_000));
    }
}
