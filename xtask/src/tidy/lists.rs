//! Lists kept by hand: what stands in a folder must stand in the list, and variables in their one table.

use super::source::Source;
use super::{Finding, TextFile};

/// A folder whose modules must each be named in a list.
struct Registry {
    folder: &'static str,
    list: &'static str,
}

const REGISTRIES: &[Registry] = &[
    Registry { folder: "crates/tweaks/src/", list: "crates/tweaks/src/lib.rs" },
    Registry { folder: "crates/commands/src/", list: "crates/commands/src/lib.rs" },
];

/// The one table of environment variables.
const VARIABLES: &str = "crates/env/src/var.rs";

pub fn check(files: &[TextFile]) -> Vec<Finding> {
    let registries = REGISTRIES.iter().flat_map(|r| unregistered(r, files));
    registries.chain(files.iter().flat_map(undocumented_variables)).collect()
}

/// Modules right in the folder that the list declares and never uses.
fn unregistered(registry: &Registry, files: &[TextFile]) -> Vec<Finding> {
    let Some(list) = files.iter().find(|f| f.name == registry.list) else { return Vec::new() };
    let source = Source::new(&list.text);
    let used = source.paths();
    let unused = source.modules().into_iter().filter(|(_, name)| {
        let prefix = format!("{name}::");
        !used.iter().any(|(_, path)| path.starts_with(&prefix) || path.contains(&format!("::{prefix}")))
    });
    unused
        .map(|(at, name)| Finding {
            file: list.name.clone(),
            line: list.text[..at].matches('\n').count() + 1,
            problem: format!("{}{name} is not in the list: nothing here names `{name}::…`", registry.folder),
        })
        .collect()
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
        let list = "mod a;\nmod b;\npub static ALL: &[&Tweak] = &[&a::TWEAK];\n";
        let findings = check(&[file("crates/tweaks/src/lib.rs", list)]);
        assert_eq!(findings.iter().map(|f| f.line).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn finds_variables_outside_the_table() {
        let text = "fn f() { g(\"AWS_PROFILE\"); g(\"AWS4-HMAC\"); g(\"AWS_ is\"); }\n#[cfg(test)]\nmod tests { const X: &str = \"AWS_X\"; }";
        assert_eq!(check(&[file("crates/cli/src/a.rs", text)]).len(), 1);
        assert_eq!(check(&[file(VARIABLES, text)]).len(), 0);
    }
}
