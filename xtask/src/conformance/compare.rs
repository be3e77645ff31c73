//! Where what a command did differs from what the AWS CLI did.

use super::case::{Case, Dimension};
use super::json::{Json, by_text};
use super::play::Seen;
use super::text::{found, lines, pattern, strip};

/// The dimensions that differ.
///
/// # Errors
/// When a pattern of the case isn't valid.
pub fn differing(case: &Case, seen: &Seen) -> Result<Vec<Dimension>, String> {
    let mut differing = Vec::new();
    for dimension in case.compare.iter().copied() {
        let Some(expected) = case.expected(dimension) else { continue };
        if !agrees(case, dimension, expected, seen.get(&dimension).unwrap_or(&Json::Null))? {
            differing.push(dimension);
        }
    }
    Ok(differing)
}

fn agrees(case: &Case, dimension: Dimension, expected: &Json, seen: &Json) -> Result<bool, String> {
    match (dimension, expected, seen) {
        (Dimension::Stdout | Dimension::Stderr, Json::Text(expected), Json::Text(seen)) => {
            if let Some(python) = case.pattern(dimension)
                && found(&pattern(python, true)?, seen)
            {
                return Ok(true);
            }
            Ok(if case.is_sorted(dimension) {
                sorted_lines(expected) == sorted_lines(seen)
            } else if dimension == Dimension::Stderr {
                // How many empty lines surround a message doesn't count.
                strip(expected) == strip(seen)
            } else {
                expected == seen
            })
        }
        (Dimension::Requests, Json::List(expected), Json::List(seen)) if case.unordered => {
            Ok(expected.len() == seen.len() && in_order(expected) == in_order(seen))
        }
        _ => Ok(expected == seen),
    }
}

fn sorted_lines(text: &str) -> Vec<&str> {
    let mut lines = lines(text);
    lines.sort_unstable();
    lines
}

fn in_order(requests: &[Json]) -> Vec<&Json> {
    let mut requests: Vec<&Json> = requests.iter().collect();
    requests.sort_by(|a, b| by_text(a, b));
    requests
}

/// Both sides of a dimension as lines of text, for a difference that people read.
pub fn as_lines(case: &Case, seen: &Seen, dimension: Dimension) -> (Vec<String>, Vec<String>) {
    let (expected, seen) =
        (case.expected(dimension).unwrap_or(&Json::Null), seen.get(&dimension).unwrap_or(&Json::Null));
    let owned = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect();
    match (expected, seen) {
        (Json::Text(expected), Json::Text(seen)) if case.is_sorted(dimension) => {
            (owned(sorted_lines(expected)), owned(sorted_lines(seen)))
        }
        (Json::Text(expected), Json::Text(seen)) => (owned(lines(expected)), owned(lines(seen))),
        (Json::List(expected), Json::List(seen)) if case.unordered && dimension == Dimension::Requests => {
            let pretty = |list: &[Json]| Json::List(in_order(list).into_iter().cloned().collect()).pretty();
            (owned(lines(&pretty(expected))), owned(lines(&pretty(seen))))
        }
        _ => (owned(lines(&expected.pretty())), owned(lines(&seen.pretty()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(rc: i32, stdout: &str, stderr: &str, requests: &str) -> Seen {
        let requests = super::super::json::parse(requests).unwrap();
        Seen::from([
            (Dimension::Rc, Json::int(rc)),
            (Dimension::Stdout, Json::text(stdout)),
            (Dimension::Stderr, Json::text(stderr)),
            (Dimension::Requests, requests),
        ])
    }

    fn differing_with(extra: &str, seen: &Seen) -> Vec<Dimension> {
        let case = Case::parse(&format!(
            r#"{{"id": "a", {extra} "expect": {{"rc": 0, "stdout": "a\nb\n", "stderr": "\nc\nd\n", "requests": [{{"x": 1}}, {{"y": 2}}]}}}}"#
        ));
        differing(&case.unwrap(), seen).unwrap()
    }

    #[test]
    fn each_dimension_counts() {
        let requests = r#"[{"x": 1}, {"y": 2}]"#;
        assert_eq!(differing_with("", &seen(0, "a\nb\n", "c\nd", requests)), []);
        assert_eq!(differing_with("", &seen(1, "a\nb\n", "c\nd", requests)), [Dimension::Rc]);
        assert_eq!(differing_with("", &seen(0, "a\nb", "c\nd", requests)), [Dimension::Stdout]);
        assert_eq!(differing_with("", &seen(0, "a\nb\n", "c\n\nd", requests)), [Dimension::Stderr]);
        assert_eq!(differing_with("", &seen(0, "a\nb\n", "c\nd", r#"[{"y": 2}, {"x": 1}]"#)), [Dimension::Requests]);
        assert_eq!(differing_with(r#""compare": ["stderr"],"#, &seen(1, "", "c\nd", "[]")), []);
        assert_eq!(differing_with("", &Seen::new()).len(), 4, "nothing was seen");
    }

    #[test]
    fn what_does_not_count() {
        let unordered = seen(0, "a\nb\n", "c\nd", r#"[{"y": 2.0}, {"x": 1}]"#);
        assert_eq!(differing_with(r#""unordered": true,"#, &unordered), []);
        let twice = seen(0, "a\nb\n", "c\nd", r#"[{"y": 2}, {"y": 2}]"#);
        assert_eq!(differing_with(r#""unordered": true,"#, &twice), [Dimension::Requests]);
        let swapped = seen(0, "b\na", "d\n\nc", r#"[{"x": 1}, {"y": 2}]"#);
        assert_eq!(differing_with(r#""sort_stdout": true,"#, &swapped), [Dimension::Stderr]);
        let other = seen(0, "A\nz", "c\nd", r#"[{"x": 1}, {"y": 2}]"#);
        assert_eq!(differing_with(r#""stdout_match": "A.z$","#, &other), []);
        assert_eq!(differing_with(r#""stdout_match": "A..z$","#, &other), [Dimension::Stdout]);
    }
}
