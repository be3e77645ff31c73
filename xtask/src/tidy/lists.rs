//! Lists kept by hand: what stands in a folder must stand in the list, and variables in their one table.

use super::source::Source;
use super::{Finding, TextFile};

/// A crate whose items of one type must each be named in a list somewhere in it.
struct Registry {
    folder: &'static str,
    /// The type as its declarations write it.
    item: &'static str,
}

const REGISTRIES: &[Registry] = &[
    Registry { folder: "crates/tweaks/src/", item: "&[Tweak]" },
    Registry { folder: "crates/commands/src/", item: "Command" },
];

/// The one table of environment variables.
const VARIABLES: &str = "crates/env/src/var.rs";

pub fn check(files: &[TextFile]) -> Vec<Finding> {
    let registries = REGISTRIES.iter().flat_map(|r| unregistered(r, files));
    registries.chain(files.iter().flat_map(undocumented_variables)).collect()
}

/// Items that are declared and, imports aside, never named again: not through their module, nor in their own file or the
/// one above it.
fn unregistered(registry: &Registry, files: &[TextFile]) -> Vec<Finding> {
    let files: Vec<(&str, Source)> = files
        .iter()
        .filter(|f| f.name.starts_with(registry.folder) && f.name.ends_with(".rs") && !f.name.ends_with("/tests.rs"))
        .map(|f| (f.name.as_str(), Source::new(&f.text)))
        .collect();
    let mut findings = Vec::new();
    for (name, source) in &files {
        for (line, item) in source.items(registry.item) {
            let modules: Vec<&str> = name[registry.folder.len()..].trim_end_matches(".rs").split('/').collect();
            let is_named = files.iter().any(|(other, other_source)| {
                let qualified = modules.iter().any(|module| other_source.names(&format!("{module}::{item}")) > 0);
                // The declaration itself is one mention.
                qualified
                    || (other == name && other_source.names(&item) > 1)
                    || (is_above(other, name) && other_source.names(&item) > 0)
            });
            if !is_named && *name != format!("{}lib.rs", registry.folder) {
                let problem = format!("{item} stands in no list");
                findings.push(Finding { file: (*name).to_owned(), line, problem });
            }
        }
    }
    findings
}

/// Whether `file` is the `mod.rs` of the folder `other` is in.
fn is_above(file: &str, other: &str) -> bool {
    file != other && file.strip_suffix("mod.rs").is_some_and(|folder| other.starts_with(folder))
}

/// Names of variables written out anywhere but in the table.
fn undocumented_variables(file: &TextFile) -> Vec<Finding> {
    if !file.name.starts_with("crates/") || !file.name.contains("/src/") || file.name == VARIABLES {
        return Vec::new();
    }
    if !file.name.ends_with(".rs") || file.name.ends_with("/tests.rs") {
        return Vec::new();
    }
    let variable = |text: &str| {
        text.strip_prefix("AWS_").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        })
    };
    let named = Source::new(&file.text).strings.into_iter().filter(|(_, text)| variable(text));
    named
        .map(|(line, text)| Finding {
            file: file.name.clone(),
            line,
            problem: format!("the variable {text} belongs into {VARIABLES}, with what it does"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> TextFile {
        TextFile { name: name.into(), text: text.into() }
    }

    #[test]
    fn finds_what_no_list_names() {
        let files = [
            file("crates/tweaks/src/lib.rs", "mod a;\nmod b;\nmod c;\nconst ALL: &[&[Tweak]] = &[a::TWEAKS];\n"),
            file("crates/tweaks/src/a.rs", "pub(crate) const TWEAKS: &[Tweak] = &[];\n"),
            file("crates/tweaks/src/b.rs", "//! x\npub(crate) const TWEAKS: &[Tweak] = &[];\n"),
            file("crates/tweaks/src/c.rs", "pub fn helper() {}\n"),
            file("crates/commands/src/lib.rs", "mod eks;\nstatic ALL: &[Placement] = &[p(&eks::TOKEN)];\n"),
            file(
                "crates/commands/src/eks/mod.rs",
                "mod token;\nmod other;\npub use token::TOKEN;\npub use other::OTHER;\n",
            ),
            file("crates/commands/src/eks/token.rs", "pub static TOKEN: Command = c();\n"),
            file("crates/commands/src/eks/other.rs", "pub static OTHER: Command = c();\n"),
        ];
        let findings: Vec<(String, usize)> = check(&files).into_iter().map(|f| (f.file, f.line)).collect();
        assert_eq!(findings, [("crates/tweaks/src/b.rs".into(), 2), ("crates/commands/src/eks/other.rs".into(), 1)]);
    }

    #[test]
    fn finds_variables_outside_the_table() {
        let text = "fn f() { g(\"AWS_PROFILE\"); g(\"AWS4-HMAC\"); g(\"AWS_ is\"); }\n#[cfg(test)]\nmod tests { const X: &str = \"AWS_X\"; }";
        assert_eq!(check(&[file("crates/cli/src/a.rs", text)]).len(), 1);
        assert_eq!(check(&[file(VARIABLES, text)]).len(), 0);
    }
}
