//! Expected text with holes: `[..]` stands for anything within a line.

/// Whether `text` is what `pattern` says, line by line. `[..]` in a line of the pattern stands for any text, also none.
/// Blank lines at either end don't count.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (trimmed(pattern), trimmed(text));
    pattern.len() == text.len() && pattern.iter().zip(&text).all(|(p, t)| line_matches(p, t))
}

fn trimmed(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let start = lines.iter().position(|l| !l.is_empty()).unwrap_or(lines.len());
    let end = lines.iter().rposition(|l| !l.is_empty()).map_or(start, |i| i + 1);
    lines[start..end].to_vec()
}

fn line_matches(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn holes_stand_for_anything_within_a_line() {
        assert!(matches("a [..] c\nd", "\na b c\nd\n"));
        assert!(matches("id [..]-[..]!", "id 1-2!"));
        assert!(matches("a[..]", "a"));
        assert!(!matches("a [..] c", "a b\n c"));
        assert!(!matches("a", "ab"));
        assert!(!matches("ab[..]b", "ab"));
    }
}
