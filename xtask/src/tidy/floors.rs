//! Which modules of a crate may import which: those of lower floors, and on one floor in one direction only. The tables
//! are the pictures in ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;
use super::{Finding, TextFile};

/// For each crate its modules by floor, the lowest first. `lib.rs` is above all of them.
const FLOORS: &[(&str, &[&[&str]])] = &[
    // The name of a crate, then its floors: one row each.
    ("client", CLIENT),
    ("cli", CLI),
];

const CLIENT: &[&[&str]] = &[
    &["class", "error"],
    &["types"],
    &["watch"],
    &["retry"],
    &["session"],
    &["state"],
    &["services"],
    &["call"],
    &["pages"],
    &["wait", "presign", "events", "engine_api", "fetch", "git"],
];

const CLI: &[&[&str]] = &[
    &["exit", "version"],
    &["failure"],
    &["argv"],
    &["term"],
    &["policy"],
    &["plug"],
    &["tree"],
    &["operation"],
    &["written"],
    &["help"],
    &["watch"],
    &["driver"],
];

/// Modules, with all below them, that may import each other in a circle: the crate, the module, and why.
const CIRCLES: &[(&str, &str, &str)] = &[
    ("cli", "policy", "the tables and the record use the types at the root of their folder, which lists them"),
    ("cli", "plug", "hooks and commands are function pointers, whose signatures name what they get"),
    (
        "client",
        "session",
        "a session holds clients and the monitor, and finding its credentials calls STS through clients of its own",
    ),
];

/// The modules of a crate: each with the modules that it imports, and the line of the first import.
type Imports = BTreeMap<String, BTreeMap<String, usize>>;

pub fn check(files: &[TextFile]) -> Vec<Finding> {
    FLOORS.iter().flat_map(|(name, floors)| check_crate(name, floors, CIRCLES, files)).collect()
}

fn check_crate(name: &str, floors: &[&[&str]], circles: &[(&str, &str, &str)], files: &[TextFile]) -> Vec<Finding> {
    let source = format!("crates/{name}/src/");
    let own: BTreeMap<String, &TextFile> =
        files.iter().filter_map(|file| Some((module_of(file.name.strip_prefix(&source)?)?, file))).collect();
    let modules: BTreeSet<&str> = own.keys().map(String::as_str).collect();
    let floor = |module: &str| {
        let top = module.split("::").next().unwrap_or_default();
        floors.iter().position(|floor| floor.contains(&top))
    };
    let mut findings = Vec::new();
    let mut imports = Imports::new();
    for (module, file) in &own {
        let mut find = |line, problem| findings.push(Finding { file: file.name.clone(), line, problem });
        let Some(level) = floor(module) else {
            find(1, format!("the module `{module}` of `{name}` has no floor in xtask/src/tidy/floors.rs"));
            continue;
        };
        for (line, path) in Source::new(&file.text).own_paths(module, file.name.ends_with("/mod.rs")) {
            let Some(to) = longest_known(&path, &modules) else {
                find(line, format!("`crate::{path}` is not the path of a module: name the module that has it"));
                continue;
            };
            if to == module {
                continue;
            }
            match floor(to) {
                Some(other) if other > level => {
                    find(line, format!("imports go down only: `{module}` is below `{to}` in `{name}`"));
                }
                _ => drop(imports.entry(module.clone()).or_default().entry(to.to_owned()).or_insert(line)),
            }
        }
    }
    let excused = |module: &str| {
        let below = |top: &str| module == top || module.strip_prefix(top).is_some_and(|rest| rest.starts_with("::"));
        circles.iter().find(|(of, top, _)| *of == name && below(top)).map(|(_, top, _)| *top)
    };
    for (from, to, line) in circular(&imports) {
        if excused(from).is_none() || excused(from) != excused(to) {
            let problem = format!("a circle: `{from}` imports `{to}`, which comes back to it");
            findings.push(Finding { file: own[from].name.clone(), line, problem });
        }
    }
    for (_, top, _) in circles.iter().filter(|(of, _, _)| *of == name) {
        if !circular(&imports).iter().any(|(from, _, _)| excused(from) == Some(*top)) {
            let problem = format!("nothing in `{top}` of `{name}` needs its exception in xtask/src/tidy/floors.rs");
            findings.push(Finding { file: source.clone(), line: 1, problem });
        }
    }
    findings
}

/// The path of the module that a file below `src` holds; `None` for the crate's root and files that are not Rust.
fn module_of(file: &str) -> Option<String> {
    let path = file.strip_suffix(".rs")?;
    let path = path.strip_suffix("/mod").unwrap_or(path);
    (!matches!(path, "lib" | "main")).then(|| path.replace('/', "::"))
}

/// The longest beginning of a path that is a module.
fn longest_known<'m>(path: &str, modules: &BTreeSet<&'m str>) -> Option<&'m str> {
    let mut rest = Some(path);
    while let Some(path) = rest {
        if let Some(found) = modules.get(path) {
            return Some(found);
        }
        rest = path.rsplit_once("::").map(|(front, _)| front);
    }
    None
}

/// The imports that are part of a circle.
fn circular(imports: &Imports) -> Vec<(&str, &str, usize)> {
    let reaches = |from: &str, goal: &str| {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![from]);
        while let Some(module) = waiting.pop() {
            if module == goal {
                return true;
            }
            if seen.insert(module) {
                waiting.extend(imports.get(module).into_iter().flat_map(|to| to.keys()).map(String::as_str));
            }
        }
        false
    };
    let edges = imports.iter().flat_map(|(from, to)| to.iter().map(move |(to, line)| (from, to, line)));
    edges.filter(|(from, to, _)| reaches(to, from)).map(|(from, to, line)| (&**from, &**to, *line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)], circles: &[(&str, &str, &str)]) -> Vec<String> {
        let file =
            |(name, text): &(&str, &str)| TextFile { name: format!("crates/c/src/{name}"), text: (*text).into() };
        let files: Vec<TextFile> = files.iter().map(file).collect();
        let floors: &[&[&str]] = &[&["low"], &["middle", "beside"], &["high"]];
        check_crate("c", floors, circles, &files).into_iter().map(|f| f.problem).collect()
    }

    #[test]
    fn imports_go_down() {
        let down =
            [("low.rs", "use std::fmt;"), ("high.rs", "use crate::{low::A, middle};"), ("middle/mod.rs", "mod x;")];
        assert!(problems(&down, &[]).is_empty());
        let up = problems(&[("low.rs", "fn f() { crate::high::g(); }"), ("high.rs", "")], &[]);
        assert_eq!(up, ["imports go down only: `low` is below `high` in `c`"]);
        assert_eq!(problems(&[("new.rs", "")], &[]).len(), 1);
        assert_eq!(problems(&[("low.rs", "use crate::Thing;")], &[]).len(), 1);
    }

    #[test]
    fn circles_are_found_within_a_floor_and_a_folder() {
        let beside = [("middle.rs", "use crate::beside::A;"), ("beside.rs", "use crate::middle::B;")];
        assert_eq!(problems(&beside, &[]).len(), 2);
        let folder = [("middle/mod.rs", "mod part; pub struct A;"), ("middle/part.rs", "use super::A;")];
        assert_eq!(problems(&folder, &[]).len(), 2);
        assert!(problems(&folder, &[("c", "middle", "a reason")]).is_empty());
        let siblings = [("middle/mod.rs", "mod a; mod b;"), ("middle/a.rs", "use super::b::B;"), ("middle/b.rs", "")];
        assert!(problems(&siblings, &[]).is_empty());
        assert_eq!(problems(&siblings, &[("c", "middle", "a reason")]).len(), 1);
    }
}
