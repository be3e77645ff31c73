//! A unified difference of two texts.

/// Lines of context around a change.
const CONTEXT: usize = 2;
/// Larger tables of common subsequences aren't computed: everything between the equal ends counts as changed.
const LARGEST_TABLE: usize = 4_000_000;

/// One line of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line<'t> {
    Same(&'t str),
    Gone(&'t str),
    New(&'t str),
}

/// The lines of a unified difference, without its two header lines; none where the texts are equal.
pub fn unified(old: &[String], new: &[String]) -> Vec<String> {
    let lines = compare(old, new);
    let mut out = Vec::new();
    let (mut at, mut old_line, mut new_line) = (0, 1, 1);
    while let Some(first) = (at..lines.len()).find(|i| !matches!(lines[*i], Line::Same(_))) {
        let start = first.saturating_sub(CONTEXT).max(at);
        // A hunk goes on while fewer equal lines lie between two changes than both contexts need.
        let mut end = first;
        while let Some(next) = (end..lines.len()).find(|i| !matches!(lines[*i], Line::Same(_))) {
            if next > end + 2 * CONTEXT {
                break;
            }
            end = next + 1;
        }
        let end = (end + CONTEXT).min(lines.len());
        old_line += start - at;
        new_line += start - at;
        let hunk = &lines[start..end];
        let olds = hunk.iter().filter(|line| !matches!(line, Line::New(_))).count();
        let news = hunk.iter().filter(|line| !matches!(line, Line::Gone(_))).count();
        out.push(format!("@@ -{old_line},{olds} +{new_line},{news} @@"));
        out.extend(hunk.iter().map(|line| match line {
            Line::Same(text) => format!(" {text}"),
            Line::Gone(text) => format!("-{text}"),
            Line::New(text) => format!("+{text}"),
        }));
        (at, old_line, new_line) = (end, old_line + olds, new_line + news);
    }
    out
}

fn compare<'t>(old: &'t [String], new: &'t [String]) -> Vec<Line<'t>> {
    let front = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[front..], &new[front..]);
    let back = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_middle, new_middle) = (&old_rest[..old_rest.len() - back], &new_rest[..new_rest.len() - back]);
    let mut lines: Vec<Line<'t>> = old[..front].iter().map(|line| Line::Same(line)).collect();
    lines.extend(middle(old_middle, new_middle));
    lines.extend(old_rest[old_rest.len() - back..].iter().map(|line| Line::Same(line)));
    lines
}

/// Compares by the longest common subsequence.
fn middle<'t>(old: &'t [String], new: &'t [String]) -> Vec<Line<'t>> {
    let width = new.len() + 1;
    if (old.len() + 1) * width > LARGEST_TABLE {
        return old.iter().map(|line| Line::Gone(line)).chain(new.iter().map(|line| Line::New(line))).collect();
    }
    let mut table = vec![0u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i * width + j] = if old[i] == new[j] {
                table[(i + 1) * width + j + 1] + 1
            } else {
                table[(i + 1) * width + j].max(table[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push(Line::Same(&old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && table[(i + 1) * width + j] >= table[i * width + j + 1]) {
            lines.push(Line::Gone(&old[i]));
            i += 1;
        } else {
            lines.push(Line::New(&new[j]));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(old: &str, new: &str) -> Vec<String> {
        let lines = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        unified(&lines(old), &lines(new))
    }

    #[test]
    fn shows_changes_with_context() {
        assert_eq!(difference("abc", "abc"), Vec::<String>::new());
        assert_eq!(difference("abcdefgh", "abcdXfgh"), ["@@ -3,5 +3,5 @@", " c", " d", "-e", "+X", " f", " g"]);
        assert_eq!(difference("", "a"), ["@@ -1,0 +1,1 @@", "+a"]);
        assert_eq!(difference("abcd", "acd"), ["@@ -1,4 +1,3 @@", " a", "-b", " c", " d"]);
    }

    #[test]
    fn distant_changes_are_hunks_of_their_own() {
        let two = difference("a123456789b", "A123456789B");
        assert_eq!(two, ["@@ -1,3 +1,3 @@", "-a", "+A", " 1", " 2", "@@ -9,3 +9,3 @@", " 8", " 9", "-b", "+B"]);
        assert_eq!(difference("a1234b", "A1234B").iter().filter(|line| line.starts_with("@@")).count(), 1);
    }
}
