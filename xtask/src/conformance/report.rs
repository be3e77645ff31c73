//! What is printed of cases: a case with everything recorded of it, and a difference that people can read.

use super::case::{Case, Dimension};
use super::compare::as_lines;
use super::diff::unified;
use super::json::Json;
use super::play::Seen;

/// Lines printed of each dimension.
const MAX_LINES: usize = 40;
/// Characters printed of a line.
const MAX_WIDTH: usize = 300;
/// Keys of a case in the order in which they are shown; the others follow.
const FIRST: &[&str] = &["env", "stdin", "stdin_b64", "files", "responses"];

/// Where a played case differs.
pub fn difference(case: &Case, seen: &Seen, differing: &[Dimension]) -> String {
    let names: Vec<&str> = differing.iter().map(|dimension| dimension.name()).collect();
    let mut out = format!("--- {}: {}\n    {}\n", case.id, names.join(", "), command(case));
    for dimension in differing {
        let (expected, seen) = as_lines(case, seen, *dimension);
        out.push_str(&format!("    --- expected {dimension}\n    +++ got {dimension}\n"));
        let mut lines = unified(&expected, &seen);
        if lines.is_empty() {
            lines.push("(only blanks or line ends differ)".to_owned());
        }
        for line in lines.iter().take(MAX_LINES) {
            let line: String = line.chars().take(MAX_WIDTH).collect();
            out.push_str(&format!("    {}\n", visible(&line)));
        }
        if lines.len() > MAX_LINES {
            out.push_str(&format!("    … and {} lines more\n", lines.len() - MAX_LINES));
        }
    }
    out
}

/// A case with what the AWS CLI did.
pub fn whole(case: &Case) -> String {
    let mut out = format!("=== {}\n$ {}\n", case.id, command(case));
    let entries =
        case.source.entries().iter().filter(|(key, _)| !["id", "argv", "program", "expect"].contains(&key.as_str()));
    let mut entries: Vec<&(String, Json)> = entries.collect();
    entries.sort_by_key(|(key, _)| FIRST.iter().position(|first| first == key).unwrap_or(FIRST.len()));
    for (key, value) in entries {
        section(&mut out, key, value);
    }
    out.push_str("\nWhat the AWS CLI did:\n");
    for dimension in Dimension::ALL {
        if let Some(expected) = case.expected(dimension) {
            section(&mut out, dimension.name(), expected);
        }
    }
    out
}

fn section(out: &mut String, key: &str, value: &Json) {
    match value {
        Json::Text(text) if text.contains('\n') => {
            out.push_str(&format!("{key}:\n"));
            text.lines().for_each(|line| out.push_str(&format!("  {}\n", visible(line))));
        }
        Json::Text(text) => out.push_str(&format!("{key}: {}\n", visible(text))),
        value => {
            let pretty = value.pretty().replace('\n', "\n  ");
            out.push_str(&format!("{key}:{}{pretty}\n", if pretty.contains('\n') { "\n  " } else { " " }));
        }
    }
}

/// The command line, quoted for a shell. A completion's line is in its environment.
fn command(case: &Case) -> String {
    const COMPLETION: &[&str] = &["COMP_LINE", "COMP_POINT", "COMMAND_LINE"];
    let variables = case.env.iter().filter(|(name, _)| COMPLETION.contains(&name.as_str()));
    let variables = variables.map(|(name, value)| format!("{name}={}", quoted(value.as_deref().unwrap_or_default())));
    let program = case.program.clone().unwrap_or_else(|| "aws".to_owned());
    let words = variables.chain([program]).chain(case.argv.iter().map(|arg| quoted(arg)));
    words.collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+{}".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Control characters as escapes, so that output can't change the terminal.
fn visible(line: &str) -> String {
    line.chars()
        .map(|c| if c.is_control() && c != '\t' { c.escape_default().to_string() } else { c.to_string() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> Case {
        Case::parse(
            r#"{"id": "a/b", "argv": ["s3", "ls", "s3://b/it's"], "responses": [{"body": "x"}], "env": {"COMP_LINE": "aws s"},
            "expect": {"rc": 0, "stdout": "one\ntwo\n"}}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_difference_names_each_dimension() {
        let seen = Seen::from([(Dimension::Rc, Json::int(1)), (Dimension::Stdout, Json::text("one\nt\u{1b}wo\n"))]);
        let shown = difference(&case(), &seen, &[Dimension::Rc, Dimension::Stdout]);
        let expected = "--- a/b: rc, stdout\n    COMP_LINE='aws s' aws s3 ls 's3://b/it'\\''s'\n    --- expected rc\n    +++ got rc\n    @@ -1,1 +1,1 @@\n    -0\n    +1\n    --- expected stdout\n    +++ got stdout\n    @@ -1,2 +1,2 @@\n     one\n    -two\n    +t\\u{1b}wo\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_whole_case_shows_everything() {
        let shown = whole(&case());
        let parts = [
            "=== a/b\n$ ",
            "\nenv:\n  {\n   \"COMP_LINE\": \"aws s\"\n  }\nresponses:\n",
            "\nWhat the AWS CLI did:\nrc: 0\nstdout:\n  one\n  two\n",
        ];
        for part in parts {
            assert!(shown.contains(part), "{part:?} in {shown}");
        }
    }
}
