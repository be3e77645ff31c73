//! Which modules of a large crate may import which: the picture in ARCHITECTURE.md, and no circles.

use super::source::Source;
use super::{Finding, TextFile};

/// The modules of a crate from the ground up: a module may import those of the floors below its own.
struct Floors {
    crate_name: &'static str,
    floors: &'static [&'static [&'static str]],
}

const FLOORS: &[Floors] = &[Floors {
    crate_name: "cli",
    floors: &[
        &["exit", "version"],
        &["failure"],
        &["argv"],
        &["term"],
        &["plug"],
        &["tree"],
        &["operation"],
        &["written"],
        &["help"],
        &["watch"],
        &["driver"],
    ],
}];

pub fn check(files: &[TextFile]) -> Vec<Finding> {
    FLOORS.iter().flat_map(|floors| floors.check(files)).collect()
}

impl Floors {
    fn check(&self, files: &[TextFile]) -> Vec<Finding> {
        let folder = format!("crates/{}/src/", self.crate_name);
        let inside = files.iter().filter_map(|f| Some((f, f.name.strip_prefix(&folder)?.strip_suffix(".rs")?)));
        inside.flat_map(|(file, module)| self.check_file(file, module.split('/').next().unwrap_or_default())).collect()
    }

    fn check_file(&self, file: &TextFile, module: &str) -> Vec<Finding> {
        if module == "lib" {
            return Vec::new();
        }
        let finding = |line, problem| Finding { file: file.name.clone(), line, problem };
        let Some(floor) = self.floor_of(module) else {
            return vec![finding(1, format!("the module {module} has no floor in xtask/src/tidy/floors.rs"))];
        };
        let source = Source::new(&file.text);
        let above = imported(&source.code).into_iter().filter(|(_, other)| {
            *other != module && self.floor_of(other).is_some_and(|other_floor| other_floor >= floor)
        });
        above
            .map(|(line, other)| finding(line, format!("{module} may not import {other}, which isn't below it")))
            .collect()
    }

    /// Between modules of one floor nothing is imported. Items at the root of the crate have no floor.
    fn floor_of(&self, module: &str) -> Option<usize> {
        self.floors.iter().position(|floor| floor.contains(&module))
    }
}

/// The modules that `crate::` paths begin with, those in braces included: line and name.
fn imported(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, path) in code.match_indices("crate::") {
        let rest = &code[at + path.len()..];
        let line = code[..at].matches('\n').count() + 1;
        match rest.strip_prefix('{') {
            Some(group) => found.extend(first_names(group).into_iter().map(|name| (line, name))),
            None => found.push((line, name(rest))),
        }
    }
    found
}

/// The names that the entries of a group begin with, up to its closing brace.
fn first_names(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut names) = (0usize, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(name(group[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

fn name(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, text: &str) -> Vec<String> {
        check(&[TextFile { name: name.to_owned(), text: text.to_owned() }]).into_iter().map(|f| f.problem).collect()
    }

    #[test]
    fn imports_go_down() {
        let up = "use crate::{Failure, driver::run, tree::{alias, WAIT}};\nfn f() { crate::help::top() }\n";
        assert_eq!(problems("crates/cli/src/plug/context.rs", up).len(), 3);
        assert!(problems("crates/cli/src/driver/mod.rs", up).is_empty());
        assert!(problems("crates/cli/src/plug/a.rs", "use crate::plug::call;\nuse crate::argv::globals;").is_empty());
        assert!(problems("crates/cli/src/lib.rs", up).is_empty());
        assert_eq!(problems("crates/cli/src/other.rs", "").len(), 1);
        assert!(
            problems("crates/cli/src/argv/a.rs", "#[cfg(test)]\nmod tests {\n    use crate::driver;\n}\n").is_empty()
        );
    }
}
