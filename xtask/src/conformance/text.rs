//! Text as Python sees it: what is blank, where lines end, and its regular expressions and file name patterns.

use fancy_regex::Regex;

/// Whether Python's `str.strip` takes the character away. Rust leaves out the four separators of ASCII.
pub fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter)
}

/// `str.strip`.
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// `str.split` without arguments, joined by single blanks.
pub fn squeeze(text: &str) -> String {
    text.split(is_blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `str.splitlines`: also ends lines at form feeds, separators and the line ends of Unicode.
pub fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| "\n\r\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{85}\u{2028}\u{2029}".contains(c));
        let Some(end) = end else {
            lines.push(rest);
            break;
        };
        lines.push(&rest[..end]);
        let length =
            if rest[end..].starts_with("\r\n") { 2 } else { rest[end..].chars().next().map_or(1, char::len_utf8) };
        rest = &rest[end + length..];
    }
    lines
}

/// Compiles a pattern of Python's `re`; `any` makes `.` match line ends too (`re.S`).
///
/// # Errors
/// When the pattern isn't valid.
pub fn pattern(python: &str, any: bool) -> Result<Regex, String> {
    let flags = if any { "(?s)" } else { "" };
    Regex::new(&format!("{flags}{}", translate(python))).map_err(|e| format!("the pattern {python:?}: {e}"))
}

/// Whether a pattern of Python's `re` is found in a text.
pub fn found(pattern: &Regex, text: &str) -> bool {
    // An error means that matching took too many steps; such a pattern counts as not found.
    pattern.is_match(text).unwrap_or(false)
}

/// Rewrites what means something else in Rust: `$` also holds before a line end that closes the text, `\Z` is its very
/// end, and any character that isn't a letter or a digit may be escaped.
fn translate(python: &str) -> String {
    let mut out = String::new();
    let (mut letters, mut in_class) = (python.chars(), false);
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('Z') => out.push_str("\\z"),
                Some(plain) if !plain.is_ascii_alphanumeric() => out.push_str(&fancy_regex::escape(&plain.to_string())),
                Some(class) => out.extend(['\\', class]),
                None => out.push('\\'),
            },
            '$' if !in_class => out.push_str("(?=\\n?\\z)"),
            '[' if in_class => out.push_str("\\["),
            '[' => {
                in_class = true;
                out.push('[');
            }
            ']' => {
                // A bracket right at the start of a class is one of its members.
                let member = in_class && (out.ends_with('[') || out.ends_with("[^")) && !out.ends_with("\\[");
                in_class = in_class && member;
                out.push_str(if member { "\\]" } else { "]" });
            }
            // Rust gives these a meaning inside classes (intersection and difference) that Python doesn't.
            '&' | '~' if in_class => out.extend(['\\', letter]),
            other => out.push(other),
        }
    }
    out
}

/// `fnmatch`: `*` is any text, `?` any character, `[ab]`, `[a-c]` and `[!a]` one of some.
pub fn glob(pattern: &str, text: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = pattern.trim_start_matches('*');
            rest.is_empty() || (0..=text.len()).any(|at| text.is_char_boundary(at) && glob(rest, &text[at..]))
        }
        Some(first) => {
            let mut seen = text.chars();
            let Some(letter) = seen.next() else { return false };
            // The `]` that closes a class isn't the one right at its start.
            let start = 1 + usize::from(pattern[1..].starts_with('!'));
            let close = if first == '[' {
                pattern.get(start + 1..).and_then(|p| p.find(']')).map(|at| start + 1 + at)
            } else {
                None
            };
            match close {
                Some(close) => {
                    let class: Vec<char> = pattern[start..close].chars().collect();
                    (in_class(&class, letter) != (start == 2)) && glob(&pattern[close + 1..], seen.as_str())
                }
                None => (first == '?' || first == letter) && glob(letters.as_str(), seen.as_str()),
            }
        }
    }
}

fn in_class(class: &[char], letter: char) -> bool {
    match class {
        [first, '-', last, rest @ ..] => (*first..=*last).contains(&letter) || in_class(rest, letter),
        [first, rest @ ..] => *first == letter || in_class(rest, letter),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_lines_are_python_s() {
        assert_eq!(strip("\u{1f} a\u{85}\u{a0}"), "a");
        assert_eq!(squeeze("  a \t b\u{1c}c "), "a b c");
        assert_eq!(lines("a\nb\r\nc\u{2028}d\u{c}"), ["a", "b", "c", "d"]);
        assert_eq!(lines("\n\na"), ["", "", "a"]);
    }

    #[test]
    fn patterns_are_python_s() {
        let is_found = |python: &str, text: &str| found(&pattern(python, false).unwrap(), text);
        assert!(is_found("/k(\\?|$)(?=.*[?&]?uploadId=)", "/b/k?uploadId=1") && !is_found("/k(\\?|$)(?=.*x)", "/k"));
        assert!(is_found("a$", "a\n") && !is_found("a\\Z", "a\n") && !is_found("a$", "a\nb"));
        assert!(is_found("\\A\\ \\-\\'\\\n", " -'\n") && is_found("[$]", "$") && is_found("[]a]", "]"));
        assert!(!is_found("a.b", "a\nb") && found(&pattern("a.b", true).unwrap(), "a\nb"));
        assert!(is_found("^\\d{4}-\\d\\d$", "2026-01") && is_found("[a[&&b]", "&"));
        assert!(pattern("(", false).is_err());
    }

    #[test]
    fn globs_are_python_s() {
        for (pattern, text) in [
            ("*", ""),
            ("ops/*", "ops/a/b"),
            ("*-*", "a-b"),
            ("a?c", "abc"),
            ("[a-c]x", "bx"),
            ("[!a]", "b"),
            ("[]]", "]"),
            ("[x", "[x"),
        ] {
            assert!(glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("ops/*", "rc"), ("rc", "rcx"), ("?", ""), ("[a-c]", "d"), ("[!a]", "a")] {
            assert!(!glob(pattern, text), "{pattern} {text}");
        }
    }
}
