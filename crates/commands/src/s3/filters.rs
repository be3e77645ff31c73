//! `--include` and `--exclude`.

use super::uri;
use oxaws_cli::argv::argparse::{Given, Parsed};
use oxaws_python::path::absolute;
use std::path::Path;

/// One rule, with its pattern under each of the two roots.
struct Rule {
    includes: bool,
    patterns: [String; 2],
}

/// The rules of a command, in their order.
pub struct Filters(Vec<Rule>);

impl Filters {
    /// The rules among what was given. `None` where there are none.
    pub fn of(args: &Parsed, source: &str, dest: &str, recursive: bool, cwd: Option<&Path>) -> Option<Filters> {
        let rules: Vec<(bool, String)> = args
            .all("filters")
            .filter_map(|(option, given)| match given {
                Given::Words(words) => Some((option != "--exclude", words.first()?.clone())),
                _ => None,
            })
            .collect();
        Filters::new(&rules, source, dest, recursive, cwd)
    }

    /// From rules: whether they include, and their patterns.
    fn new(given: &[(bool, String)], source: &str, dest: &str, recursive: bool, cwd: Option<&Path>) -> Option<Filters> {
        if given.is_empty() {
            return None;
        }
        let roots = [root(source, recursive, cwd), root(dest, recursive, cwd)];
        let rule = |(includes, pattern): &(bool, String)| Rule {
            includes: *includes,
            patterns: roots.each_ref().map(|root| join(root, pattern)),
        };
        Some(Filters(given.iter().map(rule).collect()))
    }

    /// Whether a full path takes part: the last rule that fits decides.
    pub fn includes(&self, path: &str) -> bool {
        let mut included = true;
        for rule in &self.0 {
            if rule.patterns.iter().any(|p| matches(p, path)) {
                included = rule.includes;
            }
        }
        included
    }
}

/// What a pattern is relative to: the folder or prefix, or that of a single file.
fn root(path: &str, recursive: bool, cwd: Option<&Path>) -> String {
    if uri::is_s3(path) {
        let (bucket, key) = uri::split(path).unwrap_or((uri::without_scheme(path), ""));
        let key = if recursive || key.ends_with('/') { key } else { key.rfind('/').map_or("", |at| &key[..at]) };
        return format!("{bucket}/{key}");
    }
    let folder = if recursive { path } else { path.rfind('/').map_or("", |at| &path[..at.max(1)]) };
    absolute(folder, cwd).to_string_lossy().into_owned()
}

/// Python's `os.path.join`.
fn join(root: &str, pattern: &str) -> String {
    if pattern.starts_with('/') {
        return pattern.to_owned();
    }
    let slash = if root.is_empty() || root.ends_with('/') { "" } else { "/" };
    format!("{root}{slash}{pattern}")
}

/// Python's `fnmatch` on a system where case counts: `*` also crosses `/`.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where to go on when what follows the last star doesn't fit.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() || p < pattern.len() {
        let fits = match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
                continue;
            }
            Some('?') if t < text.len() => Some(p + 1),
            Some('[') if t < text.len() => set(&pattern, p, text[t]),
            Some(c) if t < text.len() && *c == text[t] => Some(p + 1),
            _ => None,
        };
        match (fits, star) {
            (Some(next), _) => {
                p = next;
                t += 1;
            }
            (None, Some((after, from))) if from < text.len() => {
                star = Some((after, from + 1));
                p = after;
                t = from + 1;
            }
            _ => return false,
        }
    }
    true
}

/// Whether a character is in the set that begins at `at`; where the pattern goes on. A bracket that isn't closed stands
/// for itself.
fn set(pattern: &[char], at: usize, c: char) -> Option<usize> {
    let mut end = at + 1;
    if pattern.get(end) == Some(&'!') {
        end += 1;
    }
    if pattern.get(end) == Some(&']') {
        end += 1;
    }
    while pattern.get(end).is_some_and(|c| *c != ']') {
        end += 1;
    }
    if end >= pattern.len() {
        return (c == '[').then_some(at + 1);
    }
    let mut inside = &pattern[at + 1..end];
    let negated = inside.first() == Some(&'!');
    if negated {
        inside = &inside[1..];
    }
    let mut found = false;
    let mut i = 0;
    while i < inside.len() {
        if i + 2 < inside.len() && inside[i + 1] == '-' {
            found |= inside[i] <= c && c <= inside[i + 2];
            i += 3;
        } else {
            found |= inside[i] == c;
            i += 1;
        }
    }
    (found != negated).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("*", "a/b", true),
            ("a*c", "a/b/c", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[!a]x", "bx", true),
            ("[]]", "]", true),
            ("[a", "[a", true),
            ("*.txt", "a.txt.gz", false),
            ("", "", true),
            ("", "a", false),
            ("**", "", true),
            ("a*b*c", "aXbYbZc", true),
            ("[a-]", "-", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn rules_are_taken_in_the_order_of_the_line() {
        let args: Vec<String> =
            "a s3://b/p --exclude * --inc *.txt --exclude=x.*".split(' ').map(str::to_owned).collect();
        let specs: Vec<_> = super::super::cp::CP.options.iter().map(|o| o.spec()).collect();
        let parsed = oxaws_cli::argv::argparse::parse_known(&specs, &args).expect("a line that parses");
        let filters = Filters::of(&parsed, "a", "s3://b/p", true, Some(Path::new("/w"))).expect("rules");
        for (path, included) in [("/w/a/b.txt", true), ("/w/a/b.bin", false), ("/w/a/x.txt", false)] {
            assert_eq!(filters.includes(path), included, "{path}");
        }
    }

    #[test]
    fn the_last_rule_decides() {
        let cwd = Some(Path::new("/w"));
        let rules = [(false, "*".to_owned()), (true, "*.txt".to_owned())];
        let filters = Filters::new(&rules, "d", "s3://b/p", true, cwd).unwrap();
        assert!(filters.includes("/w/d/a.txt"));
        assert!(!filters.includes("/w/d/a.bin"));
        assert!(filters.includes("b/p/x.txt"));
        assert!(!filters.includes("b/p/x"));
        let one = Filters::new(&[(false, "a.txt".to_owned())], "d/a.txt", "s3://b/k", false, cwd).unwrap();
        assert!(!one.includes("/w/d/a.txt"));
        assert!(Filters::new(&[], "d", "s3://b", true, cwd).is_none());
    }
}
