//! Words that don't belong into the project, and files that have grown too long.

use super::{Finding, TextFile};

/// Longest Rust file, in lines.
const MAX_LINES: usize = 700;

/// Files that are tables and may be longer.
const TABLES: &[&str] = &[];

/// A banned word in two halves, so that this file doesn't hold it, and why.
const BANNED: &[(&str, &str, &str)] = &[
    ("/wor", "k/", "a path of one machine"),
    ("/ro", "ot/", "a path of one machine"),
    ("/tm", "p/refcli", "a path of one machine"),
    ("pypi.", "org", "a registry's host"),
    ("files.python", "hosted", "a registry's host"),
    ("registry.npm", "js", "a registry's host"),
    ("deb.deb", "ian", "a registry's host"),
    ("static.crates", ".io", "a registry's host"),
    ("index.crates", ".io", "a registry's host"),
    ("FIX", "ME", "mend it, or say what is missing in an issue"),
];

/// Letters after which a slash continues a longer path or word.
fn continues(before: Option<char>) -> bool {
    before.is_some_and(|c| c.is_ascii_alphanumeric() || ".~_-".contains(c))
}

pub fn check(files: &[TextFile]) -> Vec<Finding> {
    files.iter().flat_map(check_file).collect()
}

fn check_file(file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find = |line, problem| findings.push(Finding { file: file.name.clone(), line, problem });
    let lines = file.text.lines().count();
    if file.name.ends_with(".rs") && lines > MAX_LINES && !TABLES.contains(&file.name.as_str()) {
        find(
            lines,
            format!("{lines} lines: split by what the parts know, or list it as a table ({MAX_LINES} at most)"),
        );
    }
    if file.name.ends_with(".lock") {
        return findings;
    }
    for (front, back, reason) in BANNED {
        let word = [*front, *back].concat();
        for (at, _) in file.text.match_indices(&word) {
            if word.starts_with('/') && continues(file.text[..at].chars().next_back()) {
                continue;
            }
            find(file.text[..at].matches('\n').count() + 1, format!("`{word}`: {reason}"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_and_long_files() {
        let text = ["see /wo", "rk/x\na/wo", "rk/y and https:/", "/pypi", ".org/simple\n"].concat();
        let file = TextFile { name: "a.md".into(), text };
        assert_eq!(check(&[file]).iter().map(|f| f.line).collect::<Vec<_>>(), [1, 2]);
        let long = TextFile { name: "a.rs".into(), text: "\n".repeat(MAX_LINES + 1) };
        assert_eq!(check(&[long]).len(), 1);
    }
}
